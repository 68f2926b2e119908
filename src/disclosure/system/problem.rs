//! What an attacker knows: equations and inequalities of unknown counts, and numbers made of them.

use super::form::Form;

/// A form lies between two whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub form: Form,
    /// Its least value.
    pub lower: i64,
    /// Its greatest value.
    pub upper: i64,
    /// The publication that says so; none where the structure of the tables does.
    pub source: Option<usize>,
    /// Least value that may be assumed where the publication is withheld: a count is never withheld
    /// for being 0, so that one that is withheld is at least 1.
    pub when_withheld: Option<i64>,
}

/// Which publications are open.
pub type Open<'a> = &'a dyn Fn(usize) -> bool;

/// Recomputes a published number from the counts that it is made of; none where it does not exist.
pub type Compute = fn(&[i64]) -> Option<f64>;

/// A published number that is a function of counts, to its published digits.
#[derive(Clone, Debug)]
pub struct Function {
    /// The counts, in the function's order.
    pub of: Vec<Form>,
    /// The function.
    pub compute: Compute,
    /// Least value that is published as it was.
    pub lower: f64,
    /// Greatest such value.
    pub upper: f64,
    /// The publication.
    pub source: Option<usize>,
}

/// Unknown whole numbers of at least zero, and everything that is known of them.
#[derive(Clone, Debug)]
pub struct System {
    upper: Vec<i64>,
    facts: Vec<Fact>,
    functions: Vec<Function>,
    facts_of: Vec<Vec<usize>>,
    functions_of: Vec<Vec<usize>>,
}

impl System {
    /// Unknowns from zero to `upper`.
    pub fn new(upper: Vec<i64>) -> Self {
        let n = upper.len();
        Self {
            upper,
            facts: Vec::new(),
            functions: Vec::new(),
            facts_of: vec![Vec::new(); n],
            functions_of: vec![Vec::new(); n],
        }
    }

    /// One more fact.
    pub fn add(&mut self, fact: Fact) {
        for &(unknown, _) in fact.form.terms() {
            self.facts_of[unknown].push(self.facts.len());
        }
        self.facts.push(fact);
    }

    /// Two forms are equal, by the structure of the tables.
    pub fn equal(&mut self, one: &Form, other: &Form) {
        self.add(Fact {
            form: one.minus(other),
            lower: 0,
            upper: 0,
            source: None,
            when_withheld: None,
        });
    }

    /// A form is not negative, by the structure of the tables.
    pub fn not_negative(&mut self, form: Form) {
        let upper = form.terms().iter().map(|&(one, times)| times.max(0) * self.upper[one]).sum();
        self.add(Fact { form, lower: 0, upper, source: None, when_withheld: None });
    }

    /// One more function.
    pub fn add_function(&mut self, function: Function) {
        let mut seen: Vec<usize> =
            function.of.iter().flat_map(|form| form.terms().iter().map(|(one, _)| *one)).collect();
        seen.sort_unstable();
        seen.dedup();
        for unknown in seen {
            self.functions_of[unknown].push(self.functions.len());
        }
        self.functions.push(function);
    }

    /// How many unknowns there are.
    pub fn size(&self) -> usize {
        self.upper.len()
    }

    /// The greatest value of each unknown.
    pub fn upper(&self) -> &[i64] {
        &self.upper
    }

    /// All facts.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// All functions.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// Facts in which an unknown stands.
    pub fn facts_of(&self, unknown: usize) -> &[usize] {
        &self.facts_of[unknown]
    }

    /// Functions in which an unknown stands.
    pub fn functions_of(&self, unknown: usize) -> &[usize] {
        &self.functions_of[unknown]
    }

    /// Whether a point agrees with everything that is open, exactly.
    pub fn holds(&self, point: &[i64], open: Open<'_>) -> bool {
        let is_known = |source: Option<usize>| source.is_none_or(open);
        let is_within =
            point.iter().zip(&self.upper).all(|(one, upper)| (0..=*upper).contains(one));
        is_within
            && self.facts.iter().all(|fact| fact.holds(point, open))
            && self
                .functions
                .iter()
                .filter(|function| is_known(function.source))
                .all(|function| function.holds(point))
    }
}

impl Fact {
    /// What is known of the form, if anything is.
    pub fn limits(&self, open: Open<'_>) -> Option<(i64, i64)> {
        match self.source {
            Some(source) if !open(source) => self.when_withheld.map(|least| (least, i64::MAX)),
            _ => Some((self.lower, self.upper)),
        }
    }

    /// Whether a point agrees with it.
    pub fn holds(&self, point: &[i64], open: Open<'_>) -> bool {
        let value = self.form.at(point);
        self.limits(open).is_none_or(|(lower, upper)| (lower..=upper).contains(&value))
    }
}

impl Function {
    /// Whether a point agrees with it.
    pub fn holds(&self, point: &[i64]) -> bool {
        let counts: Vec<i64> = self.of.iter().map(|form| form.at(point)).collect();
        (self.compute)(&counts).is_some_and(|value| (self.lower..=self.upper).contains(&value))
    }
}
