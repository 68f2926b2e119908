//! Harrell's concordance of a risk score with the order of events.

use thiserror::Error;

use super::ending::Ending;
use crate::numeric::weights::CaseWeights;

/// Whose score is held against whose time.
#[derive(Clone, Copy, Debug)]
pub struct ConcordanceData<'a> {
    /// The day after which each participant was at risk; none: from the beginning.
    pub entry: Option<&'a [i32]>,
    /// The last day at risk.
    pub days: &'a [i32],
    /// How it ended; a competing exit counts as censored.
    pub endings: &'a [Ending],
    /// The risk score: higher says sooner, as a Cox model's linear predictor does.
    pub scores: &'a [f64],
    /// Numbers of strata; pairs are made within them only.
    pub strata: Option<&'a [u32]>,
}

/// Why there is no concordance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConcordanceError {
    /// The slices have different lengths.
    #[error("the lengths of days, endings, scores, strata and weights differ")]
    Shape,
    /// A score is infinite or not a number.
    #[error("the score of participant {position} is not a finite number")]
    ScoreNotFinite {
        /// The first such participant, from 0.
        position: usize,
    },
    /// A participant enters on the last day at risk or later.
    #[error("participant {position} is never at risk")]
    NeverAtRisk {
        /// The first such participant, from 0.
        position: usize,
    },
    /// No two participants can be compared.
    #[error("no two participants can be compared")]
    NoPairs,
}

/// How often the higher score had the event sooner.
#[derive(Clone, Debug, PartialEq)]
pub struct Concordance {
    /// (concordant + `tied_score` / 2) / (concordant + discordant + `tied_score`).
    pub estimate: f64,
    /// By the infinitesimal jackknife.
    pub std_error: f64,
    /// Pairs of which the one with the higher score had the event sooner; pairs count as the
    /// product of their weights.
    pub concordant: f64,
    /// Pairs of which the one with the lower score had the event sooner.
    pub discordant: f64,
    /// Comparable pairs with one score.
    pub tied_score: f64,
    /// Pairs that had the event on one day, with different scores: not comparable.
    pub tied_day: f64,
    /// Pairs that had the event on one day, with one score: not comparable.
    pub tied_both: f64,
    /// The derivative of `estimate` by each participant's weight.
    pub influence: Vec<f64>,
}

/// Harrell's concordance C = P(higher score | sooner event), over the pairs in which it is known
/// who was sooner: i had the event on day tᵢ, and j was at risk on it and went on, either past
/// tᵢ or censored on it.
///
/// ```text
/// C   = Σ wᵢ wⱼ ([sᵢ > sⱼ] + ½ [sᵢ = sⱼ]) / Σ wᵢ wⱼ      over comparable pairs
/// lₖ  = ∂C/∂wₖ = (pairs of k, concordant + ½ tied − C · all) / Σ wᵢ wⱼ
/// Var = Σ fₖ lₖ² (frequency weights, or 1),  Σ wₖ² lₖ² (sampling weights)
/// ```
///
/// # Conventions
///
/// A pair with both events on one day is not comparable. With delayed entry j is comparable only
/// where its entry is before tᵢ. A competing exit counts as a censoring. The work is a sort and
/// O(n log n), by a Fenwick tree over the ranks of the scores.
///
/// # Errors
///
/// [`ConcordanceError`].
///
/// # References
///
/// - Harrell FE and others (1982). *JAMA* 247:2543–2546.
/// - Fenwick PM (1994). *Software: Practice and Experience* 24:327–336.
/// - Agrees with `concordance(Surv(...) ~ score + strata(...), weights = , reverse = TRUE)` and
///   with `coxph(...)$concordance` of R's survival 3.5-3: `tests/reference/r/competing.R`.
pub fn concordance(
    data: &ConcordanceData<'_>,
    weights: CaseWeights<'_>,
) -> Result<Concordance, ConcordanceError> {
    check(data, weights)?;
    let n = data.days.len();
    let weight: Vec<f64> = (0..n).map(|i| weights.get(i)).collect();
    let mut members: Vec<usize> = (0..n).filter(|&i| weight[i] > 0.0).collect();
    let stratum = |i: usize| data.strata.map_or(0, |strata| strata[i]);
    members.sort_by_key(|&i| (stratum(i), data.days[i]));
    let mut counts = Counts { own: vec![Pairs::default(); n], ..Counts::default() };
    for members in members.chunk_by(|&i, &j| stratum(i) == stratum(j)) {
        let stratum = Stratum::new(data, &weight, members);
        stratum.count_as_sooner(&mut counts);
        stratum.count_as_later(&mut counts);
    }
    let all = counts.sooner.all();
    if all <= 0.0 {
        return Err(ConcordanceError::NoPairs);
    }
    let estimate = counts.sooner.agreeing() / all;
    let influence: Vec<f64> =
        counts.own.iter().map(|own| (own.agreeing() - estimate * own.all()) / all).collect();
    if let CaseWeights::Frequency(_) = weights {
        // A person twice is also a pair with itself.
        let events = members.iter().filter(|&&i| data.endings[i] == Ending::Event);
        counts.tied_both += events.map(|&i| weight[i] * (weight[i] - 1.0) / 2.0).sum::<f64>();
    }
    let factor = |weight: f64| match weights {
        CaseWeights::Sampling(_) => weight * weight,
        CaseWeights::Once | CaseWeights::Frequency(_) => weight,
    };
    let variance: f64 = influence.iter().zip(&weight).map(|(l, w)| factor(*w) * l * l).sum();
    Ok(Concordance {
        estimate,
        std_error: variance.sqrt(),
        concordant: counts.sooner.concordant,
        discordant: counts.sooner.discordant,
        tied_score: counts.sooner.tied,
        tied_day: counts.tied_day,
        tied_both: counts.tied_both,
        influence,
    })
}

