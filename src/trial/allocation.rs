//! A line of the randomisation list.

/// Where a participant stands in the list by which the arms were allocated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllocationLine {
    /// Stratum of the list.
    pub stratum: String,
    /// Block of the stratum, where the plan names the column that tells.
    pub block: Option<String>,
}
