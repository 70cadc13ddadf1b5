//! The shape that says its own type.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// What has a type, as most answers show it: `{"type": <type>, <type>: <value>}`.
pub(crate) struct Typed<T> {
    pub(super) kind: &'static str,
    pub(super) value: T,
}

impl<T> Typed<T> {
    pub(crate) fn new(kind: &'static str, value: T) -> Self {
        Self { kind, value }
    }
}

impl<T: Serialize> Serialize for Typed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        object.serialize_entry("type", self.kind)?;
        object.serialize_entry(self.kind, &self.value)?;
        object.end()
    }
}
