//! What is valid and improbable: whoever made the tables should look at it before any estimate.

use std::collections::BTreeMap;

use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::plan::parse::PlanDocument;
use crate::trial::arm::Arm;
use crate::trial::baseline::{BaselineColumn, BaselineValues};
use crate::trial::employment::Spell;
use crate::trial::participant::Participant;
use crate::trial::time::month_end_day;

/// Fewest replicates that give limits of two steady digits.
const FEW_REPLICATES: usize = 1_000;

/// Times the median above which a wage is worth a second look.
const EXTREME_WAGE: f64 = 10.0;

/// Interquartile ranges from the median beyond which a number is worth a second look.
const EXTREME_RANGES: f64 = 20.0;

/// Reports what the participants show.
pub(super) fn report_people(
    table: &TypedTable,
    people: &[Participant],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    report_exit_reasons(people, document, problems);
    report_national_numbers(table, problems);
    report_arms(table, people, document, problems);
    let plan = &document.plan;
    let horizon = plan.analysis.horizon_months;
    let is_due = |person: &Participant| {
        plan.trial.data_cutoff.days_since(person.randomisation_date) >= month_end_day(horizon)
    };
    if !people.is_empty() && !people.iter().any(is_due) {
        let place = document.place(&["analysis", "horizon_months"]);
        let message = format!("nobody was randomised {horizon} months before the data cut-off");
        let remedy =
            "what is read at the horizon does not exist; check data_cutoff and the horizon";
        problems.push(Diagnostic::new(Code::HorizonBeyondData, place, message, remedy));
    }
    if plan.bootstrap.replicates.fixed().is_some_and(|count| count < FEW_REPLICATES as u64) {
        let place = document.place(&["bootstrap", "replicates"]);
        let message =
            "fewer than 1,000 replicates: the limits of intervals change from seed to seed";
        let remedy = "ask for 10000, or for \"auto\"";
        problems.push(Diagnostic::new(Code::FewReplicates, place, message, remedy));
    }
}

/// Competing reasons that nobody has, and what is nearly spelt so.
fn report_exit_reasons(
    people: &[Participant],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for exit in people.iter().filter_map(|person| person.exit.as_ref()) {
        *met.entry(&exit.reason).or_default() += 1;
    }
    let competing = &document.plan.exits.competing;
    for reason in competing.iter().filter(|reason| !met.contains_key(reason.as_str())) {
        let others = met.keys().filter(|own| !competing.iter().any(|known| known == *own));
        let plain: Vec<(String, &str)> = others.map(|own| (plain_letters(own), *own)).collect();
        let letters: Vec<&str> = plain.iter().map(|(letters, _)| letters.as_str()).collect();
        let near = nearest(&plain_letters(reason), &letters);
        let near = near.and_then(|near| plain.iter().find(|(letters, _)| letters == near));
        let place = document.place_of_item(&["exits", "competing"], reason);
        let (message, value) = match near {
            Some((_, own)) => {
                let n = met[own];
                let people =
                    if n == 1 { "1 person has".to_owned() } else { format!("{n} people have") };
                (
                    format!(
                        "nobody left for `{reason}`, but {people} a reason that is spelt nearly so"
                    ),
                    Some(*own),
                )
            }
            None => (format!("nobody left for `{reason}`"), None),
        };
        let remedy = "where it is meant, map the table's word to it under [codes.participants.exit_reason]: other exits censor";
        let found = Diagnostic::new(Code::ExitReasonUnused, place, message, remedy);
        problems.push(match value {
            Some(value) => found.with_value(value),
            None => found,
        });
    }
}

