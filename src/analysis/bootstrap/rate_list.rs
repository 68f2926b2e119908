//! Which shares and amounts are resampled, and where their rows stand.

use super::super::adjusted::Adjusted;
use super::super::amounts::{AMOUNTS, observed_to_horizon};
use super::super::by_month::{MONTHLY, observed_at};
use super::super::cohort::{Observed, Scope, indicator};
use super::super::sheet::Entry;
use super::quantity::Quantity;
use crate::estimate::replicate::contrasts::Contrast;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::trial::arm::Arm;

/// The quantities with what each is made of, and the columns that they read.
pub(super) struct Listed {
    pub(super) quantities: Vec<Quantity>,
    pub(super) made: Vec<(Scope, Made)>,
    pub(super) columns: Vec<Vec<Option<f64>>>,
    /// Products of two columns, which stand after all columns.
    pub(super) products: Vec<(usize, usize)>,
}

/// What a quantity is made of.
#[derive(Clone, Copy)]
pub(super) enum Made {
    /// A contrast of a column.
    Of(usize, Contrast),
    /// The effect among compliers.
    Complier { outcome: usize, take_up: usize, product: usize },
}

/// Everything of a run but the subgroups.
pub(super) fn list(adjusted: Adjusted<'_>) -> Listed {
    let mut listed = Listed {
        quantities: Vec::new(),
        made: Vec::new(),
        columns: Vec::new(),
        products: Vec::new(),
    };
    listed.add_ever_employed(adjusted);
    for outcome in MONTHLY {
        listed.add_months(adjusted, outcome);
    }
    for outcome in AMOUNTS {
        listed.add_amount(adjusted, outcome);
    }
    listed.add_compliers(adjusted);
    listed
}

/// Any job by the horizon, by participant; none where it is not observed.
pub(super) fn ever_employed(adjusted: Adjusted<'_>) -> Vec<Option<f64>> {
    let horizon = adjusted.setting.plan.analysis.horizon_months;
    let people = adjusted.cohort.outcomes.iter();
    people.map(|p| p.ever_employed(horizon).map(indicator)).collect()
}

/// The difference on any job at a level of a subgroup.
pub(super) fn of_level(adjusted: Adjusted<'_>, variable: &str, level: &str) -> Quantity {
    let entry = effect_of(adjusted, Outcome::EverEmployed).method(Method::RiskDifference);
    Quantity::plain(entry.subgroup(variable, level).role(Role::Exploratory), Unit::Proportion)
}

fn effect_of(adjusted: Adjusted<'_>, outcome: Outcome) -> Entry {
    let horizon = adjusted.setting.plan.analysis.horizon_months;
    let set = AnalysisSet::IttObserved;
    Entry::new(Analysis::Effect, outcome, set, Method::OlsStrataHc2)
        .month(horizon)
        .contrast()
        .role(Role::Secondary)
}

/// A column of everyone.
fn spread(adjusted: Adjusted<'_>, observed: &Observed) -> Vec<Option<f64>> {
    let mut column = vec![None; adjusted.cohort.outcomes.len()];
    for (&at, &value) in observed.positions.iter().zip(&observed.values) {
        column[at] = Some(value);
    }
    column
}

impl Listed {
    fn column(&mut self, values: Vec<Option<f64>>) -> usize {
        self.columns.push(values);
        self.columns.len() - 1
    }

    fn add(&mut self, quantity: Quantity, scope: Scope, made: Made) {
        self.quantities.push(quantity);
        self.made.push((scope, made));
    }

    /// Both arms of a column.
    fn add_arms(&mut self, effect: &Entry, unit: Unit, (scope, column): (Scope, usize)) {
        let analysis = if unit == Unit::Proportion { Analysis::ArmRate } else { Analysis::ArmMean };
        let entry = effect.analysis(analysis).method(Method::Mean).role(Role::Descriptive);
        for arm in Arm::BOTH {
            let contrast = match unit {
                Unit::Proportion => Contrast::Rate(arm),
                _ => Contrast::Mean(arm),
            };
            let quantity = Quantity::plain(entry.arm(arm), unit);
            self.add(quantity, scope, Made::Of(column, contrast));
        }
    }

