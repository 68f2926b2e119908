//! Made-up rows of adjusted effects, months, benefits, baseline, subgroups and take-up, beside those
//! of `support`. Smooth formulas again, not estimates.

use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Key, MASKED_SMALL_CELL, Row};
use ips_eval::results::study::{StudyEstimand, StudyIntercurrentEvent};
use ips_eval::results::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};

use super::support::{self, HORIZON};

const ARMS: [ResultArm; 2] = [ResultArm::Ips, ResultArm::Control];
const CONTRAST: ResultArm = ResultArm::Contrast;

/// A baseline variable: numbers where it has no levels.
pub(crate) struct Variable {
    name: String,
    levels: Vec<String>,
    is_subgroup: bool,
}

fn variable(name: &str, levels: &[&str]) -> Variable {
    let levels = levels.iter().map(|&level| level.to_owned()).collect();
    Variable { name: name.to_owned(), levels, is_subgroup: false }
}

/// The planned trial with every row of its plan.
pub(crate) fn whole() -> ResultSet {
    let variables = [
        variable("age", &[]),
        Variable { is_subgroup: true, ..variable("sex", &["f", "m"]) },
        variable("months_incapacity", &[]),
        variable("education", &["higher", "lower_secondary", "upper_secondary"]),
    ];
    let mut made = build(&support::belgian(), &variables);
    made.study.subgroup_variables.push("age".to_owned());
    let mut rows = made.rows().to_vec();
    for (at, level) in ["<35", "35-49", "50+"].iter().enumerate() {
        subgroup(&mut rows, &format!("age={level}"), at + 4);
    }
    interaction(&mut rows, "age");
    ResultSet::new(made.study.clone(), rows).expect("each key once")
}

/// Forty lines of characteristics and many subgroups, with long French and Dutch names.
pub(crate) fn crowded() -> ResultSet {
    let long = [
        "Enseignement supérieur de type long, 2e c.",
        "Arbeidsongeschiktheidsuitkering, coördinatie",
        "Élève-stagiaire à l’été – œuvre sociale, ì",
        "Zelfstandige in bijberoep – België, oriëntatie",
    ];
    let mut variables = vec![variable("age", &[]), variable("months_incapacity", &[])];
    for at in 0..6 {
        let name = format!("dernière_activité_professionnelle_déclarée_{at}");
        variables.push(Variable { is_subgroup: at < 4, ..variable(&name, &long) });
    }
    for at in 0..8 {
        variables.push(variable(&format!("psychische_gezondheid_ervaren_druk_{at}"), &[]));
    }
    build(&support::many_regions(), &variables)
}

/// The whole trial with one subgroup, one region's characteristics and two months withheld.
pub(crate) fn with_gaps() -> ResultSet {
    whole().map_rows(|row| {
        let key = &row.key;
        let is_masked = key.subgroup == "age=50+"
            || (key.region == "brussels" && key.analysis == Analysis::Baseline)
            || key.level == "education=higher"
            || (key.outcome == Outcome::BenefitEur && matches!(key.month, Some(11 | 12)));
        match (is_masked, key.analysis) {
            (true, _) => Row { value: None, note: MASKED_SMALL_CELL.to_owned(), ..row.clone() },
            (false, Analysis::ComplierEffect) if key.method == Method::AndersonRubin => {
                let note = "the set of effects that are not rejected is not an interval";
                Row { value: None, note: note.to_owned(), ..row.clone() }
            }
            _ => row.clone(),
        }
    })
}

