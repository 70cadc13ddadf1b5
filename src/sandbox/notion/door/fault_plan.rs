//! Which faults a simulator is asked for. An application's and a harness's behaviour under a conflict,
//! a bad gateway or a cut connection is only known when it was seen, and the live service has these
//! too seldom, and never when asked.
//!
//! A plan is read from the `[faults]` table of a profile and from `PUT /_simulator/faults`, in the
//! same form: each kind of fault by its name, and how often.
//!
//! ```toml
//! [faults.conflict]
//! rate = 0.015                  # of the requests that it applies to, 0 to 1
//! [faults.unavailable]
//! rate = 1
//! count = 2                     # the next two, then never again
//! endpoints = ["create_page"]   # these only
//! methods = ["POST"]            # these only
//! [faults.stall]
//! rate = 0.001
//! lasts = "65s"                 # of `stall` and `slow_body` only
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::counters::Endpoint;
use crate::units::{parse_duration, show_duration};

/// A stall lasts longer than the 60 s after which Notion's clients give up.
const STALL: Duration = Duration::from_secs(65);
/// How long a slow body takes when nothing is stated. It is a guess.
const SLOW_BODY: Duration = Duration::from_secs(2);
/// Nothing is held longer.
const LONGEST: Duration = Duration::from_secs(120);

/// A kind of fault. When several are drawn for one request, the first in this order happens; a request
/// that stalled goes on, and may meet one of those after `Stall` as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 409 `conflict_error`; nothing was written. Of writes only.
    Conflict,
    /// 502 with a gateway's HTML page instead of JSON; nothing was done.
    BadGateway,
    /// 503 `service_unavailable`; nothing was done.
    Unavailable,
    /// 529 `service_overload` with `Retry-After: 1`; nothing was done.
    Overload,
    /// 500 `internal_server_error`; nothing was done.
    InternalError,
    /// 504 `gateway_timeout`; nothing was done.
    GatewayTimeout,
    /// The connection is closed without an answer; nothing was done.
    Cut,
    /// No answer for a time, and then the usual one: what a client gives up on before that time is
    /// never done.
    Stall,
    /// 503 `service_unavailable`, although the write was saved. Of writes that succeed only.
    UnavailableAfterSaving,
    /// The answer's head and half of its body, then the connection is closed. The work was done.
    CutInBody,
    /// The answer's body in small pieces, with pauses. The work was done.
    SlowBody,
}

impl FaultKind {
    /// In the order of precedence.
    pub(crate) const ALL: [Self; 11] = [
        Self::Conflict,
        Self::BadGateway,
        Self::Unavailable,
        Self::Overload,
        Self::InternalError,
        Self::GatewayTimeout,
        Self::Cut,
        Self::Stall,
        Self::UnavailableAfterSaving,
        Self::CutInBody,
        Self::SlowBody,
    ];

    fn of_writes_only(self) -> bool {
        matches!(self, Self::Conflict | Self::UnavailableAfterSaving)
    }

    /// How long it lasts when nothing is stated; nothing when it takes no time.
    fn lasts(self) -> Option<Duration> {
        match self {
            Self::Stall => Some(STALL),
            Self::SlowBody => Some(SLOW_BODY),
            _ => None,
        }
    }
}

/// As it is written in plans and counters.
impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// How often one kind of fault happens, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The share of the requests that it applies to, 0 to 1.
    pub rate: f64,
    /// How many times it happens at most; without end when there is none.
    pub count: Option<u64>,
    /// The endpoints it applies to; all when there is none.
    pub endpoints: BTreeSet<Endpoint>,
    /// The methods it applies to, as `POST`; all when there is none.
    pub methods: BTreeSet<String>,
    /// How long a stall, or the whole of a slow body, takes: up to two minutes. Unused by the others.
    pub lasts: Duration,
}

impl Fault {
    /// A fault of this kind at this rate, without end and wherever the kind can happen.
    #[must_use]
    pub fn at(kind: FaultKind, rate: f64) -> Self {
        Self {
            rate,
            count: None,
            endpoints: BTreeSet::new(),
            methods: BTreeSet::new(),
            lasts: kind.lasts().unwrap_or_default(),
        }
    }

    pub(crate) fn applies(&self, kind: FaultKind, endpoint: Endpoint, method: &str) -> bool {
        (self.endpoints.is_empty() || self.endpoints.contains(&endpoint))
            && (self.methods.is_empty() || self.methods.contains(method))
            && (endpoint.writes() || !kind.of_writes_only())
    }
}