    fn add_ever_employed(&mut self, adjusted: Adjusted<'_>) {
        let column = self.column(ever_employed(adjusted));
        let effect = effect_of(adjusted, Outcome::EverEmployed);
        for scope in adjusted.cohort.scopes() {
            let role = match scope {
                Scope::All => Role::Secondary,
                Scope::Region(_) => Role::Exploratory,
            };
            let effect = effect.region(adjusted.cohort.name(scope)).role(role);
            self.add_arms(&effect, Unit::Proportion, (scope, column));
            let entry = effect.method(Method::RiskDifference);
            let difference = Quantity::plain(entry, Unit::Proportion);
            self.add(difference, scope, Made::Of(column, Contrast::RiskDifference));
            let ratio = Quantity::ratio(effect.method(Method::RiskRatio));
            self.add(ratio, scope, Made::Of(column, Contrast::LogRiskRatio));
            let ratio = Quantity::ratio(effect.method(Method::OddsRatio));
            self.add(ratio, scope, Made::Of(column, Contrast::LogOddsRatio));
        }
        let pooled = effect.method(Method::RiskDifferenceMantelHaenszel);
        let pooled = Quantity::plain(pooled, Unit::Proportion);
        self.add(pooled, Scope::All, Made::Of(column, Contrast::MantelHaenszel));
        let made = Made::Of(column, Contrast::ArmAndStrata);
        self.add(Quantity::plain(effect, Unit::Proportion), Scope::All, made);
    }

    /// An outcome at the plan's months; at all months, for a band, where that is of interest.
    fn add_months(&mut self, adjusted: Adjusted<'_>, outcome: Outcome) {
        let plan = adjusted.setting.plan;
        if outcome != Outcome::Employed && plan.data.benefits.is_none() {
            return;
        }
        let has_band =
            matches!(outcome, Outcome::Employed | Outcome::BenefitEur | Outcome::BenefitFormulaEur);
        let (first, last) = plan.path_months();
        for month in first..=last {
            let is_planned = plan.analysis.months.contains(&month);
            if !is_planned && !has_band {
                continue;
            }
            let Some((observed, unit)) = observed_at(adjusted.cohort, outcome, month) else {
                continue;
            };
            let column = self.column(spread(adjusted, &observed));
            let effect = effect_of(adjusted, outcome).month(month);
            let quantity = Quantity::plain(effect.clone(), unit);
            let made = Made::Of(column, Contrast::ArmAndStrata);
            if !is_planned {
                self.add(quantity.in_band(), Scope::All, made);
                continue;
            }
            self.add_arms(&effect, unit, (Scope::All, column));
            if unit == Unit::Proportion {
                let entry = effect.method(Method::RiskDifference);
                let difference = Quantity::plain(entry, unit);
                self.add(difference, Scope::All, Made::Of(column, Contrast::RiskDifference));
            }
            self.add(quantity, Scope::All, made);
        }
    }

    fn add_amount(&mut self, adjusted: Adjusted<'_>, outcome: Outcome) {
        let observed = observed_to_horizon(adjusted.setting, adjusted.cohort, outcome);
        let Some((observed, unit)) = observed else { return };
        let column = self.column(spread(adjusted, &observed));
        let effect = effect_of(adjusted, outcome);
        self.add_arms(&effect, unit, (Scope::All, column));
        let made = Made::Of(column, Contrast::ArmAndStrata);
        self.add(Quantity::plain(effect, unit), Scope::All, made);
    }

    /// Effects among those whose take-up follows the arm; nothing where nobody took it up.
    fn add_compliers(&mut self, adjusted: Adjusted<'_>) {
        let (setting, cohort) = (adjusted.setting, adjusted.cohort);
        if cohort.outcomes.iter().all(|p| p.programme_start_day.is_none()) {
            return;
        }
        let horizon = setting.plan.analysis.horizon_months;
        let amounts = AMOUNTS.into_iter().filter_map(|outcome| {
            let (observed, unit) = observed_to_horizon(setting, cohort, outcome)?;
            Some((outcome, spread(adjusted, &observed), unit))
        });
        let any_job = (Outcome::EverEmployed, ever_employed(adjusted), Unit::Proportion);
        for (outcome, mut values, unit) in std::iter::once(any_job).chain(amounts) {
            let people = cohort.outcomes.iter();
            let mut taken: Vec<Option<f64>> =
                people.map(|p| p.took_up(horizon).map(indicator)).collect();
            // Only those of whom both are known.
            for (value, taken) in values.iter_mut().zip(&mut taken) {
                if value.is_none() || taken.is_none() {
                    (*value, *taken) = (None, None);
                }
            }
            let (outcome_column, take_up) = (self.column(values), self.column(taken));
            self.products.push((outcome_column, take_up));
            let product = self.products.len() - 1;
            let entry = effect_of(adjusted, outcome).analysis(Analysis::ComplierEffect);
            let quantity = Quantity::plain(entry.method(Method::TslsHc2), unit);
            let made = Made::Complier { outcome: outcome_column, take_up, product };
            self.add(quantity, Scope::All, made);
        }
    }
}
