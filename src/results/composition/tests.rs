//! The algebra against people: whatever it says of sets is true of everyone who can be.

use proptest::prelude::*;

use super::{Fact, Literal, People, Quantity};
use crate::results::vocabulary::Outcome;
use crate::trial::arm::Arm;

/// Somebody in a trial of a few days.
#[derive(Clone, Debug)]
struct Person {
    arm: Arm,
    region: u8,
    age: Option<u8>,
    cutoff: i32,
    end: i32,
    competing: bool,
    /// Start and end of each job, in order, at most one before day 0.
    jobs: Vec<(i32, i32)>,
    took_up: Option<i32>,
    /// Known to 0 or more.
    amount: Option<u8>,
}

impl Person {
    fn first_job(&self) -> Option<i32> {
        self.jobs.iter().map(|job| job.0).find(|start| *start >= 0)
    }

    fn has(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Arm(arm) => self.arm == *arm,
            Fact::Region(region) => self.region.to_string() == *region,
            Fact::Known { .. } => self.age.is_some(),
            Fact::Level { level, .. } => self.age.is_some_and(|age| age.to_string() == *level),
            Fact::Due { day } => self.cutoff >= *day,
            Fact::Followed { day } => self.end >= *day,
            Fact::CompetingExit { by } => self.competing && self.end <= *by,
            Fact::FirstJob { by } => self.first_job().is_some_and(|day| day <= *by),
            Fact::JobStarts { at_least, by } => {
                let counts = |job: &&(i32, i32)| job.0 >= 0 && job.0 <= *by;
                self.jobs.iter().filter(counts).count() >= *at_least as usize
            }
            Fact::Employed { day } => self.jobs.iter().any(|job| job.0 <= *day && *day <= job.1),
            Fact::TookUp { by } => self.took_up.is_some_and(|day| day <= *by),
            Fact::Measured(_) => self.amount.is_some(),
            Fact::Positive(_) => self.amount.is_some_and(|amount| amount > 0),
            other => panic!("{other:?} is not drawn"),
        }
    }

    fn is_in(&self, people: &People) -> bool {
        self.n_parts(people) > 0
    }

    /// In how many of the parts, which should share nobody.
    fn n_parts(&self, people: &People) -> usize {
        let all = |literals: &[Literal]| literals.iter().all(|own| self.is(own));
        people.parts().iter().filter(|part| all(part.literals())).count()
    }

    fn is(&self, literal: &Literal) -> bool {
        self.has(&literal.fact) == literal.holds
    }
}

fn arm() -> impl Strategy<Value = Arm> {
    prop::sample::select(Arm::BOTH.to_vec())
}

fn person() -> impl Strategy<Value = Person> {
    let fixed = (arm(), 0_u8..2, prop::option::of(0_u8..3), prop::option::of(0_u8..3));
    let times = (0..5_i32, 0..5_i32, any::<bool>(), prop::option::of(-1..5_i32));
    let jobs = prop::collection::vec((-2..5_i32, 0..3_i32), 0..3);
    (fixed, times, jobs).prop_map(|((arm, region, age, amount), times, jobs)| {
        let (cutoff, exit, competing, took_up) = times;
        let end = exit.min(cutoff);
        let mut merged: Vec<(i32, i32)> = Vec::new();
        let mut cut: Vec<(i32, i32)> = jobs
            .into_iter()
            .filter(|job| job.0 <= end)
            .map(|(start, days)| (start, (start + days).min(end)))
            .collect();
        cut.sort_unstable();
        for (start, stop) in cut {
            match merged.last_mut() {
                Some(last) if start <= last.1 + 1 => last.1 = last.1.max(stop),
                _ => merged.push((start, stop)),
            }
        }
        let took_up = took_up.filter(|day| *day <= end);
        let competing = competing && exit <= cutoff;
        Person { arm, region, age, cutoff, end, competing, jobs: merged, took_up, amount }
    })
}

fn fact() -> impl Strategy<Value = Fact> {
    let day = -1..6_i32;
    let age = || "age".to_owned();
    let amount = || Quantity::at(Outcome::WagesEur, 18);
    prop_oneof![
        arm().prop_map(Fact::Arm),
        (0_u8..2).prop_map(|region| Fact::Region(region.to_string())),
        Just(Fact::Known { variable: age() }),
        (0_u8..3).prop_map(move |level| Fact::Level { variable: age(), level: level.to_string() }),
        day.clone().prop_map(|day| Fact::Due { day }),
        day.clone().prop_map(|day| Fact::Followed { day }),
        day.clone().prop_map(|by| Fact::CompetingExit { by }),
        day.clone().prop_map(|by| Fact::FirstJob { by }),
        (0_u32..3, day.clone()).prop_map(|(at_least, by)| Fact::JobStarts { at_least, by }),
        day.clone().prop_map(|day| Fact::Employed { day }),
        day.prop_map(|by| Fact::TookUp { by }),
        Just(Fact::Measured(amount())),
        Just(Fact::Positive(amount())),
    ]
}

