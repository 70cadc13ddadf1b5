//! The ways to reach a side.
//!
//! A configuration chooses one for each side, a scenario step has a form for each, and a record names
//! the one that was used: one word for all of them.

/// How a side is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Driver {
    /// By HTTP requests to an application's API.
    Http,
    /// By requests to Notion's API itself.
    Notion,
    /// By statements to a PostgreSQL itself.
    Postgres,
}

impl Driver {
    /// Every driver.
    pub const ALL: [Self; 3] = [Self::Http, Self::Notion, Self::Postgres];

    /// The word for it in files and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Notion => "notion",
            Self::Postgres => "postgres",
        }
    }

    /// The key of its form in a step of a scenario; `None` where the step itself is the form.
    #[must_use]
    pub fn form_key(self) -> Option<&'static str> {
        match self {
            Self::Http => None,
            Self::Notion => Some("notion"),
            Self::Postgres => Some("sql"),
        }
    }
}
