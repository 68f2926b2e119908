//! What to withhold, so that an attacker cannot narrow what is protected.
//!
//! A publication (an item) opens forms of unknown counts. Every protected quantity must keep a
//! range as wide as the rules ask for, which reaches outside 1 to k - 1. Where one does not, one of
//! the forms on which its range rests is closed: all publications of it are withheld, those of the
//! least value first. At the end whatever turns out not to have been needed is opened again.
//!
//! That a range is wide is shown by two points in whole numbers that agree with everything open and
//! were checked exactly; where none is found within the steps allowed, the range counts as narrow.

use super::system::{Form, Frozen, Part, Range, System, range, reaches};

/// What protection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Counts from 1 to one less than this are protected.
    pub threshold: i64,
    /// Least width of what a protected count may be narrowed to.
    pub width: i64,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The sources that it opens.
    pub opens: Vec<usize>,
    /// What it is worth.
    pub value: u64,
}

/// Everything that may be published, and what must not follow from it.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Structure, and a fact for each source.
    pub system: System,
    /// The true counts.
    pub truth: Vec<i64>,
    /// Publications that may be withheld. A source of no item is not open; what is known whatever is
    /// decided is a fact without a source.
    pub items: Vec<Item>,
    /// How many sources there are.
    pub sources: usize,
    /// Protected forms.
    pub quantities: Vec<Form>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Of each item, whether it is withheld.
    pub withheld: Vec<bool>,
    /// Of each protected form, what an attacker cannot exclude.
    pub ranges: Vec<(i64, i64)>,
    /// Protected forms that stay narrow although everything that could be was withheld.
    pub unprotected: Vec<usize>,
}

/// How many unknowns around a question are left free, one try after the other.
const NEIGHBOURHOODS: [usize; 3] = [24, 90, 300];

/// A neighbourhood in which a range that is narrow is taken for narrow, if something can be closed.
const LARGE_ENOUGH: usize = 90;

impl Rules {
    /// Whether a range protects.
    pub fn allow(self, (low, high): (i64, i64)) -> bool {
        high - low >= self.width && (low < 1 || high >= self.threshold)
    }

    /// Whether a count is one to protect.
    pub fn protects(self, count: i64) -> bool {
        (1..self.threshold).contains(&count)
    }
}

/// What is open at the moment.
struct State<'a> {
    tables: &'a Tables,
    rules: Rules,
    withheld: Vec<bool>,
    /// Open items of each source.
    open_items: Vec<usize>,
    items_of: Vec<Vec<usize>>,
    ranges: Vec<(i64, i64)>,
}

/// Decides what is withheld.
pub fn decide(tables: &Tables, rules: Rules) -> Decision {
    let mut state = State::new(tables, rules);
    let mut unprotected = Vec::new();
    for quantity in 0..tables.quantities.len() {
        if !state.protect(quantity) {
            unprotected.push(quantity);
        }
    }
    state.open_again(&unprotected);
    for quantity in 0..tables.quantities.len() {
        if state.look(quantity).is_err() && !unprotected.contains(&quantity) {
            unprotected.push(quantity);
        }
    }
    unprotected.sort_unstable();
    Decision { withheld: state.withheld, ranges: state.ranges, unprotected }
}

/// Protected forms that are narrow if these items are withheld, and their ranges.
pub fn narrow(tables: &Tables, rules: Rules, withheld: &[bool]) -> Vec<(usize, (i64, i64))> {
    let mut state = State::new(tables, rules);
    for (item, _) in withheld.iter().enumerate().filter(|(_, is)| **is) {
        state.withhold(item);
    }
    let quantities = 0..tables.quantities.len();
    let narrow = quantities.filter(|&quantity| state.look(quantity).is_err()).collect::<Vec<_>>();
    narrow.into_iter().map(|quantity| (quantity, state.ranges[quantity])).collect()
}

impl<'a> State<'a> {
    fn new(tables: &'a Tables, rules: Rules) -> Self {
        let mut items_of = vec![Vec::new(); tables.sources];
        for (at, item) in tables.items.iter().enumerate() {
            for &source in &item.opens {
                items_of[source].push(at);
            }
        }
        Self {
            tables,
            rules,
            withheld: vec![false; tables.items.len()],
            open_items: items_of.iter().map(Vec::len).collect(),
            items_of,
            ranges: tables
                .quantities
                .iter()
                .map(|form| (form.at(&tables.truth), form.at(&tables.truth)))
                .collect(),
        }
    }

