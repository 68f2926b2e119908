//! The work that `compare.py` gives to R too: reads a file, times the work, prints JSON.
//!
//! ```text
//! cargo run --release -p peer-kernels -- survival FILE RUNS
//! cargo run --release -p peer-kernels -- lin FILE RUNS
//! cargo run --release -p peer-kernels -- logit FILE RUNS
//! cargo run --release -p peer-kernels -- cox FILE RUNS
//! cargo run --release -p peer-kernels -- fine_gray FILE RUNS
//! cargo run --release -p peer-kernels -- read DIRECTORY RUNS THREADS
//! cargo run --release -p peer-kernels -- bootstrap FILE REPLICATES RUNS THREADS
//! cargo run --release -p peer-kernels -- randomisation FILE DRAWS RUNS THREADS
//! ```
//!
//! FILE is a CSV with a header and columns of whole numbers: arm (1 the
//! intervention), then day and event, or the outcome, or for `lin` and `logit` the outcome, stratum,
//! two quantities and a group, or for `cox` and `fine_gray` day, ending (1 the event, 2 a competing
//! exit) and further covariates. Like `bootstrap` are called `bootstrap_bca`, `bootstrap_logit`,
//! `bootstrap_rmst` and `bootstrap_cox`, like `randomisation` `randomisation_log_rank`: see
//! `resampling.rs`, also for their columns. Reading it is not timed, but for `read`, which takes a
//! directory with a plan and its tables to everybody's outcomes. The numbers found are printed beside the
//! times, so that nobody compares two different jobs.

mod reading;
mod resampling;

use std::error::Error;
use std::time::Instant;

use ips_eval::estimate::adjusted::lin;
use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::standardised::{AssignmentShare, logit_standardised};
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::robust::Robust;
use ips_eval::numeric::weights::CaseWeights;
use ips_eval::survival::cox::{CoxData, Settings, SortedCox};
use ips_eval::survival::ending::{Cause, Ending};
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::fine_gray::{FineGrayData, fine_gray};
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::log_rank::log_rank;
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

#[expect(clippy::print_stdout, reason = "compare.py reads it there")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments[..] {
        ["survival", file, runs] => survival(&columns(file)?, runs.parse()?)?,
        ["cox", file, runs] => cox(&columns(file)?, runs.parse()?)?,
        ["fine_gray", file, runs] => subdistribution(&columns(file)?, runs.parse()?)?,
        [name @ ("lin" | "logit"), file, runs] => adjusted(name, &columns(file)?, runs.parse()?)?,
        ["read", directory, runs, threads] => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build()?;
            let runs = runs.parse()?;
            pool.install(|| reading::read(directory, runs))?
        }
        [name, file, draws, runs, threads] => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.parse()?).build()?;
            let (draws, runs) = (draws.parse()?, runs.parse()?);
            let columns = columns(file)?;
            pool.install(|| resampled(name, resampling::Work { columns: &columns, draws, runs }))?
        }
        _ => return Err("benches/peers/compare.py runs this".into()),
    };
    println!("{answer}");
    Ok(())
}

/// What is resampled, by name.
fn resampled(name: &str, work: resampling::Work<'_>) -> Result<Value, Failure> {
    match name {
        "bootstrap" => resampling::risk_difference(work, "perc"),
        "bootstrap_bca" => resampling::risk_difference(work, "bca"),
        "bootstrap_logit" => resampling::logit(work),
        "bootstrap_rmst" => resampling::restricted_mean(work),
        "bootstrap_cox" => resampling::cox(work),
        "randomisation" => resampling::randomised_effect(work),
        "randomisation_log_rank" => resampling::randomised_log_rank(work),
        _ => Err(format!("nothing is called {name}").into()),
    }
}

/// The columns of a CSV of whole numbers.
fn columns(file: &str) -> Result<Vec<Vec<i32>>, Failure> {
    let mut reader = csv::Reader::from_path(file)?;
    let mut columns = vec![Vec::new(); reader.headers()?.len()];
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(&record?) {
            column.push(cell.parse()?);
        }
    }
    Ok(columns)
}

/// The seconds of each run, and what the last one found.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed<T>(runs: usize, work: impl Fn() -> T) -> Result<(Vec<f64>, T), Failure> {
    let mut seconds = Vec::new();
    let mut found = None;
    for _ in 0..runs {
        // What the last run made is freed before the clock starts.
        drop(found.take());
        let start = Instant::now();
        found = Some(work());
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok((seconds, found.ok_or("at least one run")?))
}

/// Both arms' Kaplan-Meier curves with log-log limits, and the log-rank test.
fn survival(columns: &[Vec<i32>], runs: usize) -> Result<Value, Failure> {
    let [arms, days, events] = columns else { return Err("arm, day, event".into()) };
    let level = ConfidenceLevel::new(0.95).ok_or("0.95 is a level")?;
    let (seconds, (halves, statistic)) = timed(runs, || {
        let tables = TwoArm::from_fn(|arm| event_table(arms, days, events, arm));
        let halves = tables.as_ref().map(|table| {
            let curve = KaplanMeier::new(table, level);
            curve.points().iter().map(|point| point.value.estimate).fold(1.0, f64::min)
        });
        (halves, log_rank(tables.as_ref()).map(|test| test.statistic))
    })?;
    let found = json!({
        "log_rank": statistic?,
        "lowest_intervention": halves.intervention,
        "lowest_control": halves.control,
    });
    Ok(json!({ "seconds": seconds, "found": found }))
}

