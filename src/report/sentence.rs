//! What is text and what is a command in a sentence: the verdict's sentences put commands and values
//! between back-ticks, and every format that can show them as code follows one rule.

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text, without a back-tick.
    Words(&'t str),
    /// What stood between two back-ticks; it has none, and more than white space.
    Code(&'t str),
    /// A back-tick that is no mark.
    Tick,
}

/// The parts of a sentence in their order. No two commands stand side by side: in some formats they
/// would be one.
pub(super) fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('`') {
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let follows_code = matches!(pieces.last(), Some(Piece::Code(_)));
        rest = match after.split_once('`') {
            Some((inside, after)) if !inside.trim().is_empty() && !follows_code => {
                pieces.push(Piece::Code(inside));
                after
            }
            _ => {
                pieces.push(Piece::Tick);
                after
            }
        };
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_of_a_sentence_is_lost(sentence in "[a `]{0,40}") {
            let pieces = pieces(&sentence);
            let text = |piece: &Piece<'_>| match piece {
                Piece::Words(words) => (*words).to_owned(),
                Piece::Code(code) => format!("`{code}`"),
                Piece::Tick => "`".to_owned(),
            };
            prop_assert_eq!(pieces.iter().map(text).collect::<String>(), sentence.as_str());
            let is_code = |piece: &Piece<'_>| matches!(piece, Piece::Code(_));
            prop_assert!(!pieces.windows(2).any(|two| two.iter().all(is_code)));
        }
    }

    #[test]
    fn a_pair_of_ticks_is_a_command() {
        use Piece::{Code, Tick, Words};
        assert_eq!(
            pieces("run `cutover init` now"),
            [Words("run "), Code("cutover init"), Words(" now")]
        );
        assert_eq!(
            pieces("a lone ` tick"),
            [Words("a lone "), Tick, Words(" tick")]
        );
        assert_eq!(pieces("` `"), [Tick, Words(" "), Tick]);
    }
}
