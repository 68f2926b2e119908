//! The questions with their five attributes.

use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyEstimand;

use super::Source;
use super::table::{Section, Table};
use crate::render::text::fill;

/// The estimands, declared or not; nothing where the results know none.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let names = source.names;
    let text = &names.texts.tables;
    let estimands = &names.study.estimands;
    if estimands.is_empty() {
        return None;
    }
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
    let table = Table {
        name: "estimands",
        caption: text.estimands_caption.clone(),
        columns: columns.map(Clone::clone).to_vec(),
        rows: estimands.iter().map(|estimand| row(source, estimand)).collect(),
        text_columns: 9,
        footnotes: Vec::new(),
    };
    Some(Section {
        id: "estimands",
        heading: text.estimands_heading.clone(),
        words: text.estimands_words.clone(),
        tables: vec![table],
    })
}

fn row(source: Source<'_>, estimand: &StudyEstimand) -> Vec<String> {
    let names = source.names;
    let (text, list) = (&names.texts.tables, &names.texts.note.list);
    let event = |event: &crate::results::study::StudyIntercurrentEvent| {
        let strategy = names.strategy(&event.strategy);
        fill(&text.event, &[("event", &event.event), ("strategy", &strategy)])
    };
    let events: Vec<String> = estimand.intercurrent_events.iter().map(event).collect();
    let methods: Vec<String> = estimand.methods.iter().map(|m| names.method(*m)).collect();
    let months: Vec<String> = estimand.months.iter().map(ToString::to_string).collect();
    let mut variable = vec![estimand.variable.clone()];
    if !months.is_empty() {
        variable.push(format!("{} {}", names.texts.report.month.to_lowercase(), months.join(", ")));
    }
    let mut population = vec![estimand.population.clone()];
    if estimand.region != ALL_REGIONS {
        population.push(names.region(&estimand.region));
    }
    if !estimand.subgroup.is_empty() {
        population.push(names.variable(&estimand.subgroup));
    }
    vec![
        estimand.id.clone(),
        names.role(estimand.role),
        if estimand.declared { text.yes.clone() } else { text.no.clone() },
        population.join(list),
        estimand.treatments.clone(),
        variable.join(list),
        events.join(list),
        estimand.summary.clone(),
        methods.join(list),
    ]
}
