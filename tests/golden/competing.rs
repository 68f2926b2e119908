//! Reference values of competing exits: R's cmprsk, survival and mvtnorm.

use std::collections::BTreeMap;

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights};
use ips_eval::random::Seed;
use ips_eval::resample::sup_t::{SupTError, SupTSettings, sup_t};
use ips_eval::survival::aalen_johansen::CumulativeIncidence;
use ips_eval::survival::curve::{LimitScale, log_log_limits};
use ips_eval::survival::ending::{Cause, Ending};
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::gray::{GrayTest, gray, gray_stratified};
use ips_eval::survival::influence::incidence_influence;
use ips_eval::survival::influence_covariance::{correlation, influence_covariance};
use ips_eval::survival::log_rank::log_rank_stratified;
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::restricted_mean::restricted_mean;
use ips_eval::survival::time_lost::{time_lost, time_lost_difference, time_lost_influence};
use ips_eval::trial::arm::{Arm, TwoArm};
use ndarray::Array2;
use serde_json::Value;

use super::sets::Set;
use super::{Reference, number, numbers};

/// How often each participant counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Once,
    Weighted,
}

/// Whether there are strata.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    Together,
    ByStratum,
}

/// The participants of a frame, by columns.
pub(crate) struct Frame {
    pub(crate) days: Vec<i32>,
    pub(crate) endings: Vec<Ending>,
    pub(crate) arms: Vec<Arm>,
    pub(crate) strata: Vec<u32>,
    pub(crate) weights: Vec<u32>,
    pub(crate) covariates: BTreeMap<String, Vec<f64>>,
}

impl Frame {
    fn of(input: &Value) -> Self {
        let set = input["set"].as_str().map(Set::read);
        let column = |name: &str| match input[name].as_str() {
            Some(column) => set.as_ref().expect("a set").column(column),
            None => numbers(&input[name]),
        };
        #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
        let whole = |name: &str| column(name).into_iter().map(|value| value as i64);
        let covariate = |name: &str| (name.to_owned(), column(name));
        Self {
            days: whole("day").map(|day| i32::try_from(day).expect("a day")).collect(),
            endings: whole("cause")
                .map(|cause| match cause {
                    0 => Ending::Censored,
                    1 => Ending::Event,
                    2 => Ending::Competing,
                    other => panic!("no cause: {other}"),
                })
                .collect(),
            arms: whole("arm")
                .map(|z| if z == 1 { Arm::Intervention } else { Arm::Control })
                .collect(),
            strata: whole("stratum").map(|s| u32::try_from(s).expect("a stratum")).collect(),
            weights: whole("weight").map(|w| u32::try_from(w).expect("a weight")).collect(),
            covariates: ["arm", "x1", "x2"].map(covariate).into(),
        }
    }

    pub(crate) fn n(&self) -> usize {
        self.days.len()
    }

    /// The table of those who belong, each once or with the own weight.
    fn table(&self, count: Count, belongs: impl Fn(usize) -> bool) -> EventTable {
        let weight = |i: usize| if count == Count::Weighted { self.weights[i] } else { 1 };
        let weights: Vec<u32> =
            (0..self.n()).map(|i| if belongs(i) { weight(i) } else { 0 }).collect();
        EventTable::new(&self.days, &self.endings, Some(FrequencyWeights(&weights)))
    }

    fn arm_tables(&self, count: Count, belongs: impl Fn(usize) -> bool) -> TwoArm<EventTable> {
        TwoArm::from_fn(|arm| self.table(count, |i| self.arms[i] == arm && belongs(i)))
    }

    /// Both arms of each stratum, or of all as one.
    fn strata(&self, count: Count, split: Split) -> Vec<TwoArm<EventTable>> {
        if split == Split::Together {
            return vec![self.arm_tables(count, |_| true)];
        }
        let labels: std::collections::BTreeSet<u32> = self.strata.iter().copied().collect();
        labels.iter().map(|&s| self.arm_tables(count, |i| self.strata[i] == s)).collect()
    }
}

