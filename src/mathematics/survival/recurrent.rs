//! Repeated events: every job a participant starts.

use thiserror::Error;

use super::curve::Difference;
use super::not_estimable::NotEstimable;
use super::weighted_log_rank::{SignedTest, signed};
use crate::numeric::elementary::exp;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::sum;
use crate::numeric::weights::FrequencyWeights;
use crate::trial::arm::TwoArm;

/// How follow-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FollowUpEnd {
    /// An exit after which no event can come, such as death.
    Terminal,
    /// The end of observation.
    Censored,
}

/// Events that do not fit a follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecurrenceError {
    /// Before the one before it, before day 0 or after the end.
    #[error("the events of participant {person} are not in order within the follow-up")]
    OutOfOrder {
        /// The first such participant, from 0.
        person: usize,
    },
    /// No time lies between them.
    #[error("participant {person} has two events on one day")]
    TwoOnOneDay {
        /// The first such participant, from 0.
        person: usize,
    },
}

/// The events of a group.
///
/// Everyone is at risk of a further event from before day 0 up to and on the last day, whatever
/// came before: also while employed.
#[derive(Clone, Copy, Debug)]
pub struct Recurrences<'a> {
    offsets: &'a [usize],
    days: &'a [i32],
    ends: &'a [i32],
    endings: &'a [FollowUpEnd],
    weights: Option<FrequencyWeights<'a>>,
}

impl<'a> Recurrences<'a> {
    /// Person i has the events `days[offsets[i]..offsets[i + 1]]`, in order, and is followed up to
    /// and on day `ends[i]`. Several events on one day are several.
    ///
    /// # Errors
    ///
    /// [`RecurrenceError::OutOfOrder`].
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or the offsets do not ascend within `days`.
    pub fn new(
        (offsets, days): (&'a [usize], &'a [i32]),
        ends: &'a [i32],
        endings: &'a [FollowUpEnd],
        weights: Option<FrequencyWeights<'a>>,
    ) -> Result<Self, RecurrenceError> {
        assert_eq!(offsets.len(), ends.len() + 1, "one offset a participant and one at the end");
        assert_eq!(ends.len(), endings.len(), "one ending a participant");
        assert!(weights.is_none_or(|weights| weights.0.len() == ends.len()), "one weight each");
        assert!(offsets.is_sorted() && offsets.last() == Some(&days.len()), "offsets ascend");
        let all = Self { offsets, days, ends, endings, weights };
        let in_order = |person: usize| {
            let events = all.events(person);
            let within = |day: &i32| (0..=ends[person]).contains(day);
            events.is_sorted() && events.iter().all(within) && ends[person] >= 0
        };
        match (0..ends.len()).find(|&person| !in_order(person)) {
            Some(person) => Err(RecurrenceError::OutOfOrder { person }),
            None => Ok(all),
        }
    }

    fn events(&self, person: usize) -> &'a [i32] {
        &self.days[self.offsets[person]..self.offsets[person + 1]]
    }

    fn weight(&self, person: usize) -> f64 {
        self.weights.map_or(1.0, |weights| f64::from(weights.get(person)))
    }

    fn n_people(&self) -> usize {
        self.ends.len()
    }
}

/// One day on which someone had an event or left.
#[derive(Clone, Copy, Debug, PartialEq)]
struct RecurrenceDay {
    day: i32,
    at_risk: f64,
    events: f64,
    terminal: f64,
    /// Free of terminal exits just before the day.
    survival_before: f64,
}

impl RecurrenceDay {
    /// Σ w of those at risk divides it, 0 where there are none.
    fn a_head(&self, count: f64) -> f64 {
        if self.at_risk > 0.0 { count / self.at_risk } else { 0.0 }
    }

    fn step(&self) -> f64 {
        self.survival_before * self.a_head(self.events)
    }
}

