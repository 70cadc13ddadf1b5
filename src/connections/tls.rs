//! Can anybody on the way read what is sent, or be the server?
//!
//! The URL says what it asks for; what the server offers is seen by connecting twice more: with encryption, and
//! with encryption and a certificate that is verified. On this machine nothing is on the way.

use super::looking::{Looking, not_looked};
use super::reach::Way;
use crate::database::{DatabaseError, Given, Protection, Session};
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
    let offered = match offered(given, looking).await {
        Ok(offered) => offered,
        Err(error) => {
            let what = format!("TLS of the {}", way.name());
            let next = "See that one connection more can be made, and look again.";
            let gap = not_looked(what, &error.to_string(), next);
            return seen.not_looked_at.push(gap);
        }
    };
    match finding(given.protection(), offered, way, given) {
        Some(finding) => seen.findings.push(finding),
        None => seen
            .looked_at
            .push(looked(way, "encrypted, and the certificate is valid")),
    }
}

/// What the server of a URL that connects offers; an error says nothing of it.
async fn offered(given: &Given, looking: &Looking<'_>) -> Result<Offered, DatabaseError> {
    let least = match given.protection() {
        Protection::Nothing | Protection::Perhaps => Offered::Plain,
        // It connects, so it is encrypted.
        Protection::Encryption | Protection::Certificate => Offered::Encrypted,
    };
    for (protection, shows) in [
        (Protection::Certificate, Offered::Verified),
        (Protection::Encryption, Offered::Encrypted),
    ] {
        if shows <= least {
            break;
        }
        let protected = given.protected_by(protection);
        match Session::connect(&protected, looking.limit).await {
            Ok(session) => {
                session.close().await;
                return Ok(shows);
            }
            // Too many connections, for instance: the server says so within the protection.
            Err(DatabaseError::Connect { code: Some(_), .. }) => return Ok(shows),
            Err(DatabaseError::Connect {
                unprotected: true, ..
            }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(least)
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

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn what_the_url_hides_is_told_by_what_the_server_offers() {
        use FindingKind::{CertificateNotVerified, NotEncrypted};
        use Protection::{Certificate, Encryption, Nothing, Perhaps};
        use Weight::{Doubts, Refutes};
        let given = Given::parse(&SecretString::from("postgres://a:b@db.example/d")).unwrap();
        for (asked, offered, told) in [
            (Certificate, Offered::Verified, None),
            (Encryption, Offered::Verified, None),
            (
                Encryption,
                Offered::Encrypted,
                Some((CertificateNotVerified, Doubts)),
            ),
            (
                Certificate,
                Offered::Encrypted,
                Some((CertificateNotVerified, Doubts)),
            ),
            (Perhaps, Offered::Verified, Some((NotEncrypted, Doubts))),
            (Perhaps, Offered::Encrypted, Some((NotEncrypted, Doubts))),
            (Nothing, Offered::Verified, Some((NotEncrypted, Refutes))),
            (Nothing, Offered::Plain, Some((NotEncrypted, Refutes))),
            (Perhaps, Offered::Plain, Some((NotEncrypted, Refutes))),
        ] {
            let found = finding(asked, offered, Way::Pooled, &given);
            let found = found.map(|finding| (finding.kind, finding.weight));
            assert_eq!(found, told, "{asked:?} of {offered:?}");
        }
    }
}
