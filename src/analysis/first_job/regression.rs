//! A Cox regression on the arm: who is in it, what is left out, and the rows of its ratio.

use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::distribution::normal;
use crate::numeric::elementary::exp;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Statistic, Unit};
use crate::survival::cox::{
    CoxData, CoxError, CoxFit, Penalty, Settings, SortedCox, Ties, likelihood_ratio,
};
use crate::survival::ending::{Cause, Ending};
use crate::trial::arm::Arm;

/// Rows of a ratio of hazards.
pub(super) const RATIO: [(Statistic, Unit); 6] = [
    (Statistic::Estimate, Unit::Ratio),
    (Statistic::LogHazardRatio, Unit::LogRatio),
    (Statistic::StdError, Unit::LogRatio),
    (Statistic::CiLower, Unit::Ratio),
    (Statistic::CiUpper, Unit::Ratio),
    (Statistic::PValue, Unit::P),
];

/// A column of a regression.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Column {
    pub(in crate::analysis) name: String,
    pub(in crate::analysis) values: Vec<f64>,
}

/// Rows of participants at risk, and the columns of a regression, the arm first.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Model {
    /// Who each row is about.
    pub(in crate::analysis) positions: Vec<usize>,
    pub(in crate::analysis) entries: Option<Vec<i32>>,
    pub(in crate::analysis) days: Vec<i32>,
    pub(in crate::analysis) events: Vec<bool>,
    pub(in crate::analysis) strata: Option<Vec<usize>>,
    pub(in crate::analysis) columns: Vec<Column>,
    pub(in crate::analysis) note: String,
}

impl Model {
    /// The arm alone, of participants at those positions.
    pub(super) fn of(cohort: &Cohort<'_>, positions: Vec<usize>, cause: Cause) -> Self {
        let ending = match cause {
            Cause::Event => Ending::Event,
            Cause::Competing => Ending::Competing,
        };
        Self {
            entries: None,
            days: positions.iter().map(|&at| cohort.days[at]).collect(),
            events: positions.iter().map(|&at| cohort.endings[at] == ending).collect(),
            strata: None,
            columns: vec![arm_column(cohort, &positions)],
            positions,
            note: String::new(),
        }
    }

    /// The arm alone, of everyone randomised.
    pub(in crate::analysis) fn of_everyone(cohort: &Cohort<'_>, cause: Cause) -> Self {
        Self::of(cohort, (0..cohort.days.len()).collect(), cause)
    }

    /// Arm and covariates within the strata, of those who have every covariate.
    pub(in crate::analysis) fn adjusted(adjusted: Adjusted<'_>, cause: Cause) -> Self {
        let cohort = adjusted.cohort;
        let complete = adjusted.adjustment.complete_cases(&cohort.observed(|_| Some(0.0)));
        let mut model = Self::of(cohort, complete.observed.positions.clone(), cause);
        let covariates = complete.named_columns().into_iter();
        model.columns.extend(covariates.map(|(name, values)| Column { name, values }));
        model.note = match complete.n_left_out() {
            0 => String::new(),
            n => format!("{n} are left out: a covariate is missing"),
        };
        model.within(&cohort.strata.codes)
    }

    /// What is left of it after the fit to everyone, as the point estimate leaves out.
    pub(in crate::analysis) fn as_fitted(&self) -> Result<Self, String> {
        let fitted = self.fit(CaseWeights::Once, (Ties::Efron, Penalty::None))?;
        Ok(fitted.model)
    }

    /// The same within strata, given for all participants.
    pub(in crate::analysis) fn within(mut self, strata: &[usize]) -> Self {
        self.strata = Some(self.positions.iter().map(|&at| strata[at]).collect());
        self
    }

    pub(super) fn has_arm_alone(&self) -> bool {
        self.columns.len() == 1
    }

    /// What was left out before the fit.
    pub(super) fn note(&self) -> &str {
        &self.note
    }

    fn sorted(&self, columns: &[Column]) -> Result<SortedCox, CoxError> {
        let columns: Vec<&[f64]> = columns.iter().map(|own| own.values.as_slice()).collect();
        SortedCox::new(&CoxData {
            entries: self.entries.as_deref(),
            days: &self.days,
            events: &self.events,
            columns: &columns,
            strata: self.strata.as_deref(),
        })
    }