/// The mean number of events by t: of Nelson and Aalen's type, and Ghosh and Lin's where there are
/// terminal exits.
///
/// ```text
/// μ(t)     = Σ_{tⱼ ≤ t} S(tⱼ−) dⱼ / nⱼ
/// Var μ(t) = Σᵢ wᵢ lᵢ(t)²,   lᵢ = ∂μ(t)/∂wᵢ
/// lᵢ(t)    = Σ_{tⱼ ≤ min(eᵢ, t)} (1/nⱼ) {S(tⱼ−) (dᵢⱼ − dⱼ / nⱼ) + Rⱼ hⱼ / (1 − hⱼ)}
///            − [terminal, eᵢ ≤ t] (1/n) R / (1 − h)
/// ```
///
/// dⱼ events happen on day tⱼ, dᵢⱼ of them to person i, nⱼ are followed up to that day or longer;
/// S is the Kaplan-Meier curve of the terminal exits (1 if there are none), hⱼ the share of nⱼ that
/// leave so on day tⱼ, Rⱼ = μ(t) − μ(tⱼ), and eᵢ the person's own last day, on which n, h and R of
/// the last line are taken. After a terminal exit the number stays what it was: μ is the mean over
/// everyone, not over those still alive.
///
/// # Conventions
///
/// An event, a terminal exit and a censoring on one day: the event comes first. Events on day 0
/// count. Weights are frequencies: a weight of 2 is the person twice. The variance allows for any
/// dependence between one person's events. Without an end of follow-up by t, μ(t) is the mean
/// count and its standard error the root of Σ (count − mean)² / n². Limits are on the log scale,
/// μ e^{±z se / μ}; none where μ is 0.
///
/// # References
///
/// - Lawless JF, Nadeau C (1995). *Technometrics* 37:158–168.
/// - Ghosh D, Lin DY (2000). *Biometrics* 56:554–562.
/// - Without terminal exits agrees with the cumulative hazard of `survfit(Surv(start, stop, event)
///   ~ 1, id = id, cluster = id)` of R's survival 3.5-3; with them with the formula in R and
///   numerical derivatives of it: `tests/reference/r/recurrent.R`.
#[derive(Clone, Debug)]
pub struct MeanCumulative<'a> {
    people: Recurrences<'a>,
    days: Vec<RecurrenceDay>,
    last_day: i32,
    level: ConfidenceLevel,
}

/// A mean number of events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanCount {
    /// Events a person.
    pub estimate: f64,
    /// Its robust standard error.
    pub std_error: f64,
    /// Its limits; none where the estimate is 0.
    pub limits: Option<Interval>,
}

impl<'a> MeanCumulative<'a> {
    /// The function of one group.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`].
    pub fn new(people: Recurrences<'a>, level: ConfidenceLevel) -> Result<Self, NotEstimable> {
        let counted = (0..people.n_people()).filter(|&i| people.weight(i) > 0.0);
        let last_day = counted.map(|i| people.ends[i]).max().ok_or(NotEstimable::NoParticipants)?;
        Ok(Self { people, days: recurrence_days(&people), last_day, level })
    }

    /// μ `time_days` after randomisation; the time need not be a whole day.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::PastLastFollowUp`].
    pub fn at(&self, time_days: f64) -> Result<MeanCount, NotEstimable> {
        let influence = self.influence_at(time_days)?;
        let steps = self.days.iter().filter(|row| f64::from(row.day) <= time_days);
        let estimate: f64 = steps.map(RecurrenceDay::step).sum();
        let std_error = self.variance(&influence).sqrt();
        let limits = (estimate > 0.0).then(|| {
            let factor = exp(self.level.z() * std_error / estimate);
            Interval { lower: estimate / factor, upper: estimate * factor }
        });
        Ok(MeanCount { estimate, std_error, limits })
    }

