//! What the model says of sets of people must be true of people, and the leaks that were found in
//! real trials must be found by it, and closed by the gate.

use proptest::prelude::*;

use super::super::gate::{decide, narrow};
use super::*;
use crate::results::composition::Literal;
use crate::trial::arm::Arm;

const RULES: Rules = Rules { threshold: 5, width: 5 };
const REGIONS: [&str; 3] = ["flanders", "wallonia", "brussels"];

/// One person, as the facts see them.
#[derive(Clone, Debug)]
struct Person {
    arm: Arm,
    region: usize,
    sex: Option<usize>,
    due: i32,
    exit: Option<i32>,
    is_competing: bool,
    job: Option<i32>,
}

impl Person {
    fn followed(&self) -> i32 {
        self.exit.map_or(self.due, |exit| exit.min(self.due))
    }

    fn has(&self, literal: &Literal) -> bool {
        let exit = self.exit.filter(|exit| self.is_competing && *exit <= self.due);
        let job = self.job.filter(|job| *job <= self.followed());
        let is = match &literal.fact {
            PersonFact::Arm(arm) => self.arm == *arm,
            PersonFact::Region(region) => REGIONS[self.region] == region,
            PersonFact::Known { .. } => self.sex.is_some(),
            PersonFact::Level { level, .. } => self.sex.is_some_and(|sex| ["f", "m"][sex] == level),
            PersonFact::Due { day } => self.due >= *day,
            PersonFact::Followed { day } => self.followed() >= *day,
            PersonFact::CompetingExit { by } => exit.is_some_and(|exit| exit <= *by),
            PersonFact::FirstJob { by } => job.is_some_and(|job| job <= *by),
            other => panic!("no such fact here: {other:?}"),
        };
        is == literal.holds
    }
}

fn size(people: &People, trial: &[Person]) -> u64 {
    let is_in = |person: &&Person| {
        people.parts().iter().any(|part| part.literals().iter().all(|one| person.has(one)))
    };
    trial.iter().filter(is_in).count() as u64
}

fn due(day: i32) -> PersonFact {
    PersonFact::Due { day }
}

/// Due, and followed that long or left by a competing exit before.
fn observed(day: i32) -> People {
    let here = People::of([due(day).holds(), PersonFact::Followed { day }.holds()]);
    let left = People::of([
        due(day).holds(),
        PersonFact::Followed { day }.fails(),
        PersonFact::CompetingExit { by: day }.holds(),
    ]);
    here.or(&left)
}

fn first_job(by: i32) -> PersonFact {
    PersonFact::FirstJob { by }
}

/// Everywhere: all, each arm, each region, each arm in each region.
fn places() -> Vec<Vec<PersonFact>> {
    let region = |at: usize| PersonFact::Region(REGIONS[at].to_owned());
    let mut places = vec![vec![]];
    for arm in Arm::BOTH {
        places.push(vec![PersonFact::Arm(arm)]);
        places.extend((0..3).map(|at| vec![PersonFact::Arm(arm), region(at)]));
    }
    places.extend((0..3).map(|at| vec![region(at)]));
    places
}

fn at(place: &[PersonFact], people: &People) -> People {
    place.iter().fold(people.clone(), |people, fact| people.with(fact.clone()))
}

/// A publication of each set at each place.
fn everywhere(sets: &[People]) -> Vec<Publication> {
    let publications = places().into_iter().flat_map(|place| {
        let value = 20 / (1 + place.len() as u64);
        let own = sets.iter().map(move |set| Publication { sets: vec![at(&place, set)], value });
        own.collect::<Vec<_>>()
    });
    publications.collect()
}

fn census(publications: &[Publication], trial: &[Person]) -> Census {
    let sets = publications.iter().flat_map(|one| &one.sets);
    Census::new(sets.map(|set| (set.clone(), size(set, trial))))
}

fn regions() -> Vec<String> {
    REGIONS.map(str::to_owned).to_vec()
}

fn solve(publications: &[Publication], trial: &[Person]) -> Model {
    model(publications, &[], &census(publications, trial), &regions(), RULES)
}

fn person() -> impl Strategy<Value = Person> {
    let exit = prop_oneof![3 => Just(None), 1 => (1..900i32).prop_map(Some)];
    let job = prop_oneof![2 => Just(None), 1 => (0..900i32).prop_map(Some)];
    (
        any::<bool>(),
        0..3usize,
        proptest::option::of(0..2usize),
        300..900i32,
        exit,
        any::<bool>(),
        job,
    )
        .prop_map(|(arm, region, sex, due, exit, is_competing, job)| Person {
            arm: if arm { Arm::Intervention } else { Arm::Control },
            region,
            sex,
            due,
            exit,
            is_competing,
            job,
        })
}

