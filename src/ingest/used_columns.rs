//! Which columns of a table the program makes anything of.

use super::schema::schema_of;
use crate::plan::parse::PlanDocument;
use crate::plan::types::{Plan, TableName};

/// Whether the dictionary lists a column or the plan names it, by the contract's name.
pub(super) fn is_used(table: TableName, name: &str, document: &PlanDocument) -> bool {
    schema_of(table).field(name).is_some() || named_by_plan(table, &document.plan, name)
}

/// Whether the plan names a column of a table, other than to rename it or to declare its codes.
pub(super) fn named_by_plan(table: TableName, plan: &Plan, name: &str) -> bool {
    match table {
        TableName::Participants => named_of_participants(plan).any(|own| own == name),
        TableName::Waves => {
            let boxes = &plan.waves.checkboxes;
            plan.item_columns().iter().any(|own| own == name)
                || boxes.iter().any(|own| own.seen_column == name || name.starts_with(&own.prefix))
        }
        TableName::Allocation => plan.randomisation.block.as_deref() == Some(name),
        _ => false,
    }
}

fn named_of_participants(plan: &Plan) -> impl Iterator<Item = &str> {
    let settings = &plan.analysis;
    let single = [&settings.strata, &settings.clusters, &settings.weights];
    let lists = settings.covariates.iter().chain(&plan.baseline.variables);
    let subgroups = plan.subgroups.iter().map(|subgroup| subgroup.variable.as_str());
    let facets = plan.first_job.facets.iter().map(String::as_str);
    let single = single.into_iter().flatten().map(String::as_str);
    lists.map(String::as_str).chain(subgroups).chain(single).chain(facets)
}