fn build(base: &ResultSet, variables: &[Variable]) -> ResultSet {
    let mut study = base.study.clone();
    study.baseline_variables = variables.iter().map(|v| v.name.clone()).collect();
    let subgroups = || variables.iter().filter(|v| v.is_subgroup);
    study.subgroup_variables = subgroups().map(|v| v.name.clone()).collect();
    study.estimands = estimands();
    let mut rows: Vec<Row> = base.rows().to_vec();
    months(&mut rows);
    amounts(&mut rows);
    adjusted(&mut rows);
    take_up(&mut rows, variables);
    for (at, region) in study.regions.iter().enumerate() {
        let base = key(Analysis::ShrunkenEffect, Outcome::EverEmployed, Method::EmpiricalBayes);
        let base = Key { region: region.clone(), ..base };
        effect(&mut rows, &base, (0.09 + 0.005 * at as f64, 0.045), Unit::Proportion);
    }
    let spread = key(Analysis::ShrunkenEffect, Outcome::EverEmployed, Method::EmpiricalBayes);
    push(&mut rows, &spread, Statistic::Estimate, (0.095, Unit::Proportion));
    push(&mut rows, &spread, Statistic::BetweenStdDev, (0.012, Unit::Proportion));
    let mut at = 0;
    for variable in subgroups() {
        for level in &variable.levels {
            subgroup(&mut rows, &format!("{}={level}", variable.name), at);
            at += 1;
        }
        interaction(&mut rows, &variable.name);
    }
    let ratio = key(Analysis::Interaction, Outcome::EverEmployed, Method::WaldLogRiskRatio);
    test(&mut rows, &ratio, 0.61);
    let regions = study.regions.iter().map(String::as_str);
    for (at, region) in std::iter::once(ALL_REGIONS).chain(regions).enumerate() {
        for (order, variable) in variables.iter().enumerate() {
            baseline(&mut rows, region, variable, at + order);
        }
    }
    ResultSet::new(study, rows).expect("each key once")
}

fn key(analysis: Analysis, outcome: Outcome, method: Method) -> Key {
    Key {
        analysis,
        outcome,
        analysis_set: AnalysisSet::IttObserved,
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        arm: CONTRAST,
        month: Some(HORIZON),
        level: String::new(),
        method,
        inference: Inference::Analytic,
        statistic: Statistic::Estimate,
    }
}

fn push(rows: &mut Vec<Row>, key: &Key, statistic: Statistic, (value, unit): (f64, Unit)) {
    let unit = match statistic {
        Statistic::PValue => Unit::P,
        Statistic::N | Statistic::Events | Statistic::Missing | Statistic::Clusters => Unit::Count,
        Statistic::Df | Statistic::TestStatistic => Unit::None,
        _ => unit,
    };
    rows.push(Row {
        key: Key { statistic, ..key.clone() },
        value: Some(value),
        unit,
        role: Role::Exploratory,
        note: String::new(),
    });
}

fn effect(rows: &mut Vec<Row>, key: &Key, (estimate, half): (f64, f64), unit: Unit) {
    push(rows, key, Statistic::Estimate, (estimate, unit));
    push(rows, key, Statistic::StdError, (half / 1.96, unit));
    push(rows, key, Statistic::CiLower, (estimate - half, unit));
    push(rows, key, Statistic::CiUpper, (estimate + half, unit));
}

fn tested(rows: &mut Vec<Row>, key: &Key, at: (f64, f64), unit: Unit) {
    effect(rows, key, at, unit);
    push(rows, key, Statistic::PValue, (0.012, Unit::P));
    push(rows, key, Statistic::Df, (980.0, Unit::None));
}

fn test(rows: &mut Vec<Row>, key: &Key, p: f64) {
    push(rows, key, Statistic::TestStatistic, (1.3, Unit::None));
    push(rows, key, Statistic::Df, (2.0, Unit::None));
    push(rows, key, Statistic::PValue, (p, Unit::P));
}

fn interaction(rows: &mut Vec<Row>, variable: &str) {
    for (method, p) in [(Method::WaldHc2, 0.42), (Method::WaldLogRiskRatio, 0.57)] {
        let base = key(Analysis::Interaction, Outcome::EverEmployed, method);
        test(rows, &Key { level: variable.to_owned(), ..base }, p);
    }
}