/// The file, with its frames by name.
pub(crate) struct Cases {
    pub(crate) reference: Reference,
    frames: BTreeMap<String, Frame>,
}

impl Cases {
    pub(crate) fn read() -> Self {
        let reference = Reference::read("competing");
        let frames = reference.cases.iter().filter(|case| case["kind"] == "frame");
        let frames = frames.map(|case| (name_of(case), Frame::of(&case["input"]))).collect();
        Self { reference, frames }
    }

    pub(crate) fn frame(&self, name: &str) -> &Frame {
        &self.frames[name]
    }

    /// Calls `check` with each case of the kind; there must be at least so many.
    pub(crate) fn each(&self, kind: &str, at_least: usize, mut check: impl FnMut(&Value)) {
        let cases = self.reference.cases.iter().filter(|case| case["kind"] == kind);
        let n = cases.inspect(|case| check(case)).count();
        assert!(n >= at_least, "{n} cases of {kind}");
    }

    #[track_caller]
    pub(crate) fn close(&self, what: &str, got: f64, want: &Value) {
        self.reference.assert_close(what, got, want);
    }
}

pub(crate) fn name_of(case: &Value) -> String {
    case["name"].as_str().expect("a name").to_owned()
}

pub(crate) fn count_of(case: &Value) -> Count {
    if case["input"]["weights"] == "weighted" { Count::Weighted } else { Count::Once }
}

pub(crate) fn cause_of(case: &Value) -> Cause {
    if case["input"]["cause"] == 1 { Cause::Event } else { Cause::Competing }
}

fn other(cause: Cause) -> Cause {
    match cause {
        Cause::Event => Cause::Competing,
        Cause::Competing => Cause::Event,
    }
}

/// The causes exchanged.
pub(crate) fn exchanged(endings: &[Ending]) -> Vec<Ending> {
    let exchange = |ending: &Ending| match ending {
        Ending::Event => Ending::Competing,
        Ending::Competing => Ending::Event,
        Ending::Censored => Ending::Censored,
    };
    endings.iter().map(exchange).collect()
}

fn level(level: f64) -> ConfidenceLevel {
    ConfidenceLevel::new(level).expect("a level")
}

fn gray_of(
    strata: &[TwoArm<EventTable>],
    cause: Cause,
    rho: f64,
) -> Result<GrayTest, NotEstimable> {
    let strata: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
    gray_stratified(&strata, cause, rho)
}

#[test]
fn grays_tests_are_cumincs() {
    let cases = Cases::read();
    let (mut tests, mut without) = (0, 0);
    cases.each("gray", 200, |case| {
        let (input, want) = (&case["input"], &case["want"]);
        let frame = cases.frame(&name_of(case));
        let stratified = input["stratified"] == 1;
        let split = if stratified { Split::ByStratum } else { Split::Together };
        let (cause, rho) = (cause_of(case), number(&input["rho"]));
        let strata = frame.strata(count_of(case), split);
        let what = format!("{} {input}", name_of(case));
        let got = gray_of(&strata, cause, rho);
        if number(&want["statistic"]).is_nan() {
            let reason = got.expect_err(&what);
            assert!(matches!(reason, NotEstimable::NoEvents | NotEstimable::NoVariance), "{what}");
            without += 1;
            return;
        }
        let got = got.expect(&what);
        cases.close(&what, got.test.statistic, &want["statistic"]);
        cases.close(&format!("{what}: p"), got.test.p_value, &want["p_value"]);
        if !want["log_rank_excess"].is_null() {
            // Nobody leaves by the other cause: the log-rank test's score, another variance.
            cases.close(&what, got.excess, &want["log_rank_excess"]);
            if !stratified && rho <= 0.0 && frame.n() > 100 {
                let ratio = got.test.statistic / number(&want["log_rank"]);
                assert!((ratio - 1.0).abs() < 0.1, "{what}: {ratio}");
            }
        }
        tests += 1;
    });
    assert!(tests > 150 && without > 3, "{tests} tests, {without} without");
}

