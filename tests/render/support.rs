//! A made-up trial's results, in every shape that a figure must survive.
//!
//! The values are smooth formulas, not estimates: they only have to be where a trial's would be.

use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_COMPLEMENT, MASKED_SMALL_CELL, Row};
use ips_eval::results::study::Study;
use ips_eval::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};
use ips_eval::trial::arm::TwoArm;

pub(crate) const HORIZON: i32 = 18;

/// A region with its participants in each arm, its rate among controls and its effect.
#[derive(Clone)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) n: (f64, f64),
    pub(crate) control: f64,
    pub(crate) effect: f64,
    pub(crate) last_month: i32,
}

pub(crate) fn region(name: &str, n: f64, control: f64, effect: f64, last_month: i32) -> Region {
    Region { name: name.to_owned(), n: (n, n - 3.0), control, effect, last_month }
}

/// The planned trial: three regions of unequal size.
pub(crate) fn belgian() -> ResultSet {
    let regions = vec![
        region("flanders", 340.0, 0.27, 0.11, 36),
        region("wallonia", 200.0, 0.22, 0.08, 33),
        region("brussels", 60.0, 0.20, 0.03, 30),
    ];
    build(&regions, ("IPS", "TAU"))
}

pub(crate) fn single_region() -> ResultSet {
    build(&[region("flanders", 340.0, 0.27, 0.11, 36)], ("IPS", "TAU"))
}

/// Eight regions, some with long names, one with an effect beyond the axis.
pub(crate) fn many_regions() -> ResultSet {
    let names = [
        "antwerpen",
        "brussels_capital_region_and_the_surrounding_municipalities",
        "flanders",
        "hainaut",
        "liege",
        "namur_and_the_german_speaking_community",
        "wallonia",
        "west_flanders",
    ];
    let regions: Vec<Region> = names
        .iter()
        .zip(0..)
        .map(|(name, at)| {
            let small = if at == 1 { 9.0 } else { 1200.0 - 110.0 * f64::from(at) };
            region(name, small, 0.2 + 0.01 * f64::from(at), 0.16 - 0.04 * f64::from(at), 24 + at)
        })
        .collect();
    build(&regions, ("Individual Placement and Support", "Regular vocational rehabilitation"))
}

/// The Belgian trial with small cells masked, missing rows, and a region without controls.
pub(crate) fn with_gaps() -> ResultSet {
    let whole = belgian();
    let masked = |key: &Key| {
        key.region == "brussels"
            && (key.arm == ResultArm::Ips || key.arm == ResultArm::Contrast)
            && matches!(key.analysis, Analysis::ArmRate | Analysis::Effect)
    };
    let late = |key: &Key| {
        key.region == "brussels"
            && key.analysis == Analysis::CumulativeIncidence
            && key.month.is_some_and(|month| (9..12).contains(&month) || month > 25)
    };
    let no_controls = |key: &Key| key.region == "wallonia" && key.arm == ResultArm::Control;
    let no_contrast = |key: &Key| key.region == "wallonia" && key.arm == ResultArm::Contrast;
    let gap = |key: &Key| {
        key.outcome == Outcome::Employed && key.month.is_some_and(|m| (14..16).contains(&m))
    };
    let changed = whole.rows().iter().filter(|row| {
        !(no_controls(&row.key) && row.key.analysis == Analysis::CumulativeIncidence)
    });
    let rows = changed.map(|row| {
        let mut row = row.clone();
        if masked(&row.key) {
            (row.value, row.note) = (None, MASKED_SMALL_CELL.to_owned());
        } else if late(&row.key) {
            (row.value, row.note) = (None, MASKED_COMPLEMENT.to_owned());
        } else if no_controls(&row.key) || no_contrast(&row.key) {
            let is_count = row.key.statistic == Statistic::N;
            row.value = is_count.then_some(0.0);
            "the control arm has no participants".clone_into(&mut row.note);
        } else if gap(&row.key) {
            (row.value, row.note) = (None, "nobody was observed".to_owned());
        }
        row
    });
    let rows = rows.collect();
    ResultSet::new(whole.study.clone(), rows).expect("keys are as they were")
}

