//! Figures of effects by month, of subgroups and of balance, and the tables beside them.

use ips_eval::render::Audience;
use ips_eval::render::html::table_files;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Row};
use ips_eval::results::vocabulary::{Analysis, Method, Outcome, Statistic};

use super::drawing::{assert_affine, attributes, points};
use super::{english, figure, figures, itt, page, support, time_to_job};

const BLACK: &str = "#1A1A1A";
const GREY: &str = "#808080";
const ORANGE: &str = "#D55E00";

/// Values of the rows that pass a test, by month.
fn by_month(results: &ResultSet, is_wanted: impl Fn(&Row) -> bool) -> Vec<(i32, f64)> {
    let rows = results.rows().iter().filter(|row| is_wanted(row));
    let mut found: Vec<(i32, f64)> =
        rows.filter_map(|row| Some((row.key.month?, row.value?))).collect();
    found.sort_by_key(|(month, _)| *month);
    found
}

fn effect_of(outcome: Outcome) -> impl Fn(&Row) -> bool {
    move |row| {
        row.key.analysis == Analysis::Effect
            && row.key.outcome == outcome
            && row.key.method == Method::OlsStrataHc2
            && row.key.statistic == Statistic::Estimate
    }
}

#[test]
fn effects_by_month_are_at_their_months_and_heights() {
    let results = itt::whole();
    let drawing = figure(&results, "effect_by_month").svg;
    let jobs = by_month(&results, effect_of(Outcome::Employed));
    let paid = by_month(&results, effect_of(Outcome::BenefitEur));
    let after = |all: &[(i32, f64)]| -> Vec<f64> {
        all.iter().filter(|(month, _)| *month > 0).map(|(_, value)| *value).collect()
    };
    let heights = attributes(&drawing, "circle", &[("fill", BLACK)], "cy");
    let (upper, lower) = heights.split_at(36);
    assert_affine(upper, &after(&jobs));
    // A circle in ink explains the second panel, before those that show it.
    assert_affine(&lower[1..], &after(&paid));
    let across = attributes(&drawing, "circle", &[("fill", BLACK)], "cx");
    let months: Vec<f64> = (1..=36).map(f64::from).collect();
    assert_affine(&across[..36], &months);
    // Up to month 0 marks are grey: seven in each panel.
    let before = attributes(&drawing, "circle", &[("fill", GREY)], "cy");
    assert_eq!(before.len(), 14);
    let earlier = |all: &[(i32, f64)]| -> Vec<f64> {
        all.iter().filter(|(month, _)| *month <= 0).map(|(_, value)| *value).collect()
    };
    assert_affine(&before[..7], &earlier(&jobs));
    assert!(drawing.contains("placebo") && drawing.contains("not for all months together"));
    let rule = points(&drawing, "polygon", &[("fill", ORANGE)]);
    // One a month from month 2 on, and one in the key.
    assert_eq!(rule.len(), 36);
}

#[test]
fn without_benefits_there_is_one_panel_and_without_months_before_no_placebo() {
    let mut rows = itt::whole().rows().to_vec();
    rows.retain(|row| {
        row.key.month.is_none_or(|m| m > 0) && !row.key.outcome.as_str().contains("benefit")
    });
    let results = ResultSet::new(itt::whole().study, rows).unwrap();
    let drawing = figure(&results, "effect_by_month").svg;
    assert!(!drawing.contains("placebo") && !drawing.contains("Benefit"));
    assert_eq!(attributes(&drawing, "circle", &[("fill", BLACK)], "cx").len(), 36);
}

#[test]
fn figures_without_rows_are_left_out() {
    let empty = figures(&support::empty(), Audience::Publication);
    let names: Vec<&str> = empty.iter().map(|figure| figure.name.as_str()).collect();
    let always = ["employment_by_region", "effect_by_region", "first_job", "employment_by_month"];
    assert_eq!(names, always);
    assert_eq!(figures(&itt::whole(), Audience::Publication).len(), always.len() + 3);
}

#[test]
fn subgroups_are_at_their_differences_and_have_no_p_value_of_their_own() {
    let results = itt::whole();
    let drawn = figure(&results, "subgroups");
    let of = |region: &str, subgroup: &str| {
        let row = results.rows().iter().find(|row| {
            row.key.method == Method::RiskDifferenceNewcombe
                && row.key.region == region
                && row.key.subgroup == subgroup
                && row.key.statistic == Statistic::Estimate
        });
        row.and_then(|row| row.value).expect("the row is there")
    };
    let mut wanted = vec![of(ALL_REGIONS, "")];
    wanted.extend(["flanders", "wallonia", "brussels"].map(|region| of(region, "")));
    let levels = ["sex=f", "sex=m", "age=<35", "age=35-49", "age=50+"];
    wanted.extend(levels.map(|level| of(ALL_REGIONS, level)));
    let mut positions = attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cx");
    // The second one explains the marks of the regions.
    positions.remove(1);
    assert_affine(&positions, &wanted);
    let mut reader = csv::Reader::from_reader(drawn.csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let mut tests = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        let is_test = record[column("method")].starts_with("wald");
        assert_eq!(record[column("p_value")].is_empty(), !is_test, "{record:?}");
        if is_test {
            tests.push(record[column("level")].to_owned());
        }
    }
    assert_eq!(tests, ["", "", "sex", "sex", "age", "age"]);
}

