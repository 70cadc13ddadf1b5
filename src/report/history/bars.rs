//! A row of times in one line of text, the newest at the right, with a mark below each change.

use crate::report::spark::HEIGHTS;

/// Under the first value after a change.
const MARK: char = '^';
/// The ratio of the highest to the lowest time that fills the line: what differs by less is noise, and is
/// not drawn as mountains.
const LEAST_RATIO: f64 = 1.1;

/// The line and, when there is any change, the marks below it; at most `columns` wide. Where several values
/// share a column, it has the height of their median. The values are above zero.
pub(super) fn bars(
    values: &[f64],
    changes: impl IntoIterator<Item = usize>,
    columns: usize,
) -> (String, Option<String>) {
    let columns = columns.clamp(1, values.len().max(1));
    let column = |place: usize| place * columns / values.len().max(1);
    let mut shared: Vec<Vec<f64>> = vec![Vec::new(); columns];
    for (place, value) in values.iter().enumerate() {
        shared[column(place)].push(value.ln());
    }
    let middles: Vec<f64> = shared.iter_mut().filter_map(|some| median(some)).collect();
    let (low, high) = span(&middles);
    let height = |middle: &f64| {
        let share = (middle - low) / (high - low) * HEIGHTS.len() as f64;
        let reached = |height: &usize| *height as f64 <= share;
        let height = (0..HEIGHTS.len()).rev().find(reached);
        HEIGHTS[height.unwrap_or(0)]
    };
    let mut marks = vec![' '; columns];
    for place in changes {
        if let Some(mark) = marks.get_mut(column(place)) {
            *mark = MARK;
        }
    }
    let marks: String = marks.into_iter().collect();
    let marks = marks.trim_end();
    let marks = (!marks.is_empty()).then(|| marks.to_owned());
    (middles.iter().map(height).collect(), marks)
}

/// The ends of the scale, so that it is never narrower than what matters.
fn span(logarithms: &[f64]) -> (f64, f64) {
    let low = logarithms.iter().copied().fold(f64::INFINITY, f64::min);
    let high = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let spare = (LEAST_RATIO.ln() - (high - low)).max(0.0) / 2.0;
    (low - spare, high + spare)
}

/// The middle value, of two the higher one.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_is_as_wide_as_its_values_or_its_room(
            values in prop::collection::vec(1e-9f64..1e3, 1..300),
            columns in 1usize..120,
            change in 0usize..300,
        ) {
            let change = change % values.len();
            let (line, marks) = bars(&values, [change], columns);
            prop_assert_eq!(line.chars().count(), columns.min(values.len()));
            let marks = marks.unwrap();
            prop_assert!(marks.chars().count() <= line.chars().count());
            prop_assert_eq!(marks.trim_start(), "^");
        }
    }

    #[test]
    fn a_step_is_seen_with_the_first_run_after_it() {
        let values: Vec<f64> = (0..12)
            .map(|run| if run < 8 { 0.050 } else { 0.075 })
            .collect();
        let (line, marks) = bars(&values, [8], 80);
        assert_eq!(line, "▁▁▁▁▁▁▁▁████");
        assert_eq!(marks.unwrap(), "        ^");
        let (line, marks) = bars(&values, [8], 6);
        assert_eq!(
            (line.as_str(), marks.unwrap().as_str()),
            ("▁▁▁▁██", "    ^")
        );
    }

    #[test]
    fn noise_is_not_drawn_as_mountains() {
        let (line, marks) = bars(&[1.0, 1.004, 0.996, 1.0], [], 80);
        assert_eq!((line.as_str(), marks), ("▅▅▄▅", None));
    }
}