/// The Belgian trial with nobody lost or not yet due.
pub(crate) fn with_complete_follow_up() -> ResultSet {
    belgian().map_rows(|row| match row.key.statistic {
        Statistic::Lost | Statistic::NotDue => Row { value: Some(0.0), ..row.clone() },
        _ => row.clone(),
    })
}

/// Results without any row.
pub(crate) fn empty() -> ResultSet {
    ResultSet::new(belgian().study, Vec::new()).expect("no row is no duplicate")
}

fn build(regions: &[Region], labels: (&str, &str)) -> ResultSet {
    let study = Study {
        id: "ips-be".to_owned(),
        title: "Individual Placement and Support in Belgium (synthetic values)".to_owned(),
        data_cutoff: "2022-12-31".to_owned(),
        regions: regions.iter().map(|region| region.name.clone()).collect(),
        arm_labels: TwoArm { intervention: labels.0.to_owned(), control: labels.1.to_owned() },
        horizon_months: HORIZON,
        months: vec![6, 12, 18, 24, 30],
        confidence_level: 0.95,
        replicates: 10_000,
        seed: 20_180_201,
        n_competing_exits: 12,
        baseline_variables: Vec::new(),
        subgroup_variables: Vec::new(),
        subgroup_levels: Vec::new(),
        wave_months: Vec::new(),
        scores: Vec::new(),
        estimands: Vec::new(),
    };
    let mut rows = Vec::new();
    let sum = |of: fn(&Region) -> f64| regions.iter().map(of).sum::<f64>();
    let total = sum(|r| r.n.0) + sum(|r| r.n.1);
    let weighted = |of: fn(&Region) -> f64| {
        regions.iter().map(|r| of(r) * r.n.0).sum::<f64>() / sum(|r| r.n.0)
    };
    let all = Region {
        name: ALL_REGIONS.to_owned(),
        n: (sum(|r| r.n.0), sum(|r| r.n.1)),
        control: weighted(|r| r.control),
        effect: weighted(|r| r.effect),
        last_month: regions.iter().map(|r| r.last_month).max().unwrap_or(HORIZON),
    };
    for region in std::iter::once(&all).chain(regions) {
        add_region(&mut rows, region);
    }
    add_overall(&mut rows, &all, total);
    ResultSet::new(study, rows).expect("each key once")
}

struct Key0<'k> {
    analysis: Analysis,
    outcome: Outcome,
    set: AnalysisSet,
    region: &'k str,
    arm: ResultArm,
    month: Option<i32>,
    method: Method,
    inference: Inference,
    unit: Unit,
}

fn add(rows: &mut Vec<Row>, key: &Key0<'_>, values: &[(Statistic, f64)]) {
    for &(statistic, value) in values {
        let unit = match statistic {
            Statistic::PValue => Unit::P,
            Statistic::N | Statistic::Events | Statistic::NAtRisk => Unit::Count,
            _ => key.unit,
        };
        rows.push(Row {
            key: Key {
                analysis: key.analysis,
                outcome: key.outcome,
                analysis_set: key.set,
                region: key.region.to_owned(),
                subgroup: String::new(),
                arm: key.arm,
                month: key.month,
                level: String::new(),
                method: key.method,
                inference: key.inference,
                statistic,
            },
            value: Some(value),
            unit,
            role: Role::Secondary,
            note: String::new(),
        });
    }
}

const ARMS: [ResultArm; 2] = [ResultArm::Ips, ResultArm::Control];

