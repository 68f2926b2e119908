//! What a source file names: its `use` lines, the paths in its code, its macros. Comments, texts
//! and what is compiled for tests alone are left out.

use std::collections::BTreeSet;

/// A name that a file brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// What it stands for, from `crate`, `self`, `super`, a crate or a module of the file.
    pub(super) path: Vec<String>,
    /// What the file calls it; `*` for all that there is.
    pub(super) name: String,
    pub(super) reach: Reach,
}

/// Who may take a name from the file that brings it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The file and its children: `use`.
    Own,
    /// Others too: `pub use`.
    HandedOn,
}

/// What one file names.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) uses: Vec<Use>,
    /// Paths of two names or more, outside `use` lines.
    pub(super) paths: Vec<Vec<String>>,
    /// Every word outside `use` lines.
    pub(super) words: BTreeSet<String>,
    pub(super) macros_defined: BTreeSet<String>,
    pub(super) macros_called: BTreeSet<String>,
}

impl Code {
    pub(super) fn read(text: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        let mut code = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            let is_use = tokens[at].is("use") && tokens.get(at + 1) != Some(&Token::Mark('<'));
            if is_use {
                let end = (at..tokens.len()).find(|&i| tokens[i] == Token::Mark(';'));
                let end = end.unwrap_or(tokens.len());
                let reach = reach(&tokens[..at]);
                let mut tree = &tokens[at + 1..end];
                add_tree(&mut tree, &[], reach, &mut code.uses);
                at = end + 1;
            } else {
                at += code.add_path(&tokens[at..]);
            }
        }
        code
    }

    /// Adds the path at the head, and says how many tokens it takes.
    fn add_path(&mut self, tokens: &[Token]) -> usize {
        let Token::Word(first) = &tokens[0] else { return 1 };
        let mut path = vec![first.clone()];
        let mut taken = 1;
        while let [Token::Path, Token::Word(next), ..] = &tokens[taken..] {
            path.push(next.clone());
            taken += 2;
        }
        if tokens.get(taken) == Some(&Token::Mark('!')) {
            let is_rules = first == "macro_rules";
            match tokens.get(taken + 1) {
                Some(Token::Word(name)) if is_rules => {
                    self.macros_defined.insert(name.clone());
                }
                Some(Token::Mark('(' | '[' | '{')) => {
                    self.macros_called.extend(path.last().cloned());
                }
                _ => {}
            }
        }
        self.words.extend(path.iter().cloned());
        if path.len() > 1 {
            self.paths.push(path);
        }
        taken
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Mark(char),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Token::Word(own) if own == word)
    }
}

/// Words and marks; comments, texts and single characters are left out.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some(after) = after_text(rest) {
            rest = after;
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("::") {
            tokens.push(Token::Path);
            rest = after;
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Mark(c));
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    tokens
}

/// What follows a text or a single character, where one begins here.
fn after_text(rest: &str) -> Option<&str> {
    let plain = rest.strip_prefix('b').unwrap_or(rest);
    if let Some(raw) = plain.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"');
        if let Some(inside) = inside {
            let end = format!("\"{}", "#".repeat(hashes));
            return Some(inside.find(&end).map_or("", |at| &inside[at + end.len()..]));
        }
    }
    let (quote, inside) = match plain.chars().next()? {
        '"' => ('"', &plain[1..]),
        // A lifetime has no second mark.
        '\'' if is_character(&plain[1..]) => ('\'', &plain[1..]),
        _ => return None,
    };
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(&inside[at + 1..]),
            _ => {}
        }
    }
    Some("")
}

fn is_character(inside: &str) -> bool {
    let mut letters = inside.chars();
    match letters.next() {
        Some('\\') => true,
        Some(_) => letters.next() == Some('\''),
        None => false,
    }
}

/// Without the items that `#[cfg(test)]` stands before.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let of_test = [
        Token::Mark('#'),
        Token::Mark('['),
        Token::Word("cfg".to_owned()),
        Token::Mark('('),
        Token::Word("test".to_owned()),
        Token::Mark(')'),
        Token::Mark(']'),
    ];
    let mut left = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&of_test) {
            at += of_test.len() + item_length(&tokens[at + of_test.len()..]);
        } else {
            left.push(tokens[at].clone());
            at += 1;
        }
    }
    left
}

/// Tokens of an item: up to its semicolon, or to the end of its braces.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') if depth == 1 => return at + 1,
            Token::Mark('}') => depth -= 1,
            Token::Mark(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Of a `use` line, by what stands before it: `pub` or `pub(…)`, or neither.
fn reach(before: &[Token]) -> Reach {
    match before.last() {
        Some(Token::Mark(')')) => {
            let open = before.iter().rposition(|token| *token == Token::Mark('('));
            open.map_or(Reach::Own, |open| reach(&before[..open]))
        }
        Some(last) if last.is("pub") => Reach::HandedOn,
        _ => Reach::Own,
    }
}

/// The names of a `use` tree: `a::{b, c as d}`.
fn add_tree(tokens: &mut &[Token], before: &[String], reach: Reach, found: &mut Vec<Use>) {
    let mut path = before.to_vec();
    while let Some((token, rest)) = tokens.split_first() {
        match token {
            Token::Word(word) if word == "as" => {
                if let [Token::Word(name), rest @ ..] = rest {
                    found.push(Use { path, name: name.clone(), reach });
                    *tokens = rest;
                    return;
                }
            }
            Token::Word(word) => path.push(word.clone()),
            Token::Mark('*') => path.push("*".to_owned()),
            Token::Mark('{') => {
                *tokens = rest;
                while !tokens.is_empty() && tokens[0] != Token::Mark('}') {
                    add_tree(tokens, &path, reach, found);
                    if tokens.first() == Some(&Token::Mark(',')) {
                        *tokens = &tokens[1..];
                    }
                }
                *tokens = tokens.get(1..).unwrap_or(&[]);
                return;
            }
            Token::Mark(',' | '}') => break,
            Token::Path | Token::Mark(_) => {}
        }
        *tokens = rest;
    }
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    if let Some(name) = path.last().cloned() {
        found.push(Use { path, name, reach });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, name: &str, reach: Reach) -> Use {
        let path = path.split("::").map(str::to_owned).collect();
        Use { path, name: name.to_owned(), reach }
    }

    #[test]
    fn names_are_read_and_comments_texts_and_tests_are_not() {
        let code = Code::read(
            r#"
            // use crate::comment;
            use crate::a::{self, b::C, d as e};
            pub(super) use super::f::*;
            fn g<'x>(c: &'x str) { h::i("crate::text", 'u', b'\'', r"use crate::raw;"); words!(x) }
            macro_rules! texts { () => { $crate::k::l() } }
            #[cfg(test)]
            mod tests { use crate::only_in_tests; }
            "#,
        );
        let names = [
            of("crate::a", "a", Reach::Own),
            of("crate::a::b::C", "C", Reach::Own),
            of("crate::a::d", "e", Reach::Own),
            of("super::f::*", "*", Reach::HandedOn),
        ];
        assert_eq!(code.uses, names);
        assert_eq!(code.paths, [vec!["h", "i"], vec!["crate", "k", "l"]]);
        assert_eq!(code.macros_defined, BTreeSet::from(["texts".to_owned()]));
        assert_eq!(code.macros_called, BTreeSet::from(["words".to_owned()]));
        assert!(code.words.contains("str") && !code.words.contains("comment"));
    }
}
