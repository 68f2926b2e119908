//! What no single value of a plan shows: repeated names, equal arms, what one part asks of another.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::analyses::Estimand;
use super::catalogue::catalogue;
use super::document::{item_span_of, span_of};
use super::instrument::types::AskedOf;
use super::resampling::{DrawKind, ReplicateCount};
use super::schema_check::Breach;
use super::types::{COVID_PERIOD, Plan, TableName};
use crate::diagnostic::Code;
use crate::results::vocabulary::{Method, Outcome};

/// The word that stands for all regions together in the results.
const RESERVED_REGION: &str = "all";

/// Every contradiction, in no order.
pub(super) fn contradictions(plan: &Plan, table: &Spanned<DeTable<'_>>) -> Vec<Breach> {
    let mut report = Report { table: table.get_ref(), found: Vec::new() };
    check_trial(plan, &mut report);
    check_months(plan, &mut report);
    check_covariates(plan, &mut report);
    check_tables(plan, &mut report);
    check_randomisation(plan, &mut report);
    check_subgroups(plan, &mut report);
    check_first_job(plan, &mut report);
    check_estimands(plan, &mut report);
    check_bootstrap(plan, &mut report);
    check_families(plan, &mut report);
    report.found
}

struct Report<'a, 'i> {
    table: &'a DeTable<'i>,
    found: Vec<Breach>,
}

impl Report<'_, '_> {
    fn at(&mut self, path: &[&str], message: String, remedy: &str) {
        let span = span_of(self.table, path).unwrap_or(0..0);
        self.push(span, message, remedy);
    }

    /// At one of the tables of a `[[list]]`.
    fn at_item(&mut self, list: &str, item: usize, message: String, remedy: &str) {
        let span = item_span_of(self.table, list, item).unwrap_or(0..0);
        self.push(span, message, remedy);
    }

    fn push(&mut self, span: Range<usize>, message: String, remedy: &str) {
        let remedy = remedy.to_owned();
        self.found.push(Breach { code: Code::PlanInconsistent, span, message, remedy });
    }
}

fn check_trial(plan: &Plan, report: &mut Report<'_, '_>) {
    if let Some(twice) = first_repeated(&plan.trial.regions) {
        let message = format!("the region `{twice}` is listed twice");
        report.at(&["trial", "regions"], message, "list each region once");
    }
    if plan.trial.regions.iter().any(|region| region == RESERVED_REGION) {
        let message = format!("`{RESERVED_REGION}` stands for all regions together in the results");
        report.at(&["trial", "regions"], message, "give the region another name, by [codes]");
    }
    if plan.trial.arms.ips == plan.trial.arms.control {
        let message = "both arms have the same label".to_owned();
        report.at(&["trial", "arms", "control"], message, "give the labels that the data use");
    }
}

fn check_months(plan: &Plan, report: &mut Report<'_, '_>) {
    for (name, months) in
        [("months", &plan.analysis.months), ("rmst_months", &plan.analysis.rmst_months)]
    {
        if !months.windows(2).all(|pair| pair[0] < pair[1]) {
            let message = format!("`{name}` is not in increasing order");
            report.at(&["analysis", name], message, "sort it, and list each month once");
        }
    }
}

fn check_first_job(plan: &Plan, report: &mut Report<'_, '_>) {
    let settings = &plan.first_job;
    for facet in &settings.facets {
        if !plan.subgroups.iter().any(|subgroup| subgroup.variable == *facet) {
            let message = format!("`{facet}` is no variable of `[[subgroups]]`");
            let remedy = "declare it there, so that its levels are known";
            report.at(&["first_job", "facets"], message, remedy);
        }
    }
    let words: Vec<String> = settings.fleming_harrington.iter().map(|own| own.word()).collect();
    let methods: Vec<String> = settings.cox.iter().map(|own| own.method().to_string()).collect();
    let lists = [("facets", &settings.facets), ("fleming_harrington", &words), ("cox", &methods)];
    for (name, list) in lists {
        if let Some(twice) = first_repeated(list) {
            let message = format!("`{twice}` is listed twice");
            report.at(&["first_job", name], message, "list each once");
        }
    }
}

