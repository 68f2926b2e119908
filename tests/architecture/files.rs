//! Which file uses which.
//!
//! A file uses another where it names what is defined there. A name that is only handed on by
//! `pub use` belongs to the file that defines it, and to hand it on is no use; nor is `mod x;`.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Code, Reach, Use};

/// The path of a module, its crate first.
type Module = Vec<String>;

/// The files of one or several crates, by their modules.
pub(super) struct Files {
    files: BTreeMap<Module, (String, Code)>,
    /// The one file that defines a macro of that name.
    macros: BTreeMap<String, Option<Module>>,
}

/// Where a path leads.
enum Place {
    Module(Module),
    /// An item of the file of a module.
    Item(Module, String),
}

impl Files {
    /// `sources` are a file's name, its module and its text.
    pub(super) fn new<'a>(sources: impl IntoIterator<Item = (&'a str, Module, &'a str)>) -> Self {
        let read = |(name, module, text): (&str, Module, &str)| {
            (module, (name.to_owned(), Code::read(text)))
        };
        let files: BTreeMap<Module, (String, Code)> = sources.into_iter().map(read).collect();
        let mut macros = BTreeMap::new();
        for (module, (_, code)) in &files {
            for name in &code.macros_defined {
                let own = macros.entry(name.clone()).or_insert(Some(module.clone()));
                if own.as_ref() != Some(module) {
                    *own = None;
                }
            }
        }
        Self { files, macros }
    }

    /// The files that each file uses, with the names it takes from them.
    pub(super) fn uses(&self) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
        let name = |module: &Module| self.files[module].0.clone();
        let of = |(module, (own, code)): (&Module, &(String, Code))| {
            let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, what) in self.used_by(module, code) {
                if from != *module && self.files.contains_key(&from) {
                    used.entry(name(&from)).or_default().insert(what);
                }
            }
            (own.clone(), used)
        };
        self.files.iter().map(of).collect()
    }

    fn used_by(&self, module: &Module, code: &Code) -> Vec<(Module, String)> {
        let mut used = Vec::new();
        let mut modules: BTreeMap<&str, Module> = BTreeMap::new();
        for own in &code.uses {
            match self.place(module, &own.path, 0) {
                Some(Place::Module(found)) => {
                    modules.insert(&own.name, found);
                }
                Some(Place::Item(..))
                    if own.reach == Reach::HandedOn && !code.words.contains(&own.name) => {}
                Some(Place::Item(found, what)) => used.push((found, what)),
                None => {}
            }
        }
        for path in &code.paths {
            let place = match modules.get(&*path[0]) {
                Some(found) => self.within(found.clone(), &path[1..], 0),
                None => self.place(module, path, 0),
            };
            if let Some(Place::Item(found, what)) = place {
                used.push((found, what));
            }
        }
        for name in &code.macros_called {
            if let Some(Some(found)) = self.macros.get(name) {
                used.push((found.clone(), format!("{name}!")));
            }
        }
        used
    }

    /// Where a path leads that is written in a module.
    fn place(&self, module: &Module, path: &[String], depth: usize) -> Option<Place> {
        let mut base = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                base.truncate(1);
                rest = &path[1..];
            }
            "self" | "super" => {
                while let Some(step) =
                    rest.first().filter(|step| *step == "self" || *step == "super")
                {
                    if step == "super" {
                        base.pop();
                    }
                    rest = &rest[1..];
                }
            }
            first if self.files.contains_key(&vec![first.to_owned()]) => {
                base = vec![first.to_owned()];
                rest = &path[1..];
            }
            first if self.files.contains_key(&child(&base, first)) => {}
            _ => return None,
        }
        self.within(base, rest, depth)
    }

    /// Where a path leads that starts in a module, through what others hand on.
    fn within(&self, mut module: Module, path: &[String], depth: usize) -> Option<Place> {
        let mut rest = path;
        while let Some(next) = rest.first().map(|first| child(&module, first)) {
            if !self.files.contains_key(&next) {
                break;
            }
            module = next;
            rest = &rest[1..];
        }
        let Some(name) = rest.first() else { return Some(Place::Module(module)) };
        // No chain of names handed on is as long; one that is leads back to itself.
        if depth > 20 {
            return None;
        }
        let (_, code) = self.files.get(&module)?;
        let brings = |own: &&Use| own.name == *name && name != "*";
        let Some(own) = code.uses.iter().find(brings) else {
            return Some(Place::Item(module, name.clone()));
        };
        match self.place(&module, &own.path, depth + 1) {
            Some(Place::Module(found)) => self.within(found, &rest[1..], depth + 1),
            found => found,
        }
    }
}

fn child(module: &[String], name: &str) -> Module {
    module.iter().map(String::as_str).chain([name]).map(str::to_owned).collect()
}

