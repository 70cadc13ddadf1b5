//! An answer as it is sent.

use serde::Serialize;
use uuid::Uuid;

/// A JSON object with at least one key, written out. So nothing of the workspace is held while its delay
/// passes.
#[derive(Debug)]
pub(crate) struct Written(Vec<u8>);

impl Written {
    /// Writes what is an object.
    pub(crate) fn of(object: &impl Serialize) -> Self {
        // Never fails: the keys are texts, and memory takes whatever is written.
        Self(serde_json::to_vec(object).unwrap_or_default())
    }

    /// The object with the id of the request as its last key.
    pub(crate) fn with_request_id(self, id: Uuid) -> Vec<u8> {
        let mut text = self.0;
        text.pop();
        text.extend_from_slice(format!(r#","request_id":"{id}"}}"#).as_bytes());
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    proptest! {
        #[test]
        fn the_id_is_the_last_key_of_the_same_object(keys in prop::collection::hash_map("\\PC{0,4}", "[}\"{,]{0,3}", 1..4)) {
            let mut object = json!(keys);
            let id = Uuid::from_u128(7);
            let sent = Written::of(&object).with_request_id(id);
            object["request_id"] = json!(id);
            let read: Value = serde_json::from_slice(&sent).unwrap();
            prop_assert_eq!(sent, object.to_string().into_bytes());
            prop_assert_eq!(read, object);
        }
    }
}
