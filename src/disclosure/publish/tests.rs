//! What leaves the house of small trials whose rows are made here, each with its people.

use super::super::checker::{self, CheckerError, Risk};
use super::super::gate::narrow;
use super::super::register;
use super::*;
use crate::results::composition::{Fact, Table};
use crate::results::study::Study;
use crate::results::vocabulary::{Analysis, AnalysisSet, Inference, Method, ResultArm, Role};
use crate::trial::arm::{Arm, TwoArm};

/// Rows with their people, and how many these are.
#[derive(Default)]
struct Made {
    rows: Vec<(Row, Composition)>,
    census: Vec<(People, u64)>,
}

const REGIONS: [&str; 3] = ["a", "b", "c"];

fn key(analysis: Analysis, outcome: Outcome, (region, arm): (&str, ResultArm)) -> Key {
    Key {
        analysis,
        outcome,
        analysis_set: AnalysisSet::Itt,
        region: region.to_owned(),
        subgroup: String::new(),
        arm,
        month: Some(18),
        level: String::new(),
        method: Method::Mean,
        inference: Inference::Analytic,
        statistic: Statistic::N,
    }
}

fn place(region: &str, arm: Arm) -> People {
    let people = People::of([Fact::Arm(arm).holds()]);
    if region == ALL_REGIONS { people } else { people.with(Fact::Region(region.to_owned())) }
}

fn jobs(region: &str, arm: Arm, by: i32) -> People {
    place(region, arm).with(Fact::FirstJob { by })
}

const fn named(arm: Arm) -> ResultArm {
    match arm {
        Arm::Intervention => ResultArm::Ips,
        Arm::Control => ResultArm::Control,
    }
}

impl Made {
    fn row(&mut self, key: Key, value: f64, unit: Unit, composition: Composition) {
        let (role, note) = (Role::Descriptive, String::new());
        let own = composition.clone();
        let row = Row { key, value: Some(value), unit, role, note, composition: own };
        self.rows.push((row, composition));
    }

    /// Numbers, jobs and shares of each region and of all.
    fn rates(&mut self, counts: [[(u64, u64); 3]; 2], month: i32) {
        for (arm, counts) in Arm::BOTH.into_iter().zip(counts) {
            let total = counts.iter().fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
            let all = REGIONS.into_iter().zip(counts).chain([(ALL_REGIONS, total)]);
            for (region, (n, events)) in all {
                let own = Key {
                    month: Some(month),
                    ..key(Analysis::ArmRate, Outcome::EverEmployed, (region, named(arm)))
                };
                let (people, with_job) = (place(region, arm), jobs(region, arm, 30 * month));
                let sets = vec![with_job.clone(), people.clone()];
                let share = Composition::Function { of: sets, table: Table::Share };
                self.row(own.clone(), n as f64, Unit::Count, Composition::Count(people.clone()));
                let of_jobs = Key { statistic: Statistic::Events, ..own.clone() };
                self.row(of_jobs, events as f64, Unit::Count, Composition::Count(with_job.clone()));
                let of_share = Key { statistic: Statistic::Estimate, ..own };
                self.row(of_share, events as f64 / n as f64, Unit::Proportion, share);
                self.census.extend([(people, n), (with_job, events)]);
            }
        }
    }

    fn publish(&self, beside: Beside<'_>) -> Published {
        let mut sorted = self.rows.clone();
        sorted.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        let (rows, compositions): (Vec<Row>, Vec<Composition>) = sorted.into_iter().unzip();
        let results = ResultSet::new(study(), rows).unwrap();
        let census = Census::new(self.census.iter().cloned());
        let protection = Protection::default();
        let source = Source {
            results: &results,
            compositions: &compositions,
            census: &census,
            protection: &protection,
        };
        publish(source, beside)
    }

    /// What an attacker finds small and narrow in published rows, from these alone.
    fn attack(&self, published: &ResultSet) -> Vec<(usize, (i64, i64))> {
        let all = self.rows.iter();
        let publications: Vec<Publication> = all
            .map(|(row, composition)| {
                let is_open = published.get(&row.key).is_some_and(|row| row.value.is_some());
                let sets = composition.people().into_iter().cloned().collect();
                Publication { sets, value: u64::from(is_open) }
            })
            .collect();
        let census = Census::new(self.census.iter().cloned());
        let rules = rules(&Protection::default());
        let regions = REGIONS.map(str::to_owned);
        let tables = model(&publications, &[], &census, &regions, rules).tables;
        let withheld: Vec<bool> = publications.iter().map(|one| one.value == 0).collect();
        narrow(&tables, rules, &withheld)
    }
}

