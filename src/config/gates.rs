//! `[gates]`: which gates must hold, and whose failure somebody takes upon himself.

use jiff::civil::Date;

use crate::diagnostic::{At, Complaints, FromToml, Node, suggest};

/// The gates by name. What they ask stands above the configuration, which only knows what they are called.
#[derive(Debug, Clone, Copy)]
pub struct GateNames<'a> {
    /// The gates that are required when nothing is named.
    pub by_default: &'a [&'a str],
    /// The gates that are required only when they are named.
    pub on_request: &'a [&'a str],
    /// Names for several gates.
    pub groups: &'a [(&'a str, &'a [&'a str])],
    /// The gates that nobody can waive.
    pub never_waived: &'a [&'a str],
}

impl<'a> GateNames<'a> {
    /// The gates that a name stands for; none when nothing has it.
    fn called(&self, name: &str) -> &'a [&'a str] {
        if let Some((_, gates)) = self.groups.iter().find(|(group, _)| *group == name) {
            return gates;
        }
        let mut single = self.by_default.chunks(1).chain(self.on_request.chunks(1));
        single.find(|gate| *gate == [name]).unwrap_or_default()
    }

    /// The gates that some names stand for, each once.
    ///
    /// # Errors
    /// The first name that nothing has, with what it may have been meant for.
    pub fn all_called(&self, names: &[String]) -> Result<Vec<String>, (String, String)> {
        let mut gates: Vec<String> = Vec::new();
        for name in names {
            let called = self.called(name);
            if called.is_empty() {
                return Err((name.clone(), self.suggestion(name)));
            }
            let new = called
                .iter()
                .filter(|gate| !gates.iter().any(|known| known == *gate));
            let new: Vec<String> = new.map(|gate| (*gate).to_owned()).collect();
            gates.extend(new);
        }
        Ok(gates)
    }

    fn suggestion(&self, name: &str) -> String {
        let groups = self.groups.iter().map(|(group, _)| *group);
        let gates = self.by_default.iter().chain(self.on_request).copied();
        suggest(name, groups.chain(gates))
    }

    /// The gates that a text of the file stands for; a complaint when nothing has that name.
    fn read(&self, id: &At<String>, complaints: &Complaints) -> &'a [&'a str] {
        let called = self.called(&id.value);
        if called.is_empty() {
            let help = self.suggestion(&id.value);
            complaints.add(&id.span, format!("there is no gate `{}`", id.value), help);
        }
        called
    }
}

/// Which gates must hold, and which may fail to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatesConfig {
    /// The ids of the gates that are required.
    pub required: Vec<String>,
    /// Those that are waived, one gate each.
    pub waivers: Vec<WaiverConfig>,
}

impl GatesConfig {
    /// Requires these gates instead; what is not required any more needs no waiver.
    pub fn require_only(&mut self, required: Vec<String>) {
        self.waivers
            .retain(|waiver| required.contains(&waiver.gate));
        self.required = required;
    }
}

/// A gate that may fail to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverConfig {
    /// The gate's id.
    pub gate: String,
    /// The scenario; every one when it is absent.
    pub scenario: Option<String>,
    /// Why it may be done without.
    pub reason: String,
    /// The last day on which that counts, in UTC.
    pub expires: Date,
}

#[derive(Default)]
pub(super) struct GatesTable {
    required: Option<At<Vec<At<String>>>>,
    waivers: Option<At<Vec<At<WaiverTable>>>>,
}

struct WaiverTable {
    gate: At<String>,
    scenario: Option<At<String>>,
    reason: At<String>,
    expires: At<String>,
}

impl FromToml for GatesTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the gates")?;
        let required = section.optional("required");
        let waivers = section.optional("waivers");
        section.finish();
        Some(Self { required, waivers })
    }
}

impl FromToml for WaiverTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a waiver")?;
        let gate = section.required("gate", "`gate = \"backups\"`");
        let scenario = section.optional("scenario");
        let reason = section.required("reason", "`reason = \"...\"`, for every report");
        let expires = section.required("expires", "`expires = \"2027-01-31\"`, its last day");
        section.finish();
        Some(Self {
            gate: gate?,
            scenario,
            reason: reason?,
            expires: expires?,
        })
    }
}

impl GatesTable {
    pub(super) fn resolve(self, names: GateNames<'_>, complaints: &Complaints) -> GatesConfig {
        let required = match self.required {
            Some(required) => chosen(required, names, complaints),
            None => names.by_default.iter().map(|id| (*id).to_owned()).collect(),
        };
        let waivers = self
            .waivers
            .map(|waivers| waivers.value)
            .unwrap_or_default();
        let waivers = waivers.into_iter();
        GatesConfig {
            waivers: waivers
                .flat_map(|waiver| waiver.value.resolve(&required, names, complaints))
                .collect(),
            required,
        }
    }
}

fn chosen(
    required: At<Vec<At<String>>>,
    names: GateNames<'_>,
    complaints: &Complaints,
) -> Vec<String> {
    if required.value.is_empty() {
        let message = "with no gate required, any run would be GO";
        let help = "name a gate, or leave the key out to require all that are measured";
        complaints.add(&required.span, message, help);
    }
    let mut gates: Vec<String> = Vec::new();
    for id in required.value {
        for gate in names.read(&id, complaints) {
            if !gates.iter().any(|known| known == gate) {
                gates.push((*gate).to_owned());
            }
        }
    }
    gates
}

impl WaiverTable {
    /// One waiver for each gate that its name stands for.
    fn resolve(
        self,
        required: &[String],
        names: GateNames<'_>,
        complaints: &Complaints,
    ) -> Vec<WaiverConfig> {
        let gates = names.read(&self.gate, complaints);
        for gate in gates {
            let at = &self.gate.span;
            if names.never_waived.contains(gate) {
                let message = format!("`{gate}` cannot be waived");
                let help = "it asks whether it was measured at all, and nobody knows the risk of what was not";
                complaints.add(at, message, help);
            } else if !required.iter().any(|required| required == gate) {
                let message = format!("`{gate}` is waived and not required");
                let help = "require it, so that reports show it, or leave the waiver out";
                complaints.add(at, message, help);
            }
        }
        if self.reason.value.trim().is_empty() {
            let help = "say who takes the risk, and why; it stands in every report";
            complaints.add(&self.reason.span, "a waiver without a reason", help);
        }
        let Ok(expires) = self.expires.value.parse::<Date>() else {
            let message = format!("`{}` is no day", self.expires.value);
            let help = "write the last day on which the waiver counts as `2027-01-31`";
            complaints.add(&self.expires.span, message, help);
            return Vec::new();
        };
        let waiver = |gate: &&str| WaiverConfig {
            gate: (*gate).to_owned(),
            scenario: self
                .scenario
                .as_ref()
                .map(|scenario| scenario.value.clone()),
            reason: self.reason.value.clone(),
            expires,
        };
        gates.iter().map(waiver).collect()
    }
}
