//! Paid work on the day of the answer: questionnaire against employment table.

use super::super::Setting;
use super::super::cohort::{Cohort, Scope};
use super::super::effect_rows::{Estimated, StandardError, add_estimate, estimate_and_limits};
use super::super::material::Material;
use super::super::sheet::{Entry, Sheet};
use super::super::whom;
use crate::derive::agreement::{Comparison, compare};
use crate::estimate::agreement::{Agreement, ReportPairs, agreement};
use crate::numeric::quantile::of_sorted;
use crate::results::composition::{Composition, Fact, People, Quantity, Table as CountTable};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::trial::arm::Arm;

/// Days within which a disagreement may be a matter of memory or of a late report.
pub(in crate::analysis) const ONE_MONTH_DAYS: i32 = 31;

/// The two who report.
pub(in crate::analysis) const QUESTIONNAIRE: &str = "questionnaire";
pub(in crate::analysis) const REGISTER: &str = "register";

/// Agreement, kappa and timing by wave and arm.
pub(super) fn add_agreement(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let comparisons = compare(cohort.data, setting.plan, &cohort.waves);
    let material = Material::nobodys();
    let (outcome, set) = (Outcome::WorkingNow, AnalysisSet::Answered);
    let entry = Entry::new(Analysis::Agreement, outcome, set, Method::Count, material);
    for &month in cohort.waves.months.iter().filter(|month| **month > 0) {
        for arm in Arm::BOTH {
            let members = cohort.members(Scope::All, arm);
            let own: Vec<&Comparison> = comparisons
                .iter()
                .filter(|one| one.month == month && members.binary_search(&one.participant).is_ok())
                .collect();
            let reports = Reports::of(cohort, month);
            let entry = entry.month(month).arm(arm);
            add_wave(sheet, setting, (&entry, &reports), &own);
        }
    }
}

/// Who says what at a wave, and of whom the table says it.
struct Reports {
    /// Those who answer the question.
    of: People,
    says: People,
    is_recorded: People,
    /// Disagreements that end, and those that end within a month.
    ends: People,
    is_near: People,
}

impl Reports {
    fn of(cohort: &Cohort<'_>, month: i32) -> Self {
        let working = |who: &str| Quantity::level_at(Outcome::WorkingNow, who, month);
        let answered = whom::answered(month, cohort.window_days);
        let of = answered.with(Fact::Measured(working(QUESTIONNAIRE)));
        let says = of.with(Fact::Positive(working(QUESTIONNAIRE)));
        let is_recorded = of.with(Fact::Positive(working(REGISTER)));
        let ends = whom::measured(Outcome::DaysToAgreement, month);
        let is_near = whom::positive(Outcome::DaysToAgreement, month);
        Self { of, says, is_recorded, ends, is_near }
    }

    /// Both yes, only the table, only the person, both no.
    fn pairs(&self) -> [People; 4] {
        let Self { of, says, is_recorded, .. } = self;
        let neither = of.without(says).without(is_recorded);
        [says.and(is_recorded), is_recorded.without(says), says.without(is_recorded), neither]
    }
}

fn add_wave(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    (entry, reports): (&Entry, &Reports),
    own: &[&Comparison],
) {
    let sets = reports.pairs();
    let in_arm = sets.iter().map(|people| entry.here(people)).collect();
    let table = Composition::Function { of: in_arm, table: CountTable::Pairs };
    let entry = &entry.made_of(Material::exactly(table));
    let pairs = ReportPairs::of(own.iter().map(|one| (one.in_register, one.in_questionnaire)));
    for (statistic, people, n) in [
        (Statistic::N, &reports.of, pairs.n()),
        (Statistic::BothYes, &sets[0], pairs.both),
        (Statistic::RegisterOnly, &sets[1], pairs.first_only),
        (Statistic::QuestionnaireOnly, &sets[2], pairs.second_only),
        (Statistic::BothNo, &sets[3], pairs.neither),
    ] {
        sheet.count(entry, statistic, people, usize::try_from(n).unwrap_or(usize::MAX));
    }
    match agreement(pairs, setting.level) {
        Ok(own) => add_estimates(sheet, entry, &own),
        Err(reason) => {
            let of = entry.method(Method::PercentAgreement);
            sheet.all_missing(&of, &estimate_and_limits(Unit::Proportion), &reason);
            let of = entry.method(Method::CohenKappa);
            sheet.all_missing(&of, &estimate_and_limits(Unit::None), &reason);
        }
    }
    let days: Vec<Option<i32>> = own
        .iter()
        .filter(|one| one.in_register != one.in_questionnaire)
        .map(|one| one.days_to_agreement)
        .collect();
    let entry = entry.outcome(Outcome::DaysToAgreement, Material::nobodys());
    let disagree = sets[1].or(&sets[2]);
    sheet.count(&entry, Statistic::N, &disagree, days.len());
    let is_near = |days: &&Option<i32>| days.is_some_and(|days| days <= ONE_MONTH_DAYS);
    let n_near = days.iter().filter(is_near).count();
    let entry = entry.note("disagreements; events: those that end within 31 days of the answer");
    sheet.count(&entry, Statistic::Events, &disagree.and(&reports.is_near), n_near);
    let mut known: Vec<f64> = days.iter().flatten().map(|days| f64::from(*days)).collect();
    known.sort_by(f64::total_cmp);
    let reason = "no disagreement that ends";
    let ends = disagree.and(&reports.ends);
    let entry = entry.note("disagreements that end, days from the answer");
    let entry = entry.made_of(Material::ranked(ends.clone(), &ends));
    sheet.put_or(&entry, (Statistic::Median, Unit::Days), of_sorted(&known, 0.5), &reason);
}

fn add_estimates(sheet: &mut Sheet, entry: &Entry, own: &Agreement) {
    let percent = entry.method(Method::PercentAgreement);
    sheet.put(&percent, Statistic::Estimate, Unit::Proportion, own.observed.estimate);
    sheet.limits(&percent, Unit::Proportion, own.observed.interval);
    let kappa = own.kappa.as_ref().map(|kappa| Estimated {
        estimate: kappa.estimate,
        std_error: Some(kappa.std_error),
        interval: kappa.interval,
    });
    let of = entry.method(Method::CohenKappa);
    add_estimate(sheet, &of, Unit::None, (kappa, StandardError::Given));
}
