//! What each contrast was meant for: roles from the plan's estimands, and their five attributes.

use crate::plan::analyses::{Estimand, Strategy};
use crate::plan::types::Plan;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::study::{StudyEstimand, StudyIntercurrentEvent};
use crate::results::vocabulary::{Analysis, Inference, Method, Outcome, ResultArm, Role};

/// The subgroup of an estimand that stands for the regions.
const BY_REGION: &str = "region";

/// Estimands that the plan declares and no row answers, by name and method.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("declared under [[estimands]] and not run: {}", .0.join("; "))]
pub struct NotRun(Vec<String>);

/// Gives every contrast its role, and lists the estimands.
///
/// A contrast that an estimand declares has its role: that of the estimand for the main estimator
/// with its own inference, at most secondary for the others. Whatever else compares the arms is
/// exploratory. A plan without estimands keeps the contract's headline.
pub(super) fn assign_roles(plan: &Plan, rows: &mut [Row]) -> Result<Vec<StudyEstimand>, NotRun> {
    let mut not_run: Vec<String> = Vec::new();
    for estimand in &plan.estimands {
        for method in methods(estimand) {
            if !rows
                .iter()
                .any(|row| is_contrast(row) && is_answered_by(plan, estimand, method, &row.key))
            {
                not_run.push(format!("{} ({} by {method})", estimand.id, estimand.outcome));
            }
        }
    }
    if !not_run.is_empty() {
        return Err(NotRun(not_run));
    }
    let mut listed: Vec<StudyEstimand> =
        plan.estimands.iter().map(|estimand| declared(plan, estimand)).collect();
    let mut others: Vec<StudyEstimand> = Vec::new();
    for row in rows.iter_mut().filter(|row| is_contrast(row)) {
        if let Some(role) = declared_role(plan, &row.key) {
            row.role = role;
            continue;
        }
        if !plan.estimands.is_empty() {
            row.role = Role::Exploratory;
        }
        add_undeclared(plan, &mut others, row);
    }
    listed.append(&mut others);
    Ok(listed)
}

/// Whether a row compares the arms on an outcome.
fn is_contrast(row: &Row) -> bool {
    row.key.arm == ResultArm::Contrast
        && !matches!(row.key.analysis, Analysis::Balance | Analysis::ComplierShare)
}

fn methods(estimand: &Estimand) -> impl Iterator<Item = Method> {
    std::iter::once(estimand.method).chain(estimand.sensitivity.iter().copied())
}

/// The role of the first estimand that declares a row; main estimators come before others.
fn declared_role(plan: &Plan, key: &Key) -> Option<Role> {
    let main = plan.estimands.iter().find(|one| is_answered_by(plan, one, one.method, key));
    if let Some(estimand) = main {
        let role = estimand.role.role();
        return Some(if key.inference == Inference::Analytic {
            role
        } else {
            at_most_secondary(role)
        });
    }
    let supports =
        |one: &&Estimand| one.sensitivity.iter().any(|own| is_answered_by(plan, one, *own, key));
    plan.estimands.iter().find(supports).map(|one| at_most_secondary(one.role.role()))
}

fn at_most_secondary(role: Role) -> Role {
    if role == Role::Primary { Role::Secondary } else { role }
}

/// Whether a row answers an estimand by a method.
pub(super) fn is_answered_by(plan: &Plan, estimand: &Estimand, method: Method, key: &Key) -> bool {
    if key.outcome != estimand.outcome || key.method != method {
        return false;
    }
    if estimand.level.as_ref().is_some_and(|level| *level != key.level) {
        return false;
    }
    let horizon = [plan.analysis.horizon_months];
    let months = if estimand.months.is_empty() { &horizon[..] } else { &estimand.months };
    if key.month.is_some_and(|month| !months.contains(&month)) {
        return false;
    }
    // What holds all months together answers no question about one.
    if key.inference == Inference::BandSupT && key.month.is_none() {
        return false;
    }
    let by_level = key.analysis == Analysis::Interaction && !key.level.is_empty();
    match estimand.subgroup.as_deref() {
        Some(BY_REGION) => {
            let is_test = key.analysis == Analysis::Interaction && key.level.is_empty();
            key.subgroup.is_empty() && (key.region != ALL_REGIONS || is_test)
        }
        Some(variable) => {
            let own_level = key.subgroup.split_once('=').is_some_and(|(name, _)| name == variable);
            own_level || (by_level && key.level == variable)
        }
        None => {
            let region = estimand.region.as_deref().unwrap_or(ALL_REGIONS);
            key.region == region && key.subgroup.is_empty() && !by_level
        }
    }
}

