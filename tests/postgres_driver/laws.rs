//! What goes into a parameter comes out of a row, and a row is what PostgreSQL itself says in JSON.

use cutover::target::SqlParameter;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::{World, rows};

/// Every type that is read, made of what is given.
const EVERY_TYPE: &str = r#"
WITH t AS (SELECT
    $1::boolean AS "bool", $2::bigint AS "int8", ($2::bigint % 2147483648)::int4 AS "int4",
    ($2::bigint % 32768)::int2 AS "int2", $3::float8 AS "float8", $4::float8::float4 AS "float4",
    $5::text::numeric AS "numeric", $6::text AS "text", left($6, 9)::varchar(9) AS "varchar",
    'ab'::char(5) AS "char", left(md5($6), 20)::name AS "name", md5($6)::uuid AS "uuid",
    timestamp '0001-01-01' + $7::bigint * interval '1 microsecond' AS "timestamp",
    (timestamp '0001-01-01' + $7::bigint * interval '1 microsecond') AT TIME ZONE 'UTC' AS "timestamptz",
    (timestamp '0001-01-01' + $7::bigint * interval '1 microsecond')::date AS "date",
    json_build_object('t', $6, 'n', $2) AS "json", jsonb_build_array($6, $2, NULL, $1) AS "jsonb",
    string_to_array($6, 'a', 'b') AS "texts", ARRAY[left($6, 3), NULL]::varchar[] AS "varchars",
    (CASE WHEN $1 THEN 'on' ELSE 'off' END)::switch AS "enum", $6::words AS "domain",
    nullif($6, $6) AS "null"
) SELECT t.*, to_jsonb(t) - 'numeric' AS whole, "numeric"::text AS digits FROM t"#;

const TYPES: &str = "CREATE TYPE switch AS ENUM ('on', 'off'); CREATE DOMAIN words AS text CHECK (value IS NOT NULL)";

/// The longest time from year 1 to the end of year 9998, in microseconds.
const MOST_MICROSECONDS: i64 = 9_998 * 365 * 86_400 * 1_000_000;

fn parameters() -> impl Strategy<Value = Vec<SqlParameter>> {
    let numeric = prop_oneof![
        "-?[0-9]{1,40}(\\.[0-9]{0,20})?",
        "-?0\\.0{0,30}[0-9]{1,9}",
        Just("NaN".to_owned()),
        "-?[1-9]0{3,30}",
    ];
    (
        any::<bool>(),
        any::<i64>(),
        any::<f64>(),
        any::<f32>(),
        numeric,
        "[^\0]{0,30}",
        0..MOST_MICROSECONDS,
    )
        .prop_map(|(truth, whole, float, single, numeric, text, micros)| {
            vec![
                SqlParameter::Bool(truth),
                SqlParameter::Integer(whole),
                SqlParameter::Float(float),
                SqlParameter::Float(f64::from(single)),
                SqlParameter::Text(numeric),
                SqlParameter::Text(text),
                SqlParameter::Integer(micros),
            ]
        })
}

/// Runs a law over asks of one world.
fn law<S: Strategy>(
    schema: &str,
    cases: u32,
    strategy: &S,
    law: impl Fn(&tokio::runtime::Runtime, &World, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::start(schema));
    let mut runner = TestRunner::new(Config::with_cases(cases));
    let held = runner.run(strategy, |given| law(&runtime, &world, given));
    runtime.block_on(world.end());
    held.unwrap();
}

#[test]
fn any_text_in_a_parameter_comes_back_equal() {
    law(
        "",
        256,
        &"[^\0]{0,60}|\\PC{0,60}",
        |runtime, world, text| {
            let statement = "SELECT $1 AS text, $1 = $2 AS same";
            let params = vec![
                SqlParameter::Text(text.clone()),
                SqlParameter::Text(text.clone()),
            ];
            let found = rows(runtime.block_on(world.read(statement, params)));
            prop_assert_eq!(found, json!([{ "text": text, "same": true }]));
            Ok(())
        },
    );
}

#[test]
fn a_row_of_every_type_is_what_postgresql_says_in_json() {
    law(TYPES, 1_024, &parameters(), |runtime, world, params| {
        let found = rows(runtime.block_on(world.read(EVERY_TYPE, params)));
        let mut row = found[0].as_object().unwrap().clone();
        let whole = row.remove("whole").unwrap();
        let digits = row.remove("digits").unwrap();
        prop_assert_eq!(row.remove("numeric").unwrap(), digits);
        prop_assert_eq!(Value::Object(row), whole);
        Ok(())
    });
}

#[tokio::test]
async fn the_ends_of_time_and_of_numbers_are_what_postgresql_says_in_json() {
    let world = World::start("").await;
    let statement = "WITH t AS (SELECT 'infinity'::timestamptz a, '-infinity'::timestamp b, 'infinity'::date c, \
         '-infinity'::float8 d, 'nan'::float4 e, '9999-12-31'::date f, '0001-01-01'::timestamp g) \
         SELECT t.*, to_jsonb(t) AS whole FROM t";
    let found = rows(world.read(statement, vec![]).await);
    let mut row = found[0].as_object().unwrap().clone();
    let whole = row.remove("whole").unwrap();
    assert_eq!(Value::Object(row), whole);
    let numbers = "SELECT 'Infinity'::numeric AS a, '-Infinity'::numeric AS b, 0.00 AS c, 10000 AS d, -0.00010 AS e";
    let found = rows(world.read(numbers, vec![]).await);
    let expected =
        json!([{ "a": "Infinity", "b": "-Infinity", "c": "0.00", "d": 10000, "e": "-0.00010" }]);
    assert_eq!(found, expected);
    world.end().await;
}

/// Halves of the last digit, to which two texts are equally near, and whole numbers that stand for more
/// than one: chance meets them too seldom.
#[tokio::test]
async fn a_float_between_two_texts_is_what_postgresql_says_in_json() {
    let world = World::start("").await;
    let statement = "WITH t AS (SELECT 1341080.25::float4 a, 1125899906842624.25::float8 b, 1e22::float8 c, 9007199254740993::float8 d, \
         16777217::float4 e, 5e-324::float8 f, -1e-45::float4 g, '-0'::float8 h, -115341264::float4 k, 36028797018963968::float8 l, 3.4028235e38::float4 m, 16777216::float4 n, 1.7976931348623157e308::float8 i, 1e16::float4 j) \
         SELECT t.*, to_jsonb(t) AS whole FROM t";
    let found = rows(world.read(statement, vec![]).await);
    let mut row = found[0].as_object().unwrap().clone();
    let whole = row.remove("whole").unwrap();
    assert_eq!(Value::Object(row), whole);
    world.end().await;
}

#[tokio::test]
async fn a_type_that_is_not_read_and_two_columns_of_one_name_are_told_with_the_way_out() {
    let world = World::start("").await;
    for (statement, expected) in [
        (
            "SELECT 1 AS a, interval '1 day' AS b",
            "column `b`: its type is interval",
        ),
        ("SELECT '\\xff'::bytea AS b", "cast it to text: `::text`"),
        (
            "SELECT '0044-03-15 BC'::date AS b",
            "outside the years 1 to 9999",
        ),
        ("SELECT 1 AS a, 2 AS a", "two columns are called `a`"),
    ] {
        let (status, body) = crate::answered(world.read(statement, vec![]).await);
        assert_eq!(status, 400, "{statement}: {body}");
        let error = body["error"].as_str().unwrap();
        assert!(error.contains(expected), "{statement}: {error}");
    }
    world.end().await;
}
