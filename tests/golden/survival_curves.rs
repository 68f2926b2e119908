//! Reference values of survival curves: R's survival, with delayed entry, weights and contrasts.

use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights, SamplingWeights};
use ips_eval::survival::curve::{CurveEstimate, Difference, LimitScale, LimitSettings};
use ips_eval::survival::curve_influence::{
    influence_std_error, restricted_mean_influence, restricted_mean_pseudo_values,
    robust_restricted_mean, survival_influence, survival_pseudo_values,
};
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::follow_up::{follow_up_quantile, median_follow_up};
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::milestone::milestone_test;
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::quantile::{QuantileDays, quantile};
use ips_eval::survival::restricted_mean::{
    restricted_mean, restricted_mean_difference, restricted_means,
};
use ips_eval::survival::restricted_mean_contrast::{
    Ratio, restricted_mean_ratio, stratified_restricted_mean_difference, time_lost_ratio,
};
use ips_eval::survival::times::Times;
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::sets::Set;
use super::{Reference, numbers};

pub(super) const SCALES: [(LimitScale, &str); 4] = [
    (LimitScale::LogLog, "log_log"),
    (LimitScale::Log, "log"),
    (LimitScale::Plain, "plain"),
    (LimitScale::Logit, "logit"),
];

/// The participants of a case.
struct Group {
    entries: Option<Vec<i32>>,
    days: Vec<i32>,
    endings: Vec<Ending>,
    frequencies: Vec<u32>,
    sampling: Vec<f64>,
}

pub(super) fn whole(value: &Value) -> Vec<i32> {
    let day = |item: &Value| i32::try_from(item.as_i64().expect("whole")).expect("a day");
    value.as_array().expect("a list").iter().map(day).collect()
}

fn endings(value: &Value) -> Vec<Ending> {
    let ending = |code: i32| match code {
        0 => Ending::Censored,
        1 => Ending::Event,
        2 => Ending::Competing,
        other => panic!("no ending: {other}"),
    };
    whole(value).into_iter().map(ending).collect()
}

impl Group {
    fn of(input: &Value) -> Self {
        let entries = &input["entries"];
        let kind = |kind: &str| input["weight_kind"] == kind;
        let weight = |w: i32| u32::try_from(w).expect("a weight");
        Self {
            entries: entries.is_array().then(|| whole(entries)),
            days: whole(&input["days"]),
            endings: endings(&input["endings"]),
            frequencies: if kind("frequency") {
                whole(&input["weights"]).into_iter().map(weight).collect()
            } else {
                Vec::new()
            },
            sampling: if kind("sampling") { numbers(&input["weights"]) } else { Vec::new() },
        }
    }

    fn times(&self) -> Times<'_> {
        Times { entries: self.entries.as_deref(), days: &self.days, endings: &self.endings }
    }

    fn weights(&self) -> CaseWeights<'_> {
        if !self.frequencies.is_empty() {
            CaseWeights::Frequency(FrequencyWeights(&self.frequencies))
        } else if !self.sampling.is_empty() {
            CaseWeights::Sampling(SamplingWeights::new(&self.sampling).expect("weights"))
        } else {
            CaseWeights::Once
        }
    }

    fn is_sampled(&self) -> bool {
        !self.sampling.is_empty()
    }

    fn table(&self) -> EventTable {
        EventTable::of(self.times(), self.weights())
    }

    fn curve<'a>(&self, table: &'a EventTable, scale: LimitScale) -> KaplanMeier<'a> {
        if self.is_sampled() {
            KaplanMeier::robust(table, self.times(), self.weights(), settings(scale))
        } else {
            KaplanMeier::on_scale(table, settings(scale))
        }
    }
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

fn settings(scale: LimitScale) -> LimitSettings {
    LimitSettings { level: level(), scale }
}

