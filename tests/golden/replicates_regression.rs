//! Reference values of replicates: contrasts of cells, regressions, standardised risks.

use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::replicate::cells::{CellScratch, CellSums, Column};
use ips_eval::estimate::replicate::contrasts::{Contrast, Place, complier_effect, gather};
use ips_eval::estimate::replicate::linear::{LinearKernel, Regression};
use ips_eval::estimate::replicate::standardised::StandardisedKernel;
use ips_eval::estimate::replicate::{Replicated, Rows};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::AssignmentShare;
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::{Reference, numbers};

const N_STRATA: usize = 3;

/// The trial of the reference file, missing outcomes as none.
struct Trial {
    arms: Vec<Arm>,
    strata: Vec<usize>,
    data: Value,
}

impl Trial {
    fn new(data: &Value) -> Self {
        let arm = |code: &f64| if *code > 0.5 { Arm::Intervention } else { Arm::Control };
        let strata = serde_json::from_value(data["s"].clone()).expect("strata");
        let arms = numbers(&data["z"]).iter().map(arm).collect();
        Self { arms, strata, data: data.clone() }
    }

    fn n(&self) -> usize {
        self.arms.len()
    }

    fn column(&self, name: &str) -> Vec<Option<f64>> {
        let values = numbers(&self.data[name]).into_iter();
        values.map(|y| Some(y).filter(|y| y.is_finite())).collect()
    }

    /// Runs on the rows where every column named is observed: the first is the outcome.
    fn on_complete<T>(&self, names: &[&str], run: impl FnOnce(&Rows<'_>, &[Vec<f64>]) -> T) -> T {
        let columns: Vec<Vec<Option<f64>>> = names.iter().map(|name| self.column(name)).collect();
        let is_complete = |at: &usize| columns.iter().all(|column| column[*at].is_some());
        let positions: Vec<usize> = (0..self.n()).filter(is_complete).collect();
        let of =
            |column: &Vec<Option<f64>>| positions.iter().filter_map(|&at| column[at]).collect();
        let outcomes: Vec<Vec<f64>> = columns.iter().map(of).collect();
        let (age, protime) = (of(&self.column("age")), of(&self.column("protime")));
        let third: Vec<usize> = serde_json::from_value(self.data["third"].clone()).expect("levels");
        let third: Vec<usize> = positions.iter().map(|&at| third[at]).collect();
        let arms: Vec<Arm> = positions.iter().map(|&at| self.arms[at]).collect();
        let strata: Vec<usize> = positions.iter().map(|&at| self.strata[at]).collect();
        let covariates = [
            Covariate::Numeric(&age),
            Covariate::Numeric(&protime),
            Covariate::Categorical { codes: &third, n_levels: 3 },
        ];
        let sample =
            StratifiedSample::new(&outcomes[0], &arms, &strata, N_STRATA).expect("a sample");
        let data = AdjustedSample::new(sample, &covariates, None).expect("a sample");
        run(&Rows { data, positions: &positions, n_participants: self.n() }, &outcomes)
    }
}

/// A replicate of the file.
struct Draw<'a> {
    reference: &'a Reference,
    case: &'a Value,
    weights: Vec<u32>,
}

impl Draw<'_> {
    #[track_caller]
    fn assert(&self, outcome: &str, of: Option<&str>, got: Replicated) {
        let want = &self.case["want"][outcome];
        let want = of.map_or(want, |of| &want[of]);
        let name = &self.case["name"];
        let what = |statistic: &str| format!("{name}: {outcome} {of:?} {statistic}");
        self.reference.assert_close(&what("estimate"), got.estimate, &want["estimate"]);
        self.reference.assert_close(&what("std_error"), got.std_error, &want["std_error"]);
    }
}

