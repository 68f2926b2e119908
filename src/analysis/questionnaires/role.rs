//! The role of an effect, by where it is estimated.

use super::super::cohort::Scope;
use crate::results::vocabulary::Role;

/// An effect within a region was not what the trial was planned for.
pub(super) fn role_of(scope: Scope) -> Role {
    match scope {
        Scope::All => Role::Secondary,
        Scope::Region(_) => Role::Exploratory,
    }
}
