//! How consistently the items of a scale measure: Cronbach's alpha and `McDonald`'s omega.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use thiserror::Error;

use crate::numeric::distribution::fisher_f;
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::{mean, sample_variance, sum};
use crate::numeric::symmetric::Cholesky;

/// Below this share of an item's variance its uniqueness is taken for 0: a Heywood case.
///
/// A convention, and the lower bound at which R's `factanal` stops.
pub const SMALLEST_UNIQUENESS: f64 = 0.005;

/// A standard deviation below this share of the item's largest value is rounding.
const ROUNDING: f64 = 1e-12;

/// Why a scale has no reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReliabilityError {
    /// Too few items: alpha needs two, omega three.
    #[error("{items} items, fewer than {needed}")]
    TooFewItems {
        /// Items given.
        items: usize,
        /// Items needed.
        needed: usize,
    },
    /// Too few people: alpha needs two, omega more than there are items.
    #[error("{people} people with all items, fewer than {needed}")]
    TooFewPeople {
        /// People given.
        people: usize,
        /// People needed.
        needed: usize,
    },
    /// An answer is NaN or infinite.
    #[error("item {item} of person {person} is not a finite number")]
    NotFinite {
        /// The person, from 0.
        person: usize,
        /// The item, from 0.
        item: usize,
    },
    /// Everybody has the same answer to an item.
    #[error("everybody has the same answer to item {item}")]
    ConstantItem {
        /// The item, from 0.
        item: usize,
    },
    /// The items cancel, so that everybody has the same sum.
    #[error("everybody has the same sum of the items")]
    ConstantSum,
    /// An item is a linear combination of those before it.
    #[error("item {item} is a linear combination of the items before it")]
    Collinear {
        /// The item, from 0.
        item: usize,
    },
    /// At the maximum of the likelihood an item has no variance of its own.
    #[error("item {item} has no variance of its own in the one-factor model (Heywood case)")]
    Heywood {
        /// The item, from 0.
        item: usize,
    },
    /// The likelihood of the one-factor model has no maximum that is determined.
    #[error("the one-factor model has no maximum likelihood estimate")]
    NoMaximum,
}

/// Cronbach's alpha.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alpha {
    /// Alpha, at most 1; it may be negative.
    pub estimate: f64,
    /// Feldt's interval.
    pub interval: Interval,
    /// People.
    pub people: usize,
    /// Items.
    pub items: usize,
}

/// Estimates Cronbach's alpha of complete answers, with Feldt's interval.
///
/// ```text
/// α     = k/(k − 1) (1 − Σ sᵢ² / s²)
/// lower = 1 − (1 − α) F(1 − tail),   upper = 1 − (1 − α) F(tail)
/// ```
///
/// sᵢ² are the variances of the k items, s² that of their sum, tail = (1 − level)/2, and F the quantile of the
/// F distribution on n − 1 and (n − 1)(k − 1) degrees of freedom. The interval is exact for
/// parallel normal items. Rows of `items` are people, columns items; items scored the other way
/// round are to be turned beforehand.
///
/// # Errors
///
/// [`ReliabilityError`], naming the first item that is in the way.
///
/// # Examples
///
/// ```
/// use ips_mathematics::estimate::reliability::cronbach_alpha;
/// use ips_mathematics::numeric::interval::ConfidenceLevel;
/// use ndarray::arr2;
///
/// let items = arr2(&[[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]]);
/// let level = ConfidenceLevel::new(0.95).expect("a level");
/// let alpha = cronbach_alpha(items.view(), level).expect("items vary");
/// assert!((alpha.estimate - 0.75).abs() < 1e-14);
/// ```
///
/// # References
///
/// - Cronbach LJ (1951). *Psychometrika* 16:297–334.
/// - Feldt LS, Woodruff DJ, Salih FA (1987). *Applied Psychological Measurement* 11:93–103.
/// - Agrees with R's `psych::alpha`, and its limits with `psych::alpha.ci`; see
///   `tests/reference/r/reliability.R`.
pub fn cronbach_alpha(
    items: ArrayView2<'_, f64>,
    level: ConfidenceLevel,
) -> Result<Alpha, ReliabilityError> {
    let variances = item_variances(items, (2, 2))?;
    // Sums of deviations: sums of the items themselves would lose their digits far from 0.
    let centre = |column: ArrayView1<'_, f64>| mean(&column.to_vec()).unwrap_or(0.0);
    let centres: Vec<f64> = items.columns().into_iter().map(centre).collect();
    let deviations =
        |row: ArrayView1<'_, f64>| sum(row.iter().zip(&centres).map(|(x, centre)| x - centre));
    let sums: Vec<f64> = items.rows().into_iter().map(deviations).collect();
    let (people, k) = (items.nrows() as f64, items.ncols() as f64);
    let parts = sum(variances.iter().copied());
    let whole = sample_variance(&sums).unwrap_or(0.0);
    if whole <= ROUNDING * ROUNDING * parts {
        return Err(ReliabilityError::ConstantSum);
    }
    let estimate = k / (k - 1.0) * (1.0 - parts / whole);
    let limit = |p| {
        1.0 - (1.0 - estimate) * fisher_f::quantile(p, people - 1.0, (people - 1.0) * (k - 1.0))
    };
    let interval = Interval { lower: limit(1.0 - level.tail()), upper: limit(level.tail()) };
    Ok(Alpha { estimate, interval, people: items.nrows(), items: items.ncols() })
}

