//! Figures and tables of the questionnaires and of the quality of jobs say what their rows say.

use ips_eval::render::Audience;
use ips_eval::render::html::table_files;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_SMALL_CELL, Row};
use ips_eval::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic};

use super::drawing::{assert_affine, attributes};
use super::questionnaires::{self, SCORES, WAVES};
use super::{english, figure, figures, page, support};

const BLACK: &str = "#1A1A1A";
const BLUE: &str = "#0072B2";

const FIGURES: [&str; 4] =
    ["response_rates", "scores_by_wave", "scores_by_region", "score_effects"];

/// Values of the rows that pass a test, by month.
fn values(results: &ResultSet, is_wanted: impl Fn(&Key) -> bool) -> Vec<f64> {
    let mut rows: Vec<&Row> = results.rows().iter().filter(|row| is_wanted(&row.key)).collect();
    rows.sort_by_key(|row| row.key.month);
    rows.into_iter().filter_map(|row| row.value).collect()
}

/// The table of that name, a line a record.
fn table(results: &ResultSet, name: &str) -> Vec<Vec<String>> {
    let files = table_files(results, &english()).expect("the tables can be drawn");
    let file = files.into_iter().find(|file| file.name == name).expect("the table is written");
    let mut reader = csv::Reader::from_reader(file.csv.as_bytes());
    let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|line| record(line.expect("a line of the table"))).collect()
}

#[test]
fn shares_who_answered_are_drawn_where_the_rows_say() {
    let results = questionnaires::whole();
    let drawn = figure(&results, "response_rates");
    let of_arm = |region: &str| {
        values(&results, |key| {
            key.outcome == Outcome::Answered
                && key.method == Method::Wilson
                && key.arm == ResultArm::Ips
                && key.region == region
                && key.statistic == Statistic::Estimate
        })
    };
    let circles = attributes(&drawn.svg, "circle", &[("fill", BLUE)], "cy");
    assert_eq!(circles.len(), 4 * (WAVES.len() + 1));
    // The first panel is that of all regions; each has the same scale.
    assert_affine(&circles[..4], &of_arm(ALL_REGIONS));
    assert_affine(&circles[4..8], &of_arm("flanders"));
    let step = |at: usize, region: &str| {
        let own = of_arm(region);
        (circles[at + 3] - circles[at]) / (own[3] - own[0])
    };
    assert!((step(0, ALL_REGIONS) - step(12, "brussels")).abs() < 30.0);
}

#[test]
fn mean_scores_are_drawn_where_the_rows_say() {
    let results = questionnaires::whole();
    let mean = |level: &str, region: &str| {
        values(&results, |key| {
            key.outcome == Outcome::Score
                && key.method == Method::Mean
                && key.arm == ResultArm::Ips
                && key.region == region
                && key.level == level
                && key.statistic == Statistic::Estimate
        })
    };
    let drawn = figure(&results, "scores_by_wave");
    let circles = attributes(&drawn.svg, "circle", &[("fill", BLUE)], "cy");
    assert_affine(&circles[..4], &mean("who5", ALL_REGIONS));
    assert_affine(&circles[4..], &mean("fatigue", ALL_REGIONS));
    assert!(drawn.svg.contains("Well-being &lt;WHO-5&gt; (0 to 100)"), "{}", drawn.svg);
    assert!(drawn.svg.contains("lower is better"));
    let drawn = figure(&results, "scores_by_region");
    let circles = attributes(&drawn.svg, "circle", &[("fill", BLUE)], "cy");
    // Panels of a row share their axis: one map for all regions.
    let regions = ["flanders", "wallonia", "brussels"];
    assert_affine(&circles[..12], &regions.map(|region| mean("who5", region)).concat());
    assert_affine(&circles[12..], &regions.map(|region| mean("fatigue", region)).concat());
}

#[test]
fn effects_on_scores_are_drawn_where_the_rows_say() {
    let results = questionnaires::whole();
    let drawn = figure(&results, "score_effects");
    let mut wanted = Vec::new();
    for level in SCORES {
        wanted.extend(values(&results, |key| {
            key.method == Method::HedgesG
                && key.level == level
                && key.region == ALL_REGIONS
                && key.statistic == Statistic::Estimate
        }));
    }
    let circles = attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cx");
    assert_affine(&circles, &wanted);
    // One score is better where it is lower: the axis says more or less, not better or worse.
    assert!(drawn.svg.contains("higher with IPS →") && !drawn.svg.contains("better with IPS →"));
    let mut better = results.clone();
    better.study.scores.iter_mut().for_each(|score| score.higher_is_better = true);
    let drawn = figure(&better, "score_effects");
    assert!(drawn.svg.contains("better with IPS →"));
}

