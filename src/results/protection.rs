//! What must not follow from what is published.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How participants are protected in what leaves the house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Protection {
    /// Counts of people from 1 to one less than this are protected: 3, 5 or 10.
    #[schemars(range(min = 3, max = 10))]
    pub threshold: u8,
    /// Least width of the range to which an attacker may narrow a protected count.
    #[schemars(range(min = 1, max = 1_000))]
    pub protection: u16,
    /// When a sum of amounts is that of a few people.
    pub dominance: Dominance,
    /// For whom documents are made.
    pub profile: Profile,
    /// Whether regions that cannot be shown apart may be shown as one.
    pub join_regions: bool,
}

/// An amount is withheld where the `n` largest may make up more than `share` of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dominance {
    /// How many people.
    #[schemars(range(min = 1, max = 10))]
    pub n: u8,
    /// Their share of the sum.
    #[schemars(range(min = 0.1, max = 1.0))]
    pub share: f64,
}

/// For whom documents are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Everybody.
    Public,
    /// The payer, under the same protection.
    Inami,
    /// Those who may see participants' data: nothing is withheld.
    Internal,
}

/// Thresholds that may be chosen.
pub const THRESHOLDS: [u8; 3] = [3, 5, 10];

impl Default for Protection {
    fn default() -> Self {
        Self {
            threshold: 5,
            protection: 5,
            dominance: Dominance::default(),
            profile: Profile::Public,
            join_regions: true,
        }
    }
}

impl Default for Dominance {
    fn default() -> Self {
        Self { n: 2, share: 0.85 }
    }
}
