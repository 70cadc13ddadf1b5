//! Who works in the workspace.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::version::Version;

/// The integration itself, which is the author of what it writes.
pub(crate) const BOT: Uuid = Uuid::from_u128(0x0b07_0b07_0b07_4b07_8b07_0b07_0b07_0b07);

/// The workspace's own id.
const WORKSPACE: Uuid = Uuid::from_u128(0x5a9d_b0c5_5a9d_40c5_80c5_5a9d_b0c5_5a9d);
/// What a plan without charge allows, in bytes.
const MOST_UPLOADED: u32 = 5 * 1024 * 1024;

/// A person or a bot.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    name: String,
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize)]
enum Kind {
    Person { email: String },
    Bot,
}

impl User {
    pub(crate) fn bot(id: Uuid, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind: Kind::Bot,
        }
    }

    pub(crate) fn person(id: Uuid, name: &str, email: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind: Kind::Person {
                email: email.to_owned(),
            },
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The whole user, as the users' endpoints answer one.
    pub(crate) fn answer(&self, version: Version) -> Value {
        let mut answer = json!({
            "object": "user",
            "id": self.id.to_string(),
            "name": self.name,
            "avatar_url": null,
        });
        match &self.kind {
            Kind::Person { email } => {
                answer["type"] = json!("person");
                answer["person"] = json!({ "email": email });
            }
            Kind::Bot => {
                answer["type"] = json!("bot");
                answer["bot"] = json!({
                    "owner": { "type": "workspace", "workspace": true },
                    "workspace_name": "Sandbox",
                });
                if version.has_data_sources() {
                    answer["bot"]["workspace_id"] = json!(WORKSPACE.to_string());
                    answer["bot"]["workspace_limits"] =
                        json!({ "max_file_upload_size_in_bytes": MOST_UPLOADED });
                }
            }
        }
        answer
    }
}
