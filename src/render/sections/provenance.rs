//! Where a report comes from.

use crate::render::document::{Block, Part, Term, Text};
use crate::render::names::Names;
use crate::render::text::fill;

/// Where a report comes from, as text for its readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The program and its version.
    pub program: String,
    /// Each input's name with its SHA-256.
    pub inputs: Vec<(String, String)>,
}

/// Program, seed, replicates and inputs.
pub(super) fn part(names: Names<'_>, provenance: &Provenance) -> Part {
    let (study, texts) = (names.study, names.texts);
    let page = &texts.page;
    let input = |(name, hash): &(String, String)| -> Text {
        fill(&texts.report.input, &[("name", name.as_str()), ("hash", hash.as_str())]).into()
    };
    let inputs: Vec<Text> = provenance.inputs.iter().map(input).collect();
    let replicates = names.numbers().count(study.replicates as f64);
    let mut terms: Vec<Term> = [
        (&page.program, provenance.program.clone()),
        (&page.seed, study.seed.to_string()),
        (&page.replicates, replicates),
    ]
    .map(|(term, said)| Term { term: term.clone(), texts: vec![said.into()] })
    .to_vec();
    if !inputs.is_empty() {
        terms.push(Term { term: page.inputs.clone(), texts: inputs });
    }
    Part::new("provenance", &page.provenance).block(Block::Terms(terms))
}