    fn is_open(&self, source: usize) -> bool {
        self.open_items[source] > 0
    }

    fn withhold(&mut self, item: usize) {
        if !std::mem::replace(&mut self.withheld[item], true) {
            for &source in &self.tables.items[item].opens {
                self.open_items[source] -= 1;
            }
        }
    }

    fn open(&mut self, item: usize) {
        if std::mem::replace(&mut self.withheld[item], false) {
            for &source in &self.tables.items[item].opens {
                self.open_items[source] += 1;
            }
        }
    }

    /// What the withheld items around a source are worth.
    fn cost(&self, source: usize) -> u64 {
        let open = self.items_of[source].iter().filter(|item| !self.withheld[**item]);
        open.map(|&item| self.tables.items[item].value).sum()
    }

    /// Whether a form is wide enough; else the sources on which its range rests.
    fn look(&mut self, quantity: usize) -> Result<(), Vec<usize>> {
        let tables = self.tables;
        let form = &tables.quantities[quantity];
        let truth = form.at(&tables.truth);
        // A count so large protects by itself, however small the least may be.
        let goal = self.rules.threshold.max(truth + self.rules.width);
        let mut rests_on = Vec::new();
        for most in NEIGHBOURHOODS {
            let frozen = Frozen { truth: &tables.truth, most };
            let is_open = |source: usize| self.is_open(source);
            let part = Part::around(&tables.system, &is_open, form, Some(frozen));
            if reaches(&part, goal) {
                self.ranges[quantity] = (truth, goal);
                return Ok(());
            }
            let (reached, sources) = match range(&part) {
                Range::Between { low, high } => {
                    let low_end = low.reached.map_or(truth, |low| low.min(truth));
                    let high_end = high.reached.map_or(truth, |high| high.max(truth));
                    let sources = low.sources.into_iter().chain(high.sources).collect();
                    ((low_end, high_end), sources)
                }
                Range::Contradiction(sources) | Range::Unsolved(sources) => {
                    ((truth, truth), sources)
                }
            };
            self.ranges[quantity] = reached;
            if self.rules.allow(reached) {
                return Ok(());
            }
            rests_on = sources;
            let is_whole = part.unknowns.len() < most;
            let is_closable = rests_on.iter().any(|&source| self.open_items[source] > 0);
            if is_whole || (is_closable && most >= LARGE_ENOUGH) {
                break;
            }
        }
        rests_on.sort_unstable();
        rests_on.dedup();
        Err(rests_on)
    }

    /// Closes forms until a protected one is wide enough; false where nothing is left to close.
    fn protect(&mut self, quantity: usize) -> bool {
        loop {
            let Err(sources) = self.look(quantity) else { return true };
            let closable = sources.into_iter().filter(|&source| self.open_items[source] > 0);
            let Some(cheapest) = closable.min_by_key(|&source| (self.cost(source), source)) else {
                return false;
            };
            for item in self.items_of[cheapest].clone() {
                self.withhold(item);
            }
        }
    }

    /// Opens again what need not be withheld, the most valuable first.
    fn open_again(&mut self, unprotected: &[usize]) {
        let mut items: Vec<usize> =
            (0..self.withheld.len()).filter(|&item| self.withheld[item]).collect();
        items.sort_by_key(|&item| (std::cmp::Reverse(self.tables.items[item].value), item));
        for item in items {
            let near = self.near(item);
            self.open(item);
            let is_harmless = near
                .into_iter()
                .all(|quantity| !unprotected.contains(&quantity) && self.look(quantity).is_ok());
            if !is_harmless {
                self.withhold(item);
            }
        }
    }

    /// Protected forms whose range an item may touch.
    fn near(&self, item: usize) -> Vec<usize> {
        let tables = self.tables;
        let opens = &tables.items[item].opens;
        if opens.iter().all(|&source| self.is_open(source)) {
            return Vec::new();
        }
        let is_open = |source: usize| self.is_open(source);
        let facts = tables.system.facts().iter();
        let forms = facts.filter(|fact| fact.source.is_some_and(|source| opens.contains(&source)));
        let mut reached: Vec<usize> = forms
            .flat_map(|fact| Part::around(&tables.system, &is_open, &fact.form, None).unknowns)
            .collect();
        reached.sort_unstable();
        reached.dedup();
        let is_near = |form: &Form| {
            form.terms().iter().any(|(unknown, _)| reached.binary_search(unknown).is_ok())
        };
        let quantities = tables.quantities.iter().enumerate();
        quantities.filter(|(_, form)| is_near(form)).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests;
