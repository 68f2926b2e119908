//! p-values adjusted for how many there are.
//!
//! Numbers only: which hypotheses make a family, and what to do with one that has no p-value, is
//! the caller's. One that has none is left out, so that the family is those that have one.

use thiserror::Error;

use super::column::Failures;
use super::replicates::Replicates;
use super::studentised::{EstimateColumns, t_of};
use crate::numeric::failure::Failure;

/// Draws this close below an observed statistic, relative to it, reach it: sums over other
/// weights round differently.
const EQUAL_SHARE: f64 = 1e-12;

/// Why p-values cannot be adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MultiplicityError {
    /// A p-value below 0, above 1 or missing.
    #[error("p-value {position} is not between 0 and 1")]
    NotAProbability {
        /// The first such one, from 0.
        position: usize,
    },
    /// An observed statistic is infinite or not a number.
    #[error("the statistic of member {member} is not a finite number")]
    NotFinite {
        /// The first such member, from 0.
        member: usize,
    },
    /// There are no members, or no draw in which all of them exist.
    #[error("there is no draw in which every member exists")]
    NoDraws,
}

/// Holm's adjusted p-values: the family-wise error rate, under any dependence.
///
/// With p₍₁₎ ≤ … ≤ p₍ₘ₎: max over j ≤ i of (m − j + 1) p₍ⱼ₎, at most 1. As R's
/// `p.adjust(p, "holm")`.
///
/// # Errors
///
/// [`MultiplicityError::NotAProbability`].
///
/// # References
///
/// Holm S (1979). *Scandinavian Journal of Statistics* 6:65–70. Agrees with R to 1e-15:
/// `tests/reference/r/resample_units_r.R`.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, MultiplicityError> {
    let order = increasing(p)?;
    let scaled = |(at, &i): (usize, &usize)| (p.len() - at) as f64 * p[i];
    let mut largest = 0.0_f64;
    let mut adjusted = vec![0.0; p.len()];
    for (place, value) in order.iter().zip(order.iter().enumerate().map(scaled)) {
        largest = largest.max(value);
        adjusted[*place] = largest.min(1.0);
    }
    Ok(adjusted)
}

/// Hochberg's adjusted p-values: the family-wise error rate, for independent or positively
/// dependent tests.
///
/// Min over j ≥ i of (m − j + 1) p₍ⱼ₎, at most 1. As R's `p.adjust(p, "hochberg")`.
///
/// # Errors
///
/// [`MultiplicityError::NotAProbability`].
///
/// # References
///
/// Hochberg Y (1988). *Biometrika* 75:800–802, doi:10.1093/biomet/75.4.800. Agrees with R to
/// 1e-15: `tests/reference/r/resample_units_r.R`.
pub fn hochberg(p: &[f64]) -> Result<Vec<f64>, MultiplicityError> {
    step_up(p, |rank| (p.len() - rank + 1) as f64)
}

/// Benjamini and Hochberg's adjusted p-values: the false discovery rate, for independent or
/// positively dependent tests.
///
/// Min over j ≥ i of (m / j) p₍ⱼ₎, at most 1. As R's `p.adjust(p, "BH")`.
///
/// # Errors
///
/// [`MultiplicityError::NotAProbability`].
///
/// # References
///
/// Benjamini Y, Hochberg Y (1995). *Journal of the Royal Statistical Society B* 57:289–300,
/// doi:10.1111/j.2517-6161.1995.tb02031.x. Agrees with R to 1e-15:
/// `tests/reference/r/resample_units_r.R`.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, MultiplicityError> {
    step_up(p, |rank| p.len() as f64 / rank as f64)
}

/// Min over j ≥ i of `factor(j)` p₍ⱼ₎, j counted from 1.
fn step_up(p: &[f64], factor: impl Fn(usize) -> f64) -> Result<Vec<f64>, MultiplicityError> {
    let order = increasing(p)?;
    let mut smallest = 1.0_f64;
    let mut adjusted = vec![0.0; p.len()];
    for (at, &place) in order.iter().enumerate().rev() {
        smallest = smallest.min(factor(at + 1) * p[place]);
        adjusted[place] = smallest;
    }
    Ok(adjusted)
}

fn increasing(p: &[f64]) -> Result<Vec<usize>, MultiplicityError> {
    if let Some(position) = p.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(MultiplicityError::NotAProbability { position });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    Ok(order)
}

/// A member of a family: its estimate, and where its replicates are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// θ̂ from the data themselves.
    pub estimate: f64,
    /// The statistics θ* and se* among the replicates.
    pub columns: EstimateColumns,
}

/// Draws of |t*| of all members of a family under their null hypotheses, and what was observed.
///
/// Draws in which any member does not exist are left out, so that all members share the draws.
#[derive(Clone, Debug)]
pub struct NullDraws {
    observed: Vec<f64>,
    /// |t*| draw by draw, members side by side.
    draws: Vec<f64>,
    left_out: Failures,
}