/// Groups of two or more that reach each other, each in order (Tarjan's strongly connected
/// components).
pub(super) fn circles<T>(uses: &BTreeMap<String, BTreeMap<String, T>>) -> Vec<Vec<String>> {
    struct Search<'a, T> {
        uses: &'a BTreeMap<String, BTreeMap<String, T>>,
        number: BTreeMap<&'a str, usize>,
        lowest: BTreeMap<&'a str, usize>,
        open: Vec<&'a str>,
        found: Vec<Vec<String>>,
    }
    impl<'a, T> Search<'a, T> {
        fn visit(&mut self, own: &'a str) -> usize {
            let number = self.number.len();
            self.number.insert(own, number);
            self.open.push(own);
            let mut lowest = number;
            for other in self.uses.get(own).into_iter().flatten().map(|(other, _)| other.as_str()) {
                if !self.number.contains_key(other) {
                    lowest = lowest.min(self.visit(other));
                } else if self.open.contains(&other) {
                    lowest = lowest.min(self.number[other]);
                }
            }
            self.lowest.insert(own, lowest);
            if lowest == number {
                let start = self.open.iter().position(|open| *open == own).unwrap_or(0);
                let mut group: Vec<String> = self.open.drain(start..).map(str::to_owned).collect();
                group.sort();
                self.found.extend(Some(group).filter(|group| group.len() > 1));
            }
            lowest
        }
    }
    let mut search = Search {
        uses,
        number: BTreeMap::new(),
        lowest: BTreeMap::new(),
        open: Vec::new(),
        found: Vec::new(),
    };
    for own in uses.keys() {
        if !search.number.contains_key(own.as_str()) {
            search.visit(own);
        }
    }
    search.found.sort();
    search.found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str, &str)]) -> Vec<Vec<String>> {
        let module = |path: &str| path.split("::").map(str::to_owned).collect();
        let sources = files.iter().map(|(name, path, text)| (*name, module(path), *text));
        circles(&Files::new(sources).uses())
    }

    const LIB: (&str, &str, &str) = ("lib.rs", "own", "pub mod a; pub mod b;");

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let a = ("a.rs", "own::a", "use crate::b::Plan; pub struct Day; ");
        let b = ("b.rs", "own::b", "pub struct Plan(super::a::Day);");
        assert_eq!(tree(&[LIB, a, b]), [["a.rs", "b.rs"]]);
        let open = ("a.rs", "own::a", "pub struct Day;");
        assert!(tree(&[LIB, open, b]).is_empty());
        let only_in_a_test =
            ("a.rs", "own::a", "pub struct Day; #[cfg(test)] mod tests { use crate::b::Plan; }");
        assert!(tree(&[LIB, only_in_a_test, b]).is_empty());
    }

    #[test]
    fn a_circle_of_three_through_a_name_handed_on_is_found() {
        let files = [
            ("lib.rs", "own", "pub mod a; pub mod room;"),
            ("a.rs", "own::a", "use crate::room::Chair; pub struct Wood;"),
            ("room/mod.rs", "own::room", "mod chair; mod table; pub use chair::Chair;"),
            ("room/chair.rs", "own::room::chair", "use super::table; fn f() { table::lay() }"),
            ("room/table.rs", "own::room::table", "pub fn lay(of: crate::a::Wood) {}"),
        ];
        assert_eq!(tree(&files), [["a.rs", "room/chair.rs", "room/table.rs"]]);
    }

    #[test]
    fn a_parent_that_uses_a_child_may_not_define_what_the_child_uses() {
        let child = ("room/chair.rs", "own::room::chair", "pub struct Chair(super::Wood);");
        let uses = "mod chair; pub struct Wood; fn f() { chair::Chair(Wood); }";
        let parent = ("room/mod.rs", "own::room", uses);
        assert_eq!(tree(&[parent, child]), [["room/chair.rs", "room/mod.rs"]]);
        let hands_on =
            ("room/mod.rs", "own::room", "mod chair; pub use chair::Chair; pub struct Wood;");
        assert!(tree(&[hands_on, child]).is_empty());
        let below = "mod chair; mod wood; use wood::Wood; fn f() { chair::Chair(Wood); }";
        let wood = ("room/wood.rs", "own::room::wood", "pub struct Wood;");
        assert!(tree(&[("room/mod.rs", "own::room", below), child, wood]).is_empty());
    }

    #[test]
    fn a_macro_and_another_crate_count_as_well() {
        let parent = "macro_rules! words { () => {} } mod child; fn f() { child::g() }";
        let files =
            [("mod.rs", "own", parent), ("child.rs", "own::child", "words!(); pub fn g() {}")];
        assert_eq!(tree(&files), [["child.rs", "mod.rs"]]);
        let files = [
            ("lib.rs", "own", "pub use ground as floor;"),
            ("ground.rs", "ground", "pub struct Stone(own::a::Day);"),
            ("a.rs", "own::a", "use crate::floor::Stone; pub struct Day;"),
        ];
        assert_eq!(tree(&files), [["a.rs", "ground.rs"]]);
    }
}
