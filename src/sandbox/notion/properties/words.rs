//! Words of a fixed list, such as colours: kept as the list's own, read from a snapshot by their text.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A word of a fixed list. An alias, as serde takes a written-out reference for a part of its input.
pub(crate) type Word = &'static str;

/// Reads one of these words.
pub(super) fn one_of<'de, D: Deserializer<'de>>(
    deserializer: D,
    words: &[&'static str],
) -> Result<&'static str, D::Error> {
    let given = String::deserialize(deserializer)?;
    let known = words.iter().copied().find(|word| *word == given);
    known.ok_or_else(|| D::Error::custom(format!("`{given}` is none of {}", words.join(", "))))
}