fn study() -> Study {
    Study {
        id: "t".to_owned(),
        title: "t".to_owned(),
        data_cutoff: "2022-12-31".to_owned(),
        regions: REGIONS.map(str::to_owned).to_vec(),
        arm_labels: TwoArm { intervention: "IPS".to_owned(), control: "TAU".to_owned() },
        horizon_months: 18,
        months: vec![6, 12, 18],
        confidence_level: 0.95,
        replicates: 10,
        seed: 1,
        n_competing_exits: 3,
        baseline_variables: Vec::new(),
        subgroup_variables: Vec::new(),
        subgroup_levels: Vec::new(),
        wave_months: Vec::new(),
        scores: Vec::new(),
        estimands: Vec::new(),
    }
}

fn nothing() -> BTreeMap<Key, HumanDecision> {
    BTreeMap::new()
}

const SMALL: [[(u64, u64); 3]; 2] =
    [[(120, 40), (80, 23), (60, 3)], [(118, 22), (83, 17), (60, 9)]];

#[test]
fn a_small_region_is_withheld_and_nothing_gives_it_back() {
    let mut made = Made::default();
    made.rates(SMALL, 18);
    let everything =
        ResultSet::new(study(), made.rows.iter().map(|(row, _)| row.clone()).collect());
    assert!(!made.attack(&everything.unwrap()).is_empty(), "nothing to find");
    let decisions = nothing();
    let published = made.publish(Beside { earlier: &[], decisions: &decisions });
    assert_eq!(made.attack(&published.results), []);
    assert!(published.unprotected.is_empty());
    for row in published.results.rows() {
        let is_pooled = row.key.region == ALL_REGIONS;
        assert!(!is_pooled || row.value.is_some(), "{:?}", row.key);
        assert!(row.value.is_some() || row.note == WITHHELD);
    }
    let share = |region: &str| {
        let own = key(Analysis::ArmRate, Outcome::EverEmployed, (region, ResultArm::Ips));
        published.results.get(&Key { statistic: Statistic::Estimate, ..own }).unwrap().value
    };
    // 66 of 260, to the digit that is printed; 3 of 60 not at all.
    assert_eq!((share(ALL_REGIONS), share("c")), (Some(0.254), None));
    assert_eq!(published.results.study.n_competing_exits, 5, "that there were any");
}

#[test]
fn a_curve_stands_on_the_months_that_may_be_shown() {
    let mut made = Made::default();
    let later = [[(120, 42), (80, 24), (60, 9)], [(118, 30), (83, 24), (60, 15)]];
    made.rates([[(120, 40), (80, 23), (60, 8)], later[1]], 17);
    made.rates(later, 18);
    let decisions = nothing();
    let published = made.publish(Beside { earlier: &[], decisions: &decisions });
    assert_eq!(made.attack(&published.results), []);
    let left_out = published.checked.iter().filter(|row| matches!(row.status, Status::LeftOut(_)));
    let months: Vec<Option<i32>> = left_out.map(|row| row.key.month).collect();
    assert!(!months.is_empty() && months.iter().all(|month| *month == Some(17)), "{months:?}");
    assert!(published.results.rows().iter().all(|row| row.value.is_some()));
}

#[test]
fn what_a_person_decides_is_obeyed_and_read_back() {
    let mut made = Made::default();
    made.rates(SMALL, 18);
    let pooled = key(Analysis::ArmRate, Outcome::EverEmployed, (ALL_REGIONS, ResultArm::Ips));
    let small = key(Analysis::ArmRate, Outcome::EverEmployed, ("c", ResultArm::Ips));
    let small = Key { statistic: Statistic::Events, ..small };
    let reason = "agreed with the three of them".to_owned();
    let decisions = BTreeMap::from([
        (pooled.clone(), HumanDecision::Withhold),
        (small.clone(), HumanDecision::Release(reason)),
    ]);
    let published = made.publish(Beside { earlier: &[], decisions: &decisions });
    assert_eq!(published.results.get(&pooled).unwrap().value, None);
    assert_eq!(published.results.get(&small).unwrap().value, Some(3.0));
    assert!(!published.unprotected.is_empty(), "the risk that was accepted is said");
    let file = checker::to_csv(&published.checked, &decisions).unwrap();
    let keys: Vec<&Key> = published.checked.iter().map(|row| &row.key).collect();
    assert_eq!(checker::decisions(&file, &keys, Risk::Accepted).unwrap(), decisions);
    let refused = checker::decisions(&file, &keys, Risk::NotAccepted);
    assert!(matches!(refused, Err(CheckerError::NotAccepted(_))));
    let text = String::from_utf8(file).unwrap();
    let unexplained = text.replace("agreed with the three of them", "");
    let refused = checker::decisions(unexplained.as_bytes(), &keys, Risk::Accepted);
    assert!(matches!(refused, Err(CheckerError::NoReason(_))));
}

