//! Augmented weighting and the cross-fitted lasso, which draw folds.

use ips_eval::estimate::aipw::{OutcomeModel, aipw_cross_fitted};
use ips_eval::estimate::lasso::lasso_cross_fitted;
use ips_eval::random::{Seed, Stream};
use ips_eval::resample::folds::fold_numbers;
use ips_eval::trial::arm::Arm;
use ndarray::Array2;

use super::events::Columns;
use super::experiment::{Draw, Experiment, Shown, level};
use super::population::{Effect, Enrolled, ONE_TO_ONE, enrol, happens, true_risks};

/// The program has ten; each takes two fits of every trial.
const N_FOLDS: usize = 5;

/// Columns that predict nothing.
const USELESS: usize = 6;

struct Drawn {
    columns: Columns,
    covariates: Array2<f64>,
    folds: Vec<usize>,
}

impl Drawn {
    fn new(stream: &mut Stream, n: usize, effect: Effect, number: u64) -> Self {
        let enrolled = enrol(stream, n, &ONE_TO_ONE);
        let columns =
            Columns::new(&enrolled, |person, arm| happens(stream, *person.risks(effect).get(arm)));
        let covariates = covariates(stream, &enrolled);
        let cells: Vec<usize> = columns
            .arms
            .iter()
            .zip(&columns.strata)
            .map(|(arm, stratum)| 2 * stratum + usize::from(*arm == Arm::Control))
            .collect();
        let folds = fold_numbers(Seed(n as u64), number, &cells, N_FOLDS);
        Self { columns, covariates, folds }
    }

    fn augmented(&self, model: OutcomeModel, truth: f64) -> Option<Shown> {
        let (x, sample) = (self.covariates.view(), self.columns.sample());
        let own = aipw_cross_fitted(&sample, x, &self.folds, model, level()).ok()?;
        Some(Shown::new(own.estimate, own.interval, truth))
    }

    fn selected(&self, truth: f64) -> Option<Shown> {
        let (x, sample) = (self.covariates.view(), self.columns.sample());
        let own = lasso_cross_fitted(&sample, x, &self.folds, level()).ok()?.effect;
        Some(Shown::new(own.estimate, own.inference.ok()?.interval, truth))
    }
}

/// The covariates as columns, and six coins.
fn covariates(stream: &mut Stream, enrolled: &Enrolled) -> Array2<f64> {
    let mut matrix = Array2::zeros((enrolled.people.len(), 4 + USELESS));
    for (mut row, person) in matrix.rows_mut().into_iter().zip(&enrolled.people) {
        row[0] = person.x;
        row[1] = person.with_trait as f64;
        row[2] = f64::from(u8::from(person.group == 1));
        row[3] = f64::from(u8::from(person.group == 2));
        for column in 4..4 + USELESS {
            row[column] = happens(stream, 0.5);
        }
    }
    matrix
}

/// Augmented weighting on both outcome models, and the cross-fitted lasso.
pub(super) fn algorithms(n: usize) -> Experiment {
    let draw = |effect| -> Draw {
        let risks = true_risks(effect);
        let truth = risks.intervention - risks.control;
        Box::new(move |stream: &mut Stream, number| {
            let drawn = Drawn::new(stream, n, effect, number);
            vec![
                ("aipw_logit", drawn.augmented(OutcomeModel::Logistic, truth)),
                ("aipw_lasso", drawn.augmented(OutcomeModel::Lasso, truth)),
                ("lasso_cross_fitted", drawn.selected(truth)),
            ]
        })
    };
    Experiment {
        design: "event, cross-fitted",
        n,
        simulations: if n < 1000 { [0, 300] } else { [0, 40] },
        effect: draw(Effect::Present),
        null: Some(draw(Effect::Null)),
    }
}
