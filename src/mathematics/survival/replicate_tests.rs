//! What a replicate gives is what the point estimator gives with the same weights.

use super::replicate::Replicate;
use crate::random::{Purpose, Seed, Stream};

/// A regression for replicates, and the estimator that it has to agree with.
pub(super) trait Replicated: Sized {
    /// Sorted and fitted, with its working memory.
    type Sorted;

    /// The trial of a case.
    fn draw(case: u64, stream: &mut Stream) -> Self;
    fn n_participants(&self) -> usize;
    /// None where there is no estimate.
    fn sorted(&self) -> Option<Self::Sorted>;
    fn replicate(sorted: &mut Self::Sorted, weights: &[u32]) -> Replicate;
    fn point(&self, weights: &[u32]) -> Option<Replicate>;
}

/// Six sets of weights for each of 300 trials, the first of them 1 for everyone.
pub(super) fn agree_with_the_point_estimator<R: Replicated>(seed: Seed) {
    let (mut fits, mut none) = (0, 0);
    for case in 0..300 {
        let mut stream = Stream::new(seed, Purpose::Simulation, case);
        let trial = R::draw(case, &mut stream);
        let Some(mut sorted) = trial.sorted() else { continue };
        for draw in 0..6 {
            let mut weight = || if draw == 0 { 1 } else { stream.below(4) };
            let weights: Vec<u32> = (0..trial.n_participants()).map(|_| weight()).collect();
            let got = R::replicate(&mut sorted, &weights);
            let Some(want) = trial.point(&weights) else {
                assert!(got.estimate.is_nan() && got.std_error.is_nan(), "{case} {draw}");
                none += 1;
                continue;
            };
            let off = (got.estimate - want.estimate).abs() / want.std_error;
            assert!(off < 1e-10, "{case} {draw}: {got:?} {want:?}");
            let ratio = got.std_error / want.std_error;
            assert!((ratio - 1.0).abs() < 1e-9, "{case} {draw}: {got:?} {want:?}");
            fits += 1;
        }
    }
    assert!(fits > 1200 && none > 5, "{fits} {none}");
}
