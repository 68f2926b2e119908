//! The acceleration of the `BCa` interval, from influence values.

use super::NotEstimable;
use super::case_weights::ResamplingStrata;

/// Influence values that vary less than this share of their size are taken as constant: their
/// differences are rounding.
const CONSTANT_SHARE: f64 = 1e-12;

/// The acceleration a of the `BCa` interval where strata are resampled separately.
///
/// It is a sixth of the estimate's skewness, to first order. With lᵢ the influence of unit i on
/// the estimate, the sum of those of its participants, nₛ the number of units of stratum s,
///
/// ```text
/// a = Σₛ nₛ⁻³ Σ_{i ∈ s} lᵢ³  /  ( 6 (Σₛ nₛ⁻² Σ_{i ∈ s} lᵢ²)^{3/2} )
/// ```
///
/// # Conventions
///
/// `influence` has one value a participant, in the scale of the stratum: θ̂ − θ ≈ Σₛ nₛ⁻¹ Σ lᵢ, so
/// that Σₛ nₛ⁻² Σ lᵢ² is the estimate's variance. Values ψ in the scale of the whole sample,
/// θ̂ − θ ≈ n⁻¹ Σ ψᵢ, are to be multiplied by nₛ / n first, derivatives by the case weight by nₛ
/// ([`ResamplingStrata::scale_to_groups`]). The sign and the scale matter; the origin does not:
/// units are centred within each stratum here, so with clusters of unequal size it is to be one
/// in which the values of a stratum sum to zero, as those of an estimate do.
///
/// # Errors
///
/// [`NotEstimable::InfluenceConstant`] where no stratum has any spread,
/// [`NotEstimable::InfluenceNotFinite`].
///
/// # Panics
///
/// If there is not one value a participant.
///
/// # References
///
/// Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, sections 3.2 and
/// 5.3.2. With one stratum it is the acceleration of R's `boot::boot.ci`, Σ l³ / (6 (Σ l²)^1.5);
/// `boot.ci` uses that also with strata, where it differs unless all have one size. Ours is the
/// skewness over six of all resamples of a linear statistic: `tests/reference/r/resample.R`.
pub fn acceleration(influence: &[f64], strata: &ResamplingStrata) -> Result<f64, NotEstimable> {
    assert_eq!(influence.len(), strata.n_participants(), "one influence value a participant");
    if influence.iter().any(|value| !value.is_finite()) {
        return Err(NotEstimable::InfluenceNotFinite);
    }
    // In units of the largest value, so that cubes neither overflow nor vanish.
    let largest = influence.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return Err(NotEstimable::InfluenceConstant);
    }
    let (mut second, mut third, mut rounding) = (0.0, 0.0, 0.0);
    let of_units = influence_of_units(influence, strata);
    for units in strata.unit_ranges() {
        let size = units.len() as f64;
        let values = || of_units[units.clone()].iter().map(|l| l / largest);
        let mean = values().sum::<f64>() / size;
        let squares: f64 = values().map(|l| (l - mean) * (l - mean)).sum();
        let cubes: f64 = values().map(|l| (l - mean) * (l - mean) * (l - mean)).sum();
        second += squares / (size * size);
        third += cubes / (size * size * size);
        rounding += CONSTANT_SHARE * CONSTANT_SHARE / size;
    }
    if second <= rounding {
        return Err(NotEstimable::InfluenceConstant);
    }
    Ok(third / (6.0 * second * second.sqrt()))
}

/// The influence of each unit, in the order of [`ResamplingStrata::units`]: the sum of its
/// participants' values.
///
/// # Panics
///
/// If there is not one value a participant.
pub fn influence_of_units(influence: &[f64], strata: &ResamplingStrata) -> Vec<f64> {
    assert_eq!(influence.len(), strata.n_participants(), "one influence value a participant");
    let of = |unit: &[u32]| unit.iter().map(|&member| influence[member as usize]).sum();
    strata.units().map(|(_, unit)| of(unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_influence_has_no_acceleration() {
        let strata = ResamplingStrata::new(&[0, 0, 0, 1, 1, 2]).unwrap();
        let constant = [0.1, 0.1, 0.1, -0.7, -0.7, 5.0];
        assert_eq!(acceleration(&constant, &strata), Err(NotEstimable::InfluenceConstant));
        assert_eq!(acceleration(&[0.0; 6], &strata), Err(NotEstimable::InfluenceConstant));
        let broken = [0.1, f64::NAN, 0.1, 0.0, 0.0, 0.0];
        assert_eq!(acceleration(&broken, &strata), Err(NotEstimable::InfluenceNotFinite));
    }

    #[test]
    fn symmetric_influence_has_acceleration_zero() {
        let strata = ResamplingStrata::new(&[0, 0, 0, 1, 1]).unwrap();
        let symmetric = [1.0, 2.0, 3.0, -4.0, 9.0];
        assert!(acceleration(&symmetric, &strata).unwrap().abs() < 1e-15);
    }
}
