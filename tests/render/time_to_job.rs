//! Made-up rows of the time to the first job beside those of `support`: bands, facets, competing
//! exits, hazard ratios, restricted means and further jobs. Smooth formulas again, not estimates.

use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_SMALL_CELL, Row};
use ips_eval::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};

use super::support::{self, HORIZON};

const ARMS: [ResultArm; 2] = [ResultArm::Ips, ResultArm::Control];

/// The last month of every curve here.
pub(crate) const LAST: i32 = 30;

/// Ends of the intervals of the hazard ratio over time.
pub(crate) const ENDS: [i32; 5] = [6, 12, 18, 24, 30];

/// The planned trial with two facet variables.
pub(crate) fn whole() -> ResultSet {
    build(&support::belgian(), &[("sex", &["f", "m"]), ("age", &["<35", "35-49", "50+"])])
}

/// One region, and a variable with more levels than fit into a row.
pub(crate) fn single_region() -> ResultSet {
    let levels = ["no_diploma", "primary", "lower_secondary", "upper_secondary", "higher"];
    build(&support::single_region(), &[("education", &levels)])
}

/// Eight regions, long names, wide intervals.
pub(crate) fn crowded() -> ResultSet {
    let long = [
        "Enseignement supérieur de type long, 2e c.",
        "Arbeidsongeschiktheidsuitkering, coördinatie",
        "Zelfstandige in bijberoep – België, oriëntatie",
    ];
    build(&support::many_regions(), &[("dernière_activité_professionnelle", &long)])
}

/// What is withheld from `with_gaps`: a region's competing exits and its area, a level, an interval,
/// a horizon, and some months of the jobs.
pub(crate) fn is_withheld(key: &Key) -> bool {
    let month = key.month.unwrap_or(0);
    match key.analysis {
        Analysis::CumulativeIncidence => {
            key.subgroup == "age=50+" && key.region == "brussels"
                || key.outcome == Outcome::CompetingExit && key.region == "wallonia"
                || key.region == ALL_REGIONS && key.subgroup.is_empty() && (7..10).contains(&month)
        }
        Analysis::TimeLost => key.region == "brussels",
        Analysis::TimeAtRisk | Analysis::HazardRatio => key.subgroup == "age=50+",
        Analysis::HazardRatioOverTime => month == 18,
        Analysis::Rmst => (12..15).contains(&month),
        Analysis::ArmMean => key.outcome == Outcome::JobStarts && (20..23).contains(&month),
        Analysis::Survival => key.outcome == Outcome::JobRetention && month > 20,
        _ => false,
    }
}

/// The planned trial with small cells masked, an arm without facet rows, and tests that are missing.
pub(crate) fn with_gaps() -> ResultSet {
    let whole = whole();
    let kept = whole.rows().iter().filter(|row| {
        let key = &row.key;
        let is_missing_arm = key.subgroup == "sex=f"
            && key.region == "flanders"
            && key.arm == ResultArm::Control
            && key.analysis == Analysis::CumulativeIncidence;
        let is_missing_test = key.analysis == Analysis::Interaction && key.level == "sex";
        !is_missing_arm && !is_missing_test
    });
    let rows = kept.map(|row| {
        if is_withheld(&row.key) {
            Row { value: None, note: MASKED_SMALL_CELL.to_owned(), ..row.clone() }
        } else {
            row.clone()
        }
    });
    ResultSet::new(whole.study.clone(), rows.collect()).expect("keys are as they were")
}

type Facet<'f> = (&'f str, &'f [&'f str]);

