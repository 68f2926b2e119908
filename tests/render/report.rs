//! The report says each thing once, and all of it.

use std::collections::BTreeSet;

use ips_eval::render::Audience;
use ips_eval::render::html::table_files;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_SMALL_CELL, Row};
use ips_eval::results::vocabulary::{
    Analysis, Inference, Method, Outcome, ResultArm, Statistic, Unit,
};

use super::support::{self, HORIZON};
use super::{english, figure, itt, page};

/// Lines of a table without its header and its notes; none where there is no such table.
fn lines(results: &ResultSet, name: &str) -> Vec<Vec<String>> {
    let files = table_files(results, &english()).expect("tables are written");
    let Some(file) = files.into_iter().find(|file| file.name == name) else { return Vec::new() };
    let mut reader = csv::Reader::from_reader(file.csv.as_bytes());
    let width = reader.headers().expect("it has a header").len() - 1;
    let cells = |record: csv::StringRecord| record.iter().take(width).map(str::to_owned).collect();
    reader.records().map(|record| cells(record.expect("it is CSV"))).collect()
}

/// The text of a section of the page, without tags.
fn section(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("<section id=\"{id}\">")).expect("it is there");
    words(rest.split("</section>").next().unwrap_or(rest))
}

/// Text without tags, in one line.
fn words(markup: &str) -> String {
    let pieces = markup.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, t)| t));
    let text = pieces.collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_declared_estimand_has_all_attributes_and_another_has_a_line() {
    let mut results = itt::whole();
    results.study.estimands[0].months = (-6..=30).collect();
    results.study.estimands[1].months = vec![30, 18];
    "principal_stratum".clone_into(&mut results.study.estimands[1].intercurrent_events[0].strategy);
    "takers".clone_into(&mut results.study.estimands[1].population);
    let shown = section(&page(&results, Audience::Publication), "estimands");
    let declared = "main (primary) Population everyone randomised Treatments compared the offer of \
                    IPS against the usual services Variable any competitive job within 18 months; \
                    months −6 to 30 Intercurrent events programme not taken up: treatment policy \
                    Summary measure difference of probabilities Estimators Difference of \
                    Aalen-Johansen probabilities";
    assert!(shown.contains(declared), "{shown}");
    let other = "Not declared, exploratory Outcome Population Summary measure Months Estimators \
                 gross wages takers difference of probabilities 18, 30 2";
    assert!(shown.contains(other), "{shown}");
    let files = table_files(&results, &english()).unwrap();
    let all = files.iter().find(|file| file.name == "estimands").unwrap();
    assert!(all.csv.contains("\nwages,exploratory,no,") && all.csv.contains("\nmain,primary,yes,"));
    assert!(all.csv.contains("Least squares with strata, HC2; Least squares with the arm"));
}

#[test]
fn without_declared_estimands_roles_are_those_by_default() {
    let mut results = itt::whole();
    results.study.estimands[0].declared = false;
    let shown = section(&page(&results, Audience::Publication), "estimands");
    assert!(shown.contains("Roles by default"), "{shown}");
    // Everyone randomised is not said again in each line.
    let line = "first competitive job primary difference of probabilities 18 1";
    assert!(shown.contains(line), "{shown}");
    assert!(!shown.contains("Not declared") && !shown.contains("Treatments"), "{shown}");
}

/// All contrasts over all regions at the horizon, each once.
fn contrasts(results: &ResultSet) -> usize {
    let limits = [Statistic::Estimate, Statistic::CiLower, Statistic::CiUpper];
    let is_wanted = |key: &&Key| {
        key.analysis == Analysis::Effect
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
            && key.arm == ResultArm::Contrast
            && key.month.is_none_or(|month| month == HORIZON)
            && limits.contains(&key.statistic)
            && key.inference.is_of_the_estimator()
    };
    let keys = results.rows().iter().map(|row| &row.key).filter(is_wanted);
    let line = |key: &Key| (key.outcome.as_str(), key.method.as_str(), key.inference.as_str());
    keys.map(line).collect::<BTreeSet<_>>().len()
}

