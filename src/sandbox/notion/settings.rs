//! How a simulator behaves: whom it lets in, how often, how slowly it answers and what goes wrong.

use std::time::Duration;

use thiserror::Error;
use uuid::Uuid;

use super::door::fault_plan::FaultPlan;
use super::door::latency::{LatencyError, LatencyProfile};
use super::door::limit::LimitSettings;
use super::store::BOT;

/// A token, and the integration that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What requests bear. It opens nothing but this simulator.
    pub secret: String,
    /// The integration's own user.
    pub bot_id: Uuid,
    /// The integration's name.
    pub name: String,
}

/// How a simulator behaves. Begin with [`Settings::new`], which limits, delays and breaks nothing.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The tokens that requests may bear; at least one.
    pub tokens: Vec<Token>,
    /// What new ids, the noise of delays and the faults come from.
    pub seed: u64,
    /// The limits of each token, and of the workspace.
    pub limit: LimitSettings,
    /// How long answers take; at once when none is given.
    pub latency: Option<LatencyProfile>,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// A search sees what was written this long ago.
    pub search_lag: Duration,
}

/// Why there can be no such simulator.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SettingsError {
    /// Nobody would be let in.
    #[error("the simulator has no token; give it one at least")]
    NoToken,
    /// It would not be known who asks.
    #[error("two integrations of the simulator, {first} and {second}, have the same token")]
    SameToken {
        /// The name of the one.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// The delays make no sense.
    #[error(transparent)]
    Latency(#[from] LatencyError),
}

impl Settings {
    /// One token, without limits, delays and faults.
    #[must_use]
    pub fn new(token: impl Into<String>, seed: u64) -> Self {
        let settings = Self {
            tokens: Vec::new(),
            seed,
            limit: LimitSettings::default(),
            latency: None,
            faults: FaultPlan::default(),
            search_lag: Duration::ZERO,
        };
        settings.with_token(token)
    }

    /// One more token, with a bot and a name of its own.
    #[must_use]
    pub fn with_token(mut self, secret: impl Into<String>) -> Self {
        let number = self.tokens.len();
        self.tokens.push(Token {
            secret: secret.into(),
            // The first is the one that has made whatever the workspace begins with.
            bot_id: Uuid::from_u128(BOT.as_u128() + number as u128),
            name: match number {
                0 => "Integration".to_owned(),
                _ => format!("Integration {}", number + 1),
            },
        });
        self
    }

    /// # Errors
    /// When there is no token, or one twice.
    pub(super) fn check_tokens(&self) -> Result<(), SettingsError> {
        if self.tokens.is_empty() {
            return Err(SettingsError::NoToken);
        }
        for (place, first) in self.tokens.iter().enumerate() {
            let rest = &self.tokens[place + 1..];
            if let Some(second) = rest.iter().find(|other| other.secret == first.secret) {
                return Err(SettingsError::SameToken {
                    first: first.name.clone(),
                    second: second.name.clone(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_a_bot_and_a_name_of_its_own_and_stands_once() {
        let settings = Settings::new("one", 1).with_token("two");
        assert_eq!(settings.check_tokens(), Ok(()));
        let [one, two] = &settings.tokens[..] else {
            unreachable!("two tokens were given")
        };
        assert!(one.bot_id != two.bot_id && one.name != two.name);
        let twice = settings.with_token("one").check_tokens().unwrap_err();
        assert!(twice.to_string().contains("Integration and Integration 3"));
        let none = Settings {
            tokens: Vec::new(),
            ..Settings::new("", 1)
        };
        assert_eq!(none.check_tokens(), Err(SettingsError::NoToken));
    }
}
