//! Figures of the time to the first job: marks where rows say, gaps where rows are withheld.

use ips_eval::render::Audience;
use ips_eval::render::figure::Figure;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, MASKED_SMALL_CELL, Row};
use ips_eval::results::vocabulary::{Analysis, Inference, Method, Outcome, ResultArm, Statistic};

use super::drawing::{assert_affine, attributes, lettering, points};
use super::support::{self, HORIZON};
use super::time_to_job::{self, ENDS, LAST, is_withheld};
use super::{figure, figures, page_with};

const BLACK: &str = "#1A1A1A";
const BLUE: &str = "#0072B2";
const GREY: &str = "#4D4D4D";

/// Values of the rows that pass a test, by month.
fn values(results: &ResultSet, is_wanted: impl Fn(&Row) -> bool) -> Vec<f64> {
    let mut found: Vec<&Row> = results.rows().iter().filter(|row| is_wanted(row)).collect();
    found.sort_by_key(|row| row.key.month);
    found.into_iter().filter_map(|row| row.value).collect()
}

fn words(figure: &Figure) -> Vec<String> {
    lettering(&figure.svg).0.into_iter().map(|word| word.text).collect()
}

fn records(figure: &Figure) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(figure.csv.as_bytes());
    let records = reader.records().map(|record| record.expect("a record"));
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

#[test]
fn figures_of_the_time_to_a_job_stand_in_order_and_only_where_there_are_rows() {
    let all = figures(&time_to_job::whole(), Audience::Publication);
    let names: Vec<&str> = all.iter().map(|figure| figure.name.as_str()).collect();
    let wanted = [
        "employment_by_region",
        "effect_by_region",
        "first_job",
        "competing_exits",
        "hazard_ratios",
        "hazard_ratio_over_time",
        "restricted_mean_by_horizon",
        "job_starts",
        "first_job_by_sex",
        "first_job_by_age",
        "employment_by_month",
    ];
    assert_eq!(names, wanted);
    let without = |analysis: Analysis, outcome: Outcome| {
        let mut rows = time_to_job::whole().rows().to_vec();
        rows.retain(|row| row.key.analysis != analysis || row.key.outcome != outcome);
        let results = ResultSet::new(time_to_job::whole().study, rows).unwrap();
        figures(&results, Audience::Publication).iter().map(|f| f.name.clone()).collect::<Vec<_>>()
    };
    let exits = without(Analysis::CumulativeIncidence, Outcome::CompetingExit);
    assert!(!exits.contains(&"competing_exits".to_owned()) && exits.len() == wanted.len() - 1);
    let means = without(Analysis::Rmst, Outcome::FirstJob);
    assert!(!means.contains(&"restricted_mean_by_horizon".to_owned()));
    // Without a competing exit in the study there is nothing to stack.
    let mut nobody = time_to_job::whole();
    nobody.study.n_competing_exits = 0;
    let drawn = figures(&nobody, Audience::Publication);
    assert!(drawn.iter().all(|figure| figure.name != "competing_exits"));
}

#[test]
fn the_band_lies_around_the_limits_and_the_area_ends_at_the_horizon() {
    let results = time_to_job::single_region();
    let drawn = figure(&results, "first_job");
    let ribbons = points(&drawn.svg, "polygon", &[("fill", BLUE)]);
    assert_eq!(ribbons.len(), 2, "a band and a ribbon");
    let of = |inference, statistic| {
        values(&results, |row| {
            row.key.analysis == Analysis::CumulativeIncidence
                && row.key.outcome == Outcome::FirstJob
                && row.key.region == ALL_REGIONS
                && row.key.arm == ResultArm::Ips
                && row.key.subgroup.is_empty()
                && row.key.month.is_some()
                && (row.key.inference, row.key.statistic) == (inference, statistic)
        })
    };
    for (outline, inference) in ribbons.iter().zip([Inference::BandSupT, Inference::Analytic]) {
        let lower = of(inference, Statistic::CiLower);
        let upper = of(inference, Statistic::CiUpper);
        // A step has its value at every second corner.
        let half = outline.len() / 2;
        let heights: Vec<f64> = outline[..half].iter().step_by(2).map(|at| at.1).collect();
        let back: Vec<f64> = outline[half..].iter().rev().step_by(2).map(|at| at.1).collect();
        assert_affine(&[heights, back].concat(), &[lower, upper].concat());
    }
    let area = points(&drawn.svg, "polygon", &[("fill", GREY)]);
    assert_eq!(area.len(), 1);
    let right = area[0].iter().map(|at| at.0).fold(0.0, f64::max);
    let curve = &points(&drawn.svg, "polyline", &[("stroke", BLUE)])[0];
    let at_horizon = curve.iter().step_by(2).nth(usize::try_from(HORIZON).unwrap()).unwrap().0;
    assert!((right - at_horizon).abs() <= 1.0, "{right}, {at_horizon}");
    assert!(drawn.svg.contains("at all its months at once"));
}