/// `McDonald`'s omega total.
#[derive(Clone, Debug, PartialEq)]
pub struct Omega {
    /// Omega of the sum of the items as they are.
    pub estimate: f64,
    /// Omega of the sum of the items, each divided by its standard deviation.
    pub standardised: f64,
    /// Each item's correlation with the factor; their sum is not negative.
    pub loadings: Vec<f64>,
    /// Share of each item's variance that the factor leaves, 1 − loading².
    pub uniquenesses: Vec<f64>,
    /// People.
    pub people: usize,
}

/// Estimates `McDonald`'s omega total from a one-factor model, fitted by maximum likelihood.
///
/// ```text
/// Σ = λλ' + diag(ψ),     minimise  ln |Σ| + tr(R Σ⁻¹),     R the items' correlations
/// ω = (Σ sᵢλᵢ)² / ((Σ sᵢλᵢ)² + Σ sᵢ²ψᵢ)
/// ```
///
/// sᵢ are the items' standard deviations in [`estimate`](Omega::estimate), and 1 in
/// [`standardised`](Omega::standardised). The likelihood does not depend on the units, so that a
/// fit to the covariances gives the same loadings, rescaled. R are Pearson's correlations, also of
/// items with two answers, where tetrachoric ones mostly give a larger omega. This is the total of
/// one factor: R's `psych::omega` fits several by default, and its hierarchical omega is another
/// quantity. The minimum is found by scoring on λ and ln ψ with halved steps, from the loadings
/// that are best for ψᵢ = (1 − 1/2k) / (R⁻¹)ᵢᵢ. Rows of `items` are people, columns the k items.
/// There is no interval: bootstrap people for one.
///
/// Where an item's ψ ends below [`SMALLEST_UNIQUENESS`] the factor is that item, or the maximum
/// lies where variances are negative: there is no omega, rather than one at an arbitrary bound.
///
/// # Errors
///
/// [`ReliabilityError`], naming the first item that is in the way.
///
/// # References
///
/// - `McDonald` RP (1999). *Test Theory: A Unified Treatment*, chapter 6.
/// - Jöreskog KG (1967). *Psychometrika* 32:443–482.
/// - Agrees with the formula on R's `stats::factanal(factors = 1)`; see
///   `tests/reference/r/reliability.R`.
pub fn mcdonald_omega(items: ArrayView2<'_, f64>) -> Result<Omega, ReliabilityError> {
    let variances = item_variances(items, (3, items.ncols() + 1))?;
    let scales: Vec<f64> = variances.iter().map(|variance| variance.sqrt()).collect();
    let correlations = correlations(items, &scales);
    let fit = OneFactor::fit(&correlations)?;
    let heywood = fit.uniqueness.iter().position(|psi| *psi < SMALLEST_UNIQUENESS);
    if let Some(item) = heywood {
        return Err(ReliabilityError::Heywood { item });
    }
    let omega = |scales: &[f64]| {
        let common = sum(scales.iter().zip(&fit.loadings).map(|(s, loading)| s * loading));
        let unique = sum(scales.iter().zip(&fit.uniqueness).map(|(s, psi)| s * s * psi));
        common * common / (common * common + unique)
    };
    let turned = if fit.loadings.sum() < 0.0 { -1.0 } else { 1.0 };
    Ok(Omega {
        estimate: omega(&scales),
        standardised: omega(&vec![1.0; scales.len()]),
        loadings: fit.loadings.iter().map(|loading| turned * loading).collect(),
        uniquenesses: fit.uniqueness.to_vec(),
        people: items.nrows(),
    })
}

