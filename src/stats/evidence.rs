//! Evidence that may be looked at after every sample.
//!
//! An E-value is the money of a gambler who bets, at fair odds under the hypothesis, that it is
//! wrong. Under the hypothesis it exceeds `1/a` with a probability of at most `a` *ever*, however
//! often one looks (Ville's inequality). The gambler splits the stake over several bets `theta`,
//! the odds ratios of the alternatives, so that small and large differences are both found.

/// A test's answer, before anybody decides what to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The evidence shows that the condition holds.
    Confirmed,
    /// The evidence shows that it does not.
    Refuted,
    /// The evidence does not decide.
    Undecided,
}

/// How sure a one-sided bound must be, and the bets that it is found with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The probability that the bound is ever wrong, between 0 and 1.
    pub alpha: f64,
    /// The bets: odds ratios above 1.
    pub thetas: &'static [f64],
}

/// Few samples: bets on large differences. With [`CANDIDATE`] 5 % one-sided, in each direction.
pub const BASELINE: Level = Level {
    alpha: 0.045,
    thetas: &[1.5, 3.0, 8.0, 24.0],
};

/// Many samples: bets on small differences.
pub const CANDIDATE: Level = Level {
    alpha: 0.005,
    thetas: &[1.1, 1.25, 1.5, 2.0, 4.0],
};

/// An absolute target for the candidate: 5 % one-sided, in each direction.
pub const TARGET: Level = Level {
    alpha: 0.05,
    thetas: CANDIDATE.thetas,
};

impl Level {
    /// The `ln E` at which the evidence suffices: `V ln(1/a)`, with `vif` the variance inflation
    /// `V >= 1`.
    #[must_use]
    pub fn needed(&self, vif: f64) -> f64 {
        -vif * self.alpha.ln()
    }

    /// [`log_e_value`] with this level's bets.
    #[must_use]
    pub fn log_e_value(&self, s: usize, n: usize, p0: f64) -> f64 {
        log_e_value(s, n, p0, self.thetas)
    }
}

/// The evidence of `s` ones in `n` trials against `P(X = 1) <= p0`, with `0 < p0 < 1`:
///
/// ```text
/// ln E = ln mean over theta of exp( s ln theta - n ln(1 - p0 + theta p0) )
/// ```
///
/// It grows with `s`, because every `theta` is above 1. Without a bet there is no evidence: `-inf`.
///
/// ```
/// let ln_e = cutover::stats::log_e_value(6, 6, 0.5, &[1.5, 3.0, 8.0, 24.0]);
/// assert!((ln_e - 3.1784953925740433).abs() < 1e-9);
/// ```
#[must_use]
pub fn log_e_value(s: usize, n: usize, p0: f64, thetas: &[f64]) -> f64 {
    Bets::new(n, p0, thetas).log_e_value(s)
}

/// The bets on `n` trials: what does not depend on their outcome is computed once.
pub(super) struct Bets {
    /// For each `theta`: `ln theta`, which a one brings, and `n ln(1 - p0 + theta p0)`, the stake.
    gains_and_stakes: Vec<(f64, f64)>,
}

impl Bets {
    pub(super) fn new(n: usize, p0: f64, thetas: &[f64]) -> Self {
        let stake = |theta: f64| n as f64 * (p0 * (theta - 1.0)).ln_1p();
        Self {
            gains_and_stakes: thetas.iter().map(|t| (t.ln(), stake(*t))).collect(),
        }
    }

    /// The logarithm of the bets' mean, by log-sum-exp around the largest so far.
    pub(super) fn log_e_value(&self, s: usize) -> f64 {
        let (mut largest, mut sum) = (f64::NEG_INFINITY, 0.0);
        for (gain, stake) in &self.gains_and_stakes {
            let exponent = s as f64 * gain - stake;
            if exponent > largest {
                sum = sum * (largest - exponent).exp() + 1.0;
                largest = exponent;
            } else {
                sum += (exponent - largest).exp();
            }
        }
        if largest.is_infinite() {
            return largest;
        }
        largest + (sum / self.gains_and_stakes.len() as f64).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn evidence_grows_with_the_ones(n in 1usize..5_000, s in 0usize..5_000, p0 in 0.01f64..0.99) {
            let s = s % n;
            for level in [BASELINE, CANDIDATE] {
                prop_assert!(level.log_e_value(s, n, p0) < level.log_e_value(s + 1, n, p0));
            }
        }

        /// The fair game: over all outcomes of n trials at exactly p0 the mean of E is 1.
        #[test]
        fn under_the_hypothesis_the_mean_of_e_is_one(n in 1usize..60, p0 in 0.02f64..0.98) {
            let mut mean = 0.0;
            let mut ln_binomial = 0.0;
            for s in 0..=n {
                let ln_p = ln_binomial + s as f64 * p0.ln() + (n - s) as f64 * (1.0 - p0).ln();
                mean += (ln_p + BASELINE.log_e_value(s, n, p0)).exp();
                ln_binomial += (((n - s) as f64) / (s + 1) as f64).ln();
            }
            prop_assert!((mean - 1.0).abs() < 1e-9, "{mean}");
        }
    }

    #[test]
    fn without_a_bet_there_is_no_evidence() {
        let nothing = log_e_value(5, 5, 0.5, &[]);
        assert!(nothing.is_infinite() && nothing < 0.0);
    }

    #[test]
    fn huge_samples_do_not_overflow() {
        assert!(CANDIDATE.log_e_value(100_000, 100_000, 0.5).is_finite());
        assert!(CANDIDATE.log_e_value(0, 100_000, 0.95).is_finite());
    }
}
