//! Standardised risks from a logistic regression under the case weights of a replicate.

use super::logistic::Search;
use super::vector::{gather, narrow, padded, those_that_count};
use super::{Replicated, Rows};
use crate::estimate::design::ARM;
use crate::estimate::standardised::{
    AssignmentShare, StandardisedError, checked_shares, fit_with_terms,
};
use crate::numeric::elementary::{exp, ln};
use crate::trial::arm::{Arm, TwoArm};

/// Risks in both arms and their contrasts in one replicate.
#[derive(Clone, Copy, Debug)]
pub struct StandardisedReplicate {
    /// Standardised risk of each arm.
    pub risks: TwoArm<Replicated>,
    /// Intervention − control.
    pub difference: Replicated,
    /// Log of intervention / control.
    pub log_risk_ratio: Replicated,
    /// Log of the odds ratio of the two risks.
    pub log_odds_ratio: Replicated,
}

impl StandardisedReplicate {
    /// Nothing exists.
    pub const NONE: Self = Self {
        risks: TwoArm { intervention: Replicated::NONE, control: Replicated::NONE },
        difference: Replicated::NONE,
        log_risk_ratio: Replicated::NONE,
        log_odds_ratio: Replicated::NONE,
    };
}

/// Influence values of each participant of the trial; see [`StandardisedKernel::influence`].
#[derive(Clone, Debug)]
pub struct StandardisedInfluence {
    /// On the risks.
    pub risks: TwoArm<Vec<f64>>,
    /// On their difference.
    pub difference: Vec<f64>,
    /// On the log of their ratio.
    pub log_risk_ratio: Vec<f64>,
    /// On the log of their odds ratio.
    pub log_odds_ratio: Vec<f64>,
}

/// One outcome with its design, ready to be weighted.
///
/// Risks, contrasts and standard errors are those of
/// [`logit_standardised`](crate::estimate::standardised::logit_standardised) under simple
/// randomisation, on the data written out.
///
/// # Conventions
///
/// The columns are decided once, on everyone. People of the same arm, stratum and covariates are
/// one row with a number of events. Each replicate's search starts from the fit to everyone, and
/// ends where what is left to move is of the order of 1e-12 in the linear predictor. A column that
/// says nothing of its own in a replicate is skipped. Where outcomes are separated in a replicate
/// everything is NaN: `logit_standardised` would leave the column out instead. What it would leave
/// out because it is seen in one arm only stays in.
///
/// # References
///
/// As `logit_standardised`; agrees with it and with R's `glm` on the data written out, see
/// `tests/reference/r/replicates_regression.R`.
#[derive(Clone, Debug)]
pub struct StandardisedKernel {
    share: AssignmentShare,
    n_participants: usize,
    people: Vec<Person>,
    /// All columns but that of ones, the arm's last, one after the other.
    columns: Vec<f64>,
    rows: Vec<Row>,
    /// exp η of each row in the fit to everyone.
    odds: Vec<f64>,
    /// The fit to everyone, in the order of the columns.
    coefficients: Vec<f64>,
    n_groups: usize,
}

#[derive(Clone, Copy, Debug)]
struct Person {
    position: u32,
    row: u32,
    /// All bits for those with the event.
    event: u32,
}

/// People who share arm, stratum and covariates.
#[derive(Clone, Copy, Debug)]
struct Row {
    arm: Arm,
    /// The stratum whose share counts; 0 where everyone's does.
    group: u32,
}

/// Working memory of [`StandardisedKernel::evaluate`].
#[derive(Clone, Debug)]
pub struct StandardisedScratch {
    /// People and events of each row, drawn or not.
    drawn: Vec<(u32, u32)>,
    kept: Vec<u32>,
    search: Search,
    /// Predicted risks by row kept.
    risks: TwoArm<Vec<f64>>,
    /// People by group.
    groups: Vec<TwoArm<f64>>,
    /// 1/π of the row's own arm.
    inverse_shares: Vec<f64>,
}

/// Σ w ψ² of both arms' risks, and Σ w ψ₁ψ₀.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    own: TwoArm<f64>,
    crossed: f64,
}

