//! A plan for a drawn trial, with any of the optional keys.

use std::fmt::Write as _;

use ips_eval::plan::catalogue::{
    catalogue, is_run_by_region, is_run_by_subgroup, is_test_of_regions, levels_of,
};
use ips_eval::plan::parse::parse_plan;
use ips_eval::plan::types::Plan;
use ips_eval::results::vocabulary::Outcome;

use super::draw::Draw;
use super::tables::{Kind, Trial};

pub(super) fn plan(draw: &mut Draw, trial: &Trial) -> String {
    let mut text = String::new();
    head(&mut text, draw, trial);
    let subgroups = analysis(&mut text, draw, trial);
    resampling(&mut text, draw, trial);
    first_job(&mut text, draw, &subgroups);
    subgroup_tables(&mut text, draw, trial, &subgroups);
    questionnaires(&mut text, draw, trial);
    if let Ok(document) = parse_plan("plan.toml", &text) {
        estimands(&mut text, draw, &document.plan);
    }
    text
}

/// A text as TOML writes it.
fn text_of(text: &str) -> String {
    toml_string(text)
}

fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            letter if letter.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(letter)).expect("a text takes it");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn list(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| text_of(text)).collect();
    format!("[{}]", all.join(", "))
}

fn numbers(all: &[i64]) -> String {
    format!("{all:?}")
}

