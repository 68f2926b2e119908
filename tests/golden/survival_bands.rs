//! Reference values of simultaneous bands: mpmath, and the published tables as in R's km.ci.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::{CaseWeights, FrequencyWeights};
use ips_eval::numeric::{brownian_bridge, ornstein_uhlenbeck};
use ips_eval::survival::bands::{Band, BandKind, BandSettings, band};
use ips_eval::survival::curve::LimitScale;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::times::Times;
use serde_json::Value;

use super::survival_curves::{SCALES, whole};
use super::{Reference, number, numbers};

fn level(level: f64) -> ConfidenceLevel {
    ConfidenceLevel::new(level).expect("a level")
}

fn endings(events: &Value) -> Vec<Ending> {
    let ending = |event: i32| if event == 1 { Ending::Event } else { Ending::Censored };
    whole(events).into_iter().map(ending).collect()
}

fn cases<'a>(reference: &'a Reference, kind: &str) -> Vec<&'a Value> {
    let found: Vec<&Value> = reference.cases.iter().filter(|c| c["kind"] == kind).collect();
    assert!(!found.is_empty(), "{kind}");
    found
}

#[test]
fn boundary_probabilities_are_mpmaths() {
    let reference = Reference::read("survival_bands");
    for case in cases(&reference, "probability") {
        let x = numbers(&case["arguments"]);
        let got = match case["function"].as_str() {
            Some("bridge") => brownian_bridge::supremum_cdf(x[0], (x[1], x[2])),
            Some("process") => ornstein_uhlenbeck::supremum_cdf(x[0], x[1]),
            other => panic!("no function {other:?}"),
        };
        reference.assert_close(&format!("{} {x:?}", case["function"]), got, &case["value"]);
    }
}

#[test]
fn bands_are_mpmaths() {
    let reference = Reference::read("survival_bands");
    for case in cases(&reference, "band") {
        let (days, endings) = (whole(&case["days"]), endings(&case["events"]));
        let entries = case["entries"].is_array().then(|| whole(&case["entries"]));
        let times = Times { entries: entries.as_deref(), days: &days, endings: &endings };
        let table = EventTable::of(times, CaseWeights::Once);
        let range = &case["range"];
        let range_days = range.is_array().then(|| (number(&range[0]), number(&range[1])));
        let kind = match case["band"].as_str() {
            Some("hall_wellner") => BandKind::HallWellner,
            _ => BandKind::EqualPrecision,
        };
        for (scale, key) in SCALES {
            let level = level(number(&case["level"]));
            let got =
                band(&table, BandSettings { kind, scale, level, range_days }).expect("a band");
            let what = format!("{}, {kind:?}, {key}", case["name"]);
            reference.assert_close(&what, got.critical_value, &case["critical_value"]);
            reference.assert_close(&what, got.from_days, &case["from"]);
            assert_eq!(got.points.len(), numbers(&case["times"]).len(), "{what}");
            for (i, point) in got.points.iter().enumerate() {
                let what = format!("{what}, {}", point.time_days);
                reference.assert_close(&what, point.time_days, &case["times"][i]);
                reference.assert_close(&what, point.estimate, &case["estimate"][i]);
                let want = &case["limits"][key][i];
                let Some(limits) = point.limits else {
                    assert!(want.is_null(), "{what}");
                    continue;
                };
                reference.assert_close(&format!("{what}: lower"), limits.lower, &want[0]);
                reference.assert_close(&format!("{what}: upper"), limits.upper, &want[1]);
            }
        }
    }
}

/// Of each case of that kind: level, both ends of the range, and the printed value.
fn printed(reference: &Reference, kind: &str) -> Vec<(f64, (f64, f64), f64)> {
    let of = |case: &&Value| {
        let input = &case["input"];
        let ranges = numbers(&input["low"]).into_iter().zip(numbers(&input["high"]));
        let level = number(&input["level"]);
        let values = ranges.zip(numbers(&case["want"]["value"]));
        values.map(|(range, value)| (level, range, value)).collect::<Vec<_>>()
    };
    cases(reference, kind).iter().flat_map(of).collect()
}

#[test]
fn critical_values_are_the_published_tables() {
    let reference = Reference::read("survival_bands_r");
    let tables = printed(&reference, "hall_wellner");
    assert!(tables.len() > 900);
    for (level, range, want) in tables {
        let got = brownian_bridge::supremum_quantile(level, range);
        assert!((got - want).abs() < 4e-4, "{level}, {range:?}: {got}, printed {want}");
    }
    // Those of the equal precision band are asymptotic, and near in wide ranges only.
    let tables = printed(&reference, "equal_precision");
    for (level, (low, high), want) in
        tables.into_iter().filter(|(_, (low, high), _)| high - low > 0.35)
    {
        let duration = 0.5 * libm::log(high * (1.0 - low) / (low * (1.0 - high)));
        let got = ornstein_uhlenbeck::supremum_quantile(level, duration);
        assert!((got - want).abs() < 0.015, "{level}, {low} to {high}: {got}, printed {want}");
        let held = ornstein_uhlenbeck::supremum_cdf(want, duration);
        assert!((held - level).abs() < 0.004, "{level}, {low} to {high}: held {held}");
    }
}

