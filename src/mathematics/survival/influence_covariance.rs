//! What a simultaneous band over many times needs: how their estimates move together.
//!
//! The critical value c comes from the correlation (`resample::sup_t`); the band at one time is
//! [`super::curve::LimitScale::around`] c standard errors.

use ndarray::{Array2, ArrayView2};

use crate::numeric::weights::CaseWeights;

/// The K × K covariance of K estimates by the infinitesimal jackknife, from the derivative of
/// each by every participant's case weight, such as
/// [`super::influence::incidence_influence`] has at one time.
///
/// ```text
/// V_{jk} = Σᵢ fᵢ l_{ij} l_{ik}        frequency weights f, or 1
/// V_{jk} = Σᵢ wᵢ² l_{ij} l_{ik}       sampling weights w
/// ```
///
/// The covariance of a difference of two arms is the sum of both arms'.
///
/// # Panics
///
/// If the columns differ in length, or there is not one weight a participant.
pub fn influence_covariance(columns: &[&[f64]], weights: CaseWeights<'_>) -> Array2<f64> {
    let n = columns.first().map_or(0, |column| column.len());
    assert!(columns.iter().all(|column| column.len() == n), "one value a participant");
    assert!(weights.is_for(n), "one weight a participant");
    let square = matches!(weights, CaseWeights::Sampling(_));
    let factors: Vec<f64> = (0..n)
        .map(|i| weights.get(i))
        .map(|weight| if square { weight * weight } else { weight })
        .collect();
    let mut covariance = Array2::zeros((columns.len(), columns.len()));
    for (j, left) in columns.iter().enumerate() {
        let weighted: Vec<f64> = left.iter().zip(&factors).map(|(l, f)| l * f).collect();
        for (k, right) in columns[..=j].iter().enumerate() {
            let sum: f64 = weighted.iter().zip(*right).map(|(l, r)| l * r).sum();
            covariance[[j, k]] = sum;
            covariance[[k, j]] = sum;
        }
    }
    covariance
}

/// The correlation of estimates with that covariance, 1 on the diagonal.
///
/// The row and the column of an estimate without variance, such as an incidence before anyone's
/// event, are 0, its diagonal too: it does not widen a band.
pub fn correlation(covariance: ArrayView2<f64>) -> Array2<f64> {
    let errors: Vec<f64> = covariance.diag().iter().map(|variance| variance.sqrt()).collect();
    Array2::from_shape_fn(covariance.dim(), |(j, k)| {
        if !(errors[j] > 0.0 && errors[k] > 0.0) {
            0.0
        } else if j == k {
            1.0
        } else {
            (covariance[[j, k]] / errors[j] / errors[k]).clamp(-1.0, 1.0)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::weights::{FrequencyWeights, SamplingWeights};

    #[test]
    fn weights_of_either_kind_in_whole_numbers() {
        let (one, two) = ([1.0, -1.0, 2.0], [0.0, 3.0, 1.0]);
        let columns = [&one[..], &two[..], &[0.0; 3]];
        let of = |weights| {
            let v = influence_covariance(&columns, weights);
            [v[[0, 0]], v[[0, 1]], v[[1, 0]], v[[1, 1]], v[[2, 2]]].map(|x| x.to_string())
        };
        assert_eq!(of(CaseWeights::Once), ["6", "-1", "-1", "10", "0"]);
        let twice = FrequencyWeights(&[2, 1, 0]);
        assert_eq!(of(CaseWeights::Frequency(twice)), ["3", "-3", "-3", "9", "0"]);
        let sampled = SamplingWeights::new(&[2.0, 1.0, 3.0]).unwrap();
        assert_eq!(of(CaseWeights::Sampling(sampled)), ["41", "15", "15", "18", "0"]);
        let r = correlation(influence_covariance(&columns, CaseWeights::Once).view());
        assert!((r[[0, 1]] + 1.0 / 60.0_f64.sqrt()).abs() < 1e-15);
        assert!((r[[0, 0]] - 1.0).abs() <= 0.0 && r[[2, 2]].abs() <= 0.0 && r[[2, 0]].abs() <= 0.0);
    }
}
