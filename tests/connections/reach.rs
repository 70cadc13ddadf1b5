//! Addresses where nothing is, where somebody else is, and where nobody is let in.

use super::*;

#[tokio::test]
async fn without_urls_and_token_nothing_is_looked_at_and_each_gap_says_what_to_name() {
    let seen = look(None, None, None).await;
    assert_eq!(seen.looked_at, []);
    assert_eq!(seen.findings, []);
    let gaps: Vec<_> = seen
        .not_looked_at
        .iter()
        .map(|gap| gap.what.as_str())
        .collect();
    assert_eq!(gaps, ["pooled URL", "direct URL", "Notion"]);
    assert!(seen.not_looked_at.iter().all(|gap| gap.next.contains('[')));
}

#[tokio::test]
async fn a_server_that_is_not_there_or_lets_nobody_in_is_told_without_the_password() {
    let server = server(SCHEMA).await;
    let good = given(server.url());
    let mut url = url::Url::parse(server.url()).unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let wrong = given(url.as_str());
    let seen = look(Some(&wrong), Some(&good), None).await;
    let found = other_findings(&seen);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].weight),
        (FindingKind::Refused, Weight::Refutes)
    );
    assert!(found[0].next.contains("password"), "{found:?}");
    assert!(!format!("{seen:?}").contains("hunter2"));

    // Nobody listens on port 1 of the loopback.
    url.set_port(Some(1)).unwrap();
    let nobody = given(url.as_str());
    let seen = look(Some(&good), Some(&nobody), None).await;
    let found = other_findings(&seen);
    assert_eq!(
        found.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
        [
            FindingKind::Unreachable,
            // The other URL leads elsewhere, so that one should be a pooler.
            FindingKind::NotAPooler,
        ]
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn two_urls_that_lead_to_two_databases_are_told() {
    let server = server(SCHEMA).await;
    run(server.url(), "CREATE DATABASE other").await;
    let mut url = url::Url::parse(server.url()).unwrap();
    url.set_path("other");
    let (first, second) = (given(server.url()), given(url.as_str()));
    let seen = look(Some(&first), Some(&second), None).await;
    let found = other_findings(&seen);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].kind, FindingKind::TwoDatabases);
    assert!(found[0].words.contains("/other"), "{found:?}");
    server.stop().await.unwrap();
}
