//! Cutting a list into pages. The cursor is the id of the next page's first entry, so that what is inserted
//! or removed meanwhile makes no entry of the rest come twice or get lost.

use serde_json::Value;
use uuid::Uuid;

use super::body::{Field, MOST_ELEMENTS};
use super::errors::NotionError;

/// How many results a page has: up to 100, and 100 when it is not said. A query string says it in text.
pub(crate) fn page_size(parameters: &Field<'_>) -> Result<usize, NotionError> {
    let Some(field) = parameters.get("page_size").optional() else {
        return Ok(MOST_ELEMENTS);
    };
    let size = match field.value() {
        Some(Value::String(text)) if field.is_in("query") => text.parse().ok(),
        _ => field.number().map(Some)?,
    };
    let size = size.and_then(|size: f64| {
        (1..=MOST_ELEMENTS).find(|whole| {
            u32::try_from(*whole).is_ok_and(|whole| f64::from(whole).total_cmp(&size).is_eq())
        })
    });
    size.ok_or_else(|| field.should(&format!("be a whole number ≥ `1` and ≤ `{MOST_ELEMENTS}`")))
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paging {
    /// The first entry; the list's own first when there is none.
    pub(crate) start: Option<Uuid>,
    /// The most entries, 1 to 100.
    pub(crate) size: usize,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) ids: Vec<Uuid>,
    /// The first entry of the next page, when there is one.
    pub(crate) next: Option<Uuid>,
}

impl Paging {
    /// Reads the parameters of a body, or of a query string, whose values are all texts.
    ///
    /// # Errors
    /// When the cursor is no id or the size is not from 1 to 100.
    pub(crate) fn read(parameters: &Field<'_>) -> Result<Self, NotionError> {
        let start = parameters.get("start_cursor").present();
        Ok(Self {
            start: start.map(|cursor| cursor.uuid()).transpose()?,
            size: page_size(parameters)?,
        })
    }

    /// This page of a list of `ids`, of which only those that are `shown` count. A cursor that is
    /// shown no longer still says where to go on.
    ///
    /// # Errors
    /// When the cursor is not in the list.
    pub(crate) fn of(
        self,
        ids: &[Uuid],
        shown: impl Fn(Uuid) -> bool,
    ) -> Result<Slice, NotionError> {
        let from = match self.start {
            None => 0,
            Some(cursor) => ids.iter().position(|id| *id == cursor).ok_or_else(|| {
                NotionError::Validation(format!("The start_cursor provided is invalid: {cursor}"))
            })?,
        };
        let mut rest = ids[from..].iter().copied().filter(|id| shown(*id));
        Ok(Slice {
            ids: rest.by_ref().take(self.size).collect(),
            next: rest.next(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_string_says_where_to_begin_and_how_much() {
        let read = |query: &Value| Paging::read(&Field::root("query", query));
        let (start, size) = (None, 100);
        assert_eq!(read(&json!({})), Ok(Paging { start, size }));
        let cursor = Uuid::from_u128(7);
        let query = json!({ "start_cursor": cursor.to_string(), "page_size": "3" });
        let start = Some(cursor);
        assert_eq!(read(&query), Ok(Paging { start, size: 3 }));
        for size in ["0", "101", "-1", "1.5", "x", ""] {
            let refusal = read(&json!({ "page_size": size })).unwrap_err().to_string();
            assert!(refusal.contains("query.page_size should be"), "{refusal}");
        }
        assert!(read(&json!({ "start_cursor": "x" })).is_err());
        let stranger = Paging { start, size: 3 }.of(&[], |_| true).unwrap_err();
        assert!(stranger.to_string().contains("start_cursor"), "{stranger}");
    }

    proptest! {
        #[test]
        fn pages_laid_end_to_end_are_the_list(
            count in 0u128..40,
            hidden in prop::collection::hash_set(0u128..40, 0..20),
            size in 1usize..10,
        ) {
            let ids: Vec<Uuid> = (0..count).map(Uuid::from_u128).collect();
            let shown = |id: Uuid| !hidden.contains(&id.as_u128());
            let (mut start, mut listed) = (None, Vec::new());
            loop {
                let slice = Paging { start, size }.of(&ids, shown).unwrap();
                prop_assert!(slice.ids.len() <= size);
                prop_assert!(slice.next.is_none() || slice.ids.len() == size);
                listed.extend(slice.ids);
                match slice.next {
                    Some(next) => start = Some(next),
                    None => break,
                }
            }
            let whole: Vec<Uuid> = ids.into_iter().filter(|id| shown(*id)).collect();
            prop_assert_eq!(listed, whole);
        }
    }
}