/// A word without accents, capitals, and what joins its parts.
fn plain_letters(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    word.nfd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An identifier with the check digits of a national register number.
fn report_national_numbers(table: &TypedTable, problems: &mut Diagnostics) {
    let Some(texts) = table.texts("participant_id") else { return };
    let mut texts = texts.reader();
    let (mut long, mut fitting, mut first) = (0, 0, None);
    for row in 0..table.n_rows() {
        let Some(number) = texts.get(row).and_then(eleven_digits) else { continue };
        long += 1;
        if is_national(number) {
            fitting += 1;
            first = first.or(Some(row));
        }
    }
    // A number of eleven digits fits by chance once in some hundreds.
    let Some(row) = first.filter(|_| 2 * fitting > long) else { return };
    let message = format!(
        "{fitting} identifiers have the date and the check digits of national register numbers, first here"
    );
    let remedy = "replace them by the project's own codes in every table, and keep the list of both elsewhere";
    let place = table.place(row, "participant_id");
    problems.push(Diagnostic::new(Code::NationalNumber, place, message, remedy));
}

fn eleven_digits(id: &str) -> Option<u64> {
    let digits: String = id.chars().filter(|c| !matches!(c, '.' | '-' | ' ')).collect();
    let is_number = digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// YYMMDD, a number of the day, and 97 less the rest by 97 of the nine digits, with a 2 before them
/// for those born from 2000 on. Months are 20 or 40 more for those who are in no register.
fn is_national(number: u64) -> bool {
    let (nine, check) = (number / 100, number % 100);
    let (month, day) = (nine / 100_000 % 100, nine / 1000 % 100);
    let is_date = matches!(month, 0..=12 | 20..=32 | 40..=52) && day <= 31;
    let fits = |nine: u64| 97 - nine % 97 == check;
    is_date && (fits(nine) || fits(2_000_000_000 + nine))
}

fn report_arms(
    table: &TypedTable,
    people: &[Participant],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let labels = document.plan.trial.arms.by_arm();
    let of = |arm: Arm| people.iter().filter(move |person| person.arm == arm);
    for arm in Arm::BOTH {
        if !people.is_empty() && of(arm).count() == 0 {
            let place = Place::column(&table.file, "arm");
            let message = format!("nobody is in arm `{}`", labels.get(arm));
            let remedy = "check the labels under [trial.arms] and the table: there is no contrast of one arm";
            problems.push(Diagnostic::new(Code::ArmEmpty, place, message, remedy));
        }
    }
    let share = |arm: Arm| {
        let started = of(arm).filter(|person| person.programme_start.is_some()).count();
        started as f64 / of(arm).count().max(1) as f64
    };
    let (ips, control) = (share(Arm::Intervention), share(Arm::Control));
    if control > ips && control > 0.5 {
        let place = Place::column(&table.file, "programme_start_date");
        let message = format!(
            "more of arm `{}` began the programme than of arm `{}`",
            labels.get(Arm::Control),
            labels.get(Arm::Intervention)
        );
        let remedy = "are the labels under [trial.arms] exchanged?";
        problems.push(Diagnostic::new(Code::TakeUpInControl, place, message, remedy));
    }
}

/// Reports what the spells show.
pub(super) fn report_spells(
    table: &TypedTable,
    spells: &[Spell],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let definition = &document.plan.competitive_employment;
    if !table.has("end_date") && table.n_rows() > 0 {
        let place = Place::column(&table.file, "end_date");
        let message = "there is no column `end_date`: every spell is taken as still running";
        let remedy = "add it, or say under [columns.employment] what the file calls it";
        problems.push(Diagnostic::new(Code::SpellNoEnds, place, message, remedy));
    }
    let listed = || spells.iter().filter(|spell| definition.contracts.contains(&spell.contract));
    let without = listed().filter(|spell| spell.monthly_wage_eur.is_none()).count();
    if definition.min_monthly_wage_eur.is_some() && without > 0 {
        let place = document.place(&["competitive_employment", "min_monthly_wage_eur"]);
        let message = format!(
            "{without} of {} spells with a contract that counts have no wage, and do not count for that",
            listed().count()
        );
        let remedy = "complete the wages, or take `min_monthly_wage_eur` out";
        problems.push(Diagnostic::new(Code::SpellWageMissing, place, message, remedy));
    }
    let mut wages: Vec<f64> = spells
        .iter()
        .filter_map(|spell| spell.monthly_wage_eur)
        .filter(|wage| *wage > 0.0)
        .collect();
    wages.sort_by(f64::total_cmp);
    let Some(median) = wages.get(wages.len() / 2).copied() else { return };
    for spell in spells {
        if spell.monthly_wage_eur.is_some_and(|wage| wage > EXTREME_WAGE * median) {
            let place = table.place_in_line(spell.line, "monthly_wage_eur");
            let message = "more than ten times the median wage of the table";
            let remedy = "check whether this is a wage a year, or in cents";
            problems.push(Diagnostic::new(Code::SpellExtremeWage, place, message, remedy));
        }
    }
}

/// Reports numbers at randomisation that are far from all others. `rows` are those of the people.
pub(super) fn report_covariates(
    table: &TypedTable,
    (rows, columns): (&[usize], &[BaselineColumn]),
    problems: &mut Diagnostics,
) {
    for column in columns {
        let BaselineValues::Numbers(numbers) = &column.values else { continue };
        let mut sorted: Vec<f64> = numbers.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let quantile = |part: usize| sorted.get(sorted.len() * part / 4).copied();
        let (Some(low), Some(median), Some(high)) = (quantile(1), quantile(2), quantile(3)) else {
            continue;
        };
        let width = EXTREME_RANGES * (high - low);
        if width <= 0.0 {
            continue;
        }
        for (row, number) in rows.iter().zip(numbers) {
            if number.is_some_and(|number| (number - median).abs() > width) {
                let place = table.place(*row, &column.name);
                let message = "far from all other numbers of the column: more than 20 interquartile ranges from its median";
                let remedy = "correct it, or declare it under [missing] if it is a code";
                problems.push(Diagnostic::new(Code::CovariateExtreme, place, message, remedy));
            }
        }
    }
}

/// Reports a table that has a header and no rows.
pub(super) fn report_no_rows(table: &TypedTable, problems: &mut Diagnostics) {
    if table.n_rows() == 0 {
        let message = "the table has a header and no rows";
        let remedy = "nothing if there are none; else export it again";
        let place = Place::file(&table.file);
        problems.push(Diagnostic::new(Code::TableNoRows, place, message, remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::{is_national, plain_letters};

    #[test]
    fn national_numbers_are_known_by_date_and_check_digits() {
        // 1 January 1970, first of the day: 97 - 700101001 mod 97, and with a 2 before for 2000.
        let with_check = |nine: u64, born: u64| nine * 100 + 97 - (born + nine) % 97;
        assert!(is_national(with_check(700_101_001, 0)));
        assert!(is_national(with_check(50_712_345, 2_000_000_000)));
        assert!(!is_national(with_check(700_101_001, 0) + 1));
        assert!(!is_national(with_check(701_401_001, 0)), "there is no month 14");
    }

    #[test]
    fn spelling_is_compared_without_accents_and_joints() {
        assert_eq!(plain_letters("Décès"), "deces");
        assert_eq!(plain_letters("statutory-pension"), plain_letters("statutory_pension"));
    }
}
