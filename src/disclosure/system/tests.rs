//! Ranges against every point of small systems.

use proptest::prelude::*;

use super::*;

/// A small system that a point agrees with, and a form.
#[derive(Clone, Debug)]
struct Made {
    truth: Vec<i64>,
    facts: Vec<(Vec<i64>, i64, i64)>,
    form: Vec<i64>,
}

const MOST: i64 = 5;

fn form(factors: &[i64]) -> Form {
    Form::sum(factors.iter().copied().enumerate())
}

impl Made {
    fn system(&self) -> System {
        let mut system = System::new(vec![MOST; self.truth.len()]);
        for (factors, below, above) in &self.facts {
            let form = form(factors);
            let value = form.at(&self.truth);
            let (lower, upper) = (value - below, value + above);
            system.add(Fact { form, lower, upper, source: None, when_withheld: None });
        }
        system
    }

    /// By brute force, and by nothing of the solver.
    fn exhaust(&self, system: &System) -> (i64, i64) {
        let own = form(&self.form);
        let mut range = (i64::MAX, i64::MIN);
        let mut point = vec![0; self.truth.len()];
        loop {
            if system.holds(&point, &|_| true) {
                let value = own.at(&point);
                range = (range.0.min(value), range.1.max(value));
            }
            let Some(next) = point.iter().position(|one| *one < MOST) else { return range };
            point[next] += 1;
            point[..next].fill(0);
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    let factors = || proptest::collection::vec(-1..=2i64, 4);
    let fact = (factors(), 0..2i64, 0..2i64);
    let truth = proptest::collection::vec(0..=MOST, 4);
    (truth, proptest::collection::vec(fact, 1..4), factors())
        .prop_map(|(truth, facts, form)| Made { truth, facts, form })
}

proptest! {
    #[test]
    fn ranges_are_those_of_all_points(made in made()) {
        let system = made.system();
        let form = form(&made.form);
        let (low, high) = made.exhaust(&system);
        let part = Part::around(&system, &|_| true, &form, None);
        let found = enumerate(&system, &part, 1_000_000).expect("few points");
        prop_assert_eq!(found.range, Some((low, high)));
        let Range::Between { low: least, high: most } = range(&part) else {
            return Err(TestCaseError::fail("the truth agrees with everything"));
        };
        prop_assert!(least.proven <= low && high <= most.proven, "{least:?} {most:?}");
        prop_assert_eq!((least.reached, most.reached), (Some(low), Some(high)));
        prop_assert!(reaches(&part, high) && !reaches(&part, high + 1));
    }

    #[test]
    fn what_is_held_at_the_truth_only_narrows(made in made()) {
        let system = made.system();
        let form = form(&made.form);
        let (low, high) = made.exhaust(&system);
        let frozen = Frozen { truth: &made.truth, most: 2 };
        let part = Part::around(&system, &|_| true, &form, Some(frozen));
        let Range::Between { low: least, high: most } = range(&part) else {
            return Err(TestCaseError::fail("the truth agrees with everything"));
        };
        prop_assert!(least.reached.is_none_or(|reached| low <= reached));
        prop_assert!(most.reached.is_none_or(|reached| reached <= high));
    }
}

/// Pooled log odds ratio of Mantel and Haenszel of two strata of 60 people an arm, as its ratio.
fn mantel_haenszel(events: &[i64]) -> Option<f64> {
    let [a, b, c, d] = <[i64; 4]>::try_from(events).ok()?;
    let term = |own: i64, other: i64| own as f64 * (60.0 - other as f64) / 120.0;
    let below = term(b, a) + term(d, c);
    (below > 0.0).then(|| (term(a, b) + term(c, d)) / below)
}

#[test]
fn the_digits_of_a_ratio_leave_one_solution_for_a_hidden_stratum() {
    // Events of the two arms in an open stratum and in a hidden one of 3 and 11.
    let truth = [30, 20, 3, 11];
    let published_within = |half: f64| {
        // That fewer than half of a small stratum have a job is known to everybody.
        let mut system = System::new(vec![60, 60, 30, 30]);
        for (at, size) in [(0, 30), (1, 20)] {
            let form = Form::of(at);
            system.add(Fact { form, lower: size, upper: size, source: None, when_withheld: None });
        }
        let value = mantel_haenszel(&truth).unwrap();
        system.add_function(Function {
            of: (0..4).map(Form::of).collect(),
            compute: mantel_haenszel,
            lower: value - half,
            upper: value + half,
            source: None,
        });
        let part = Part::around(&system, &|_| true, &Form::of(2), None);
        enumerate(&system, &part, 100_000).expect("few points")
    };
    let full = published_within(0.5e-9);
    assert_eq!(full.range, Some((3, 3)), "{} points", full.points);
    let (low, high) = published_within(0.05).range.unwrap();
    assert!(low < 3 && high > 8, "{low} to {high}: rounded, it tells less");
}

#[test]
fn what_contradicts_itself_is_found_out() {
    let mut system = System::new(vec![9; 2]);
    let sum = form(&[1, 1]);
    for (form, size) in [(sum.clone(), 3), (Form::of(0), 2), (Form::of(1), 2)] {
        system.add(Fact { form, lower: size, upper: size, source: Some(0), when_withheld: None });
    }
    let twice = form(&[2, 1]);
    system.add(Fact { form: twice, lower: 0, upper: 1, source: Some(1), when_withheld: None });
    let closed = |source: usize| source == 1;
    let part = Part::around(&system, &closed, &Form::of(0), None);
    assert!(matches!(range(&part), Range::Between { .. }));
    system.add(Fact { form: sum, lower: 5, upper: 5, source: Some(1), when_withheld: None });
    let part = Part::around(&system, &closed, &Form::of(0), None);
    assert_eq!(range(&part), Range::Contradiction(vec![1]));
}
