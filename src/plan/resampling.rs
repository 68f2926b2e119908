//! What a plan says of resampling: bootstrap, randomisation, families of hypotheses.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::results::vocabulary::Inference;

/// Replicates and seed.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// How many replicates, or `"auto"`: as many as `tolerance` asks for. Fewer than 1,000 are too
    /// few for an interval.
    #[serde(deserialize_with = "replicate_count")]
    #[schemars(extend("anyOf" = serde_json::json!([
        { "type": "integer", "minimum": 1, "maximum": 10_000_000 },
        { "enum": ["auto"] }
    ])), with = "serde_json::Value")]
    pub replicates: ReplicateCount,
    /// Seed of all draws. There is no default.
    #[schemars(range(min = 0))]
    pub seed: u64,
    /// With `replicates = "auto"`: the largest Monte Carlo error of a limit, as a share of the
    /// bootstrap standard error.
    #[serde(default = "default_tolerance")]
    #[schemars(range(min = 0.005, max = 0.5))]
    pub tolerance: f64,
    /// With `replicates = "auto"`: no more replicates than this.
    #[serde(default = "default_max_replicates")]
    #[schemars(range(min = 1_000, max = 10_000_000))]
    pub max_replicates: u64,
    /// Each replicate by itself, or everyone equally often over all replicates.
    #[serde(default)]
    pub draws: DrawKind,
    /// The largest share of replicates in which an estimate may fail; above it there is no interval.
    #[serde(default = "default_failed_share")]
    #[schemars(range(min = 0.0, max = 0.5))]
    pub max_failed_share: f64,
}

fn default_tolerance() -> f64 {
    0.05
}

fn default_max_replicates() -> u64 {
    100_000
}

fn default_failed_share() -> f64 {
    0.05
}

/// How many replicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicateCount {
    /// So many.
    Fixed(u64),
    /// As many as the tolerance asks for.
    Auto,
}

impl ReplicateCount {
    /// The number, where the plan gives one.
    pub fn fixed(self) -> Option<u64> {
        match self {
            ReplicateCount::Fixed(count) => Some(count),
            ReplicateCount::Auto => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrWord {
    Number(u64),
    Word(String),
}

fn replicate_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ReplicateCount, D::Error> {
    match NumberOrWord::deserialize(deserializer)? {
        NumberOrWord::Number(count) => Ok(ReplicateCount::Fixed(count)),
        NumberOrWord::Word(word) if word == "auto" => Ok(ReplicateCount::Auto),
        NumberOrWord::Word(_) => Err(serde::de::Error::custom("neither a number nor \"auto\"")),
    }
}

/// How replicates are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrawKind {
    /// Each replicate from a stream of its own: the first 1,000 of 10,000 are those of a run of 1,000.
    #[default]
    Independent,
    /// Everyone is drawn exactly as often as there are replicates. All replicates then change with
    /// their number.
    Balanced,
}

/// How participants were randomised.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Randomisation {
    /// Planned share of the intervention arm in each stratum, where strata differ.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = serde_json::json!({
        "type": "number", "exclusiveMinimum": 0.0, "maximum": 0.999
    })))]
    pub intervention_share: BTreeMap<String, f64>,
    /// Column of the allocation table with the block of each line, where blocks were used.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub block: Option<String>,
    /// How often the randomisation is drawn again for its tests; without it as often as the
    /// bootstrap, and 10,000 times where that is `"auto"`.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub replicates: Option<u64>,
    /// Up to how many possible assignments all are taken instead of drawing.
    #[serde(default = "default_exact")]
    #[schemars(range(min = 0, max = 10_000_000))]
    pub exact_up_to: u64,
}

fn default_exact() -> u64 {
    20_000
}

impl Default for Randomisation {
    fn default() -> Self {
        Self {
            intervention_share: BTreeMap::new(),
            block: None,
            replicates: None,
            exact_up_to: default_exact(),
        }
    }
}

impl Randomisation {
    /// Whether the planned share differs between strata.
    pub fn differs_between_strata(&self) -> bool {
        let mut shares = self.intervention_share.values();
        shares.next().is_some_and(|first| shares.any(|share| (share - first).abs() > 1e-9))
    }

    /// How often the randomisation is drawn again.
    pub fn draws(&self, bootstrap: &Bootstrap) -> u64 {
        const WITHOUT_A_NUMBER: u64 = 10_000;
        self.replicates.or(bootstrap.replicates.fixed()).unwrap_or(WITHOUT_A_NUMBER)
    }
}

/// Estimands whose p-values are adjusted for each other.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Short name, shown in reports.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Names of `[[estimands]]`; each of their months is a hypothesis.
    #[schemars(length(min = 1))]
    pub members: Vec<String>,
    /// How the p-values are adjusted; without it in all five ways.
    #[serde(default = "Adjusted::all")]
    #[schemars(length(min = 1))]
    pub adjustments: Vec<Adjusted>,
}

/// How p-values of a family are adjusted for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjusted {
    /// Holm's step-down: no error in the family but with probability α, however they depend.
    Holm,
    /// Hochberg's step-up: the same where the p-values are not negatively dependent.
    Hochberg,
    /// Benjamini and Hochberg: the expected share of errors among those rejected.
    BenjaminiHochberg,
    /// Romano and Wolf's step-down by the largest statistic, from the shared bootstrap draws.
    RomanoWolf,
    /// Westfall and Young's step-down by the smallest p-value, from the same draws.
    WestfallYoung,
}

impl Adjusted {
    /// All five.
    pub fn all() -> Vec<Self> {
        vec![
            Adjusted::Holm,
            Adjusted::Hochberg,
            Adjusted::BenjaminiHochberg,
            Adjusted::RomanoWolf,
            Adjusted::WestfallYoung,
        ]
    }

    /// The word in the results.
    pub fn inference(self) -> Inference {
        match self {
            Adjusted::Holm => Inference::Holm,
            Adjusted::Hochberg => Inference::Hochberg,
            Adjusted::BenjaminiHochberg => Inference::BenjaminiHochberg,
            Adjusted::RomanoWolf => Inference::RomanoWolf,
            Adjusted::WestfallYoung => Inference::WestfallYoung,
        }
    }
}
