//! Figures as people read them: three digits say all that a benchmark knows.

use std::time::Duration;

use crate::units::show_duration;

/// `0.08361` as `83.6ms`.
pub(super) fn seconds(seconds: f64) -> String {
    Duration::try_from_secs_f64(three_digits(seconds))
        .map_or_else(|_| "no bound".to_owned(), show_duration)
}

/// `23.684` as `23.7x`.
pub(super) fn ratio(ratio: f64) -> String {
    format!("{}x", three_digits(ratio))
}

/// `1 iteration`, `2 iterations`.
pub(super) fn count(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `0.95` as `p95`.
pub(super) fn quantile(q: f64) -> String {
    format!("p{}", three_digits(q * 100.0))
}

fn three_digits(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        assert_eq!(seconds(0.083_612), "83.6ms");
        assert_eq!(seconds(2.5), "2.5s");
        assert_eq!(seconds(f64::INFINITY), "no bound");
        assert_eq!(ratio(23.684_210_5), "23.7x");
        assert_eq!(ratio(1234.5), "1230x");
        assert_eq!(quantile(0.95), "p95");
        assert_eq!(quantile(0.999), "p99.9");
    }

    #[test]
    fn lists_read_like_sentences() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&items), "a, b and c");
        assert_eq!(list(&items[..1]), "a");
        assert_eq!(count(1, "iteration"), "1 iteration");
        assert_eq!(count(0, "iteration"), "0 iterations");
    }
}