#[test]
fn grays_test_is_of_the_cause_that_was_asked_for() {
    let cases = Cases::read();
    for name in ["colon", "mgus2", "ties of every kind", "last day all events"] {
        let frame = cases.frame(name);
        let coded_otherwise =
            Frame { endings: exchanged(&frame.endings), ..Frame::of_parts(frame) };
        let both = |frame: &Frame, cause| {
            gray_of(&frame.strata(Count::Once, Split::ByStratum), cause, 0.0)
        };
        let (event, competing) = (both(frame, Cause::Event), both(frame, Cause::Competing));
        assert_eq!(event, both(&coded_otherwise, Cause::Competing), "{name}");
        assert_eq!(competing, both(&coded_otherwise, Cause::Event), "{name}");
        assert_ne!(event, competing, "{name}");
    }
}

impl Frame {
    fn of_parts(frame: &Frame) -> Self {
        Self {
            days: frame.days.clone(),
            endings: frame.endings.clone(),
            arms: frame.arms.clone(),
            strata: frame.strata.clone(),
            weights: frame.weights.clone(),
            covariates: frame.covariates.clone(),
        }
    }
}

#[test]
fn exchanging_the_arms_negates_grays_excess() {
    let cases = Cases::read();
    for name in ["colon", "mgus2", "lung", "one arm followed for less"] {
        let strata = cases.frame(name).strata(Count::Weighted, Split::ByStratum);
        let swapped: Vec<_> = strata
            .iter()
            .map(|s| TwoArm { intervention: s.control.clone(), control: s.intervention.clone() })
            .collect();
        for cause in [Cause::Event, Cause::Competing] {
            let one = gray_of(&strata, cause, 0.0).expect("a test");
            let two = gray_of(&swapped, cause, 0.0).expect("a test");
            assert!((one.excess + two.excess).abs() < 1e-10, "{name}");
            assert!((one.variance / two.variance - 1.0).abs() < 1e-10, "{name}");
        }
    }
}

/// A competing exit is no event and no censoring: counted as either it gives another test.
#[test]
fn a_competing_exit_is_neither_event_nor_censoring() {
    let cases = Cases::read();
    let frame = cases.frame("colon");
    let with = |ending: Ending| {
        let recode = |e: &Ending| if *e == Ending::Competing { ending } else { *e };
        let endings = frame.endings.iter().map(recode).collect();
        let frame = Frame { endings, ..Frame::of_parts(frame) };
        gray_of(&frame.strata(Count::Once, Split::Together), Cause::Event, 0.0).expect("a test")
    };
    let kept = with(Ending::Competing);
    for ending in [Ending::Event, Ending::Censored] {
        assert!((with(ending).excess - kept.excess).abs() > 1e-3, "{ending:?}");
    }
    // Without them all days after the last event may be cut off: nothing changes.
    let last = (0..frame.n()).filter(|&i| frame.endings[i] == Ending::Event);
    let last = last.map(|i| frame.days[i]).max().expect("an event");
    let days: Vec<i32> = frame.days.iter().map(|&day| day.min(last + 1)).collect();
    let cut = |i: usize| if frame.days[i] > last { Ending::Censored } else { frame.endings[i] };
    let endings = (0..frame.n()).map(cut).collect();
    let cut = Frame { days, endings, ..Frame::of_parts(frame) };
    let cut =
        gray_of(&cut.strata(Count::Once, Split::Together), Cause::Event, 0.0).expect("a test");
    assert!((cut.test.statistic - kept.test.statistic).abs() < 1e-9);
}