#[test]
fn numbers_of_the_figures_are_values_of_rows() {
    let results = questionnaires::whole();
    for name in FIGURES {
        let drawn = figure(&results, name);
        let mut reader = csv::Reader::from_reader(drawn.csv.as_bytes());
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|known| known == name);
        let mut count = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let text = |name: &str| column(name).map(|at| record[at].to_owned());
            let fits = |row: &Row| {
                let key = &row.key;
                let month = key.month.map(|month| month.to_string());
                key.statistic == Statistic::Estimate
                    && key.subgroup.is_empty()
                    && text("region").unwrap_or_else(|| ALL_REGIONS.to_owned()) == key.region
                    && text("level").is_none_or(|level| level == key.level)
                    && text("arm").is_none_or(|arm| arm == key.arm.as_str())
                    && text("method").is_none_or(|method| method == key.method.as_str())
                    && text("month") == month
                    && matches!(key.outcome, Outcome::Answered | Outcome::Score | Outcome::Index)
            };
            let own: f64 = text("estimate").unwrap().parse().unwrap();
            let is_there = |row: &Row| row.value.is_some_and(|value| (value - own).abs() < 1e-15);
            assert!(results.rows().iter().any(|row| fits(row) && is_there(row)), "{record:?}");
            count += 1;
        }
        assert!(count >= 15, "{name}: {count}");
    }
}

#[test]
fn the_tables_show_the_rows() {
    let results = questionnaires::whole();
    let line = |name: &str, at: usize| table(&results, name)[at].join(" | ");
    let response = line("response", 1);
    let wanted = "6 | 153/230 | 66.5% (62.5 to 70.5) | 142/230 | 61.7% (57.7 to 65.7) | \
                  +5.5 (0.5 to 10.5) | 0.041 | 0.522";
    assert!(response.starts_with(wanted), "{response}");
    assert!(line("response_ways", 0).starts_with("Language: French, IPS | 86 (43.0%)"));
    let scale = line("scale_properties", 0);
    let wanted = "Well-being <WHO-5> | 6 | 300 | 0.90 (0.88 to 0.91) | 0.90 | 300 | 7.0% | 7.0%";
    assert!(scale.starts_with(wanted), "{scale}");
    let effect = line("score_effects", 0);
    let wanted = "Well-being <WHO-5> | 6 | +1.50 (1.25 to 1.75) | +1.35 (1.10 to 1.60) | ";
    assert!(effect.starts_with(wanted), "{effect}");
    let mean = line("score_means", 0);
    assert!(mean.starts_with("Well-being <WHO-5> | 0 | 48.00 (20.25), 150"), "{mean}");
    let index = line("score_indices", 0);
    assert!(index.contains("Well-being <WHO-5> 0.55; Fatigue 0.45"), "{index}");
    let bounds = line("score_bounds", 0);
    let wanted = "Well-being <WHO-5> | 6 | −0.75 to 6.48 | −4.13 to 9.91 | 9.0% of Usual services";
    assert!(bounds.starts_with(wanted), "{bounds}");
    let agreement = line("agreement", 0);
    let wanted = "Month 6, IPS | 140 | 33 | 6 | 24 | 77 | 78.6% (68.6 to 88.6) | \
                  0.53 (0.43 to 0.63) | 5/30 | 117";
    assert!(agreement.starts_with(wanted), "{agreement}");
    let answers = line("first_job_answers", 0);
    assert!(answers.contains("22.0% (18.0 to 26.0)"), "{answers}");
    assert!(answers.contains("+8.1 (2.1 to 14.1)"), "{answers}");
    assert!(line("first_job_answers", 9).contains("1.15 (0.95 to 1.35)"));
    assert!(line("job_quality", 0).starts_with("hours a week | 6 | 63 | 24.5 (8.2)"));
    assert!(line("job_outcomes", 4).contains("84 (15.0%)"), "{}", line("job_outcomes", 4));
    assert!(line("job_outcomes", 4).contains("+5.1 (2.1 to 8.1)"));
}

