//! Exports of Notion against the pages that it lists.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const AT: &str = "2026-11-22T12:00:00Z";

fn now() -> Timestamp {
    AT.parse().unwrap()
}

/// Minutes before now.
fn before(minutes: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_mins(minutes)
}

fn page(id: u128, edited: Timestamp) -> Value {
    json!({
        "object": "page", "id": uuid::Uuid::from_u128(id), "created_time": AT,
        "last_edited_time": edited.to_string(), "properties": {}, "children": []
    })
}

fn export(pages: &[(u128, Timestamp)], exported_at: Timestamp) -> Value {
    let pages: Vec<Value> = pages
        .iter()
        .map(|(id, edited)| page(*id, *edited))
        .collect();
    json!({ "exported_at": exported_at.to_string(), "tasks": pages })
}

fn look(text: &str, index: Option<&PageIndex>, kept: Option<Kept<'_>>) -> Inspection {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion-export.json");
    std::fs::write(&path, text).unwrap();
    look_at(&path, index, kept)
}

fn look_at(path: &Path, index: Option<&PageIndex>, kept: Option<Kept<'_>>) -> Inspection {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut asked = nothing();
    asked.export = Some(path);
    asked.now = now();
    asked.pages = index.map(Ok);
    asked.kept = kept;
    let mut seen = runtime.block_on(backups::look(asked));
    seen.not_looked_at
        .retain(|gap| gap.what != "the dump of the candidate");
    seen
}

fn index(pages: &[(u128, Timestamp)]) -> PageIndex {
    PageIndex {
        pages: pages.to_vec(),
        listed_at: now(),
    }
}

proptest! {
    /// The law: exactly the pages that are missing, and those edited since, are counted.
    #[test]
    fn what_is_missing_or_newer_in_notion_is_counted(
        listed in proptest::collection::btree_map(0_u128..40, 0_i64..100, 1..20),
        exported in proptest::collection::btree_map(0_u128..40, 0_i64..100, 1..20),
    ) {
        let pages = |map: &std::collections::BTreeMap<u128, i64>| -> Vec<(u128, Timestamp)> {
            map.iter().map(|(id, minutes)| (*id, before(*minutes))).collect()
        };
        let seen = look(&export(&pages(&exported), before(0)).to_string(), Some(&index(&pages(&listed))), Some(KEPT));
        let missing = listed.keys().filter(|id| !exported.contains_key(id)).count() as u64;
        let newer = listed.iter().filter(|(id, at)| exported.get(id).is_some_and(|known| *at < known)).count() as u64;
        let count = |kind| {
            let mut all = seen.findings.iter().filter(|finding| finding.kind == kind);
            all.next().map_or(0, |finding| finding.count)
        };
        prop_assert_eq!(count(FindingKind::ExportLacksPages), missing);
        prop_assert_eq!(count(FindingKind::ExportOlderThanEdit), newer);
        prop_assert_eq!(seen.findings.len(), usize::from(missing > 0) + usize::from(newer > 0));
        prop_assert!(seen.findings.iter().all(|finding| finding.example.is_some()));
        prop_assert_eq!(seen.not_looked_at, []);
    }
}

#[test]
fn an_export_that_is_cut_anywhere_cannot_be_read() {
    let pages: Vec<_> = (0..5).map(|id| (id, before(10))).collect();
    let whole = export(&pages, before(5)).to_string();
    for end in (0..whole.len()).step_by(whole.len() / 20) {
        let seen = look(&whole[..end], Some(&index(&pages)), Some(KEPT));
        assert_eq!(
            told(&seen),
            [(FindingKind::BackupUnreadable, Weight::Refutes)],
            "{end}: {seen:#?}"
        );
    }
    let seen = look_at(Path::new("/nowhere/notion-export.json"), None, Some(KEPT));
    assert_eq!(told(&seen), [(FindingKind::BackupMissing, Weight::Refutes)]);
}

