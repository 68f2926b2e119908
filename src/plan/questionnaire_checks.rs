//! What the parts of a plan on questionnaires ask of each other.

use super::document::PlanDocument;
use super::instrument::types::AskedOf;
use super::questionnaires::{Instruments, Waves};
use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};

/// Every contradiction among waves, instruments, outcomes, indices and job quality.
pub(super) fn check_questionnaires(document: &PlanDocument) -> Diagnostics {
    let mut problems = Diagnostics::new();
    check_waves(document, &mut problems);
    check_outcomes(document, &mut problems);
    check_indices(document, &mut problems);
    problems
}

fn report(
    problems: &mut Diagnostics,
    place: Place,
    message: String,
    remedy: impl Into<Cow<'static, str>>,
) {
    problems.push(Diagnostic::new(Code::PlanInconsistent, place, message, remedy));
}

fn check_waves(document: &PlanDocument, problems: &mut Diagnostics) {
    let plan = &document.plan;
    let needs_waves = [
        ("instruments", plan.instruments != Instruments::default()),
        ("outcomes", !plan.outcomes.is_empty()),
        ("indices", !plan.indices.is_empty()),
        ("waves", plan.waves != Waves::default()),
    ];
    for (name, is_given) in needs_waves {
        if is_given && plan.data.waves.is_none() {
            let message = format!("`{name}` is given, but [data] names no waves");
            let remedy = "add the waves table to [data], or take this out";
            report(problems, document.place(&[name]), message, remedy);
        }
    }
    if !plan.waves.months.windows(2).all(|pair| pair[0] < pair[1]) {
        let message = "`months` is not in increasing order".to_owned();
        let remedy = "sort it, and list each month once";
        report(problems, document.place(&["waves", "months"]), message, remedy);
    }
    for (at, scale) in plan.scales.iter().enumerate() {
        if plan.scales[..at].iter().any(|other| other.id == scale.id) {
            let message = format!("two instruments are called `{}`", scale.id);
            let remedy = "use one of them, or give yours another id";
            report(problems, document.place(&["instruments"]), message, remedy);
        }
    }
}

fn check_outcomes(document: &PlanDocument, problems: &mut Diagnostics) {
    let plan = &document.plan;
    let scores: Vec<&str> = plan.scales.iter().map(|scale| scale.id.as_str()).collect();
    for (at, outcome) in plan.outcomes.iter().enumerate() {
        let id = &outcome.id;
        let mut wrong = |message: String, remedy: Cow<'static, str>| {
            report(problems, document.place_of_table("outcomes", at), message, remedy);
        };
        if plan.outcomes[..at].iter().any(|other| other.id == *id) {
            wrong(format!("two outcomes are called `{id}`"), "give each a name of its own".into());
        }
        match (&outcome.score, &outcome.item) {
            (Some(score), None) if !scores.contains(&score.as_str()) => {
                let remedy = match nearest(score, &scores) {
                    Some(near) => format!("did you mean `{near}`?").into(),
                    None => "name it under [instruments]".into(),
                };
                wrong(format!("`{id}`: `{score}` is no instrument of the plan"), remedy);
            }
            (Some(_), None) if outcome.direction.is_some() || outcome.asked_of.is_some() => {
                let message = format!("`{id}`: the instrument says so itself");
                wrong(message, "take `direction` and `asked_of` out".into());
            }
            (None, Some(_)) if outcome.direction.is_none() => {
                let remedy = "say direction = \"higher_is_better\" or \"lower_is_better\"";
                wrong(format!("`{id}`: what a higher answer means is not said"), remedy.into());
            }
            (Some(_), Some(_)) | (None, None) => {
                let message = format!("`{id}` is to be either a score or an item");
                wrong(message, "give one of `score` and `item`".into());
            }
            _ => {}
        }
        if let Some(month) = outcome.months.iter().find(|own| !plan.wave_months().contains(own)) {
            let message = format!("`{id}`: month {month} is no target month of a wave");
            wrong(message, "add it to `months` under [waves], or take it out".into());
        }
    }
}

fn check_indices(document: &PlanDocument, problems: &mut Diagnostics) {
    let plan = &document.plan;
    let outcomes = plan.questionnaire_outcomes();
    for (at, index) in plan.indices.iter().enumerate() {
        let id = &index.id;
        let mut wrong = |message: String, remedy: &'static str| {
            report(problems, document.place_of_table("indices", at), message, remedy);
        };
        if plan.indices[..at].iter().any(|other| other.id == *id) {
            wrong(format!("two indices are called `{id}`"), "give each a name of its own");
        }
        for (place, member) in index.members.iter().enumerate() {
            if index.members[..place].contains(member) {
                wrong(format!("`{id}` lists `{member}` twice"), "list each outcome once");
            }
            match outcomes.iter().find(|outcome| outcome.id == *member) {
                None => {
                    let message = format!("`{id}` names `{member}`, which is no outcome");
                    wrong(message, "declare it under [[outcomes]], or correct the name");
                }
                Some(outcome) if outcome.asked_of == AskedOf::Employed => {
                    let message = format!("`{id}` names `{member}`, which only the employed have");
                    wrong(message, "take it out: an index is of everyone randomised");
                }
                Some(_) => {}
            }
        }
    }
}