#[test]
fn each_contrast_is_in_one_table() {
    let whole = itt::whole();
    let mut without_quantiles = whole.rows().to_vec();
    without_quantiles.retain(|row| row.key.analysis != Analysis::ArmQuantile);
    let without_quantiles = ResultSet::new(whole.study.clone(), without_quantiles).unwrap();
    let mut other_months = itt::whole();
    other_months.study.months = vec![6, 12];
    for (results, by_month) in
        [(support::belgian(), 0), (whole, 3), (without_quantiles, 3), (other_months, 0)]
    {
        let mut found: Vec<(String, String)> = Vec::new();
        let of = |line: Vec<String>| (line[0].clone(), line[2].clone());
        for table in ["effects", "amount_effects", "benefit_effects"] {
            found.extend(lines(&results, table).into_iter().map(of));
        }
        found.retain(|(_, method)| !method.ends_with("quantile"));
        let adjusted = lines(&results, "adjusted").into_iter();
        found.extend(adjusted.map(|line| ("any competitive job".to_owned(), line[1].clone())));
        let distinct: BTreeSet<_> = found.iter().collect();
        assert_eq!(distinct.len(), found.len(), "{found:?}");
        assert_eq!(found.len() + by_month, contrasts(&results), "{found:?}");
    }
}

#[test]
fn the_months_of_benefits_have_their_p_values() {
    let whole = itt::whole();
    let mut rows = whole.rows().to_vec();
    let is_effect = |row: &&Row| {
        row.key.outcome == Outcome::BenefitFormulaEur
            && row.key.analysis == Analysis::Effect
            && row.key.method == Method::OlsStrataHc2
            && row.key.month == Some(12)
    };
    let mut p = rows.iter().find(is_effect).unwrap().clone();
    (p.key.statistic, p.value, p.unit) = (Statistic::PValue, Some(0.023), Unit::P);
    rows.push(p);
    let results = ResultSet::new(whole.study, rows).unwrap();
    let table = lines(&results, "benefits");
    let ps = |line: &Vec<String>| [&line[4], &line[6], &line[8]].map(Clone::clone);
    assert_eq!(table.iter().find(|line| line[0] == "12").map(ps).unwrap(), ["", "0.023", ""]);
    assert_eq!(table.iter().find(|line| line[0] == "18").map(ps).unwrap(), ["", "", ""]);
}

#[test]
fn a_remark_is_said_once_with_what_it_concerns() {
    let noted = itt::whole().map_rows(|row| {
        let is_limit = matches!(row.key.statistic, Statistic::CiLower | Statistic::CiUpper);
        let note = match (row.key.outcome, row.key.method) {
            (Outcome::WagesEur, Method::LinHc2) if is_limit => "39 are left out; a guess",
            (Outcome::HoursWorked, Method::OlsAdjustedCr2) if is_limit => "39 are left out.",
            _ => "",
        };
        Row { note: note.to_owned(), ..row.clone() }
    });
    let page = page(&noted, Audience::Publication);
    let shown = section(&page, "notes");
    let long = "39 are left out – in 4 numbers: gross wages; hours worked; by Least squares with \
                strata and covariates, CR2 over clusters; Least squares with the arm interacted, \
                HC2.";
    assert!(shown.contains(long), "{shown}");
    let short =
        "a guess – in 2 numbers: gross wages; by Least squares with the arm interacted, HC2.";
    assert!(shown.contains(short), "{shown}");
    assert_eq!(shown.matches(" – in ").count(), 2, "{shown}");
}

#[test]
fn columns_that_a_lasso_selects_are_counted_in_words() {
    for (fewest, most, words) in [
        (0.0, 0.0, "no column selected"),
        (1.0, 1.0, "1 column selected in each fold"),
        (2.0, 2.0, "2 columns selected in each fold"),
        (0.0, 1.0, "0 to 1 columns selected"),
        (1.0, 3.0, "1 to 3 columns selected"),
    ] {
        let results = itt::whole().map_rows(|row| match row.key.statistic {
            Statistic::SelectedMin => Row { value: Some(fewest), ..row.clone() },
            Statistic::SelectedMax => Row { value: Some(most), ..row.clone() },
            _ => row.clone(),
        });
        let remarks: Vec<String> =
            lines(&results, "adjusted").into_iter().filter_map(|mut line| line.pop()).collect();
        assert!(remarks.iter().any(|remark| remark == words), "{words}: {remarks:?}");
    }
    let masked = itt::whole().map_rows(|row| match row.key.statistic {
        Statistic::SelectedMin | Statistic::SelectedMax => {
            Row { value: None, note: MASKED_SMALL_CELL.to_owned(), ..row.clone() }
        }
        _ => row.clone(),
    });
    let shown = page(&masked, Audience::Publication);
    assert!(shown.contains("• to • columns selected"), "two hidden counts need not be the same");
}

