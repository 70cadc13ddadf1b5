//! The row of a scenario's failures: a build that fails more often is worse, however fast it is.

use super::times::counts;
use super::{Judged, RegressionRow};
use crate::record::{BlockSettings, Build, Series};
use crate::stats::{more_failures, spent};

/// The measure of the row.
pub(super) const MEASURE: &str = "failures";

/// Whether the new build fails more often; no row when nothing failed. At each look Fisher's exact test may
/// spend what a bound may spend there.
///
/// A new build that failed, and more often than the old one, is not OK even where chance may be why.
pub(super) fn row(series: &Series, settings: &BlockSettings) -> Option<RegressionRow> {
    let [old, new] = Build::BOTH.map(|build| counts(&series.blocks, build));
    if old.0 + new.0 == 0 {
        return None;
    }
    let looks = settings.looks.iter().zip(spent(&settings.looks));
    let reached = looks.filter(|(look, _)| **look as usize <= series.blocks.len());
    let mut at_looks = reached.clone().map(|(look, alpha)| {
        let so_far = &series.blocks[..*look as usize];
        let [old, new] = Build::BOTH.map(|build| counts(so_far, build));
        (*look, more_failures(old, new) <= alpha)
    });
    let refuted_at = at_looks.find_map(|(look, is_more)| is_more.then_some(look));
    let last = reached.map(|(look, _)| *look).next_back();
    let more_often = u128::from(new.0) * u128::from(old.1) > u128::from(old.0) * u128::from(new.1);
    let (verdict, words) = match (refuted_at, last) {
        (Some(_), _) => (Judged::Regression, "which is more than chance gives"),
        (None, None) => (Judged::Inconclusive, "which too few blocks saw"),
        (None, Some(_)) if more_often => (
            Judged::Inconclusive,
            "which chance may give as well; that does not make them good answers",
        ),
        (None, Some(_)) => (Judged::Ok, "so that it does not fail more often"),
    };
    let next = match verdict {
        Judged::Regression => Some("Repair the new build's answers."),
        Judged::Inconclusive => Some("Find out why answers of the new build failed."),
        Judged::Ok | Judged::Improvement => None,
    };
    let first = series.blocks.iter().flat_map(|block| &block.new.failures);
    let example = first.map(|failure| failure.detail.as_str()).next();
    let example = example.map_or_else(String::new, |detail| format!("; the first: {detail}"));
    Some(RegressionRow {
        verdict,
        blocks: last.unwrap_or(0),
        decided_at: match verdict {
            Judged::Ok => last,
            _ => refuted_at,
        },
        samples: [old.1, new.1],
        failed: [old.0, new.0],
        reason: format!(
            "{} of {} iterations failed on the new build and {} of {} on the old one, {words}{example}",
            new.0, new.1, old.0, old.1
        ),
        next: next.map(str::to_owned),
        ..RegressionRow::of(series, MEASURE)
    })
}
