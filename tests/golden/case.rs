//! Cases of a reference file, by kind.

use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::{Reference, number, numbers};

/// Runs `check` on the cases of that kind in `tests/reference/<name>.json`; there must be some.
pub(super) fn each_case(name: &str, kind: &str, check: impl Fn(&Case<'_>)) {
    let reference = Reference::read(name);
    for case in reference.of_kind(kind) {
        check(&Case { reference: &reference, case });
    }
}

/// One case: what goes in and what is wanted.
pub(super) struct Case<'a> {
    reference: &'a Reference,
    case: &'a Value,
}

impl Case<'_> {
    pub(super) fn name(&self) -> &str {
        self.case["name"].as_str().expect("a name")
    }

    pub(super) fn input(&self, name: &str) -> &Value {
        &self.case["input"][name]
    }

    pub(super) fn want(&self, name: &str) -> &Value {
        &self.case["want"][name]
    }

    #[track_caller]
    pub(super) fn assert(&self, statistic: &str, got: f64) {
        self.assert_is(statistic, got, self.want(statistic));
    }

    #[track_caller]
    pub(super) fn assert_is(&self, statistic: &str, got: f64, want: &Value) {
        self.reference.assert_close(&format!("{}: {statistic}", self.name()), got, want);
    }

    /// Holds a list against the wanted one, element by element.
    #[track_caller]
    pub(super) fn assert_each(&self, statistic: &str, got: &[f64]) {
        let want = self.want(statistic).as_array().expect("a list");
        assert_eq!(want.len(), got.len(), "{}: {statistic}", self.name());
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            self.assert_is(&format!("{statistic} {i}"), *got, want);
        }
    }

    #[track_caller]
    pub(super) fn assert_limits(&self, interval: Interval) {
        self.assert("lower", interval.lower);
        self.assert("upper", interval.upper);
    }

    pub(super) fn level(&self) -> ConfidenceLevel {
        ConfidenceLevel::new(number(self.input("level"))).expect("a level")
    }

    pub(super) fn positions(&self, name: &str) -> Vec<usize> {
        numbers(self.input(name)).into_iter().map(position).collect()
    }

    pub(super) fn by_arm(&self) -> TwoArm<Vec<f64>> {
        let of = |arm: &str| numbers(self.input(arm));
        TwoArm { intervention: of("intervention"), control: of("control") }
    }

    pub(super) fn drawn(&self) -> Drawn {
        let arm = |z: &f64| if *z > 0.5 { Arm::Intervention } else { Arm::Control };
        Drawn {
            outcomes: numbers(self.input("y")),
            arms: numbers(self.input("intervention")).iter().map(arm).collect(),
            strata: self.positions("strata"),
            n_strata: position(number(self.input("n_strata"))),
        }
    }
}

/// A count in a reference file.
pub(super) fn position(number: f64) -> usize {
    assert!(number >= 0.0 && number.fract() <= 0.0 && number < 1e15, "{number} is no count");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just checked")]
    let whole = number as usize;
    whole
}

/// Outcomes, arms and strata of a case, owned.
pub(super) struct Drawn {
    outcomes: Vec<f64>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    n_strata: usize,
}

impl Drawn {
    pub(super) fn sample(&self) -> StratifiedSample<'_> {
        StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, self.n_strata)
            .expect("a sample")
    }
}