#[test]
fn subgroups_stand_in_the_order_of_the_plan() {
    let mut results = itt::whole();
    results.study.subgroup_levels = vec![
        vec!["m".to_owned(), "f".to_owned()],
        ["50+", "<35", "35-49"].map(str::to_owned).to_vec(),
    ];
    let first = |line: Vec<String>| line[0].clone();
    let levels: Vec<String> = lines(&results, "subgroups").into_iter().map(first).collect();
    let wanted = ["Sex: Men", "Sex: Women", "Age (years): 50 and over", "Age (years): Under 35"];
    assert_eq!(levels[..4], wanted, "{levels:?}");
    let table = lines(&results, "baseline");
    let at = |word: &str| table.iter().position(|line| line[0].contains(word)).unwrap();
    assert!(at("Men") < at("Women"), "Table 1 has the same order");
}

#[test]
fn tests_of_equal_effects_are_named_by_what_they_compare() {
    let whole = itt::whole();
    let mut rows = whole.rows().to_vec();
    let is_test = |row: &&Row| {
        row.key.analysis == Analysis::Interaction
            && row.key.method == Method::WaldLogRiskRatio
            && row.key.level.is_empty()
    };
    let own: Vec<Row> = rows.iter().filter(is_test).cloned().collect();
    rows.extend(own.into_iter().map(|mut row| {
        row.key.method = Method::EmpiricalBayes;
        row
    }));
    let results = ResultSet::new(whole.study, rows).unwrap();
    let tests: Vec<String> =
        lines(&results, "tests").into_iter().map(|line| line[0].clone()).collect();
    for name in [
        "Cochran's Q, equal effects in all regions",
        "Wald test (HC2), equal effects in all regions",
        "Wald test, equal risk ratios in all regions",
        "Wald test (HC2), equal effects at all levels: Sex",
        "Wald test, equal risk ratios at all levels: Age (years)",
        "Log-rank test",
    ] {
        assert!(tests.iter().any(|test| test == name), "{name}: {tests:?}");
    }
    assert!(!tests.iter().any(|test| test.contains("Bayes")), "{tests:?}");
}

#[test]
fn a_gap_in_the_effects_by_month_is_explained() {
    let whole = itt::whole();
    let mut rows = whole.rows().to_vec();
    let is_job = |key: &Key| {
        key.analysis == Analysis::Effect
            && key.outcome == Outcome::Employed
            && key.inference == Inference::Analytic
    };
    rows.retain(|row| !(is_job(&row.key) && row.key.month == Some(20)));
    for row in rows.iter_mut().filter(|row| is_job(&row.key)) {
        if matches!(row.key.month, Some(-6 | 5 | 6 | 7)) {
            (row.value, row.note) = (None, "an arm has no participants".to_owned());
        }
    }
    let unmasked = ResultSet::new(whole.study, rows).unwrap();
    let drawn = words(&figure(&unmasked, "effect_by_month").svg);
    let place = "All regions, effect (in a competitive job)";
    let reason = format!("{place}, months −6, 5 to 7: an arm has no participants.");
    assert!(drawn.contains("or a gap: not estimable") && drawn.contains(&reason), "{drawn}");
    let absent = format!("or a gap: not among the results. {place}, month 20.");
    assert!(drawn.contains(&absent), "{drawn}");
    assert!(!drawn.contains("fewer than 5 people"), "{drawn}");
    // Only one limit is hidden: the mark has no bar.
    let masked = unmasked.map_rows(|row| {
        let is_hidden =
            is_job(&row.key) && row.key.month == Some(9) && row.key.statistic == Statistic::CiUpper;
        let note = MASKED_SMALL_CELL.to_owned();
        if is_hidden { Row { value: None, note, ..row.clone() } } else { row.clone() }
    });
    let drawn = words(&figure(&masked, "effect_by_month").svg);
    assert!(drawn.contains("fewer than 5 people"), "{drawn}");
}
