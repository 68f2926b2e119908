//! Which contrasts a plan makes the program run, so that an estimand can be held against them.

use super::types::Plan;
use crate::results::vocabulary::{Method, Outcome};

/// Contrasts that are run: outcome, methods, months.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogued {
    /// The outcome.
    pub outcome: Outcome,
    /// Methods by which the arms are compared.
    pub methods: Vec<Method>,
    /// Months at which they are; empty where no month applies.
    pub months: Vec<i32>,
}

/// Every contrast that the plan makes the program run. Those on take-up are left out of a run where
/// nobody has a `programme_start_date`.
pub fn catalogue(plan: &Plan) -> Vec<Catalogued> {
    let settings = &plan.analysis;
    let horizon = settings.horizon_months;
    let (first, last) = plan.path_months();
    let path: Vec<i32> = (first..=last).collect();
    let of = |outcome, methods: &[Method], months: &[i32]| Catalogued {
        outcome,
        methods: methods.to_vec(),
        months: months.to_vec(),
    };
    let mut regression = vec![Method::OlsStrataHc2, Method::LinHc2];
    if settings.clusters.is_some() {
        regression.push(Method::OlsAdjustedCr2);
    }
    let mut all = vec![Catalogued {
        outcome: Outcome::EverEmployed,
        methods: ever_employed(plan),
        months: vec![horizon],
    }];
    let mut binary = vec![Outcome::Employed];
    let mut amounts = vec![
        Outcome::DaysEmployed,
        Outcome::LongestSpellDays,
        Outcome::HoursWorked,
        Outcome::WagesEur,
    ];
    if plan.data.benefits.is_some() {
        binary.extend([
            Outcome::EmployedOnBenefit,
            Outcome::BenefitEur,
            Outcome::BenefitFormulaEur,
            Outcome::BenefitAboveFormulaEur,
        ]);
        amounts.push(Outcome::BenefitTotalEur);
    }
    for outcome in binary {
        all.push(of(outcome, &[Method::OlsStrataHc2], &path));
        all.push(of(outcome, &regression[1..], &settings.months));
    }
    // Resampled.
    all.push(of(Outcome::Employed, &[Method::RiskDifference], &settings.months));
    if plan.data.benefits.is_some() {
        let outcome = Outcome::EmployedOnBenefit;
        all.push(of(outcome, &[Method::RiskDifference], &settings.months));
    }
    for outcome in amounts {
        all.push(of(outcome, &regression, &[horizon]));
        if !settings.covariates.is_empty() && outcome == Outcome::DaysEmployed {
            // By drawing the randomisation again.
            all.push(of(outcome, &[Method::OlsAdjustedHc2], &[horizon]));
        }
        let methods = [Method::Quantile, Method::TslsHc2, Method::AndersonRubin];
        all.push(of(outcome, &methods, &[horizon]));
    }
    all.extend(time_to_job(plan));
    all.extend(questionnaires(plan));
    all
}

/// Contrasts of the questionnaires and of the quality of jobs.
fn questionnaires(plan: &Plan) -> Vec<Catalogued> {
    let bounds = [Method::LeeBounds, Method::LeeBoundsTightened];
    let strata = [Method::OlsStrataHc2];
    let of = |outcome, methods: &[Method], months: &[i32]| Catalogued {
        outcome,
        methods: methods.to_vec(),
        months: months.to_vec(),
    };
    let months = &plan.analysis.months;
    let mut all = vec![
        of(Outcome::JobHours, &bounds, months),
        of(Outcome::JobWageEur, &bounds, months),
        of(Outcome::HoursOrZero, &strata, months),
        of(Outcome::WageOrZeroEur, &strata, months),
    ];
    if plan.job_quality.is_defined() {
        let methods = [Method::RiskDifferenceNewcombe, Method::OlsStrataHc2];
        all.push(of(Outcome::GoodJob, &methods, months));
    }
    if plan.data.waves.is_none() {
        return all;
    }
    let waves = plan.wave_months();
    let from_baseline: Vec<i32> = std::iter::once(0).chain(waves.iter().copied()).collect();
    let methods = [Method::RiskDifferenceNewcombe, Method::OlsStrataHc2, Method::WaldHc2];
    all.push(of(Outcome::Answered, &methods, &from_baseline));
    let mut scores = vec![
        Method::OlsStrataHc2,
        Method::OlsChangeHc2,
        Method::AncovaHc2,
        Method::AncovaStandardised,
        Method::HedgesG,
    ];
    scores.extend(bounds);
    all.push(of(Outcome::Score, &scores, waves));
    all.push(of(Outcome::JobScore, &bounds, waves));
    if !plan.indices.is_empty() {
        all.push(of(Outcome::Index, &strata, waves));
    }
    all.push(of(Outcome::FirstJobReported, &[Method::Turnbull], waves));
    all.push(of(Outcome::FirstJobReported, &[Method::IntervalCensoredPh], &[]));
    all
}

