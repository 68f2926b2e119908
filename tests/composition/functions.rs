//! What is a function of numbers of people, from these numbers alone.

use ips_eval::estimate::agreement::{ReportPairs, agreement};
use ips_eval::estimate::balance::{
    LevelCounts, categorical_difference, level_differences, pearson_levels,
};
use ips_eval::estimate::heterogeneity::equal_risk_ratios;
use ips_eval::estimate::proportion::{Count, wilson};
use ips_eval::estimate::ratio::{odds_ratio, risk_ratio};
use ips_eval::estimate::regression::{arm_and_strata, arm_by_stratum_wald};
use ips_eval::estimate::risk_difference::{mantel_haenszel, newcombe, wald};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::shrinkage::{GroupEstimate, shrink};
use ips_eval::estimate::two_by_two::{fisher_exact, pearson_chi_squared};
use ips_eval::numeric::chi_squared_test::ChiSquaredTest;
use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::results::composition::Table;
use ips_eval::results::row::{ALL_REGIONS, Row};
use ips_eval::results::vocabulary::{Analysis, Method, Statistic};
use ips_eval::trial::arm::{Arm, TwoArm};

/// The value of a row, from the numbers of people in the sets of its composition.
pub(super) fn recomputed(row: &Row, table: Table, counts: &[u64], level: f64) -> Option<f64> {
    let level = ConfidenceLevel::new(level)?;
    match table {
        Table::Share => share(row, Count::new(counts[1], counts[0])?, level),
        Table::TwoArms => two_arms(row, two(counts)?, level),
        Table::Strata => {
            let strata: Option<Vec<TwoArm<Count>>> = counts.chunks(4).map(two).collect();
            over_strata(row, &strata?, level)
        }
        Table::Levels => of_levels(row, counts),
        Table::Pairs => {
            let [both, first_only, second_only, neither]: [u64; 4] = counts.try_into().ok()?;
            of_pairs(row, ReportPairs { both, first_only, second_only, neither }, level)
        }
    }
}

fn two(counts: &[u64]) -> Option<TwoArm<Count>> {
    let intervention = Count::new(counts[1], counts[0])?;
    Some(TwoArm { intervention, control: Count::new(counts[3], counts[2])? })
}

fn limits(statistic: Statistic, estimate: f64, interval: Interval) -> Option<f64> {
    match statistic {
        Statistic::Estimate => Some(estimate),
        Statistic::CiLower => Some(interval.lower),
        Statistic::CiUpper => Some(interval.upper),
        _ => None,
    }
}

fn test(statistic: Statistic, own: ChiSquaredTest) -> Option<f64> {
    match statistic {
        Statistic::TestStatistic => Some(own.statistic),
        Statistic::Df => Some(own.df as f64),
        Statistic::PValue => Some(own.p_value),
        _ => None,
    }
}

fn share(row: &Row, count: Count, level: ConfidenceLevel) -> Option<f64> {
    let own = wilson(count, level).ok()?;
    limits(row.key.statistic, own.estimate, own.interval)
}

fn two_arms(row: &Row, counts: TwoArm<Count>, level: ConfidenceLevel) -> Option<f64> {
    let statistic = row.key.statistic;
    match row.key.method {
        Method::RiskDifferenceNewcombe => {
            let own = newcombe(counts, level).ok()?;
            limits(statistic, own.estimate, own.interval)
        }
        Method::RiskDifferenceWald => {
            let own = wald(counts, level).ok()?;
            match statistic {
                Statistic::StdError => Some(own.std_error),
                _ => limits(statistic, own.estimate, own.interval),
            }
        }
        Method::RiskRatio => {
            let own = risk_ratio(counts, level).ok()?;
            limits(statistic, own.estimate, own.interval)
        }
        Method::OddsRatio => {
            let own = odds_ratio(counts, level).ok()?;
            limits(statistic, own.estimate, own.interval)
        }
        Method::PearsonChiSquared => test(statistic, pearson_chi_squared(counts).ok()?),
        Method::FisherExact => fisher_exact(counts).ok(),
        // The share of the arm with more answers that is trimmed: 1 − smaller / larger.
        Method::LeeBounds => {
            let p = counts.map(|own| own.events() as f64 / own.n() as f64);
            let (low, high) = (p.intervention.min(p.control), p.intervention.max(p.control));
            Some((high - low) / high)
        }
        Method::StandardisedMeanDifference => {
            let levels = counts.map(|own| LevelCounts {
                counts: vec![own.n() - own.events(), own.events()],
                missing: 0,
            });
            let own = level_differences(levels.as_ref()).ok()?;
            own.into_iter().nth(1)?.ok()
        }
        _ => None,
    }
}

