//! `ips-eval demo`: a synthetic trial of the planned size, run, beside its truth.

use comfy_table::{CellAlignment, Table, presets};

use super::args::{AudienceArguments, DemoArguments, ProblemArguments};
use super::check::report_outcome;
use super::documents::File;
use super::load::load_with;
use super::run::{
    compute, manifest, manifest_file, pool, result_files, where_to_look, write_directory,
};
use super::staging::{Existing, check_target};
use super::terminal::Terminal;
use crate::error::Error;
use crate::render::number::Numbers;
use crate::render::text::{Language, Texts};
use crate::results::result_set::ResultSet;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Statistic,
};
use crate::simulate::{DEMONSTRATION_SEED, Scope, Truth, plan_toml, planned_trial};
use crate::trial::arm::Arm;
use crate::trial::time::month_end_day;

/// Runs the command.
pub(super) fn demo(terminal: Terminal, arguments: &DemoArguments) -> Result<(), Error> {
    let out = &arguments.out;
    let existing = if arguments.force { Existing::Replace } else { Existing::Refuse };
    check_target(out, existing)?;
    let trial = planned_trial(DEMONSTRATION_SEED);
    let mut files: Vec<File> = vec![
        ("allocation.csv".to_owned(), trial.allocation_csv.into_bytes()),
        ("benefits.csv".to_owned(), trial.benefits_csv.into_bytes()),
        ("corrections.csv".to_owned(), trial.corrections_csv.into_bytes()),
        ("employment.csv".to_owned(), trial.employment_csv.into_bytes()),
        ("participants.csv".to_owned(), trial.participants_csv.into_bytes()),
        ("waves.csv".to_owned(), trial.waves_csv.into_bytes()),
        (PLAN.to_owned(), plan_toml().as_bytes().to_vec()),
    ];
    let read = |name: &str| {
        let file = files.iter().find(|(file, _)| file == name);
        file.map(|(_, bytes)| bytes.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    let outcome = load_with(PLAN, plan_toml().as_bytes(), read);
    // Notes on the synthetic data are for `check`; here they would drown the table.
    let problems = ProblemArguments { show_values: false, deny: None };
    let loaded = report_outcome(terminal.errors_only(), outcome, problems)?;
    let pool = pool(arguments.threads)?;
    let results = compute(terminal, &loaded, &pool)?.results;
    let audience = AudienceArguments { internal: false };
    let found = pool.install(|| result_files(&loaded, &results, audience, Vec::new()))?;
    files.extend(found.into_iter().map(|(name, bytes)| (format!("{RESULTS}/{name}"), bytes)));
    let manifest = manifest_file(manifest(&loaded, &results), &files)?;
    files.push(manifest);
    write_directory(out, existing, &files)?;
    if terminal.answers_as_json() {
        let answer = serde_json::json!({ "out": out, "rows": results.rows().len() });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if terminal.is_quiet() {
        return Ok(());
    }
    let plan = out.join(PLAN);
    let said = format!(
        "data      {}\nplan      {}\n{}again     ips-eval run {} --out NEW-DIRECTORY\n",
        out.join("participants.csv").display(),
        plan.display(),
        where_to_look(&out.join(RESULTS)),
        plan.display()
    );
    terminal.answer(&format!("{}\n{said}", comparison(&results, &trial.truth)?))
}

const PLAN: &str = "plan.toml";
const RESULTS: &str = "results";

/// What was found beside what was simulated, as a table.
fn comparison(results: &ResultSet, truth: &Truth) -> Result<String, Error> {
    let texts = Texts::new(Language::English).map_err(|e| Error::Render(e.to_string()))?;
    let numbers = Numbers::new(&texts.number);
    let study = &results.study;
    let day = month_end_day(study.horizon_months);
    let mut table = Table::new();
    table.load_style(presets::ASCII_HORIZONTAL_ONLY).set_header([
        format!("first job by month {}", study.horizon_months),
        "truth".to_owned(),
        "found".to_owned(),
        format!("{} interval (BCa)", numbers.short_percent(study.confidence_level)),
    ]);
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for (arm, label) in study.arm_labels.iter() {
        let known = truth.cumulative_incidence(Scope::All, arm, day);
        let known = known.map_or(String::new(), |value| numbers.percent(value));
        let found = Found { results, region: ALL_REGIONS, arm: Some(arm) };
        let value = |value: Option<f64>| value.map_or("–".to_owned(), |v| numbers.percent(v));
        let interval = numbers.interval(&value(found.limit(Lower)), &value(found.limit(Upper)));
        table.add_row([label.as_str(), &known, &value(found.estimate()), &interval]);
    }
    let regions = study.regions.iter().map(String::as_str);
    for region in std::iter::once(ALL_REGIONS).chain(regions) {
        let (scope, label) = match region {
            ALL_REGIONS => (Scope::All, "difference".to_owned()),
            name => (Scope::Region(name), format!("  {name}")),
        };
        let known = truth.risk_difference(scope, day);
        let known = known.map_or(String::new(), |value| numbers.bare_points(value));
        let found = Found { results, region, arm: None };
        let value = |value: Option<f64>| value.map_or("–".to_owned(), |v| numbers.bare_points(v));
        let interval = numbers.interval(&value(found.limit(Lower)), &value(found.limit(Upper)));
        table.add_row([label, known, value(found.estimate()), interval]);
    }
    Ok(format!("A synthetic trial of the planned size. Its effect is made up.\n\n{table}\n"))
}

/// Where a line of the table finds its numbers: an arm, or the contrast of both.
struct Found<'a> {
    results: &'a ResultSet,
    region: &'a str,
    arm: Option<Arm>,
}

/// Which limit.
#[derive(Clone, Copy)]
enum Limit {
    Lower,
    Upper,
}
use Limit::{Lower, Upper};

impl Found<'_> {
    fn estimate(&self) -> Option<f64> {
        self.value(Inference::Analytic, Statistic::Estimate)
    }

    fn limit(&self, limit: Limit) -> Option<f64> {
        let statistic = match limit {
            Lower => Statistic::CiLower,
            Upper => Statistic::CiUpper,
        };
        self.value(Inference::BootstrapBca, statistic)
    }

    fn value(&self, inference: Inference, statistic: Statistic) -> Option<f64> {
        let (analysis, method, arm) = match self.arm {
            None => (Analysis::Effect, Method::RiskDifferenceAalenJohansen, ResultArm::Contrast),
            Some(Arm::Intervention) => {
                (Analysis::CumulativeIncidence, Method::AalenJohansen, ResultArm::Ips)
            }
            Some(Arm::Control) => {
                (Analysis::CumulativeIncidence, Method::AalenJohansen, ResultArm::Control)
            }
        };
        let key = Key {
            analysis,
            outcome: Outcome::FirstJob,
            analysis_set: AnalysisSet::Itt,
            region: self.region.to_owned(),
            subgroup: String::new(),
            arm,
            month: Some(self.results.study.horizon_months),
            level: String::new(),
            method,
            inference,
            statistic,
        };
        self.results.get(&key).and_then(|row| row.value)
    }
}