    /// The fit; a covariate that others determine, or without a finite estimate, is left out, and
    /// the note names it.
    pub(super) fn fit(
        &self,
        weights: CaseWeights<'_>,
        (ties, penalty): (Ties, Penalty),
    ) -> Result<Regression, String> {
        let mut model = self.clone();
        loop {
            let fitted = model.sorted(&model.columns).and_then(|sorted| {
                let fit = sorted.fit(weights, &Settings { ties, penalty, start: None })?;
                Ok((sorted, fit))
            });
            let (column, why) = match fitted {
                Ok((sorted, fit)) => return Ok(Regression { fit, sorted, model }),
                Err(CoxError::Collinear { column }) => (column, "others determine it"),
                Err(CoxError::MonotoneLikelihood { column }) => {
                    (column, "its hazard ratio has no finite estimate")
                }
                Err(other) => return Err(other.to_string()),
            };
            if column == 0 {
                return Err(match why {
                    "others determine it" => "only one arm is at risk".to_owned(),
                    _ => "the hazard ratio is infinite or zero: an arm has no event while both \
                          are at risk (first_job.cox = [\"firth\"] gives a finite one)"
                        .to_owned(),
                });
            }
            model.leave_out(column, why);
        }
    }

    /// Takes a covariate out and says so.
    pub(super) fn leave_out(&mut self, column: usize, why: &str) {
        let left_out = self.columns.remove(column);
        if !self.note.is_empty() {
            self.note.push_str("; ");
        }
        self.note.push_str(&left_out.name);
        self.note.push_str(" not adjusted for: ");
        self.note.push_str(why);
    }
}

impl Model {
    /// The fit with every column, or why there is none.
    pub(super) fn fit_all(
        &self,
        weights: CaseWeights<'_>,
        (ties, penalty): (Ties, Penalty),
    ) -> Result<Regression, String> {
        let sorted = self.sorted(&self.columns).map_err(|reason| reason.to_string())?;
        let settings = Settings { ties, penalty, start: None };
        match sorted.fit(weights, &settings) {
            Ok(fit) => Ok(Regression { fit, sorted, model: self.clone() }),
            Err(CoxError::Collinear { column }) => {
                Err(format!("{}: only one arm is at risk", self.columns[column].name))
            }
            Err(CoxError::MonotoneLikelihood { column }) => {
                Err(format!("{}: the hazard ratio is infinite or zero", self.columns[column].name))
            }
            Err(other) => Err(other.to_string()),
        }
    }
}

/// 1 in the intervention arm.
pub(super) fn arm_column(cohort: &Cohort<'_>, positions: &[usize]) -> Column {
    let is_treated = |at: &usize| cohort.outcomes[*at].arm == Arm::Intervention;
    let values = positions.iter().map(|at| f64::from(u8::from(is_treated(at)))).collect();
    Column { name: "arm".to_owned(), values }
}

/// A fitted regression.
pub(super) struct Regression {
    pub(super) fit: CoxFit,
    pub(super) sorted: SortedCox,
    pub(super) model: Model,
}

/// The arm's log ratio of hazards.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogRatio {
    pub(super) estimate: f64,
    pub(super) std_error: f64,
}

/// The arm's ratio with limits and test of the profile likelihood.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProfileRatio {
    own: LogRatio,
    limits: Interval,
    test: ChiSquaredTest,
}

impl Regression {
    /// The arm's log ratio with the standard error of the fit.
    pub(super) fn arm(&self) -> LogRatio {
        LogRatio { estimate: self.fit.coefficients[0], std_error: self.fit.std_error(0) }
    }

    /// With the robust standard error, by cluster where there are any.
    pub(super) fn robust_arm(&self, clusters: Option<&[usize]>) -> Result<LogRatio, String> {
        let covariance = self
            .sorted
            .robust_covariance(&self.fit, CaseWeights::Once, clusters)
            .map_err(|reason| reason.to_string())?;
        Ok(LogRatio { std_error: covariance[[0, 0]].sqrt(), ..self.arm() })
    }

    /// The arm's Wald test.
    pub(super) fn wald_of_arm(&self) -> ChiSquaredTest {
        let z = self.arm().estimate / self.arm().std_error;
        ChiSquaredTest::new(z * z, 1)
    }

