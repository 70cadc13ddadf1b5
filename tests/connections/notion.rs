//! The token and the databases, against the simulated Notion.

use cutover::pace::{Clock, Pace};
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options as SandboxOptions, Sandbox};
use cutover::target::{NotionOptions, NotionTarget};

use super::*;

fn target(sandbox: &Sandbox, token: &str) -> NotionTarget {
    let _ = rustls::crypto::ring::default_provider().install_default();
    NotionTarget::new(NotionOptions {
        base_url: sandbox.notion_url().parse().unwrap(),
        token: SecretString::from(token),
        version: "2022-06-28".to_owned(),
        timeout: LIMIT,
        connect_timeout: LIMIT,
    })
    .unwrap()
}

async fn with_notion(sandbox: &Sandbox, token: &str, databases: &[(String, String)]) -> Inspection {
    let given = given(sandbox.database_url());
    let target = target(sandbox, token);
    let notion = Notion {
        target: &target,
        pace: &mut Pace::unlimited(),
        clock: Clock::start(),
        max_pause: LIMIT,
        databases,
    };
    look(Some(&given), Some(&given), Some(notion)).await
}

#[tokio::test]
async fn the_sound_sandbox_has_nothing_to_be_told_and_a_wrong_token_or_id_has() {
    let sandbox = Sandbox::start(SandboxOptions {
        profile: Profile::none(),
        seed: 7,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    })
    .await
    .unwrap();
    let named = |name: &str, id: &str| (name.to_owned(), id.to_owned());
    let databases = [
        named("tasks", sandbox.tasks_database_id()),
        named("projects", sandbox.projects_database_id()),
        named("tags", sandbox.tags_database_id()),
    ];
    let seen = with_notion(&sandbox, sandbox.notion_token(), &databases).await;
    assert_eq!(other_findings(&seen), Vec::<&Finding>::new());
    assert_eq!(seen.not_looked_at, []);
    let notion = seen
        .looked_at
        .iter()
        .filter(|looked| looked.what.starts_with("Notion"));
    assert_eq!(notion.count(), 4);

    let seen = with_notion(&sandbox, "ntn_hunter2", &databases).await;
    let found = other_findings(&seen);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].weight),
        (FindingKind::TokenInvalid, Weight::Refutes)
    );
    assert!(!format!("{seen:?}").contains("hunter2"));

    let gone = [
        databases[0].clone(),
        named("tags", "00000000-0000-4000-8000-000000000000"),
        named("odd", "a/b ?"),
    ];
    let seen = with_notion(&sandbox, sandbox.notion_token(), &gone).await;
    let told: Vec<_> = other_findings(&seen)
        .iter()
        .map(|finding| (finding.kind, finding.subject.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (FindingKind::NotShared, "Notion's database tags".to_owned()),
            (FindingKind::NotShared, "Notion's database odd".to_owned()),
        ]
    );
    sandbox.stop().await.unwrap();
}