impl NullDraws {
    /// `observed` are the members' statistics t, `columns` their draws t* under the null
    /// hypothesis, one after the other; signs are dropped. NaN, infinite: does not exist.
    ///
    /// # Errors
    ///
    /// [`MultiplicityError::NotFinite`], [`MultiplicityError::NoDraws`].
    ///
    /// # Panics
    ///
    /// If there is not one column a member, all of one length.
    pub fn new(observed: &[f64], columns: &[Vec<f64>]) -> Result<Self, MultiplicityError> {
        assert_eq!(observed.len(), columns.len(), "one column a member");
        if let Some(member) = observed.iter().position(|t| !t.is_finite()) {
            return Err(MultiplicityError::NotFinite { member });
        }
        let rows = columns.first().map_or(0, Vec::len);
        assert!(columns.iter().all(|column| column.len() == rows), "columns of one length");
        let mut left_out = Failures::default();
        let mut draws = Vec::with_capacity(rows * columns.len());
        for row in 0..rows {
            match columns.iter().find_map(|column| Failure::of(column[row])) {
                Some(failure) => left_out.add(failure),
                None => draws.extend(columns.iter().map(|column| column[row].abs())),
            }
        }
        if draws.is_empty() {
            return Err(MultiplicityError::NoDraws);
        }
        let observed: Vec<f64> = observed.iter().map(|t| t.abs()).collect();
        Ok(Self { observed, draws, left_out })
    }

    /// Draws t* = (θ* − θ̂) / se* of replicates: recentred at the estimate, they are under the
    /// null hypothesis. `observed` are the members' t = (θ̂ − θ₀) / se.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    ///
    /// # Panics
    ///
    /// If there is not one statistic observed a member, or no such column.
    pub fn of_replicates(
        replicates: &Replicates,
        observed: &[f64],
        members: &[Member],
    ) -> Result<Self, MultiplicityError> {
        let column = |member: &Member| {
            let values = replicates.raw(member.columns.value);
            let pairs = values.zip(replicates.raw(member.columns.std_error));
            pairs.map(|(value, std_error)| t_of(value, std_error, member.estimate)).collect()
        };
        Self::new(observed, &members.iter().map(column).collect::<Vec<Vec<f64>>>())
    }

    /// The number of draws B in which every member exists.
    pub fn n_draws(&self) -> usize {
        self.draws.len() / self.observed.len()
    }

    /// The draws that were left out, each by the reason of its first member without value.
    pub fn left_out(&self) -> Failures {
        self.left_out
    }

    /// One member's p-value on its own: (c + 1) / (B + 1), c the number of draws with
    /// |t*| ≥ |t|.
    pub fn unadjusted(&self) -> Vec<f64> {
        let count = |member: usize| {
            let reached = reached_by(self.observed[member]);
            self.rows().filter(|row| reached(row[member])).count()
        };
        (0..self.observed.len()).map(|member| self.share(count(member))).collect()
    }

    /// Romano and Wolf's step-down p-values, which are also Westfall and Young's of the largest
    /// statistic (maxT): the family-wise error rate under the dependence that the draws show.
    ///
    /// Members are taken by decreasing |t|. The p-value of the j-th is (c + 1) / (B + 1), c the
    /// number of draws in which the largest |t*| of it and all later members is at least |t₍ⱼ₎|;
    /// none is smaller than that of the member before.
    ///
    /// # References
    ///
    /// - Romano JP, Wolf M (2005). *Econometrica* 73:1237–1282,
    ///   doi:10.1111/j.1468-0262.2005.00615.x; (2016) *Statistics and Probability Letters*
    ///   113:38–40, doi:10.1016/j.spl.2016.02.012.
    /// - Westfall PH, Young SS (1993). *Resampling-Based Multiple Testing*, section 2.6.
    /// - Restated by `tests/reference/python/resample_units.py`.
    pub fn romano_wolf(&self) -> Vec<f64> {
        self.step_down(&self.observed, &self.draws)
    }

    /// Westfall and Young's step-down p-values of the smallest p (minP): as
    /// [`romano_wolf`](Self::romano_wolf), but each member is judged on the scale of its own
    /// p-values, so that members whose t* differ in shape count the same.
    ///
    /// The p-value of a draw is its rank within its column: how many |t*| are at least as large,
    /// over B + 1. What was observed is one of the B + 1, for it is one under the null
    /// hypothesis: without it the smallest p could not be told from those of other members, and
    /// a p of 1 / (B + 1) would stay what it is in a family of any size. With K members no
    /// adjusted p need be below K / (B + 1): minP asks for many draws.
    ///
    /// # References
    ///
    /// - Westfall PH, Young SS (1993). *Resampling-Based Multiple Testing*, algorithm 2.8.
    /// - Ge Y, Dudoit S, Speed TP (2003). *Test* 12:1–77, doi:10.1007/BF02595811, ranks within
    ///   a column, the observed one among them.
    /// - Restated by `tests/reference/python/resample_units.py`.
    pub fn westfall_young(&self) -> Vec<f64> {
        let members = self.observed.len();
        let mut observed = vec![0.0; members];
        let mut draws = vec![0.0; self.draws.len()];
        for member in 0..members {
            let mut sorted: Vec<f64> = self.rows().map(|row| row[member]).collect();
            sorted.push(self.observed[member]);
            sorted.sort_unstable_by(f64::total_cmp);
            // Larger where fewer are at least as large: minus their number.
            let below = |t: f64| {
                let reached = reached_by(t);
                sorted.partition_point(|&other| !reached(other)) as f64
            };
            observed[member] = below(self.observed[member]);
            for (row, place) in self.rows().zip(draws.chunks_mut(members)) {
                place[member] = below(row[member]);
            }
        }
        self.step_down(&observed, &draws)
    }

