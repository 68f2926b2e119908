//! What the program understood of a trial's tables, before any estimate: counts that whoever made the
//! tables can hold against what they know.

mod text;

use std::collections::BTreeMap;

use serde::Serialize;

pub use text::as_text;

use crate::derive::employment::{Uncounted, uncounted};
use crate::derive::outcomes::{ParticipantOutcomes, derive_outcomes};
use crate::derive::waves::{WaveOutcomes, WaveStatus};
use crate::ingest::TableSummary;
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::baseline::BaselineValues;
use crate::trial::benefits::{BenefitRow, CalendarMonth};
use crate::trial::dataset::TrialData;

/// What was understood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overview {
    /// Last day that the data reach.
    pub data_cutoff: String,
    /// Month at which the main outcome is read.
    pub horizon_months: i32,
    /// Those randomised: everyone first, then by region; each by arm.
    pub people: Vec<Group>,
    /// Why follow-up ended early, by reason.
    pub exits: Vec<ExitReason>,
    /// Spells by contract and source.
    pub spells: Vec<SpellKind>,
    /// Who began the programme, by arm.
    pub take_up: Vec<TakeUp>,
    /// Months of benefits; none without that table.
    pub benefits: Option<Benefits>,
    /// Answers to the questionnaires by month and arm.
    pub answers: Vec<Answers>,
    /// Columns at randomisation that the plan names.
    pub covariates: Vec<Covariate>,
    /// Corrections that were made.
    pub corrections: usize,
    /// The files.
    pub tables: Vec<TableSummary>,
}

/// People of a region in an arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The region, or `all`.
    pub region: String,
    /// The data's label of the arm.
    pub arm: String,
    /// People.
    pub randomised: usize,
    /// First and last day of randomisation; none without people.
    pub randomised_from: Option<String>,
    /// The last.
    pub randomised_to: Option<String>,
    /// Shortest follow-up in days.
    pub follow_up_days_least: Option<i32>,
    /// Median follow-up in days: the middle one, or the mean of the two.
    pub follow_up_days_median: Option<f64>,
    /// Longest follow-up in days.
    pub follow_up_days_most: Option<i32>,
    /// Whose horizon lies before the cut-off.
    pub due: usize,
    /// Of these, whose outcome at the horizon is known.
    pub observed: usize,
}

/// An exit's reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExitReason {
    /// The reason.
    pub reason: String,
    /// People who left for it.
    pub people: usize,
    /// `competing`, `censoring`, or `not used` after the cut-off.
    pub taken_as: &'static str,
}

/// Spells of a contract that one source told of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpellKind {
    /// The contract's code.
    pub contract: &'static str,
    /// The source's code; empty where it is not recorded.
    pub source: &'static str,
    /// Spells.
    pub spells: usize,
    /// Spells that count as competitive employment.
    pub counted: usize,
    /// Those that do not, by the first reason.
    pub not_counted: BTreeMap<Uncounted, usize>,
}

/// First meetings of the programme in an arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakeUp {
    /// The data's label of the arm.
    pub arm: String,
    /// People.
    pub randomised: usize,
    /// Those with a first meeting.
    pub started: usize,
}

/// The benefits table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Benefits {
    /// Person-months that end by the data cut-off.
    pub months: usize,
    /// People with any.
    pub people: usize,
    /// First month, as its first day.
    pub first: Option<String>,
    /// Last month, as its first day.
    pub last: Option<String>,
}

/// Answers to the wave of a month in an arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    /// Months since randomisation.
    pub month: i32,
    /// The data's label of the arm.
    pub arm: String,
    /// Answered.
    pub answered: usize,
    /// Due and not answered.
    pub unanswered: usize,
    /// Left the study before.
    pub left: usize,
    /// Window still open at the cut-off.
    pub not_due: usize,
}

/// A column at randomisation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// `number` or `text`.
    pub kind: &'static str,
    /// People without a value.
    pub missing: usize,
    /// Least number.
    pub least: Option<f64>,
    /// Greatest number.
    pub most: Option<f64>,
    /// Different texts.
    pub levels: Option<usize>,
}

impl Overview {
    /// What the tables say under a plan.
    pub fn of(plan: &Plan, data: &TrialData, tables: &[TableSummary], corrections: usize) -> Self {
        let outcomes = derive_outcomes(data, plan);
        let labels = plan.trial.arms.by_arm();
        let take_up = Arm::BOTH.map(|arm| {
            let own = data.participants.iter().filter(|person| person.arm == arm);
            TakeUp {
                arm: labels.get(arm).clone(),
                randomised: own.clone().count(),
                started: own.filter(|person| person.programme_start.is_some()).count(),
            }
        });
        Self {
            data_cutoff: plan.trial.data_cutoff.to_string(),
            horizon_months: plan.analysis.horizon_months,
            people: groups(plan, data, &outcomes),
            exits: exits(plan, data),
            spells: spells(plan, data, &outcomes),
            take_up: take_up.into(),
            benefits: plan.data.benefits.is_some().then(|| benefits(plan, data)),
            answers: answers(plan, data, &outcomes),
            covariates: data.baseline.iter().map(covariate).collect(),
            corrections,
            tables: tables.to_vec(),
        }
    }
}

fn groups(plan: &Plan, data: &TrialData, outcomes: &[ParticipantOutcomes]) -> Vec<Group> {
    let regions = plan.trial.regions.iter().enumerate();
    let regions = regions.map(|(at, name)| (Some(at), name.as_str()));
    let labels = plan.trial.arms.by_arm();
    let mut groups = Vec::new();
    for (region, name) in [(None, "all")].into_iter().chain(regions) {
        for arm in Arm::BOTH {
            let is_own = |own: &ParticipantOutcomes| {
                own.arm == arm && region.is_none_or(|region| own.region == region)
            };
            groups.push(group(plan, data, outcomes, (name, labels.get(arm), &is_own)));
        }
    }
    groups
}