/// People one by one, as a regression takes them.
fn people(strata: &[TwoArm<Count>]) -> (Vec<f64>, Vec<Arm>, Vec<usize>) {
    let (mut outcomes, mut arms, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for (stratum, counts) in strata.iter().enumerate() {
        for (arm, own) in counts.iter() {
            for at in 0..own.n() {
                outcomes.push(f64::from(u8::from(at < own.events())));
                arms.push(arm);
                codes.push(stratum);
            }
        }
    }
    (outcomes, arms, codes)
}

fn over_strata(row: &Row, strata: &[TwoArm<Count>], level: ConfidenceLevel) -> Option<f64> {
    let statistic = row.key.statistic;
    let (outcomes, arms, codes) = people(strata);
    let sample = StratifiedSample::new(&outcomes, &arms, &codes, strata.len());
    match row.key.method {
        Method::RiskDifferenceMantelHaenszel => {
            let own = mantel_haenszel(strata, level).ok()?.difference;
            match statistic {
                Statistic::StdError => Some(own.std_error),
                _ => limits(statistic, own.estimate, own.interval),
            }
        }
        Method::WaldLogRiskRatio => test(statistic, equal_risk_ratios(strata).ok()?),
        Method::WaldHc2 => test(statistic, arm_by_stratum_wald(&sample.ok()?).ok()?),
        Method::OlsStrataHc2 => {
            let own = arm_and_strata(&sample.ok()?, level).ok()?;
            match statistic {
                Statistic::Estimate => return Some(own.estimate),
                Statistic::Df => return Some(own.df as f64),
                _ => {}
            }
            let of = own.inference.ok()?;
            match statistic {
                Statistic::StdError => Some(of.std_error),
                Statistic::PValue => Some(of.p_value),
                // F of the first stage.
                Statistic::TestStatistic => {
                    let z = own.estimate / of.std_error;
                    Some(z * z)
                }
                _ => limits(statistic, own.estimate, of.interval),
            }
        }
        Method::EmpiricalBayes => shrunken(row, strata, level),
        _ => None,
    }
}

fn shrunken(row: &Row, regions: &[TwoArm<Count>], level: ConfidenceLevel) -> Option<f64> {
    let own: Option<Vec<GroupEstimate>> = regions
        .iter()
        .map(|counts| {
            let own = wald(*counts, level).ok()?;
            Some(GroupEstimate { estimate: own.estimate, std_error: own.std_error })
        })
        .collect();
    let own = shrink(&own?, level).ok()?;
    let statistic = row.key.statistic;
    if row.key.analysis == Analysis::Interaction {
        return test(statistic, own.heterogeneity);
    }
    if row.key.region == ALL_REGIONS {
        return match statistic {
            Statistic::Estimate => Some(own.mean),
            Statistic::StdError => Some(own.mean_std_error),
            Statistic::BetweenStdDev => Some(own.tau_squared.sqrt()),
            _ => None,
        };
    }
    // Which region it is, the numbers do not say: the one whose value it is.
    let value = row.value?;
    let of = |group: &ips_eval::estimate::shrinkage::Shrunken| match statistic {
        Statistic::StdError => Some(group.std_error),
        _ => limits(statistic, group.estimate, group.interval),
    };
    own.groups.iter().filter_map(of).min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()))
}

fn of_levels(row: &Row, counts: &[u64]) -> Option<f64> {
    let of_arm = |arm: usize| LevelCounts {
        counts: counts.chunks(2).map(|pair| pair[arm]).collect(),
        missing: 0,
    };
    let levels = TwoArm { intervention: of_arm(0), control: of_arm(1) };
    match row.key.method {
        Method::StandardisedMeanDifference => categorical_difference(levels.as_ref()).ok(),
        Method::PearsonChiSquared => test(row.key.statistic, pearson_levels(levels.as_ref()).ok()?),
        _ => None,
    }
}

fn of_pairs(row: &Row, pairs: ReportPairs, level: ConfidenceLevel) -> Option<f64> {
    let own = agreement(pairs, level).ok()?;
    match row.key.method {
        Method::PercentAgreement => {
            limits(row.key.statistic, own.observed.estimate, own.observed.interval)
        }
        Method::CohenKappa => {
            let kappa = own.kappa.ok()?;
            match row.key.statistic {
                Statistic::StdError => Some(kappa.std_error),
                _ => limits(row.key.statistic, kappa.estimate, kappa.interval),
            }
        }
        _ => None,
    }
}
