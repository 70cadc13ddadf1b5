//! A statement in a scenario file, from the mistakes to the call.

use std::path::Path;

use serde_json::json;

use super::SqlValue;
use crate::diagnostic::Colour;
use crate::driver::Driver;
use crate::scenario::{Call, Inputs, Scenario, load};

/// A scenario that reads, with these lines as its form for PostgreSQL.
fn read(lines: &str) -> Result<Scenario, String> {
    let text = format!(
        r#"
name = "one"
summary = "One step"
[promise]
source = "guide"
before = "2s"
after = "50ms"
speedup = "20x"
[data]
terms = ["it's"]
counts = [7]
[[steps]]
name = "read"
method = "GET"
path = "/"
cost = 1
expect = {{ status = 200 }}
[steps.sql]
{lines}
"#
    );
    let parsed = load::parse(Path::new("one.toml"), text.as_bytes());
    parsed.scenario.ok_or_else(|| {
        let errors = crate::diagnostic::Diagnostics::of(parsed.mistakes);
        errors.render(Colour::Never)
    })
}

const EXPECT: &str = "expect.json = [{ path = \"$.rows[*]\", count = \"1..\" }]\n";

#[test]
fn values_go_into_parameters_with_their_types_and_never_into_the_statement() {
    let scenario = read(&format!(
        "statement = \"\"\"\n  SELECT $1, $2, $3,\n $4, '$5'\"\"\"\nparams = [\"%{{{{ data.terms }}}}%\", 3, 0.5, true]\n{EXPECT}"
    ))
    .unwrap();
    let form = scenario.steps[0].form(Driver::Postgres).unwrap();
    assert_eq!(form.what(), ("SQL", "SELECT $1, $2, $3,"));
    assert!(form.safe && form.idempotent);
    let inputs = Inputs::draw(&scenario, "run-1", 42, 0, "marker-1".to_owned());
    let Call::Sql(call) = form.render(&inputs).unwrap() else {
        panic!("no statement");
    };
    assert!(!call.writes);
    assert!(call.statement.contains("SELECT $1"));
    assert_eq!(
        call.params,
        [
            SqlValue::Text("%it's%".to_owned()),
            SqlValue::Integer(3),
            SqlValue::Float(0.5),
            SqlValue::Bool(true),
        ]
    );
    let body = json!({ "rows": [], "count": 0 }).to_string();
    assert!(!form.examine(200, body.as_bytes(), &inputs).is_right());
}

#[test]
fn mistakes_in_a_statement_are_told_with_the_way_out() {
    let wrong = [
        (
            "statement = \"SELECT $1\"",
            "the statement uses `$1`, and `params` has 0",
        ),
        (
            "statement = \"SELECT 1\"\nparams = [\"a\"]",
            "does not use `$1`",
        ),
        (
            "statement = \"SELECT $2, $1\"\nparams = [1]",
            "the statement uses `$2`",
        ),
        (
            "statement = \"SELECT '{{ marker }}'\"",
            "nothing is filled into a statement",
        ),
        (
            "statement = \"SELECT 1; DELETE FROM tasks\"",
            "here another begins",
        ),
        (
            "statement = \"SELECT 'a\"",
            "a text begins in this statement",
        ),
        (
            "statement = \"DELETE FROM tasks\"",
            "a statement that reads begins with SELECT",
        ),
        (
            "statement = \"SET role admin\"",
            "a statement that reads begins with SELECT",
        ),
        (
            "statement = \"DO $$ BEGIN END $$\"\nsafe = false",
            "a statement that writes begins with INSERT",
        ),
        ("statement = \"SELECT 1\"\nsafe = false", "leave `safe` out"),
        (
            "statement = \"SELECT $1\"\nparams = [[1]]",
            "a parameter is one text",
        ),
        (
            "statement = \"SELECT $1\"\nparams = [\"{{ nothing }}\"]",
            "nothing is called `nothing`",
        ),
        (
            "statement = \"SELECT 1\"\ncost = 1",
            "unknown key `cost` in the form for PostgreSQL",
        ),
        (
            "statement = \"DELETE FROM tasks WHERE id = '1'\"\nsafe = false",
            "does not say that it writes",
        ),
    ];
    for (lines, expected) in wrong {
        let shown = read(&format!("{lines}\n{EXPECT}")).unwrap_err();
        assert!(shown.contains(expected), "{lines}:\n{shown}");
    }
    let bare = read("statement = \"SELECT 1\"").unwrap_err();
    assert!(bare.contains("lacks `expect`"), "{bare}");
}