fn event_table(arms: &[i32], days: &[i32], events: &[i32], arm: Arm) -> EventTable {
    let members = arms.iter().zip(days.iter().zip(events));
    let (days, endings): (Vec<i32>, Vec<Ending>) = members
        .filter(|(own, _)| (**own == 1) == (arm == Arm::Intervention))
        .map(|(_, (&day, &event))| (day, if event == 1 { Ending::Event } else { Ending::Censored }))
        .unzip();
    EventTable::new(&days, &endings, None)
}

/// Lin's regression with HC2, or the standardised logit, on stratum, two quantities and a group.
fn adjusted(name: &str, columns: &[Vec<i32>], runs: usize) -> Result<Value, Failure> {
    let [arms, outcomes, strata, age, months, group] = columns else {
        return Err("arm, outcome, stratum, age, months, group".into());
    };
    let level = ConfidenceLevel::new(0.95).ok_or("0.95 is a level")?;
    let real = |values: &[i32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let whole = |values: &[i32]| -> Result<Vec<usize>, Failure> {
        values.iter().map(|&x| Ok(usize::try_from(x)?)).collect()
    };
    let arm = |&code: &i32| if code == 1 { Arm::Intervention } else { Arm::Control };
    let arms: Vec<Arm> = arms.iter().map(arm).collect();
    let (outcomes, age, months) = (real(outcomes), real(age), real(months));
    let (strata, group) = (whole(strata)?, whole(group)?);
    let levels = |codes: &[usize]| codes.iter().max().map_or(0, |most| most + 1);
    let covariates = [
        Covariate::Numeric(&age),
        Covariate::Numeric(&months),
        Covariate::Categorical { codes: &group, n_levels: levels(&group) },
    ];
    let sample = StratifiedSample::new(&outcomes, &arms, &strata, levels(&strata))?;
    let data = AdjustedSample::new(sample, &covariates, None)?;
    let (seconds, found) = timed(runs, || -> Result<(f64, f64), Failure> {
        if name == "lin" {
            let effect = lin(&data, Robust::Hc2, level)?;
            return Ok((effect.estimate, effect.inference?.std_error));
        }
        let found = logit_standardised(&data, AssignmentShare::Overall, level)?;
        Ok((found.simple.difference.estimate, found.simple.difference.std_error))
    })?;
    let (estimate, std_error) = found?;
    Ok(json!({ "seconds": seconds, "found": { "estimate": estimate, "std_error": std_error } }))
}

/// Arm and covariates as real columns, in the order of the file.
fn covariates(arms: &[i32], others: &[Vec<i32>]) -> Vec<Vec<f64>> {
    let all = std::iter::once(arms).chain(others.iter().map(Vec::as_slice));
    all.map(|column| column.iter().map(|&x| f64::from(x)).collect()).collect()
}

/// The Cox regression with Efron's ties, sorting included.
fn cox(columns: &[Vec<i32>], runs: usize) -> Result<Value, Failure> {
    let [arms, days, endings, others @ ..] = columns else { return Err("arm, day, ending".into()) };
    let covariates = covariates(arms, others);
    let columns: Vec<&[f64]> = covariates.iter().map(Vec::as_slice).collect();
    let events: Vec<bool> = endings.iter().map(|&ending| ending == 1).collect();
    let data = CoxData { entries: None, days, events: &events, columns: &columns, strata: None };
    let (seconds, fit) =
        timed(runs, || SortedCox::new(&data)?.fit(CaseWeights::Once, &Settings::default()))?;
    let fit = fit?;
    let found = json!({ "estimate": fit.coefficients[0], "std_error": fit.std_error(0) });
    Ok(json!({ "seconds": seconds, "found": found }))
}

/// Fine and Gray's regression.
fn subdistribution(columns: &[Vec<i32>], runs: usize) -> Result<Value, Failure> {
    let [arms, days, endings, others @ ..] = columns else { return Err("arm, day, ending".into()) };
    let covariates = covariates(arms, others);
    let columns: Vec<&[f64]> = covariates.iter().map(Vec::as_slice).collect();
    let of = |&ending: &i32| match ending {
        1 => Ending::Event,
        2 => Ending::Competing,
        _ => Ending::Censored,
    };
    let endings: Vec<Ending> = endings.iter().map(of).collect();
    let data = FineGrayData {
        days,
        endings: &endings,
        columns: &columns,
        cause: Cause::Event,
        censoring_groups: None,
    };
    let (seconds, fit) = timed(runs, || fine_gray(&data, CaseWeights::Once))?;
    let fit = fit?;
    let std_error = fit.covariance[[0, 0]].sqrt();
    let found = json!({ "estimate": fit.coefficients[0], "std_error": std_error });
    Ok(json!({ "seconds": seconds, "found": found }))
}
