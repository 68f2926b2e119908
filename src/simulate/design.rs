//! What a synthetic trial is made of.

use crate::trial::arm::{Arm, TwoArm};
use crate::trial::date::Date;
use thiserror::Error;

/// The design of a synthetic trial. The module's introduction describes the process.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Regions, which are the strata of the randomisation, in the plan's order.
    pub regions: Vec<RegionDesign>,
    /// First possible day of randomisation.
    pub entry_opens: Date,
    /// Last possible day of randomisation.
    pub entry_closes: Date,
    /// Last day that the data reach.
    pub data_cutoff: Date,
    /// Hazard a day of an exit that censors (withdrawal, emigration). One for all regions, so that
    /// censoring tells nothing about the job also when regions are taken together.
    pub censoring_hazard: TwoArm<f64>,
    /// Mean length of a job in days.
    pub mean_job_days: TwoArm<f64>,
    /// Mean time between two jobs in days.
    pub mean_gap_days: TwoArm<f64>,
}

/// A region of the design.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionDesign {
    /// Name, as in the data.
    pub name: String,
    /// People randomised to each arm.
    pub places_per_arm: u32,
    /// Hazards of the first job and of competing exits in each arm.
    pub hazards: TwoArm<Hazards>,
    /// Out of a hundred, those who speak Dutch; the others speak French.
    pub dutch_speaking_percent: u32,
}

/// Constant hazards a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hazards {
    /// Of the first competitive job.
    pub first_job: f64,
    /// Of a competing exit (death, statutory pension).
    pub competing: f64,
}

/// Why a design cannot be simulated.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum DesignError {
    /// There is no place for anybody.
    #[error("no region has a place")]
    NoPlaces,
    /// More places than identifiers and memory are meant for.
    #[error("{0} places an arm, but at most {max} can be simulated", max = Design::MOST_PLACES)]
    TooManyPlaces(u64),
    /// Two regions share a name, or one has none.
    #[error("region name `{0}` is empty or used twice")]
    RegionName(String),
    /// A hazard is negative, infinite or not a number.
    #[error("{what}: a hazard must be a number of at least 0")]
    Hazard {
        /// Where it stands.
        what: String,
    },
    /// A mean time is not positive.
    #[error("{what}: a mean time must be a positive number")]
    MeanTime {
        /// Where it stands.
        what: &'static str,
    },
    /// The dates are not in order, or the data start before 1900 or end after 2200.
    #[error("entry from {opens} to {closes} and data to {cutoff}: not in order, or out of range")]
    Dates {
        /// First day of entry.
        opens: Date,
        /// Last day of entry.
        closes: Date,
        /// Last day of data.
        cutoff: Date,
    },
}

impl Design {
    /// Most places an arm that a design may have.
    pub const MOST_PLACES: u64 = 1_000_000;

    /// The planned size: 600 people an arm, in Flanders 340, Wallonia 200, Brussels 60; entry from
    /// 1 February 2018 to 30 September 2020, data to the end of 2022.
    ///
    /// The hazards are invented. They give a first job by month 18 to about 28 in 100 controls and
    /// 40 in 100 of the intervention arm, somewhat more in Flanders and fewer in Brussels, which is
    /// the order of published trials; they say nothing about this trial.
    pub fn planned() -> Self {
        let region = |name: &str, places_per_arm, first_job: TwoArm<f64>, dutch| RegionDesign {
            name: name.to_owned(),
            places_per_arm,
            hazards: first_job.map(|first_job| Hazards { first_job, competing: 0.000_05 }),
            dutch_speaking_percent: dutch,
        };
        let both = |intervention: f64, control: f64| TwoArm { intervention, control };
        Self {
            regions: vec![
                region("flanders", 340, both(0.001_04, 0.000_66), 97),
                region("wallonia", 200, both(0.000_86, 0.000_56), 2),
                region("brussels", 60, both(0.000_69, 0.000_45), 30),
            ],
            entry_opens: calendar(2018, 2, 1),
            entry_closes: calendar(2020, 9, 30),
            data_cutoff: calendar(2022, 12, 31),
            censoring_hazard: both(0.000_08, 0.000_10),
            mean_job_days: both(243.5, 213.0),
            mean_gap_days: both(150.0, 200.0),
        }
    }

