//! Which dialect a request speaks. Notion keeps old versions alive by a header; the shapes of this
//! simulator are those of 2022-06-28, and it says so rather than answer another version in them.

use super::errors::NotionError;

/// The version that is implemented.
pub(super) const SPOKEN: &str = "2022-06-28";

/// Every version that Notion accepts.
const ACCEPTED: [&str; 7] = [
    "2021-05-11",
    "2021-05-13",
    "2021-08-16",
    "2022-02-22",
    SPOKEN,
    "2025-09-03",
    "2026-03-11",
];

/// The accepted versions as Notion lists them in its error.
pub(super) fn accepted() -> String {
    let mut list = String::new();
    for (place, version) in ACCEPTED.iter().enumerate() {
        list += match place {
            0 => "",
            _ if place + 1 == ACCEPTED.len() => ", or ",
            _ => ", ",
        };
        list += &format!("`\"{version}\"`");
    }
    list
}

/// Checks the `Notion-Version` header.
///
/// # Errors
/// When it is missing, unknown to Notion, or known but not spoken here.
pub(super) fn check(header: Option<&str>) -> Result<(), NotionError> {
    match header {
        None => Err(NotionError::MissingVersion),
        Some(SPOKEN) => Ok(()),
        Some(known) if ACCEPTED.contains(&known) => Err(NotionError::Validation(format!(
            "Notion accepts version {known}, but this simulator does not speak it yet: send \
             Notion-Version {SPOKEN}."
        ))),
        Some(unknown) => Err(NotionError::UnknownVersion(unknown.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_version_is_spoken_and_the_others_say_which() {
        let spoken: Vec<_> = ACCEPTED
            .iter()
            .filter(|version| check(Some(version)).is_ok())
            .collect();
        assert_eq!(spoken, [&SPOKEN]);
        let refusal = check(Some("2025-09-03")).unwrap_err();
        assert_eq!(refusal.code(), "validation_error");
        assert!(refusal.to_string().contains("2022-06-28"), "{refusal}");
        assert_eq!(check(None), Err(NotionError::MissingVersion));
    }
}
