//! Where statements end. (What a real dump does is in `tests/backups`.)

use proptest::prelude::*;

use super::script::{Part, Script};
use super::*;

fn parts(dump: &[u8]) -> Result<Vec<Part>, RestoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut script = Script::new(dump);
        let mut parts = Vec::new();
        while let Some(part) = script.next().await? {
            if matches!(&part, Part::Statement { text, .. } if is_copy(text)) {
                script.begin_rows();
            }
            parts.push(part);
        }
        Ok(parts)
    })
}

fn statements(dump: &str) -> Vec<String> {
    let parts = parts(dump.as_bytes()).unwrap().into_iter();
    let text = |part| match part {
        Part::Statement { text, .. } => Some(text),
        Part::Row(_) | Part::EndOfRows => None,
    };
    parts.filter_map(text).collect()
}

proptest! {
    /// The law: whatever stands between quotes, in a name, in dollars or in a comment ends no statement.
    #[test]
    fn a_statement_ends_where_it_ends(insides in proptest::collection::vec((0_u8..5, "[a-z;'\"$\\\\\n*/-]{0,12}"), 1..6)) {
        let dump: Vec<String> = insides
            .iter()
            .map(|(form, inside)| {
                let inside = match form {
                    0 => format!("'{}'", inside.replace('\'', "''")),
                    1 => format!("E'{}'", inside.replace('\\', "\\\\").replace('\'', "\\'")),
                    2 => format!("\"{}\"", inside.replace('"', "\"\"")),
                    3 => format!("$q1${}$q1$", inside.replace('$', "")),
                    _ => format!("/* {} */", inside.replace(['*', '/'], "")),
                };
                format!("SELECT {inside} AS b;")
            })
            .collect();
        prop_assert_eq!(statements(&dump.join("\n")), dump.clone());
        prop_assert_eq!(statements(&dump.concat()), dump);
    }

    #[test]
    fn no_bytes_bring_it_down(dump in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parts(&dump);
    }

    /// Cut anywhere, a statement is told as cut, and never as another one.
    #[test]
    fn a_statement_that_is_cut_is_no_statement(at in 1_usize..44) {
        let whole = "INSERT INTO \"a;b\" VALUES ('c;d', $x$;$x$, 1);";
        prop_assert_eq!(whole.len(), 45);
        let cut = parts(&whole.as_bytes()[..at]);
        prop_assert!(matches!(cut, Err(RestoreError::Cut { line: 1, what: "a statement" })), "{:?}", cut);
    }
}

#[test]
fn rows_go_by_untouched_until_their_end() {
    let dump = b"-- a; b\nCOPY public.a (b) FROM stdin;\n1;\t'\n\\\\.\n\xff\\N\n\\.\n\nSELECT 1;\n";
    let found = parts(dump).unwrap();
    let statement = |text: &str, line| Part::Statement {
        text: text.to_owned(),
        line,
    };
    assert_eq!(
        found,
        [
            statement("COPY public.a (b) FROM stdin;", 2),
            Part::Row(b"1;\t'\n".to_vec()),
            Part::Row(b"\\\\.\n".to_vec()),
            Part::Row(b"\xff\\N\n".to_vec()),
            Part::EndOfRows,
            statement("SELECT 1;", 8),
        ]
    );
    let cut = parts(&dump[..50]);
    assert!(
        matches!(
            cut,
            Err(RestoreError::Cut {
                what: "a table's rows",
                ..
            })
        ),
        "{cut:?}"
    );
}

#[test]
fn words_of_psql_are_skipped_where_they_do_nothing_and_refused_elsewhere() {
    assert_eq!(
        statements("\\restrict abc\nSELECT 1;\n\\unrestrict abc\n"),
        ["SELECT 1;"]
    );
    let refused = parts(b"SELECT 1;\n\\connect other\n");
    assert!(
        matches!(&refused, Err(RestoreError::Psql { line: 2, word }) if word == "\\connect"),
        "{refused:?}"
    );
}

#[test]
fn what_is_about_roles_is_left_out_and_nothing_else() {
    for (text, left_out) in [
        ("ALTER TABLE public.tasks OWNER TO app;", true),
        ("GRANT ALL ON TABLE a TO b;", true),
        ("REVOKE ALL ON SCHEMA public FROM PUBLIC;", true),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE ALL ON TABLES FROM b;",
            true,
        ),
        (
            "ALTER TABLE ONLY public.tasks ADD CONSTRAINT a PRIMARY KEY (id);",
            false,
        ),
        ("INSERT INTO a VALUES ('ALTER TABLE b OWNER TO c');", false),
    ] {
        assert_eq!(is_about_roles(text), left_out, "{text}");
    }
}