impl StandardisedKernel {
    /// Fits to everyone, leaving out what `logit_standardised` leaves out.
    ///
    /// # Errors
    ///
    /// Those of `logit_standardised`.
    ///
    /// # Panics
    ///
    /// If the rows do not fit the trial or have sampling weights.
    pub fn new(rows: &Rows<'_>, share: AssignmentShare) -> Result<Self, StandardisedError> {
        rows.check();
        checked_shares(&rows.data, share)?;
        let fit = fit_with_terms(&rows.data)?;
        let sample = rows.data.sample();
        let p = fit.coefficients.len();
        // The arm last.
        let order: Vec<usize> = (1..p).filter(|&j| j != ARM).chain([ARM]).collect();
        let group = |i: usize| match share {
            AssignmentShare::Overall => 0,
            AssignmentShare::ByStratum => sample.strata()[i],
        };
        let bits = |i: usize| order.iter().map(|&j| fit.design[[i, j]].to_bits()).collect();
        let keys: Vec<(Arm, usize, Vec<u64>)> =
            (0..sample.n()).map(|i| (sample.arms()[i], group(i), bits(i))).collect();
        let mut sorted: Vec<usize> = (0..sample.n()).collect();
        sorted.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
        let mut people = Vec::with_capacity(sorted.len());
        let mut firsts = vec![];
        for alike in sorted.chunk_by(|&a, &b| keys[a] == keys[b]) {
            let row = narrow(firsts.len());
            firsts.push(alike[0]);
            people.extend(alike.iter().map(|&i| Person {
                position: narrow(rows.positions[i]),
                row,
                event: if sample.outcomes()[i] > 0.5 { u32::MAX } else { 0 },
            }));
        }
        people.sort_by_key(|person| person.position);
        let linear = fit.design.dot(&fit.coefficients);
        let value = |j: &usize| firsts.iter().map(|&i| fit.design[[i, *j]]).collect::<Vec<_>>();
        Ok(Self {
            share,
            n_participants: rows.n_participants,
            people,
            columns: order.iter().flat_map(value).collect(),
            rows: firsts
                .iter()
                .map(|&i| Row { arm: sample.arms()[i], group: narrow(group(i)) })
                .collect(),
            odds: firsts.iter().map(|&i| exp(linear[i])).collect(),
            coefficients: [0].iter().chain(&order).map(|&j| fit.coefficients[j]).collect(),
            n_groups: if share == AssignmentShare::Overall { 1 } else { sample.n_strata() },
        })
    }

    /// Working memory, one a thread.
    pub fn scratch(&self) -> StandardisedScratch {
        let n = self.rows.len();
        StandardisedScratch {
            drawn: vec![(0, 0); n],
            kept: vec![0; n],
            search: Search::new(padded(n), self.coefficients.len()),
            risks: TwoArm { intervention: vec![0.0; n], control: vec![0.0; n] },
            groups: vec![TwoArm { intervention: 0.0, control: 0.0 }; self.n_groups],
            inverse_shares: vec![0.0; n],
        }
    }

    /// Risks, contrasts and their standard errors; NaN where the regression has no maximum, an arm
    /// is empty or, with [`AssignmentShare::ByStratum`], an arm of a stratum with people is, and
    /// where a risk has no logarithm or odds.
    ///
    /// # Panics
    ///
    /// If there is not one weight a participant of the trial, or the scratch is of another kernel.
    pub fn evaluate(
        &self,
        weights: &[u32],
        scratch: &mut StandardisedScratch,
    ) -> StandardisedReplicate {
        assert_eq!(weights.len(), self.n_participants, "one weight a participant");
        self.draw(weights, scratch);
        if !self.set_shares(scratch) || !scratch.search.run() {
            return StandardisedReplicate::NONE;
        }
        self.predict(scratch);
        let (n, risks) = self.risks(scratch);
        let spread = self.spread(scratch, risks);
        contrasts(risks, &spread, n)
    }

    fn draw(&self, weights: &[u32], scratch: &mut StandardisedScratch) {
        let StandardisedScratch { drawn, kept, search, .. } = scratch;
        drawn.fill((0, 0));
        for person in &self.people {
            let weight = weights[person.position as usize];
            let (people, events) = &mut drawn[person.row as usize];
            *people += weight;
            *events += weight & person.event;
        }
        let n_kept = those_that_count(drawn.iter().map(|row| row.0 > 0), kept);
        let kept = &kept[..n_kept];
        (search.kept, search.length) = (n_kept, padded(n_kept));
        let places = search.people.iter_mut().zip(search.events.iter_mut());
        for (&row, (people, events)) in kept.iter().zip(places) {
            let own = drawn[row as usize];
            (*people, *events) = (f64::from(own.0), f64::from(own.1));
        }
        search.people[n_kept..].fill(0.0);
        search.events[n_kept..].fill(0.0);
        gather(&self.odds, kept, &mut search.odds);
        search.coefficients.copy_from_slice(&self.coefficients);
        let columns = self.columns.chunks(self.rows.len());
        for (to, from) in search.columns.chunks_mut(search.stride).zip(columns) {
            gather(from, kept, to);
        }
    }