fn each_draw(check: impl Fn(&Trial, &[Draw<'_>])) {
    let reference = Reference::read("replicates_regression");
    let data = reference.cases.iter().find(|case| case["kind"] == "data").expect("the data");
    let trial = Trial::new(&data["input"]);
    let draws: Vec<Draw<'_>> = reference
        .cases
        .iter()
        .filter(|case| case["kind"] == "replicate")
        .map(|case| {
            let weights = serde_json::from_value(case["input"]["weights"].clone());
            Draw { reference: &reference, case, weights: weights.expect("weights") }
        })
        .collect();
    assert_eq!(draws.len(), 11);
    check(&trial, &draws);
}

#[test]
fn contrasts_from_cells_are_those_of_the_rows_written_out() {
    each_draw(|trial, draws| {
        let names = ["died", "hepato", "bili", "copper", "trig"];
        let columns: Vec<Vec<Option<f64>>> = names.iter().map(|name| trial.column(name)).collect();
        let copper = &columns[3];
        let took: Vec<Option<f64>> =
            trial.column("took").iter().zip(copper).map(|(d, y)| y.and(*d)).collect();
        let mut all: Vec<Column<'_>> = columns.iter().map(|y| Column::Outcome(y)).collect();
        all.extend([Column::Outcome(&took), Column::Product(copper, &took)]);
        // Two cells for each arm and stratum, so that cells are added up.
        let arm = |arm: Arm| usize::from(arm == Arm::Intervention);
        let cells: Vec<usize> = (0..trial.n())
            .map(|at| 2 * (N_STRATA * arm(trial.arms[at]) + trial.strata[at]) + at % 2)
            .collect();
        let place = |cell: usize| Place {
            stratum: cell / 2 % N_STRATA,
            arm: if cell / 2 < N_STRATA { Arm::Control } else { Arm::Intervention },
        };
        let places: Vec<Option<Place>> = (0..4 * N_STRATA).map(|cell| Some(place(cell))).collect();
        let sums = CellSums::new(&cells, places.len(), &all);
        let mut scratch = sums.scratch();
        let strata = |scratch: &CellScratch, outcome| {
            let mut strata = [TwoArm::default(); N_STRATA];
            gather(scratch.cells(outcome), &places, &mut strata);
            strata
        };
        for draw in draws {
            sums.sum(&draw.weights, &mut scratch);
            for (at, name) in names.iter().enumerate() {
                let contrasts: &[(&str, Contrast)] = if at < 2 { &BINARY } else { &AMOUNT };
                for (label, contrast) in contrasts {
                    let got = contrast.evaluate(&strata(&scratch, at), sums.centre(at));
                    draw.assert(name, Some(label), got);
                }
            }
            let [y, d, yd] = [3, 5, 6].map(|at| strata(&scratch, at));
            draw.assert("complier", None, complier_effect(&y, &d, &yd));
        }
    });
}

const BINARY: [(&str, Contrast); 7] = [
    ("rate1", Contrast::Rate(Arm::Intervention)),
    ("rate0", Contrast::Rate(Arm::Control)),
    ("risk_difference", Contrast::RiskDifference),
    ("log_risk_ratio", Contrast::LogRiskRatio),
    ("log_odds_ratio", Contrast::LogOddsRatio),
    ("mantel_haenszel", Contrast::MantelHaenszel),
    ("arm_and_strata", Contrast::ArmAndStrata),
];

const AMOUNT: [(&str, Contrast); 4] = [
    ("mean1", Contrast::Mean(Arm::Intervention)),
    ("mean0", Contrast::Mean(Arm::Control)),
    ("mean_difference", Contrast::MeanDifference),
    ("arm_and_strata", Contrast::ArmAndStrata),
];

#[test]
fn regressions_with_covariates_are_those_of_the_rows_written_out() {
    each_draw(|trial, draws| {
        let names = ["copper", "trig", "died"];
        trial.on_complete(&names, |rows, outcomes| {
            let outcomes: Vec<&[f64]> = outcomes.iter().map(Vec::as_slice).collect();
            for (label, regression) in
                [("main", Regression::MainEffects), ("lin", Regression::Interacted)]
            {
                let kernel = LinearKernel::new(rows, &outcomes, regression);
                let mut scratch = kernel.scratch();
                let mut got = [Replicated::NONE; 3];
                for draw in draws {
                    kernel.evaluate(&draw.weights, &mut scratch, &mut got);
                    for (name, got) in names.iter().zip(got) {
                        draw.assert(&format!("{label}_{name}"), None, got);
                    }
                }
            }
        });
    });
}

#[test]
fn standardised_risks_are_those_of_the_rows_written_out() {
    each_draw(|trial, draws| {
        trial.on_complete(&["died"], |rows, _| {
            for (label, share) in
                [("overall", AssignmentShare::Overall), ("by_stratum", AssignmentShare::ByStratum)]
            {
                let kernel = StandardisedKernel::new(rows, share).expect("a fit");
                let mut scratch = kernel.scratch();
                for draw in draws {
                    let got = kernel.evaluate(&draw.weights, &mut scratch);
                    for (of, got) in [
                        ("risk1", got.risks.intervention),
                        ("risk0", got.risks.control),
                        ("difference", got.difference),
                        ("log_risk_ratio", got.log_risk_ratio),
                        ("log_odds_ratio", got.log_odds_ratio),
                    ] {
                        draw.assert(label, Some(of), got);
                    }
                }
            }
        });
    });
}