fn build(base: &ResultSet, facets: &[Facet<'_>]) -> ResultSet {
    let mut study = base.study.clone();
    study.subgroup_variables = facets.iter().map(|(name, _)| (*name).to_owned()).collect();
    study.subgroup_levels = facets.iter().map(|(_, levels)| owned(levels)).collect();
    let mut rows: Vec<Row> = base.rows().to_vec();
    let several = if study.regions.len() > 1 { &study.regions[..] } else { &[] };
    let regions = std::iter::once(ALL_REGIONS).chain(several.iter().map(String::as_str));
    for (at, region) in regions.enumerate() {
        bands(&mut rows, base, region);
        exits(&mut rows, region, at);
        sooner(&mut rows, region, at);
        hazard_ratio(&mut rows, (region, ""), at);
        for (name, levels) in facets {
            for (place, level) in levels.iter().enumerate() {
                facet(&mut rows, (region, &format!("{name}={level}")), at + place);
            }
        }
    }
    let interactions = std::iter::once("").chain(facets.iter().map(|(name, _)| *name));
    for (at, variable) in interactions.enumerate() {
        let base = key(Analysis::Interaction, Outcome::FirstJob, Method::CoxLikelihoodRatio);
        let base = Key { level: variable.to_owned(), ..base };
        push(&mut rows, &base, Statistic::TestStatistic, 1.7);
        push(&mut rows, &base, Statistic::Df, 2.0);
        push(&mut rows, &base, Statistic::PValue, 0.31 + 0.1 * at as f64);
    }
    for (name, levels) in facets {
        for (at, level) in levels.iter().enumerate() {
            hazard_ratio(&mut rows, (ALL_REGIONS, &format!("{name}={level}")), at + 5);
        }
    }
    over_time(&mut rows);
    restricted_means(&mut rows);
    jobs(&mut rows);
    ResultSet::new(study, rows).expect("each key once")
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn key(analysis: Analysis, outcome: Outcome, method: Method) -> Key {
    Key {
        analysis,
        outcome,
        analysis_set: AnalysisSet::Itt,
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        arm: ResultArm::Contrast,
        month: None,
        level: String::new(),
        method,
        inference: Inference::Analytic,
        statistic: Statistic::Estimate,
    }
}

fn push(rows: &mut Vec<Row>, key: &Key, statistic: Statistic, value: f64) {
    let unit = match statistic {
        Statistic::PValue => Unit::P,
        Statistic::N | Statistic::Events | Statistic::NAtRisk => Unit::Count,
        Statistic::EstimateDays => Unit::Days,
        _ => Unit::None,
    };
    rows.push(Row {
        key: Key { statistic, ..key.clone() },
        value: Some(value),
        unit,
        role: Role::Exploratory,
        note: String::new(),
    });
}

fn with_limits(rows: &mut Vec<Row>, key: &Key, statistic: Statistic, values: [f64; 3]) {
    push(rows, key, statistic, values[0]);
    push(rows, key, Statistic::CiLower, values[1]);
    push(rows, key, Statistic::CiUpper, values[2]);
}

/// A band around the curves that `support` makes, half as wide again as the limits.
fn bands(rows: &mut Vec<Row>, base: &ResultSet, region: &str) {
    let curve = base.rows().iter().filter(|row| {
        row.key.analysis == Analysis::CumulativeIncidence
            && row.key.region == region
            && row.key.month.is_some_and(|month| month > 0)
            && row.key.statistic == Statistic::Estimate
    });
    for row in curve {
        let of =
            |statistic| base.get(&Key { statistic, ..row.key.clone() }).and_then(|own| own.value);
        let (Some(estimate), Some(error)) = (row.value, of(Statistic::StdError)) else { continue };
        let key = Key { inference: Inference::BandSupT, ..row.key.clone() };
        push(rows, &key, Statistic::CiLower, (estimate - 2.9 * error).max(0.0));
        push(rows, &key, Statistic::CiUpper, estimate + 2.9 * error);
        if row.key.month == Some(1) {
            push(rows, &Key { month: None, ..key }, Statistic::CriticalValue, 2.9);
        }
    }
}

fn exits(rows: &mut Vec<Row>, region: &str, at: usize) {
    for (arm, rate) in ARMS.into_iter().zip([0.05, 0.07]) {
        for month in 0..=LAST {
            let m = f64::from(month);
            let estimate = (rate + 0.004 * at as f64) * m / (m + 20.0);
            let base =
                key(Analysis::CumulativeIncidence, Outcome::CompetingExit, Method::AalenJohansen);
            let base = Key { region: region.to_owned(), arm, month: Some(month), ..base };
            let limits = [estimate, 0.6 * estimate, 1.5 * estimate];
            with_limits(rows, &base, Statistic::Estimate, limits);
            push(rows, &base, Statistic::NAtRisk, (200.0 * (1.0 - 0.01 * m)).round());
        }
    }
}

fn sooner(rows: &mut Vec<Row>, region: &str, at: usize) {
    for month in [12, HORIZON, 24] {
        let base = key(Analysis::TimeLost, Outcome::FirstJob, Method::TimeLostAalenJohansen);
        let base = Key { region: region.to_owned(), month: Some(month), ..base };
        let days = 21.25 - 6.5 * at as f64 + 0.5 * f64::from(month);
        with_limits(rows, &base, Statistic::EstimateDays, [days, days - 15.5, days + 15.5]);
        push(rows, &base, Statistic::PValue, 0.02);
    }
}

fn hazard_ratio(rows: &mut Vec<Row>, (region, subgroup): (&str, &str), at: usize) {
    let of = |key: Key| Key { region: region.to_owned(), subgroup: subgroup.to_owned(), ..key };
    let base = of(key(Analysis::HazardRatio, Outcome::FirstJob, Method::CoxEfronStratified));
    let ratio = 1.62 - 0.11 * at as f64;
    let wide = 1.2 + 0.1 * at as f64;
    with_limits(rows, &base, Statistic::Estimate, [ratio, ratio / wide, ratio * wide]);
    if region == ALL_REGIONS && subgroup.is_empty() {
        push(rows, &base, Statistic::PValue, 0.0035);
    }
    for (arm, events) in ARMS.into_iter().zip([131.0, 97.0]) {
        let base = of(key(Analysis::TimeAtRisk, Outcome::FirstJob, Method::Count));
        let base = Key { arm, ..base };
        push(rows, &base, Statistic::N, 400.0 - 7.0 * at as f64);
        push(rows, &base, Statistic::Events, events - 3.0 * at as f64);
    }
}

fn facet(rows: &mut Vec<Row>, (region, subgroup): (&str, &str), at: usize) {
    for (arm, rate) in ARMS.into_iter().zip([0.42, 0.30]) {
        for month in 0..=LAST {
            let m = f64::from(month);
            let estimate = (rate - 0.03 * at as f64) * m / (m + 9.0);
            let error = (estimate * (1.0 - estimate) / 90.0).sqrt();
            let base = key(Analysis::CumulativeIncidence, Outcome::FirstJob, Method::AalenJohansen);
            let base = Key { region: region.to_owned(), subgroup: subgroup.to_owned(), ..base };
            let base = Key { arm, month: Some(month), ..base };
            let limits = [estimate, (estimate - 1.96 * error).max(0.0), estimate + 1.96 * error];
            with_limits(rows, &base, Statistic::Estimate, limits);
            push(rows, &base, Statistic::NAtRisk, (90.0 * (1.0 - estimate)).round());
        }
    }
}

fn over_time(rows: &mut Vec<Row>) {
    for (at, month) in ENDS.into_iter().enumerate() {
        let base = key(Analysis::HazardRatioOverTime, Outcome::FirstJob, Method::Schoenfeld);
        let base = Key { month: Some(month), ..base };
        let ratio = 2.1 - 0.31 * at as f64;
        with_limits(rows, &base, Statistic::Estimate, [ratio, 0.6 * ratio, 1.8 * ratio]);
        push(rows, &base, Statistic::Events, 61.0 - 9.0 * at as f64);
    }
    let base =
        key(Analysis::ProportionalHazardsTest, Outcome::FirstJob, Method::CoxEfronStratified);
    push(rows, &base, Statistic::PValue, 0.043);
}

fn restricted_means(rows: &mut Vec<Row>) {
    for month in 1..=LAST {
        let m = f64::from(month);
        let base = key(Analysis::Rmst, Outcome::FirstJob, Method::RestrictedMean);
        let base = Key { month: Some(month), ..base };
        let (days, half) = (-0.07 * m * m, 0.4 * m + 0.02 * m * m);
        with_limits(rows, &base, Statistic::EstimateDays, [days, days - half, days + half]);
        push(rows, &base, Statistic::PValue, 0.5 / m);
    }
}

fn jobs(rows: &mut Vec<Row>) {
    for (arm, rate) in ARMS.into_iter().zip([0.021, 0.015]) {
        for month in 0..=LAST {
            let m = f64::from(month);
            let base = key(Analysis::ArmMean, Outcome::JobStarts, Method::MeanCumulative);
            let base = Key { arm, month: Some(month), ..base };
            let mean = rate * m;
            with_limits(rows, &base, Statistic::Estimate, [mean, 0.8 * mean, 1.2 * mean]);
            push(rows, &base, Statistic::NAtRisk, 500.0 - 9.0 * m);
            let base = key(Analysis::Survival, Outcome::JobRetention, Method::KaplanMeier);
            let base = Key { arm, month: Some(month), level: "since=first_job".to_owned(), ..base };
            let base = Key { analysis_set: AnalysisSet::WithFirstJob, ..base };
            let kept = 1.0 / (1.0 + 2.6 * rate * m);
            push(rows, &base, Statistic::Estimate, kept);
            push(rows, &base, Statistic::NAtRisk, (140.0 * kept).round());
            if month > 0 {
                push(rows, &base, Statistic::CiLower, kept - 0.06);
                push(rows, &base, Statistic::CiUpper, (kept + 0.06).min(1.0));
            }
        }
    }
    for month in [6, 12, HORIZON, 24, 30] {
        let base = key(Analysis::Effect, Outcome::JobStarts, Method::MeanCumulative);
        let base = Key { month: Some(month), ..base };
        let jobs = 0.006 * f64::from(month);
        with_limits(rows, &base, Statistic::Estimate, [jobs, 0.3 * jobs, 1.7 * jobs]);
        push(rows, &base, Statistic::PValue, 0.01);
    }
    let ratio = key(Analysis::HazardRatio, Outcome::JobStarts, Method::AndersenGill);
    with_limits(rows, &ratio, Statistic::Estimate, [1.37, 1.08, 1.74]);
}
