//! Elements to variables: texts put together, long names, labels and missing values.

use std::collections::BTreeMap;

use super::dictionary::{Dictionary, Element, LabelSet};
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::limits::Allowance;
use crate::formats::table::{Code, MissingRule, sort_labels};
use crate::formats::text::{Encoding, without_padding};

/// Bytes of a segment that count towards the number of segments of a long text.
const SEGMENT: usize = 252;

/// What a segment holds.
pub(super) const SEGMENT_BYTES: usize = 255;

/// What a variable's cells are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number(Meaning),
    /// Its width, and the byte of the case at which each segment starts.
    Text {
        width: usize,
        segments: Vec<usize>,
    },
}

/// What a print format says that a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Number,
    Date,
    DateTime,
}

impl Meaning {
    fn of_format(format: u8) -> Self {
        match format {
            // DATE, ADATE, JDATE, MOYR, QYR, WKYR, EDATE, SDATE.
            20 | 23 | 24 | 28 | 29 | 30 | 38 | 39 => Self::Date,
            // DATETIME, YMDHMS.
            22 | 41 => Self::DateTime,
            _ => Self::Number,
        }
    }
}

/// A variable with all that the dictionary says of it.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: Kind,
    /// The byte of the case at which it starts.
    pub(super) start: usize,
    pub(super) system_missing: u64,
    pub(super) order: crate::formats::bytes::Order,
    pub(super) missing: MissingRule,
    pub(super) value_labels: Vec<(Code, String)>,
}

/// Puts the variables together.
pub(super) fn assemble(
    dictionary: &Dictionary<'_>,
    encoding: Encoding,
    allowance: &mut Allowance,
) -> Result<Vec<Variable>, FormatError> {
    let labels = sets_by_element(&dictionary.label_sets);
    let elements = &dictionary.elements;
    let mut variables: Vec<Variable> = Vec::new();
    let mut at = 0;
    while let Some(element) = elements.get(at) {
        let number = variables.len() + 1;
        if element.width < 0 {
            return Err(damaged_variable(number, "more of a text stands without its start"));
        }
        let (kind, next) = kind(dictionary, at, number)?;
        let set = labels.get(&at).map(|index| &dictionary.label_sets[*index]);
        let is_number = matches!(kind, Kind::Number(_));
        let build = Build { dictionary, encoding, element, set, is_number };
        variables.push(build.variable(kind, at, number, allowance)?);
        at = next;
    }
    if variables.is_empty() {
        return Err(damaged_variable(1, "there are no variables"));
    }
    Ok(variables)
}

/// The last set of each element, elements counted from 0.
fn sets_by_element(sets: &[LabelSet<'_>]) -> BTreeMap<usize, usize> {
    let mut by_element = BTreeMap::new();
    for (index, set) in sets.iter().enumerate() {
        for element in &set.elements {
            if let Some(element) = usize::try_from(*element).ok().and_then(|e| e.checked_sub(1)) {
                by_element.insert(element, index);
            }
        }
    }
    by_element
}

/// What the variable at an element is, and the element behind it.
fn kind(
    dictionary: &Dictionary<'_>,
    at: usize,
    number: usize,
) -> Result<(Kind, usize), FormatError> {
    let element = &dictionary.elements[at];
    let Ok(width @ 1..) = usize::try_from(element.width) else {
        return Ok((Kind::Number(Meaning::of_format(element.format)), at + 1));
    };
    let short = without_padding(element.name);
    let long = dictionary.extension.widths.get(short).copied();
    let width = long.unwrap_or(width);
    let n_segments = if long.is_some() { width.div_ceil(SEGMENT) } else { 1 };
    let mut segments = Vec::new();
    let mut next = at;
    for _ in 0..n_segments {
        let Some(first) = dictionary.elements.get(next).filter(|first| first.width > 0) else {
            return Err(damaged_variable(number, "a long text has too few segments"));
        };
        let own = usize::try_from(first.width).unwrap_or(0);
        let pieces = own.div_ceil(8);
        let rest = dictionary.elements.get(next + 1..next + pieces);
        if !rest.is_some_and(|rest| rest.iter().all(|element| element.width == -1)) {
            return Err(damaged_variable(number, "a text is shorter than its width"));
        }
        let needed = width.saturating_sub(segments.len() * SEGMENT_BYTES).min(SEGMENT_BYTES);
        if pieces * 8 < needed {
            return Err(damaged_variable(number, "a segment of a long text is too short"));
        }
        segments.push(next * 8);
        next += pieces;
    }
    Ok((Kind::Text { width, segments }, next))
}

/// All that is known of one variable.
struct Build<'a, 'b> {
    dictionary: &'b Dictionary<'a>,
    encoding: Encoding,
    element: &'b Element<'a>,
    set: Option<&'b LabelSet<'a>>,
    is_number: bool,
}

impl Build<'_, '_> {
    fn variable(
        &self,
        kind: Kind,
        at: usize,
        number: usize,
        allowance: &mut Allowance,
    ) -> Result<Variable, FormatError> {
        let short = without_padding(self.element.name);
        let extension = &self.dictionary.extension;
        let long = extension.long_names.get(short).copied().unwrap_or(short);
        let name = self.encoding.decode_label(long);
        let place = Place::Variable { number, name: name.clone() };
        let missing = self.missing([long, short]);
        let value_labels = self.labels([long, short], allowance, &place)?;
        Ok(Variable {
            name,
            label: self.encoding.decode_label(without_padding(self.element.label)),
            kind,
            start: at * 8,
            system_missing: extension.system_missing(),
            order: self.dictionary.order,
            missing,
            value_labels,
        })
    }

    fn code(&self, value: &[u8]) -> Option<Code> {
        if self.is_number {
            let number = self.dictionary.order.f64(value.try_into().ok()?);
            return number.is_finite().then_some(Code::Number(number));
        }
        Some(Code::Text(self.encoding.decode_label(without_padding(value))))
    }

    fn missing(&self, names: [&[u8]; 2]) -> MissingRule {
        let stored = self.element.missing;
        let single = stored.values.chunks_exact(8);
        let mut values: Vec<Code> = single.filter_map(|v| self.code(v)).collect();
        let long = &self.dictionary.extension.long_missing;
        if let Some(more) = names.iter().find_map(|name| long.get(name)).filter(|_| !self.is_number)
        {
            values.extend(more.iter().filter_map(|value| self.code(value)));
        }
        MissingRule { values, range: stored.range.filter(|_| self.is_number) }
    }

    fn labels(
        &self,
        names: [&[u8]; 2],
        allowance: &mut Allowance,
        place: &Place,
    ) -> Result<Vec<(Code, String)>, FormatError> {
        let mut labels = Vec::new();
        let long = &self.dictionary.extension.long_labels;
        let long = names.iter().find_map(|name| long.get(name)).filter(|_| !self.is_number);
        let short = self.set.map(|set| &set.labels).into_iter().flatten();
        let short = short.map(|(value, label)| (&value[..], *label));
        for (value, label) in short.chain(long.into_iter().flatten().copied()) {
            // A byte may become three in UTF-8.
            let size = 3 * (value.len() + label.len()) + size_of::<(Code, String)>();
            allowance.spend(size, place)?;
            if let Some(code) = self.code(value) {
                labels.push((code, self.encoding.decode_label(without_padding(label))));
            }
        }
        sort_labels(&mut labels);
        Ok(labels)
    }
}

/// The error that the dictionary contradicts itself at a variable.
fn damaged_variable(number: usize, what: &str) -> FormatError {
    let place = Place::Variable { number, name: String::new() };
    FormatError::new(place, Problem::Damaged(what.to_owned()))
}