fn check_covariates(plan: &Plan, report: &mut Report<'_, '_>) {
    let settings = &plan.analysis;
    if let Some(twice) = first_repeated(&settings.covariates) {
        let message = format!("the covariate `{twice}` is listed twice");
        report.at(&["analysis", "covariates"], message, "list each covariate once");
    }
    if let Some(twice) = first_repeated(&plan.baseline.variables) {
        let message = format!("the variable `{twice}` is listed twice");
        report.at(&["baseline", "variables"], message, "list each variable once");
    }
    let subgroups = plan.subgroups.iter().map(|subgroup| &subgroup.variable);
    let named = settings.covariates.iter().chain(&plan.baseline.variables).chain(subgroups);
    let is_asked = named.into_iter().any(|name| name == COVID_PERIOD);
    match plan.covid_period {
        None if is_asked => {
            let message = format!("the covariate `{COVID_PERIOD}` needs [covid_period]");
            let remedy = "give its first_day and last_day, or have a column of that name and another name for it";
            report.at(&["analysis", "covariates"], message, remedy);
        }
        Some(period) if period.last_day < period.first_day => {
            let message = "the period ends before it begins".to_owned();
            report.at(&["covid_period", "last_day"], message, "correct one of the two days");
        }
        _ => {}
    }
    if settings.covariates.is_empty() && !settings.sensitivity.is_empty() {
        let message = "`sensitivity` needs covariates to choose from".to_owned();
        report.at(&["analysis", "sensitivity"], message, "list covariates, or take it out");
    }
}

fn check_tables(plan: &Plan, report: &mut Report<'_, '_>) {
    let tables = plan.columns.keys().map(|t| ("columns", t));
    let tables = tables.chain(plan.codes.keys().map(|t| ("codes", t)));
    for (section, table) in tables.chain(plan.missing.keys().map(|t| ("missing", t))) {
        if plan.data.get(*table).is_none() {
            let name = TableName::as_str(*table);
            let message = format!("[{section}.{name}] is given, but [data] names no such file");
            report.at(&[section, name], message, "add the file to [data], or take this out");
        }
    }
    match (&plan.data.benefits, plan.benefits) {
        (Some(_), None) => {
            let message = "a benefits table needs [benefits]".to_owned();
            let remedy = "say missing_month = \"zero\" or \"unknown\" there: what a month without a row means";
            report.at(&["data", "benefits"], message, remedy);
        }
        (None, Some(_)) => {
            let message = "[benefits] is given, but [data] names no such file".to_owned();
            report.at(&["benefits"], message, "add the file to [data], or take this out");
        }
        _ => {}
    }
}

fn check_randomisation(plan: &Plan, report: &mut Report<'_, '_>) {
    if plan.randomisation.block.is_some() && plan.data.allocation.is_none() {
        let message = "`block` is a column of the allocation table, and [data] names no such file";
        let remedy = "add the file to [data], or take this out";
        report.at(&["randomisation", "block"], message.to_owned(), remedy);
    }
    if plan.analysis.strata.is_some() {
        return;
    }
    for name in plan.randomisation.intervention_share.keys() {
        if !plan.trial.regions.contains(name) {
            let message = format!("`{name}` is no stratum: the strata are the regions");
            let path = ["randomisation", "intervention_share", name];
            report.at(&path, message, "name a region, or give `strata` under [analysis]");
        }
    }
}

fn check_subgroups(plan: &Plan, report: &mut Report<'_, '_>) {
    for (at, subgroup) in plan.subgroups.iter().enumerate() {
        let name = &subgroup.variable;
        if plan.subgroups[..at].iter().any(|other| other.variable == *name) {
            let message = format!("the subgroups of `{name}` are listed twice");
            report.at_item("subgroups", at, message, "list each variable once");
        }
        if !subgroup.cut_points.windows(2).all(|pair| pair[0] < pair[1]) {
            let message = "`cut_points` is not in increasing order".to_owned();
            report.at_item("subgroups", at, message, "sort it, and list each value once");
        }
    }
}

