//! Problems of a plan, as a person reads them.

use crate::trial_folder::TrialFolder;

/// Seven mistakes of seven kinds.
fn careless_plan(folder: &TrialFolder) {
    folder.replace("plan.toml", "title = ", "titel = ");
    folder.replace("plan.toml", "2021-06-30", "\"30/06/2021\"");
    folder.replace("plan.toml", "control = \"TAU\"\n", "");
    folder.replace("plan.toml", "\"temporary_agency\"", "\"interim\"");
    folder.replace("plan.toml", "horizon_months = 18", "horizon_months = 0");
    folder.replace("plan.toml", "confidence_level = 0.95", "confidence_level = 95");
}

#[test]
fn every_mistake_of_a_plan_is_shown_at_once_with_its_line() {
    let folder = TrialFolder::good();
    careless_plan(&folder);
    let said = folder.say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.stdout, "");
    insta::assert_snapshot!(said.stderr);
}

#[test]
fn contradictions_of_a_plan_are_shown_at_once() {
    let folder = TrialFolder::good();
    folder.replace("plan.toml", "\"wallonia\", ", "\"wallonia\", \"flanders\", ");
    folder.replace("plan.toml", "control = \"TAU\"", "control = \"IPS\"");
    folder.replace("plan.toml", "[6, 12, 18, 24]", "[6, 12, 12]");
    folder.replace("plan.toml", "waves = \"waves.csv\"\n", "");
    folder.write("plan.toml", folder.text("plan.toml") + "\n[missing.waves.item_1]\n9 = \"no\"\n");
    let said = folder.say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!(said.stderr);
}

#[test]
fn contradictions_of_analyses_are_shown_at_once() {
    let folder = TrialFolder::good();
    folder.replace(
        "plan.toml",
        "covariates = [\"age\", \"sex\"]",
        "covariates = [\"covid_period\"]",
    );
    folder.replace("plan.toml", "[benefits]\nmissing_month = \"unknown\"\n", "");
    let more = r#"
[randomisation.intervention_share]
flandres = 0.5

[[subgroups]]
variable = "sex"
cut_points = [3, 1]

[[estimands]]
id = "one"
role = "primary"
outcome = "ever_employed"
method = "lasso_cross_fitted"

[[estimands]]
id = "one"
role = "secondary"
outcome = "employed"
method = "lin_hc2"
months = [7]
region = "flandres"
subgroup = "age"
"#;
    folder.write("plan.toml", folder.text("plan.toml") + more);
    let said = folder.say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!(said.stderr);
}

#[test]
fn what_the_data_show_of_subgroups_and_covariates_is_said() {
    let folder = TrialFolder::good();
    folder.replace("plan.toml", "\"age\", \"sex\"]", "\"exit_reason\", \"randomisation_date\"]");
    folder.write("plan.toml", folder.text("plan.toml") + "\n[[subgroups]]\nvariable = \"age\"\n");
    let said = folder.say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(1));
    let errors = said.stderr.split("note[").next().unwrap_or_default();
    insta::assert_snapshot!(errors);
}

#[test]
fn an_unknown_key_gets_the_known_one_that_is_near() {
    let folder = TrialFolder::good();
    folder.replace("plan.toml", "rmst_months", "rsmt_months");
    let said = folder.say(&["check", "plan.toml"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("did you mean `rmst_months`?"), "{}", said.stderr);
}

#[test]
fn a_mistake_in_a_table_is_shown_at_the_cell() {
    let folder = TrialFolder::good();
    folder.overlay(&crate::trial_folder::fixture("bad/cell--not-a-date"));
    let said = folder.say(&["check", "plan.toml", "--quiet", "--show-values"]);
    insta::assert_snapshot!(said.stderr);
}

#[test]
fn a_plan_with_a_byte_order_mark_is_read() {
    let folder = TrialFolder::good();
    folder.write("plan.toml", format!("\u{feff}{}", folder.text("plan.toml")));
    assert_eq!(folder.say(&["check", "plan.toml"]).code, Some(0));
}