#[test]
fn grays_test_says_why_there_is_none() {
    let someone = EventTable::new(&[3, 5], &[Ending::Event, Ending::Competing], None);
    let nobody = EventTable::default();
    let censored = EventTable::new(&[3, 5], &[Ending::Censored; 2], None);
    let test = |intervention, control| gray(TwoArm { intervention, control }, Cause::Event);
    assert_eq!(test(&someone, &nobody), Err(NotEstimable::NoParticipants));
    assert_eq!(test(&censored, &censored), Err(NotEstimable::NoEvents));
    let all_at_once = EventTable::new(&[4, 4], &[Ending::Event; 2], None);
    assert_eq!(test(&all_at_once, &all_at_once), Err(NotEstimable::NoVariance));
    // An arm that is only in strata of its own is compared with nobody.
    let apart = [
        TwoArm { intervention: &someone, control: &nobody },
        TwoArm { intervention: &nobody, control: &someone },
    ];
    assert_eq!(gray_stratified(&apart, Cause::Event, 0.0), Err(NotEstimable::NoVariance));
    assert_eq!(log_rank_stratified(&apart), Err(NotEstimable::NoVariance));
}

#[test]
fn times_lost_are_survfits() {
    let cases = Cases::read();
    cases.each("time_lost", 30, |case| {
        let (input, want) = (&case["input"], &case["want"]);
        let frame = cases.frame(&name_of(case));
        let arm = if input["arm"] == 1 { Arm::Intervention } else { Arm::Control };
        let table = frame.table(count_of(case), |i| frame.arms[i] == arm);
        // Free of both causes: their events are one event.
        let either = |e: &Ending| if *e == Ending::Censored { *e } else { Ending::Event };
        let endings = frame.endings.iter().map(either).collect();
        let merged = Frame { endings, ..Frame::of_parts(frame) };
        let free = merged.table(count_of(case), |i| frame.arms[i] == arm);
        let members: Vec<usize> = (0..frame.n()).filter(|&i| frame.arms[i] == arm).collect();
        let days: Vec<i32> = members.iter().map(|&i| frame.days[i]).collect();
        let endings: Vec<Ending> = members.iter().map(|&i| frame.endings[i]).collect();
        for (k, tau) in numbers(&input["tau"]).into_iter().enumerate() {
            let what = format!("{} {input} τ {tau}", name_of(case));
            let mut all = restricted_mean(&free, tau).expect("follow-up").estimate_days;
            cases.close(&what, all, &want["free"][k]);
            for (cause, key) in [(Cause::Event, "event"), (Cause::Competing, "competing")] {
                let got = time_lost(&table, cause, tau).expect("follow-up");
                cases.close(&format!("{what} {key}"), got.estimate_days, &want[key]["estimate"][k]);
                let what = format!("{what} {key}: se");
                cases.close(&what, got.std_error_days, &want[key]["std_error"][k]);
                all += got.estimate_days;
                let wants = &want["influence"][key][k];
                if !wants.is_null() {
                    let got = time_lost_influence(&days, &endings, None, cause, tau);
                    for (i, got) in got.expect("follow-up").into_iter().enumerate() {
                        cases.close(&format!("{what}: influence of {i}"), got, &wants[i]);
                    }
                }
            }
            assert!((all / tau - 1.0).abs() < 1e-12, "{what}: together {all}");
        }
    });
}

#[test]
fn times_lost_beyond_follow_up_are_refused() {
    let table =
        EventTable::new(&[0, 3, 5], &[Ending::Event, Ending::Competing, Ending::Event], None);
    let past = NotEstimable::PastLastFollowUp { time_days: 5.5, last_day: 5 };
    assert_eq!(time_lost(&table, Cause::Event, 5.5), Err(past));
    let nobody = EventTable::default();
    assert_eq!(time_lost(&nobody, Cause::Event, 1.0), Err(NotEstimable::NoParticipants));
    // A third from day 0 on, by hand: 5/3 days; nothing at τ = 0.
    let lost = |tau| time_lost(&table, Cause::Event, tau).expect("follow-up");
    assert!((lost(5.0).estimate_days - 5.0 / 3.0).abs() < 1e-15);
    assert!(lost(0.0).estimate_days.abs() <= 0.0 && lost(0.0).std_error_days.abs() <= 0.0);
    let difference =
        time_lost_difference(TwoArm { intervention: lost(5.0), control: lost(3.0) }, level(0.95));
    assert!((difference.estimate - 2.0 / 3.0).abs() < 1e-15);
    let square = |tau| lost(tau).std_error_days * lost(tau).std_error_days;
    let error = (square(5.0) + square(3.0)).sqrt();
    assert!((difference.std_error - error).abs() < 1e-14 && difference.p_value.is_some());
}

