//! The form of `[compare]`, key by key: what may stand there, not yet what it means.

use schemars::JsonSchema;

use crate::diagnostic::{At, Entries, FromToml, Node, OneOrMany, Tree};

/// The rules by which the answers of two sides are compared.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::scenario) struct CompareTable {
    /// The zone in which a date without a time is midnight, like `Australia/Sydney`; UTC when absent.
    pub(super) zone: Option<At<String>>,
    /// How many different inputs are compared, from 1 to 20; 2 when absent, and 1 where it writes.
    #[schemars(range(min = 1, max = 20))]
    pub(super) draws: Option<At<u32>>,
    /// Names of fields with ids that are each store's own: compared by what they lead to, not as texts.
    /// The first is a record's own id, the others lead to records.
    pub(super) own_ids: Option<At<Vec<At<String>>>>,
    /// How lists are laid side by side.
    pub(super) lists: Option<At<Vec<At<ListTable>>>>,
    /// What is done with a field before it is compared.
    pub(super) fields: Option<At<Vec<At<FieldTable>>>>,
    /// Lengths at which a list is suspected to have been cut; 50 and 100 when absent.
    pub(super) caps: Option<At<Vec<At<u32>>>>,
    /// Names of steps that need no record, like a static page: that the candidate answers them without a
    /// statement to its database is right.
    pub(super) storeless: Option<At<Vec<At<String>>>>,
}

impl FromToml for CompareTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("`compare`")?;
        let table = Self {
            zone: section.optional("zone"),
            draws: section.optional("draws"),
            own_ids: section.optional("own_ids"),
            lists: section.optional("lists"),
            fields: section.optional("fields"),
            caps: section.optional("caps"),
            storeless: section.optional("storeless"),
        };
        section.finish();
        Some(table)
    }
}

/// How two lists are laid side by side.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ListTable {
    /// The list, like `$.tasks`.
    #[schemars(required, regex(pattern = r"^\$"))]
    pub(super) path: Option<At<String>>,
    /// The fields by which its records find their partners; without it, by their whole content.
    pub(super) key: Option<At<OneOrMany<String>>>,
    /// `kept` when absent: both sides have one order. `free`: the order means nothing. A list of fields:
    /// the candidate is sorted by them, the largest first where a `-` stands before the name.
    pub(super) order: Option<At<OneOrMany<String>>>,
}

impl FromToml for ListTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a rule of `lists`")?;
        let table = Self {
            path: section.required("path", "the list, like `path = \"$.tasks\"`"),
            key: section.optional("key"),
            order: section.optional("order"),
        };
        section.finish().then_some(table)
    }
}

/// What is done with a field before it is compared: `path` and one of the other keys.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FieldTable {
    /// The field, like `$.tasks[*].status`; after a `rename`, by its new name.
    #[schemars(required, regex(pattern = r"^\$"))]
    pub(super) path: Option<At<String>>,
    /// `instant`: the same moment; `date`: the same day in the zone; `own-moment`: a moment of each side's
    /// own, of which only is compared that there is one; `store`: it names the store that answered, and is
    /// not compared.
    #[schemars(rename = "as", extend("enum" = ["instant", "date", "own-moment", "store"]))]
    pub(super) meaning: Option<At<String>>,
    /// What each text of the baseline stands for on the candidate.
    pub(super) map: Option<At<Entries<Tree>>>,
    /// What the candidate calls the baseline's field.
    pub(super) rename: Option<At<String>>,
    /// How far apart two numbers may be.
    pub(super) tolerance: Option<At<f64>>,
    /// Why it is not compared; the reason stands in the report.
    pub(super) ignore: Option<At<String>>,
}

impl FromToml for FieldTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a rule of `fields`")?;
        let table = Self {
            path: section.required("path", "the field, like `path = \"$.tasks[*].status\"`"),
            meaning: section.optional("as"),
            map: section.optional("map"),
            rename: section.optional("rename"),
            tolerance: section.optional("tolerance"),
            ignore: section.optional("ignore"),
        };
        section.finish().then_some(table)
    }
}
