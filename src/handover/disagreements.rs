//! Where questionnaire and employment table disagree on work, for data managers.

use crate::derive::agreement::Comparison;
use crate::trial::dataset::TrialData;

/// One line a disagreement, as CSV: who (the project's key, no name), which wave and line, what
/// each of the two says, and how many days away the table says the same.
///
/// # Errors
///
/// What the CSV writer says; memory takes every record.
pub fn disagreements_csv(
    data: &TrialData,
    comparisons: &[Comparison],
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "participant_id",
        "month",
        "response_date",
        "waves_line",
        "questionnaire_says",
        "employment_table_says",
        "days_to_agreement",
    ])?;
    let word = |works| if works { "working" } else { "not working" };
    let differ = comparisons.iter().filter(|own| own.in_register != own.in_questionnaire);
    for own in differ {
        let answer = &data.questionnaires.answers[own.answer];
        let days = own.days_to_agreement.map_or(String::new(), |days| days.to_string());
        writer.write_record([
            data.participants[own.participant].id.as_str(),
            &own.month.to_string(),
            &answer.date.to_string(),
            &answer.line.to_string(),
            word(own.in_questionnaire),
            word(own.in_register),
            &days,
        ])?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