    /// 1/π of each row; whether all that are needed exist.
    fn set_shares(&self, scratch: &mut StandardisedScratch) -> bool {
        let StandardisedScratch { kept, search, groups, inverse_shares, .. } = scratch;
        groups.fill(TwoArm::default());
        let kept = &kept[..search.kept];
        for (&row, people) in kept.iter().zip(&search.people) {
            let Row { arm, group } = self.rows[row as usize];
            *groups[group as usize].get_mut(arm) += people;
        }
        for (&row, place) in kept.iter().zip(inverse_shares.iter_mut()) {
            let Row { arm, group } = self.rows[row as usize];
            let group = &groups[group as usize];
            *place = (group.intervention + group.control) / group.get(arm);
        }
        let has_both = |group: &TwoArm<f64>| group.intervention > 0.0 && group.control > 0.0;
        let is_empty = |group: &TwoArm<f64>| group.intervention + group.control <= 0.0;
        groups.iter().any(has_both) && groups.iter().all(|group| has_both(group) || is_empty(group))
    }

    /// Risks in either arm: the odds in the other arm are the own ones times or by exp of the arm's
    /// coefficient.
    fn predict(&self, scratch: &mut StandardisedScratch) {
        let StandardisedScratch { kept, search, risks, .. } = scratch;
        let effect = search.coefficients[self.coefficients.len() - 1];
        let factors = TwoArm { intervention: exp(-effect), control: exp(effect) };
        let places = risks.intervention.iter_mut().zip(risks.control.iter_mut());
        let rows = kept[..search.kept].iter().zip(&search.odds);
        for ((&row, odds), (intervention, control)) in rows.zip(places) {
            let arm = self.rows[row as usize].arm;
            let crossed = odds * factors.get(arm);
            let (own, other) = (odds / (1.0 + odds), crossed / (1.0 + crossed));
            (*intervention, *control) = match arm {
                Arm::Intervention => (own, other),
                Arm::Control => (other, own),
            };
        }
    }

    /// People, and the risk of each arm.
    fn risks(&self, scratch: &StandardisedScratch) -> (f64, TwoArm<f64>) {
        let StandardisedScratch { kept, search, risks, inverse_shares, .. } = scratch;
        let mut totals = TwoArm { intervention: 0.0, control: 0.0 };
        let mut n = 0.0;
        for (at, &row) in kept[..search.kept].iter().enumerate() {
            let people = search.people[at];
            n += people;
            for arm in Arm::BOTH {
                *totals.get_mut(arm) += people * risks.get(arm)[at];
            }
            if self.share == AssignmentShare::ByStratum {
                let arm = self.rows[row as usize].arm;
                let residual = search.events[at] - people * risks.get(arm)[at];
                *totals.get_mut(arm) += residual * inverse_shares[at];
            }
        }
        (n, totals.map(|total| total / n))
    }

    fn spread(&self, scratch: &StandardisedScratch, risks: TwoArm<f64>) -> Spread {
        let StandardisedScratch { kept, search, inverse_shares, .. } = scratch;
        let mut spread = Spread::default();
        for (at, &row) in kept[..search.kept].iter().enumerate() {
            let own = self.rows[row as usize].arm;
            let other = if own == Arm::Intervention { Arm::Control } else { Arm::Intervention };
            let (people, events) = (search.people[at], search.events[at]);
            let risk = scratch.risks.get(own)[at];
            let centred = risk - risks.get(own);
            let crossed = scratch.risks.get(other)[at] - risks.get(other);
            let with = centred + (1.0 - risk) * inverse_shares[at];
            let without = centred - risk * inverse_shares[at];
            let others = people - events;
            *spread.own.get_mut(own) += events * with * with + others * without * without;
            *spread.own.get_mut(other) += people * crossed * crossed;
            spread.crossed += crossed * (events * with + others * without);
        }
        spread
    }

    /// Influence of each participant of the trial: the derivative of each estimate with respect to
    /// their case weight where everyone counts once, 0 for those who are not among the rows.
    ///
    /// All of it, that through the regression's coefficients and, with
    /// [`AssignmentShare::ByStratum`], through the shares: with x their row, x⁽ᵃ⁾ that in arm a, I
    /// the information, tₐᵢ what rₐ is the mean of, and n people,
    ///
    /// ```text
    /// ∂rₐ/∂wᵢ = (tₐᵢ − rₐ)/n + gₐᵀ I⁻¹ xᵢ (yᵢ − μᵢ) − Σ_{j ∈ s, a} (yⱼ − μₐⱼ) (Iₐᵢ − πₐₛ) / (n nₛ πₐₛ²)
    /// gₐ      = Σⱼ ( μ'ₐⱼ xⱼ⁽ᵃ⁾ − Iₐⱼ μ'ₐⱼ xⱼ/πₐₛ ) / n,     μ' = μ (1 − μ)
    /// ```
    ///
    /// where s is their stratum and what has πₐₛ in it is for `ByStratum` alone.
    pub fn influence(&self) -> StandardisedInfluence {
        let mut scratch = self.scratch();
        let all = self.evaluate(&vec![1; self.n_participants], &mut scratch);
        let risks = all.risks.as_ref().map(|risk| risk.estimate);
        scratch.search.factorize_here();
        let values = TwoArm::from_fn(|arm| self.risk_influence(&mut scratch, arm, risks));
        let combine = |slopes: TwoArm<f64>| -> Vec<f64> {
            let pairs = values.intervention.iter().zip(&values.control);
            pairs.map(|(a, b)| a * slopes.intervention - b * slopes.control).collect()
        };
        StandardisedInfluence {
            difference: combine(risks.map(|_| 1.0)),
            log_risk_ratio: combine(risks.map(|r| 1.0 / r)),
            log_odds_ratio: combine(risks.map(|r| 1.0 / (r * (1.0 - r)))),
            risks: values,
        }
    }

