//! An event, such as employment: every method of it that draws no folds.

use ips_eval::estimate::adjusted::{AdjustedEffect, lin, ols_adjusted};
use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::proportion::{Count, wilson};
use ips_eval::estimate::ratio::{RatioEstimate, odds_ratio, risk_ratio};
use ips_eval::estimate::regression::{ArmEffect, arm_and_strata};
use ips_eval::estimate::risk_difference::{mantel_haenszel, newcombe, wald};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::{
    AssignmentShare, StandardisedContrasts, logit_standardised,
};
use ips_eval::numeric::elementary::ln;
use ips_eval::numeric::robust::Robust;
use ips_eval::random::Stream;
use ips_eval::trial::arm::{Arm, TwoArm};

use super::experiment::{Draw, Experiment, Line, Shown, level};
use super::population::{
    Effect, Enrolled, ONE_TO_ONE, Person, STRATA, TWO_TO_ONE, enrol, happens, true_risks,
};

/// Outcomes with arm, stratum and covariates, in columns.
pub(super) struct Columns {
    pub(super) outcomes: Vec<f64>,
    pub(super) arms: Vec<Arm>,
    pub(super) strata: Vec<usize>,
    x: Vec<f64>,
    with_trait: Vec<usize>,
    groups: Vec<usize>,
}

impl Columns {
    pub(super) fn new(enrolled: &Enrolled, mut outcome: impl FnMut(&Person, Arm) -> f64) -> Self {
        let people = &enrolled.people;
        let both = people.iter().zip(&enrolled.arms);
        Self {
            outcomes: both.map(|(person, arm)| outcome(person, *arm)).collect(),
            arms: enrolled.arms.clone(),
            strata: people.iter().map(|p| p.stratum).collect(),
            x: people.iter().map(|p| p.x).collect(),
            with_trait: people.iter().map(|p| p.with_trait).collect(),
            groups: people.iter().map(|p| p.group).collect(),
        }
    }

