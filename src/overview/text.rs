//! The overview as lines on a screen.

use std::fmt::Write as _;

use super::{Answers, Covariate, ExitReason, Group, Overview, SpellKind};
use crate::derive::employment::Uncounted;

/// The overview for a reader.
pub fn as_text(overview: &Overview) -> String {
    let mut text = String::new();
    people(&mut text, overview);
    exits(&mut text, &overview.exits);
    spells(&mut text, &overview.spells);
    take_up(&mut text, overview);
    if let Some(benefits) = &overview.benefits {
        let none = || "none".to_owned();
        let (first, last) = (&benefits.first, &benefits.last);
        let month =
            |day: &Option<String>| day.as_ref().map_or_else(none, |day| day[..7].to_owned());
        let (months, people) = (benefits.months, benefits.people);
        let (first, last) = (month(first), month(last));
        line(
            &mut text,
            &format!("benefits: {months} months of {people} people, {first} to {last}"),
        );
    }
    answers(&mut text, &overview.answers);
    covariates(&mut text, &overview.covariates);
    if overview.corrections > 0 {
        line(&mut text, &format!("corrections made: {}", overview.corrections));
    }
    columns(&mut text, overview);
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn people(text: &mut String, overview: &Overview) {
    let cutoff = &overview.data_cutoff;
    let horizon = overview.horizon_months;
    line(text, &format!("people (due and observed at month {horizon}; data to {cutoff}):"));
    for group in &overview.people {
        let Group { region, arm, randomised, due, observed, .. } = group;
        let mut own = format!("  {region:<20} {arm:<12} {randomised:>6} randomised");
        if let (Some(from), Some(to)) = (&group.randomised_from, &group.randomised_to) {
            let _infallible = write!(own, " {from} to {to}");
        }
        if let (Some(least), Some(median), Some(most)) =
            (group.follow_up_days_least, group.follow_up_days_median, group.follow_up_days_most)
        {
            let _infallible = write!(own, ", followed {least} to {most} days (median {median})");
        }
        let _infallible = write!(own, ", {due} due, {observed} observed");
        line(text, &own);
    }
}

fn exits(text: &mut String, exits: &[ExitReason]) {
    if exits.is_empty() {
        line(text, "exits: none");
        return;
    }
    line(text, "exits:");
    for ExitReason { reason, people, taken_as } in exits {
        line(text, &format!("  {reason:<33} {people:>6} {taken_as}"));
    }
}

/// Why a spell does not count, in words.
fn reason(reason: Uncounted) -> &'static str {
    match reason {
        Uncounted::AfterFollowUp => "after the end of follow-up",
        Uncounted::Contract => "for their contract",
        Uncounted::Hours => "for their hours",
        Uncounted::Days => "for their days",
        Uncounted::WageMissing => "without a wage",
        Uncounted::Wage => "for their wage",
    }
}

fn spells(text: &mut String, spells: &[SpellKind]) {
    line(text, "spells that count as competitive employment:");
    for SpellKind { contract, source, spells, counted, not_counted } in spells {
        let source = if source.is_empty() { "(no source)" } else { source };
        let mut own = format!("  {contract:<20} {source:<12} {counted:>6} of {spells}");
        let reasons: Vec<String> =
            not_counted.iter().map(|(why, n)| format!("{n} {}", reason(*why))).collect();
        if !reasons.is_empty() {
            let _infallible = write!(own, "; not {}", reasons.join(", "));
        }
        line(text, &own);
    }
}

fn take_up(text: &mut String, overview: &Overview) {
    let own: Vec<String> = overview
        .take_up
        .iter()
        .map(|own| format!("{} {} of {}", own.arm, own.started, own.randomised))
        .collect();
    line(text, &format!("programme begun: {}", own.join(", ")));
}

fn answers(text: &mut String, answers: &[Answers]) {
    if answers.is_empty() {
        return;
    }
    line(text, "answers by wave:");
    for Answers { month, arm, answered, unanswered, left, not_due } in answers {
        let month = format!("month {month}");
        line(
            text,
            &format!(
                "  {month:<20} {arm:<12} {answered:>6} answered, {unanswered} not, {left} left, {not_due} not due"
            ),
        );
    }
}

fn covariates(text: &mut String, covariates: &[Covariate]) {
    if covariates.is_empty() {
        return;
    }
    line(text, "columns at randomisation that the plan names:");
    for Covariate { name, kind, missing, least, most, levels } in covariates {
        let mut own = format!("  {name:<20} {kind:<12} {missing:>6} missing");
        if let (Some(least), Some(most)) = (least, most) {
            let _infallible = write!(own, ", {least} to {most}");
        }
        if let Some(levels) = levels {
            let _infallible = write!(own, ", {levels} levels");
        }
        line(text, &own);
    }
}

fn columns(text: &mut String, overview: &Overview) {
    for table in &overview.tables {
        let of = |wanted: &str| {
            let own = table.columns.iter().filter(|column| column.role.as_str() == wanted);
            own.map(|column| match &column.in_file {
                Some(name) => format!("{} (`{name}`)", column.name),
                None => column.name.clone(),
            })
            .collect::<Vec<String>>()
        };
        line(text, &format!("columns of {}: {}", table.file, of("used").join(", ")));
        for (role, what) in [("kept", "kept and not used"), ("unreadable", "not readable")] {
            let own = of(role);
            if !own.is_empty() {
                line(text, &format!("  {what}: {}", own.join(", ")));
            }
        }
    }
}