/// The faults that a simulator is asked for; none by default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<FaultKind, WireFault>",
    into = "BTreeMap<FaultKind, WireFault>"
)]
pub struct FaultPlan(BTreeMap<FaultKind, Fault>);

/// Why a plan is not usable.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FaultPlanError {
    /// A rate that is none.
    #[error("`{kind}` has rate {rate}; write a share of the requests between 0 and 1")]
    Rate {
        /// The fault.
        kind: FaultKind,
        /// What was written.
        rate: f64,
    },
    /// A length without sense.
    #[error("`{kind}` lasts {text:?}: {reason}")]
    Lasts {
        /// The fault.
        kind: FaultKind,
        /// What was written.
        text: String,
        /// What is wrong, and how to write it.
        reason: String,
    },
    /// A method that no endpoint has.
    #[error("`{kind}` names the method {method:?}; use GET, POST, PATCH or DELETE")]
    Method {
        /// The fault.
        kind: FaultKind,
        /// What was written.
        method: String,
    },
    /// A fault of writes on an endpoint that reads.
    #[error("`{kind}` happens to writes only, and {endpoint} writes nothing; leave it out")]
    NoWrite {
        /// The fault.
        kind: FaultKind,
        /// The endpoint that reads.
        endpoint: Endpoint,
    },
}

impl FaultPlan {
    /// The plan of these faults.
    ///
    /// # Errors
    /// When one of them makes no sense.
    pub fn new(
        faults: impl IntoIterator<Item = (FaultKind, Fault)>,
    ) -> Result<Self, FaultPlanError> {
        let faults: BTreeMap<_, _> = faults.into_iter().collect();
        for (kind, fault) in &faults {
            check(*kind, fault)?;
        }
        Ok(Self(faults))
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each kind and how often it happens, in the order of precedence.
    pub fn iter(&self) -> impl Iterator<Item = (FaultKind, &Fault)> {
        self.0.iter().map(|(kind, fault)| (*kind, fault))
    }

    /// One line for each fault, for reports: `conflict: 1.5 % of writes`.
    pub fn in_words(&self) -> impl Iterator<Item = String> {
        self.iter()
            .map(|(kind, fault)| format!("{kind}: {}", Words(kind, fault)))
    }
}

fn check(kind: FaultKind, fault: &Fault) -> Result<(), FaultPlanError> {
    if !(0.0..=1.0).contains(&fault.rate) {
        let rate = fault.rate;
        return Err(FaultPlanError::Rate { kind, rate });
    }
    if fault.lasts > LONGEST || (kind.lasts().is_some() && fault.lasts.is_zero()) {
        return Err(FaultPlanError::Lasts {
            kind,
            text: show_duration(fault.lasts),
            reason: format!(
                "write more than nothing and at most {}",
                show_duration(LONGEST)
            ),
        });
    }
    let known = |method: &str| matches!(method, "GET" | "POST" | "PATCH" | "DELETE");
    if let Some(method) = fault.methods.iter().find(|method| !known(method)) {
        let method = method.clone();
        return Err(FaultPlanError::Method { kind, method });
    }
    let reads = |endpoint: &&Endpoint| kind.of_writes_only() && !endpoint.writes();
    if let Some(endpoint) = fault.endpoints.iter().find(reads) {
        let endpoint = *endpoint;
        return Err(FaultPlanError::NoWrite { kind, endpoint });
    }
    Ok(())
}

/// A fault as a report says it.
struct Words<'f>(FaultKind, &'f Fault);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(kind, fault) = self;
        let whom = if kind.of_writes_only() {
            "writes"
        } else {
            "requests"
        };
        // A rate is written as a person wrote it: 0.015 is 1.5 %, without the dust of binary fractions.
        let percent = (fault.rate * 1e6).round() / 1e4;
        write!(f, "{percent} % of {whom}")?;
        if !fault.endpoints.is_empty() {
            let names = fault.endpoints.iter().map(Endpoint::to_string);
            write!(f, " to {}", names.collect::<Vec<_>>().join(", "))?;
        }
        if !fault.methods.is_empty() {
            let names: Vec<_> = fault.methods.iter().map(String::as_str).collect();
            write!(f, " by {}", names.join(", "))?;
        }
        if kind.lasts().is_some() {
            write!(f, ", each {}", show_duration(fault.lasts))?;
        }
        match fault.count {
            Some(count) => write!(f, ", {count} times at most"),
            None => Ok(()),
        }
    }
}

