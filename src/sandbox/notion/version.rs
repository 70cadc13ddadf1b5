//! Which dialect a request speaks. Notion keeps old versions alive by a header; this simulator speaks
//! the three that its clients send, and says so rather than answer an older one in their shapes.

use super::body::alternatives;
use super::errors::NotionError;

/// A version that is spoken here, in the order of their dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// A database has properties and is the parent of its pages.
    V2022_06_28,
    /// A database has data sources, which have the properties and are the parents of pages.
    V2025_09_03,
    /// `in_trash` instead of `archived`, `position` instead of `after`.
    V2026_03_11,
}

impl Version {
    const ALL: [Self; 3] = [Self::V2022_06_28, Self::V2025_09_03, Self::V2026_03_11];

    /// As the header says it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V2022_06_28 => "2022-06-28",
            Self::V2025_09_03 => "2025-09-03",
            Self::V2026_03_11 => "2026-03-11",
        }
    }

    /// Whether databases have data sources.
    pub(crate) fn has_data_sources(self) -> bool {
        self >= Self::V2025_09_03
    }

    /// Reads the `Notion-Version` header.
    ///
    /// # Errors
    /// When it is missing, unknown to Notion, or known but not spoken here.
    pub(crate) fn of(header: Option<&str>) -> Result<Self, NotionError> {
        let header = header.ok_or(NotionError::MissingVersion)?;
        let spoken = Self::ALL
            .into_iter()
            .find(|version| version.name() == header);
        spoken.ok_or_else(|| {
            if !ACCEPTED.contains(&header) {
                return NotionError::UnknownVersion(header.to_owned());
            }
            let spoken = Self::ALL.map(Self::name).join(", ");
            NotionError::Validation(format!(
                "Notion accepts version {header}, but this simulator does not speak it: send one \
                 of {spoken} as Notion-Version."
            ))
        })
    }
}

/// Every version that Notion accepts.
const ACCEPTED: [&str; 7] = [
    "2021-05-11",
    "2021-05-13",
    "2021-08-16",
    "2022-02-22",
    "2022-06-28",
    "2025-09-03",
    "2026-03-11",
];

/// The accepted versions as Notion lists them in its error.
pub(crate) fn accepted() -> String {
    alternatives(&ACCEPTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_versions_are_spoken_and_the_others_say_which() {
        let spoken: Vec<_> = ACCEPTED
            .iter()
            .filter(|version| Version::of(Some(version)).is_ok())
            .collect();
        assert_eq!(spoken, [&"2022-06-28", &"2025-09-03", &"2026-03-11"]);
        let refusal = Version::of(Some("2021-05-11")).unwrap_err();
        assert_eq!(refusal.code(), "validation_error");
        assert!(refusal.to_string().contains("2022-06-28"), "{refusal}");
        assert_eq!(Version::of(None), Err(NotionError::MissingVersion));
        let unknown = Version::of(Some("2020-01-01")).unwrap_err();
        assert_eq!(
            unknown,
            NotionError::UnknownVersion("2020-01-01".to_owned())
        );
    }
}