fn declared(plan: &Plan, estimand: &Estimand) -> StudyEstimand {
    let months = if estimand.months.is_empty() {
        vec![plan.analysis.horizon_months]
    } else {
        estimand.months.clone()
    };
    let events = estimand.intercurrent_events.iter().map(|one| StudyIntercurrentEvent {
        event: one.event.clone(),
        strategy: one.strategy.as_str().to_owned(),
    });
    let mut own = attributes(plan, estimand.outcome, estimand.method);
    own.id.clone_from(&estimand.id);
    own.declared = true;
    own.level = estimand.level.clone().unwrap_or_default();
    own.role = estimand.role.role();
    own.methods = methods(estimand).collect();
    own.months = months;
    if let Some(region) = &estimand.region {
        own.region.clone_from(region);
    }
    own.subgroup = estimand.subgroup.clone().unwrap_or_default();
    if !estimand.intercurrent_events.is_empty() {
        own.intercurrent_events = events.collect();
    }
    for (text, given) in [
        (&mut own.population, &estimand.population),
        (&mut own.treatments, &estimand.treatments),
        (&mut own.variable, &estimand.variable),
        (&mut own.summary, &estimand.summary),
    ] {
        if let Some(given) = given {
            text.clone_from(given);
        }
    }
    own
}

/// One entry for each outcome, role, population and summary of contrasts that no estimand declares.
fn add_undeclared(plan: &Plan, others: &mut Vec<StudyEstimand>, row: &Row) {
    let key = &row.key;
    let mut own = attributes(plan, key.outcome, key.method);
    own.id = match key.outcome {
        Outcome::Score | Outcome::Index | Outcome::JobScore => {
            key.own_level().clone_into(&mut own.level);
            format!("{} {}, {}", key.outcome, own.level, own.summary)
        }
        outcome => format!("{outcome}, {}", own.summary),
    };
    own.role = row.role;
    let alike = |one: &StudyEstimand| {
        let of = |one: &StudyEstimand| (one.id.clone(), one.outcome, one.role);
        of(one) == of(&own) && one.population == own.population
    };
    let at = others.iter().position(alike).unwrap_or_else(|| {
        others.push(own.clone());
        others.len() - 1
    });
    let entry = &mut others[at];
    if !entry.methods.contains(&key.method) {
        entry.methods.push(key.method);
    }
    if let Some(month) = key.month.filter(|month| !entry.months.contains(month)) {
        entry.months.push(month);
        entry.months.sort_unstable();
    }
}

/// The attributes that outcome, method and plan imply.
fn attributes(plan: &Plan, outcome: Outcome, method: Method) -> StudyEstimand {
    let arms = &plan.trial.arms;
    let population = if is_of_compliers(method) {
        "those who take the programme up if and only if it is offered"
    } else if matches!(outcome, Outcome::FirstJob | Outcome::CompetingExit | Outcome::JobStarts) {
        "everyone randomised"
    } else if outcome == Outcome::FirstJobReported {
        "everyone randomised who did not work on that day, from those who answered"
    } else {
        "everyone randomised, from those whose outcome is observed"
    };
    StudyEstimand {
        id: String::new(),
        declared: false,
        role: Role::Exploratory,
        outcome,
        level: String::new(),
        methods: Vec::new(),
        months: Vec::new(),
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        population: population.to_owned(),
        treatments: format!("being offered {} against {}", arms.ips, arms.control),
        variable: variable_of(outcome).to_owned(),
        intercurrent_events: events(plan, outcome, method),
        summary: summary_of(method).to_owned(),
    }
}

/// Whether a method is about those who take the programme up if and only if it is offered.
fn is_of_compliers(method: Method) -> bool {
    matches!(method, Method::TslsHc2 | Method::AndersonRubin)
}

fn events(plan: &Plan, outcome: Outcome, method: Method) -> Vec<StudyIntercurrentEvent> {
    let of = |event: String, strategy: Strategy| StudyIntercurrentEvent {
        event,
        strategy: strategy.as_str().to_owned(),
    };
    let take_up = if is_of_compliers(method) {
        Strategy::PrincipalStratum
    } else {
        Strategy::TreatmentPolicy
    };
    let mut events = vec![of("the programme is not taken up, or left".to_owned(), take_up)];
    if !plan.exits.competing.is_empty() && outcome != Outcome::CompetingExit {
        let is_time = matches!(outcome, Outcome::FirstJob | Outcome::FirstJobReported);
        let censored = is_time && !counts_competing_exits(method);
        let strategy = if censored { Strategy::Hypothetical } else { Strategy::Composite };
        events.push(of(plan.exits.competing.join(", "), strategy));
    }
    events
}

/// Whether a method counts those who left by a competing exit as without a job for good.
fn counts_competing_exits(method: Method) -> bool {
    matches!(
        method,
        Method::AalenJohansen
            | Method::RiskDifferenceAalenJohansen
            | Method::TimeLostAalenJohansen
            | Method::Gray
            | Method::GrayStratified
            | Method::FineGray
            | Method::FineGrayAdjusted
    )
}