fn sets_of_a_trial() -> Vec<People> {
    let days = [182, 365, 547, 730];
    let mut sets = vec![People::everyone()];
    for day in days {
        sets.push(observed(day));
        sets.push(observed(day).with(first_job(day)));
        sets.push(People::of([due(day).holds()]));
        sets.push(People::of([first_job(day).holds()]));
        sets.push(People::of([PersonFact::CompetingExit { by: day }.holds()]));
        sets.push(People::of([
            first_job(day).fails(),
            PersonFact::CompetingExit { by: day }.fails(),
            PersonFact::Followed { day }.holds(),
        ]));
    }
    for level in ["f", "m"] {
        let level = PersonFact::Level { variable: "sex".to_owned(), level: level.to_owned() };
        sets.push(People::of([level.holds()]));
    }
    sets.push(People::of([PersonFact::Known { variable: "sex".to_owned() }.holds()]));
    sets
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_the_model_says_of_sets_is_true_of_people(
        trial in proptest::collection::vec(person(), 5..120)
    ) {
        let publications = everywhere(&sets_of_a_trial());
        let model = solve(&publications, &trial);
        prop_assert!(model.unprovable.is_empty());
        for (set, truth) in model.sets.iter().zip(&model.tables.truth) {
            prop_assert_eq!(i64::try_from(size(set, &trial)).unwrap(), *truth, "{:?}", set);
        }
        prop_assert!(model.tables.system.holds(&model.tables.truth, &|_| true));
    }
}

/// So many people of an arm and region, with jobs and competing exits on these days.
fn people(arm: Arm, region: usize, n: usize, jobs: &[i32], exits: &[i32]) -> Vec<Person> {
    let one = |at: usize| Person {
        arm,
        region,
        sex: Some(at % 2),
        due: 900,
        exit: at.checked_sub(jobs.len()).and_then(|at| exits.get(at)).copied(),
        is_competing: true,
        job: jobs.get(at).copied(),
    };
    (0..n).map(one).collect()
}

/// That the attacker finds something with the gate off, nothing with it on, and that something
/// stays open.
fn holds_only_with_the_gate(publications: &[Publication], trial: &[Person]) {
    let tables = solve(publications, trial).tables;
    let off = vec![false; tables.items.len()];
    assert!(!narrow(&tables, RULES, &off).is_empty(), "nothing to find");
    let decision = decide(&tables, RULES);
    assert_eq!(decision.unprotected, Vec::<usize>::new());
    assert_eq!(narrow(&tables, RULES, &decision.withheld), []);
    assert!(decision.withheld.iter().any(|is_withheld| !is_withheld));
}

fn big_trial(brussels: (&[i32], &[i32])) -> Vec<Person> {
    let days: Vec<i32> = (0..40).map(|at| 30 + 18 * at).collect();
    let mut trial = Vec::new();
    for arm in Arm::BOTH {
        trial.extend(people(arm, 0, 120, &days, &[]));
        trial.extend(people(arm, 1, 90, &days[..30], &[]));
    }
    trial.extend(people(Arm::Intervention, 2, 60, brussels.0, brussels.1));
    trial.extend(people(Arm::Control, 2, 60, &days[..20], &[]));
    trial
}

#[test]
fn observed_less_due_is_the_competing_exits() {
    let trial = big_trial((&[40, 90, 200, 300, 400, 500], &[100, 150, 420]));
    let lost = People::of([due(547).holds(), PersonFact::Followed { day: 547 }.holds()]);
    let publications = everywhere(&[People::of([due(547).holds()]), observed(547), lost]);
    holds_only_with_the_gate(&publications, &trial);
}

#[test]
fn everyone_less_the_one_open_region_is_two_people() {
    let trial: Vec<Person> = [(0, 20), (1, 1), (2, 1)]
        .into_iter()
        .flat_map(|(region, jobs)| people(Arm::Intervention, region, 40, &vec![90; jobs], &[]))
        .collect();
    let jobs = People::of([first_job(547).holds()]);
    let all = everywhere(&[jobs, People::everyone()]);
    // The two regions of one job each are withheld by hand, as a person would.
    let is_small = |one: &Publication| (1..5).contains(&size(&one.sets[0], &trial));
    let publications: Vec<Publication> = all.into_iter().filter(|one| !is_small(one)).collect();
    let with_hidden = everywhere(&[People::of([first_job(547).holds()]), People::everyone()]);
    let census = census(&with_hidden, &trial);
    let tables = model(&publications, &[], &census, &regions(), RULES).tables;
    assert!(!narrow(&tables, RULES, &vec![false; tables.items.len()]).is_empty());
    holds_only_with_the_gate(&with_hidden, &trial);
}