/// A fault as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFault {
    rate: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    endpoints: BTreeSet<Endpoint>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    methods: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lasts: Option<String>,
}

impl TryFrom<BTreeMap<FaultKind, WireFault>> for FaultPlan {
    type Error = FaultPlanError;

    fn try_from(wire: BTreeMap<FaultKind, WireFault>) -> Result<Self, Self::Error> {
        let fault = |(kind, wire)| Ok((kind, wire_fault(kind, wire)?));
        Self::new(wire.into_iter().map(fault).collect::<Result<Vec<_>, _>>()?)
    }
}

fn wire_fault(kind: FaultKind, wire: WireFault) -> Result<Fault, FaultPlanError> {
    let wrong = |text: &str, reason| FaultPlanError::Lasts {
        kind,
        text: text.to_owned(),
        reason,
    };
    let lasts = match (wire.lasts, kind.lasts()) {
        (None, usual) => usual.unwrap_or_default(),
        (Some(text), Some(_)) => {
            parse_duration(&text).map_err(|error| wrong(&text, error.to_string()))?
        }
        (Some(text), None) => {
            let reason = "it takes no time of its own; only `stall` and `slow_body` do";
            return Err(wrong(&text, reason.to_owned()));
        }
    };
    Ok(Fault {
        rate: wire.rate,
        count: wire.count,
        endpoints: wire.endpoints,
        methods: wire.methods,
        lasts,
    })
}

impl From<FaultPlan> for BTreeMap<FaultKind, WireFault> {
    fn from(plan: FaultPlan) -> Self {
        let wire = |(kind, fault): (FaultKind, Fault)| {
            let wire = WireFault {
                rate: fault.rate,
                count: fault.count,
                endpoints: fault.endpoints,
                methods: fault.methods,
                lasts: kind.lasts().map(|_| show_duration(fault.lasts)),
            };
            (kind, wire)
        };
        plan.0.into_iter().map(wire).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FaultPlan, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_plan_survives_its_json_and_says_itself_in_words() {
        let text = r#"{"conflict":{"rate":0.015,"count":2,"endpoints":["create_page"],"methods":["POST"]},"stall":{"rate":0.001,"lasts":"90s"},"slow_body":{"rate":1.0}}"#;
        let plan = read(text).unwrap();
        let back = serde_json::to_string(&plan).unwrap();
        assert_eq!(read(&back), Ok(plan.clone()), "{back}");
        let words: Vec<_> = plan.in_words().collect();
        assert_eq!(
            words,
            [
                "conflict: 1.5 % of writes to create_page by POST, 2 times at most",
                "stall: 0.1 % of requests, each 90s",
                "slow_body: 100 % of requests, each 2s",
            ]
        );
    }

    #[test]
    fn every_kind_is_written_by_its_name_and_stands_in_its_order() {
        assert!(FaultKind::ALL.is_sorted());
        for kind in FaultKind::ALL {
            let name = serde_json::to_string(&kind).unwrap();
            assert_eq!(name, format!("\"{kind}\""));
        }
    }

    #[test]
    fn a_slip_says_how_to_write_it() {
        for (text, says) in [
            (r#"{"conflict":{"rate":1.5}}"#, "`conflict` has rate 1.5"),
            (r#"{"conflict":{"rate":-0.1}}"#, "between 0 and 1"),
            (r#"{"conflict":{}}"#, "missing field `rate`"),
            (
                r#"{"conflict":{"rate":1,"times":2}}"#,
                "unknown field `times`, expected one of `rate`, `count`",
            ),
            (
                r#"{"conflcit":{"rate":1}}"#,
                "unknown variant `conflcit`, expected one of `conflict`",
            ),
            (r#"{"stall":{"rate":1,"lasts":"121s"}}"#, "at most 120s"),
            (r#"{"stall":{"rate":1,"lasts":"0s"}}"#, "more than nothing"),
            (r#"{"stall":{"rate":1,"lasts":"9"}}"#, "use one of"),
            (
                r#"{"cut":{"rate":1,"lasts":"9s"}}"#,
                "only `stall` and `slow_body` do",
            ),
            (
                r#"{"cut":{"rate":1,"methods":["get"]}}"#,
                "use GET, POST, PATCH or DELETE",
            ),
            (
                r#"{"cut":{"rate":1,"endpoints":["pages"]}}"#,
                "unknown variant `pages`",
            ),
            (
                r#"{"conflict":{"rate":1,"endpoints":["search"]}}"#,
                "search writes nothing",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
