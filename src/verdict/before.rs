//! Was the `before` that the guide claims true? Reported, never gated.

use crate::record::ScenarioRecord;

use super::evidence::speedup_test;
use super::gate::{BeforeClaim, BeforeFinding};
use crate::figure::{self, Rounding};
use crate::stats::{Speedup, SpeedupTest, least_baseline_samples};

/// Holds the claimed `before` against the bounds of the baseline's median, which hold at every look.
#[must_use]
pub fn before_claim(scenario: &ScenarioRecord) -> BeforeClaim {
    claim(scenario, &speedup_test(scenario))
}

/// The same from samples that are sorted already.
pub(super) fn claim(scenario: &ScenarioRecord, test: &SpeedupTest) -> BeforeClaim {
    let found = test.at(0.5, scenario.promise.speedup.low());
    let finding = finding(scenario, &found);
    BeforeClaim {
        scenario: scenario.name.clone(),
        finding,
        sentence: sentence(scenario, &found, finding),
        point_s: found.baseline_point,
        low_s: Some(found.baseline_lo).filter(|low| low.is_finite()),
        high_s: Some(found.baseline_hi).filter(|high| high.is_finite()),
    }
}

fn finding(scenario: &ScenarioRecord, found: &Speedup) -> BeforeFinding {
    let before = &scenario.promise.before;
    let (low, high) = (before.low().as_secs_f64(), before.high().as_secs_f64());
    if found.n_baseline < least_baseline_samples(0.5) {
        BeforeFinding::Undecided
    } else if found.baseline_hi < low {
        BeforeFinding::Overstated
    } else if found.baseline_lo > high {
        BeforeFinding::Understated
    } else if found.baseline_lo >= low && found.baseline_hi <= high {
        BeforeFinding::True
    } else {
        BeforeFinding::Undecided
    }
}

fn sentence(scenario: &ScenarioRecord, found: &Speedup, finding: BeforeFinding) -> String {
    let before = &scenario.promise.before;
    let Some(point) = found.baseline_point else {
        return format!("{before} is claimed, and no baseline iteration succeeded");
    };
    let median = format!(
        "{before} is claimed; the median of {} is {}",
        figure::count(found.n_baseline, "iteration"),
        figure::seconds(point, Rounding::Nearest),
    );
    match finding {
        BeforeFinding::True => format!(
            "{median}, with 95 % certainty in each direction between {} and {}: the claim holds",
            figure::seconds(found.baseline_lo, Rounding::Down),
            figure::seconds(found.baseline_hi, Rounding::Up),
        ),
        BeforeFinding::Overstated => format!(
            "{median}, with 95 % certainty at most {}: the guide makes the baseline slower than it is",
            figure::seconds(found.baseline_hi, Rounding::Up),
        ),
        BeforeFinding::Understated => format!(
            "{median}, with 95 % certainty at least {}: the baseline is slower than the guide says",
            figure::seconds(found.baseline_lo, Rounding::Down),
        ),
        BeforeFinding::Undecided if before.low() == before.high() => {
            format!(
                "{median}: a single value can be refuted, never confirmed, and this is not far off"
            )
        }
        BeforeFinding::Undecided => format!("{median}, and its bounds do not decide"),
    }
}
