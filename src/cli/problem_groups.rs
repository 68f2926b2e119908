//! One fault in many places, told once.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};

/// Places that are named of each fault.
const NAMED_PLACES: usize = 5;

/// Problems that say the same of the same column.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The first.
    pub(super) first: &'a Diagnostic,
    /// How many there are.
    pub(super) count: usize,
    /// Lines of the first few.
    lines: Vec<u64>,
}

impl Group<'_> {
    /// Where else it is, as the end of a message; nothing where it is in one place.
    pub(super) fn where_else(&self) -> String {
        if self.count == 1 {
            return String::new();
        }
        let mut lines: Vec<String> = self.lines.iter().map(u64::to_string).collect();
        if self.count > lines.len() {
            lines.push("…".to_owned());
        }
        format!(" ({} of them, in lines {})", self.count, lines.join(", "))
    }
}

/// The problems, those together that differ in their lines alone, in the order of the first of each.
pub(super) fn grouped(problems: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for problem in problems {
        // What has a place in the plan, or a value that is shown, stands by itself.
        let is_alone =
            problem.place.span.is_some() || problem.value.is_some() || problem.place.line.is_none();
        let key = (!is_alone).then(|| key_of(problem));
        let known = key.and_then(|key| places.get(&key)).copied();
        if let Some(at) = known {
            let group = &mut groups[at];
            group.count += 1;
            if group.lines.len() < NAMED_PLACES {
                group.lines.extend(problem.place.line);
            }
            continue;
        }
        places.extend(key.map(|key| (key, groups.len())));
        let lines = problem.place.line.into_iter().collect();
        groups.push(Group { first: problem, count: 1, lines });
    }
    groups
}

/// What problems of a group share.
type Key<'a> = (Code, &'a str, Option<&'a str>, &'a str, &'a str);

fn key_of(problem: &Diagnostic) -> Key<'_> {
    let Diagnostic { code, place, message, remedy, .. } = problem;
    (*code, &place.file, place.column.as_deref(), message, remedy)
}

#[cfg(test)]
mod tests {
    use super::grouped;
    use crate::diagnostic::{Code, Diagnostic, Place};

    #[test]
    fn a_fault_of_many_lines_is_told_once_with_the_first_of_them() {
        let at = |line, column, message: &'static str| {
            Diagnostic::new(
                Code::CellNotADate,
                Place::cell("t.csv", line, column),
                message,
                "mend it",
            )
        };
        let mut all: Vec<Diagnostic> = (2..9).map(|line| at(line, "a", "x")).collect();
        all.insert(3, at(4, "b", "x"));
        all.push(at(2, "a", "y"));
        all.push(at(3, "a", "x").with_value("shown"));
        let groups = grouped(&all);
        let counts: Vec<usize> = groups.iter().map(|group| group.count).collect();
        assert_eq!(counts, [7, 1, 1, 1]);
        assert_eq!(groups[0].where_else(), " (7 of them, in lines 2, 3, 4, 5, 6, …)");
        assert_eq!(groups[1].where_else(), "");
    }
}
