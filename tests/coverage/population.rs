//! Populations whose true effects are exact sums, and trials drawn from them.
//!
//! Participants are independent draws: stratum, a quantity x, a trait and a group, all independent
//! of each other. The difference of risks is the same in every stratum, so that Mantel-Haenszel,
//! least squares with strata and the standardised risks all estimate the same difference.

use ips_eval::random::Stream;
use ips_eval::trial::arm::{Arm, TwoArm};

/// Of 60 participants, how many are of each stratum: 340, 200 and 60 of 600.
pub(super) const STRATA: [u32; 3] = [34, 20, 6];

/// x is one of 0, 1/40, …, 1, each equally likely.
const GRID: u32 = 40;

/// Of 5 participants, how many have the trait.
const WITH_TRAIT: u32 = 2;

/// Of 10 participants, how many are of each group.
const GROUPS: [u32; 3] = [5, 3, 2];

/// Whether the intervention does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Present,
    Null,
}

/// What is known of a participant before randomisation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) stratum: usize,
    /// From 0 to 1.
    pub(super) x: f64,
    /// 0 or 1.
    pub(super) with_trait: usize,
    pub(super) group: usize,
}

impl Person {
    fn draw(stream: &mut Stream) -> Self {
        Self {
            stratum: pick(stream, &STRATA),
            x: f64::from(stream.below(GRID + 1)) / f64::from(GRID),
            with_trait: usize::from(stream.below(5) < WITH_TRAIT),
            group: pick(stream, &GROUPS),
        }
    }

    /// Risk in the control arm, 28% on average. It bends in x, so that no linear and no logistic
    /// regression on x is right.
    pub(super) fn control_risk(&self) -> f64 {
        // The mean of k³ over 0 to 40 is (40 · 41 / 2)² / 41.
        let mean_of_cubes = 672_400.0 / 41.0 / 64_000.0;
        0.28 + 0.75 * (self.x * self.x * self.x - mean_of_cubes)
            + [0.015, -0.03, 0.015][self.stratum]
            + [-0.02, 0.03][self.with_trait]
            + [0.02, -0.01, -0.035][self.group]
    }

    /// What the intervention adds to it: 12 points on average, fewer the larger x is.
    fn added(&self, effect: Effect) -> f64 {
        match effect {
            Effect::Present => 0.12 + 0.1 * (0.5 - self.x),
            Effect::Null => 0.0,
        }
    }

    /// Risk in both arms.
    pub(super) fn risks(&self, effect: Effect) -> TwoArm<f64> {
        let control = self.control_risk();
        TwoArm { intervention: control + self.added(effect), control }
    }
}

/// The mean of a function over the population: a sum over everyone that there can be.
pub(super) fn expected(of: impl Fn(&Person) -> f64) -> f64 {
    let mut total = 0.0;
    for (stratum, &in_stratum) in STRATA.iter().enumerate() {
        for (group, &in_group) in GROUPS.iter().enumerate() {
            for (with_trait, out_of_5) in [5 - WITH_TRAIT, WITH_TRAIT].into_iter().enumerate() {
                for k in 0..=GRID {
                    let x = f64::from(k) / f64::from(GRID);
                    let person = Person { stratum, x, with_trait, group };
                    total += f64::from(in_stratum * in_group * out_of_5) * of(&person);
                }
            }
        }
    }
    total / f64::from(60 * 10 * 5 * (GRID + 1))
}

/// The population's risks.
pub(super) fn true_risks(effect: Effect) -> TwoArm<f64> {
    TwoArm::from_fn(|arm| expected(|person| *person.risks(effect).get(arm)))
}

/// Participants who were randomised.
pub(super) struct Enrolled {
    pub(super) people: Vec<Person>,
    pub(super) arms: Vec<Arm>,
}

/// Half of a block of four each.
pub(super) const ONE_TO_ONE: [Arm; 4] =
    [Arm::Intervention, Arm::Intervention, Arm::Control, Arm::Control];