fn check_estimands(plan: &Plan, report: &mut Report<'_, '_>) {
    let run = catalogue(plan);
    for (at, estimand) in plan.estimands.iter().enumerate() {
        let id = &estimand.id;
        let mut wrong = |message: String, remedy: &str| {
            report.at_item("estimands", at, message, remedy);
        };
        if plan.estimands[..at].iter().any(|other| other.id == *id) {
            wrong(format!("two estimands are called `{id}`"), "give each a name of its own");
        }
        if estimand.region.as_ref().is_some_and(|region| !plan.trial.regions.contains(region)) {
            wrong(format!("`{id}` names a region that the trial does not have"), "correct it");
        }
        let unknown = |name: &String| {
            name != "region" && plan.subgroups.iter().all(|one| one.variable != *name)
        };
        if estimand.subgroup.as_ref().is_some_and(unknown) {
            let remedy = "add the variable to [[subgroups]], or take it out";
            wrong(format!("`{id}` names a subgroup that is not declared"), remedy);
        }
        if let Some((message, remedy)) = level_fault(plan, estimand) {
            wrong(message, &remedy);
        }
        let horizon = [plan.analysis.horizon_months];
        for method in std::iter::once(&estimand.method).chain(&estimand.sensitivity) {
            let of: Vec<&[i32]> = run
                .iter()
                .filter(|one| one.outcome == estimand.outcome && one.methods.contains(method))
                .map(|one| one.months.as_slice())
                .collect();
            if of.is_empty() {
                let known = methods_of(&run, estimand.outcome);
                let message = format!(
                    "`{id}`: `{method}` of `{}` is not run under this plan",
                    estimand.outcome
                );
                wrong(message, &format!("its methods are: {known}"));
                continue;
            }
            if of.iter().all(|months| months.is_empty()) {
                continue;
            }
            let asked = if estimand.months.is_empty() { &horizon[..] } else { &estimand.months };
            for month in asked {
                if !of.iter().any(|months| months.contains(month)) {
                    let message = format!("`{id}`: `{method}` is not run at month {month}");
                    wrong(message, "add the month to `months` (or `rmst_months`) under [analysis]");
                }
            }
        }
    }
}

/// What is wrong with the `level` of an estimand.
fn level_fault(plan: &Plan, estimand: &Estimand) -> Option<(String, String)> {
    let outcomes = plan.questionnaire_outcomes();
    let asked_of = |wanted: AskedOf| -> Vec<&str> {
        let own = outcomes.iter().filter(|outcome| outcome.asked_of == wanted);
        own.map(|outcome| outcome.id.as_str()).collect()
    };
    let known = match estimand.outcome {
        Outcome::Score => asked_of(AskedOf::Everyone),
        Outcome::JobScore => asked_of(AskedOf::Employed),
        Outcome::Index => plan.indices.iter().map(|index| index.id.as_str()).collect(),
        _ => return None,
    };
    let (id, outcome) = (&estimand.id, estimand.outcome);
    let remedy = format!("`level` is one of: {}", known.join(", "));
    match estimand.level.as_deref() {
        None => Some((format!("`{id}` does not say which `{outcome}`"), remedy)),
        Some(level) if !known.contains(&level) => {
            Some((format!("`{id}`: there is no `{outcome}` called `{level}`"), remedy))
        }
        Some(_) => None,
    }
}

fn check_bootstrap(plan: &Plan, report: &mut Report<'_, '_>) {
    let settings = &plan.bootstrap;
    if settings.draws == DrawKind::Balanced && settings.replicates == ReplicateCount::Auto {
        let message = "balanced draws need to know the number of replicates".to_owned();
        let remedy = "give the number, or take the draws as independent";
        report.at(&["bootstrap", "draws"], message, remedy);
    }
}

fn check_families(plan: &Plan, report: &mut Report<'_, '_>) {
    for (at, family) in plan.families.iter().enumerate() {
        let id = &family.id;
        let mut wrong = |message: String, remedy: &str| {
            report.at_item("families", at, message, remedy);
        };
        if plan.families[..at].iter().any(|other| other.id == *id) {
            wrong(format!("two families are called `{id}`"), "give each a name of its own");
        }
        if let Some(twice) = first_repeated(&family.members) {
            wrong(format!("`{id}` lists `{twice}` twice"), "list each estimand once");
        }
        for member in &family.members {
            match plan.estimands.iter().find(|estimand| estimand.id == *member) {
                None => {
                    let message = format!("`{id}` names `{member}`, which is no estimand");
                    wrong(message, "declare it under [[estimands]], or correct the name");
                }
                Some(estimand) if estimand.subgroup.is_some() => {
                    let message = format!("`{id}` names `{member}`, which is one effect by level");
                    wrong(message, "declare the effect of everyone, or of one region");
                }
                Some(_) => {}
            }
        }
    }
}

fn methods_of(run: &[super::catalogue::Catalogued], outcome: Outcome) -> String {
    let mut known: Vec<Method> = run
        .iter()
        .filter(|one| one.outcome == outcome)
        .flat_map(|one| one.methods.iter().copied())
        .collect();
    known.sort();
    known.dedup();
    if known.is_empty() {
        return "none; does [data] name its table?".to_owned();
    }
    known.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ")
}

fn first_repeated(items: &[String]) -> Option<&String> {
    items.iter().enumerate().find(|(at, item)| items[..*at].contains(item)).map(|(_, item)| item)
}