    /// The derivative of μ(t) with respect to each person's weight, in their order.
    ///
    /// For the weights as given, not scaled by their number: Σ wᵢ lᵢ = 0.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::PastLastFollowUp`].
    pub fn influence_at(&self, time_days: f64) -> Result<Vec<f64>, NotEstimable> {
        if time_days > f64::from(self.last_day) {
            let last_day = self.last_day;
            return Err(NotEstimable::PastLastFollowUp { time_days, last_day });
        }
        Ok(self.influence(|day| if f64::from(day) <= time_days { 1.0 } else { 0.0 }))
    }

    /// The influence on Σⱼ g(tⱼ) dμ(tⱼ), g taken as fixed.
    fn influence(&self, g: impl Fn(i32) -> f64) -> Vec<f64> {
        let g: Vec<f64> = self.days.iter().map(|row| g(row.day)).collect();
        // What leaving on a day takes away, n (∂/∂w): R / (1 − h).
        let mut leaving = vec![0.0; self.days.len()];
        let mut to_come = 0.0;
        for (j, row) in self.days.iter().enumerate().rev() {
            let staying = 1.0 - row.a_head(row.terminal);
            leaving[j] = if staying > 0.0 { to_come / staying } else { 0.0 };
            to_come += g[j] * row.step();
        }
        let mut at_risk = 0.0;
        let until: Vec<f64> = self
            .days
            .iter()
            .enumerate()
            .map(|(j, row)| {
                let share = leaving[j] * row.a_head(row.terminal) - g[j] * row.step();
                at_risk += row.a_head(share);
                at_risk
            })
            .collect();
        let place = |day: i32| self.days.partition_point(|row| row.day < day);
        let of_person = |person: usize| {
            let end = place(self.people.ends[person]);
            let own = self.people.events(person).iter().map(|&day| {
                let j = place(day);
                g[j] * self.days[j].a_head(self.days[j].survival_before)
            });
            let exit = match self.people.endings[person] {
                FollowUpEnd::Terminal => self.days[end].a_head(leaving[end]),
                FollowUpEnd::Censored => 0.0,
            };
            own.sum::<f64>() + until[end] - exit
        };
        (0..self.people.n_people()).map(of_person).collect()
    }

    /// Σ w l².
    fn variance(&self, influence: &[f64]) -> f64 {
        sum(influence.iter().enumerate().map(|(i, l)| self.people.weight(i) * l * l))
    }

    fn at_risk(&self, day: i32) -> f64 {
        self.days.get(self.days.partition_point(|row| row.day < day)).map_or(0.0, |row| row.at_risk)
    }
}

/// Every day on which anyone's follow-up ends or an event happens, also those of weight 0.
fn recurrence_days(people: &Recurrences<'_>) -> Vec<RecurrenceDay> {
    let mut happenings: Vec<(i32, f64, f64, f64)> = Vec::new();
    for person in 0..people.n_people() {
        let weight = people.weight(person);
        happenings.extend(people.events(person).iter().map(|&day| (day, weight, 0.0, 0.0)));
        let terminal = match people.endings[person] {
            FollowUpEnd::Terminal => weight,
            FollowUpEnd::Censored => 0.0,
        };
        happenings.push((people.ends[person], 0.0, terminal, weight));
    }
    happenings.sort_by_key(|happening| happening.0);
    let mut at_risk: f64 = happenings.iter().map(|happening| happening.3).sum();
    let mut survival_before = 1.0;
    let rows = happenings.chunk_by(|a, b| a.0 == b.0).map(|today| {
        let row = RecurrenceDay {
            day: today[0].0,
            at_risk,
            events: today.iter().map(|happening| happening.1).sum(),
            terminal: today.iter().map(|happening| happening.2).sum(),
            survival_before,
        };
        if at_risk > 0.0 {
            survival_before *= (at_risk - row.terminal) / at_risk;
        }
        at_risk -= today.iter().map(|happening| happening.3).sum::<f64>();
        row
    });
    rows.collect()
}

/// The difference of two arms' mean numbers of events, intervention − control; variances add,
/// limits and p-value come from the normal.
pub fn mean_count_difference(arms: TwoArm<MeanCount>, level: ConfidenceLevel) -> Difference {
    Difference::of_independent(arms.map(|arm| (arm.estimate, arm.std_error)), level)
}