#[test]
fn paths_stay_within_boundaries_as_often_as_simulated() {
    let reference = Reference::read("survival_bands_r");
    for case in cases(&reference, "simulated") {
        let (c, duration) = (number(&case["input"]["c"]), number(&case["input"]["duration"]));
        let got = ornstein_uhlenbeck::supremum_cdf(c, duration);
        reference.assert_close(&format!("{c} for {duration}"), got, &case["want"]["value"]);
    }
}

#[test]
fn bands_have_the_shape_of_km_cis() {
    let reference = Reference::read("survival_bands_r");
    for case in cases(&reference, "band") {
        let input = &case["input"];
        let table = EventTable::new(&whole(&input["days"]), &endings(&input["events"]), None);
        let (kind, scale) = match input["method"].as_str() {
            Some("hall-wellner") => (BandKind::HallWellner, LimitScale::Plain),
            Some("loghall") => (BandKind::HallWellner, LimitScale::LogLog),
            Some("epband") => (BandKind::EqualPrecision, LimitScale::Plain),
            _ => (BandKind::EqualPrecision, LimitScale::LogLog),
        };
        let settings = BandSettings { kind, scale, level: level(0.95), range_days: None };
        let ours = band(&table, settings).expect("a band");
        let (days, upper) = (numbers(&case["want"]["days"]), numbers(&case["want"]["upper"]));
        let lower = numbers(&case["want"]["lower"]);
        // The width on the scale of the band, ours by theirs, is one number: of the two values.
        let width = |lower: f64, upper: f64| match scale {
            LimitScale::Plain => upper - lower,
            _ => libm::log(-libm::log(lower)) - libm::log(-libm::log(upper)),
        };
        let mut ratios = Vec::new();
        for point in &ours.points {
            let at = days.iter().position(|&day| day.to_bits() == point.time_days.to_bits());
            let (Some(i), Some(limits)) = (at, point.limits) else { continue };
            if limits.lower > 0.0 && limits.upper < 1.0 {
                ratios.push(width(lower[i], upper[i]) / width(limits.lower, limits.upper));
            }
        }
        let (first, what) = (ratios[0], &case["name"]);
        assert!(ratios.len() > 20, "{what}");
        assert!(
            (first - 1.0).abs() < 0.03,
            "{what}: the table's value is {first} of the exact one"
        );
        assert!(ratios.iter().all(|ratio| (ratio / first - 1.0).abs() < 1e-9), "{what}");
    }
}

fn settings(kind: BandKind, range_days: Option<(f64, f64)>) -> BandSettings {
    BandSettings { kind, scale: LimitScale::LogLog, level: level(0.95), range_days }
}

#[test]
fn bands_that_cannot_be_say_why() {
    use Ending::{Censored, Event};
    let ask = |days: &[i32], endings: &[Ending], kind, range| -> Result<Band, NotEstimable> {
        band(&EventTable::new(days, endings, None), settings(kind, range))
    };
    for kind in [BandKind::HallWellner, BandKind::EqualPrecision] {
        assert_eq!(ask(&[], &[], kind, None), Err(NotEstimable::NoParticipants));
        assert_eq!(ask(&[2, 3], &[Censored; 2], kind, None), Err(NotEstimable::NoEvents));
        // All at once: S has no step above 0.
        assert_eq!(ask(&[2, 2], &[Event; 2], kind, None), Err(NotEstimable::NoEvents));
        let late = NotEstimable::PastLastFollowUp { time_days: 9.0, last_day: 5 };
        assert_eq!(ask(&[2, 5], &[Event, Censored], kind, Some((1.0, 9.0))), Err(late));
        let before = ask(&[2, 5], &[Event, Censored], kind, Some((0.0, 1.0)));
        assert_eq!(before, Err(NotEstimable::NoEvents));
        // The end of a range is taken back to where S is not yet 0.
        let got = ask(&[1, 2, 5], &[Event; 3], kind, Some((0.0, 5.0))).expect("a band");
        assert!(got.to_days < 5.0 && got.points.last().is_some_and(|p| p.estimate > 0.0));
    }
}

#[test]
fn a_band_holds_the_limits_of_each_day_and_frequencies_are_people() {
    let days: Vec<i32> = (1..40).collect();
    let endings: Vec<Ending> =
        days.iter().map(|d| if d % 3 == 0 { Ending::Censored } else { Ending::Event }).collect();
    let weights: Vec<u32> = (0..39).map(|i| i % 3).collect();
    let table = EventTable::new(&days, &endings, Some(FrequencyWeights(&weights)));
    let copies: Vec<usize> =
        (0..39).flat_map(|i| std::iter::repeat_n(i, weights[i] as usize)).collect();
    let expanded = EventTable::new(
        &copies.iter().map(|&i| days[i]).collect::<Vec<_>>(),
        &copies.iter().map(|&i| endings[i]).collect::<Vec<_>>(),
        None,
    );
    for kind in [BandKind::HallWellner, BandKind::EqualPrecision] {
        assert_eq!(band(&table, settings(kind, None)), band(&expanded, settings(kind, None)));
    }
    let got = band(&table, settings(BandKind::EqualPrecision, None)).expect("a band");
    assert!(got.critical_value > 2.5, "wider than 1.96");
}
