//! Cox regression by the crate survival, timed, as `cox.R` does it: `rust-survival FILE RUNS`; or
//! its bootstrap, as `bootstrap_models.R` does it: `rust-survival FILE RUNS REPLICATES`.

use std::error::Error;
use std::time::Instant;

use survival::regression::{CoxPHFit, CoxphData, CoxphOptions};
use survival::validation::bootstrap_cox_ci;

/// What a file has: time, status and rows of covariates.
struct Data {
    time: Vec<f64>,
    status: Vec<i32>,
    covariates: Vec<Vec<f64>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().collect();
    let mut reader = csv::Reader::from_path(&given[1])?;
    let mut data = Data { time: Vec::new(), status: Vec::new(), covariates: Vec::new() };
    for record in reader.records() {
        let row: Vec<i32> = record?.iter().map(str::parse).collect::<Result<_, _>>()?;
        data.time.push(f64::from(row[1]));
        data.status.push(i32::from(row[2] == 1));
        data.covariates.push([&row[..1], &row[3..]].concat().into_iter().map(f64::from).collect());
    }
    let runs: u32 = given[2].parse()?;
    match given.get(3) {
        None => regression(&data, runs),
        Some(replicates) => bootstrap(&data, runs, replicates.parse()?),
    }
}

fn regression(data: &Data, runs: u32) -> Result<(), Box<dyn Error>> {
    let shape = (data.time.len(), data.covariates[0].len());
    let x = ndarray::Array2::from_shape_vec(shape, data.covariates.concat())?;
    let mut seconds = Vec::new();
    let mut found = None;
    for _ in 0..runs {
        let (time, status, x) = (data.time.clone(), data.status.clone(), x.clone());
        let data = CoxphData::try_new(time, None, status, x, None, None, None)?;
        let start = Instant::now();
        found = Some(CoxPHFit::fit(data, CoxphOptions::default())?);
        seconds.push(start.elapsed().as_secs_f64());
    }
    let fit = found.ok_or("at least one run")?;
    let (estimate, error) = (fit.coefficients[0], fit.var[[0, 0]].sqrt());
    println!(
        "{{\"seconds\": {seconds:?}, \"found\": {{\"estimate\": {estimate}, \"std_error\": {error}}}}}"
    );
    Ok(())
}

/// It has Breslow's ties, draws from everyone and uses as many threads as `RAYON_NUM_THREADS` says.
fn bootstrap(data: &Data, runs: u32, replicates: usize) -> Result<(), Box<dyn Error>> {
    let mut seconds = Vec::new();
    let mut found = None;
    for run in 0..runs {
        let Data { time, status, covariates } = data;
        let (time, status, covariates) = (time.clone(), status.clone(), covariates.clone());
        let start = Instant::now();
        let result = bootstrap_cox_ci(
            time,
            status,
            covariates,
            None,
            Some(replicates),
            None,
            Some(run.into()),
        )
        .map_err(|error| format!("{error:?}"))?;
        seconds.push(start.elapsed().as_secs_f64());
        found = Some(result);
    }
    let found = found.ok_or("at least one run")?;
    let (estimate, error) = (found.coefficients[0], found.std_errors[0]);
    let (lower, upper) = (found.ci_lower[0], found.ci_upper[0]);
    println!(
        "{{\"seconds\": {seconds:?}, \"found\": {{\"estimate\": {estimate}, \"std_error\": {error}, \
         \"limits\": [{lower}, {upper}]}}}}"
    );
    Ok(())
}