    /// On one arm's risk. Everyone was drawn, so that rows are where they were.
    fn risk_influence(
        &self,
        scratch: &mut StandardisedScratch,
        arm: Arm,
        risks: TwoArm<f64>,
    ) -> Vec<f64> {
        let StandardisedScratch { search, risks: predicted, groups, inverse_shares, .. } = scratch;
        let by_stratum = self.share == AssignmentShare::ByStratum;
        let p = self.coefficients.len();
        let n_rows = self.rows.len();
        let n: f64 = search.people.iter().sum();
        let x = |row: usize, j: usize| match j {
            0 => 1.0,
            j => self.columns[(j - 1) * n_rows + row],
        };
        let in_arm = f64::from(u8::from(arm == Arm::Intervention));
        let mut slopes = vec![0.0; p];
        let mut residuals = vec![0.0; self.n_groups];
        for (at, row) in self.rows.iter().enumerate() {
            let risk = predicted.get(arm)[at];
            let slope = search.people[at] * risk * (1.0 - risk) / n;
            let is_own = by_stratum && row.arm == arm;
            let own = if is_own { slope * inverse_shares[at] } else { 0.0 };
            for (j, place) in slopes.iter_mut().enumerate() {
                let crossed = if j == p - 1 { in_arm } else { x(at, j) };
                *place += slope * crossed - own * x(at, j);
            }
            if is_own {
                residuals[row.group as usize] += search.events[at] - search.people[at] * risk;
            }
        }
        let (mut white, mut direction) = (vec![0.0; p], vec![0.0; p]);
        search.factor.whiten(&slopes, &mut white);
        search.factor.colour(&white, &mut direction);
        let mut influence = vec![0.0; self.n_participants];
        for person in &self.people {
            let at = person.row as usize;
            let Row { arm: own, group } = self.rows[at];
            let y = f64::from(person.event & 1);
            let residual = y - predicted.get(own)[at];
            let along: f64 = direction.iter().enumerate().map(|(j, d)| d * x(at, j)).sum();
            let mut value = (predicted.get(arm)[at] - risks.get(arm)) / n + along * residual;
            if by_stratum {
                let people = groups[group as usize];
                let size = people.intervention + people.control;
                let share = people.get(arm) / size;
                let is = if own == arm { 1.0 } else { 0.0 };
                value += is * residual / (share * n);
                value -= residuals[group as usize] * (is - share) / (n * size * share * share);
            }
            influence[person.position as usize] = value;
        }
        influence
    }
}

fn contrasts(risks: TwoArm<f64>, spread: &Spread, n: f64) -> StandardisedReplicate {
    let of = |estimate: f64, slopes: TwoArm<f64>| {
        let own = |arm| spread.own.get(arm) * slopes.get(arm) * slopes.get(arm);
        let crossed = 2.0 * spread.crossed * slopes.intervention * slopes.control;
        let variance = own(Arm::Intervention) + own(Arm::Control) - crossed;
        Replicated::new(estimate, variance / (n * n))
    };
    let has_odds = risks.iter().all(|(_, risk)| *risk > 0.0 && *risk < 1.0);
    let ratio = |value: &dyn Fn(f64) -> f64, slope: &dyn Fn(f64) -> f64| {
        if !has_odds {
            return Replicated::NONE;
        }
        of(ln(value(risks.intervention) / value(risks.control)), risks.map(slope))
    };
    let one = |arm| Replicated::new(*risks.get(arm), spread.own.get(arm) / (n * n));
    StandardisedReplicate {
        risks: TwoArm::from_fn(one),
        difference: of(risks.intervention - risks.control, risks.map(|_| 1.0)),
        log_risk_ratio: ratio(&|r| r, &|r| 1.0 / r),
        log_odds_ratio: ratio(&|r| r / (1.0 - r), &|r| 1.0 / (r * (1.0 - r))),
    }
}
