//! `ips-eval explain`: a method in plain words, from the texts that the report has too.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::args::ExplainArguments;
use super::terminal::Terminal;
use crate::diagnostic::nearest;
use crate::error::Error;
use crate::results::language::Language;
use crate::results::methods::{Explanation, Explanations};

/// Runs the command.
pub(super) fn explain(terminal: Terminal, arguments: &ExplainArguments) -> Result<(), Error> {
    let all = Explanations::new(Language::English).map_err(|e| Error::Render(e.to_string()))?;
    let text = match arguments.method.as_deref() {
        None if terminal.answers_as_json() => pretty(&all_as_json(&all)),
        None => list(&all),
        Some(word) => {
            let own = all.of_word(word).ok_or_else(|| unknown(word, &all))?;
            if terminal.answers_as_json() { pretty(&as_json(word, own)) } else { page(word, own) }
        }
    };
    terminal.answer(&text)
}

fn unknown(word: &str, all: &Explanations) -> Error {
    let known: Vec<&str> = all.all().map(|(word, _)| word).collect();
    let hint =
        nearest(word, &known).map_or(String::new(), |near| format!("did you mean `{near}`? "));
    Error::Usage(format!(
        "there is no method `{word}`: {hint}`ips-eval explain` lists them all: {}",
        known.join(", ")
    ))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn as_json(word: &str, own: &Explanation) -> serde_json::Value {
    json!({
        "method": word,
        "label": own.label,
        "sentence": own.sentence,
        "formula": own.formula.trim_end(),
        "source": own.source,
        "r": own.r,
        "stata": own.stata,
        "sas": own.sas,
    })
}

fn all_as_json(all: &Explanations) -> serde_json::Value {
    all.all().map(|(word, own)| as_json(word, own)).collect()
}

fn page(word: &str, own: &Explanation) -> String {
    let indented = |line: &str| format!("  {line}").trim_end().to_owned();
    let mut lines = vec![format!("{word}: {}", own.label), String::new(), own.sentence.clone()];
    lines.extend([String::new(), "Formula".to_owned()]);
    lines.extend(own.formula.lines().map(indented));
    lines.extend([String::new(), "Source".to_owned()]);
    lines.extend(own.source.iter().map(|source| indented(source)));
    lines.extend([String::new(), "Elsewhere".to_owned()]);
    let elsewhere = [("R", &own.r), ("Stata", &own.stata), ("SAS", &own.sas)];
    lines.extend(elsewhere.map(|(program, text)| format!("  {program:<5}  {text}")));
    lines.push(String::new());
    lines.join("\n")
}

fn list(all: &Explanations) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(110);
    table.set_header(["method", "name"]);
    for (word, own) in all.all() {
        table.add_row([word, &own.label]);
    }
    format!("{table}\n")
}
