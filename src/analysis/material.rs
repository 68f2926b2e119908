//! Of which people the rows of an entry are made, and how.

use std::sync::Arc;

use crate::results::composition::{Composition, Fact, People, Table};
use crate::results::vocabulary::{ResultArm, Statistic};
use crate::trial::arm::Arm;

/// Whose values an estimate takes, and what it does with them; for everyone, before the row's
/// region, subgroup and arm are looked at.
#[derive(Clone, Debug)]
pub(super) struct Material {
    of: People,
    kind: Kind,
    /// The strata over which an estimate is made.
    strata: Option<Arc<[Fact]>>,
}

/// What an estimate does with the values.
#[derive(Clone, Debug)]
enum Kind {
    /// Nothing: it follows from the plan.
    Nothing,
    /// Counts them: those with the event among all.
    YesNo { events: People },
    /// Adds them up.
    Amount { grid: Option<f64> },
    /// Puts them in order.
    Ranked { differing: People },
    /// Follows them day after day, to a day.
    Path { day: i32, happened: People, others: Vec<People>, at_risk: People },
    /// Fits a model to what is known of each; these sets too are told by it.
    Model { others: Vec<People> },
    /// What is said already, of the very people that it is said of.
    Exactly(Composition),
}

impl Material {
    fn new(of: People, kind: Kind) -> Self {
        Self { of, kind, strata: None }
    }

    /// Nobody's: it follows from the plan alone.
    pub(super) fn nobodys() -> Self {
        Self::new(People::nobody(), Kind::Nothing)
    }

    /// Shares of people and functions of their numbers.
    pub(super) fn yes_no(of: People, events: &People) -> Self {
        let events = of.and(events);
        Self::new(of, Kind::YesNo { events })
    }

    /// Sums of values, which are whole multiples of the grid where they have one.
    pub(super) fn amount(of: People, grid: Option<f64>) -> Self {
        Self::new(of, Kind::Amount { grid })
    }

    /// Places in the order of the values of those who can differ from each other.
    pub(super) fn ranked(of: People, differing: &People) -> Self {
        let differing = of.and(differing);
        Self::new(of, Kind::Ranked { differing })
    }

    /// What had happened to whom by a day, and who was still waiting; the others are those who left
    /// the wait in another way.
    pub(super) fn path(
        of: People,
        day: i32,
        (happened, at_risk): (&People, &People),
        others: &[&People],
    ) -> Self {
        let (happened, at_risk) = (of.and(happened), of.and(at_risk));
        let others = others.iter().map(|own| of.and(own)).collect();
        Self::new(of, Kind::Path { day, happened, others, at_risk })
    }

    /// A model of those people; it tells of the others too.
    pub(super) fn model(of: People, others: &[&People]) -> Self {
        let others = others.iter().map(|own| (*own).clone()).collect();
        Self::new(of, Kind::Model { others })
    }

    /// As it is said, whatever the row's region and arm.
    pub(super) fn exactly(composition: Composition) -> Self {
        Self::new(People::nobody(), Kind::Exactly(composition))
    }

    /// Whose values it takes.
    pub(super) fn of(&self) -> &People {
        &self.of
    }

    /// Those who had the event, where it counts events.
    pub(super) fn events(&self) -> Option<&People> {
        match &self.kind {
            Kind::YesNo { events } => Some(events),
            Kind::Path { happened, .. } => Some(happened),
            _ => None,
        }
    }

    /// Over strata, each on its own.
    pub(super) fn over(&self, strata: &Arc<[Fact]>) -> Self {
        Self { strata: Some(Arc::clone(strata)), ..self.clone() }
    }

    /// Of those of them alone who are in the set too.
    pub(super) fn among(&self, people: &People) -> Self {
        let and = |own: &People| own.and(people);
        let kind = match &self.kind {
            Kind::YesNo { events } => Kind::YesNo { events: and(events) },
            Kind::Ranked { differing } => Kind::Ranked { differing: and(differing) },
            Kind::Path { day, happened, others, at_risk } => Kind::Path {
                day: *day,
                happened: and(happened),
                others: others.iter().map(and).collect(),
                at_risk: and(at_risk),
            },
            Kind::Nothing | Kind::Amount { .. } | Kind::Model { .. } | Kind::Exactly(_) => {
                self.kind.clone()
            }
        };
        Self { of: and(&self.of), kind, strata: self.strata.clone() }
    }

    /// The same people in a model, which tells of the others too.
    pub(super) fn in_model(&self, others: &[&People]) -> Self {
        let mut all: Vec<&People> = others.to_vec();
        all.extend(self.events());
        Self::model(self.of.clone(), &all)
    }