/// Contrasts of the time to the first job, of competing exits and of repeated jobs.
fn time_to_job(plan: &Plan) -> Vec<Catalogued> {
    let settings = &plan.analysis;
    let mut months = settings.months.clone();
    months.push(settings.horizon_months);
    let taus: Vec<i32> = match settings.rmst_months.as_slice() {
        [] => months.clone(),
        taus => taus.to_vec(),
    };
    let of = |outcome, methods: Vec<Method>, months: &[i32]| Catalogued {
        outcome,
        methods,
        months: months.to_vec(),
    };
    let first_job = Outcome::FirstJob;
    let mut tests = vec![
        Method::LogRank,
        Method::PetoPeto,
        Method::LogRankStratified,
        Method::PetoPetoStratified,
        Method::MaxCombo,
        Method::MaxComboStratified,
        Method::Gray,
        Method::GrayStratified,
    ];
    if !plan.first_job.fleming_harrington.is_empty() {
        tests.extend([Method::FlemingHarrington, Method::FlemingHarringtonStratified]);
    }
    let mut ratios = vec![
        Method::CoxEfron,
        Method::CoxEfronStratified,
        Method::CoxEfronAdjusted,
        Method::CoxLikelihoodRatio,
        Method::CoxWald,
        Method::CoxScore,
        Method::FineGray,
        Method::FineGrayAdjusted,
    ];
    ratios.extend(plan.first_job.cox.iter().map(|variant| variant.method()));
    let curves = vec![
        Method::RiskDifferenceAalenJohansen,
        Method::SurvivalDifference,
        Method::MilestoneLogLog,
    ];
    let means = vec![
        Method::RestrictedMeanRatio,
        Method::RestrictedTimeLostRatio,
        Method::RestrictedMeanStratified,
        Method::RestrictedMeanAdjusted,
        Method::TimeLostAalenJohansen,
    ];
    let mut all = vec![
        of(first_job, curves, &months),
        of(first_job, means, &taus),
        of(first_job, vec![Method::Schoenfeld], &months),
        of(first_job, tests, &[]),
        of(first_job, ratios, &[]),
        of(Outcome::CompetingExit, vec![Method::RiskDifferenceAalenJohansen], &months),
        of(Outcome::CompetingExit, vec![Method::TimeLostAalenJohansen], &taus),
        of(Outcome::CompetingExit, vec![Method::Gray, Method::CoxEfron, Method::FineGray], &[]),
        of(Outcome::JobStarts, vec![Method::MeanCumulative], &months),
        of(Outcome::JobStarts, vec![Method::AndersenGill], &[]),
    ];
    // At every month, so that the choice of the horizon can be judged.
    let last = months.iter().chain(&taus).copied().max().unwrap_or(0);
    let path: Vec<i32> = (1..=last).collect();
    all.push(of(first_job, vec![Method::RestrictedMean], &path));
    all
}

fn ever_employed(plan: &Plan) -> Vec<Method> {
    let settings = &plan.analysis;
    let mut methods = vec![
        Method::RiskDifference,
        Method::RiskDifferenceNewcombe,
        Method::RiskDifferenceWald,
        Method::RiskDifferenceMantelHaenszel,
        Method::RiskRatio,
        Method::OddsRatio,
        Method::PearsonChiSquared,
        Method::FisherExact,
        Method::OlsStrataHc2,
        Method::OlsAdjustedHc0,
        Method::OlsAdjustedHc1,
        Method::OlsAdjustedHc2,
        Method::OlsAdjustedHc3,
        Method::LinHc2,
        Method::LogitStandardised,
        Method::LogitStandardisedRiskRatio,
        Method::LogitStandardisedOddsRatio,
        Method::TslsHc2,
        Method::AndersonRubin,
        Method::WaldHc2,
        Method::WaldLogRiskRatio,
        Method::EmpiricalBayes,
    ];
    if settings.clusters.is_some() {
        methods.push(Method::OlsAdjustedCr2);
    }
    methods.extend(settings.sensitivity.iter().map(|one| one.method()));
    methods
}