fn variable_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::EverEmployed => "a first competitive job by the month (yes or no)",
        Outcome::Employed => "a competitive job on the day that ends the month (yes or no)",
        Outcome::DaysEmployed => "days in a competitive job up to the month",
        Outcome::FirstJob => "days from randomisation to the first competitive job",
        Outcome::FirstJobReported => {
            "days from randomisation to the first paid job that an answer tells of"
        }
        Outcome::LongestSpellDays => "days of the longest competitive job up to the month",
        Outcome::HoursWorked => "hours of competitive work up to the month",
        Outcome::WagesEur => "gross wages from competitive work up to the month, in euro",
        Outcome::BenefitEur => "benefit paid in the month, in euro",
        Outcome::BenefitFormulaEur => {
            "benefit of the month by the rule on authorised work, in euro"
        }
        Outcome::BenefitAboveFormulaEur => "benefit paid less the rule's amount, in euro",
        Outcome::BenefitTotalEur => "benefits paid up to the month, in euro",
        Outcome::EmployedOnBenefit => {
            "a competitive job on the day that ends the month, and a benefit paid (yes or no)"
        }
        Outcome::TakeUp => "a first meeting of the programme by the month (yes or no)",
        Outcome::Covariate => "a characteristic at randomisation",
        Outcome::CompetingExit => "days from randomisation to a competing exit without a job",
        Outcome::JobStarts => "competitive jobs started since randomisation",
        Outcome::JobRetention => "days from the start of the first competitive job to its end",
        Outcome::Answered => "the questionnaire of the wave was answered (yes or no)",
        Outcome::Score => "the score or answer at the wave",
        Outcome::Index => "an index of several scores at the wave",
        Outcome::WorkingNow | Outcome::DaysToAgreement => {
            "paid work on the day of the answer, by two reports"
        }
        Outcome::JobHours => "hours a week in the job held at the month",
        Outcome::JobWageEur => "gross wage a month in the job held at the month, in euro",
        Outcome::JobTenureDays => "days in the job held at the month",
        Outcome::JobScore => "the score at the wave of those who have a job",
        Outcome::HoursOrZero => "hours a week in competitive jobs at the month, 0 without one",
        Outcome::WageOrZeroEur => {
            "gross wage a month from competitive jobs at the month, 0 without one, in euro"
        }
        Outcome::GoodJob => "a competitive job at the month that the plan calls good (yes or no)",
    }
}

fn summary_of(method: Method) -> &'static str {
    match method {
        Method::RiskRatio | Method::LogitStandardisedRiskRatio => "ratio of probabilities",
        Method::OddsRatio | Method::LogitStandardisedOddsRatio => "ratio of odds",
        Method::RestrictedMean
        | Method::RestrictedMeanStratified
        | Method::RestrictedMeanAdjusted => {
            "difference of mean times without a job up to the month"
        }
        Method::RestrictedMeanRatio => "ratio of mean times without a job up to the month",
        Method::RestrictedTimeLostRatio | Method::TimeLostAalenJohansen => {
            "mean time since the event up to the month"
        }
        Method::MeanCumulative => "difference of mean numbers up to the month",
        Method::Quantile => "difference of quantiles",
        Method::CoxEfron
        | Method::CoxEfronStratified
        | Method::CoxEfronAdjusted
        | Method::CoxBreslow
        | Method::CoxExact
        | Method::CoxFirth
        | Method::IntervalCensoredPh => "ratio of hazards",
        Method::FineGray | Method::FineGrayAdjusted => "ratio of subdistribution hazards",
        Method::AndersenGill => "ratio of rates",
        Method::LogRank
        | Method::PetoPeto
        | Method::LogRankStratified
        | Method::PetoPetoStratified
        | Method::FlemingHarrington
        | Method::FlemingHarringtonStratified
        | Method::MaxCombo
        | Method::MaxComboStratified
        | Method::Gray
        | Method::GrayStratified
        | Method::CoxLikelihoodRatio
        | Method::CoxWald
        | Method::CoxScore => "test of equal curves",
        Method::MilestoneLogLog => "test of equal probabilities at the month",
        Method::WaldHc2 | Method::WaldLogRiskRatio => "test of equal effects",
        Method::PearsonChiSquared | Method::FisherExact => "test of equal probabilities",
        Method::HedgesG | Method::AncovaStandardised => "difference in standard deviations",
        Method::LeeBounds | Method::LeeBoundsTightened => {
            "bounds on the difference among those in whom it would exist in either arm"
        }
        _ => "difference of means or probabilities",
    }
}