    /// The step-down rule for statistics of which larger ones speak against the null hypothesis.
    fn step_down(&self, observed: &[f64], draws: &[f64]) -> Vec<f64> {
        let members = observed.len();
        let mut order: Vec<usize> = (0..members).collect();
        order.sort_by(|&i, &j| observed[j].total_cmp(&observed[i]));
        let mut counts = vec![0; members];
        let reached: Vec<_> = observed.iter().map(|&t| reached_by(t)).collect();
        for row in draws.chunks(members) {
            let mut largest = f64::NEG_INFINITY;
            for (count, &member) in counts.iter_mut().zip(&order).rev() {
                largest = largest.max(row[member]);
                *count += usize::from(reached[member](largest));
            }
        }
        let mut adjusted = vec![0.0; members];
        let mut most = 0;
        for (count, &member) in counts.into_iter().zip(&order) {
            most = most.max(count);
            adjusted[member] = self.share(most);
        }
        adjusted
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.draws.chunks(self.observed.len())
    }

    fn share(&self, count: usize) -> f64 {
        (count as f64 + 1.0) / (self.n_draws() as f64 + 1.0)
    }
}

/// Whether a draw is at least `observed`, but for rounding. Neither is negative.
fn reached_by(observed: f64) -> impl Fn(f64) -> bool {
    let bound = observed * (1.0 - EQUAL_SHARE);
    move |draw| draw >= bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_probability_is_named() {
        for wrong in [-0.1, 1.1, f64::NAN] {
            let error = Err(MultiplicityError::NotAProbability { position: 1 });
            for adjust in [holm, hochberg, benjamini_hochberg] {
                assert_eq!(adjust(&[0.5, wrong, wrong]), error);
                assert_eq!(adjust(&[]), Ok(Vec::new()));
            }
        }
    }

    #[test]
    fn draws_without_a_member_are_left_out_and_counted() {
        let mut first: Vec<f64> = (0..20).map(f64::from).collect();
        let mut second = first.clone();
        first[3] = Failure::Separated.value();
        second[3] = f64::NAN;
        second[7] = f64::INFINITY;
        let draws = NullDraws::new(&[-18.0, 0.0], &[first, second]).unwrap();
        assert_eq!(draws.n_draws(), 18);
        let reasons = [(Failure::NotFinite, 1), (Failure::Separated, 1)];
        assert_eq!(draws.left_out().by_reason(), reasons);
        assert_eq!(draws.unadjusted(), [3.0 / 19.0, 1.0]);
        let none = NullDraws::new(&[1.0], &[vec![f64::NAN; 3]]);
        assert_eq!(none.unwrap_err(), MultiplicityError::NoDraws);
        let none = NullDraws::new(&[], &[]);
        assert_eq!(none.unwrap_err(), MultiplicityError::NoDraws);
        let missing = NullDraws::new(&[1.0, f64::NAN], &[vec![1.0], vec![1.0]]);
        assert_eq!(missing.unwrap_err(), MultiplicityError::NotFinite { member: 1 });
    }

    #[test]
    fn one_member_needs_no_adjustment_and_equal_ones_none_either() {
        let column: Vec<f64> = (0..99).map(|b| f64::from(b * 37 % 99) - 49.0).collect();
        let one = NullDraws::new(&[45.0], std::slice::from_ref(&column)).unwrap();
        assert_eq!(one.romano_wolf(), one.unadjusted());
        assert_eq!(one.westfall_young(), one.unadjusted());
        let twice = NullDraws::new(&[45.0; 2], &[column.clone(), column]).unwrap();
        assert_eq!(twice.romano_wolf(), twice.unadjusted());
        assert_eq!(twice.westfall_young(), twice.unadjusted());
    }

    #[test]
    fn minp_does_not_promise_more_than_its_draws_hold() {
        // The draws of each of four members are largest at another place, and 0 is beyond all.
        let column = |k: usize| -> Vec<f64> {
            (0..40).map(|b| if b == k { 5.0 } else { b as f64 / 100.0 }).collect()
        };
        let columns: Vec<Vec<f64>> = (0..4).map(column).collect();
        let draws = NullDraws::new(&[9.0, 0.1, 0.1, 0.1], &columns).unwrap();
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-15, "{got} {want}");
        close(draws.romano_wolf()[0], 1.0 / 41.0);
        close(draws.westfall_young()[0], 4.0 / 41.0);
    }
}