    /// The arm's likelihood-ratio test.
    pub(super) fn likelihood_ratio_of_arm(&self) -> Result<ChiSquaredTest, String> {
        if self.model.has_arm_alone() {
            let own = self.fit.tests.likelihood_ratio;
            return own.ok_or_else(|| "weights leave no likelihood".to_owned());
        }
        let settings =
            Settings { ties: self.fit.ties, penalty: self.fit.penalty, ..Settings::default() };
        self.model
            .sorted(&self.model.columns[1..])
            .and_then(|sorted| sorted.fit(CaseWeights::Once, &settings))
            .and_then(|reduced| likelihood_ratio(&self.fit, &reduced))
            .map_err(|reason| reason.to_string())
    }

    /// The arm's ratio with limits and test of the profile likelihood.
    pub(super) fn profile_of_arm(&self, level: ConfidenceLevel) -> Result<ProfileRatio, String> {
        let once = CaseWeights::Once;
        let limits = self.sorted.profile_limits(&self.fit, once, 0, level);
        let test = self.sorted.profile_test(&self.fit, once, 0);
        match (limits, test) {
            (Ok(limits), Ok(test)) => Ok(ProfileRatio { own: self.arm(), limits, test }),
            (Err(reason), _) | (_, Err(reason)) => Err(reason.to_string()),
        }
    }
}

/// Ratio, its logarithm, standard error of that, limits and p-value from the normal.
pub(super) fn add_ratio(
    sheet: &mut Sheet,
    entry: &Entry,
    (ratio, level): (Result<LogRatio, String>, ConfidenceLevel),
) {
    match ratio {
        Ok(own) => {
            add_estimate(sheet, entry, own);
            add_uncertainty(sheet, entry, own, level);
        }
        Err(reason) => sheet.all_missing(entry, &RATIO, &reason),
    }
}

/// Another variance of the same ratio: all but the ratio itself.
pub(super) fn add_ratio_inference(
    sheet: &mut Sheet,
    entry: &Entry,
    (ratio, level): (Result<LogRatio, String>, ConfidenceLevel),
) {
    match ratio {
        Ok(own) => add_uncertainty(sheet, entry, own, level),
        Err(reason) => sheet.all_missing(entry, &RATIO[2..], &reason),
    }
}

/// A ratio that is shown beside others of its kind: no p-value, which would invite to pick.
pub(super) fn add_ratio_without_p(
    sheet: &mut Sheet,
    entry: &Entry,
    (ratio, level): (Result<LogRatio, String>, ConfidenceLevel),
) {
    match ratio {
        Ok(own) => {
            add_estimate(sheet, entry, own);
            add_limits(sheet, entry, own, level);
        }
        Err(reason) => sheet.all_missing(entry, &RATIO[..5], &reason),
    }
}

/// A ratio with limits and p-value of the profile likelihood.
pub(super) fn add_profile_ratio(sheet: &mut Sheet, entry: &Entry, ratio: ProfileRatio) {
    add_estimate(sheet, entry, ratio.own);
    sheet.put(entry, Statistic::StdError, Unit::LogRatio, ratio.own.std_error);
    let limits = Interval { lower: exp(ratio.limits.lower), upper: exp(ratio.limits.upper) };
    sheet.limits(entry, Unit::Ratio, limits);
    sheet.put(entry, Statistic::PValue, Unit::P, ratio.test.p_value);
}

fn add_estimate(sheet: &mut Sheet, entry: &Entry, own: LogRatio) {
    sheet.put(entry, Statistic::Estimate, Unit::Ratio, exp(own.estimate));
    sheet.put(entry, Statistic::LogHazardRatio, Unit::LogRatio, own.estimate);
}

fn add_uncertainty(sheet: &mut Sheet, entry: &Entry, own: LogRatio, level: ConfidenceLevel) {
    add_limits(sheet, entry, own, level);
    let p = normal::two_sided_p(own.estimate / own.std_error);
    sheet.put(entry, Statistic::PValue, Unit::P, p);
}

fn add_limits(sheet: &mut Sheet, entry: &Entry, own: LogRatio, level: ConfidenceLevel) {
    sheet.put(entry, Statistic::StdError, Unit::LogRatio, own.std_error);
    let limits = Interval::around(own.estimate, level.z() * own.std_error);
    let limits = Interval { lower: exp(limits.lower), upper: exp(limits.upper) };
    sheet.limits(entry, Unit::Ratio, limits);
}
