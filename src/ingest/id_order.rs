//! The order of people: that of their identifiers.
//!
//! Identifiers of one length are in the order of their characters. Others are in the order in which
//! people count: runs of digits by the number that they are, so that `2` comes before `10`, as
//! `0002` before `0010`: zeros that a program dropped or added do not change who is drawn. Where
//! that leaves two identifiers equal, characters decide.

use std::cmp::Ordering;

/// How two identifiers of a table are put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdOrder {
    /// By characters.
    Text,
    /// By the numbers in them.
    Counted,
}

impl IdOrder {
    /// The order for these identifiers.
    pub(super) fn of<'i>(mut ids: impl Iterator<Item = &'i str>) -> Self {
        let length = ids.next().map_or(0, str::len);
        if ids.all(|id| id.len() == length) { Self::Text } else { Self::Counted }
    }

    pub(super) fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Text => a.cmp(b),
            Self::Counted => counted(a, b).then_with(|| a.cmp(b)),
        }
    }
}

fn counted(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (of_a, of_b) = (first_part(&mut a), first_part(&mut b));
        let order = match (of_a, of_b) {
            ("", "") => return Ordering::Equal,
            (x, y) if is_number(x) && is_number(y) => {
                let (x, y) = (x.trim_start_matches('0'), y.trim_start_matches('0'));
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
            (x, y) => x.cmp(y),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_number(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit())
}

/// Takes the first run of digits, or of other characters, off a text.
fn first_part<'t>(text: &mut &'t str) -> &'t str {
    let is_digits = is_number(text);
    let end = text.find(|c: char| c.is_ascii_digit() != is_digits).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    *text = rest;
    first
}

#[cfg(test)]
mod tests {
    use super::IdOrder;

    fn sorted(ids: &[&str]) -> Vec<String> {
        let order = IdOrder::of(ids.iter().copied());
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        ids.sort_by(|a, b| order.compare(a, b));
        ids
    }

    #[test]
    fn zeros_that_a_program_dropped_change_no_order() {
        let with = sorted(&["0010", "0002", "0100", "0001"]);
        let without = sorted(&["10", "2", "100", "1"]);
        let stripped: Vec<&str> = with.iter().map(|id| id.trim_start_matches('0')).collect();
        assert_eq!(without, stripped);
        assert_eq!(sorted(&["P-10a", "P-9", "P-010"]), ["P-9", "P-010", "P-10a"]);
        assert_eq!(sorted(&["B1", "A12", "A2"]), ["A2", "A12", "B1"]);
        assert_eq!(sorted(&["01", "1", "001"]), ["001", "01", "1"]);
    }

    #[test]
    fn identifiers_of_one_length_are_in_the_order_of_their_characters() {
        assert_eq!(sorted(&["A1B2", "A12B"]), ["A12B", "A1B2"]);
        assert_eq!(sorted(&["é1", "z22"]), ["z22", "é1"]);
    }
}