fn literals() -> impl Strategy<Value = Vec<Literal>> {
    prop::collection::vec((fact(), any::<bool>()), 0..5)
        .prop_map(|all| all.into_iter().map(|(fact, holds)| Literal { fact, holds }).collect())
}

fn people() -> impl Strategy<Value = People> {
    prop::collection::vec(literals(), 0..4).prop_map(|sets| {
        sets.into_iter().fold(People::nobody(), |all, own| all.or(&People::of(own)))
    })
}

fn crowd() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(person(), 40)
}

proptest! {
    #[test]
    fn a_form_holds_whom_its_literals_hold(given in literals(), crowd in crowd()) {
        let set = People::of(given.clone());
        for one in &crowd {
            prop_assert_eq!(one.is_in(&set), given.iter().all(|own| one.is(own)), "{:?}", one);
        }
    }

    #[test]
    fn operations_are_those_of_sets(a in people(), b in people(), crowd in crowd()) {
        let (both, either, rest) = (a.and(&b), a.or(&b), a.without(&b));
        for one in &crowd {
            let (in_a, in_b) = (one.is_in(&a), one.is_in(&b));
            prop_assert_eq!(one.is_in(&both), in_a && in_b);
            prop_assert_eq!(one.is_in(&either), in_a || in_b);
            prop_assert_eq!(one.is_in(&rest), in_a && !in_b);
            for set in [&a, &b, &both, &either, &rest] {
                prop_assert!(one.n_parts(set) <= 1, "parts of {set:?} share {one:?}");
            }
        }
    }

    #[test]
    fn what_is_said_of_two_sets_is_true(a in people(), b in people(), crowd in crowd()) {
        for one in &crowd {
            let (in_a, in_b) = (one.is_in(&a), one.is_in(&b));
            prop_assert!(!a.is_within(&b) || !in_a || in_b, "{one:?}");
            prop_assert!(!(in_a && in_b && a.excludes(&b)), "{one:?}");
        }
        prop_assert!(a.is_within(&a.or(&b)) && a.and(&b).is_within(&a));
        prop_assert!(a.without(&b).excludes(&b));
    }
}

fn day(of: i32) -> Fact {
    Fact::Followed { day: of }
}

#[test]
fn observed_is_due_and_followed_or_left_for_good() {
    // Contract, section 2: due at m, and F ≥ D(m) or the exit was competing.
    let due = People::of([Fact::Due { day: 547 }.holds()]);
    let exit = Fact::CompetingExit { by: i32::MAX };
    let observed = due.with(day(547)).or(&due.with(exit.clone()));
    let lost = due.but_not(day(547)).but_not(exit);
    let left = due.with(Fact::CompetingExit { by: 546 });
    assert_eq!(due.without(&observed), lost);
    assert_eq!(observed.or(&lost), due);
    assert_eq!(observed.without(&due.with(day(547))), left);
    assert_eq!(People::of([day(547).holds()]).or(&left), observed);
    let not_due = People::everyone().without(&due);
    assert_eq!(due.or(&not_due), People::everyone());
}

#[test]
fn nested_facts_are_recognised() {
    let job = |by| People::of([Fact::FirstJob { by }.holds()]);
    assert!(job(182).is_within(&job(365)));
    assert!(!job(365).is_within(&job(182)));
    assert!(People::of([day(365).holds()]).is_within(&People::of([day(182).holds()])));
    let between = job(365).without(&job(182));
    assert!(between.excludes(&job(182)) && between.is_within(&job(365)));
    let arm = |arm| People::of([Fact::Arm(arm).holds()]);
    assert_eq!(arm(Arm::Intervention).or(&arm(Arm::Control)), People::everyone());
    assert_eq!(People::everyone().without(&arm(Arm::Intervention)), arm(Arm::Control));
}

#[test]
fn jobs_exits_and_censored_and_those_at_risk_are_everyone() {
    let everyone = People::everyone();
    let job = everyone.with(Fact::FirstJob { by: 364 });
    let waiting = everyone.but_not(Fact::FirstJob { by: 364 });
    let exit = waiting.with(Fact::CompetingExit { by: 364 });
    let at_risk = waiting.with(day(365));
    let censored = waiting.but_not(day(365)).without(&exit);
    let all = [&job, &exit, &censored, &at_risk];
    let union = all.into_iter().fold(People::nobody(), |sum, own| sum.or(own));
    assert_eq!(union, everyone);
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| one.excludes(other)));
    }
}