#[test]
fn a_month_between_open_months_is_not_bracketed() {
    let trial = big_trial((&[20, 50, 80, 110, 140, 290, 310, 340, 500, 600], &[]));
    let days = [182, 304, 335, 365, 396, 426, 547];
    let sets: Vec<People> = days.map(|by| People::of([first_job(by).holds()])).to_vec();
    holds_only_with_the_gate(&everywhere(&sets), &trial);
}

#[test]
fn those_at_risk_and_those_with_a_job_leave_the_exits() {
    let trial = big_trial((&[20, 50, 80, 110, 140, 290], &[100, 200]));
    let at_risk = People::of([
        first_job(365).fails(),
        PersonFact::CompetingExit { by: 365 }.fails(),
        PersonFact::Followed { day: 365 }.holds(),
    ]);
    let sets = [People::everyone(), People::of([first_job(365).holds()]), at_risk];
    holds_only_with_the_gate(&everywhere(&sets), &trial);
}

#[test]
fn who_has_a_characteristic_missing_does_not_follow_from_its_levels() {
    let mut trial = big_trial((&[20], &[]));
    for person in trial.iter_mut().filter(|person| person.region == 2).take(3) {
        person.sex = None;
    }
    let level = |level: &str| {
        let variable = "sex".to_owned();
        People::of([PersonFact::Level { variable, level: level.to_owned() }.holds()])
    };
    let sets = [People::everyone(), level("f"), level("m")];
    holds_only_with_the_gate(&everywhere(&sets), &trial);
}

#[test]
fn an_estimate_of_hidden_cells_goes_before_their_totals() {
    let trial = big_trial((&[20, 50], &[]));
    let jobs = People::of([first_job(547).holds()]);
    let mut publications = everywhere(&[jobs.clone(), People::everyone()]);
    let strata = places().into_iter().filter(|place| place.len() == 2);
    let stratified = strata.map(|place| at(&place, &jobs)).collect();
    publications.push(Publication { sets: stratified, value: 1 });
    let tables = solve(&publications, &trial).tables;
    let decision = decide(&tables, RULES);
    assert!(decision.withheld.last().is_some_and(|is| *is), "the stratified estimate");
    let pooled = places().iter().position(|place| place.len() == 1).unwrap();
    assert!(!decision.withheld[2 * pooled], "the arm's total");
}

#[test]
fn two_releases_are_not_subtracted() {
    let trial = big_trial((&[20, 50, 70, 90, 110, 130, 150], &[]));
    let jobs = People::of([first_job(547).holds()]);
    let publications = everywhere(&[jobs.clone(), People::everyone()]);
    let counted = census(&publications, &trial);
    let look = |missing: i64, data| {
        let arm = jobs.with(PersonFact::Arm(Arm::Intervention));
        let size = counted.of(&arm).map(|size| i64::try_from(size).unwrap() - missing);
        let earlier = [Earlier { set: arm, size, data }];
        model(&publications, &earlier, &counted, &regions(), RULES).tables
    };
    let withheld =
        |tables: &Tables| decide(tables, RULES).withheld.iter().filter(|is| **is).count();
    assert_eq!(withheld(&look(0, Data::Same)), 0);
    // Two people have had a first job since: the arm's number would tell so.
    let tables = look(2, Data::Other);
    assert!(!narrow(&tables, RULES, &vec![false; tables.items.len()]).is_empty());
    assert!(withheld(&tables) > 0);
    assert_eq!(withheld(&look(9, Data::Other)), 0);
}

#[test]
fn two_cut_points_are_not_subtracted() {
    let trial = big_trial((&[20, 50, 70, 90, 110, 130, 150], &[]));
    let women = |level: &str| {
        let variable = "sex".to_owned();
        People::of([PersonFact::Level { variable, level: level.to_owned() }.holds()])
    };
    let publications = [
        Publication { sets: vec![women("f")], value: 5 },
        Publication { sets: vec![People::everyone()], value: 9 },
    ];
    let counted = census(&publications, &trial);
    let size = counted.of(&women("f")).map(|size| i64::try_from(size).unwrap() - 3);
    let earlier = [Earlier { set: women("other"), size, data: Data::Same }];
    let tables = model(&publications, &earlier, &counted, &regions(), RULES).tables;
    assert_eq!(decide(&tables, RULES).withheld, [true, false]);
}