fn months(rows: &mut Vec<Row>) {
    // The plain results have effects on `employed` at none of the months.
    for month in -6..=36 {
        let after = f64::from(month.max(0));
        let wave = f64::from((month * 7 + 60) % 5 - 2);
        let base = Key {
            month: Some(month),
            ..key(Analysis::Effect, Outcome::Employed, Method::OlsStrataHc2)
        };
        let jobs = 0.14 * after / (after + 9.0) + 0.004 * wave;
        effect(rows, &base, (jobs, 0.03 + 0.0006 * after), Unit::Proportion);
        let euro = |outcome| Key { outcome, ..base.clone() };
        let paid = -70.0 * after / (after + 8.0) + 4.0 * wave;
        effect(rows, &euro(Outcome::BenefitEur), (paid, 26.0 + 0.4 * after), Unit::EurPerMonth);
        if month < 2 {
            continue;
        }
        let rule = -46.0 * after / (after + 8.0) + 2.0 * wave;
        effect(rows, &euro(Outcome::BenefitFormulaEur), (rule, 16.0), Unit::EurPerMonth);
        effect(
            rows,
            &euro(Outcome::BenefitAboveFormulaEur),
            (paid - rule, 18.0),
            Unit::EurPerMonth,
        );
        for (arm, mean) in ARMS.into_iter().zip([1180.0, 1240.0]) {
            for outcome in
                [Outcome::BenefitEur, Outcome::BenefitFormulaEur, Outcome::BenefitAboveFormulaEur]
            {
                let base = key(Analysis::ArmMean, outcome, Method::Mean);
                let base = Key { arm, month: Some(month), ..base };
                push(rows, &base, Statistic::N, (540.0, Unit::Count));
                push(rows, &base, Statistic::Estimate, (mean, Unit::EurPerMonth));
                push(rows, &base, Statistic::StdDev, (214.0, Unit::EurPerMonth));
            }
        }
    }
}

fn amounts(rows: &mut Vec<Row>) {
    let outcomes = [
        (Outcome::DaysEmployed, Unit::Days, 96.0),
        (Outcome::LongestSpellDays, Unit::Days, 81.0),
        (Outcome::HoursWorked, Unit::Hours, 260.0),
        (Outcome::WagesEur, Unit::Eur, 3600.0),
        (Outcome::BenefitTotalEur, Unit::Eur, 21_000.0),
    ];
    for (outcome, unit, size) in outcomes {
        for arm in ARMS {
            let base = Key { arm, ..key(Analysis::ArmMean, outcome, Method::Mean) };
            push(rows, &base, Statistic::N, (540.0, Unit::Count));
            push(rows, &base, Statistic::Estimate, (size, unit));
            push(rows, &base, Statistic::StdDev, (1.4 * size, unit));
            for (level, share) in [("0.25", 0.0), ("0.5", 0.3), ("0.75", 1.7)] {
                let base = key(Analysis::ArmQuantile, outcome, Method::Quantile);
                let base = Key { arm, level: level.to_owned(), ..base };
                push(rows, &base, Statistic::Estimate, (share * size, unit));
                push(rows, &base, Statistic::CiLower, (0.8 * share * size, unit));
                push(rows, &base, Statistic::CiUpper, (1.3 * share * size, unit));
            }
        }
        for (level, share) in [("0.25", 0.0), ("0.5", 0.1), ("0.75", 0.3)] {
            let base = key(Analysis::QuantileEffect, outcome, Method::Quantile);
            let base = Key { level: level.to_owned(), ..base };
            effect(rows, &base, (share * size, 0.2 * size), unit);
        }
        for method in [Method::OlsStrataHc2, Method::LinHc2, Method::OlsAdjustedCr2] {
            if (outcome, method) == (Outcome::DaysEmployed, Method::OlsStrataHc2) {
                continue;
            }
            let base = key(Analysis::Effect, outcome, method);
            tested(rows, &base, (0.22 * size, 0.2 * size), unit);
        }
    }
}