/// Two thirds of a block of six are intervention.
pub(super) const TWO_TO_ONE: [Arm; 6] = [
    Arm::Intervention,
    Arm::Intervention,
    Arm::Intervention,
    Arm::Intervention,
    Arm::Control,
    Arm::Control,
];

/// Draws n people and randomises them within strata, in permuted blocks. The last block of each
/// stratum is left as it is.
pub(super) fn enrol(stream: &mut Stream, n: usize, block: &[Arm]) -> Enrolled {
    let mut left: [Vec<Arm>; 3] = Default::default();
    let mut enrolled = Enrolled { people: Vec::with_capacity(n), arms: Vec::with_capacity(n) };
    for _ in 0..n {
        let person = Person::draw(stream);
        let open = &mut left[person.stratum];
        if open.is_empty() {
            open.extend_from_slice(block);
        }
        let bound = u32::try_from(open.len()).expect("a short block");
        enrolled.arms.push(open.swap_remove(stream.below(bound) as usize));
        enrolled.people.push(person);
    }
    enrolled
}

/// 1 with that probability, or else 0.
pub(super) fn happens(stream: &mut Stream, probability: f64) -> f64 {
    f64::from(u8::from(stream.unit() < probability))
}

/// A place, as often as its weight says.
pub(super) fn pick(stream: &mut Stream, weights: &[u32]) -> usize {
    let mut left = stream.below(weights.iter().sum());
    weights
        .iter()
        .position(|&weight| {
            let here = left < weight;
            left = left.saturating_sub(weight);
            here
        })
        .expect("the draw is below the sum of the weights")
}

#[test]
fn the_population_is_as_described() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    close(expected(|_| 1.0), 1.0);
    let risks = true_risks(Effect::Present);
    close(risks.control, 0.28);
    close(risks.intervention, 0.40);
    for stratum in 0..STRATA.len() {
        let own = |person: &Person| f64::from(u8::from(person.stratum == stratum));
        let difference = |person: &Person| {
            let risks = person.risks(Effect::Present);
            own(person) * (risks.intervention - risks.control)
        };
        close(expected(difference) / expected(own), 0.12);
    }
    let outside = |risk: f64| if (0.0..=1.0).contains(&risk) { 0.0 } else { 1.0 };
    let impossible = |person: &Person| {
        let risks = person.risks(Effect::Present);
        outside(risks.intervention) + outside(risks.control)
    };
    close(expected(impossible), 0.0);
}

#[test]
fn people_are_drawn_as_often_as_the_sums_say() {
    use ips_eval::random::{Purpose, Seed};
    let n = 40_000;
    let enrolled = enrol(&mut Stream::new(Seed(20), Purpose::Simulation, 0), n, &TWO_TO_ONE);
    // What is counted lies between 0 and 1, so that its mean has a standard error of 0.0025 at
    // most; 4.5 of them.
    let near = |of: &dyn Fn(&Person) -> f64| {
        let drawn = enrolled.people.iter().map(of).sum::<f64>() / n as f64;
        let want = expected(of);
        assert!((drawn - want).abs() < 4.5 * 0.0025, "{drawn} is not {want}");
    };
    near(&|p| p.x);
    near(&|p| p.x * p.x * p.x);
    near(&|p| p.with_trait as f64);
    near(&Person::control_risk);
    for code in 0..3 {
        near(&|p| f64::from(u8::from(p.stratum == code)));
        near(&|p| f64::from(u8::from(p.group == code)));
    }
    let of_stratum = |arm: Arm, stratum: usize| {
        let members = enrolled.people.iter().zip(&enrolled.arms);
        members.filter(|(p, a)| p.stratum == stratum && **a == arm).count()
    };
    for stratum in 0..3 {
        let (i, c) = (of_stratum(Arm::Intervention, stratum), of_stratum(Arm::Control, stratum));
        assert!(i.abs_diff(2 * c) <= 4, "{i} to {c} in stratum {stratum}");
    }
}
