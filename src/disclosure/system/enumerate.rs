//! Every point of a part, functions included.

use super::part::Part;
use super::problem::{Function, System};

/// What all points say of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumerated {
    /// Least and greatest value; none where no point agrees with everything.
    pub range: Option<(i64, i64)>,
    /// Points that agree with everything.
    pub points: u64,
}

/// Looks at every point of a part; none where it would take more than `most` steps.
pub fn enumerate(system: &System, part: &Part, most: u64) -> Option<Enumerated> {
    let functions = part.functions.iter().map(|&at| Placed::new(&system.functions()[at], part));
    let mut search = Search {
        part,
        functions: functions.collect(),
        found: Enumerated { range: None, points: 0 },
        left: most,
    };
    let limits = part.limits.clone();
    search.go(limits).then_some(search.found)
}

/// A function with its forms by the numbers of the part.
struct Placed<'a> {
    function: &'a Function,
    of: Vec<(Vec<(usize, i64)>, i64)>,
}

impl<'a> Placed<'a> {
    fn new(function: &'a Function, part: &Part) -> Self {
        let place = |unknown: usize| part.unknowns.binary_search(&unknown).ok();
        let of = function.of.iter().map(|form| {
            let mut own = Vec::new();
            let mut constant = 0;
            for &(unknown, times) in form.terms() {
                match place(unknown) {
                    Some(at) => own.push((at, times)),
                    None => constant += times * part.known.get(&unknown).copied().unwrap_or(0),
                }
            }
            (own, constant)
        });
        Self { function, of: of.collect() }
    }

    /// Whether the limits leave it possible: always while an unknown is open.
    fn allows(&self, limits: &[(i64, i64)]) -> bool {
        let mut counts = Vec::with_capacity(self.of.len());
        for (terms, constant) in &self.of {
            let mut count = *constant;
            for &(at, times) in terms {
                let (lower, upper) = limits[at];
                if lower != upper {
                    return true;
                }
                count += times * lower;
            }
            counts.push(count);
        }
        let function = self.function;
        (function.compute)(&counts)
            .is_some_and(|value| (function.lower..=function.upper).contains(&value))
    }
}

struct Search<'a> {
    part: &'a Part,
    functions: Vec<Placed<'a>>,
    found: Enumerated,
    left: u64,
}

impl Search<'_> {
    /// Whether everything below these limits was looked at.
    fn go(&mut self, mut limits: Vec<(i64, i64)>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        if !self.narrow(&mut limits)
            || !self.functions.iter().all(|function| function.allows(&limits))
        {
            return true;
        }
        let open = limits.iter().enumerate().filter(|(_, (lower, upper))| lower < upper);
        let Some((at, &(lower, upper))) = open.min_by_key(|(_, (lower, upper))| upper - lower)
        else {
            let point: Vec<i64> = limits.iter().map(|(lower, _)| *lower).collect();
            let value = self.part.value(&point);
            self.found.points += 1;
            self.found.range = Some(match self.found.range {
                None => (value, value),
                Some((low, high)) => (low.min(value), high.max(value)),
            });
            return true;
        };
        (lower..=upper).all(|value| {
            let mut next = limits.clone();
            next[at] = (value, value);
            self.go(next)
        })
    }

    /// Narrows the limits by every row until nothing changes; false where a row cannot hold.
    fn narrow(&self, limits: &mut [(i64, i64)]) -> bool {
        loop {
            let mut has_changed = false;
            for row in &self.part.rows {
                let term = |limits: &[(i64, i64)], (at, times): (usize, i64)| {
                    let (lower, upper) = limits[at];
                    if times > 0 {
                        (times * lower, times * upper)
                    } else {
                        (times * upper, times * lower)
                    }
                };
                let (mut least, mut most) = (0i64, 0i64);
                for &one in &row.terms {
                    let (lower, upper) = term(limits, one);
                    least += lower;
                    most += upper;
                }
                if least > row.upper || most < row.lower {
                    return false;
                }
                for &(at, times) in &row.terms {
                    let (own_least, own_most) = term(limits, (at, times));
                    // What is left for this term, the others being at their furthest.
                    let highest = row.upper.saturating_sub(least - own_least);
                    let lowest = row.lower.saturating_sub(most - own_most);
                    let (lower, upper) = if times > 0 {
                        (ceil(lowest, times), highest.div_euclid(times))
                    } else {
                        (
                            ceil(-highest.max(-i64::MAX), -times),
                            (-lowest.max(-i64::MAX)).div_euclid(-times),
                        )
                    };
                    let next = (limits[at].0.max(lower), limits[at].1.min(upper));
                    if next.0 > next.1 {
                        return false;
                    }
                    if next != limits[at] {
                        limits[at] = next;
                        has_changed = true;
                        let (new_least, new_most) = term(limits, (at, times));
                        least += new_least - own_least;
                        most += new_most - own_most;
                    }
                }
            }
            if !has_changed {
                return true;
            }
        }
    }
}

/// The quotient, rounded up.
fn ceil(value: i64, by: i64) -> i64 {
    -((-value.max(-i64::MAX)).div_euclid(by))
}
