//! How long participants were followed.

use super::curve::LimitSettings;
use super::event_table::EventTable;
use super::kaplan_meier::KaplanMeier;
use super::not_estimable::NotEstimable;
use super::quantile::{QuantileDays, quantile};

/// A quantile of the time under follow-up, by the reverse Kaplan-Meier method: the time at which a
/// share `p` would have left follow-up had there been neither events nor competing exits.
///
/// The event and the competing exit count as censored, the end of follow-up as the event: see
/// [`EventTable::reversed`], of which [`KaplanMeier`] gives the whole curve.
///
/// # Conventions
///
/// An event and an end of follow-up on one day: the end of follow-up comes first, so that those
/// who have the event that day are still at risk of it. That is what R's
/// `survfit(Surv(day, censored) ~ 1)` does. The weights of inverse probability of censoring need
/// it the other way round.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`].
///
/// # Panics
///
/// Unless 0 < `p` < 1.
///
/// # References
///
/// - Schemper M, Smith TL (1996). *Controlled Clinical Trials* 17:343–346.
/// - Agrees with `quantile(survfit(Surv(day, censored) ~ 1))` of R's survival 3.5-3:
///   `tests/reference/r/survival_curves.R`.
pub fn follow_up_quantile(
    table: &EventTable,
    p: f64,
    settings: LimitSettings,
) -> Result<QuantileDays, NotEstimable> {
    let reversed = table.reversed();
    quantile(&KaplanMeier::on_scale(&reversed, settings), p)
}

/// The median time under follow-up with its limits; see [`follow_up_quantile`].
///
/// # Errors
///
/// As [`follow_up_quantile`].
pub fn median_follow_up(
    table: &EventTable,
    settings: LimitSettings,
) -> Result<QuantileDays, NotEstimable> {
    follow_up_quantile(table, 0.5, settings)
}
