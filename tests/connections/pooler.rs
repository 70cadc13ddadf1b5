//! A real pgbouncer, in transaction and in session mode, with and without a URL that says so.

use super::pgbouncer::PgBouncer;
use super::*;

async fn pooler(server: &Server, mode: &str) -> Option<PgBouncer> {
    PgBouncer::start(server.url(), mode, 4).await
}

/// Its URL, which says that it is one or not.
fn of(pooler: &PgBouncer, declared: bool) -> Given {
    match declared {
        true => given(&with_the_word(pooler.url.as_str())),
        false => given(pooler.url.as_str()),
    }
}

fn with_the_word(url: &str) -> String {
    let mut url = url::Url::parse(url).unwrap();
    url.query_pairs_mut().append_pair("pgbouncer", "true");
    url.to_string()
}

fn told(seen: &Inspection) -> Vec<(FindingKind, Weight)> {
    let findings = seen.findings.iter();
    findings
        .map(|finding| (finding.kind, finding.weight))
        .collect()
}

#[tokio::test]
async fn a_transaction_pooler_is_seen_by_what_it_does_and_must_be_declared() {
    let server = server(SCHEMA).await;
    let direct = given(server.url());
    let Some(pooler) = pooler(&server, "transaction").await else {
        return;
    };
    for round in 0..5 {
        let seen = look(Some(&of(&pooler, true)), Some(&direct), None).await;
        assert_eq!(told(&seen), [], "round {round}: {:#?}", seen.findings);
        assert_eq!(other_gaps(&seen), Vec::<&str>::new());
        let pooling = seen
            .looked_at
            .iter()
            .find(|looked| looked.what == "pooling of the pooled URL");
        assert_eq!(
            pooling.unwrap().detail,
            "a transaction pooler, and the URL says so"
        );
    }
    // Without the word, our own client library sends what pgbouncer takes in any case.
    let seen = look(Some(&of(&pooler, false)), Some(&direct), None).await;
    assert_eq!(
        told(&seen),
        [(FindingKind::PoolerNotDeclared, Weight::Refutes)],
        "{:#?}",
        seen
    );
    let seen = look(Some(&of(&pooler, true)), Some(&of(&pooler, true)), None).await;
    assert_eq!(told(&seen), [(FindingKind::NotDirect, Weight::Doubts)]);
    drop(pooler);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_connection_for_each_client_is_no_transaction_pooler_whatever_the_url_says() {
    let server = server(SCHEMA).await;
    let direct = given(server.url());
    let Some(pooler) = pooler(&server, "session").await else {
        return;
    };
    for declared in [true, false] {
        let seen = look(Some(&of(&pooler, declared)), Some(&direct), None).await;
        assert_eq!(
            told(&seen),
            [(FindingKind::NotAPooler, Weight::Doubts)],
            "{declared}"
        );
    }
    // One URL for both ways is plainly no pooler, and meant so.
    let declared = given(&with_the_word(server.url()));
    let seen = look(Some(&declared), Some(&direct), None).await;
    assert_eq!(told(&seen), [(FindingKind::NotAPooler, Weight::Tells)]);
    assert!(seen.findings[0].words.contains("pgbouncer=true"));
    drop(pooler);
    server.stop().await.unwrap();
}
