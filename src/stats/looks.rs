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
    let mut test = SpeedupTest::new(&[], &[]);
    let (mut from_baseline, mut from_candidate) = (0, 0);
    for (to_baseline, to_candidate) in stops {
        let to_baseline = baseline.len().min(*to_baseline).max(from_baseline);
        let to_candidate = candidate.len().min(*to_candidate).max(from_candidate);
        test.extend(
            &baseline[from_baseline..to_baseline],
            &candidate[from_candidate..to_candidate],
        );
        (from_baseline, from_candidate) = (to_baseline, to_candidate);
        for (answers, q) in answers.iter_mut().zip(quantiles) {
            answers.push(test.at(*q, promised));
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::SampleStatus;

    fn samples(most: usize) -> impl Strategy<Value = Vec<Sample>> {
        let status = prop_oneof![
            9 => Just(SampleStatus::Ok),
            1 => Just(SampleStatus::Error),
            1 => Just(SampleStatus::Timeout),
        ];
        let sample =
            (0.001f64..10.0, status).prop_map(|(seconds, status)| Sample { seconds, status });
        prop::collection::vec(sample, 0..most)
    }

    proptest! {
        /// A look is what the run would have said, had it ended there.
        #[test]
        fn each_look_is_the_test_of_the_samples_until_then(
            baseline in samples(40), candidate in samples(200), promised in 0.5f64..50.0,
        ) {
            let stop = |n: usize| (n, n * 5);
            let stops: Vec<_> = (1..=baseline.len()).map(stop).collect();
            let answers = looks(&baseline, &candidate, &stops, &[0.5, 0.95], promised);
            for (at, (n, m)) in stops.iter().enumerate() {
                let test = SpeedupTest::new(&baseline[..*n], &candidate[..candidate.len().min(*m)]);
                for (answers, q) in answers.iter().zip([0.5, 0.95]) {
                    prop_assert_eq!(format!("{:?}", answers[at]), format!("{:?}", test.at(q, promised)));
                }
            }
        }
    }
}
