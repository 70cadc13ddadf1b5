//! The plain types of the table of shapes.

use serde_json::Value;

const COLORS: [&str; 10] = [
    "default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red",
];

/// What tells whether a value is of this type; none when no plain type has this name.
pub fn check(name: &str) -> Option<fn(&Value) -> bool> {
    Some(match name {
        "text" => Value::is_string,
        "boolean" => Value::is_boolean,
        "number" => Value::is_number,
        "integer" => |value| value.is_i64() || value.is_u64(),
        "null" => Value::is_null,
        "true" => |value| *value == Value::Bool(true),
        "empty" => |value| value.as_object().is_some_and(serde_json::Map::is_empty),
        "uuid" => is_uuid,
        "url" => |value| text(value).starts_with("http://") || text(value).starts_with("https://"),
        "minute" => {
            |value| fits(text(value), "0000-00-00T00:00:00.000Z") && ends(value, ":00.000Z")
        }
        "time" => |value| fits(text(value), "0000-00-00T00:00:00.000Z"),
        "millisecond" => |value| fits(text(value), "0000-00-00T00:00:00.000+00:00"),
        "date_text" => |value| is_date(text(value)),
        "color" => |value| COLORS.contains(&text(value)),
        "text_color" => |value| {
            let color = text(value);
            COLORS.contains(&color.strip_suffix("_background").unwrap_or(color))
        },
        "property_id" => |value| is_encoded(text(value)),
        _ => return None,
    })
}

/// Written with dashes and in small letters.
pub fn is_uuid(value: &Value) -> bool {
    fits(text(value), "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn ends(value: &Value, end: &str) -> bool {
    text(value).ends_with(end)
}

/// Of the same length; `0` stands for a digit, `x` for a hexadecimal one, anything else for itself.
fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'x' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
                _ => byte == wanted,
            })
}

/// A day, or a moment to the millisecond with its zone.
fn is_date(text: &str) -> bool {
    [
        "0000-00-00",
        "0000-00-00T00:00:00.000Z",
        "0000-00-00T00:00:00.000+00:00",
        "0000-00-00T00:00:00.000-00:00",
    ]
    .iter()
    .any(|pattern| fits(text, pattern))
}

/// As `encodeURIComponent` leaves it.
fn is_encoded(text: &str) -> bool {
    let mut bytes = text.bytes();
    let mut next = || bytes.next();
    while let Some(byte) = next() {
        let is_well = match byte {
            b'%' => [next(), next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte),
        };
        if !is_well {
            return false;
        }
    }
    !text.is_empty()
}