#[test]
fn each_panel_says_its_own_mean_time_and_its_own_p() {
    // Every region has a test and a difference unlike the others', the pooled panel the stratified.
    let p = |region: &str| match region {
        ALL_REGIONS => 0.111,
        "flanders" => 0.222,
        "wallonia" => 0.333,
        _ => 0.444,
    };
    let results = time_to_job::whole().map_rows(|row| {
        let key = &row.key;
        let is_test = key.analysis == Analysis::SurvivalTest && key.statistic == Statistic::PValue;
        match key.method {
            Method::LogRankStratified if is_test => {
                Row { value: Some(p(&key.region)), ..row.clone() }
            }
            Method::LogRank if is_test && key.region == ALL_REGIONS => {
                Row { value: Some(0.999), ..row.clone() }
            }
            Method::LogRank if is_test => Row { value: Some(p(&key.region)), ..row.clone() },
            _ => row.clone(),
        }
    });
    let drawn = figure(&results, "first_job");
    let shown = words(&drawn);
    let tests: Vec<&String> = shown.iter().filter(|word| word.contains("p = ")).collect();
    let wanted = [
        "Stratified log-rank p = 0.111",
        "Log-rank p = 0.222",
        "Log-rank p = 0.333",
        "Log-rank p = 0.444",
    ];
    assert_eq!(tests, wanted);
    let whole = shown.join(" ");
    // 21.25 - 6.5 a region + 9 at month 18, never the months 12 and 24.
    for days in ["+30.2 days", "+23.8 days", "+17.2 days", "+10.8 days"] {
        assert_eq!(whole.matches(days).count(), 1, "{days}: {whole}");
    }
    for (region, days) in [(ALL_REGIONS, "30.25"), ("brussels", "10.75")] {
        let is_it = |r: &Vec<String>| r[0] == region && r[1] == "ips-control" && r[2] == "18";
        let line = records(&drawn).into_iter().find(is_it).expect("the difference is in the CSV");
        assert!(line.contains(&days.to_owned()), "{line:?}");
    }
}

#[test]
fn where_the_horizon_has_no_mean_time_the_last_month_is_named() {
    let mut rows = time_to_job::whole().rows().to_vec();
    rows.retain(|row| row.key.analysis != Analysis::TimeLost || row.key.month != Some(HORIZON));
    let results = ResultSet::new(time_to_job::whole().study, rows).unwrap();
    let shown = words(&figure(&results, "first_job")).join(" ");
    assert!(shown.contains("to month 24:") && shown.contains("+33.2 days"), "{shown}");
}

#[test]
fn competing_exits_stand_upon_first_jobs() {
    let results = time_to_job::whole();
    let drawn = figure(&results, "competing_exits");
    let stacks = points(&drawn.svg, "polygon", &[("fill", GREY)]);
    assert_eq!(stacks.len(), 8, "one for each arm of each region");
    let of = |outcome| {
        values(&results, |row| {
            row.key.analysis == Analysis::CumulativeIncidence
                && row.key.outcome == outcome
                && row.key.region == ALL_REGIONS
                && row.key.arm == ResultArm::Ips
                && row.key.subgroup.is_empty()
                && row.key.inference == Inference::Analytic
                && row.key.statistic == Statistic::Estimate
                && row.key.month.is_some_and(|month| month <= LAST)
        })
    };
    let (jobs, exits) = (of(Outcome::FirstJob), of(Outcome::CompetingExit));
    let upper: Vec<f64> = jobs.iter().zip(&exits).map(|(job, exit)| job + exit).collect();
    let half = stacks[0].len() / 2;
    let low: Vec<f64> = stacks[0][..half].iter().step_by(2).map(|at| at.1).collect();
    let high: Vec<f64> = stacks[0][half..].iter().rev().step_by(2).map(|at| at.1).collect();
    assert_affine(&[low, high].concat(), &[jobs, upper].concat());
}

