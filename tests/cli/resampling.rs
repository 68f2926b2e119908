//! What a plan says of resampling is done, and what is drawn can be had.

use std::collections::BTreeMap;

use ips_eval::analysis::{Analysed, analyse_keeping_draws};
use ips_eval::results::row::{Key, Row};
use ips_eval::results::vocabulary::{Analysis, Inference, Method, Outcome, ResultArm, Statistic};
use polars::prelude::{ParquetReader, SerReader as _};

use crate::trial_folder::{Files, TrialFolder, files_below, fixture, plan, read};

/// A fixture with some replicates and more in its plan.
fn files(name: &str, replicates: &str, more: &str) -> Files {
    let mut files = files_below(&fixture(name));
    let text = String::from_utf8(files["plan.toml"].clone()).expect("a text");
    let is_count = |line: &str| line.starts_with("replicates =");
    let lines = text.lines().map(|line| {
        if is_count(line) { format!("replicates = {replicates}") } else { line.to_owned() }
    });
    let text = lines.collect::<Vec<String>>().join("\n") + "\n" + more;
    files.insert("plan.toml".to_owned(), text.into_bytes());
    files
}

fn analysed(files: &Files) -> Analysed {
    let document = plan(files);
    let ingested = read(&document, files);
    let data = ingested.data.unwrap_or_else(|| panic!("{:?}", ingested.problems.all()));
    analyse_keeping_draws(&document.plan, &data, &|_| {}).expect("results")
}

/// Rows of one inference, by their key.
fn of(own: &Analysed, is_wanted: impl Fn(&Key) -> bool) -> Vec<Row> {
    own.results.rows().iter().filter(|row| is_wanted(&row.key)).cloned().collect()
}

fn value(own: &Analysed, is_wanted: impl Fn(&Key) -> bool) -> f64 {
    let rows = of(own, is_wanted);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].value.expect("a value")
}

fn is_cox(key: &Key) -> bool {
    (key.method, key.arm, key.region.as_str()) == (Method::CoxEfron, ResultArm::Contrast, "all")
        && (key.analysis, key.outcome) == (Analysis::HazardRatio, Outcome::FirstJob)
        && key.subgroup.is_empty()
        && key.level.is_empty()
}