fn check(data: &ConcordanceData<'_>, weights: CaseWeights<'_>) -> Result<(), ConcordanceError> {
    let n = data.days.len();
    let fits = data.endings.len() == n
        && data.scores.len() == n
        && data.entry.is_none_or(|entry| entry.len() == n)
        && data.strata.is_none_or(|strata| strata.len() == n)
        && weights.is_for(n);
    if !fits {
        return Err(ConcordanceError::Shape);
    }
    if let Some(position) = data.scores.iter().position(|score| !score.is_finite()) {
        return Err(ConcordanceError::ScoreNotFinite { position });
    }
    let late = |entry: &[i32]| entry.iter().zip(data.days).position(|(entry, day)| entry >= day);
    match data.entry.and_then(late) {
        Some(position) => Err(ConcordanceError::NeverAtRisk { position }),
        None => Ok(()),
    }
}

/// Comparable pairs, by weight.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs {
    concordant: f64,
    discordant: f64,
    tied: f64,
}

impl Pairs {
    fn all(&self) -> f64 {
        self.concordant + self.discordant + self.tied
    }

    fn agreeing(&self) -> f64 {
        self.concordant + self.tied / 2.0
    }

    fn add(&mut self, pairs: Pairs, times: f64) {
        self.concordant += times * pairs.concordant;
        self.discordant += times * pairs.discordant;
        self.tied += times * pairs.tied;
    }
}

#[derive(Default)]
struct Counts {
    /// Of each participant, the weight of those it is compared with.
    own: Vec<Pairs>,
    /// Each pair once.
    sooner: Pairs,
    tied_day: f64,
    tied_both: f64,
}

/// One stratum, sorted by day.
struct Stratum<'a> {
    data: &'a ConcordanceData<'a>,
    weight: &'a [f64],
    members: &'a [usize],
    /// The rank of each member's score, from 0, ties sharing one; in the order of `members`.
    ranks: Vec<usize>,
    /// Places in `members` by entry, latest first; empty without delayed entry.
    by_entry: Vec<usize>,
}

impl<'a> Stratum<'a> {
    fn new(data: &'a ConcordanceData<'a>, weight: &'a [f64], members: &'a [usize]) -> Self {
        let score = |place: &usize| data.scores[members[*place]];
        let mut by_score: Vec<usize> = (0..members.len()).collect();
        // 0 and −0 are one score: adding 0 makes them so.
        by_score.sort_by(|a, b| (score(a) + 0.0).total_cmp(&(score(b) + 0.0)));
        let mut ranks = vec![0; members.len()];
        let mut rank = 0;
        for pair in by_score.windows(2) {
            rank += usize::from(score(&pair[0]) < score(&pair[1]));
            ranks[pair[1]] = rank;
        }
        let mut by_entry = Vec::new();
        if let Some(entry) = data.entry {
            by_entry.extend(0..members.len());
            by_entry.sort_by_key(|&place| std::cmp::Reverse(entry[members[place]]));
        }
        Self { data, weight, members, ranks, by_entry }
    }

    fn is_event(&self, place: usize) -> bool {
        self.data.endings[self.members[place]] == Ending::Event
    }

    fn weight_at(&self, place: usize) -> f64 {
        self.weight[self.members[place]]
    }

    fn day(&self, place: usize) -> i32 {
        self.data.days[self.members[place]]
    }

    fn entry(&self, place: usize) -> i32 {
        self.data.entry.map_or(i32::MIN, |entry| entry[self.members[place]])
    }

