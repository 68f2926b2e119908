//! How a statistic is made of the people it is made of.

use serde::{Deserialize, Serialize};

use super::people::People;

/// How a statistic is made, and of which sets of people.
///
/// There is no default: whoever writes a row says of whom it is.
pub type Composition = Made<People>;

/// [`Composition`], with sets of people or with their places in a table of sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Made<P> {
    /// Of nobody: it follows from the plan alone.
    Constant,
    /// The number of people in the set.
    Count(P),
    /// The sum of the numbers of people in several sets, which may share people: events of which one
    /// person may have several.
    Sum(Vec<P>),
    /// A function of the numbers of people in the sets, and of nothing else.
    Function {
        /// The sets, in the order that the table says.
        of: Vec<P>,
        /// What the numbers are.
        table: Table,
    },
    /// Sums, sums of squares and products of values of those in the sets.
    Moments {
        /// Whose values.
        of: Vec<P>,
        /// What the values are whole multiples of, where they are: they and their number then limit
        /// each other.
        grid: Option<f64>,
    },
    /// Values at places in the order of those in a set.
    Order {
        /// Whose values.
        of: Vec<P>,
        /// Those of them whose values can differ from each other's.
        differing: Vec<P>,
    },
    /// What happened to those in the sets, day after day.
    Path {
        /// Those at risk on day 0.
        of: Vec<P>,
        /// To whom it happened by a day, which comes first.
        events: Vec<(i32, P)>,
    },
    /// A fit on what is known of each of them.
    Model {
        /// On whom.
        of: Vec<P>,
    },
    /// An estimate drawn again from the same people, or under other assignments of the arms.
    Resampled {
        /// Of what the estimate is made.
        of: Box<Made<P>>,
        /// Whether it counts the draws in which there was no estimate, which tell how few people it
        /// stands on.
        failures: bool,
    },
}

/// What the numbers are that a [`Made::Function`] is a function of.
///
/// With the row's method, its statistic and the confidence level they are enough to compute its
/// value again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Events and people of one group.
    Share,
    /// Events and people of the intervention arm, then of the control arm.
    TwoArms,
    /// The same four for each stratum.
    Strata,
    /// Of each level in turn, the people of the intervention arm and of the control arm.
    Levels,
    /// The number of each arm, in how many values are known, of which degrees of freedom follow.
    Sizes,
    /// Four answers of pairs: both yes, only the first, only the second, both no.
    Pairs,
}

impl<P> Made<P> {
    /// The sets that it names, each as often as it is named.
    pub fn people(&self) -> Vec<&P> {
        match self {
            Made::Constant => Vec::new(),
            Made::Count(of) => vec![of],
            Made::Sum(of)
            | Made::Function { of, .. }
            | Made::Moments { of, .. }
            | Made::Model { of } => of.iter().collect(),
            Made::Order { of, differing } => of.iter().chain(differing).collect(),
            Made::Path { of, events } => {
                of.iter().chain(events.iter().map(|(_, people)| people)).collect()
            }
            Made::Resampled { of, .. } => of.people(),
        }
    }

    /// The same, of other names for the sets.
    ///
    /// # Errors
    ///
    /// The first that `name` gives.
    pub fn try_map<Q, E>(&self, name: &mut impl FnMut(&P) -> Result<Q, E>) -> Result<Made<Q>, E> {
        let mut all = |of: &Vec<P>| of.iter().map(&mut *name).collect::<Result<Vec<Q>, E>>();
        Ok(match self {
            Made::Constant => Made::Constant,
            Made::Count(of) => Made::Count(name(of)?),
            Made::Sum(of) => Made::Sum(all(of)?),
            Made::Function { of, table } => Made::Function { of: all(of)?, table: *table },
            Made::Moments { of, grid } => Made::Moments { of: all(of)?, grid: *grid },
            Made::Order { of, differing } => {
                Made::Order { of: all(of)?, differing: all(differing)? }
            }
            Made::Path { of, events } => {
                let of = all(of)?;
                let events = events.iter().map(|(day, own)| Ok((*day, name(own)?)));
                Made::Path { of, events: events.collect::<Result<_, E>>()? }
            }
            Made::Model { of } => Made::Model { of: all(of)? },
            Made::Resampled { of, failures } => {
                Made::Resampled { of: Box::new(of.try_map(name)?), failures: *failures }
            }
        })
    }
}
