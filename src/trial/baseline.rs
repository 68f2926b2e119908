//! What the participants table says of people at randomisation, beside what every trial has.

/// A column of the participants table that the plan names.
#[derive(Clone, Debug, PartialEq)]
pub struct BaselineColumn {
    /// Its name.
    pub name: String,
    /// A value for each participant, in the order of
    /// [`participants`](super::dataset::TrialData::participants).
    pub values: BaselineValues,
}

/// The values of a column; none where the cell is empty or a missing code.
#[derive(Clone, Debug, PartialEq)]
pub enum BaselineValues {
    /// Every value of the column is a number.
    Numbers(Vec<Option<f64>>),
    /// Some value is not.
    Texts(Vec<Option<String>>),
}
