//! The embedded world, backed up as its owner would.

use cutover::integrity::read_export;
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options as SandboxOptions, Sandbox};

use super::*;

#[tokio::test]
async fn the_backups_of_the_sound_sandbox_are_a_way_back() {
    let options = SandboxOptions {
        profile: Profile::none(),
        seed: 7,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (export, dump) = (
        folder.path().join("notion-export.json"),
        folder.path().join("tomos.dump"),
    );
    let text = sandbox.notion_export().unwrap();
    std::fs::write(&export, &text).unwrap();
    dump_of(sandbox.database_url(), &dump, &["-Fc"]);
    let mut index = PageIndex::default();
    read_export(text.as_slice(), &mut |page| {
        index.pages.extend(page.edited.map(|at| (page.id, at)))
    })
    .unwrap();
    assert!(index.pages.len() > 100);

    run(
        sandbox.database_url(),
        "CREATE DATABASE scratch TEMPLATE template0",
    )
    .await;
    let mut url = url::Url::parse(sandbox.database_url()).unwrap();
    url.set_path("scratch");
    let scratch = given(url.as_str());
    let mut candidate = Session::connect(&given(sandbox.database_url()), LIMIT)
        .await
        .unwrap();
    let seen = backups::look(Asked {
        export: Some(&export),
        dump: Some(&dump),
        pages: Some(Ok(&index)),
        candidate: Some(&mut candidate),
        scratch: Some(&scratch),
        ..nothing()
    })
    .await;
    assert_eq!(told(&seen), [], "{seen:#?}");
    assert_eq!(seen.not_looked_at, []);
    let what: Vec<_> = seen
        .looked_at
        .iter()
        .map(|looked| looked.what.as_str())
        .collect();
    assert_eq!(
        what,
        [
            "the export of Notion",
            "age of the export of Notion",
            "pages of the export against Notion's",
            "age of the dump of the candidate",
            "restoring the dump",
            "rows of the restored dump",
            "keeping of both backups",
        ]
    );
    candidate.close().await;
    sandbox.stop().await.unwrap();
}
