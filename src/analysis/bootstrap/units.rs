//! Who is drawn: people, or clusters of them, within arm and stratum.

use super::super::adjusted::Adjusted;
use crate::plan::resampling::DrawKind;
use crate::resample::case_weights::{Pooled, ResamplingStrata, StrataError};
use crate::trial::arm::Arm;

/// Fewer clusters than these say too little of how clusters differ to be drawn.
const FEWEST_CLUSTERS: usize = 20;

/// A group of n units has a bootstrap variance that is short by (n − 1)/n: below this many it is
/// drawn together with others.
const FEWEST_IN_A_GROUP: usize = 20;

/// What is drawn, and what to say of it.
pub(super) struct Units {
    pub(super) strata: ResamplingStrata,
    pub(super) note: String,
    /// Whether everyone is drawn equally often over all replicates.
    pub(super) is_balanced: bool,
}

impl Units {
    /// The plan's clusters where there are enough of them, else people; small groups pooled.
    pub(super) fn new(adjusted: Adjusted<'_>) -> Result<Self, StrataError> {
        let cohort = adjusted.cohort;
        let n_strata = cohort.strata.len();
        let members = || cohort.outcomes.iter().zip(&cohort.strata.codes);
        let number = |arm: Arm, stratum: usize| match arm {
            Arm::Intervention => stratum,
            Arm::Control => n_strata + stratum,
        };
        let as_label = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let cells: Vec<u32> =
            members().map(|(p, &stratum)| as_label(number(p.arm, stratum))).collect();
        let arms: Vec<u32> = members().map(|(p, _)| as_label(number(p.arm, 0))).collect();
        let mut notes = Vec::new();
        let (strata, units) = match clusters(adjusted) {
            Some((codes, n_named)) if n_named >= FEWEST_CLUSTERS => {
                notes.push(format!("whole clusters are drawn, {n_named} of them named"));
                (ResamplingStrata::clustered(&cells, &codes)?, "units")
            }
            Some((_, n_named)) => {
                notes.push(format!(
                    "people are drawn, since {n_named} clusters are too few to draw from"
                ));
                (ResamplingStrata::new(&cells)?, "people")
            }
            None => (ResamplingStrata::new(&cells)?, "people"),
        };
        let name = |cell: u32| {
            let cell = cell as usize;
            let (arm, stratum) =
                if cell < n_strata { ("ips", cell) } else { ("control", cell - n_strata) };
            format!("{arm} in {}", cohort.strata.names[stratum])
        };
        let Pooled { strata, pooled, still_small } = strata.pool_small(&arms, FEWEST_IN_A_GROUP);
        let names = |cells: &Vec<u32>| {
            cells.iter().map(|&cell| name(cell)).collect::<Vec<_>>().join(" and ")
        };
        for cells in &pooled {
            notes.push(format!(
                "drawn together, some having fewer than {FEWEST_IN_A_GROUP} {units}: {}",
                names(cells)
            ));
        }
        for cells in &still_small {
            notes.push(format!(
                "fewer than {FEWEST_IN_A_GROUP} {units}, so that the interval is too narrow: {}",
                names(cells)
            ));
        }
        let is_balanced = adjusted.setting.plan.bootstrap.draws == DrawKind::Balanced;
        Ok(Self { strata, note: notes.join("; "), is_balanced })
    }
}

/// The cluster of everyone, one without being a cluster of their own, and how many have a name.
fn clusters(adjusted: Adjusted<'_>) -> Option<(Vec<usize>, usize)> {
    let all = adjusted.adjustment.clusters.as_ref()?;
    let n_names = all.iter().flatten().max().map_or(0, |last| last + 1);
    let codes = all.iter().enumerate().map(|(at, code)| code.unwrap_or(n_names + at)).collect();
    Some((codes, n_names))
}