#[test]
fn an_export_is_too_old_by_its_own_word_and_a_list_that_goes_on_is_cut() {
    let pages = [(1, before(3000))];
    let old = export(&pages, before(2000)).to_string();
    let seen = look(&old, Some(&index(&pages)), Some(KEPT));
    assert_eq!(told(&seen), [(FindingKind::BackupOld, Weight::Refutes)]);
    assert!(
        seen.findings[0].words.contains("1 d 9 h"),
        "{}",
        seen.findings[0].words
    );

    let goes_on = json!({ "tasks": { "results": [page(1, before(10))], "has_more": true }, "exported_at": before(1).to_string() });
    let seen = look(&goes_on.to_string(), None, Some(KEPT));
    assert_eq!(
        told(&seen),
        [(FindingKind::ExportLacksPages, Weight::Refutes)]
    );
    let gaps: Vec<_> = seen
        .not_looked_at
        .iter()
        .map(|gap| gap.what.as_str())
        .collect();
    assert_eq!(gaps, ["whether the export holds every page"]);
}

#[test]
fn keeping_is_stated_and_never_guessed() {
    let pages = [(1, before(10))];
    let text = export(&pages, before(1)).to_string();
    let seen = look(&text, Some(&index(&pages)), Some(KEPT));
    assert_eq!(told(&seen), []);
    let kept = seen
        .looked_at
        .iter()
        .find(|looked| looked.what.starts_with("keeping"))
        .unwrap();
    assert_eq!(
        kept.detail,
        "kept for 30 days in a shelf: stated in the configuration, not verified"
    );
    for kept in [
        None,
        Some(Kept {
            duration: 29 * DAY,
            place: "a shelf",
        }),
    ] {
        let seen = look(&text, Some(&index(&pages)), kept);
        assert_eq!(
            told(&seen),
            [(FindingKind::KeepingNotStated, Weight::Doubts)]
        );
    }
}

#[test]
fn nothing_named_is_nothing_looked_at() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let seen = runtime.block_on(backups::look(nothing()));
    let gaps: Vec<_> = seen
        .not_looked_at
        .iter()
        .map(|gap| gap.what.as_str())
        .collect();
    assert_eq!(gaps, ["the export of Notion", "the dump of the candidate"]);
    assert!(
        seen.not_looked_at
            .iter()
            .all(|gap| gap.next.contains("[backups]"))
    );
}

#[test]
fn what_an_export_cannot_show_is_told_with_its_reason() {
    let pages = [(1, before(10)), (2, before(10)), (3, before(10))];
    let mut without_text = export(&pages, before(1));
    without_text["tasks"][0]
        .as_object_mut()
        .unwrap()
        .remove("children");
    without_text["tasks"][1]["children"] = json!({ "results": [], "has_more": true });
    let seen = look(&without_text.to_string(), Some(&index(&pages)), Some(KEPT));
    assert_eq!(told(&seen), []);
    let [gap] = seen.not_looked_at.as_slice() else {
        panic!("{seen:#?}")
    };
    assert_eq!(
        gap.what,
        "whether the export holds the text inside the pages"
    );
    assert_eq!(
        gap.why,
        "the text of 2 of 3 pages was not exported, or not all of it"
    );
    assert!(
        gap.next.contains("`blocks: []` for each empty page"),
        "{}",
        gap.next
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion-export.json");
    std::fs::write(&path, export(&pages, before(1)).to_string()).unwrap();
    let why = "tasks: the database 1 cannot be read: API token is invalid.";
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let seen = runtime.block_on(backups::look(Asked {
        export: Some(&path),
        pages: Some(Err(why)),
        ..nothing()
    }));
    let mut gaps = seen.not_looked_at.iter();
    let gap = gaps.find(|gap| gap.what == "whether the export holds every page");
    assert_eq!(gap.unwrap().why, why);
}
