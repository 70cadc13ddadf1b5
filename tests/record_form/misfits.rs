//! Where a value differs from a schema: the part of JSON Schema that the forms on disk use.

use serde_json::Value;

/// Where a value differs from its schema in keys, types or constants.
pub(crate) fn misfits(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Walk { schema }.walk(schema, value, "", &mut found);
    found
}

struct Walk<'s> {
    schema: &'s Value,
}

impl<'s> Walk<'s> {
    /// A place in the schema, and the one that it refers to.
    fn parts(&self, at: &'s Value) -> Vec<&'s Value> {
        let referred = at["$ref"].as_str().map(|reference| {
            let pointer = reference.trim_start_matches('#');
            self.schema
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{reference} leads nowhere"))
        });
        std::iter::once(at).chain(referred).collect()
    }

    fn walk(&self, at: &'s Value, value: &Value, path: &str, found: &mut Vec<String>) {
        let parts = self.parts(at);
        for part in &parts {
            self.constants(part, value, path, found);
            if let (Some(items), Some(values)) = (part.get("items"), value.as_array()) {
                for (n, value) in values.iter().enumerate() {
                    self.walk(items, value, &format!("{path}/{n}"), found);
                }
            }
        }
        if let Value::Object(keys) = value {
            self.keys(&parts, keys, path, found);
        }
    }

    fn constants(&self, at: &'s Value, value: &Value, path: &str, found: &mut Vec<String>) {
        for word in ["oneOf", "anyOf"] {
            let Some(forms) = at[word].as_array() else {
                continue;
            };
            let fits = |form: &&Value| {
                let mut misfits = Vec::new();
                self.walk(form, value, path, &mut misfits);
                misfits.is_empty()
            };
            if !forms.iter().any(|form| fits(&form)) {
                found.push(format!("{path}: fits no form"));
            }
        }
        let is_other = at.get("const").is_some_and(|constant| constant != value)
            || at["enum"]
                .as_array()
                .is_some_and(|words| !words.contains(value));
        if is_other {
            found.push(format!("{path}: {value} is not one of the words"));
        }
        let types = match &at["type"] {
            Value::String(name) => vec![name.as_str()],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        if !types.iter().any(|name| is_of(value, name)) {
            found.push(format!("{path}: is no {}", types.join(" or ")));
        }
    }

    fn keys(
        &self,
        parts: &[&'s Value],
        keys: &serde_json::Map<String, Value>,
        path: &str,
        found: &mut Vec<String>,
    ) {
        let known: Vec<_> = parts
            .iter()
            .filter_map(|part| part["properties"].as_object())
            .collect();
        let required = parts
            .iter()
            .filter_map(|part| part["required"].as_array())
            .flatten();
        for key in required.filter_map(Value::as_str) {
            if !keys.contains_key(key) {
                found.push(format!("{path}: `{key}` is missing"));
            }
        }
        if known.is_empty() {
            return;
        }
        for (key, value) in keys {
            match known.iter().find_map(|properties| properties.get(key)) {
                Some(at) => self.walk(at, value, &format!("{path}/{key}"), found),
                None => found.push(format!("{path}: `{key}` is unknown")),
            }
        }
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("a type that this test does not know: {other}"),
    }
}
