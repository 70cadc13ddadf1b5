//! What a run knew at each of its looks: the same gate, asked again after every baseline iteration.

use super::ratio::{Speedup, SpeedupTest};
use crate::record::Sample;

/// Asks again whether the speedup at each of `quantiles` is at least `promised`, at each of the
/// `stops`: so many baseline and so many candidate samples, both growing.
///
/// The answers come by quantile, and by stop within each.
///
/// ```
/// use cutover::record::{Sample, SampleStatus};
/// use cutover::stats::{SpeedupTest, looks};
/// let ok = |seconds| Sample { seconds, status: SampleStatus::Ok };
/// let (baseline, candidate) = ([ok(2.0); 12], [ok(0.05); 300]);
/// let answers = looks(&baseline, &candidate, &[(5, 100), (12, 300)], &[0.5], 20.0);
/// let last = SpeedupTest::new(&baseline, &candidate).at(0.5, 20.0);
/// assert_eq!(answers[0][1], last);
/// ```
#[must_use]
pub fn looks(
    baseline: &[Sample],
    candidate: &[Sample],
    stops: &[(usize, usize)],
    quantiles: &[f64],
    promised: f64,
) -> Vec<Vec<Speedup>> {
    let mut answers = vec![Vec::with_capacity(stops.len()); quantiles.len()];
    for (n_baseline, n_candidate) in stops {
        let baseline = &baseline[..baseline.len().min(*n_baseline)];
        let candidate = &candidate[..candidate.len().min(*n_candidate)];
        let test = SpeedupTest::new(baseline, candidate);
        for (answers, q) in answers.iter_mut().zip(quantiles) {
            answers.push(test.at(*q, promised));
        }
    }
    answers
}
