//! Cox regression by the crate survival, timed: `rust-survival FILE RUNS`, as `cox.R` does it.

use std::error::Error;
use std::time::Instant;

use survival::regression::{CoxPHFit, CoxphData, CoxphOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().collect();
    let mut reader = csv::Reader::from_path(&given[1])?;
    let (mut time, mut status, mut covariates) = (Vec::new(), Vec::new(), Vec::new());
    for record in reader.records() {
        let row: Vec<i32> = record?.iter().map(str::parse).collect::<Result<_, _>>()?;
        time.push(f64::from(row[1]));
        status.push(i32::from(row[2] == 1));
        covariates.push(f64::from(row[0]));
        covariates.extend(row[3..].iter().map(|&x| f64::from(x)));
    }
    let p = covariates.len() / time.len();
    let x = ndarray::Array2::from_shape_vec((time.len(), p), covariates)?;
    let mut seconds = Vec::new();
    let mut found = None;
    for _ in 0..given[2].parse()? {
        let (time, status, x) = (time.clone(), status.clone(), x.clone());
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