fn add_region(rows: &mut Vec<Row>, region: &Region) {
    let rate =
        |arm| if arm == ResultArm::Ips { region.control + region.effect } else { region.control };
    let n = |arm| if arm == ResultArm::Ips { region.n.0 } else { region.n.1 };
    for arm in [ResultArm::Ips, ResultArm::Control, ResultArm::All] {
        let n = |arm| if arm == ResultArm::All { region.n.0 + region.n.1 } else { n(arm) };
        let lost = (0.04 * n(arm)).round();
        let not_due = (0.06 * n(arm)).round();
        let observed = n(arm) - lost - not_due;
        let key = Key0 {
            analysis: Analysis::Flow,
            outcome: Outcome::EverEmployed,
            set: AnalysisSet::Itt,
            region: &region.name,
            arm,
            month: Some(HORIZON),
            method: Method::Count,
            inference: Inference::Analytic,
            unit: Unit::Count,
        };
        let flow = [
            (Statistic::Randomised, n(arm)),
            (Statistic::NotDue, not_due),
            (Statistic::Lost, lost),
            (Statistic::Analysed, observed),
        ];
        add(rows, &key, &flow);
        if arm == ResultArm::All {
            continue;
        }
        let (set, outcome) = (AnalysisSet::IttObserved, Outcome::EverEmployed);
        let key = Key0 { analysis: Analysis::ArmRate, outcome, set, method: Method::Wilson, ..key };
        let key = Key0 { unit: Unit::Proportion, ..key };
        let events = (rate(arm) * observed).round();
        add(rows, &key, &share(events, observed));
        add_curve(rows, region, arm, rate(arm), n(arm));
    }
    add_effects(rows, region);
}

fn share(events: f64, n: f64) -> Vec<(Statistic, f64)> {
    let p = events / n;
    let half = 1.96 * (p * (1.0 - p) / n).sqrt() + 0.3 / n;
    vec![
        (Statistic::N, n),
        (Statistic::Events, events),
        (Statistic::Estimate, p),
        (Statistic::CiLower, (p - half).max(0.0)),
        (Statistic::CiUpper, (p + half).min(1.0)),
    ]
}

fn add_curve(rows: &mut Vec<Row>, region: &Region, arm: ResultArm, rate: f64, n: f64) {
    for month in 0..=region.last_month {
        let m = f64::from(month);
        let estimate = rate * m * (30.0 + 18.0) / (18.0 * (m + 30.0));
        let error = (estimate * (1.0 - estimate) / n).sqrt();
        let at_risk = (n * (1.0 - estimate) * (1.0 - 0.012 * m)).round();
        let key = Key0 {
            analysis: Analysis::CumulativeIncidence,
            outcome: Outcome::FirstJob,
            set: AnalysisSet::Itt,
            region: &region.name,
            arm,
            month: Some(month),
            method: Method::AalenJohansen,
            inference: Inference::Analytic,
            unit: Unit::Proportion,
        };
        let values = [
            (Statistic::Estimate, estimate),
            (Statistic::StdError, error),
            (Statistic::CiLower, (estimate - 1.96 * error).max(0.0)),
            (Statistic::CiUpper, (estimate + 1.96 * error).min(1.0)),
            (Statistic::NAtRisk, at_risk),
        ];
        add(rows, &key, &values);
    }
}

fn difference(estimate: f64, half: f64) -> [(Statistic, f64); 5] {
    [
        (Statistic::Estimate, estimate),
        (Statistic::StdError, half / 1.96),
        (Statistic::CiLower, estimate - half),
        (Statistic::CiUpper, estimate + half),
        (Statistic::PValue, (1.0 - (estimate / half).abs() * 0.9).clamp(0.000_2, 0.9)),
    ]
}

fn add_effects(rows: &mut Vec<Row>, region: &Region) {
    let half = 1.96 * (2.0 * 0.2 / (region.n.0 + region.n.1) * 2.0).sqrt();
    let key = Key0 {
        analysis: Analysis::Effect,
        outcome: Outcome::FirstJob,
        set: AnalysisSet::Itt,
        region: &region.name,
        arm: ResultArm::Contrast,
        month: Some(HORIZON),
        method: Method::RiskDifferenceAalenJohansen,
        inference: Inference::Analytic,
        unit: Unit::Proportion,
    };
    for month in [6, 12, 18, 24, 30] {
        let at_month = Key0 { month: Some(month), ..key };
        let shrink = f64::from(month) / 18.0;
        add(rows, &at_month, &difference(region.effect * shrink.min(1.1), half));
    }
    let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
    let method = Method::RiskDifferenceNewcombe;
    let observed = Key0 { outcome, set, method, ..key };
    add(rows, &observed, &difference(region.effect + 0.012, half * 1.06)[..4]);
    let pearson = Key0 { method: Method::PearsonChiSquared, unit: Unit::None, ..observed };
    add(rows, &pearson, &test(7.1 - 40.0 * half));
    let analysis = Analysis::SurvivalTest;
    let methods: &[Method] = if region.name == ALL_REGIONS {
        &[Method::LogRank, Method::LogRankStratified, Method::PetoPeto]
    } else {
        &[Method::LogRank, Method::PetoPeto]
    };
    for &method in methods {
        let unit = Unit::None;
        let key = Key0 { analysis, month: None, method, unit, ..key };
        add(rows, &key, &test(8.0 - 40.0 * half));
    }
}

