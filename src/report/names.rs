//! Lists of names: each once, or each its own.

use std::collections::HashSet;

/// Each name once, in the order in which they come.
pub(super) fn each_once<'n>(names: impl Iterator<Item = &'n String>) -> Vec<&'n String> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// The names, each its own: one that an earlier one took is numbered behind a mark, `a`, `a~2`. What
/// stands for a name may have lost the characters that told it from another's.
pub(super) fn distinct(names: impl Iterator<Item = String>, mark: char) -> Vec<String> {
    let mut taken = Vec::new();
    for name in names {
        let mut own = name.clone();
        let mut number = 1;
        while taken.contains(&own) {
            number += 1;
            own = format!("{name}{mark}{number}");
        }
        taken.push(own);
    }
    taken
}
