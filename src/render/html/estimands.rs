//! The questions with their five attributes.

use std::collections::BTreeSet;

use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyEstimand;
use crate::results::vocabulary::Role;

use super::Source;
use super::table::{Block, Section, Table};
use crate::render::text::fill;

/// The strategy that turns the question to a part of everyone.
const PRINCIPAL_STRATUM: &str = "principal_stratum";

/// The declared estimands with their attributes, then a line for each contrast that none declares;
/// nothing where the results know none. A file has the attributes of all.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.tables;
    let estimands = &source.names.study.estimands;
    if estimands.is_empty() {
        return None;
    }
    let (declared, others): (Vec<_>, Vec<_>) = estimands.iter().partition(|one| one.declared);
    let (heading, words) = if declared.is_empty() {
        (&text.undeclared_heading, &text.undeclared_words)
    } else {
        (&text.estimands_heading, &text.estimands_words)
    };
    Some(Section {
        id: "estimands",
        heading: heading.clone(),
        words: words.clone(),
        blocks: declared.iter().map(|estimand| block(source, estimand)).collect(),
        tables: undeclared(source, &others).into_iter().collect(),
        files: vec![table(source)],
    })
}

/// Every estimand with all that is known of it.
fn table(source: Source<'_>) -> Table {
    let names = source.names;
    let text = &names.texts.tables;
    let columns = [
        &text.question,
        &text.role,
        &text.declared,
        &text.population,
        &text.treatments,
        &text.variable,
        &text.events,
        &text.summary,
        &text.estimators,
    ];
    let row = |estimand: &StudyEstimand| {
        let [population, treatments, variable, events, summary] = attributes(source, estimand);
        let methods: Vec<String> = estimand.methods.iter().map(|m| names.method(*m)).collect();
        vec![
            estimand.id.clone(),
            names.role(estimand.role),
            if estimand.declared { text.yes.clone() } else { text.no.clone() },
            population,
            treatments,
            variable,
            events,
            summary,
            methods.join(&names.texts.note.list),
        ]
    };
    Table {
        name: "estimands",
        caption: text.estimands_caption.clone(),
        columns: columns.map(Clone::clone).to_vec(),
        rows: names.study.estimands.iter().map(row).collect(),
        text_columns: 9,
        footnotes: Vec::new(),
    }
}

/// A declared estimand: its five attributes, then its estimators.
fn block(source: Source<'_>, estimand: &StudyEstimand) -> Block {
    let names = source.names;
    let text = &names.texts.tables;
    let labels = [&text.population, &text.treatments, &text.variable, &text.events, &text.summary];
    let labels = labels.map(Clone::clone).into_iter();
    let mut terms: Vec<(String, String)> = labels.zip(attributes(source, estimand)).collect();
    let mut methods: Vec<String> = estimand.methods.iter().map(|m| names.method(*m)).collect();
    if methods.len() > 1 {
        methods[0] = fill(&text.main_estimator, &[("method", &methods[0])]);
    }
    terms.push((text.estimators.clone(), methods.join(&names.texts.note.list)));
    let role = names.role(estimand.role);
    let title = fill(&text.block_title, &[("question", &estimand.id), ("role", &role)]);
    Block { title, terms }
}

/// Population, treatments, variable, intercurrent events and summary measure.
fn attributes(source: Source<'_>, estimand: &StudyEstimand) -> [String; 5] {
    let names = source.names;
    let (text, list) = (&names.texts.tables, &names.texts.note.list);
    let event = |event: &crate::results::study::StudyIntercurrentEvent| {
        let (name, strategy) = (event.event.replace('_', " "), names.strategy(&event.strategy));
        fill(&text.event, &[("event", &name), ("strategy", &strategy)])
    };
    let events: Vec<String> = estimand.intercurrent_events.iter().map(event).collect();
    let mut population = vec![estimand.population.clone()];
    population.extend(part(source, estimand));
    let mut variable = vec![estimand.variable.clone()];
    variable.extend(score(source, estimand));
    variable.extend(at_months(source, estimand));
    [
        population.join(list),
        estimand.treatments.clone(),
        variable.join(list),
        events.join(list),
        estimand.summary.clone(),
    ]
}

/// The region and the subgroups of an estimand that is not about all together.
fn part(source: Source<'_>, estimand: &StudyEstimand) -> Vec<String> {
    let names = source.names;
    let mut part = Vec::new();
    if estimand.region != ALL_REGIONS {
        part.push(names.region(&estimand.region));
    }
    if !estimand.subgroup.is_empty() {
        let variable = names.variable(&estimand.subgroup).to_lowercase();
        part.push(fill(&names.texts.tables.by, &[("variable", &variable)]));
    }
    part
}

/// Which score or index an estimand is about; nothing for other outcomes.
fn score(source: Source<'_>, estimand: &StudyEstimand) -> Option<String> {
    let is_known = !estimand.level.is_empty();
    is_known.then(|| source.names.score_of(estimand.outcome, &estimand.level))
}

/// `months 1 to 30`; nothing where no month applies.
fn at_months(source: Source<'_>, estimand: &StudyEstimand) -> Option<String> {
    let (names, months) = (source.names, &estimand.months);
    let text = &names.texts.tables;
    let template = if months.len() == 1 { &text.at_month } else { &text.at_months };
    let shown = names.numbers().months(months.iter().copied());
    (!months.is_empty()).then(|| fill(template, &[("months", &shown)]))
}

/// A line for each contrast that no estimand declares.
fn undeclared(source: Source<'_>, others: &[&StudyEstimand]) -> Option<Table> {
    let names = source.names;
    let by_default = others.len() == names.study.estimands.len();
    let (text, list) = (&names.texts.tables, &names.texts.note.list);
    let roles: BTreeSet<&str> = others.iter().map(|one| one.role.as_str()).collect();
    // The caption says it where all are exploratory.
    let has_role = by_default || roles.iter().any(|role| *role != Role::Exploratory.as_str());
    let row = |estimand: &&StudyEstimand| {
        let strategies = estimand.intercurrent_events.iter().map(|event| event.strategy.as_str());
        let mut population = part(source, estimand);
        if strategies.into_iter().any(|strategy| strategy == PRINCIPAL_STRATUM) {
            population.insert(0, estimand.population.clone());
        }
        let months = names.numbers().months(estimand.months.iter().copied());
        let outcome = score(source, estimand).unwrap_or_else(|| names.outcome(estimand.outcome));
        let mut row = vec![outcome];
        row.extend(has_role.then(|| names.role(estimand.role)));
        row.extend([population.join(list), estimand.summary.clone(), months]);
        row.push(names.numbers().count(estimand.methods.len() as f64));
        row
    };
    let rows: Vec<Vec<String>> = others.iter().map(row).collect();
    let mut columns = vec![names.texts.report.outcome.clone()];
    columns.extend(has_role.then(|| text.role.clone()));
    let rest = [&text.population, &text.summary, &text.months, &text.estimator_count];
    columns.extend(rest.map(Clone::clone));
    let caption = if by_default { &text.default_caption } else { &text.undeclared_caption };
    let text_columns = columns.len() - 1;
    (!rows.is_empty()).then(|| Table {
        name: "undeclared",
        caption: caption.clone(),
        columns,
        rows,
        text_columns,
        footnotes: vec![text.undeclared_note.clone()],
    })
}