/// The variance of each item; `(items, people)` are the fewest that will do.
fn item_variances(
    items: ArrayView2<'_, f64>,
    (fewest_items, fewest_people): (usize, usize),
) -> Result<Vec<f64>, ReliabilityError> {
    let (people, k) = items.dim();
    if k < fewest_items {
        return Err(ReliabilityError::TooFewItems { items: k, needed: fewest_items });
    }
    if people < fewest_people {
        return Err(ReliabilityError::TooFewPeople { people, needed: fewest_people });
    }
    if let Some(((person, item), _)) = items.indexed_iter().find(|(_, x)| !x.is_finite()) {
        return Err(ReliabilityError::NotFinite { person, item });
    }
    let variance_of = |item: usize| {
        let answers = items.column(item).to_vec();
        let largest = answers.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let variance = sample_variance(&answers).unwrap_or(0.0);
        let varies = variance.is_finite() && variance.sqrt() > ROUNDING * largest;
        varies.then_some(variance).ok_or(ReliabilityError::ConstantItem { item })
    };
    (0..k).map(variance_of).collect()
}

fn correlations(items: ArrayView2<'_, f64>, scales: &[f64]) -> Array2<f64> {
    let n = items.nrows() as f64;
    let standardised: Vec<Vec<f64>> = scales
        .iter()
        .zip(items.columns())
        .map(|(scale, column)| {
            let answers = column.to_vec();
            let centre = mean(&answers).unwrap_or(0.0);
            answers.iter().map(|x| (x - centre) / scale).collect()
        })
        .collect();
    Array2::from_shape_fn((scales.len(), scales.len()), |(i, j)| {
        if i == j {
            return 1.0;
        }
        sum(standardised[i].iter().zip(&standardised[j]).map(|(a, b)| a * b)) / (n - 1.0)
    })
}

/// A one-factor model of correlations.
struct OneFactor {
    loadings: Array1<f64>,
    uniqueness: Array1<f64>,
}

/// Below this the uniqueness can only be on its way to 0.
const VANISHED: f64 = 1e-9;

/// Scoring steps after which there is no maximum; a scale takes about ten.
const MOST_STEPS: usize = 500;

impl OneFactor {
    fn fit(correlations: &Array2<f64>) -> Result<Self, ReliabilityError> {
        let mut model = Self::start(correlations)?;
        let mut discrepancy = model.discrepancy(correlations);
        for _ in 0..MOST_STEPS {
            let step = model.scoring_step(correlations).ok_or(ReliabilityError::NoMaximum)?;
            let largest = step.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            // No uniqueness changes by more than a factor of e² at once.
            let mut share = 1.0_f64.min(2.0 / largest.max(f64::MIN_POSITIVE));
            let (next, value) = loop {
                let next = model.moved(&step, share);
                let value = next.discrepancy(correlations);
                // Near the minimum the discrepancy no longer tells better from worse.
                if value <= discrepancy || largest < 1e-6 {
                    break (next, value);
                }
                share /= 2.0;
                if share < 1e-12 {
                    return Err(model.failure());
                }
            };
            (model, discrepancy) = (next, value);
            if let Some(item) = model.uniqueness.iter().position(|psi| *psi < VANISHED) {
                return Err(ReliabilityError::Heywood { item });
            }
            if largest < 1e-13 {
                // Items without a common factor have nothing that determines their loadings.
                let related = model.loadings.iter().any(|loading| loading.abs() > 1e-6);
                return related.then_some(model).ok_or(ReliabilityError::NoMaximum);
            }
        }
        Err(model.failure())
    }