#[test]
fn incidences_and_event_free_survival_are_one() {
    let cases = Cases::read();
    cases.each("frame", 10, |case| {
        let frame = cases.frame(&name_of(case));
        let table = frame.table(Count::Weighted, |_| true);
        let curves = [Cause::Event, Cause::Competing]
            .map(|cause| CumulativeIncidence::new(&table, cause, level(0.95)));
        let mut free = 1.0;
        for row in table.rows() {
            free *= (row.n_at_risk - row.n_events - row.n_competing) / row.n_at_risk;
            let incidence =
                |c: &CumulativeIncidence<'_>| c.at(f64::from(row.day)).expect("follow-up").estimate;
            let sum: f64 = curves.iter().map(incidence).sum();
            assert!((sum + free - 1.0).abs() < 1e-12, "{} day {}", name_of(case), row.day);
        }
        let swapped = EventTable::new(&frame.days, &exchanged(&frame.endings), None);
        let plain = EventTable::new(&frame.days, &frame.endings, None);
        let last = f64::from(plain.last_day().expect("someone"));
        for cause in [Cause::Event, Cause::Competing] {
            let one = CumulativeIncidence::new(&plain, cause, level(0.95)).at(last);
            assert_eq!(one, CumulativeIncidence::new(&swapped, other(cause), level(0.95)).at(last));
            let days = (&frame.days, &frame.endings);
            let one = incidence_influence(days.0, days.1, None, cause, last);
            let endings = exchanged(days.1);
            assert_eq!(one, incidence_influence(days.0, &endings, None, other(cause), last));
        }
    });
}

fn square(values: &Value) -> Array2<f64> {
    let values = numbers(values);
    let k = (1..=values.len()).find(|k| k * k == values.len()).expect("a square");
    Array2::from_shape_vec((k, k), values).expect("a square")
}

fn draws(n: usize) -> SupTSettings {
    SupTSettings { seed: Seed(20), draws: n }
}

#[test]
fn correlations_of_an_incidence_are_survfits() {
    let cases = Cases::read();
    cases.each("correlation", 1, |case| {
        let frame = cases.frame(&name_of(case));
        let members: Vec<usize> =
            (0..frame.n()).filter(|&i| frame.arms[i] == Arm::Intervention).collect();
        let days: Vec<i32> = members.iter().map(|&i| frame.days[i]).collect();
        let endings: Vec<Ending> = members.iter().map(|&i| frame.endings[i]).collect();
        let times = numbers(&case["input"]["days"]);
        let influence = |&time: &f64| {
            incidence_influence(&days, &endings, None, Cause::Event, time).expect("follow-up")
        };
        let columns: Vec<Vec<f64>> = times.iter().map(influence).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let covariance = influence_covariance(&columns, CaseWeights::Once);
        for (k, variance) in covariance.diag().iter().enumerate() {
            cases.close("standard error", variance.sqrt(), &case["want"]["std_error"][k]);
        }
        let got = correlation(covariance.view());
        for (got, want) in got.iter().zip(case["want"]["correlation"].as_array().expect("list")) {
            cases.close("correlation", *got, want);
        }
    });
}

#[test]
fn critical_values_are_mvtnorms_within_monte_carlo_error() {
    let cases = Cases::read();
    cases.each("sup_t", 7, |case| {
        let level = level(number(&case["input"]["level"]));
        let r = square(&case["input"]["correlation"]);
        let got = sup_t(r.view(), level, draws(100_000)).expect("a critical value");
        let want = number(&case["want"]["value"]);
        // Four Monte Carlo errors; mvtnorm's own is up to 0.001 on the scale of c.
        let allowed = 4.0 * got.monte_carlo_error + 0.001;
        let what = format!("{} {level:?}: {got:?}, want {want}", name_of(case));
        assert!((got.value - want).abs() < allowed, "{what}");
        assert!(got.monte_carlo_error < 0.02 && got.value > level.z(), "{what}");
    });
}

