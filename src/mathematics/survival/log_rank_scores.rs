//! The log-rank test for many assignments: scores, and the walk for its variance.

use super::ending::Ending;

/// What each participant adds to the log-rank test's observed less expected events.
///
/// ```text
/// sᵢ = δᵢ − Λ̂(Tᵢ),   Λ̂(t) = Σ_{tⱼ ≤ t} dⱼ / nⱼ
/// ```
///
/// are the martingale residuals without covariates: δᵢ is 1 at the event, Λ̂ the Nelson-Aalen
/// estimate of both arms pooled, within participant i's stratum. Summed over the participants of an
/// arm they are U of [`super::log_rank::log_rank_stratified`], O − E, whoever is in the arm; over
/// all of a stratum they sum to 0. So a new assignment needs neither curves nor risk sets.
///
/// # Conventions
///
/// Everyone is at risk up to and on the own last day; competing exits count as censored. `strata`
/// has a number for each participant; all the same gives the test without strata.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # References
///
/// - Mantel N (1966). *Cancer Chemotherapy Reports* 50:163–170.
/// - Lagakos SW (1981). *Biometrika* 68:93–98.
/// - Agrees with `survdiff` of R's survival 3.5-3 under every assignment:
///   `tests/reference/r/randomisation.R`.
pub fn log_rank_scores(days: &[i32], endings: &[Ending], strata: &[usize]) -> Vec<f64> {
    let mut scores = vec![0.0; days.len()];
    let sorted = sorted_by_stratum_and_day(days, endings, strata);
    for members in sorted.chunk_by(|&i, &j| strata[i] == strata[j]) {
        let (mut hazard, mut at_risk) = (0.0, members.len());
        for today in members.chunk_by(|&i, &j| days[i] == days[j]) {
            let events = today.iter().filter(|&&i| endings[i] == Ending::Event).count();
            hazard += events as f64 / at_risk as f64;
            for &i in today {
                let event = if endings[i] == Ending::Event { 1.0 } else { 0.0 };
                scores[i] = event - hazard;
            }
            at_risk -= today.len();
        }
    }
    scores
}

fn sorted_by_stratum_and_day(days: &[i32], endings: &[Ending], strata: &[usize]) -> Vec<usize> {
    assert_eq!(days.len(), endings.len(), "one ending a participant");
    assert_eq!(days.len(), strata.len(), "one stratum a participant");
    let mut sorted: Vec<usize> = (0..days.len()).collect();
    sorted.sort_by_key(|&i| (strata[i], days[i], i));
    sorted
}

/// The log-rank test within strata under any assignment, sorted once.
///
/// U is the sum of [`log_rank_scores`], V the hypergeometric variance of
/// [`super::log_rank::log_rank_stratified`], which changes with the assignment: its walk adds up
/// those at risk in the intervention arm from the last day to the first.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignedLogRank {
    /// Positions and scores, stratum after stratum, the last days first.
    order: Vec<(u32, f64)>,
    event_days: Vec<EventDay>,
}

/// An event day of a stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
struct EventDay {
    /// How many of `order` join the risk set: those whose time ends on it, or before the next one.
    n_joining: usize,
    /// Whether it is the last event day of its stratum, and the risk set starts empty.
    is_last: bool,
    /// n of both arms.
    at_risk: f64,
    /// d (n − d) / (n² (n − 1)), so that V grows by it times n₁ n₀.
    factor: f64,
}

/// U and V of the log-rank test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssignedExcess {
    /// Events of the intervention arm less those expected.
    pub excess: f64,
    /// The variance of the excess; z is excess / √variance, and does not exist where that is 0.
    pub variance: f64,
}

impl AssignedLogRank {
    /// Sorts the participants at `positions` of the trial; the other slices are as long.
    ///
    /// # Panics
    ///
    /// If the slices differ in length or a position exceeds 32 bits.
    pub fn new(positions: &[usize], days: &[i32], endings: &[Ending], strata: &[usize]) -> Self {
        assert_eq!(positions.len(), days.len(), "one day a position");
        let scores = log_rank_scores(days, endings, strata);
        let sorted = sorted_by_stratum_and_day(days, endings, strata);
        let (mut order, mut event_days) = (Vec::new(), Vec::new());
        for members in sorted.chunk_by(|&i, &j| strata[i] == strata[j]) {
            let (mut at_risk, mut n_joining, mut is_last) = (0, 0, true);
            let mut today_end = members.len();
            while today_end > 0 {
                let day = days[members[today_end - 1]];
                let start = members.partition_point(|&i| days[i] < day);
                let today = &members[start..today_end];
                at_risk += today.len();
                n_joining += today.len();
                let position = |i: usize| {
                    u32::try_from(positions[i]).expect("a trial has fewer people than 2³²")
                };
                order.extend(today.iter().rev().map(|&i| (position(i), scores[i])));
                let events = today.iter().filter(|&&i| endings[i] == Ending::Event).count();
                if events > 0 {
                    let (n, d) = (at_risk as f64, events as f64);
                    let factor = if n > 1.0 { d / n * ((n - d) / n) / (n - 1.0) } else { 0.0 };
                    event_days.push(EventDay { n_joining, is_last, at_risk: n, factor });
                    (n_joining, is_last) = (0, false);
                }
                today_end = start;
            }
            // Those censored before the first event day are in no risk set, and score 0.
            order.truncate(order.len() - n_joining);
        }
        Self { order, event_days }
    }

    /// U and V if those with `is_treated` (of the whole trial) had the intervention.
    pub fn evaluate(&self, is_treated: &[bool]) -> AssignedExcess {
        let (mut excess, mut variance, mut treated) = (0.0, 0.0, 0.0);
        let mut members = self.order.as_slice();
        for day in &self.event_days {
            let (joining, later) = members.split_at(day.n_joining);
            if day.is_last {
                treated = 0.0;
            }
            for &(position, score) in joining {
                let z = f64::from(u8::from(is_treated[position as usize]));
                treated += z;
                excess += z * score;
            }
            variance += day.factor * treated * (day.at_risk - treated);
            members = later;
        }
        AssignedExcess { excess, variance }
    }
}