    /// Uniquenesses from the squared multiple correlations, and the loadings that are best for them.
    fn start(correlations: &Array2<f64>) -> Result<Self, ReliabilityError> {
        use crate::numeric::symmetric::NotPositiveDefinite as Not;
        let cholesky = Cholesky::new(correlations.view()).map_err(|reason| match reason {
            Not::Row { row } => ReliabilityError::Collinear { item: row },
            Not::Shape { .. } => ReliabilityError::NoMaximum,
        })?;
        let k = correlations.nrows();
        let shrink = 1.0 - 0.5 / k as f64;
        let uniqueness = cholesky.inverse().diag().mapv(|inverse| shrink / inverse);
        let roots = uniqueness.mapv(f64::sqrt);
        let scaled =
            Array2::from_shape_fn((k, k), |(i, j)| correlations[[i, j]] / (roots[i] * roots[j]));
        // The largest eigenvalue and its vector, by powers: only a start.
        let mut vector: Array1<f64> = (0..k).map(|i| 1.0 + 0.01 * i as f64).collect();
        let mut eigenvalue = 1.0;
        for _ in 0..200 {
            vector = scaled.dot(&vector);
            eigenvalue = vector.dot(&vector).sqrt();
            vector /= eigenvalue;
        }
        let length = (eigenvalue - 1.0).max(0.01).sqrt();
        Ok(Self { loadings: roots * vector * length, uniqueness })
    }

    /// Σ⁻¹ = Ψ⁻¹ − Ψ⁻¹λλ'Ψ⁻¹ / (1 + λ'Ψ⁻¹λ).
    fn inverse(&self) -> Array2<f64> {
        let k = self.loadings.len();
        let weighted = &self.loadings / &self.uniqueness;
        let signal = 1.0 + weighted.dot(&self.loadings);
        Array2::from_shape_fn((k, k), |(i, j)| {
            let own = if i == j { 1.0 / self.uniqueness[i] } else { 0.0 };
            own - weighted[i] * weighted[j] / signal
        })
    }

    /// ln |Σ| + tr(R Σ⁻¹).
    fn discrepancy(&self, correlations: &Array2<f64>) -> f64 {
        let signal = 1.0 + sum(self.loadings.iter().zip(&self.uniqueness).map(|(l, p)| l * l / p));
        let ln_determinant = ln(signal) + sum(self.uniqueness.iter().map(|psi| ln(*psi)));
        let inverse = self.inverse();
        ln_determinant + sum(correlations.iter().zip(&inverse).map(|(r, inverse)| r * inverse))
    }

    /// Newton's step in λ and ln ψ with the expected information; none where that has no inverse.
    ///
    /// With G = Σ⁻¹(Σ − R)Σ⁻¹ the gradient is Gλ in λ and ½ diag(G) in ψ; the information is
    /// (λ'Σ⁻¹λ) Σ⁻¹ + Σ⁻¹λλ'Σ⁻¹, (Σ⁻¹)ᵢⱼ (Σ⁻¹λ)ⱼ and ½ (Σ⁻¹)ᵢⱼ².
    fn scoring_step(&self, correlations: &Array2<f64>) -> Option<Array1<f64>> {
        let k = self.loadings.len();
        let inverse = self.inverse();
        let fitted = Array2::from_shape_fn((k, k), |(i, j)| {
            let own = if i == j { self.uniqueness[i] } else { 0.0 };
            own + self.loadings[i] * self.loadings[j]
        });
        let gradient = inverse.dot(&(fitted - correlations)).dot(&inverse);
        let along = inverse.dot(&self.loadings);
        let signal = along.dot(&self.loadings);
        let of_loadings = gradient.dot(&self.loadings);
        let right: Array1<f64> = (0..2 * k)
            .map(|a| match a.checked_sub(k) {
                None => -of_loadings[a],
                Some(i) => -0.5 * gradient[[i, i]] * self.uniqueness[i],
            })
            .collect();
        let information = Array2::from_shape_fn((2 * k, 2 * k), |(a, b)| {
            match (a.checked_sub(k), b.checked_sub(k)) {
                (None, None) => signal * inverse[[a, b]] + along[a] * along[b],
                (Some(i), Some(j)) => {
                    0.5 * inverse[[i, j]]
                        * inverse[[i, j]]
                        * self.uniqueness[i]
                        * self.uniqueness[j]
                }
                (Some(i), None) => inverse[[b, i]] * along[i] * self.uniqueness[i],
                (None, Some(i)) => inverse[[a, i]] * along[i] * self.uniqueness[i],
            }
        });
        let step = Cholesky::new(information.view()).ok()?.solve(right.view()).ok()?;
        step.iter().all(|x| x.is_finite()).then_some(step)
    }

    fn moved(&self, step: &Array1<f64>, share: f64) -> Self {
        let k = self.loadings.len();
        Self {
            loadings: (0..k).map(|i| self.loadings[i] + share * step[i]).collect(),
            uniqueness: (0..k).map(|i| self.uniqueness[i] * exp(share * step[k + i])).collect(),
        }
    }

