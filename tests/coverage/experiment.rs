//! Many trials of one kind, and how often each interval held the truth.

use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::random::{Purpose, Seed, Stream};
use rayon::prelude::*;

/// What one trial says by one method.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// 1 where the interval holds the truth, or else 0; between them where it is a mean over
    /// several intervals.
    pub(super) covered: f64,
    /// Infinite where the set of effects is not bounded.
    pub(super) width: f64,
    /// Estimate less truth; none where the estimate has no variance.
    pub(super) error: Option<f64>,
}

impl Shown {
    pub(super) fn new(estimate: f64, interval: Interval, truth: f64) -> Self {
        let held = interval.lower <= truth && truth <= interval.upper;
        Self {
            covered: if held { 1.0 } else { 0.0 },
            width: interval.upper - interval.lower,
            error: Some(estimate - truth),
        }
    }
}

/// A method's name, and what it shows where it has an interval.
pub(super) type Line = (&'static str, Option<Shown>);

/// Draws a trial from a stream and analyses it; the number is that of the simulation.
pub(super) type Draw = Box<dyn Fn(&mut Stream, u64) -> Vec<Line> + Sync>;

/// Trials of one kind.
pub(super) struct Experiment {
    pub(super) design: &'static str,
    /// Participants, or groups.
    pub(super) n: usize,
    /// Simulations of the quick and of the full run.
    pub(super) simulations: [usize; 2],
    pub(super) effect: Draw,
    /// The same without an effect, for the size; none where there is nothing to test.
    pub(super) null: Option<Draw>,
}

/// Which run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Quick = 0,
    Full = 1,
}

impl Experiment {
    pub(super) fn run(&self, run: Run) -> Vec<Row> {
        let simulations = self.simulations[run as usize];
        let effect = tallies(&self.effect, simulations, self.seed(0));
        let null = self.null.as_ref().map(|draw| tallies(draw, simulations, self.seed(1)));
        let row = |(place, tally): (usize, Tally)| Row {
            design: self.design,
            n: self.n,
            effect: tally,
            null: null.as_ref().map(|null| null[place]),
        };
        effect.into_iter().enumerate().map(row).collect()
    }

    /// Another for each design, number of participants and effect.
    fn seed(&self, of_effect: u64) -> Seed {
        let letters =
            self.design.bytes().fold(0, |sum: u64, byte| sum * 31 % 1_000_003 + u64::from(byte));
        Seed((letters * 10_000 + self.n as u64) * 2 + of_effect)
    }
}

/// One simulation a stream, added up in their order: the number of threads changes nothing.
fn tallies(draw: &Draw, simulations: usize, seed: Seed) -> Vec<Tally> {
    let one = |number: usize| {
        draw(&mut Stream::new(seed, Purpose::Simulation, number as u64), number as u64)
    };
    let drawn: Vec<Vec<Line>> = (0..simulations).into_par_iter().map(one).collect();
    let mut all: Vec<Tally> = drawn[0].iter().map(|(method, _)| Tally::new(method)).collect();
    for lines in &drawn {
        assert_eq!(lines.len(), all.len(), "every trial is analysed by the same methods");
        for (tally, (method, shown)) in all.iter_mut().zip(lines) {
            assert_eq!(tally.method, *method);
            tally.add(*shown);
        }
    }
    all
}

/// Sums over simulations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) method: &'static str,
    pub(super) simulations: usize,
    with_interval: f64,
    covered: f64,
    covered_squares: f64,
    bounded: f64,
    widths: f64,
    with_error: f64,
    errors: f64,
    error_squares: f64,
}

impl Tally {
    fn new(method: &'static str) -> Self {
        Self {
            method,
            simulations: 0,
            with_interval: 0.0,
            covered: 0.0,
            covered_squares: 0.0,
            bounded: 0.0,
            widths: 0.0,
            with_error: 0.0,
            errors: 0.0,
            error_squares: 0.0,
        }
    }

    fn add(&mut self, shown: Option<Shown>) {
        self.simulations += 1;
        let Some(shown) = shown else { return };
        self.with_interval += 1.0;
        self.covered += shown.covered;
        self.covered_squares += shown.covered * shown.covered;
        if shown.width.is_finite() {
            self.bounded += 1.0;
            self.widths += shown.width;
        }
        if let Some(error) = shown.error {
            self.with_error += 1.0;
            self.errors += error;
            self.error_squares += error * error;
        }
    }

    /// Share of intervals that hold the truth, among those that there are.
    pub(super) fn coverage(&self) -> f64 {
        self.covered / self.with_interval
    }

    /// Monte Carlo standard error of a coverage if it is `known` in truth; of means over several
    /// intervals, the one seen.
    pub(super) fn monte_carlo_error(&self, known: f64) -> f64 {
        let whole = (self.covered_squares - self.covered).abs() < 1e-9;
        let variance = if whole {
            known * (1.0 - known)
        } else {
            self.covered_squares / self.with_interval - self.coverage() * self.coverage()
        };
        (variance / self.with_interval).sqrt()
    }

    /// Mean width of the bounded intervals.
    pub(super) fn width(&self) -> f64 {
        self.widths / self.bounded
    }

    /// Mean error of the estimates, and their standard deviation.
    pub(super) fn errors(&self) -> Option<(f64, f64)> {
        (self.with_error > 1.0).then(|| {
            let mean = self.errors / self.with_error;
            let variance = self.error_squares / self.with_error - mean * mean;
            (mean, (variance * self.with_error / (self.with_error - 1.0)).sqrt())
        })
    }

    /// Mean half width over z standard deviations of the estimates: 1 where the standard error is
    /// right on average, and the interval from the normal.
    pub(super) fn calibration(&self) -> Option<f64> {
        self.errors().map(|(_, deviation)| self.width() / 2.0 / (level().z() * deviation))
    }

    /// Simulations without an interval, and with one that has no bounds.
    pub(super) fn without(&self) -> (usize, usize) {
        let whole = |count: f64| {
            (0..=self.simulations).find(|&k| k as f64 >= count).expect("a count of simulations")
        };
        let with = whole(self.with_interval);
        (self.simulations - with, with - whole(self.bounded))
    }
}

/// One method in one design.
pub(super) struct Row {
    pub(super) design: &'static str,
    pub(super) n: usize,
    pub(super) effect: Tally,
    pub(super) null: Option<Tally>,
}

impl Row {
    pub(super) const HEAD: &str = "| design | method | n | simulations | coverage % | Monte Carlo error | mean width | half width / 1.96 SD | bias / SD | size % | no interval | unbounded |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

    pub(super) fn markdown(&self) -> String {
        let tally = &self.effect;
        let percent = |share: f64| format!("{:.2}", 100.0 * share);
        let dash = || "–".to_owned();
        let (none, unbounded) = tally.without();
        [
            self.design.to_owned(),
            format!("`{}`", tally.method),
            self.n.to_string(),
            tally.simulations.to_string(),
            percent(tally.coverage()),
            percent(tally.monte_carlo_error(tally.coverage())),
            format!("{:.3}", tally.width()),
            tally.calibration().map_or_else(dash, |ratio| format!("{ratio:.3}")),
            tally.errors().map_or_else(dash, |(bias, sd)| format!("{:.3}", bias / sd)),
            self.null.map_or_else(dash, |null| percent(1.0 - null.coverage())),
            none.to_string(),
            unbounded.to_string(),
        ]
        .iter()
        .fold("|".to_owned(), |line, cell| line + " " + cell + " |")
    }
}

pub(super) fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}