    /// The same, of a path that tells of others who are not on it.
    pub(super) fn telling(self, who: &People) -> Self {
        let kind = match self.kind {
            Kind::Path { day, happened, mut others, at_risk } => {
                others.push(who.clone());
                Kind::Path { day, happened, others, at_risk }
            }
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// The composition of a row in a place.
    pub(super) fn composition(&self, statistic: Statistic, place: &Place) -> Composition {
        match (&self.kind, statistic) {
            (Kind::Exactly(own), _) => return own.clone(),
            (Kind::Nothing, _) | (_, Statistic::Replicates) => return Composition::Constant,
            (_, Statistic::N) => return Composition::Count(place.whole(&self.of)),
            (Kind::Path { at_risk, .. }, Statistic::NAtRisk) => {
                return Composition::Count(place.whole(at_risk));
            }
            (_, Statistic::Events) => {
                if let Some(events) = self.events() {
                    return Composition::Count(place.whole(events));
                }
            }
            _ => {}
        }
        match &self.kind {
            Kind::YesNo { events } => self.table(events, place),
            Kind::Amount { grid } => Composition::Moments { of: place.arms(&self.of), grid: *grid },
            Kind::Ranked { differing } => {
                Composition::Order { of: place.arms(&self.of), differing: place.arms(differing) }
            }
            Kind::Path { day, happened, others, at_risk } => {
                let by = |own: &People| place.arms(own).into_iter().map(|own| (*day, own));
                let sets = std::iter::once(happened).chain(others).chain([at_risk]);
                Composition::Path { of: place.arms(&self.of), events: sets.flat_map(by).collect() }
            }
            Kind::Nothing | Kind::Exactly(_) | Kind::Model { .. } => {
                let others = match &self.kind {
                    Kind::Model { others } => others.as_slice(),
                    _ => &[],
                };
                let sets = std::iter::once(&self.of).chain(others);
                Composition::Model { of: sets.flat_map(|own| place.arms(own)).collect() }
            }
        }
    }

    /// Events and people: of the row's arm, of both arms, or of both arms of each stratum.
    fn table(&self, events: &People, place: &Place) -> Composition {
        let pairs = |narrow: &dyn Fn(&People) -> People| -> Vec<People> {
            let (events, of) = (place.arms(&narrow(events)), place.arms(&narrow(&self.of)));
            events.into_iter().zip(of).flat_map(|(events, of)| [events, of]).collect()
        };
        match (&self.strata, place.arm) {
            (Some(strata), ResultArm::Contrast) => {
                let of = strata.iter().flat_map(|stratum| {
                    let own = pairs(&|people| people.with(stratum.clone()));
                    // A region has its own strata alone.
                    if own.iter().all(People::is_nobody) { Vec::new() } else { own }
                });
                Composition::Function { of: of.collect(), table: Table::Strata }
            }
            (None, ResultArm::Contrast) => {
                Composition::Function { of: pairs(&People::clone), table: Table::TwoArms }
            }
            _ => Composition::Function { of: pairs(&People::clone), table: Table::Share },
        }
    }
}

/// Where a row stands: its region and subgroup, as far as they say who is in it, and its arm.
pub(super) struct Place {
    pub(super) facts: Vec<Fact>,
    pub(super) arm: ResultArm,
}

impl Place {
    fn here(&self, people: &People) -> People {
        self.facts.iter().cloned().fold(people.clone(), |here, fact| here.with(fact))
    }

    /// All of them here; of one arm where the row is of one.
    pub(super) fn whole(&self, people: &People) -> People {
        let here = self.here(people);
        match self.arm {
            ResultArm::Ips => here.with(Fact::Arm(Arm::Intervention)),
            ResultArm::Control => here.with(Fact::Arm(Arm::Control)),
            ResultArm::All | ResultArm::Contrast => here,
        }
    }

    /// The same, each arm by itself where the row is a contrast.
    fn arms(&self, people: &People) -> Vec<People> {
        match self.arm {
            ResultArm::Contrast => {
                let here = self.here(people);
                Arm::BOTH.map(|arm| here.with(Fact::Arm(arm))).to_vec()
            }
            _ => vec![self.whole(people)],
        }
    }
}

/// The widest of some grids whose whole multiples all values are; none where they are on none.
pub(super) fn grid_of(values: &[f64]) -> Option<f64> {
    const GRIDS: [f64; 6] = [1.0, 0.5, 0.25, 0.1, 0.05, 0.01];
    let is_on = |grid: &f64| {
        values.iter().all(|value| {
            let steps = value / grid;
            (steps - steps.round()).abs() < 1e-6
        })
    };
    GRIDS.into_iter().find(is_on)
}
