//! Who works in the workspace.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The integration itself, which is the author of what it writes.
pub(crate) const BOT: Uuid = Uuid::from_u128(0x0b07_0b07_0b07_4b07_8b07_0b07_0b07_0b07);

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

    /// The whole user, as the users' endpoints answer one.
    pub(crate) fn answer(&self) -> Value {
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
            }
        }
        answer
    }
}