#[test]
fn exported_draws_are_those_of_the_results() {
    let folder = TrialFolder::empty();
    for (name, bytes) in files("rossi", "300", "") {
        folder.write(&name, bytes);
    }
    let said = folder.say(&["run", "plan.toml", "--out", "out", "--replicates"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let bytes = std::io::Cursor::new(folder.read("out/replicates.parquet"));
    let frame = ParquetReader::new(bytes).finish().expect("a Parquet file");
    assert_eq!(frame.height(), 301);
    let column = |name: &str| -> Vec<f64> {
        let column = frame.column(name).expect("a column of the export");
        let column = column.cast(&polars::prelude::DataType::Float64).expect("numbers");
        column.f64().expect("numbers").iter().flatten().collect()
    };
    let numbers = column("replicate");
    assert!(numbers.iter().enumerate().all(|(at, n)| (*n - at as f64).abs() < 0.5));
    let ratios = column("hazard_ratio|first_job|itt|all||ips-control|||cox_efron");
    let logs: Vec<f64> = ratios[1..].iter().map(|ratio| libm::log(*ratio)).collect();
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / (n - 1.0);
    let own = analysed(&files("rossi", "300", ""));
    let row = |statistic| {
        value(&own, |key| {
            is_cox(key)
                && key.inference == Inference::BootstrapPercentile
                && key.statistic == statistic
        })
    };
    assert!((variance.sqrt() - row(Statistic::StdError)).abs() < 1e-12);
    assert!((ratios[0] - row(Statistic::Estimate)).abs() < 1e-12);
    let manifest = folder.text("out/manifest.json");
    assert!(manifest.contains("replicates.parquet"), "the manifest lists it");
}

#[test]
fn the_first_replicates_do_not_depend_on_how_many_there_are() {
    let few = analysed(&files("rossi", "100", "")).joint_draws();
    let more = analysed(&files("rossi", "250", "")).joint_draws();
    assert_eq!(few.len(), more.len());
    for (few, more) in few.iter().zip(&more) {
        assert_eq!(few.key, more.key);
        assert_eq!(few.values, more.values[..100], "{}", few.name());
    }
}

#[test]
fn every_estimand_of_the_contract_has_every_interval() {
    let own = analysed(&files("rossi", "300", ""));
    let kinds = [
        Inference::BootstrapPercentile,
        Inference::BootstrapBasic,
        Inference::BootstrapBca,
        Inference::BootstrapStudentised,
    ];
    let wanted = [
        (Analysis::ArmRate, Outcome::EverEmployed, Method::Mean, 6),
        (Analysis::ArmRate, Outcome::Employed, Method::Mean, 14),
        (Analysis::ArmMean, Outcome::DaysEmployed, Method::Mean, 2),
        (Analysis::Effect, Outcome::EverEmployed, Method::RiskDifference, 3),
        (Analysis::Effect, Outcome::EverEmployed, Method::RiskRatio, 3),
        (Analysis::Effect, Outcome::EverEmployed, Method::OddsRatio, 3),
        (Analysis::Effect, Outcome::EverEmployed, Method::RiskDifferenceMantelHaenszel, 1),
        (Analysis::Effect, Outcome::EverEmployed, Method::OlsStrataHc2, 1),
        (Analysis::Effect, Outcome::EverEmployed, Method::LinHc2, 1),
        (Analysis::Effect, Outcome::EverEmployed, Method::LogitStandardised, 1),
        (Analysis::Effect, Outcome::DaysEmployed, Method::OlsStrataHc2, 1),
        (Analysis::Effect, Outcome::DaysEmployed, Method::LinHc2, 1),
        (Analysis::Effect, Outcome::Employed, Method::OlsStrataHc2, 7),
        (Analysis::Effect, Outcome::FirstJob, Method::RiskDifferenceAalenJohansen, 21),
        (Analysis::CumulativeIncidence, Outcome::FirstJob, Method::AalenJohansen, 42),
        (Analysis::Survival, Outcome::FirstJob, Method::KaplanMeier, 42),
        (Analysis::Effect, Outcome::FirstJob, Method::SurvivalDifference, 21),
        (Analysis::Rmst, Outcome::FirstJob, Method::RestrictedMean, 18),
        (Analysis::HazardRatio, Outcome::FirstJob, Method::CoxEfron, 1),
        (Analysis::HazardRatio, Outcome::FirstJob, Method::CoxEfronStratified, 1),
        (Analysis::HazardRatio, Outcome::FirstJob, Method::CoxEfronAdjusted, 1),
        (Analysis::HazardRatio, Outcome::FirstJob, Method::FineGray, 1),
    ];
    for kind in kinds {
        for (analysis, outcome, method, n) in wanted {
            let rows = of(&own, |key| {
                (key.analysis, key.outcome, key.method) == (analysis, outcome, method)
                    && key.inference == kind
                    && key.statistic == Statistic::CiUpper
                    && key.level.is_empty()
            });
            assert_eq!(rows.len(), n, "{analysis} {outcome} {method} {kind}");
            let without: Vec<&Row> = rows.iter().filter(|row| row.value.is_none()).collect();
            // In the first month few of a region have an event, or none.
            assert!(without.len() * 4 <= n, "{kind} {method}: {without:?}");
        }
    }
    // Quantiles move in jumps: they have intervals from the replicates alone.
    let median = |kind| {
        of(&own, |key| key.analysis == Analysis::SurvivalMedian && key.inference == kind)
            .iter()
            .filter(|row| row.key.statistic == Statistic::CiLower)
            .map(|row| row.note.clone())
            .collect::<Vec<String>>()
    };
    assert_eq!(median(Inference::BootstrapPercentile).len(), 6);
    let notes = median(Inference::BootstrapBca);
    assert!(notes.iter().all(|note| note.starts_with("not estimable")), "{notes:?}");
}

#[test]
fn balanced_draws_leave_no_bias_in_a_mean() {
    let own = analysed(&files("rossi", "64\ndraws = \"balanced\"", ""));
    let draws = own.joint_draws();
    let means = draws.iter().filter(|draw| {
        (draw.key.analysis, draw.key.outcome, draw.key.arm)
            == (Analysis::ArmMean, Outcome::DaysEmployed, ResultArm::Ips)
    });
    let mut seen = 0;
    for draw in means {
        let values: Vec<f64> = draw.values.iter().copied().flatten().collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let off = (mean - draw.estimate.expect("a mean")).abs();
        assert!(off < 1e-9, "{}: off by {off}", draw.name());
        seen += 1;
    }
    assert_eq!(seen, 1);
}

#[test]
fn automatic_replicates_go_on_until_limits_are_known() {
    let tolerance = 0.12;
    let own = analysed(&files("rossi", &format!("\"auto\"\ntolerance = {tolerance}"), ""));
    let n = own.results.study.replicates;
    assert!(n >= 1_000 && n.is_multiple_of(1_000), "{n}");
    let percentile = |statistic: Statistic, level: &'static str| {
        of(&own, move |key| {
            key.inference == Inference::BootstrapPercentile
                && key.arm == ResultArm::Contrast
                && key.region == "all"
                && key.subgroup.is_empty()
                && key.method == Method::LinHc2
                && key.statistic == statistic
                && key.level == level
        })
    };
    let errors = percentile(Statistic::MonteCarloError, "ci_lower");
    let std_errors = percentile(Statistic::StdError, "");
    assert!(errors.len() >= 4 && errors.len() == std_errors.len(), "{}", errors.len());
    for (error, std_error) in errors.iter().zip(&std_errors) {
        let most = tolerance * std_error.value.expect("an error");
        assert!(error.value.expect("an error") <= most, "{error:?}: {most}");
    }
    // A limit on a grid cannot be known better than the grid's step: that is no reason to go on.
    let usual = analysed(&files("rossi", "\"auto\"\nmax_replicates = 40000", ""));
    assert!(usual.results.study.replicates < 40_000, "{}", usual.results.study.replicates);
    // One that cannot be reached stops at the most, and says so.
    let short = "\"auto\"\ntolerance = 0.005\nmax_replicates = 1500";
    let own = analysed(&files("rossi", short, ""));
    assert_eq!(own.results.study.replicates, 1_500);
    let notes = of(&own, |key| {
        is_cox(key)
            && key.inference == Inference::BootstrapBca
            && key.statistic == Statistic::CiLower
    });
    assert!(notes[0].note.contains("largest number of replicates"), "{:?}", notes[0].note);
}

const FAMILY: &str = r#"
[[estimands]]
id = "job"
role = "primary"
outcome = "ever_employed"
method = "lin_hc2"

[[estimands]]
id = "days"
role = "secondary"
outcome = "days_employed"
method = "ols_strata_hc2"

[[estimands]]
id = "path"
role = "secondary"
outcome = "employed"
method = "ols_strata_hc2"
months = [6, 9]

[[estimands]]
id = "log-rank"
role = "secondary"
outcome = "first_job"
method = "log_rank"

[[families]]
id = "work"
members = ["job", "days", "path"]

[[families]]
id = "with a test"
members = ["job", "log-rank"]
adjustments = ["holm", "romano_wolf"]
"#;

#[test]
fn families_are_adjusted_as_their_methods_say() {
    let own = analysed(&files("rossi", "400", FAMILY));
    let adjusted = |family: &str, inference: Inference| {
        let rows = of(&own, |key| key.inference == inference && key.level == family);
        rows.into_iter().map(|row| (row.key.clone(), row)).collect::<BTreeMap<Key, Row>>()
    };
    // The estimators' own p-values, and Holm's rule by hand.
    let mut own_p: Vec<(f64, Key)> = adjusted("work", Inference::Holm)
        .into_keys()
        .map(|key| {
            let p = value(&own, |other| {
                *other
                    == Key { inference: Inference::Analytic, level: String::new(), ..key.clone() }
            });
            (p, key)
        })
        .collect();
    own_p.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(own_p.len(), 4);
    let mut largest = 0.0_f64;
    for (at, (p, key)) in own_p.iter().enumerate() {
        largest = largest.max((own_p.len() - at) as f64 * p).min(1.0);
        let holm = adjusted("work", Inference::Holm)[key].value.expect("a p-value");
        assert!((holm - largest).abs() < 1e-14, "{holm} for {largest}");
        let of = |inference| {
            let key = Key { inference, ..key.clone() };
            adjusted("work", inference)[&key].value.expect("a p-value")
        };
        assert!(of(Inference::Hochberg) <= holm + 1e-15);
        assert!(of(Inference::BenjaminiHochberg) <= of(Inference::Hochberg) + 1e-15);
        // Of 400 draws, none is smaller than one in 401.
        for inference in [Inference::RomanoWolf, Inference::WestfallYoung] {
            let drawn = of(inference);
            assert!((1.0 / 401.0 - 1e-15..=1.0).contains(&drawn), "{drawn}");
            assert!(drawn <= holm + 0.15, "{inference}: {drawn} for Holm's {holm}");
        }
    }
    let tested = adjusted("with a test", Inference::RomanoWolf);
    assert_eq!(tested.len(), 2);
    for row in tested.values() {
        assert!(row.note.contains("`log_rank` is not resampled"), "{}", row.note);
    }
    let holm = adjusted("with a test", Inference::Holm);
    assert!(holm.values().all(|row| row.value.is_some()));
}

#[test]
fn the_randomisation_is_drawn_again_within_what_the_list_says() {
    let within = |more: &str, change: &dyn Fn(&mut Files)| {
        let mut files = files("good", "50", more);
        change(&mut files);
        let own = analysed(&files);
        let rows = of(&own, |key| {
            key.inference == Inference::Randomisation && key.statistic == Statistic::PValue
        });
        assert!(rows.len() > 5, "{}", rows.len());
        let known = |row: &&Row| row.key.method == Method::OlsStrataHc2 && row.value.is_some();
        rows.iter().find(known).expect("a test").note.clone()
    };
    let note = within("", &|_| {});
    assert!(note.contains("drawn again within the 3 strata of the list"), "{note}");
    // Pairs of the list as blocks, on top of what the file has.
    let with_blocks = |files: &mut Files| {
        let text = String::from_utf8(files["allocation.csv"].clone()).expect("a text");
        let lines = text.lines().enumerate().map(|(at, line)| {
            if at == 0 {
                return format!("{line},pair");
            }
            let sequence = line.split(',').nth(2).expect("a sequence");
            let sequence: u32 = sequence.parse().expect("a number");
            format!("{line},{}", (sequence - 1) / 10)
        });
        let text = lines.collect::<Vec<String>>().join("\n");
        files.insert("allocation.csv".to_owned(), text.into_bytes());
    };
    let note = within("\n[randomisation]\nblock = \"pair\"\n", &with_blocks);
    assert!(note.contains("blocks of the list"), "{note}");
}

#[test]
fn p_values_of_the_randomisation_say_how_sure_they_are() {
    let own = analysed(&files("rossi", "200", ""));
    let tests =
        of(&own, |key| key.inference.is_randomisation() && key.statistic == Statistic::PValue);
    // Rossi's data have no wages.
    let (tests, without): (Vec<Row>, Vec<Row>) =
        tests.into_iter().partition(|row| row.value.is_some());
    assert!(tests.len() >= 12, "{}", tests.len());
    assert!(without.iter().all(|row| row.key.outcome == Outcome::WagesEur), "{without:?}");
    for row in tests {
        let p = row.value.expect("a p-value");
        let limit = |statistic| {
            value(&own, |key| {
                *key == Key { statistic, level: "p_value".to_owned(), ..row.key.clone() }
            })
        };
        let (lower, upper) = (limit(Statistic::CiLower), limit(Statistic::CiUpper));
        // (c + 1) / (R + 1) against the interval of c / R.
        assert!(lower <= p && p <= upper + 1.0 / 200.0, "{p} in {lower} to {upper}");
        // A p-value of 200 draws is a whole number of 1/201.
        let whole = p * 201.0;
        assert!((whole - whole.round()).abs() < 1e-9, "{p}");
    }
    // A shift of days has an interval, and it holds the estimate.
    let days = |statistic| {
        value(&own, |key| {
            key.outcome == Outcome::DaysEmployed
                && key.method == Method::OlsStrataHc2
                && key.inference == Inference::Randomisation
                && key.statistic == statistic
                && key.level.is_empty()
        })
    };
    assert!(days(Statistic::CiLower) < days(Statistic::Estimate));
    assert!(days(Statistic::Estimate) < days(Statistic::CiUpper));
}

#[test]
fn replicates_that_are_all_the_same_give_no_interval() {
    // Nobody in Rossi's data has a wage.
    let own = analysed(&files("rossi", "100", ""));
    let limits = of(&own, |key| {
        key.outcome == Outcome::WagesEur
            && key.inference.is_bootstrap()
            && key.statistic == Statistic::CiLower
            && key.level.is_empty()
    });
    assert!(limits.len() >= 8, "{}", limits.len());
    for row in limits {
        assert_eq!(row.value, None, "{:?}", row.key);
        assert!(row.note.contains("all replicates are the same"), "{}", row.note);
    }
}
