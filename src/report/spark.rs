//! A distribution in one line of text: how many iterations were how fast.

use super::summary::SPREAD_BINS;

/// Eighths of a line's height.
pub(super) const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Where nothing was measured: the axis stays visible.
const NOTHING: char = '·';

/// The widths that a spark line can have, the widest first: each takes whole steps together.
pub(super) const WIDTHS: [usize; 3] = [SPREAD_BINS, SPREAD_BINS / 2, SPREAD_BINS / 3];

/// The line, `width` characters long, one of [`WIDTHS`]. The highest step of each side has the full
/// height, and one that holds anything is never empty.
pub(super) fn spark(spread: &[usize; SPREAD_BINS], width: usize) -> String {
    let steps: Vec<usize> = spread
        .chunks(SPREAD_BINS / width.clamp(1, SPREAD_BINS))
        .map(|steps| steps.iter().sum())
        .collect();
    let highest = steps.iter().copied().max().unwrap_or(0);
    let height = |count: usize| match count {
        0 => NOTHING,
        count => HEIGHTS[(count * HEIGHTS.len()).div_ceil(highest.max(1)) - 1],
    };
    steps.into_iter().map(height).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_has_its_width_and_shows_whatever_was_measured(
            spread in prop::array::uniform24(0usize..1_000_000),
        ) {
            for width in WIDTHS {
                let line = spark(&spread, width);
                prop_assert_eq!(line.chars().count(), width);
                let steps = SPREAD_BINS / width;
                for (step, c) in spread.chunks(steps).zip(line.chars()) {
                    prop_assert_eq!(step.iter().all(|count| *count == 0), c == NOTHING);
                }
                prop_assert_eq!(line.contains('█'), spread.iter().any(|count| *count > 0));
            }
        }
    }

    #[test]
    fn one_of_a_million_is_seen() {
        let mut spread = [0; SPREAD_BINS];
        (spread[3], spread[20]) = (999_999, 1);
        assert_eq!(spark(&spread, 24), "···█················▁···");
        assert_eq!(spark(&spread, 12), "·█········▁·");
        assert_eq!(spark(&[0; SPREAD_BINS], 8), "········");
    }
}
