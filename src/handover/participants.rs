//! One row a person: arm, region, follow-up, outcomes, scores by wave.

use super::{coded, column, number, text};
use crate::derive::outcomes::{FirstJobEnding, ParticipantOutcomes};
use crate::derive::waves::{WaveOutcomes, WaveStatus};
use crate::formats::{Cell, Code, LabelledColumn, LabelledTable};
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::baseline::BaselineValues;
use crate::trial::dataset::TrialData;

/// What stands where there is no value, and why.
const REASONS: [(char, &str); 5] = [
    ('d', "not due at the data cut-off"),
    ('i', "no score: items not answered, or not asked"),
    ('l', "left before that day"),
    ('n', "not observed at that month"),
    ('u', "did not answer"),
];

/// One row a person, in the order of the identifiers.
///
/// Codes: arm 1 is the intervention; regions are numbered from 1 in the plan's order. `.n` is an
/// outcome not observed at its month, `.d`, `.l`, `.u` and `.i` a score that is not there because the
/// wave was not due, the person had left, did not answer, or left too many items open (also where
/// they were not asked).
pub fn participants_table(
    data: &TrialData,
    plan: &Plan,
    outcomes: &[ParticipantOutcomes],
    waves: &WaveOutcomes,
) -> LabelledTable {
    let mut columns = identity(data, plan);
    columns.extend(first_job(outcomes));
    columns.extend(by_month(plan, outcomes));
    for (position, outcome) in plan.questionnaire_outcomes().iter().enumerate() {
        for month in std::iter::once(0).chain(outcome.months.iter().copied()) {
            let cell = |at: usize| match (waves.value(position, at, month), waves.status(at, month))
            {
                (Some(value), _) => Cell::Number(value),
                (None, WaveStatus::NotDue) => reason('d'),
                (None, WaveStatus::Left) => reason('l'),
                (None, WaveStatus::Unanswered) => reason('u'),
                (None, WaveStatus::Answered(_)) => reason('i'),
            };
            let label = format!("{} at month {month}", outcome.id);
            let cells = (0..outcomes.len()).map(cell).collect();
            columns.push(with_reasons(column(format!("{}_{month}", outcome.id), &label, cells)));
        }
    }
    LabelledTable {
        label: format!("{}: one row a participant", plan.trial.id),
        columns,
        n_rows: outcomes.len(),
    }
}

fn identity(data: &TrialData, plan: &Plan) -> Vec<LabelledColumn> {
    let people = || data.participants.iter();
    let arms = [plan.trial.arms.control.as_str(), plan.trial.arms.ips.as_str()];
    let is_intervention = |arm: Arm| usize::from(arm == Arm::Intervention);
    let mut region = coded(
        "region",
        "Region",
        people().map(|own| Some(own.region)),
        plan.trial.regions.iter().map(String::as_str),
    );
    // Stata users count from 1.
    for cell in &mut region.cells {
        if let Cell::Number(code) = cell {
            *code += 1.0;
        }
    }
    for (code, _) in &mut region.value_labels {
        if let Code::Number(code) = code {
            *code += 1.0;
        }
    }
    let mut columns = vec![
        column(
            "participant_id".to_owned(),
            "Participant identifier",
            people().map(|own| text(&own.id)).collect(),
        ),
        coded(
            "arm",
            "Arm allocated at randomisation",
            people().map(|own| Some(is_intervention(own.arm))),
            arms.into_iter(),
        ),
        region,
        column(
            "randomisation_date".to_owned(),
            "Date of randomisation (day 0)",
            people().map(|own| Cell::Date(own.randomisation_date)).collect(),
        ),
        column(
            "stratum".to_owned(),
            "Stratum of the randomisation",
            people().map(|own| text(own.stratum.as_deref().unwrap_or_default())).collect(),
        ),
    ];
    for baseline in &data.baseline {
        if columns.iter().any(|own| own.name == baseline.name) {
            continue;
        }
        let cells = match &baseline.values {
            BaselineValues::Numbers(numbers) => numbers.iter().map(|own| number(*own)).collect(),
            BaselineValues::Texts(texts) => {
                texts.iter().map(|own| text(own.as_deref().unwrap_or_default())).collect()
            }
        };
        columns.push(column(baseline.name.clone(), "At randomisation", cells));
    }
    columns
}

fn first_job(outcomes: &[ParticipantOutcomes]) -> Vec<LabelledColumn> {
    let times: Vec<(i32, FirstJobEnding)> =
        outcomes.iter().map(ParticipantOutcomes::time_to_first_job).collect();
    let code = |ending: FirstJobEnding| match ending {
        FirstJobEnding::Censored => 0,
        FirstJobEnding::Job => 1,
        FirstJobEnding::CompetingExit => 2,
    };
    let day = |day: i32| Cell::Number(f64::from(day));
    vec![
        column(
            "follow_up_days".to_owned(),
            "Days from randomisation to the end of follow-up",
            outcomes.iter().map(|own| day(own.follow_up.end_day)).collect(),
        ),
        column(
            "first_job_day".to_owned(),
            "Days to the first competitive job, else to the end of follow-up",
            times.iter().map(|own| day(own.0)).collect(),
        ),
        coded(
            "first_job_ending",
            "How the wait for a first job ended",
            times.iter().map(|own| Some(code(own.1))),
            ["censored", "job", "competing exit"].into_iter(),
        ),
    ]
}

fn by_month(plan: &Plan, outcomes: &[ParticipantOutcomes]) -> Vec<LabelledColumn> {
    let horizon = plan.analysis.horizon_months;
    let of = |name: String, label: &str, value: &dyn Fn(&ParticipantOutcomes) -> Option<Cell>| {
        let cells = outcomes.iter().map(|own| value(own).unwrap_or_else(|| reason('n'))).collect();
        with_reasons(column(name, label, cells))
    };
    let mut columns = vec![
        of(
            format!("ever_employed_{horizon}"),
            &format!("Any competitive job by month {horizon}"),
            &|own| own.ever_employed(horizon).map(indicator),
        ),
        of(
            format!("days_employed_{horizon}"),
            &format!("Days in competitive jobs by month {horizon}"),
            &|own| own.days_employed(horizon).map(|days| Cell::Number(f64::from(days))),
        ),
    ];
    for &month in &plan.analysis.months {
        columns.push(of(
            format!("employed_{month}"),
            &format!("Competitive job at month {month}"),
            &|own| own.employed(month).map(indicator),
        ));
    }
    columns
}

#[expect(clippy::fn_params_excessive_bools, reason = "it is the outcome itself, no switch")]
fn indicator(yes: bool) -> Cell {
    Cell::Number(f64::from(u8::from(yes)))
}

fn reason(letter: char) -> Cell {
    Cell::MissingCode(format!(".{letter}"))
}

/// Labels the reasons that a column holds.
fn with_reasons(mut column: LabelledColumn) -> LabelledColumn {
    for (letter, text) in REASONS {
        if column.cells.contains(&reason(letter)) {
            column.value_labels.push((Code::Missing(letter), text.to_owned()));
        }
    }
    column
}
