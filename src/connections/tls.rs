//! Can anybody on the way read what is sent, or be the server?
//!
//! The URL says what it asks for; what the server offers is seen by connecting twice more: with encryption, and
//! with encryption and a certificate that is verified. On this machine nothing is on the way.

use super::looking::Looking;
use super::reach::Way;
use crate::database::{Given, Protection, Session};
use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// What the server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Offered {
    Plain,
    Encrypted,
    Verified,
}

/// Looks at the way of a URL that connects.
pub(super) async fn look(given: &Given, way: Way, looking: &Looking<'_>, seen: &mut Inspection) {
    if given.is_local() {
        seen.looked_at
            .push(looked(way, "nothing is sent beyond this machine"));
        return;
    }
    let mut offered = Offered::Plain;
    for (protection, shows) in [
        (Protection::Certificate, Offered::Verified),
        (Protection::Encryption, Offered::Encrypted),
    ] {
        let protected = given.protected_by(protection);
        if let Ok(session) = Session::connect(&protected, looking.limit).await {
            session.close().await;
            offered = shows;
            break;
        }
    }
    match finding(given.protection(), offered, way, given) {
        Some(finding) => seen.findings.push(finding),
        None => seen
            .looked_at
            .push(looked(way, "encrypted, and the certificate is valid")),
    }
}

fn looked(way: Way, detail: &str) -> Looked {
    Looked {
        what: format!("TLS of the {}", way.name()),
        count: 1,
        detail: detail.to_owned(),
    }
}

/// What is wrong with a way over a network.
pub(super) fn finding(
    asked: Protection,
    offered: Offered,
    way: Way,
    given: &Given,
) -> Option<Finding> {
    let subject = format!("TLS of the {} ({given})", way.name());
    let not_encrypted = |weight, words: &str, next: &str| {
        let kind = FindingKind::NotEncrypted;
        Some(Finding::of_one(kind, weight, subject.clone(), words, next))
    };
    match (asked, offered) {
        (_, Offered::Plain) => not_encrypted(
            Weight::Refutes,
            "the server does not encrypt, so that every password and every task can be read on the way",
            "Turn `ssl` on at the server, or reach it through a tunnel on this machine.",
        ),
        (Protection::Nothing, _) => not_encrypted(
            Weight::Refutes,
            "the URL turns encryption off, so that every password and every task can be read on the way",
            "Write `sslmode=require` in the URL, or `sslmode=verify-full`; the server is able to.",
        ),
        (Protection::Perhaps, _) => not_encrypted(
            Weight::Doubts,
            "the URL lets encryption be given up: somebody on the way need only say that there is none",
            "Write `sslmode=require` in the URL, or `sslmode=verify-full`; the server is able to.",
        ),
        (_, Offered::Encrypted) => Some(Finding::of_one(
            FindingKind::CertificateNotVerified,
            Weight::Doubts,
            subject,
            "it is encrypted, and nobody can tell to whom: the certificate is of no authority that browsers \
             trust, and `sslmode=require` takes any",
            "Write `sslmode=verify-full&sslrootcert=FILE` in the URL, with the provider's root certificate.",
        )),
        (_, Offered::Verified) => None,
    }
}