fn put(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn head(text: &mut String, draw: &mut Draw, trial: &Trial) {
    let cutoff = draw.one(&["2018-02-15", "2018-12-31", "2019-12-31", "2019-12-31", "2021-12-31"]);
    put(text, "[trial]\nid = \"drawn\"\ntitle = \"A drawn trial\"");
    put(text, &format!("data_cutoff = {cutoff}\nregions = {}", list(&trial.regions)));
    put(text, "[trial.arms]\nips = \"IPS\"\ncontrol = \"TAU\"");
    put(text, "[data]\nparticipants = \"participants.csv\"\nemployment = \"employment.csv\"");
    for (name, is_there) in [
        ("waves", trial.has_waves),
        ("benefits", trial.has_benefits),
        ("allocation", trial.has_allocation),
    ] {
        if is_there {
            put(text, &format!("{name} = \"{name}.csv\""));
        }
    }
    if trial.has_benefits {
        let meaning = draw.one(&["zero", "unknown"]);
        put(text, &format!("[benefits]\nmissing_month = \"{meaning}\""));
    }
    put(text, "[competitive_employment]");
    put(text, "contracts = [\"employment_contract\", \"temporary_agency\"]");
    put(text, &format!("min_hours_per_week = {}", draw.one(&["0", "1", "40", "168"])));
    if draw.is(15) {
        put(text, &format!("min_days = {}", draw.one(&["1", "30", "36600"])));
    }
    if draw.is(10) {
        put(text, "min_monthly_wage_eur = 1000");
    }
    if draw.is(70) {
        put(text, "[exits]\ncompeting = [\"death\", \"moved\"]");
    }
    if draw.is(20) {
        put(text, "[covid_period]\nfirst_day = 2018-03-01\nlast_day = 2018-05-01");
    }
}

/// `[analysis]`; the variables of which subgroups are made.
fn analysis(text: &mut String, draw: &mut Draw, trial: &Trial) -> Vec<String> {
    let names: Vec<String> = trial
        .columns
        .iter()
        .filter(|column| matches!(column.kind, Kind::Numbers | Kind::Texts))
        .map(|column| column.name.clone())
        .collect();
    let last = [1, 4, 12, 12, 18, 60][draw.place(6)];
    let months = draw.increasing(3, (1, last));
    put(text, &format!("[analysis]\nhorizon_months = {}", draw.between(1, last)));
    put(text, &format!("months = {}", numbers(&months)));
    if draw.is(50) {
        put(text, &format!("rmst_months = {}", numbers(&draw.increasing(2, (1, last)))));
    }
    let mut covariates = draw.some(&names, 40);
    if draw.is(10) {
        covariates.push("quarter_of_randomisation".to_owned());
    }
    if text.contains("[covid_period]") && draw.is(50) {
        covariates.push("covid_period".to_owned());
    }
    put(text, &format!("covariates = {}", list(&covariates)));
    put(text, &format!("confidence_level = {}", draw.one(&["0.95", "0.95", "0.5001", "0.9999"])));
    for (key, column, percent) in
        [("strata", "group", 15), ("clusters", "group", 15), ("weights", "sampling_weight", 15)]
    {
        if draw.is(percent) && trial.columns.iter().any(|own| own.name == column) {
            put(text, &format!("{key} = \"{column}\""));
        }
    }
    if draw.is(20) {
        put(text, &format!("months_before = {}", draw.between(0, 6)));
    }
    if !covariates.is_empty() && draw.is(30) {
        let all = ["lasso_cross_fitted", "aipw_logit", "aipw_lasso"].map(str::to_owned);
        put(text, &format!("sensitivity = {}", list(&draw.some(&all, 60))));
    }
    if draw.is(30) {
        put(text, &format!("[baseline]\nvariables = {}", list(&draw.some(&names, 60))));
        put(text, &format!("p_values = {}", draw.one(&["true", "false"])));
    }
    draw.some(&names, 35)
}

fn resampling(text: &mut String, draw: &mut Draw, trial: &Trial) {
    put(text, &format!("[bootstrap]\nreplicates = {}", draw.between(1, 6)));
    put(text, &format!("seed = {}", draw.one(&["0", "1", "9223372036854775807"])));
    if draw.is(15) {
        put(text, "draws = \"balanced\"");
    }
    if draw.is(15) {
        put(text, &format!("max_failed_share = {}", draw.one(&["0.0", "0.5"])));
    }
    put(text, "[randomisation]");
    if draw.is(60) {
        put(text, &format!("replicates = {}", draw.between(1, 6)));
    }
    put(text, &format!("exact_up_to = {}", draw.one(&["0", "10", "50"])));
    if trial.has_allocation && draw.is(50) {
        put(text, "block = \"block\"");
    }
    if !text.contains("strata = ") && draw.is(20) {
        let region = text_of(&trial.regions[draw.place(trial.regions.len())]);
        let share = draw.one(&["0.001", "0.5", "0.999"]);
        put(text, &format!("[randomisation.intervention_share]\n{region} = {share}"));
    }
}

fn first_job(text: &mut String, draw: &mut Draw, subgroups: &[String]) {
    if draw.is(50) {
        return;
    }
    put(text, "[first_job]");
    if draw.is(60) {
        let scale = draw.one(&["log_log", "log", "plain", "logit"]);
        put(text, &format!("limits = \"{scale}\""));
    }
    let variants = ["breslow", "exact", "firth"].map(str::to_owned);
    put(text, &format!("cox = {}", list(&draw.some(&variants, 50))));
    if draw.is(50) {
        put(text, "fleming_harrington = [{ rho = 0, gamma = 1 }, { rho = 10, gamma = 10 }]");
    }
    put(text, &format!("facets = {}", list(&draw.some(subgroups, 50))));
}

fn subgroup_tables(text: &mut String, draw: &mut Draw, trial: &Trial, subgroups: &[String]) {
    for name in subgroups {
        put(text, &format!("[[subgroups]]\nvariable = {}", text_of(name)));
        let is_numeric =
            trial.columns.iter().any(|column| column.name == *name && column.kind == Kind::Numbers);
        if is_numeric && draw.is(80) {
            let cuts = draw.one(&["[0]", "[20, 30, 40.5]", "[1e300]", "[-1e49, 1e49]"]);
            put(text, &format!("cut_points = {cuts}"));
        }
    }
}

fn questionnaires(text: &mut String, draw: &mut Draw, trial: &Trial) {
    if draw.is(30) {
        put(text, "[job_quality]\nmin_hours_per_week = 19");
        put(text, draw.one(&["min_days = 30", "min_monthly_wage_eur = 1000", ""]));
    }
    if !trial.has_waves {
        return;
    }
    if draw.is(60) {
        put(text, &format!("[waves]\nmonths = {}", draw.one(&["[6, 12]", "[6]", "[6, 12, 36]"])));
        put(text, &format!("window_months = {}", draw.one(&["1", "3", "60"])));
    }
    let scored = draw.is(70);
    if scored {
        put(text, "[instruments]\nuse = [\"who5\"]");
    }
    let mut ids: Vec<String> = Vec::new();
    if scored && draw.is(60) {
        put(text, "[[outcomes]]\nid = \"wellbeing\"\nscore = \"who5\"");
        ids.push("wellbeing".to_owned());
    }
    for item in trial.items.iter().filter(|item| item.starts_with("item_")) {
        if trial.items.len() < 20 && draw.is(50) {
            continue;
        }
        let direction = draw.one(&["higher_is_better", "lower_is_better"]);
        put(text, &format!("[[outcomes]]\nid = {}", text_of(&format!("{item} =?"))));
        put(text, &format!("item = \"{item}\"\ndirection = \"{direction}\""));
        if draw.is(20) {
            put(text, "asked_of = \"employed\"");
        } else {
            ids.push(format!("{item} =?"));
        }
    }
    if ids.len() > 1 && draw.is(60) {
        put(text, &format!("[[indices]]\nid = \"index\"\nmembers = {}", list(&ids)));
    }
}

/// Questions of any kind that the plan lets ask, and families of them.
fn estimands(text: &mut String, draw: &mut Draw, plan: &Plan) {
    if draw.is(40) {
        return;
    }
    let all = catalogue(plan);
    let mut ids = Vec::new();
    for at in 0..=draw.below(4) {
        let one = &all[draw.place(all.len())];
        let method = one.methods[draw.place(one.methods.len())];
        let mut own = format!(
            "[[estimands]]\nid = \"e{at}\"\nrole = \"secondary\"\noutcome = \"{}\"\nmethod = \"{method}\"\n",
            one.outcome
        );
        if !one.months.is_empty() {
            writeln!(own, "months = [{}]", one.months[draw.place(one.months.len())])
                .expect("a text takes it");
        }
        let level = match one.outcome {
            Outcome::Score | Outcome::JobScore | Outcome::Index => {
                let outcomes = plan.questionnaire_outcomes();
                let of_scores = outcomes.iter().map(|outcome| outcome.id.clone());
                let of_indices = plan.indices.iter().map(|index| index.id.clone());
                let known: Vec<String> = of_scores.chain(of_indices).collect();
                if known.is_empty() {
                    continue;
                }
                Some(known[draw.place(known.len())].clone())
            }
            _ => {
                let known = levels_of(plan, method);
                (!known.is_empty()).then(|| known[draw.place(known.len())].clone())
            }
        };
        if let Some(level) = level {
            writeln!(own, "level = {}", text_of(&level)).expect("a text takes it");
        }
        let by_region = is_run_by_region(one.outcome, method);
        let mut is_by_level = false;
        if is_run_by_subgroup(one.outcome, method) && !plan.subgroups.is_empty() && draw.is(60) {
            let variable = &plan.subgroups[draw.place(plan.subgroups.len())].variable;
            writeln!(own, "subgroup = {}", text_of(variable)).expect("a text takes it");
            is_by_level = true;
        } else if (by_region || is_test_of_regions(one.outcome, method)) && draw.is(30) {
            own.push_str("subgroup = \"region\"\n");
            is_by_level = true;
        } else if by_region && draw.is(40) {
            let region = &plan.trial.regions[draw.place(plan.trial.regions.len())];
            writeln!(own, "region = {}", text_of(region)).expect("a text takes it");
        }
        // A question that this plan does not let ask is left out; the others are kept.
        if parse_plan("plan.toml", &format!("{text}\n{own}")).is_ok() {
            text.push_str(&own);
            if !is_by_level {
                ids.push(format!("e{at}"));
            }
        }
    }
    if !ids.is_empty() && draw.is(50) {
        put(text, &format!("[[families]]\nid = \"family\"\nmembers = {}", list(&ids)));
    }
}