fn test(statistic: f64) -> [(Statistic, f64); 3] {
    let statistic = statistic.max(0.2);
    let p = (0.9 / (1.0 + statistic * statistic * 1.6)).min(0.9);
    [(Statistic::TestStatistic, statistic), (Statistic::Df, 1.0), (Statistic::PValue, p)]
}

fn add_overall(rows: &mut Vec<Row>, all: &Region, total: f64) {
    let half = 1.96 * (2.0 * 0.2 / total * 2.0).sqrt();
    let key = Key0 {
        analysis: Analysis::Effect,
        outcome: Outcome::EverEmployed,
        set: AnalysisSet::IttObserved,
        region: ALL_REGIONS,
        arm: ResultArm::Contrast,
        month: Some(HORIZON),
        method: Method::RiskDifferenceMantelHaenszel,
        inference: Inference::Analytic,
        unit: Unit::Proportion,
    };
    add(rows, &key, &difference(all.effect + 0.009, half));
    for method in [Method::RiskDifferenceWald, Method::OlsStrataHc2] {
        add(rows, &Key0 { method, ..key }, &difference(all.effect + 0.011, half));
    }
    for method in [Method::RiskRatio, Method::OddsRatio] {
        let key = Key0 { method, unit: Unit::Ratio, ..key };
        let ratio =
            [(Statistic::Estimate, 1.41), (Statistic::CiLower, 1.12), (Statistic::CiUpper, 1.77)];
        add(rows, &key, &ratio);
    }
    let interaction =
        Key0 { analysis: Analysis::Interaction, method: Method::WaldHc2, unit: Unit::None, ..key };
    add(rows, &interaction, &test(0.9));
    let bca = Key0 {
        outcome: Outcome::FirstJob,
        set: AnalysisSet::Itt,
        method: Method::RiskDifferenceAalenJohansen,
        inference: Inference::BootstrapBca,
        ..key
    };
    let limits = [(Statistic::CiLower, all.effect - half), (Statistic::CiUpper, all.effect + half)];
    add(rows, &bca, &limits);
    let days = Key0 { outcome: Outcome::DaysEmployed, method: Method::OlsStrataHc2, ..key };
    let days = Key0 { unit: Unit::Days, ..days };
    let values = [
        (Statistic::Estimate, 21.4),
        (Statistic::CiLower, 3.1),
        (Statistic::CiUpper, 39.7),
        (Statistic::PValue, 0.0221),
    ];
    add(rows, &days, &values);
    add_months(rows, all);
}

fn add_months(rows: &mut Vec<Row>, all: &Region) {
    for arm in ARMS {
        let n = if arm == ResultArm::Ips { all.n.0 } else { all.n.1 };
        let rate = if arm == ResultArm::Ips { all.control + all.effect } else { all.control };
        for month in 1..=all.last_month {
            let m = f64::from(month);
            let observed = (n * (1.0 - 0.012 * m)).round();
            let wave = f64::from((month * 7) % 5) * 0.004;
            let events = ((rate * 0.8 * m / (m + 6.0) + wave) * observed).round();
            let key = Key0 {
                analysis: Analysis::ArmRate,
                outcome: Outcome::Employed,
                set: AnalysisSet::IttObserved,
                region: ALL_REGIONS,
                arm,
                month: Some(month),
                method: Method::Wilson,
                inference: Inference::Analytic,
                unit: Unit::Proportion,
            };
            add(rows, &key, &share(events, observed));
        }
    }
}