/// The test that two arms have the same mean function, robust to dependence between one person's
/// events.
///
/// ```text
/// U = Σⱼ gⱼ {dμ₁(tⱼ) − dμ₀(tⱼ)},   gⱼ = n₁ⱼ n₀ⱼ / (n₁ⱼ + n₀ⱼ)
/// V = Σᵢ wᵢ uᵢ²,   uᵢ the influence of person i on Σⱼ gⱼ dμ(tⱼ) of the own arm, g as fixed
/// ```
///
/// Without terminal exits U is the log-rank numerator of all events, and V differs from the robust
/// variance of the score of Cox's model in that each arm's own rates are subtracted, not the
/// pooled one (under equal means both estimate the same).
///
/// # Errors
///
/// [`NotEstimable::NoEvents`] where neither arm has an event, [`NotEstimable::NoVariance`].
///
/// # References
///
/// - Cook RJ, Lawless JF, Nadeau C (1996). *Biometrics* 52:557–571.
/// - Ghosh D, Lin DY (2000). *Biometrics* 56:554–562.
/// - U agrees with the score of `coxph(..., ties = "breslow")` of R's survival 3.5-3 and V with
///   numerical derivatives: `tests/reference/r/recurrent.R`.
pub fn equal_means_test(arms: TwoArm<&MeanCumulative<'_>>) -> Result<SignedTest, NotEstimable> {
    if arms.iter().all(|(_, arm)| arm.days.iter().all(|row| row.events <= 0.0)) {
        return Err(NotEstimable::NoEvents);
    }
    let g = |day: i32| {
        let n = arms.map(|arm| arm.at_risk(day));
        let all = n.intervention + n.control;
        if all > 0.0 { n.intervention * n.control / all } else { 0.0 }
    };
    let of_arm = |arm: &MeanCumulative<'_>| {
        let total: f64 = arm.days.iter().map(|row| g(row.day) * row.step()).sum();
        (total, arm.variance(&arm.influence(g)))
    };
    let (intervention, control) = (of_arm(arms.intervention), of_arm(arms.control));
    signed(intervention.0 - control.0, intervention.1 + control.1)
}

/// One stretch of a person's follow-up: at risk on the days in (entry, day].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountingRow {
    /// The person, as a position.
    pub person: usize,
    /// At risk after this day; −1 from before day 0 on.
    pub entry: i32,
    /// The last day of the stretch.
    pub day: i32,
    /// Whether it ended by an event.
    pub event: bool,
}

/// The rows of Cox's model for all events (Andersen and Gill), to be clustered by person.
///
/// Everyone is at risk of a further start throughout the follow-up, also while employed: the model
/// is one of the marginal rate, and needs the robust variance. The first row starts at −1, so that
/// events on day 0 count; after the last event a row without event follows, unless the follow-up
/// ends on its day.
///
/// # Errors
///
/// [`RecurrenceError::TwoOnOneDay`]: a stretch of no days has nobody at risk. Count such starts as
/// one, or use [`MeanCumulative`], which has no need of stretches.
///
/// # References
///
/// - Lawless JF, Nadeau C (1995). *Technometrics* 37:158–168.
/// - Lin DY, Wei LJ, Yang I, Ying Z (2000). *Journal of the Royal Statistical Society B*
///   62:711–730.
pub fn counting_rows(people: &Recurrences<'_>) -> Result<Vec<CountingRow>, RecurrenceError> {
    let mut rows = Vec::new();
    for person in 0..people.n_people() {
        let (mut entry, end) = (-1, people.ends[person]);
        for &day in people.events(person) {
            if day == entry {
                return Err(RecurrenceError::TwoOnOneDay { person });
            }
            rows.push(CountingRow { person, entry, day, event: true });
            entry = day;
        }
        if entry < end {
            rows.push(CountingRow { person, entry, day: end, event: false });
        }
    }
    Ok(rows)
}
