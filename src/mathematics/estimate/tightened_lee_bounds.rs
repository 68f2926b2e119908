//! Lee's bounds, tightened by a category known at randomisation.

use super::lee_bounds::{
    BoundsInference, LeeError, Members, NoBoundsInference, Parts, Side, Trimming, check, infer,
};
use super::proportion::EmptyArm;
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::sum::sum;
use crate::trial::arm::{Arm, TwoArm};

/// A category of each participant, such as the region, from which bounds are tightened.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    /// The cell of each participant, from 0.
    pub codes: &'a [usize],
    /// Number of cells; a cell may have nobody.
    pub n_cells: usize,
}

/// In which arm the outcome is more often there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionDirection {
    /// Equally often in every cell.
    Equal,
    /// In this arm, in every cell in which the rates differ: as monotone selection has it.
    Same(Arm),
    /// In one arm in some cells, in the other in others. Either that is chance, or selection is
    /// monotone within cells only, which is all that the tightened bounds need.
    Differs {
        /// Cells in which it is more often there in the intervention arm.
        intervention: Vec<usize>,
        /// Cells in which it is more often there in the control arm.
        control: Vec<usize>,
    },
}

/// The bounds of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellBounds {
    /// The cell.
    pub cell: usize,
    /// Its share of the always-selected.
    pub weight: f64,
    /// Lower bound in the cell.
    pub lower: f64,
    /// Upper bound in the cell.
    pub upper: f64,
    /// Which arm is trimmed in the cell; none where nothing is.
    pub trimming: Option<Trimming>,
    /// Participants randomised.
    pub randomised: TwoArm<usize>,
    /// Participants with the outcome.
    pub selected: TwoArm<usize>,
}

/// Bounds averaged over cells.
#[derive(Clone, Debug, PartialEq)]
pub struct TightenedBounds {
    /// Lower bound, intervention − control, in the outcome's unit.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Standard errors and interval; a reason where there are none.
    pub inference: Result<BoundsInference, NoBoundsInference>,
    /// Whether selection goes the same way in all cells.
    pub direction: SelectionDirection,
    /// The cells that have the outcome in both arms.
    pub cells: Vec<CellBounds>,
    /// Cells with participants that have the outcome in no arm or one: as far as the data tell,
    /// nobody there is always-selected, and they have no weight.
    pub cells_without_weight: Vec<usize>,
}

/// Tightens [`lee_bounds`](super::lee_bounds::lee_bounds) by a category known at randomisation.
///
/// Bounds within cells, averaged with the cells' shares of the always-selected:
///
/// ```text
/// θ  = Σ_c w_c θ_c,     w_c = N_c s_uc / Σ N_c s_uc
/// ```
///
/// `N_c` are the cell's participants in both arms and `s_uc` the smaller of its selection rates. Lee
/// takes the share of the cell among those of arm u with the outcome, which is the same where the
/// arms are in the same proportion in all cells; `N_c` keeps it right where they are not. The
/// result is never wider than without cells in large samples; in small ones it can be.
///
/// The standard errors are by the delta method, with the cells' shares and rates estimated. With
/// `g_c` the derivative of `θ_c` in ln `s_uc` (q − μ, its sign changed if the control arm is trimmed), r
/// the relative variances (1 − s)/m of the two rates and `V_c` the variance at known rates:
///
/// ```text
/// Var θ = Σ_c w_c² (V_c + g_c² r_tc + (g_c + θ_c − θ)² r_uc + (θ_c − θ)² / N_c)
/// ```
///
/// The last term is the sampling of cells: participants are taken for a sample of a population in
/// which the cells have their shares. With one cell this is
/// [`lee_bounds`](super::lee_bounds::lee_bounds).
///
/// Which arm is trimmed is decided cell by cell; see [`SelectionDirection`].
///
/// # Errors
///
/// [`LeeError`]; [`NoBoundsInference`], inside the result, where only the standard errors are
/// missing: one cell is enough for that.
///
/// # References
///
/// - Lee DS (2009). *Review of Economic Studies* 76:1071–1102, proposition 1b.
/// - Tauchmann H (2014). *Stata Journal* 14:884–894.
/// - Agrees with a Python script, whose standard errors come from numerical derivatives; see
///   `tests/reference/python/lee_bounds.py`.
pub fn tightened_lee_bounds(
    arms: &[Arm],
    outcomes: &[Option<f64>],
    cells: Cells<'_>,
    level: ConfidenceLevel,
) -> Result<TightenedBounds, LeeError> {
    check(arms, outcomes, cells.codes.len())?;
    if let Some(position) = cells.codes.iter().position(|&cell| cell >= cells.n_cells) {
        let (cell, n_cells) = (cells.codes[position], cells.n_cells);
        return Err(LeeError::Cell { position, cell, n_cells });
    }
    if let Some(arm) = Arm::BOTH.into_iter().find(|arm| !arms.contains(arm)) {
        return Err(EmptyArm { arm }.into());
    }
    let mut used: Vec<(usize, Members, Parts)> = Vec::new();
    let mut cells_without_weight = Vec::new();
    for (cell, members) in members_by_cell(arms, outcomes, cells).into_iter().enumerate() {
        let selected = members.selected();
        let missing = Arm::BOTH.into_iter().find(|arm| *members.randomised.get(*arm) == 0);
        match missing {
            Some(arm) if selected.intervention + selected.control > 0 => {
                return Err(LeeError::CellWithOneArm { cell, arm });
            }
            None if selected.intervention > 0 && selected.control > 0 => {
                let parts = Parts::of(&members);
                used.push((cell, members, parts));
            }
            _ if members.n() > 0 => cells_without_weight.push(cell),
            _ => {}
        }
    }
    if used.is_empty() {
        return Err(LeeError::NoCellWithBoth);
    }
    Ok(average(&used, cells_without_weight, level))
}