    /// The places of each day, in order.
    fn by_day(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        let same_day = self.members.chunk_by(|&i, &j| self.data.days[i] == self.data.days[j]);
        same_day
            .map(|members| {
                start += members.len();
                start - members.len()..start
            })
            .collect()
    }

    /// Everyone with an event against those who went on: last day first.
    fn count_as_sooner(&self, counts: &mut Counts) {
        let mut at_risk = Fenwick::new(self.members.len());
        let mut leaving = self.by_entry.iter().copied().peekable();
        for places in self.by_day().into_iter().rev() {
            let today = self.day(places.start);
            while let Some(place) = leaving.next_if(|&place| self.entry(place) >= today) {
                at_risk.add(self.ranks[place], -self.weight_at(place));
            }
            for place in places.clone().filter(|&place| !self.is_event(place)) {
                at_risk.add(self.ranks[place], self.weight_at(place));
            }
            for place in places.clone().filter(|&place| self.is_event(place)) {
                let (below, tied, above) = at_risk.around(self.ranks[place]);
                let pairs = Pairs { concordant: below, discordant: above, tied };
                counts.own[self.members[place]].add(pairs, 1.0);
                counts.sooner.add(pairs, self.weight_at(place));
            }
            let mut events: Vec<usize> = places.filter(|&place| self.is_event(place)).collect();
            events.sort_by_key(|&place| self.ranks[place]);
            self.count_ties(&events, counts);
            for place in events {
                at_risk.add(self.ranks[place], self.weight_at(place));
            }
        }
    }

    /// The pairs with both events on one day, from that day's events by rank.
    fn count_ties(&self, events: &[usize], counts: &mut Counts) {
        // Pairs of a group, less those within its parts.
        let pairs = |places: &[usize]| {
            let mut before = 0.0;
            let mut sum = 0.0;
            for &place in places {
                sum += before * self.weight_at(place);
                before += self.weight_at(place);
            }
            sum
        };
        let one_score = |&a: &usize, &b: &usize| self.ranks[a] == self.ranks[b];
        let both: f64 = events.chunk_by(one_score).map(pairs).sum();
        counts.tied_both += both;
        counts.tied_day += pairs(events) - both;
    }

    /// Everyone against those who had an event on a day on which they were at risk and went on:
    /// the events by the own last day, less those by the own entry.
    fn count_as_later(&self, counts: &mut Counts) {
        let mut events = Fenwick::new(self.members.len());
        let mut entering = self.by_entry.iter().rev().copied().peekable();
        for places in self.by_day() {
            let today = self.day(places.start);
            // Events of the days before today are in the tree: all those by an entry before it.
            while let Some(place) = entering.next_if(|&place| self.entry(place) < today) {
                self.count_events(&events, place, -1.0, counts);
            }
            for place in places.clone().filter(|&place| self.is_event(place)) {
                self.count_events(&events, place, 1.0, counts);
            }
            for place in places.clone().filter(|&place| self.is_event(place)) {
                events.add(self.ranks[place], self.weight_at(place));
            }
            for place in places.filter(|&place| !self.is_event(place)) {
                self.count_events(&events, place, 1.0, counts);
            }
        }
    }

    fn count_events(&self, events: &Fenwick, place: usize, times: f64, counts: &mut Counts) {
        let (below, tied, above) = events.around(self.ranks[place]);
        let pairs = Pairs { concordant: above, discordant: below, tied };
        counts.own[self.members[place]].add(pairs, times);
    }
}

/// Sums of weights by rank, each changed and read in O(log n).
struct Fenwick {
    /// Element k, from 1, has the sum of the last (k & −k) ranks up to k.
    sums: Vec<f64>,
    total: f64,
}

impl Fenwick {
    fn new(n: usize) -> Self {
        Self { sums: vec![0.0; n + 1], total: 0.0 }
    }

    fn add(&mut self, rank: usize, weight: f64) {
        self.total += weight;
        let mut k = rank + 1;
        while k < self.sums.len() {
            self.sums[k] += weight;
            k += k & k.wrapping_neg();
        }
    }

    /// The weight of the ranks below that number.
    fn below(&self, rank: usize) -> f64 {
        let (mut k, mut sum) = (rank, 0.0);
        while k > 0 {
            sum += self.sums[k];
            k &= k - 1;
        }
        sum
    }

    /// The weight of the ranks below, of the rank itself, and above.
    fn around(&self, rank: usize) -> (f64, f64, f64) {
        let (below, up_to) = (self.below(rank), self.below(rank + 1));
        (below, up_to - below, self.total - up_to)
    }
}
