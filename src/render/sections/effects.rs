//! Tables of all effects and of all tests.

use crate::render::document::Table;
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{Key, Row};
use crate::results::vocabulary::{Analysis, Inference, Method, Statistic};

use super::contrasts::{contrasts, effects_table, line_of, lines};
use super::source::Source;
use super::{adjusted, amounts, benefits, job_quality, questionnaires};

/// The contrasts that the tables of adjusted effects, amounts and benefits do not show.
pub(super) fn effects(source: Source<'_>) -> Table {
    let names = source.names;
    let horizon = names.study.horizon_months.to_string();
    let elsewhere =
        [adjusted::shown(source), amounts::shown(source), benefits::shown(source)].concat();
    let mut lines = contrasts(source);
    lines.retain(|line| !elsewhere.contains(line) && !is_of_a_section(line));
    let caption = fill(&names.texts.report.effects_caption, &[("month", &horizon)]);
    effects_table(source, "effects", caption, &lines)
}

/// Whether the section on questionnaires, or that on the quality of jobs, shows a line.
fn is_of_a_section(line: &Key) -> bool {
    questionnaires::is_shown(line) || job_quality::is_shown(line)
}

/// All tests: p-values that belong to no estimate.
pub(super) fn tests(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, numbers) = (&names.texts.report, names.numbers());
    let is_wanted = |row: &Row| {
        let key = &row.key;
        let is_test = matches!(key.analysis, Analysis::SurvivalTest | Analysis::Interaction)
            || (key.analysis == Analysis::Effect
                && source.fact(key, Statistic::Estimate).is_absent());
        let is_due = key.analysis != Analysis::SurvivalTest
            || key.month.is_none_or(|month| month == names.study.horizon_months);
        is_test
            && is_due
            && key.statistic == Statistic::PValue
            && key.inference == Inference::Analytic
            && !is_of_a_section(&line_of(key))
    };
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for line in lines(source, is_wanted) {
        let method = test_name(source, &line);
        let place = Place::new(names, &line.region, &method);
        let mut optional = |statistic, digits| {
            let fact = source.fact(&line, statistic);
            notes.optional(&fact, &place, |value| numbers.decimal(value, digits))
        };
        let (statistic, df) = (optional(Statistic::TestStatistic, 2), optional(Statistic::Df, 0));
        let p = source.fact(&line, Statistic::PValue);
        let p = notes.number(&p, &place, |p| numbers.bare_p(p));
        let (outcome, region) = (names.outcome_of(&line), names.region(&line.region));
        rows.push(vec![method.into(), outcome.into(), region.into(), statistic, df, p]);
    }
    let columns =
        [&text.test, &text.outcome, &text.region, &text.test_statistic, &text.df, &text.p];
    Table {
        name: "tests".to_owned(),
        caption: text.tests_caption.clone().into(),
        columns: columns.map(Clone::clone).to_vec(),
        rows,
        text_columns: 3,
        footnotes: notes.footnotes(),
    }
}

/// A test with what singles it out: the regression that it is of, its weights, its month.
fn plain_test_name(source: Source<'_>, line: &Key) -> String {
    let names = source.names;
    let text = &names.texts.tables;
    let method = names.method(line.method);
    let of = match (Method::from_word(&line.level), line.month) {
        (Some(regression), _) => names.method(regression),
        (None, _) if !line.level.is_empty() => line.level.clone(),
        (None, Some(month)) if line.analysis == Analysis::SurvivalTest => {
            fill(&text.at_month, &[("months", &month.to_string())])
        }
        _ => return method,
    };
    fill(&names.texts.first_job.test_of, &[("test", &method), ("of", &of)])
}

/// What a test is called: that of equal effects by what it compares, any other by its method.
fn test_name(source: Source<'_>, line: &Key) -> String {
    let names = source.names;
    let text = &names.texts.tables;
    let (test, equal) = match line.method {
        _ if line.analysis != Analysis::Interaction => return plain_test_name(source, line),
        Method::EmpiricalBayes => (text.cochran.clone(), &text.equal_effects),
        Method::WaldHc2 => (text.wald_robust.clone(), &text.equal_effects),
        Method::WaldLogRiskRatio => (text.wald.clone(), &text.equal_ratios),
        other => (names.method(other), &text.equal_effects),
    };
    let values = [("test", test.as_str()), ("equal", equal.as_str())];
    if line.level.is_empty() {
        return fill(&text.equal_in_regions, &values);
    }
    let variable = names.variable(&line.level);
    fill(&text.equal_at_levels, &[&values[..], &[("variable", variable.as_str())]].concat())
}