fn adjusted(rows: &mut Vec<Row>) {
    let methods = [
        Method::OlsAdjustedHc0,
        Method::OlsAdjustedHc1,
        Method::OlsAdjustedHc2,
        Method::OlsAdjustedHc3,
        Method::OlsAdjustedCr2,
        Method::LinHc2,
        Method::LogitStandardised,
        Method::LassoCrossFitted,
        Method::AipwLogit,
        Method::AipwLasso,
    ];
    for method in methods {
        let base = key(Analysis::Effect, Outcome::EverEmployed, method);
        tested(rows, &base, (0.104, 0.052), Unit::Proportion);
        match method {
            Method::OlsAdjustedCr2 => {
                push(rows, &base, Statistic::Clusters, (41.0, Unit::Count));
            }
            Method::LassoCrossFitted => {
                push(rows, &base, Statistic::SelectedMin, (2.0, Unit::Count));
                push(rows, &base, Statistic::SelectedMax, (5.0, Unit::Count));
            }
            _ => {}
        }
    }
    for method in [Method::LogitStandardisedRiskRatio, Method::LogitStandardisedOddsRatio] {
        let base = key(Analysis::Effect, Outcome::EverEmployed, method);
        tested(rows, &base, (1.42, 0.3), Unit::Ratio);
    }
    let stratified = Key {
        inference: Inference::StratifiedRandomisation,
        ..key(Analysis::Effect, Outcome::EverEmployed, Method::LogitStandardised)
    };
    for (statistic, value) in [(Statistic::CiLower, 0.054), (Statistic::CiUpper, 0.154)] {
        push(rows, &stratified, statistic, (value, Unit::Proportion));
    }
}

fn take_up(rows: &mut Vec<Row>, variables: &[Variable]) {
    for (arm, events) in ARMS.into_iter().zip([470.0, 7.0]) {
        let base = Key { arm, ..key(Analysis::ArmRate, Outcome::TakeUp, Method::Wilson) };
        push(rows, &base, Statistic::N, (540.0, Unit::Count));
        push(rows, &base, Statistic::Events, (events, Unit::Count));
        push(rows, &base, Statistic::Estimate, (events / 540.0, Unit::Proportion));
        push(rows, &base, Statistic::CiLower, (events / 560.0, Unit::Proportion));
        push(rows, &base, Statistic::CiUpper, (events / 520.0, Unit::Proportion));
    }
    let share = key(Analysis::ComplierShare, Outcome::TakeUp, Method::OlsStrataHc2);
    effect(rows, &share, (0.857, 0.03), Unit::Proportion);
    push(rows, &share, Statistic::TestStatistic, (3120.0, Unit::None));
    push(rows, &share, Statistic::Df, (1076.0, Unit::None));
    for (outcome, unit, size) in
        [(Outcome::EverEmployed, Unit::Proportion, 0.12), (Outcome::DaysEmployed, Unit::Days, 24.0)]
    {
        let base = key(Analysis::ComplierEffect, outcome, Method::TslsHc2);
        tested(rows, &base, (size, 0.5 * size), unit);
        let base = Key { method: Method::AndersonRubin, ..base };
        push(rows, &base, Statistic::CiLower, (0.45 * size, unit));
        push(rows, &base, Statistic::CiUpper, (1.6 * size, unit));
        push(rows, &base, Statistic::PValue, (0.004, Unit::P));
    }
    for variable in variables {
        let levels = variable.levels.iter().map(|level| format!("{}={level}", variable.name));
        let mut words: Vec<String> = levels.collect();
        if words.is_empty() {
            words.push(variable.name.clone());
        }
        for word in words {
            let base = key(Analysis::ComplierMean, Outcome::Covariate, Method::TslsHc2);
            let base = Key { arm: ResultArm::All, level: word, month: None, ..base };
            let (value, unit) = if variable.levels.is_empty() {
                (39.2, Unit::None)
            } else {
                (0.41, Unit::Proportion)
            };
            push(rows, &base, Statistic::Estimate, (value, unit));
            push(rows, &base, Statistic::StdError, (0.02 * value, unit));
        }
    }
}

fn subgroup(rows: &mut Vec<Row>, word: &str, at: usize) {
    let shift = 0.03 * ((at % 4) as f64 - 1.5);
    for (arm, rate) in ARMS.into_iter().zip([0.38 + shift, 0.27]) {
        let n = 250.0 - 11.0 * at as f64;
        let base = key(Analysis::ArmRate, Outcome::EverEmployed, Method::Wilson);
        let base = Key { arm, subgroup: word.to_owned(), ..base };
        push(rows, &base, Statistic::N, (n, Unit::Count));
        push(rows, &base, Statistic::Events, ((rate * n).round(), Unit::Count));
        effect(rows, &base, (rate, 0.06), Unit::Proportion);
    }
    for (method, unit, size) in [
        (Method::RiskDifferenceNewcombe, Unit::Proportion, 0.11 + shift),
        (Method::RiskRatio, Unit::Ratio, 1.4 + shift),
    ] {
        let base = key(Analysis::Effect, Outcome::EverEmployed, method);
        let base = Key { subgroup: word.to_owned(), ..base };
        effect(rows, &base, (size, 0.09 + 0.3 * (at % 5) as f64 * 0.1), unit);
    }
}