    /// The same design without any effect: both arms have the control's hazards and times.
    #[must_use]
    pub fn without_effect(mut self) -> Self {
        for region in &mut self.regions {
            region.hazards.intervention = region.hazards.control;
        }
        for pair in [&mut self.censoring_hazard, &mut self.mean_job_days, &mut self.mean_gap_days] {
            pair.intervention = pair.control;
        }
        self
    }

    /// People randomised to each arm.
    pub fn places_per_arm(&self) -> u64 {
        self.regions.iter().map(|region| u64::from(region.places_per_arm)).sum()
    }

    pub(super) fn validate(&self) -> Result<(), DesignError> {
        match self.places_per_arm() {
            0 => return Err(DesignError::NoPlaces),
            many if many > Self::MOST_PLACES => return Err(DesignError::TooManyPlaces(many)),
            _ => {}
        }
        for (index, region) in self.regions.iter().enumerate() {
            let before = &self.regions[..index];
            if region.name.is_empty() || before.iter().any(|other| other.name == region.name) {
                return Err(DesignError::RegionName(region.name.clone()));
            }
        }
        let (opens, closes, cutoff) = (self.entry_opens, self.entry_closes, self.data_cutoff);
        let in_order = opens <= closes && closes <= cutoff;
        if !in_order || opens.year() < 1900 || cutoff.year() > 2200 {
            return Err(DesignError::Dates { opens, closes, cutoff });
        }
        self.validate_hazards()?;
        for (what, mean) in [("jobs", self.mean_job_days), ("gaps", self.mean_gap_days)] {
            if Arm::BOTH.iter().any(|&arm| !(*mean.get(arm) > 0.0 && mean.get(arm).is_finite())) {
                return Err(DesignError::MeanTime { what });
            }
        }
        Ok(())
    }

    fn validate_hazards(&self) -> Result<(), DesignError> {
        let fits = |hazard: f64| hazard >= 0.0 && hazard.is_finite();
        for arm in Arm::BOTH {
            if !fits(*self.censoring_hazard.get(arm)) {
                return Err(DesignError::Hazard { what: "censoring".to_owned() });
            }
            for region in &self.regions {
                let hazards = region.hazards.get(arm);
                if !fits(hazards.first_job) || !fits(hazards.competing) {
                    return Err(DesignError::Hazard { what: region.name.clone() });
                }
            }
        }
        Ok(())
    }
}

fn calendar(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd(year, month, day).expect("the dates written here are in the calendar")
}

/// The date some days after another.
pub(super) fn after(from: Date, days: i32) -> Date {
    from.plus_days(days).expect("a valid design stays within a few centuries")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planned_design_can_be_simulated() {
        assert_eq!(Design::planned().validate(), Ok(()));
        assert_eq!(Design::planned().without_effect().validate(), Ok(()));
        assert_eq!(Design::planned().places_per_arm(), 600);
    }

    #[test]
    fn what_is_wrong_with_a_design_is_named() {
        let planned = Design::planned();
        let mut empty = planned.clone();
        empty.regions.clear();
        assert_eq!(empty.validate(), Err(DesignError::NoPlaces));

        let mut twice = planned.clone();
        twice.regions[1].name = "flanders".to_owned();
        assert_eq!(twice.validate(), Err(DesignError::RegionName("flanders".to_owned())));

        let mut negative = planned.clone();
        negative.regions[2].hazards.control.competing = -1.0;
        assert_eq!(negative.validate(), Err(DesignError::Hazard { what: "brussels".to_owned() }));

        let mut nan = planned.clone();
        nan.mean_gap_days.control = f64::NAN;
        assert_eq!(nan.validate(), Err(DesignError::MeanTime { what: "gaps" }));

        let mut late = planned;
        late.entry_closes = late.data_cutoff.plus_days(1).unwrap();
        assert!(matches!(late.validate(), Err(DesignError::Dates { .. })));
    }
}