    /// Why the iterations do not end: an item on its way to no variance of its own, or nothing said.
    fn failure(&self) -> ReliabilityError {
        let vanishing = self.uniqueness.iter().position(|psi| *psi < SMALLEST_UNIQUENESS);
        vanishing.map_or(ReliabilityError::NoMaximum, |item| ReliabilityError::Heywood { item })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    fn alpha(items: &Array2<f64>) -> Result<Alpha, ReliabilityError> {
        cronbach_alpha(items.view(), ConfidenceLevel::new(0.95).unwrap())
    }

    #[test]
    fn what_alpha_needs_is_named() {
        let one = arr2(&[[1.0], [2.0]]);
        assert_eq!(alpha(&one), Err(ReliabilityError::TooFewItems { items: 1, needed: 2 }));
        let alone = arr2(&[[1.0, 2.0]]);
        assert_eq!(alpha(&alone), Err(ReliabilityError::TooFewPeople { people: 1, needed: 2 }));
        let same = arr2(&[[1.0, 0.1], [2.0, 0.1], [4.0, 0.1]]);
        assert_eq!(alpha(&same), Err(ReliabilityError::ConstantItem { item: 1 }));
        let cancel = arr2(&[[1.0, 4.0], [2.0, 3.0], [5.0, 0.0]]);
        assert_eq!(alpha(&cancel), Err(ReliabilityError::ConstantSum));
        let nan = arr2(&[[1.0, 4.0], [2.0, f64::NAN]]);
        assert_eq!(alpha(&nan), Err(ReliabilityError::NotFinite { person: 1, item: 1 }));
    }

    #[test]
    fn the_same_item_twice_is_perfectly_reliable() {
        let got = alpha(&arr2(&[[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])).unwrap();
        assert!((got.estimate - 1.0).abs() < 1e-15 && (got.interval.lower - 1.0).abs() < 1e-12);
    }

    /// Eight people whose columns are uncorrelated contrasts; items are sums of them.
    fn items(loadings: [f64; 3]) -> Array2<f64> {
        let bit = |i: usize, b: usize| if i >> b & 1 == 1 { 1.0 } else { -1.0 };
        Array2::from_shape_fn((16, 3), |(i, j)| loadings[j] * bit(i, 3) + bit(i, j))
    }

    #[test]
    fn three_items_are_just_identified() {
        // Loading a: correlation with the factor a / √(a² + 1).
        let got = mcdonald_omega(items([1.0, 2.0, 0.5]).view()).unwrap();
        for (loading, a) in got.loadings.iter().zip([1.0_f64, 2.0, 0.5]) {
            assert!((loading - a / (a * a + 1.0).sqrt()).abs() < 1e-12, "{loading} {a}");
        }
        let want = 3.5 * 3.5 / (3.5 * 3.5 + 3.0);
        assert!((got.estimate - want).abs() < 1e-12, "{}", got.estimate);
    }

    #[test]
    fn models_without_a_maximum_say_why() {
        let omega = |items: &Array2<f64>| mcdonald_omega(items.view()).unwrap_err();
        let two = items([1.0, 1.0, 1.0]).select(ndarray::Axis(1), &[0, 1]);
        assert_eq!(omega(&two), ReliabilityError::TooFewItems { items: 2, needed: 3 });
        let few = items([1.0, 1.0, 1.0]).select(ndarray::Axis(0), &[0, 1, 2]);
        assert_eq!(omega(&few), ReliabilityError::TooFewPeople { people: 3, needed: 4 });
        // Uncorrelated items have no common factor.
        assert_eq!(omega(&items([0.0, 0.0, 0.0])), ReliabilityError::NoMaximum);
        // One negative correlation of three: λᵢ² = rᵢⱼ rᵢₖ / rⱼₖ would be negative for all.
        let mut odd = items([1.0, 1.0, 0.0]);
        odd.rows_mut().into_iter().for_each(|mut row| row[2] += 0.5 * (row[0] - row[1]));
        assert_eq!(omega(&odd), ReliabilityError::NoMaximum);
        let mut twice = items([1.0, 2.0, 0.5]);
        twice.rows_mut().into_iter().for_each(|mut row| row[2] = row[0] + row[1]);
        assert_eq!(omega(&twice), ReliabilityError::Collinear { item: 2 });
    }
}