#[test]
fn the_love_plot_has_each_level_in_the_order_of_table_1() {
    let results = itt::crowded();
    let drawn = figure(&results, "love_plot");
    let mut reader = csv::Reader::from_reader(drawn.csv.as_bytes());
    let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
    assert_eq!(records.len(), 40);
    let variables: Vec<&str> = records.iter().map(|r| &r[0]).filter(|w| !w.contains('=')).collect();
    assert_eq!(variables, results.study.baseline_variables);
    let values = records.iter().filter(|r| r[0].contains('=') || r[0].starts_with("psy"));
    let values: Vec<f64> = values.map(|r| r[1].parse().unwrap()).collect();
    let positions = attributes(&drawn.svg, "circle", &[("fill", BLACK)], "cx");
    // One in the key, then age and months of incapacity.
    assert_affine(&positions[3..], &values);
    let dashed = points(&drawn.svg, "polyline", &[("stroke", GREY)]);
    assert!(dashed.len() > 20, "two dashed lines at ±0.1");
}

#[test]
fn the_report_has_a_section_for_each_family_and_its_tables_as_csv() {
    let results = itt::whole();
    let page = page(&results, Audience::Publication);
    let sections =
        ["estimands", "baseline", "adjusted", "amounts", "benefits", "take_up", "subgroup_effects"];
    for id in sections {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    for words in ["39.4 (9.1)", "39.0 [32.0; 46.0]", "259 (50.0%)", "41 clusters", "2 to 5 columns"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.find("id=\"baseline\"").unwrap() < page.find("id=\"effects\"").unwrap());
    let files = table_files(&results, &english()).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    for name in
        ["flow", "baseline", "baseline_2", "baseline_4", "adjusted", "amounts", "interactions"]
    {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    for file in &files {
        let mut reader = csv::Reader::from_reader(file.csv.as_bytes());
        assert!(reader.records().all(|record| record.is_ok()), "{}", file.name);
    }
    // Nothing of it without rows.
    let plain = super::page(&support::empty(), Audience::Publication);
    for id in sections {
        assert!(!plain.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn table_1_has_p_values_only_where_the_rows_have_them() {
    let table = |results: &ResultSet| {
        let files = table_files(results, &english()).unwrap();
        files.into_iter().find(|file| file.name == "baseline").unwrap().csv
    };
    let without = itt::whole();
    assert!(table(&without).starts_with("Characteristic,IPS,Usual services,Both arms,SMD,notes\n"));
    let mut rows = without.rows().to_vec();
    let age = rows
        .iter()
        .find(|row| row.key.analysis == Analysis::Balance && row.key.level == "age")
        .unwrap();
    let mut p = age.clone();
    (p.key.method, p.key.statistic, p.value) = (Method::WelchT, Statistic::PValue, Some(0.25));
    rows.push(p);
    let with = table(&ResultSet::new(without.study.clone(), rows).unwrap());
    assert!(with.starts_with("Characteristic,IPS,Usual services,Both arms,SMD,p,notes\n"));
    assert!(with.contains("0.250"), "{with}");
}

#[test]
#[ignore = "writes pictures to look at: IPS_EVAL_LOOK=DIRECTORY"]
fn pictures_to_look_at() {
    let Some(directory) = option_env!("IPS_EVAL_LOOK") else { return };
    let shapes = [
        ("whole", itt::whole()),
        ("crowded", itt::crowded()),
        ("gaps", itt::with_gaps()),
        ("time", time_to_job::whole()),
        ("time_single", time_to_job::single_region()),
        ("time_crowded", time_to_job::crowded()),
        ("time_gaps", time_to_job::with_gaps()),
    ];
    for (name, results) in shapes {
        for figure in figures(&results, Audience::Publication) {
            let png = ips_eval::render::png::from_svg(&figure.svg, 1.5).unwrap();
            std::fs::write(format!("{directory}/{name}_{}.png", figure.name), png).unwrap();
        }
        let page = page(&results, Audience::Publication);
        std::fs::write(format!("{directory}/{name}.html"), page).unwrap();
    }
}
