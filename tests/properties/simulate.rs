//! Properties of the simulate room, read from the tables as a stranger would.

use ips_eval::random::Seed;
use ips_eval::simulate::{
    DEMONSTRATION_SEED, Design, Hazards, Scope, SyntheticTrial, planned_trial, trial,
};
use ips_eval::trial::arm::{Arm, TwoArm};
use ips_eval::trial::date::Date;
use ips_eval::trial::employment::Contract;
use std::collections::{BTreeMap, BTreeSet};

type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("every line has the header's cells")
}

fn date(cell: &str) -> Date {
    Date::parse_iso(cell).unwrap_or_else(|| panic!("`{cell}` is no date"))
}

/// The date in a cell that may be empty.
fn optional_date(cell: &str) -> Option<Date> {
    (!cell.is_empty()).then(|| date(cell))
}

/// A person's first job by the contract's rules: day of the ending, and whether it was the job
/// (1), a competing exit (2) or censoring (0).
struct Person {
    arm: Arm,
    region: String,
    day: i32,
    ending: u8,
    employed_on_day_0: bool,
}

/// Merges spells that overlap or abut, and returns them as (first day, last day).
fn merged(mut spells: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    spells.sort_unstable();
    let mut merged: Vec<(i32, i32)> = Vec::new();
    for (start, end) in spells {
        match merged.last_mut() {
            Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

fn people(made: &SyntheticTrial, cutoff: Date) -> Vec<Person> {
    let mut jobs: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows(&made.employment_csv) {
        jobs.entry(row["participant_id"].clone()).or_default().push(row);
    }
    let none = Vec::new();
    rows(&made.participants_csv)
        .into_iter()
        .map(|row| {
            let entry = date(&row["randomisation_date"]);
            let exit = optional_date(&row["exit_date"]);
            let follow_up = exit.map_or(cutoff, |exit| exit.min(cutoff)).days_since(entry);
            let competing = ["death", "statutory_pension"].contains(&row["exit_reason"].as_str());
            let spells = jobs
                .get(&row["participant_id"])
                .unwrap_or(&none)
                .iter()
                .filter(|job| {
                    ["employment_contract", "temporary_agency", "self_employed"]
                        .contains(&job["contract"].as_str())
                })
                .map(|job| {
                    let end = optional_date(&job["end_date"]);
                    let end = end.map_or(follow_up, |end| end.days_since(entry).min(follow_up));
                    (date(&job["start_date"]).days_since(entry), end)
                })
                .filter(|&(start, _)| start <= follow_up)
                .collect();
            let spells = merged(spells);
            let first = spells.iter().map(|&(start, _)| start).find(|&start| start >= 0);
            Person {
                arm: if row["arm"] == "IPS" { Arm::Intervention } else { Arm::Control },
                region: row["region"].clone(),
                day: first.unwrap_or(follow_up),
                ending: if first.is_some() { 1 } else { 2 * u8::from(competing) },
                employed_on_day_0: spells.iter().any(|&(start, end)| start < 0 && end >= 0),
            }
        })
        .collect()
}

/// The Aalen-Johansen estimate by `last` and its standard error, the latter as if nobody were
/// censored, with those observed at `last` as the number: near enough to judge a distance by.
fn aalen_johansen(people: &[&Person], last: i32) -> (f64, f64) {
    let mut days: BTreeMap<i32, [f64; 3]> = BTreeMap::new();
    for person in people {
        days.entry(person.day).or_default()[usize::from(person.ending)] += 1.0;
    }
    let (mut at_risk, mut survival, mut incidence) = (people.len() as f64, 1.0, 0.0);
    let mut censored = 0.0;
    for (_, [censorings, first_jobs, exits]) in days.range(..=last) {
        incidence += survival * first_jobs / at_risk;
        survival *= 1.0 - (first_jobs + exits) / at_risk;
        at_risk -= censorings + first_jobs + exits;
        censored += censorings;
    }
    let number = people.len() as f64 - censored;
    (incidence, (incidence * (1.0 - incidence) / number).sqrt())
}

fn assert_near_the_truth(made: &SyntheticTrial, people: &[Person], days: &[i32]) {
    let mut scopes = vec![Scope::All];
    let names: BTreeSet<&str> = people.iter().map(|person| person.region.as_str()).collect();
    scopes.extend(names.iter().map(|name| Scope::Region(name)));
    for scope in scopes {
        for arm in Arm::BOTH {
            let chosen: Vec<&Person> = people
                .iter()
                .filter(|person| person.arm == arm)
                .filter(|person| scope == Scope::All || scope == Scope::Region(&person.region))
                .collect();
            for &day in days {
                let want = made.truth.cumulative_incidence(scope, arm, day).expect("a truth");
                let (got, error) = aalen_johansen(&chosen, day);
                assert!(
                    (got - want).abs() < 4.0 * error,
                    "{scope:?} {arm:?} day {day}: {got} is {} errors from {want}",
                    (got - want) / error
                );
            }
        }
    }
}

#[test]
fn a_large_trial_comes_near_its_truth() {
    let mut design = Design::planned();
    for region in &mut design.regions {
        region.places_per_arm *= 10;
    }
    let made = trial(Seed(20_180_201), &design).unwrap();
    let people = people(&made, design.data_cutoff);
    assert_near_the_truth(&made, &people, &[182, 365, 547, 730, 913]);
}

#[test]
fn the_demonstration_comes_near_its_truth_in_every_region() {
    let made = planned_trial(DEMONSTRATION_SEED);
    let people = people(&made, Design::planned().data_cutoff);
    assert_near_the_truth(&made, &people, &[365, 547, 913]);
}

#[test]
fn a_large_trial_with_ties_on_every_day_comes_near_its_truth() {
    let mut design = Design::planned();
    design.regions.truncate(2);
    design.censoring_hazard = TwoArm { intervention: 0.1, control: 0.05 };
    for (region, first_job) in design.regions.iter_mut().zip([0.3, 0.1]) {
        region.places_per_arm = 5000;
        region.hazards = TwoArm {
            intervention: Hazards { first_job, competing: 0.5 },
            control: Hazards { first_job: 0.2, competing: 0.25 },
        };
    }
    let made = trial(Seed(5), &design).unwrap();
    let people = people(&made, design.data_cutoff);
    assert_near_the_truth(&made, &people, &[0, 1, 3, 10]);
    // The tie rule matters here: with the continuous ratio the truth would be far off.
    let hazards = design.regions[0].hazards.intervention;
    let continuous = hazards.first_job / (hazards.first_job + hazards.competing);
    let exact =
        made.truth.cumulative_incidence(Scope::Region("flanders"), Arm::Intervention, 913).unwrap();
    assert!(exact - continuous > 0.05);
}

#[test]
fn the_planned_trial_has_the_planned_size() {
    let made = planned_trial(Seed(1));
    let people = rows(&made.participants_csv);
    let mut sizes: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for row in &people {
        *sizes.entry((row["region"].as_str(), row["arm"].as_str())).or_default() += 1;
    }
    let want = [("brussels", 60), ("flanders", 340), ("wallonia", 200)];
    let want = want.into_iter().flat_map(|(name, n)| [((name, "IPS"), n), ((name, "TAU"), n)]);
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), want.collect::<Vec<_>>());
    for (row, number) in people.iter().zip(1..) {
        assert_eq!(row["participant_id"], format!("P{number:04}"));
    }
}

#[test]
fn everyone_is_due_at_18_months_and_most_at_30() {
    let design = Design::planned();
    let made = planned_trial(Seed(1));
    let reach: Vec<i32> = rows(&made.participants_csv)
        .iter()
        .map(|row| {
            let entry = date(&row["randomisation_date"]);
            assert!(design.entry_opens <= entry && entry <= design.entry_closes);
            design.data_cutoff.days_since(entry)
        })
        .collect();
    assert!(reach.iter().all(|&days| days >= 547));
    let due_at_30 = reach.iter().filter(|&&days| days >= 913).count();
    assert!((1000..1200).contains(&due_at_30), "{due_at_30} due at 30 months");
}

#[test]
fn the_randomisation_list_agrees_with_the_participants_and_is_balanced_in_blocks() {
    let made = planned_trial(Seed(1));
    let people: BTreeMap<String, Row> = rows(&made.participants_csv)
        .into_iter()
        .map(|row| (row["participant_id"].clone(), row))
        .collect();
    let mut strata: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows(&made.allocation_csv) {
        let person = &people[&row["participant_id"]];
        assert_eq!(row["arm"], person["arm"]);
        assert_eq!(row["stratum"], person["stratum"]);
        assert_eq!(row["stratum"], person["region"]);
        assert_eq!(row["allocated_on"], person["randomisation_date"]);
        strata.entry(row["stratum"].clone()).or_default().push(row);
    }
    for list in strata.values() {
        let (mut lead, mut last) = (0_i32, "");
        for (row, sequence) in list.iter().zip(1..) {
            assert_eq!(row["sequence"], sequence.to_string());
            assert!(last <= row["allocated_on"].as_str(), "dates run with the sequence");
            last = &row["allocated_on"];
            lead += if row["arm"] == "IPS" { 1 } else { -1 };
            assert!(lead.abs() <= 3, "blocks of 4 and 6 let an arm lead by 3 at most");
        }
        assert_eq!(lead, 0);
    }
}

#[test]
fn spells_are_possible_and_include_the_awkward_kinds() {
    let made = planned_trial(Seed(1));
    let cutoff = Design::planned().data_cutoff;
    let spells = rows(&made.employment_csv);
    let mut contracts = BTreeSet::new();
    for spell in &spells {
        let start = date(&spell["start_date"]);
        assert!(start <= cutoff);
        assert!(optional_date(&spell["end_date"]).is_none_or(|end| start <= end && end <= cutoff));
        let contract = Contract::from_code(&spell["contract"]).unwrap();
        contracts.insert(contract);
        let hours: f64 = spell["hours_per_week"].parse().unwrap();
        assert!((1.0..=38.0).contains(&hours));
        if !spell["monthly_wage_eur"].is_empty() {
            let wage: f64 = spell["monthly_wage_eur"].parse().unwrap();
            let hourly = wage / hours * 12.0 / 52.0;
            assert!((10.0..=31.0).contains(&hourly), "{hourly} an hour");
        }
    }
    assert_eq!(contracts.len(), Contract::ALL.len());
    let running = spells.iter().filter(|spell| spell["end_date"].is_empty()).count();
    assert!(running > 100, "{running} spells go on");
    let notes = spells
        .windows(2)
        .filter(|pair| pair[0]["participant_id"] == pair[1]["participant_id"])
        .filter(|pair| pair[1]["start_date"] <= pair[0]["end_date"]);
    assert!(notes.count() > 20, "some spells overlap");
    let at_work = people(&made, cutoff).iter().filter(|person| person.employed_on_day_0).count();
    assert!((6..=48).contains(&at_work), "{at_work} people work on day 0");
}

#[test]
fn some_work_before_randomisation_and_none_of_it_reaches_day_0() {
    let made = planned_trial(Seed(1));
    let people: BTreeMap<String, Row> = rows(&made.participants_csv)
        .into_iter()
        .map(|row| (row["participant_id"].clone(), row))
        .collect();
    let mut before = BTreeMap::new();
    for spell in rows(&made.employment_csv) {
        let person = &people[&spell["participant_id"]];
        let entry = date(&person["randomisation_date"]);
        let start = date(&spell["start_date"]).days_since(entry);
        let end = optional_date(&spell["end_date"]).map(|end| end.days_since(entry));
        let Some(end) = end.filter(|_| start < 0) else { continue };
        assert!(end != -1, "a job that abuts day 0 could be one with the first job");
        for month in 1..=6 {
            let day = ips_eval::trial::time::month_end_day(-month);
            let covers = start <= day && day <= end;
            *before.entry((month, person["arm"].clone())).or_insert(0_u32) += u32::from(covers);
        }
    }
    for (month, n) in before {
        assert!((8..=60).contains(&n), "{n} of 600 work in month -{}, {}", month.0, month.1);
    }
}

/// The rule restated: hours of authorised work on each day of a month to a share of the benefit.
fn by_the_rule(spells: &[&Row], (first, next): (Date, Date), reference_hours: f64) -> f64 {
    let n_days = next.days_since(first);
    let share = |day: i32| {
        let today = first.plus_days(day).expect("a day");
        let counts = |spell: &&&Row| {
            date(&spell["start_date"]) <= today
                && optional_date(&spell["end_date"]).is_none_or(|end| today <= end)
                && !["training", "volunteering"].contains(&spell["contract"].as_str())
                && spell["authorised_art100"] != "no"
                && spell["source"] != "questionnaire"
        };
        let hours: f64 = spells
            .iter()
            .filter(counts)
            .map(|spell| spell["hours_per_week"].parse::<f64>().expect("hours"))
            .sum();
        let excess = (1e4 * hours / reference_hours).round() / 100.0 - 20.0;
        1.0 - (excess + 1e-9).round().clamp(0.0, 100.0) / 100.0
    };
    (0..n_days).map(share).sum::<f64>() / f64::from(n_days)
}

#[test]
fn benefits_follow_the_rule_but_for_a_few() {
    let made = planned_trial(Seed(1));
    let cutoff = Design::planned().data_cutoff;
    let spells = rows(&made.employment_csv);
    let mut spells_of: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for spell in &spells {
        spells_of.entry(spell["participant_id"].as_str()).or_default().push(spell);
    }
    let benefits = rows(&made.benefits_csv);
    let mut rows_of: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &benefits {
        rows_of.entry(row["participant_id"].as_str()).or_default().push(row);
    }
    let month_of = |date: Date| 12 * date.year() + date.month().cast_signed() - 1;
    let (mut reduced, mut odd, mut whole_months, mut left) = (0, 0, 0, 0);
    for person in rows(&made.participants_csv) {
        let entry = date(&person["randomisation_date"]);
        let end = optional_date(&person["exit_date"]).unwrap_or(cutoff).min(cutoff);
        let lines = &rows_of[person["participant_id"].as_str()];
        let none = Vec::new();
        let jobs = spells_of.get(person["participant_id"].as_str()).unwrap_or(&none);
        let first = |row: &Row| date(&format!("{}-01", row["month"]));
        assert_eq!(month_of(first(lines[0])), month_of(entry) - 6);
        assert!(lines.windows(2).all(|two| month_of(first(two[1])) == month_of(first(two[0])) + 1));
        let last = first(lines[lines.len() - 1]);
        assert!(last <= end);
        if month_of(last) < month_of(end) {
            left += 1;
            let full_time =
                |job: &&&Row| job["hours_per_week"] == "38" && job["start_date"] < last.to_string();
            assert!(jobs.iter().any(|job| full_time(&job)), "who leaves benefits works full-time");
        }
        for row in lines {
            let number = |column: &str| row[column].parse::<f64>().unwrap();
            let (paid, full) = (number("benefit_eur"), number("full_benefit_eur"));
            assert!(paid <= full && full <= 1400.0);
            let begins = first(row);
            let days = [28, 29, 30, 31].map(|days| begins.plus_days(days).unwrap());
            let next = days.into_iter().find(|day| day.day() == 1).unwrap();
            if begins < date("2018-04-01") || next > end {
                continue;
            }
            assert!(full >= 1150.0);
            let rule = full * by_the_rule(jobs, (begins, next), number("reference_hours"));
            whole_months += 1;
            reduced += u32::from(rule < full);
            odd += u32::from((paid - rule).abs() > 0.011);
        }
    }
    assert!(whole_months > 30_000 && reduced > 2000, "{reduced} of {whole_months} are reduced");
    assert!((200..1200).contains(&odd), "{odd} of {whole_months} are not as the rule says");
    assert!((20..120).contains(&left), "{left} left benefits");
}

#[test]
fn exits_come_between_randomisation_and_the_cut_off() {
    let made = planned_trial(Seed(1));
    let cutoff = Design::planned().data_cutoff;
    let mut reasons = BTreeSet::new();
    for row in rows(&made.participants_csv) {
        let exit = optional_date(&row["exit_date"]);
        assert_eq!(exit.is_none(), row["exit_reason"].is_empty());
        assert!(exit.is_none_or(|exit| date(&row["randomisation_date"]) <= exit && exit <= cutoff));
        assert!(date(&row["referral_date"]) < date(&row["randomisation_date"]));
        let age: i32 = row["age"].parse().unwrap();
        assert!((20..=65).contains(&age));
        assert!(row["exit_reason"] != "statutory_pension" || age >= 60);
        reasons.insert(row["exit_reason"].clone());
    }
    assert_eq!(reasons.len(), 5, "four reasons, and none: {reasons:?}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(planned_trial(Seed(7)), planned_trial(Seed(7)));
}

#[test]
fn another_seed_draws_other_people() {
    // In the order of their covariates, so that neither identifiers nor dates tell them apart.
    let people = |seed| {
        let mut people: Vec<_> = rows(&planned_trial(seed).participants_csv)
            .iter()
            .map(|row| [row["sex"].clone(), row["education"].clone(), row["language"].clone()])
            .collect();
        people.sort_unstable();
        people
    };
    assert_ne!(people(Seed(7)), people(Seed(8)));
}

#[test]
fn identifiers_tell_neither_arm_nor_date() {
    let made = planned_trial(Seed(1));
    // Ranks of identifiers in the order of dates, and by arm: correlations within 4/√n of 0.
    let mut people = rows(&made.participants_csv);
    people.sort_by(|a, b| a["randomisation_date"].cmp(&b["randomisation_date"]));
    let number = |row: &Row| row["participant_id"][1..].parse::<f64>().expect("a number");
    let n = people.len() as f64;
    let centre = f64::midpoint(n, 1.0);
    let spread: f64 =
        people.iter().map(|row| (number(row) - centre) * (number(row) - centre)).sum();
    let with_date: f64 = people
        .iter()
        .enumerate()
        .map(|(rank, row)| (rank as f64 + 1.0 - centre) * (number(row) - centre))
        .sum();
    let with_arm: f64 = people
        .iter()
        .map(|row| (number(row) - centre) * if row["arm"] == "IPS" { 0.5 } else { -0.5 })
        .sum();
    assert!((with_date / spread).abs() < 4.0 / n.sqrt());
    assert!((with_arm / (spread * n / 4.0).sqrt()).abs() < 4.0 / n.sqrt());
}

#[test]
fn a_trial_can_be_small_and_without_effect() {
    let mut design = Design::planned().without_effect();
    for (region, places) in design.regions.iter_mut().zip([1, 0, 3]) {
        region.places_per_arm = places;
    }
    let made = trial(Seed(2), &design).unwrap();
    assert_eq!(rows(&made.participants_csv).len(), 8);
    let difference = made.truth.risk_difference(Scope::All, 547).unwrap();
    assert!(difference.abs() < f64::EPSILON);
    assert_eq!(made.truth.risk_difference(Scope::Region("wallonia"), 547), None);
}

#[test]
fn the_plan_names_what_the_trial_holds() {
    let plan: toml::Table = ips_eval::simulate::plan_toml().parse().unwrap();
    let design = Design::planned();
    assert_eq!(plan["trial"]["data_cutoff"].to_string(), design.data_cutoff.to_string());
    let regions: Vec<_> = plan["trial"]["regions"].as_array().unwrap().iter().collect();
    assert!(regions.iter().zip(&design.regions).all(|(a, b)| a.as_str() == Some(&b.name)));
    let made = planned_trial(Seed(1));
    let people = rows(&made.participants_csv);
    let subgroups = plan["subgroups"].as_array().unwrap().iter().map(|group| &group["variable"]);
    for covariate in plan["analysis"]["covariates"].as_array().unwrap().iter().chain(subgroups) {
        let column = covariate.as_str().unwrap();
        let empty = people.iter().filter(|row| row[column].is_empty()).count();
        // A few do not know their education; every other covariate is known.
        assert!(if column == "education" { (1..100).contains(&empty) } else { empty == 0 });
    }
    let clusters = plan["analysis"]["clusters"].as_str().unwrap();
    let coached = people.iter().filter(|row| !row[clusters].is_empty());
    assert!(coached.clone().count() > 400 && coached.clone().all(|row| row["arm"] == "IPS"));
    for (key, label) in plan["trial"]["arms"].as_table().unwrap() {
        let n = people.iter().filter(|row| row["arm"] == label.as_str().unwrap()).count();
        assert_eq!(n, 600, "{key}");
    }
}

#[test]
fn the_tables_can_be_written_to_look_at() {
    let dir = tempfile::tempdir().unwrap();
    let made = planned_trial(DEMONSTRATION_SEED);
    for (name, text) in [
        ("participants.csv", made.participants_csv.as_str()),
        ("employment.csv", made.employment_csv.as_str()),
        ("allocation.csv", made.allocation_csv.as_str()),
        ("benefits.csv", made.benefits_csv.as_str()),
        ("plan.toml", ips_eval::simulate::plan_toml()),
    ] {
        std::fs::write(dir.path().join(name), text).unwrap();
        assert!(std::fs::metadata(dir.path().join(name)).unwrap().len() > 1000, "{name}");
    }
}