/// Name of the region, label of the arm, and who belongs to both.
type Who<'a> = (&'a str, &'a str, &'a dyn Fn(&ParticipantOutcomes) -> bool);

fn group(
    plan: &Plan,
    data: &TrialData,
    outcomes: &[ParticipantOutcomes],
    (region, arm, is_own): Who<'_>,
) -> Group {
    let horizon = plan.analysis.horizon_months;
    let own = data.participants.iter().zip(outcomes).filter(|(_, own)| is_own(own));
    let days = || own.clone().map(|(person, _)| person.randomisation_date);
    let mut follow_up: Vec<i32> = own.clone().map(|(_, own)| own.follow_up.end_day).collect();
    follow_up.sort_unstable();
    let n = follow_up.len();
    let median = (n > 0)
        .then(|| f64::midpoint(f64::from(follow_up[(n - 1) / 2]), f64::from(follow_up[n / 2])));
    let due = own.clone().filter(|(_, own)| own.follow_up.is_due(horizon));
    Group {
        region: region.to_owned(),
        arm: arm.to_owned(),
        randomised: n,
        randomised_from: days().min().map(|day| day.to_string()),
        randomised_to: days().max().map(|day| day.to_string()),
        follow_up_days_least: follow_up.first().copied(),
        follow_up_days_median: median,
        follow_up_days_most: follow_up.last().copied(),
        due: due.clone().count(),
        observed: due.filter(|(_, own)| own.follow_up.is_observed(horizon)).count(),
    }
}

fn exits(plan: &Plan, data: &TrialData) -> Vec<ExitReason> {
    let mut found: BTreeMap<(&str, &'static str), usize> = BTreeMap::new();
    for exit in data.participants.iter().filter_map(|person| person.exit.as_ref()) {
        let taken_as = if exit.date > plan.trial.data_cutoff {
            "not used"
        } else if plan.exits.competing.contains(&exit.reason) {
            "competing"
        } else {
            "censoring"
        };
        *found.entry((&exit.reason, taken_as)).or_default() += 1;
    }
    let reason = |((reason, taken_as), people): ((&str, &'static str), usize)| ExitReason {
        reason: reason.to_owned(),
        people,
        taken_as,
    };
    found.into_iter().map(reason).collect()
}

fn spells(plan: &Plan, data: &TrialData, outcomes: &[ParticipantOutcomes]) -> Vec<SpellKind> {
    let mut found: BTreeMap<_, SpellKind> = BTreeMap::new();
    for spell in &data.spells {
        let source = spell.source.map_or("", |source| source.code());
        let kind = found.entry((spell.contract, source)).or_insert_with(|| SpellKind {
            contract: spell.contract.code(),
            source,
            spells: 0,
            counted: 0,
            not_counted: BTreeMap::new(),
        });
        kind.spells += 1;
        let day_0 = data.participants[spell.participant].randomisation_date;
        let end = outcomes[spell.participant].follow_up.end_day;
        match uncounted(spell, day_0, end, &plan.competitive_employment) {
            None => kind.counted += 1,
            Some(reason) => *kind.not_counted.entry(reason).or_default() += 1,
        }
    }
    found.into_values().collect()
}

fn benefits(plan: &Plan, data: &TrialData) -> Benefits {
    let cutoff = plan.trial.data_cutoff;
    let is_used = |row: &&BenefitRow| row.month.last_day().is_some_and(|day| day <= cutoff);
    let used = || data.benefits.iter().filter(is_used);
    let mut people: Vec<usize> = used().map(|row| row.participant).collect();
    people.dedup();
    let day = |month: CalendarMonth| Some(month.first_day()?.to_string());
    Benefits {
        months: used().count(),
        people: people.len(),
        first: used().map(|row| row.month).min().and_then(day),
        last: used().map(|row| row.month).max().and_then(day),
    }
}

fn answers(plan: &Plan, data: &TrialData, outcomes: &[ParticipantOutcomes]) -> Vec<Answers> {
    let waves = WaveOutcomes::new(data, plan, outcomes);
    let labels = plan.trial.arms.by_arm();
    let mut all = Vec::new();
    for &month in &waves.months {
        for arm in Arm::BOTH {
            let mut own = Answers {
                month,
                arm: labels.get(arm).clone(),
                answered: 0,
                unanswered: 0,
                left: 0,
                not_due: 0,
            };
            for at in (0..outcomes.len()).filter(|at| outcomes[*at].arm == arm) {
                match waves.status(at, month) {
                    WaveStatus::Answered(_) => own.answered += 1,
                    WaveStatus::Unanswered => own.unanswered += 1,
                    WaveStatus::Left => own.left += 1,
                    WaveStatus::NotDue => own.not_due += 1,
                }
            }
            all.push(own);
        }
    }
    all
}

fn covariate(column: &crate::trial::baseline::BaselineColumn) -> Covariate {
    let name = column.name.clone();
    match &column.values {
        BaselineValues::Numbers(numbers) => {
            let present = || numbers.iter().flatten().copied();
            Covariate {
                name,
                kind: "number",
                missing: numbers.iter().filter(|number| number.is_none()).count(),
                least: present().reduce(f64::min),
                most: present().reduce(f64::max),
                levels: None,
            }
        }
        BaselineValues::Texts(texts) => {
            let mut levels: Vec<&String> = texts.iter().flatten().collect();
            levels.sort_unstable();
            levels.dedup();
            Covariate {
                name,
                kind: "text",
                missing: texts.iter().filter(|text| text.is_none()).count(),
                least: None,
                most: None,
                levels: Some(levels.len()),
            }
        }
    }
}