fn members_by_cell(arms: &[Arm], outcomes: &[Option<f64>], cells: Cells<'_>) -> Vec<Members> {
    let mut members = vec![Members::default(); cells.n_cells];
    for ((arm, outcome), cell) in arms.iter().zip(outcomes).zip(cells.codes) {
        members[*cell].add(*arm, *outcome);
    }
    members.iter_mut().for_each(Members::sort);
    members
}

fn average(
    used: &[(usize, Members, Parts)],
    cells_without_weight: Vec<usize>,
    level: ConfidenceLevel,
) -> TightenedBounds {
    let selected =
        |(_, members, parts): &(usize, Members, Parts)| members.n() as f64 * parts.rates.kept;
    let total = sum(used.iter().map(selected));
    let weights: Vec<f64> = used.iter().map(|cell| selected(cell) / total).collect();
    let bound = |side: fn(&Parts) -> &Side| {
        sum(used.iter().zip(&weights).map(|((.., parts), w)| w * side(parts).bound))
    };
    let (lower, upper) = (bound(|parts| &parts.lower), bound(|parts| &parts.upper));
    let variance = |side: fn(&Parts) -> &Side, average: f64| {
        let mut terms = Vec::with_capacity(used.len());
        for ((_, members, parts), w) in used.iter().zip(&weights) {
            let (own, rates) = (side(parts), &parts.rates);
            let off = own.bound - average;
            let pulled = own.pull + off;
            let of_rates = own.pull * own.pull * rates.trimmed_variance
                + pulled * pulled * rates.kept_variance;
            terms.push(w * w * (own.within? + of_rates + off * off / members.n() as f64));
        }
        Ok::<f64, NoBoundsInference>(sum(terms))
    };
    let range = used.iter().fold(0.0_f64, |most, (_, members, _)| most.max(members.range()));
    let inference = variance(|parts| &parts.lower, lower).and_then(|of_lower| {
        let variances = (of_lower, variance(|parts| &parts.upper, upper)?);
        infer((lower, upper), variances, range, level)
    });
    let cells = used.iter().zip(&weights).map(|((cell, members, parts), weight)| CellBounds {
        cell: *cell,
        weight: *weight,
        lower: parts.lower.bound,
        upper: parts.upper.bound,
        trimming: parts.trimming,
        randomised: members.randomised,
        selected: members.selected(),
    });
    let cells: Vec<CellBounds> = cells.collect();
    let direction = direction(&cells);
    TightenedBounds { lower, upper, inference, direction, cells, cells_without_weight }
}

fn direction(cells: &[CellBounds]) -> SelectionDirection {
    let trimmed = |arm: Arm| {
        let is_it = move |cell: &&CellBounds| cell.trimming.is_some_and(|trim| trim.arm == arm);
        cells.iter().filter(is_it).map(|cell| cell.cell).collect::<Vec<usize>>()
    };
    let TwoArm { intervention, control } = TwoArm::from_fn(trimmed);
    match (intervention.is_empty(), control.is_empty()) {
        (true, true) => SelectionDirection::Equal,
        (false, true) => SelectionDirection::Same(Arm::Intervention),
        (true, false) => SelectionDirection::Same(Arm::Control),
        (false, false) => SelectionDirection::Differs { intervention, control },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).unwrap()
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let cells = |codes: &[usize], outcomes: &[Option<f64>]| {
            let cells = Cells { codes, n_cells: 2 };
            tightened_lee_bounds(&[I, C, C], outcomes, cells, level()).unwrap_err()
        };
        let y = [Some(1.0), Some(2.0), Some(3.0)];
        let out = LeeError::Cell { position: 2, cell: 2, n_cells: 2 };
        assert_eq!(cells(&[0, 0, 2], &y), out);
        assert_eq!(cells(&[0, 0, 1], &y), LeeError::CellWithOneArm { cell: 1, arm: I });
        assert_eq!(cells(&[0, 1, 1], &[None; 3]), LeeError::NoCellWithBoth);
    }

    #[test]
    fn opposite_directions_are_reported() {
        let y =
            [Some(1.0), Some(2.0), Some(0.0), None, Some(1.0), None, Some(0.0), Some(5.0), None];
        let arms = [I, I, C, C, I, I, C, C, I];
        let cells = Cells { codes: &[0, 0, 0, 0, 3, 3, 3, 3, 1], n_cells: 5 };
        let got = tightened_lee_bounds(&arms, &y, cells, level()).unwrap();
        let differs = SelectionDirection::Differs { intervention: vec![0], control: vec![3] };
        assert_eq!((got.direction, got.cells_without_weight), (differs, vec![1]));
        assert_eq!(got.cells.iter().map(|cell| cell.cell).collect::<Vec<_>>(), [0, 3]);
    }
}