#[test]
fn hazard_ratios_are_at_their_logarithms() {
    for results in [time_to_job::whole(), time_to_job::crowded(), time_to_job::single_region()] {
        let drawn = figure(&results, "hazard_ratios");
        let lines = records(&drawn);
        let ratios: Vec<f64> = lines.iter().filter_map(|r| r[8].parse().ok()).collect();
        let logs: Vec<f64> = ratios.iter().map(|ratio: &f64| libm::log(*ratio)).collect();
        let positions = attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cx");
        assert_affine(&positions, &logs);
        // Only tests have a p-value, never a subgroup.
        assert!(lines.iter().all(|r| r[8].is_empty() != r[11].is_empty()), "{lines:?}");
    }
    let shown = words(&figure(&time_to_job::whole(), "hazard_ratios")).join(" ");
    for test in ["Ratio of 1: p = 0.004", "Do ratios differ? p = 0.310", "p = 0.410", "p = 0.510"] {
        assert!(shown.contains(test), "{test}: {shown}");
    }
    assert!(shown.contains("131/400") && shown.contains("1.62 (1.35 to 1.94)"), "{shown}");
}

#[test]
fn ratios_over_time_are_in_the_middle_of_their_intervals() {
    let results = time_to_job::whole();
    let drawn = figure(&results, "hazard_ratio_over_time");
    let ratios = values(&results, |row| {
        row.key.analysis == Analysis::HazardRatioOverTime
            && row.key.statistic == Statistic::Estimate
    });
    let logs: Vec<f64> = ratios.iter().map(|ratio| libm::log(*ratio)).collect();
    let starts = std::iter::once(0).chain(ENDS);
    let middles: Vec<f64> = starts.zip(ENDS).map(|(a, b)| f64::from(a + b) / 2.0).collect();
    assert_affine(&attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cy"), &logs);
    assert_affine(&attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cx"), &middles);
    let shown = words(&drawn).join(" ");
    assert!(shown.contains("Test of a constant ratio: p = 0.043"), "{shown}");
    assert!(shown.contains("overall 1.62"), "{shown}");
}

#[test]
fn restricted_means_run_through_every_month_and_mark_the_plan_s() {
    let results = time_to_job::whole();
    let drawn = figure(&results, "restricted_mean_by_horizon");
    let of = |is_month: &dyn Fn(i32) -> bool| {
        values(&results, |row| {
            row.key.analysis == Analysis::Rmst
                && row.key.statistic == Statistic::EstimateDays
                && row.key.month.is_some_and(is_month)
        })
    };
    let planned = |month: i32| results.study.months.contains(&month) || month == HORIZON;
    let marks = attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cy");
    assert_affine(&marks, &of(&planned));
    let curves = points(&drawn.svg, "polyline", &[("stroke", BLACK)]);
    let heights: Vec<f64> = curves[0].iter().map(|at| at.1).collect();
    assert_affine(&heights, &of(&|_| true));
    assert!(drawn.svg.contains("Below zero: less time without a job with IPS"));
    assert!(drawn.text_alternative.contains("Up to month 18: \u{2212}22.7 days"));
}

#[test]
fn further_jobs_and_staying_in_the_first_are_at_their_values() {
    let results = time_to_job::whole();
    let drawn = figure(&results, "job_starts");
    let curves = points(&drawn.svg, "polyline", &[("stroke", BLUE)]);
    assert_eq!(curves.len(), 2);
    for (curve, outcome) in curves.iter().zip([Outcome::JobStarts, Outcome::JobRetention]) {
        let wanted = values(&results, |row| {
            row.key.outcome == outcome
                && row.key.analysis != Analysis::Effect
                && row.key.arm == ResultArm::Ips
                && row.key.statistic == Statistic::Estimate
        });
        let heights: Vec<f64> = curve.iter().step_by(2).map(|at| at.1).collect();
        assert_affine(&heights, &wanted);
    }
    let shown = words(&drawn).join(" ");
    assert!(shown.contains("No comparison of randomised groups"), "{shown}");
    assert!(shown.contains("+0.11 (0.03 to 0.18)") && shown.contains("1.37 (1.08 to 1.74)"));
    assert!(drawn.text_alternative.contains("no comparison of randomised groups"));
}

#[test]
fn facets_have_a_panel_for_each_level_in_each_region() {
    let results = time_to_job::whole();
    for (name, levels) in [("sex", 2), ("age", 3)] {
        let drawn = figure(&results, &format!("first_job_by_{name}"));
        let curves = points(&drawn.svg, "polyline", &[("stroke", BLUE)]);
        assert_eq!(curves.len(), 4 * levels);
    }
    let drawn = figure(&results, "first_job_by_age");
    let curves = points(&drawn.svg, "polyline", &[("stroke", BLUE)]);
    // Flanders, the second row; 35 to 49, the second panel.
    let wanted = values(&results, |row| {
        row.key.region == "flanders"
            && row.key.subgroup == "age=35-49"
            && row.key.arm == ResultArm::Ips
            && row.key.analysis == Analysis::CumulativeIncidence
            && row.key.statistic == Statistic::Estimate
    });
    let heights: Vec<f64> = curves[4].iter().step_by(2).map(|at| at.1).collect();
    assert_affine(&heights, &wanted);
    // Five levels do not fit into a row: a single region, two rows.
    let wide = figure(&time_to_job::single_region(), "first_job_by_education");
    let curves = points(&wide.svg, "polyline", &[("stroke", BLUE)]);
    assert_eq!(curves.iter().filter(|curve| curve.len() > 2).count(), 5);
    // Facets are no curves of the region itself.
    let plain = points(&figure(&results, "first_job").svg, "polyline", &[("stroke", BLUE)]);
    assert_eq!(plain.len(), 4);
}

#[test]
fn what_is_withheld_leaves_a_gap_and_shows_nowhere() {
    // The same gaps over other values: nothing that a reader sees may change.
    let gaps = time_to_job::with_gaps();
    let moved = time_to_job::whole().map_rows(|row| {
        if is_withheld(&row.key) {
            Row { value: row.value.map(|value| 1.7 * value + 0.123), ..row.clone() }
        } else {
            row.clone()
        }
    });
    let kept: Vec<Row> = moved
        .rows()
        .iter()
        .filter(|row| gaps.get(&row.key).is_some())
        .map(|row| {
            let is_hidden = is_withheld(&row.key);
            let note = if is_hidden { MASKED_SMALL_CELL.to_owned() } else { String::new() };
            Row { value: row.value.filter(|_| !is_hidden), note, ..row.clone() }
        })
        .collect();
    let moved = ResultSet::new(gaps.study.clone(), kept).unwrap();
    let all = figures(&gaps, Audience::Publication);
    assert_eq!(all, figures(&moved, Audience::Publication));
    let by = |name: &str| all.iter().find(|figure| figure.name == name).unwrap();
    for name in [
        "first_job",
        "competing_exits",
        "hazard_ratios",
        "hazard_ratio_over_time",
        "restricted_mean_by_horizon",
        "job_starts",
        "first_job_by_age",
    ] {
        assert!(by(name).svg.contains("fewer than 5 people"), "{name}");
        assert!(by(name).csv.contains("masked"), "{name}");
    }
    let gap = |name: &str, stroke: &str| points(&by(name).svg, "polyline", &[("stroke", stroke)]);
    // All regions break between months 6 and 10; the other three regions do not.
    assert_eq!(gap("first_job", BLUE).len(), 5);
    assert_eq!(attributes(&by("hazard_ratio_over_time").svg, "circle", &[], "cx").len(), 4);
    assert_eq!(gap("job_starts", BLUE).len(), 3);
    assert_eq!(gap("first_job_by_age", BLUE).len(), 11);
    // Where the size of the area is withheld, no area is shaded: all but Brussels.
    let areas = points(&by("first_job").svg, "polygon", &[("fill", GREY)]);
    assert_eq!(areas.len(), 4, "three regions, the pooled one in two parts");
    assert!(by("first_job_by_sex").svg.contains("Usual services: no curve"));
    assert!(by("hazard_ratios").svg.contains("test of equal hazard ratios, Sex"));
    let page = page_with(&gaps, Audience::Publication, &all);
    assert!(page.contains("id=\"first_job_by_age\""));
}

#[test]
fn with_everything_withheld_no_value_is_drawn() {
    let masked = time_to_job::whole().map_rows(|row| Row {
        value: None,
        note: MASKED_SMALL_CELL.to_owned(),
        ..row.clone()
    });
    for figure in figures(&masked, Audience::Publication) {
        assert!(!figure.svg.contains("<circle"), "{}", figure.name);
        assert!(figure.svg.contains("fewer than 5 people"), "{}", figure.name);
        for line in figure.csv.lines().skip(1) {
            assert!(line.contains("masked"), "{}: {line}", figure.name);
        }
    }
    // Facets of one figure are not rows of the subgroups of another.
    let plain = figures(&time_to_job::whole(), Audience::Publication);
    assert!(plain.iter().all(|figure| figure.name != "subgroups"));
    let none = support::empty();
    assert_eq!(figures(&none, Audience::Publication).len(), 4);
}