fn baseline(rows: &mut Vec<Row>, region: &str, variable: &Variable, at: usize) {
    let base = Key {
        analysis_set: AnalysisSet::Itt,
        region: region.to_owned(),
        month: None,
        ..key(Analysis::Baseline, Outcome::Covariate, Method::Mean)
    };
    let n = 600.0 / (1.0 + at as f64 / 8.0);
    for (arm, share) in [(ResultArm::Ips, 1.0), (ResultArm::Control, 1.0), (ResultArm::All, 2.0)] {
        let n = (n * share).round();
        if variable.levels.is_empty() {
            let base = Key { arm, level: variable.name.clone(), ..base.clone() };
            push(rows, &base, Statistic::N, (n - 6.0, Unit::Count));
            push(rows, &base, Statistic::Missing, (6.0, Unit::Count));
            for (statistic, value) in [
                (Statistic::Estimate, 39.4),
                (Statistic::StdDev, 9.1),
                (Statistic::QuartileOne, 32.0),
                (Statistic::Median, 39.0),
                (Statistic::QuartileThree, 46.0),
            ] {
                push(rows, &base, statistic, (value, Unit::None));
            }
            continue;
        }
        let base = Key { arm, method: Method::Count, ..base.clone() };
        let whole = Key { level: variable.name.clone(), ..base.clone() };
        push(rows, &whole, Statistic::N, (n - 16.0, Unit::Count));
        push(rows, &whole, Statistic::Missing, (16.0, Unit::Count));
        for level in &variable.levels {
            let each = (n - 16.0) / variable.levels.len() as f64;
            let base = Key { level: format!("{}={level}", variable.name), ..base.clone() };
            push(rows, &base, Statistic::N, (n - 16.0, Unit::Count));
            push(rows, &base, Statistic::Events, (each.round(), Unit::Count));
            push(rows, &base, Statistic::Estimate, (each / (n - 16.0), Unit::Proportion));
        }
    }
    let mut words = vec![variable.name.clone()];
    words.extend(variable.levels.iter().map(|level| format!("{}={level}", variable.name)));
    for (place, level) in words.into_iter().enumerate() {
        let balance = Key {
            analysis: Analysis::Balance,
            method: Method::StandardisedMeanDifference,
            level,
            ..base.clone()
        };
        let signed = 0.05 * (((at * 3 + place * 5) % 7) as f64 - 3.0);
        let value = if place == 0 && !variable.levels.is_empty() { signed.abs() } else { signed };
        push(rows, &balance, Statistic::Estimate, (value, Unit::None));
    }
}

fn estimands() -> Vec<StudyEstimand> {
    let estimand = |id: &str, declared, role, outcome, methods: &[Method]| StudyEstimand {
        id: id.to_owned(),
        declared,
        role,
        outcome,
        level: String::new(),
        methods: methods.to_vec(),
        months: vec![HORIZON],
        region: ALL_REGIONS.to_owned(),
        subgroup: String::new(),
        population: "everyone randomised".to_owned(),
        treatments: "the offer of IPS against the usual services".to_owned(),
        variable: "any competitive job within 18 months".to_owned(),
        intercurrent_events: vec![StudyIntercurrentEvent {
            event: "programme not taken up".to_owned(),
            strategy: "treatment_policy".to_owned(),
        }],
        summary: "difference of probabilities".to_owned(),
    };
    vec![
        estimand(
            "main",
            true,
            Role::Primary,
            Outcome::FirstJob,
            &[Method::RiskDifferenceAalenJohansen],
        ),
        estimand(
            "wages",
            false,
            Role::Exploratory,
            Outcome::WagesEur,
            &[Method::OlsStrataHc2, Method::LinHc2],
        ),
    ]
}