#[test]
fn quantiles_of_few_who_differ_and_sums_of_few_are_withheld() {
    let mut made = Made::default();
    made.rates(SMALL, 18);
    let arm = Arm::Intervention;
    for (region, differing, std_dev) in [(ALL_REGIONS, 66, 140.0), ("a", 40, 900.0)] {
        let (of, workers) = (vec![place(region, arm)], vec![jobs(region, arm, 540)]);
        let own = key(Analysis::ArmMean, Outcome::HoursWorked, (region, ResultArm::Ips));
        let moments = Composition::Moments { of: of.clone(), grid: None };
        let mean = Key { statistic: Statistic::Estimate, ..own.clone() };
        made.row(mean, 84.0, Unit::Hours, moments.clone());
        let spread = Key { statistic: Statistic::StdDev, ..own.clone() };
        made.row(spread, std_dev, Unit::Hours, moments);
        let median = Key { analysis: Analysis::ArmQuantile, ..own };
        let order = Composition::Order { of, differing: workers };
        made.row(median, f64::from(differing), Unit::Hours, order);
    }
    let few = key(Analysis::ArmQuantile, Outcome::WagesEur, ("c", ResultArm::Control));
    let of = vec![place("c", Arm::Control)];
    let order = Composition::Order { of, differing: vec![jobs("c", Arm::Control, 540)] };
    made.row(few.clone(), 700.0, Unit::Eur, order);
    let decisions = nothing();
    let published = made.publish(Beside { earlier: &[], decisions: &decisions });
    let fate =
        |wanted: &Key| published.checked.iter().find(|row| row.key == *wanted).unwrap().status;
    assert_eq!(fate(&few), Status::Withheld(Rule::FewDiffering), "9 workers");
    let mean = |region: &str| Key {
        statistic: Statistic::Estimate,
        ..key(Analysis::ArmMean, Outcome::HoursWorked, (region, ResultArm::Ips))
    };
    assert_eq!(fate(&mean("a")), Status::Withheld(Rule::Dominance));
    assert_eq!(fate(&mean(ALL_REGIONS)), Status::Published);
}

#[test]
fn an_earlier_release_is_an_equation() {
    let mut before = Made::default();
    let mut counts = SMALL;
    counts[0][2] = (60, 8);
    before.rates(counts, 18);
    let decisions = nothing();
    let first = before.publish(Beside { earlier: &[], decisions: &decisions });
    let compositions = before.rows.iter().map(|(row, made)| (row.key.clone(), made.clone()));
    let line = register::line(&[], &first.results, &compositions.collect(), "").unwrap();
    assert!(!line.contains("null"), "no row without value");
    let releases = register::read(&line, "t").unwrap();
    // At a later cut-off two more of region b have a job.
    let mut now = Made::default();
    counts[0][1].1 += 2;
    now.rates(counts, 18);
    let mut results = first.results.clone();
    results.study.data_cutoff = "2023-06-30".to_owned();
    let earlier = register::earlier(&releases, &results).unwrap();
    let alone = now.publish(Beside { earlier: &[], decisions: &decisions });
    let after = now.publish(Beside { earlier: &earlier, decisions: &decisions });
    let open = |published: &Published, region: &str| {
        let own = key(Analysis::ArmRate, Outcome::EverEmployed, (region, ResultArm::Ips));
        let own = Key { statistic: Statistic::Events, ..own };
        published.results.get(&own).unwrap().value.is_some()
    };
    assert!(open(&alone, "b") && open(&alone, ALL_REGIONS));
    assert!(!open(&after, "b") && !open(&after, ALL_REGIONS), "the difference would be two people");
}
