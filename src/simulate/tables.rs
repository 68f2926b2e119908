//! The tables as CSV text, with the columns that the data dictionary names.

use super::design::{Design, after};
use super::person::Person;
use crate::trial::arm::Arm;

const PARTICIPANTS: [&str; 17] = [
    "participant_id",
    "arm",
    "region",
    "randomisation_date",
    "exit_date",
    "exit_reason",
    "stratum",
    "site",
    "coach_id",
    "referral_date",
    "programme_start_date",
    "language",
    "age",
    "sex",
    "months_incapacity",
    "education",
    "diagnosis_group",
];
const EMPLOYMENT: [&str; 9] = [
    "participant_id",
    "start_date",
    "end_date",
    "contract",
    "hours_per_week",
    "monthly_wage_eur",
    "employer_id",
    "authorised_art100",
    "source",
];
const ALLOCATION: [&str; 6] =
    ["participant_id", "stratum", "sequence", "block", "arm", "allocated_on"];

const BENEFITS: [&str; 5] =
    ["participant_id", "month", "benefit_eur", "full_benefit_eur", "reference_hours"];

const WAVES: [&str; 19] = [
    "participant_id",
    "wave",
    "response_date",
    "language",
    "mode",
    "working_now",
    "any_job_since_last",
    "who5_1",
    "who5_2",
    "who5_3",
    "who5_4",
    "who5_5",
    "participation_1",
    "participation_2",
    "participation_3",
    "participation_4",
    "participation_5",
    "participation_6",
    "job_satisfaction",
];
const CORRECTIONS: [&str; 9] = [
    "table",
    "participant_id",
    "where",
    "action",
    "column",
    "was",
    "value",
    "reason",
    "decided_by",
];

/// The participants table.
pub(super) fn participants(design: &Design, people: &[Person]) -> String {
    let width = id_width(people);
    csv_text(
        PARTICIPANTS,
        people.iter().map(|person| {
            let on = |day: i32| after(person.entry, day).to_string();
            let region = &design.regions[person.place.region].name;
            let baseline = &person.baseline;
            let programme = baseline.programme.as_ref();
            [
                id(person, width),
                arm_label(person.place.arm).to_owned(),
                region.clone(),
                person.entry.to_string(),
                or_empty(person.course.exit.map(|(day, _)| on(day))),
                or_empty(person.course.exit.map(|(_, reason)| reason.code().to_owned())),
                region.clone(),
                baseline.site.clone(),
                or_empty(programme.map(|programme| programme.coach.clone())),
                on(baseline.referral),
                or_empty(programme.map(|programme| on(programme.start))),
                baseline.language.to_owned(),
                baseline.age.to_string(),
                baseline.sex.to_owned(),
                baseline.months_incapacity.to_string(),
                or_empty(baseline.education.map(str::to_owned)),
                baseline.diagnosis_group.to_owned(),
            ]
        }),
    )
}

/// The employment table.
pub(super) fn employment(people: &[Person]) -> String {
    let width = id_width(people);
    let rows = people.iter().flat_map(|person| {
        person.jobs.iter().map(move |job| {
            let on = |day: i32| after(person.entry, day).to_string();
            [
                id(person, width),
                on(job.start),
                or_empty(job.end.map(on)),
                job.contract.code().to_owned(),
                job.hours_per_week.to_string(),
                or_empty(job.monthly_wage_eur.map(|wage| format!("{wage:.2}"))),
                or_empty(job.employer.map(|number| format!("E{number:03}"))),
                or_empty(job.authorised.map(str::to_owned)),
                job.source.to_owned(),
            ]
        })
    });
    csv_text(EMPLOYMENT, rows)
}

/// The allocation table.
pub(super) fn allocation(design: &Design, people: &[Person]) -> String {
    let width = id_width(people);
    let rows = people.iter().map(|person| {
        [
            id(person, width),
            design.regions[person.place.region].name.clone(),
            person.place.sequence.to_string(),
            person.place.block.to_string(),
            arm_label(person.place.arm).to_owned(),
            person.entry.to_string(),
        ]
    });
    csv_text(ALLOCATION, rows)
}

/// The benefits table.
pub(super) fn benefits(people: &[Person]) -> String {
    let width = id_width(people);
    let rows = people.iter().flat_map(|person| {
        person.benefits.iter().map(move |benefit| {
            let month = benefit.month;
            [
                id(person, width),
                format!("{:04}-{:02}", month.year(), month.month()),
                format!("{:.2}", benefit.paid_eur),
                format!("{:.2}", benefit.full_eur),
                benefit.reference_hours.to_string(),
            ]
        })
    });
    csv_text(BENEFITS, rows)
}

/// The waves table, with second attempts and rows that are there twice.
pub(super) fn waves(people: &[Person]) -> String {
    let width = id_width(people);
    let rows = people.iter().flat_map(|person| {
        person.questionnaires.iter().flat_map(move |own| {
            let row = |day: i32| -> [String; 19] {
                let fixed = [
                    id(person, width),
                    own.wave.to_string(),
                    after(person.entry, day).to_string(),
                    own.language.to_owned(),
                    own.mode.to_owned(),
                    own.working_now.to_owned(),
                    own.any_job.to_owned(),
                ];
                let items = own.well_being.iter().chain(&own.participation).cloned();
                let mut cells = fixed.into_iter().chain(items).chain([own.satisfaction.clone()]);
                std::array::from_fn(|_| cells.next().unwrap_or_default())
            };
            let second = own.second_attempt.map(|days| row(own.day + days));
            let rows: Vec<[String; 19]> =
                (0..own.copies).map(|_| row(own.day)).chain(second).collect();
            rows
        })
    });
    csv_text(WAVES, rows)
}

/// The corrections: second attempts are left out.
pub(super) fn corrections(people: &[Person]) -> String {
    let width = id_width(people);
    let rows = people.iter().flat_map(|person| {
        person.questionnaires.iter().filter_map(move |own| {
            let day = own.day + own.second_attempt?;
            let second = after(person.entry, day);
            Some([
                "waves".to_owned(),
                id(person, width),
                format!("wave={}; response_date={second}", own.wave),
                "drop".to_owned(),
                String::new(),
                String::new(),
                String::new(),
                "second attempt at the same questionnaire; the first was complete".to_owned(),
                "data manager".to_owned(),
            ])
        })
    });
    csv_text(CORRECTIONS, rows)
}

fn arm_label(arm: Arm) -> &'static str {
    match arm {
        Arm::Intervention => "IPS",
        Arm::Control => "TAU",
    }
}

fn id(person: &Person, width: usize) -> String {
    format!("P{:0width$}", person.place.number)
}

/// Digits of an identifier: four, or as many as the last one needs.
fn id_width(people: &[Person]) -> usize {
    people.len().to_string().len().max(4)
}

fn or_empty(cell: Option<String>) -> String {
    cell.unwrap_or_default()
}

fn csv_text<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory takes every record");
    for row in rows {
        writer.write_record(&row).expect("memory takes every record of the header's length");
    }
    let bytes = writer.into_inner().expect("memory needs no flushing");
    String::from_utf8(bytes).expect("the cells are UTF-8")
}
