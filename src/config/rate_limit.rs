//! `[rate_limit]`: the rate that the candidate is to bear.

use std::time::Duration;

use super::read::more_than_nothing;
use crate::diagnostic::{At, Complaints, FromToml, Node};
use crate::units::Rate;

/// Ten times what Notion allows.
const DEFAULT_RATE: &str = "30/s";
/// The default of [`RateLimitConfig::lasts`].
const DEFAULT_LASTS: Duration = Duration::from_secs(20);
/// More than this in a second is a test of the machine that the harness runs on.
pub const HIGHEST_RATE: f64 = 1000.0;

/// A constant rate of reads, and how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimitConfig {
    /// How many requests are due in which time.
    pub rate: Rate,
    /// How long, more than nothing.
    pub lasts: Duration,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        Self {
            // The text above is a rate, as the tests show; Notion's own would be a mild load.
            rate: DEFAULT_RATE.parse().unwrap_or(Rate::NOTION),
            lasts: DEFAULT_LASTS,
        }
    }
}

#[derive(Default)]
pub(super) struct RateLimitTable {
    rate: Option<At<Rate>>,
    lasts: Option<At<Duration>>,
}

impl FromToml for RateLimitTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the rate limit")?;
        let table = Self {
            rate: section.optional("rate"),
            lasts: section.optional("for"),
        };
        section.finish().then_some(table)
    }
}

impl RateLimitTable {
    pub(super) fn resolve(self, complaints: &Complaints) -> Option<RateLimitConfig> {
        let default = RateLimitConfig::default();
        let too_high = |rate: &&At<Rate>| rate.value.per_second() > HIGHEST_RATE;
        if let Some(rate) = self.rate.as_ref().filter(too_high) {
            let message = format!(
                "{} is a test of the machine that cutover runs on",
                rate.value
            );
            let help = format!("write at most {HIGHEST_RATE}/s, like `30/s`");
            complaints.add(&rate.span, message, help);
        }
        Some(RateLimitConfig {
            lasts: more_than_nothing(self.lasts, default.lasts, complaints)?,
            rate: self.rate.map_or(default.rate, |rate| rate.value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_it_is_ten_times_what_notion_allows_for_twenty_seconds() {
        let default = RateLimitConfig::default();
        assert_eq!(default.rate.to_string(), DEFAULT_RATE);
        assert!((default.rate.per_second() / Rate::NOTION.per_second() - 10.0).abs() < 1e-9);
        assert_eq!(default.lasts, Duration::from_secs(20));
    }
}
