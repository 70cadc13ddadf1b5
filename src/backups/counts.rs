//! How many rows each table has, there and here.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::database::{DatabaseError, Session};
use crate::record::{Example, Finding, FindingKind, Inspection, Looked, Weight};

/// Every table of the application's, quoted as it stands in a statement; a part of a partitioned one is counted with
/// the whole.
const TABLES: &str = "
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1";

/// Rows by table.
pub(super) type Counts = BTreeMap<String, i64>;

/// Counts the rows of every table.
pub(super) async fn of(session: &mut Session, limit: Duration) -> Result<Counts, DatabaseError> {
    session
        .read(limit, async |connection| {
            let mut counts = Counts::new();
            for table in tables(connection).await? {
                // The server quoted the name itself.
                let statement = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
                let asked = sqlx::query_scalar(statement).persistent(false);
                counts.insert(table, asked.fetch_one(&mut *connection).await?);
            }
            Ok(counts)
        })
        .await
}

async fn tables(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let asked = sqlx::query(TABLES).persistent(false);
    let rows = asked.fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

const AGAIN: &str = "Dump again while nobody writes (`pg_dump -Fc -f backups/tomos.dump \"$DIRECT_URL\"`), and look \
                     again before the cutover.";

/// Holds the counts of a restored dump against the candidate's.
pub(super) fn compare(restored: &Counts, candidate: &Counts, seen: &mut Inspection) {
    let before = seen.findings.len();
    for (table, rows) in candidate {
        match restored.get(table) {
            None => seen.findings.push(differing(
                table,
                Weight::Refutes,
                format!("the dump has no such table, and the candidate's has {rows} rows"),
                (Some(*rows), None),
            )),
            Some(again) if again != rows => seen.findings.push(differing(
                table,
                Weight::Refutes,
                format!(
                    "{again} rows came back, and the candidate has {rows}: the dump is of another time, or of \
                     another database"
                ),
                (Some(*rows), Some(*again)),
            )),
            Some(_) => {}
        }
    }
    for (table, rows) in restored {
        if !candidate.contains_key(table) {
            seen.findings.push(differing(
                table,
                Weight::Doubts,
                format!("the dump has {rows} rows of a table that the candidate has not"),
                (None, Some(*rows)),
            ));
        }
    }
    if seen.findings.len() == before {
        let rows: i64 = candidate.values().sum();
        let tables = candidate.len();
        seen.looked_at.push(Looked {
            what: "rows of the restored dump".to_owned(),
            count: tables as u64,
            detail: format!("{rows} rows in {tables} tables, as many as the candidate has"),
        });
    }
}

fn differing(
    table: &str,
    weight: Weight,
    words: String,
    (candidate, restored): (Option<i64>, Option<i64>),
) -> Finding {
    let rows = |count: Option<i64>| count.map(|count| format!("{count} rows"));
    Finding {
        example: Some(Example::new(
            "the restored dump, and the candidate",
            rows(restored).as_deref(),
            rows(candidate).as_deref(),
        )),
        ..Finding::of_one(
            FindingKind::CountsDiffer,
            weight,
            format!("table {table}"),
            words,
            AGAIN,
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every table with another count is told, and no other.
        #[test]
        fn exactly_the_tables_that_differ_are_told(
            restored in proptest::collection::btree_map("[a-f]", 0_i64..3, 0..6),
            candidate in proptest::collection::btree_map("[a-f]", 0_i64..3, 0..6),
        ) {
            let mut seen = Inspection::default();
            compare(&restored, &candidate, &mut seen);
            let all: std::collections::BTreeSet<_> = restored.keys().chain(candidate.keys()).collect();
            let differ = all.iter().filter(|table| restored.get(**table) != candidate.get(**table));
            let mut expected: Vec<_> = differ.map(|table| format!("table {table}")).collect();
            let mut told: Vec<_> = seen.findings.iter().map(|finding| finding.subject.clone()).collect();
            expected.sort();
            told.sort();
            prop_assert_eq!(told, expected);
            prop_assert_eq!(seen.looked_at.is_empty(), !seen.findings.is_empty());
        }
    }
}