#[test]
fn critical_values_have_closed_forms() {
    let level = level(0.95);
    let one = sup_t(Array2::eye(1).view(), level, draws(10)).expect("exact");
    assert!((one.value - level.z()).abs() <= 0.0 && one.monte_carlo_error.abs() <= 0.0);
    // The same estimate many times, with either sign, is one estimate.
    let same = Array2::from_shape_fn((4, 4), |(j, k)| if (j + k) % 2 == 0 { 1.0 } else { -1.0 });
    assert_eq!(sup_t(same.view(), level, draws(10)), Ok(one));
    for k in [2_usize, 5, 30] {
        let got = sup_t(Array2::eye(k).view(), level, draws(100_000)).expect("a value");
        let inside = 1.0 - (1.0 - libm::pow(0.95, 1.0 / k as f64)) / 2.0;
        let want = ips_eval::numeric::distribution::normal::quantile(inside);
        assert!((got.value - want).abs() < 4.0 * got.monte_carlo_error, "{k}: {got:?} {want}");
    }
    // Each estimate twice, and one without variance, changes nothing but rounding.
    let twice = Array2::from_shape_fn((11, 11), |(j, k)| {
        f64::from(u8::from(j < 10 && k < 10 && j / 2 == k / 2))
    });
    let got = sup_t(twice.view(), level, draws(5_000)).expect("a value").value;
    let once = sup_t(Array2::eye(5).view(), level, draws(5_000)).expect("a value").value;
    assert!((got - once).abs() < 0.1, "{got} {once}");
}

#[test]
fn critical_values_do_not_depend_on_threads_and_say_what_is_wrong() {
    let r = Array2::from_shape_fn((8, 8), |(j, k)| libm::pow(0.7, j.abs_diff(k) as f64));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| sup_t(r.view(), level(0.9), draws(5_000)).expect("a value"))
    };
    assert_eq!(with(1).value.to_bits(), with(3).value.to_bits());
    let refuse = |r: Array2<f64>, n| sup_t(r.view(), level(0.9), draws(n)).expect_err("no value");
    assert_eq!(refuse(r.clone(), 5), SupTError::TooFewDraws);
    assert_eq!(refuse(r.clone(), 0), SupTError::TooFewDraws);
    assert_eq!(refuse(Array2::zeros((3, 3)), 5_000), SupTError::NoEstimates);
    assert_eq!(refuse(Array2::zeros((0, 0)), 5_000), SupTError::NoEstimates);
    assert_eq!(refuse(Array2::eye(3) * 2.0, 9), SupTError::NotACorrelation { row: 0 });
    assert_eq!(refuse(Array2::zeros((2, 3)), 9), SupTError::NotACorrelation { row: 2 });
    let mut wrong = Array2::eye(3);
    for (j, k, value) in [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)] {
        wrong[[j, k]] = value;
        wrong[[k, j]] = value;
    }
    assert_eq!(refuse(wrong, 5_000), SupTError::NotPositiveSemidefinite);
}

#[test]
fn a_band_is_the_limits_formula_with_another_multiplier() {
    let level = level(0.95);
    for (p, error) in [(0.3, 0.05), (0.9, 0.01), (0.5, 0.0)] {
        assert_eq!(
            LimitScale::LogLog.around(p, level.z() * error),
            log_log_limits(p, error, level)
        );
        let band = LimitScale::LogLog.around(p, 2.8 * error).expect("a band");
        // On the scale of log(−log p) both limits lie 2.8 se / (p ln p) from the estimate.
        let scale = |p: f64| libm::log(-libm::log(p));
        let margin = -2.8 * error / (p * libm::log(p));
        assert!((scale(band.lower) - scale(p) - margin).abs() < 1e-12);
        assert!((scale(p) - scale(band.upper) - margin).abs() < 1e-12);
    }
    assert_eq!(LimitScale::LogLog.around(0.0, 0.28), None);
    assert_eq!(LimitScale::LogLog.around(1.0, 0.28), None);
}
