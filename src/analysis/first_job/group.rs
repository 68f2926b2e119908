//! Participants whose times are looked at together: a region, a level of a variable, or both.

use crate::analysis::Setting;
use crate::analysis::cohort::{Cohort, Scope};
use crate::analysis::sheet::{Entry, Sheet};
use crate::analysis::subgroups::Groups;
use crate::results::vocabulary::{Analysis, Method, Role, Statistic, Unit};
use crate::survival::ending::Ending;
use crate::survival::event_table::EventTable;
use crate::trial::arm::{Arm, TwoArm};

/// Participants of one region or of all, at one level of a variable or at all.
pub(super) struct Group {
    pub(super) scope: Scope,
    region: String,
    /// A variable and one of its levels.
    subgroup: Option<(String, String)>,
    /// Positions of the participants.
    pub(super) members: TwoArm<Vec<usize>>,
}

impl Group {
    /// Everyone, then each region.
    pub(super) fn scopes(cohort: &Cohort<'_>) -> Vec<Self> {
        cohort.scopes().map(|scope| Self::of_scope(cohort, scope)).collect()
    }

    /// Everyone randomised.
    pub(super) fn everyone(cohort: &Cohort<'_>) -> Self {
        Self::of_scope(cohort, Scope::All)
    }

    fn of_scope(cohort: &Cohort<'_>, scope: Scope) -> Self {
        Self {
            scope,
            region: cohort.name(scope).to_owned(),
            subgroup: None,
            members: TwoArm::from_fn(|arm| cohort.members(scope, arm)),
        }
    }

    /// Each level of a variable, in all regions together.
    pub(super) fn levels(cohort: &Cohort<'_>, variable: &str, groups: &Groups) -> Vec<Self> {
        (0..groups.levels.len())
            .map(|level| Self::at_level(cohort, Scope::All, (variable, groups, level)))
            .collect()
    }

    /// Each level of the plan's facets, in all regions together and in each.
    pub(super) fn facets(setting: Setting<'_>, cohort: &Cohort<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        let plan = setting.plan;
        for variable in &plan.first_job.facets {
            let subgroup = plan.subgroups.iter().find(|one| one.variable == *variable);
            let groups = subgroup.and_then(|own| Groups::new(setting, cohort, own));
            let Some(groups) = groups else { continue };
            for scope in cohort.scopes() {
                for level in 0..groups.levels.len() {
                    all.push(Self::at_level(cohort, scope, (variable, &groups, level)));
                }
            }
        }
        all
    }

    fn at_level(
        cohort: &Cohort<'_>,
        scope: Scope,
        (variable, groups, level): (&str, &Groups, usize),
    ) -> Self {
        let mut group = Self::of_scope(cohort, scope);
        let is_member = |at: &usize| groups.level_of(*at) == Some(level);
        group.members.intervention.retain(is_member);
        group.members.control.retain(is_member);
        group.subgroup = Some((variable.to_owned(), groups.levels[level].clone()));
        group
    }

    /// An entry about this group.
    pub(super) fn entry(&self, entry: &Entry) -> Entry {
        let entry = entry.region(&self.region);
        match &self.subgroup {
            Some((variable, level)) => entry.subgroup(variable, level),
            None => entry,
        }
    }

    /// The role of its contrasts, where the plan declares no estimands.
    pub(super) fn role(&self) -> Role {
        match (self.scope, &self.subgroup) {
            (Scope::All, None) => Role::Secondary,
            _ => Role::Exploratory,
        }
    }

    /// Whether it is everyone randomised.
    pub(super) fn is_everyone(&self) -> bool {
        self.scope == Scope::All && self.subgroup.is_none()
    }

    /// Days and endings of an arm.
    pub(super) fn times(&self, cohort: &Cohort<'_>, arm: Arm) -> (Vec<i32>, Vec<Ending>) {
        self.members.get(arm).iter().map(|&at| (cohort.days[at], cohort.endings[at])).unzip()
    }

    /// Counts by day of both arms.
    pub(super) fn tables(&self, cohort: &Cohort<'_>) -> TwoArm<EventTable> {
        TwoArm::from_fn(|arm| {
            let (days, endings) = self.times(cohort, arm);
            EventTable::new(&days, &endings, None)
        })
    }

    /// Everyone of both arms, in the order of the participants.
    pub(super) fn positions(&self) -> Vec<usize> {
        let mut all = [self.members.intervention.as_slice(), &self.members.control].concat();
        all.sort_unstable();
        all
    }

    /// Participants, first jobs, competing exits, censorings and days at risk, by arm.
    pub(super) fn add_time_at_risk(&self, sheet: &mut Sheet, cohort: &Cohort<'_>, curve: &Entry) {
        let entry = self.entry(curve).analysis(Analysis::TimeAtRisk).method(Method::Count).note("");
        for arm in Arm::BOTH {
            let entry = entry.arm(arm);
            let (days, endings) = self.times(cohort, arm);
            let count = |ending| endings.iter().filter(|own| **own == ending).count() as f64;
            for (statistic, unit, value) in [
                (Statistic::N, Unit::Count, days.len() as f64),
                (Statistic::Events, Unit::Count, count(Ending::Event)),
                (Statistic::CompetingExits, Unit::Count, count(Ending::Competing)),
                (Statistic::Censored, Unit::Count, count(Ending::Censored)),
                (Statistic::PersonDays, Unit::Days, days.iter().map(|&day| f64::from(day)).sum()),
            ] {
                sheet.put(&entry, statistic, unit, value);
            }
        }
    }
}