fn or_nan(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// Calls `check` with each curve's name, participants and R's values.
fn for_each_curve(mut check: impl FnMut(&Reference, &str, &Group, &Value)) {
    let reference = Reference::read("survival_curves");
    let curves = reference.cases.iter().filter(|case| case["kind"] == "curve");
    for case in curves {
        let name = case["name"].as_str().expect("a name");
        check(&reference, name, &Group::of(&case["input"]), &case["want"]);
    }
}

fn assert_quantile(reference: &Reference, what: &str, got: QuantileDays, want: &Value, i: usize) {
    let parts = [("estimate", got.estimate), ("lower", got.lower), ("upper", got.upper)];
    for (part, got) in parts {
        reference.assert_close(&format!("{what}: {part}"), or_nan(got), &want[part][i]);
    }
}

fn assert_curve(
    reference: &Reference,
    what: &str,
    curve: &KaplanMeier<'_>,
    want: &Value,
    scale: &str,
) {
    assert_eq!(curve.points().len(), numbers(&want["day"]).len(), "{what}");
    let n_events = numbers(&want["n_events"]);
    for (i, (point, row)) in curve.points().iter().zip(curve.table().rows()).enumerate() {
        let value = point.value;
        let limits = value.limits;
        let close = |name: &str, got: f64, want: &Value| {
            reference.assert_close(
                &format!("{what}, {scale}, day {}: {name}", point.day),
                got,
                want,
            );
        };
        close("day", f64::from(point.day), &want["day"][i]);
        close("n at risk", value.n_at_risk, &want["n_at_risk"][i]);
        assert!((row.n_events - n_events[i]).abs() < 1e-12, "{what}");
        close("survival", value.estimate, &want["survival"][i]);
        close("std error", or_nan(value.std_error), &want["std_error"][i]);
        close("lower", or_nan(limits.map(|l| l.lower)), &want[scale]["lower"][i]);
        close("upper", or_nan(limits.map(|l| l.upper)), &want[scale]["upper"][i]);
    }
}

#[test]
fn curves_and_limits_on_every_scale_are_survfits() {
    let mut n_points = 0;
    for_each_curve(|reference, what, group, want| {
        let table = group.table();
        for (scale, key) in SCALES {
            let curve = group.curve(&table, scale);
            assert_curve(reference, what, &curve, &want["curve"], key);
            n_points += curve.points().len();
        }
    });
    assert!(n_points > 3000);
}

#[test]
fn quantiles_on_every_scale_are_survfits() {
    let mut n_quantiles = 0;
    for_each_curve(|reference, what, group, want| {
        let table = group.table();
        for (scale, key) in SCALES {
            let curve = group.curve(&table, scale);
            let want = &want["curve"][key]["quantile"];
            if want.is_null() {
                continue;
            }
            for (i, p) in numbers(&want["p"]).into_iter().enumerate() {
                let got = quantile(&curve, p).expect("a group");
                assert_quantile(reference, &format!("{what}, {key}, {p}"), got, want, i);
                n_quantiles += 1;
            }
        }
    });
    assert!(n_quantiles > 250);
}

#[test]
fn follow_up_is_survfits_of_the_censorings() {
    let mut n_medians = 0;
    for_each_curve(|reference, what, group, want| {
        let want = &want["follow_up"];
        if want.is_null() {
            return;
        }
        let table = group.table();
        let reversed = table.reversed();
        for (scale, key) in SCALES {
            let curve = KaplanMeier::on_scale(&reversed, settings(scale));
            assert_curve(reference, &format!("{what}, reversed"), &curve, want, key);
            let got = median_follow_up(&table, settings(scale)).expect("a group");
            assert_eq!(follow_up_quantile(&table, 0.5, settings(scale)), Ok(got));
            let want = &want[key]["quantile"];
            if !want.is_null() {
                assert_quantile(reference, &format!("{what}, reversed"), got, want, 0);
                n_medians += 1;
            }
        }
    });
    assert!(n_medians > 30, "{n_medians}");
}

#[test]
fn restricted_means_and_robust_ones_are_survfits() {
    for_each_curve(|reference, what, group, want| {
        let table = group.table();
        let plain = &want["restricted_mean"];
        if !plain.is_null() {
            let horizons = numbers(&plain["tau"]);
            let got = restricted_means(&table, &horizons);
            for (i, (horizon, got)) in horizons.into_iter().zip(got).enumerate() {
                let got = got.expect("R has a mean");
                let what = format!("{what}, τ {horizon}");
                assert_eq!(restricted_mean(&table, horizon), Ok(got), "{what}");
                reference.assert_close(&what, got.estimate_days, &plain["estimate"][i]);
                let what = format!("{what}: standard error");
                reference.assert_close(&what, got.std_error_days, &plain["std_error"][i]);
            }
        }
        let robust = &want["robust"];
        if !robust.is_null() {
            for (i, tau) in numbers(&want["influence"]["tau"]).into_iter().enumerate() {
                let got =
                    robust_restricted_mean(group.times(), group.weights(), tau).expect("R has");
                let what = format!("{what}, robust, τ {tau}");
                reference.assert_close(&what, got.estimate_days, &robust["estimate"][i]);
                reference.assert_close(&what, got.std_error_days, &robust["std_error"][i]);
            }
        }
    });
}

#[test]
fn influence_and_pseudo_values_are_survfits() {
    let mut n_values = 0;
    for_each_curve(|reference, what, group, want| {
        let (times, weights) = (group.times(), group.weights());
        let influence = &want["influence"];
        if influence.is_null() {
            return;
        }
        let rows = whole(&influence["row"]);
        let mut check = |what: String, rows: &[i32], got: &[f64], want: &Value| {
            for (k, &row) in rows.iter().enumerate() {
                let row = usize::try_from(row).expect("a position");
                reference.assert_close(&format!("{what} of {row}"), got[row], &want[k]);
                n_values += 1;
            }
        };
        for (i, tau) in numbers(&influence["tau"]).into_iter().enumerate() {
            let survival = survival_influence(times, weights, tau).expect("R has");
            check(
                format!("{what}: survival at {tau}"),
                &rows,
                &survival,
                &influence["survival"][i],
            );
            let mean = restricted_mean_influence(times, weights, tau).expect("R has");
            let wants = &influence["restricted_mean"][i];
            check(format!("{what}: mean to {tau}"), &rows, &mean, wants);
            // The curve's own pass over the participants says the same as their values.
            let table = group.table();
            let curve = KaplanMeier::robust(&table, times, weights, settings(LimitScale::Plain));
            let value = curve.at(tau).expect("R has");
            if value.estimate > 0.0 {
                let error = value.std_error.expect("a standard error");
                let want = influence_std_error(&survival, weights);
                assert!((error - want).abs() < 1e-12, "{what}: {error}, {want}");
            }
            if want["pseudo"].is_object() {
                let got = survival_pseudo_values(times, weights, tau).expect("R has");
                check(format!("{what}: pseudo {tau}"), &rows, &got, &want["pseudo"]["survival"][i]);
                let got = restricted_mean_pseudo_values(times, weights, tau).expect("R has");
                let wants = &want["pseudo"]["restricted_mean"][i];
                check(format!("{what}: pseudo {tau}"), &rows, &got, wants);
            }
        }
    });
    assert!(n_values > 4000);
}

#[test]
fn numbers_at_risk_are_counts_of_those_who_entered_and_have_not_left() {
    let mut n_times = 0;
    for_each_curve(|reference, what, group, want| {
        let want = &want["at_risk"];
        if want.is_null() {
            return;
        }
        let table = group.table();
        for (i, time) in numbers(&want["times"]).into_iter().enumerate() {
            let what = format!("{what}: at risk at {time}");
            reference.assert_close(&what, table.n_at_risk(time), &want["n"][i]);
            n_times += 1;
        }
    });
    assert!(n_times > 400);
}

#[test]
fn rows_of_one_person_are_never_at_risk_together() {
    let set = Set::read("bladder");
    let endings: Vec<Ending> = set
        .whole("event")
        .into_iter()
        .map(|code| if code == 1 { Ending::Event } else { Ending::Censored })
        .collect();
    let (entries, days) = (set.whole("start"), set.whole("stop"));
    let times = Times { entries: Some(&entries), days: &days, endings: &endings };
    let table = EventTable::of(times, CaseWeights::Once);
    let persons: std::collections::BTreeSet<i32> = set.whole("id").into_iter().collect();
    let n_persons = f64::from(u32::try_from(persons.len()).expect("a count"));
    assert!(days.len() > 2 * persons.len(), "several rows a person");
    assert!((table.rows()[0].n_at_risk - n_persons).abs() < 0.5);
    assert!(table.rows().iter().all(|row| row.n_at_risk <= n_persons));
    // Those at risk on a day are their own count.
    for row in table.rows() {
        let at_risk = (0..days.len()).filter(|&i| entries[i] < row.day && row.day <= days[i]);
        assert!((row.n_at_risk - at_risk.count() as f64).abs() < 0.5);
    }
}

/// Estimate, standard error, limits and p-value.
fn assert_row(reference: &Reference, what: &str, got: [f64; 5], want: &Value) {
    for (i, name) in ["estimate", "standard error", "lower", "upper", "p"].into_iter().enumerate() {
        reference.assert_close(&format!("{what}: {name}"), got[i], &want[i]);
    }
}

fn of_difference(d: Difference) -> [f64; 5] {
    [d.estimate, d.std_error, d.limits.lower, d.limits.upper, or_nan(d.p_value)]
}

fn of_ratio(r: Ratio) -> [f64; 5] {
    [r.estimate, r.ln_std_error, r.limits.lower, r.limits.upper, or_nan(r.p_value)]
}

#[test]
fn contrasts_are_the_formulas_of_survfits() {
    let reference = Reference::read("survival_curves");
    let mut n_contrasts = 0;
    for case in reference.cases.iter().filter(|case| case["kind"] == "contrast") {
        let (what, input) = (case["name"].as_str().expect("a name"), &case["input"]);
        let (days, endings) = (whole(&input["days"]), endings(&input["endings"]));
        let (arm, stratum) = (whole(&input["arm"]), whole(&input["stratum"]));
        let tables = |belongs: &dyn Fn(usize) -> bool| {
            TwoArm::from_fn(|of| {
                let code = i32::from(of == Arm::Intervention);
                let keep: Vec<usize> =
                    (0..days.len()).filter(|&i| arm[i] == code && belongs(i)).collect();
                let days: Vec<i32> = keep.iter().map(|&i| days[i]).collect();
                let endings: Vec<Ending> = keep.iter().map(|&i| endings[i]).collect();
                EventTable::new(&days, &endings, None)
            })
        };
        let all = tables(&|_| true);
        let labels: std::collections::BTreeSet<i32> = stratum.iter().copied().collect();
        let strata: Vec<_> = labels.iter().map(|&s| tables(&|i| stratum[i] == s)).collect();
        let strata: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
        for (i, time) in numbers(&input["times"]).into_iter().enumerate() {
            let want = &case["want"]["rows"][i];
            let what = |part: &str| format!("{what}, {part} at {time}");
            let at = |t: &EventTable| KaplanMeier::new(t, level()).at(time).expect("followed");
            let test = milestone_test(all.as_ref().map(at), level()).expect("inside");
            let got = of_difference(test.difference);
            assert_row(&reference, &what("difference"), got, &want["difference"]);
            let got = of_ratio(test.hazard_ratio.expect("inside"));
            assert_row(&reference, &what("hazard ratio"), got, &want["hazard_ratio"]);
            let means = all.as_ref().map(|t| restricted_mean(t, time).expect("followed"));
            let got = of_ratio(restricted_mean_ratio(means, level()).expect("positive"));
            assert_row(&reference, &what("ratio"), got, &want["ratio"]);
            let got = of_ratio(time_lost_ratio(means, time, level()).expect("positive"));
            assert_row(&reference, &what("ratio of times lost"), got, &want["lost_ratio"]);
            let got = stratified_restricted_mean_difference(&strata, time, level());
            let got = of_difference(got.expect("followed"));
            assert_row(&reference, &what("stratified"), got, &want["stratified"]);
            // One stratum is none.
            let got = stratified_restricted_mean_difference(&[all.as_ref()], time, level());
            assert_eq!(got, Ok(restricted_mean_difference(means, level())));
            n_contrasts += 1;
        }
    }
    assert!(n_contrasts >= 9);
}

#[test]
fn the_failure_and_the_hazard_lie_within_their_limits_on_every_scale() {
    let inside = |value: f64, limits: Interval| limits.lower <= value && value <= limits.upper;
    for_each_curve(|_, what, group, _| {
        let table = group.table();
        for (scale, key) in SCALES {
            for point in group.curve(&table, scale).points() {
                let (survival, failure) = (point.value, point.value.complement());
                assert!((survival.estimate + failure.estimate - 1.0).abs() < 1e-15);
                assert_eq!(survival.std_error, failure.std_error);
                let (Some(own), Some(other)) = (survival.limits, failure.limits) else {
                    assert_eq!(survival.limits.is_none(), failure.limits.is_none());
                    continue;
                };
                let what = format!("{what}, {key}, day {}", point.day);
                assert!(inside(survival.estimate, own), "{what}: {survival:?}");
                assert!(inside(failure.estimate, other), "{what}: {failure:?}");
                assert!(0.0 <= own.lower && own.upper <= 1.0, "{what}: {own:?}");
                assert!((own.lower + other.upper - 1.0).abs() < 1e-15, "{what}");
                let hazard = survival.cumulative_hazard().expect("a survival above 0");
                let lower = hazard.lower.expect("limits");
                assert!(0.0 <= lower && lower <= hazard.estimate, "{what}: {hazard:?}");
                assert!(hazard.upper.is_none_or(|upper| hazard.estimate <= upper), "{what}");
                assert_eq!(hazard.upper.is_none(), own.lower <= 0.0, "{what}");
            }
        }
    });
}

#[test]
fn times_in_months_include_the_step_of_their_very_day() {
    let days = [30, 61, 122, 487, 974, 1461];
    let table = EventTable::new(&days, &[Ending::Event; 6], None);
    let curve = KaplanMeier::new(&table, level());
    for (i, day) in days.into_iter().enumerate() {
        let day = f64::from(day);
        let (height, before) = ((5 - i) as f64 / 6.0, (6 - i) as f64 / 6.0);
        let at = |time| curve.at(time).expect("followed").estimate;
        assert!((at(day) - height).abs() < 1e-15);
        assert!((at(day.next_down()) - before).abs() < 1e-15);
        // Month 4, 16, 32 and 48 are whole days: 30.4375 m is exact.
        for month in [4.0, 16.0, 32.0, 48.0] {
            if (30.4375_f64 * month - day).abs() < 0.25 {
                assert!((at(30.4375 * month) - height).abs() < 1e-15);
            }
        }
    }
}

#[test]
fn a_day_without_anyone_at_risk_ends_the_curve() {
    use Ending::{Censored, Event};
    let (entries, days) = ([0, 0, 5, 5, 6], [3, 4, 8, 9, 10]);
    let endings = [Event, Censored, Event, Censored, Event];
    let times = Times { entries: Some(&entries), days: &days, endings: &endings };
    let table = EventTable::of(times, CaseWeights::Once);
    let curve = KaplanMeier::new(&table, level());
    let gap = NotEstimable::NobodyAtRisk { day: 5 };
    assert!((curve.at(4.9).expect("known").estimate - 0.5).abs() < 1e-15);
    assert_eq!(curve.at(5.0), Err(gap));
    assert_eq!(curve.at(10.0), Err(gap));
    assert_eq!(curve.points().len(), 2);
    assert_eq!(restricted_mean(&table, 6.0), Err(gap));
    assert!(restricted_mean(&table, 4.5).is_ok());
    assert_eq!(survival_influence(times, CaseWeights::Once, 8.0), Err(gap));
    assert_eq!(quantile(&curve, 0.9).map(|q| q.estimate), Ok(None));
    // Entry on the very day of the last exit leaves no day without anyone.
    let entries = [0, 0, 4, 5, 6];
    let times = Times { entries: Some(&entries), days: &days, endings: &endings };
    let table = EventTable::of(times, CaseWeights::Once);
    assert!(KaplanMeier::new(&table, level()).at(10.0).is_ok());
    // Once everyone had the event, the curve is 0 whatever happens to those who enter later.
    let times = Times { entries: Some(&[0, 0, 6]), days: &[3, 4, 8], endings: &[Event; 3] };
    let table = EventTable::of(times, CaseWeights::Once);
    let curve = KaplanMeier::new(&table, level());
    assert!(curve.at(7.0).is_ok_and(|value| value.estimate <= 0.0));
    assert!(restricted_mean(&table, 8.0).is_ok_and(|m| (m.estimate_days - 3.5).abs() < 1e-15));
    // A row that is never at risk is nobody's.
    let times = Times { entries: Some(&[0, 4]), days: &[3, 4], endings: &[Event; 2] };
    let table = EventTable::of(times, CaseWeights::Once);
    assert_eq!((table.rows().len(), table.n_participants()), (1, 1.0));
    assert_eq!(survival_influence(times, CaseWeights::Once, 2.0), Ok(vec![0.0, 0.0]));
}

#[test]
fn sampling_weights_have_no_greenwood_and_no_unit() {
    let reference = Reference::read("survival_curves");
    let case = reference.cases.iter().find(|case| case["name"] == "lung, sampling weights");
    let group = Group::of(&case.expect("the case")["input"]);
    let table = group.table();
    let curve = KaplanMeier::new(&table, level());
    let value = curve.at(100.0).expect("followed");
    assert_eq!((value.std_error, value.limits), (None, None));
    assert_eq!(restricted_mean(&table, 100.0), Err(NotEstimable::NeedsInfluence));
    let arms = TwoArm { intervention: value, control: value };
    assert_eq!(milestone_test(arms, level()), Err(NotEstimable::NeedsInfluence));
    let eightfold: Vec<f64> = group.sampling.iter().map(|w| 8.0 * w).collect();
    let weights = CaseWeights::Sampling(SamplingWeights::new(&eightfold).expect("weights"));
    let scaled = EventTable::of(group.times(), weights);
    let one = group.curve(&table, LimitScale::LogLog);
    let scaled = KaplanMeier::robust(&scaled, group.times(), weights, settings(LimitScale::LogLog));
    for (one, eight) in one.points().iter().zip(scaled.points()) {
        let bits = |value: CurveEstimate| (value.estimate.to_bits(), value.std_error);
        assert_eq!(bits(one.value), bits(eight.value));
    }
}

#[test]
fn a_stratum_arm_that_is_too_short_is_named() {
    use Ending::{Censored, Event};
    let long = EventTable::new(&[5, 9], &[Event, Censored], None);
    let short = EventTable::new(&[2, 4], &[Event, Censored], None);
    let nobody = EventTable::default();
    let both = TwoArm { intervention: &long, control: &long };
    let empty = TwoArm { intervention: &nobody, control: &nobody };
    let wrong = |strata: &[TwoArm<&EventTable>]| {
        let got = stratified_restricted_mean_difference(strata, 6.0, level());
        let wrong = got.expect_err("too short");
        (wrong.stratum, wrong.arm, wrong.reason)
    };
    let late = NotEstimable::PastLastFollowUp { time_days: 6.0, last_day: 4 };
    let halves = TwoArm { intervention: &long, control: &short };
    assert_eq!(wrong(&[both, empty, halves]), (2, Arm::Control, late));
    let lonely = TwoArm { intervention: &nobody, control: &long };
    assert_eq!(wrong(&[lonely]), (0, Arm::Intervention, NotEstimable::NoParticipants));
    assert!(stratified_restricted_mean_difference(&[both, empty], 6.0, level()).is_ok());
    // Nothing lost, and a survival that cannot be compared on the log scale.
    let means = both.map(|table| restricted_mean(table, 4.0).expect("followed"));
    assert_eq!(time_lost_ratio(means, 4.0, level()), Err(NotEstimable::OnTheEdge));
    assert!(restricted_mean_ratio(means, level()).is_ok_and(|ratio| ratio.p_value.is_none()));
    let at = |time: f64| both.map(|t| KaplanMeier::new(t, level()).at(time).expect("followed"));
    let test = milestone_test(at(4.0), level()).expect("a difference of 0");
    assert_eq!(test.hazard_ratio, Err(NotEstimable::OnTheEdge));
    let gone = EventTable::new(&[2], &[Event], None);
    let gone = KaplanMeier::new(&gone, level()).at(2.0).expect("followed");
    let arms = TwoArm { intervention: gone, control: at(5.0).control };
    assert_eq!(milestone_test(arms, level()), Err(NotEstimable::OnTheEdge));
}