    pub(super) fn sample(&self) -> StratifiedSample<'_> {
        StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, STRATA.len())
            .expect("columns of one trial")
    }

    /// Hands strata and covariates to an estimator.
    pub(super) fn adjusted<T>(&self, of: impl FnOnce(&AdjustedSample<'_>) -> T) -> T {
        let covariates = [
            Covariate::Numeric(&self.x),
            Covariate::Categorical { codes: &self.with_trait, n_levels: 2 },
            Covariate::Categorical { codes: &self.groups, n_levels: 3 },
        ];
        of(&AdjustedSample::new(self.sample(), &covariates, None).expect("columns of one trial"))
    }

    /// Hands strata alone.
    fn with_strata<T>(&self, of: impl FnOnce(&AdjustedSample<'_>) -> T) -> T {
        of(&AdjustedSample::new(self.sample(), &[], None).expect("columns of one trial"))
    }

    fn counts(&self) -> TwoArm<Count> {
        self.counts_where(|_| true)
    }

    fn counts_where(&self, keep: impl Fn(usize) -> bool) -> TwoArm<Count> {
        TwoArm::from_fn(|arm| {
            let rows = (0..self.arms.len()).filter(|&i| self.arms[i] == arm && keep(i));
            Count::of(rows.map(|i| self.outcomes[i] > 0.5))
        })
    }
}

/// The same difference in all strata, which every method estimates.
pub(super) fn same_in_all_strata(n: usize) -> Experiment {
    let draw = |effect| -> Draw {
        let truth = Truth::of(true_risks(effect));
        Box::new(move |stream: &mut Stream, _| {
            let enrolled = enrol(stream, n, &ONE_TO_ONE);
            let columns = Columns::new(&enrolled, |person, arm| {
                happens(stream, *person.risks(effect).get(arm))
            });
            let mut lines = by_counts(&columns, &truth);
            lines.extend(by_regression(&columns, &truth));
            lines
        })
    };
    Experiment {
        design: "event",
        n,
        simulations: if n < 1000 { [100, 4_000] } else { [0, 1_500] },
        effect: draw(Effect::Present),
        null: Some(draw(Effect::Null)),
    }
}

/// Differences of 30, −12 and −10 points in the strata, 12 on average, and two randomised to the
/// intervention for one to control. Without effect on average: 18, −24 and −22.
pub(super) fn different_in_strata(n: usize) -> Experiment {
    let draw = |added: [f64; 3]| -> Draw {
        let control = [0.16, 0.44, 0.44];
        let risks = TwoArm { intervention: [0, 1, 2].map(|s| control[s] + added[s]), control };
        let average = |of: [f64; 3]| {
            of.iter().zip(STRATA).map(|(risk, people)| risk * f64::from(people)).sum::<f64>() / 60.0
        };
        let truth = Truth::of(risks.map(average));
        Box::new(move |stream: &mut Stream, _| {
            let enrolled = enrol(stream, n, &TWO_TO_ONE);
            let columns = Columns::new(&enrolled, |person, arm| {
                happens(stream, risks.get(arm)[person.stratum])
            });
            let difference = truth.difference;
            let lin = columns.with_strata(|data| lin(data, Robust::Hc2, level()).ok());
            let strata = arm_and_strata(&columns.sample(), level()).ok();
            let mut lines = vec![
                ("ols_strata_hc2", strata.and_then(|own| unadjusted(&own, difference))),
                ("lin_hc2", lin.and_then(|own| adjusted(&own, difference))),
            ];
            lines.extend(columns.with_strata(|data| standardised(data, &truth)));
            lines
        })
    };
    Experiment {
        design: "effects differ, 2:1",
        n,
        simulations: if n < 1000 { [100, 5_000] } else { [0, 2_000] },
        effect: draw([0.30, -0.12, -0.10]),
        null: Some(draw([0.18, -0.24, -0.22])),
    }
}

/// What is true of both risks.
struct Truth {
    risks: TwoArm<f64>,
    difference: f64,
    log_risk_ratio: f64,
    log_odds_ratio: f64,
}

impl Truth {
    fn of(risks: TwoArm<f64>) -> Self {
        let TwoArm { intervention, control } = risks;
        let logit = |risk: f64| ln(risk / (1.0 - risk));
        Self {
            risks,
            difference: intervention - control,
            log_risk_ratio: ln(intervention / control),
            log_odds_ratio: logit(intervention) - logit(control),
        }
    }
}

fn by_counts(columns: &Columns, truth: &Truth) -> Vec<Line> {
    let counts = columns.counts();
    let by_stratum: Vec<TwoArm<Count>> =
        (0..STRATA.len()).map(|s| columns.counts_where(|i| columns.strata[i] == s)).collect();
    let rate = |arm: Arm| {
        let own = wilson(*counts.get(arm), level()).ok()?;
        Some(Shown::new(own.estimate, own.interval, *truth.risks.get(arm)))
    };
    let difference = truth.difference;
    let newcombe = newcombe(counts, level()).ok();
    let wald = wald(counts, level()).ok();
    let pooled = mantel_haenszel(&by_stratum, level()).ok().map(|own| own.difference);
    vec![
        ("wilson (intervention)", rate(Arm::Intervention)),
        ("wilson (control)", rate(Arm::Control)),
        ("newcombe", newcombe.map(|own| Shown::new(own.estimate, own.interval, difference))),
        ("wald", wald.map(|own| Shown::new(own.estimate, own.interval, difference))),
        ("mantel_haenszel", pooled.map(|own| Shown::new(own.estimate, own.interval, difference))),
        (
            "risk_ratio",
            risk_ratio(counts, level()).ok().map(|own| ratio(&own, truth.log_risk_ratio)),
        ),
        (
            "odds_ratio",
            odds_ratio(counts, level()).ok().map(|own| ratio(&own, truth.log_odds_ratio)),
        ),
    ]
}

fn by_regression(columns: &Columns, truth: &Truth) -> Vec<Line> {
    let difference = truth.difference;
    let strata = arm_and_strata(&columns.sample(), level()).ok();
    let mut lines = vec![("ols_strata_hc2", strata.and_then(|own| unadjusted(&own, difference)))];
    columns.adjusted(|data| {
        for (name, robust) in [
            ("ols_adjusted_hc0", Robust::Hc0),
            ("ols_adjusted_hc1", Robust::Hc1),
            ("ols_adjusted_hc2", Robust::Hc2),
            ("ols_adjusted_hc3", Robust::Hc3),
        ] {
            let own = ols_adjusted(data, robust, level()).ok();
            lines.push((name, own.and_then(|own| adjusted(&own, difference))));
        }
        let own = lin(data, Robust::Hc2, level()).ok();
        lines.push(("lin_hc2", own.and_then(|own| adjusted(&own, difference))));
        lines.extend(standardised(data, truth));
    });
    lines
}

fn standardised(data: &AdjustedSample<'_>, truth: &Truth) -> Vec<Line> {
    let own = logit_standardised(data, AssignmentShare::Overall, level()).ok();
    let simple = own.as_ref().map(|own| &own.simple);
    let stratified = own.as_ref().and_then(|own| own.stratified.as_ref().ok());
    let names = [
        ["logit difference", "logit ratio", "logit odds ratio"],
        ["logit difference, stratified", "logit ratio, stratified", "logit odds ratio, stratified"],
    ];
    let of = |own: Option<&StandardisedContrasts>, [difference, risk, odds]: [&'static str; 3]| {
        let risk_ratio = own.and_then(|own| own.risk_ratio.as_ref().ok());
        let odds_ratio = own.and_then(|own| own.odds_ratio.as_ref().ok());
        let by_difference = own.map(|own| own.difference);
        [
            (
                difference,
                by_difference.map(|own| Shown::new(own.estimate, own.interval, truth.difference)),
            ),
            (risk, risk_ratio.map(|own| ratio(own, truth.log_risk_ratio))),
            (odds, odds_ratio.map(|own| ratio(own, truth.log_odds_ratio))),
        ]
    };
    [of(simple, names[0]), of(stratified, names[1])].concat()
}

/// On the log scale, on which the limits are symmetric.
fn ratio(own: &RatioEstimate, truth: f64) -> Shown {
    Shown::new(own.log_estimate, own.interval.map_increasing(ln), truth)
}

pub(super) fn unadjusted(own: &ArmEffect, truth: f64) -> Option<Shown> {
    own.inference.ok().map(|inference| Shown::new(own.estimate, inference.interval, truth))
}

pub(super) fn adjusted(own: &AdjustedEffect, truth: f64) -> Option<Shown> {
    own.inference.ok().map(|inference| Shown::new(own.estimate, inference.interval, truth))
}
