//! Rows as JSON, in the words of PostgreSQL's own `to_jsonb`, so that an answer of the database reads
//! like an answer of an API over it.
//!
//! One difference: a `numeric` is a text with all its digits, since a number of JSON is read into a float
//! by most who read it. A type that is not in the list is an error that says to cast it to text, rather
//! than a guess.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};
use serde::Serialize;
use serde_json::{Map, Number, Value};
use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat, PgValueRef};
use sqlx::{Column as _, Decode, Postgres, Row as _, TypeInfo as _, ValueRef as _};

/// Where PostgreSQL's moments and days begin: 2000-01-01.
const EPOCH: DateTime = jiff::civil::datetime(2000, 1, 1, 0, 0, 0, 0);

/// Each row by the names of its columns; the error says which column cannot be read, and why.
pub(super) fn objects(rows: &[PgRow]) -> Result<Vec<Map<String, Value>>, String> {
    let names = rows.first().map(PgRow::columns).unwrap_or_default();
    for (at, column) in names.iter().enumerate() {
        if names[..at]
            .iter()
            .any(|other| other.name() == column.name())
        {
            let name = column.name();
            return Err(format!(
                "two columns are called `{name}`; name them apart with AS"
            ));
        }
    }
    rows.iter().map(object).collect()
}

fn object(row: &PgRow) -> Result<Map<String, Value>, String> {
    let cell = |column: &sqlx::postgres::PgColumn| {
        let name = column.name();
        let value = row
            .try_get_raw(column.ordinal())
            .map_err(|error| error.to_string())
            .and_then(cell)
            .map_err(|why| format!("column `{name}`: {why}"))?;
        Ok((name.to_owned(), value))
    };
    row.columns().iter().map(cell).collect()
}

fn cell(value: PgValueRef<'_>) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if value.format() == PgValueFormat::Text {
        return Err("it came as text, which this driver does not ask for".to_owned());
    }
    let type_info = value.type_info().into_owned();
    of_type(&type_info, value)
}

fn of_type(type_info: &PgTypeInfo, value: PgValueRef<'_>) -> Result<Value, String> {
    match type_info.kind() {
        PgTypeKind::Enum(_) => return text(&value).map(Value::from),
        PgTypeKind::Domain(inner) => return of_type(inner, value),
        _ => {}
    }
    match type_info.name() {
        "BOOL" => decoded::<bool>(value).map(Value::from),
        "INT2" => decoded::<i16>(value).map(Value::from),
        "INT4" => decoded::<i32>(value).map(Value::from),
        "INT8" => decoded::<i64>(value).map(Value::from),
        "FLOAT4" => {
            decoded::<f32>(value).map(|it| float(it, it.next_down().into(), it.next_up().into()))
        }
        "FLOAT8" => decoded::<f64>(value).map(|it| float(it, it.next_down(), it.next_up())),
        "NUMERIC" => numeric(bytes(&value)?).map(Value::from),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => text(&value).map(Value::from),
        "UUID" => uuid(bytes(&value)?).map(Value::from),
        "TIMESTAMP" => moment(bytes(&value)?, "").map(Value::from),
        "TIMESTAMPTZ" => moment(bytes(&value)?, "+00:00").map(Value::from),
        "DATE" => day(bytes(&value)?).map(Value::from),
        "JSON" => json(bytes(&value)?),
        // Version 1 stands before the text.
        "JSONB" => json(bytes(&value)?.strip_prefix(&[1]).ok_or_else(misshapen)?),
        "TEXT[]" | "VARCHAR[]" => decoded::<Vec<Option<String>>>(value).map(Value::from),
        other => Err(format!(
            "its type is {}, which is not read here; cast it to text: `::text`",
            other.to_ascii_lowercase()
        )),
    }
}

fn decoded<'r, T: Decode<'r, Postgres>>(value: PgValueRef<'r>) -> Result<T, String> {
    T::decode(value).map_err(|error| error.to_string())
}

fn bytes<'r>(value: &PgValueRef<'r>) -> Result<&'r [u8], String> {
    value.as_bytes().map_err(|error| error.to_string())
}

fn text(value: &PgValueRef<'_>) -> Result<String, String> {
    let text = value.as_str().map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

fn misshapen() -> String {
    "the server sent it in a form that is not the documented one".to_owned()
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| misshapen())
}