#[test]
fn nothing_is_shown_twice_among_other_effects_and_tests() {
    let results = questionnaires::whole();
    let names = ["questionnaire answered", "good job", "0 without a job", "Turnbull", "score"];
    for table_name in ["effects", "tests"] {
        for line in table(&results, table_name) {
            let line = line.join(" | ");
            for name in names {
                assert!(!line.contains(name), "{table_name}: {line}");
            }
        }
    }
}

#[test]
fn an_estimand_of_a_score_says_which() {
    let results = questionnaires::whole();
    let line = table(&results, "estimands")[0].join(" | ");
    assert!(line.contains("the score at the wave; Fatigue; month 12"), "{line}");
    let page = page(&results, Audience::Publication);
    assert!(page.contains("the score at the wave; Fatigue; month 12"));
}

#[test]
fn remarks_that_differ_in_their_number_are_one() {
    let page = page(&questionnaires::whole(), Audience::Publication);
    assert_eq!(page.matches("without a baseline value").count(), 1);
    assert!(page.contains("9 to 12 without a baseline value"));
    assert!(!page.contains("weights: who5"));
}

#[test]
fn a_trial_without_waves_has_none_of_it() {
    let results = support::belgian();
    let all = figures(&results, Audience::Publication);
    assert!(all.iter().all(|figure| !FIGURES.contains(&figure.name.as_str())));
    let page = page(&results, Audience::Publication);
    for id in ["questionnaires", "job_quality"] {
        assert!(!page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    // The quality of jobs needs no questionnaire.
    let whole = questionnaires::whole();
    let jobs = |row: &&Row| {
        row.key.analysis_set == AnalysisSet::Employed && row.key.outcome == Outcome::JobHours
    };
    let rows: Vec<Row> = whole.rows().iter().filter(jobs).cloned().collect();
    let only = ResultSet::new(support::belgian().study, rows).unwrap();
    let page = super::page(&only, Audience::Publication);
    assert!(page.contains("id=\"job_quality\"") && !page.contains("id=\"questionnaires\""));
    assert!(page.contains("no randomised groups"));
}

#[test]
fn masked_results_show_no_number() {
    let whole = questionnaires::whole();
    let masked = whole.map_rows(|row| Row {
        value: None,
        note: MASKED_SMALL_CELL.to_owned(),
        ..row.clone()
    });
    for name in FIGURES {
        let drawn = figure(&masked, name);
        assert!(!drawn.svg.contains("<circle"), "{name}");
        assert!(drawn.svg.contains("fewer than 5 people"), "{name}");
        for line in drawn.csv.lines().skip(1) {
            assert!(line.ends_with("masked"), "{name}: {line}");
        }
    }
    // How many first columns are names and months.
    let tables = [
        ("response", 1),
        ("response_by_region", 2),
        ("response_ways", 1),
        ("scale_properties", 2),
        ("scale_properties_by_language", 3),
        ("score_means", 2),
        ("score_effects", 2),
        ("score_effects_by_region", 2),
        ("score_effects_standardised", 2),
        ("score_effects_every_method", 5),
        ("score_indices", 2),
        ("score_bounds", 2),
        ("agreement", 1),
        ("first_job_answers", 3),
        ("job_quality", 2),
        ("job_quality_by_region", 3),
        ("job_outcomes", 2),
        ("job_outcomes_by_region", 3),
        ("job_bounds", 2),
    ];
    for (name, keys) in tables {
        for line in table(&masked, name) {
            let cells = &line[keys..line.len() - 1];
            let is_quiet = |cell: &String| !cell.contains(|c: char| c.is_ascii_digit());
            assert!(cells.iter().all(is_quiet), "{name}: {line:?}");
        }
    }
}

#[test]
fn what_is_missing_is_explained() {
    let results = questionnaires::with_gaps();
    let drawn = figure(&results, "response_rates");
    assert!(drawn.svg.contains("nobody was due"), "a gap has its reason");
    let rows = results.rows().iter();
    let n = rows.filter(|row| row.key.analysis == Analysis::ArmRate && row.value.is_none()).count();
    assert!(n > 0);
    let drawn = figure(&results, "scores_by_region");
    assert!(drawn.svg.contains("fewer than 5 people"));
    let page = page(&results, Audience::Publication);
    assert!(page.contains("nobody was due"));
}