/// A float by the fewest digits that tell it apart among floats of its size, which its neighbours show.
/// `to_jsonb` makes a `numeric` of it first, so what is whole has no point, and zero no sign. What is no
/// number in JSON is a text.
fn float(value: impl Serialize + Into<f64>, below: f64, above: f64) -> Value {
    // Of two texts that are equally near, this takes the even one, as PostgreSQL does.
    let digits = serde_json::to_string(&value).unwrap_or_default();
    let wide: f64 = value.into();
    let digits = match wide {
        _ if wide == 0.0 => return Value::from(0),
        _ if wide.is_nan() => return Value::from("NaN"),
        f64::INFINITY => return Value::from("Infinity"),
        f64::NEG_INFINITY => return Value::from("-Infinity"),
        _ if wide.fract() != 0.0 || wide.abs() >= LARGEST_WHOLE => digits,
        _ => {
            let sign = if wide < 0.0 { "-" } else { "" };
            let (exact, below, above) = (whole(wide), whole(below), whole(above));
            format!("{sign}{}", shortest(exact, below, above))
        }
    };
    match digits.parse::<Number>() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::from(digits),
    }
}

/// 2 to the 128th. A number of JSON that is larger is read into a float, whatever its digits are.
const LARGEST_WHOLE: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole and without its sign, or the neighbour of such a one, which only bounds it"
)]
fn whole(value: f64) -> u128 {
    value.abs() as u128
}

/// The number with the most zeros at its end that is nearer to a whole float than to its neighbours. One
/// that lies in the middle between two is not, which is where PostgreSQL's floats and Rust's differ.
fn shortest(exact: u128, below: u128, above: u128) -> u128 {
    let told_apart = |number: &u128| {
        let neighbour = if *number < exact {
            below.min(above)
        } else {
            below.max(above)
        };
        2 * number.abs_diff(exact) < neighbour.abs_diff(exact)
    };
    let rounded = |unit: u128| {
        let rest = exact % unit;
        let down = exact - rest;
        if rest > unit / 2 {
            down.saturating_add(unit)
        } else {
            down
        }
    };
    let units = (1..=37).rev().map(|zeros| 10_u128.pow(zeros));
    units.map(rounded).find(told_apart).unwrap_or(exact)
}

fn uuid(bytes: &[u8]) -> Result<String, String> {
    let id = uuid::Uuid::from_slice(bytes).map_err(|_| misshapen())?;
    Ok(id.hyphenated().to_string())
}

fn json(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Microseconds since 2000, or one of the two ends of time.
fn moment(bytes: &[u8], zone: &str) -> Result<String, String> {
    let micros = match i64::from_be_bytes(fixed(bytes)?) {
        i64::MAX => return Ok("infinity".to_owned()),
        i64::MIN => return Ok("-infinity".to_owned()),
        micros => micros,
    };
    let moment = EPOCH
        .checked_add(SignedDuration::from_micros(micros))
        .ok()
        .filter(|moment| moment.year() > 0)
        .ok_or_else(outside)?;
    // Without a fraction that is zero, as `to_jsonb` has it.
    Ok(format!("{moment}{zone}"))
}

/// Days since 2000, or one of the two ends of time.
fn day(bytes: &[u8]) -> Result<String, String> {
    let days = match i32::from_be_bytes(fixed(bytes)?) {
        i32::MAX => return Ok("infinity".to_owned()),
        i32::MIN => return Ok("-infinity".to_owned()),
        days => days,
    };
    let day = Span::new()
        .try_days(days)
        .and_then(|days| EPOCH.date().checked_add(days))
        .ok()
        .filter(|day| day.year() > 0)
        .ok_or_else(outside)?;
    Ok(day.to_string())
}

fn outside() -> String {
    "it lies outside the years 1 to 9999; cast it to text: `::text`".to_owned()
}

/// A `numeric` as PostgreSQL writes it. On the wire: the number of its digits, the weight of the first,
/// the sign, the places behind the point, then the digits, each from 0 to 9999 (`numeric_send`).
fn numeric(bytes: &[u8]) -> Result<String, String> {
    let words: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let [count, weight, sign, places, digits @ ..] = words.as_slice() else {
        return Err(misshapen());
    };
    if digits.len() != usize::from(*count) {
        return Err(misshapen());
    }
    let sign = match sign {
        0x0000 => "",
        0x4000 => "-",
        0xC000 => return Ok("NaN".to_owned()),
        0xD000 => return Ok("Infinity".to_owned()),
        0xF000 => return Ok("-Infinity".to_owned()),
        _ => return Err(misshapen()),
    };
    let weight = i32::from(weight.cast_signed());
    let digit = |at: i32| {
        let at = usize::try_from(at).ok();
        at.and_then(|at| digits.get(at)).copied().unwrap_or(0)
    };
    let whole: String = (0..=weight.max(0))
        .map(|at| format!("{:04}", if weight < 0 { 0 } else { digit(at) }))
        .collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let places = usize::from(*places);
    let groups = i32::from(u16::try_from(places.div_ceil(4)).unwrap_or(u16::MAX));
    // The group with weight -1 is the first behind the point, wherever the digits begin.
    let fraction: String = (1..=groups)
        .map(|group| format!("{:04}", digit(weight + group)))
        .collect();
    match places {
        0 => Ok(format!("{sign}{whole}")),
        _ => Ok(format!("{sign}{whole}.{}", &fraction[..places])),
    }
}
