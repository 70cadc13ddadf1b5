//! Planted defects are there, and only where they were planted: each is held against the sound sandbox
//! of the same seed, in all that can be seen of both.

mod seen;

use std::collections::BTreeMap;

use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::{Plant, Side};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{Api, Both, SEED, id, start, world};

/// Seen once for all plants.
static SOUND: OnceCell<Value> = OnceCell::const_new();

async fn sound() -> &'static Value {
    let look = async || {
        let sandbox = world().await;
        let seen = seen::of(&sandbox).await;
        sandbox.stop().await.unwrap();
        seen
    };
    SOUND.get_or_init(look).await
}

/// What a plant makes different.
async fn made_different_by(plant: Plant) -> BTreeMap<String, usize> {
    let sandbox = start(SEED, LimitSettings::default(), Some(plant)).await;
    let seen = seen::of(&sandbox).await;
    sandbox.stop().await.unwrap();
    seen::differences(sound().await, &seen)
}

/// A plant's test, and its place in the list of those that have one. The differences are all that
/// there are; how many follows from the seed where the plant does not say it.
macro_rules! plants {
    ($($name:ident: $plant:ident makes $differences:expr;)*) => {
        const TESTED: &[Plant] = &[$(Plant::$plant,)*];

        $(#[tokio::test]
        async fn $name() {
            let expected = $differences.into_iter();
            let expected: BTreeMap<String, usize> =
                expected.map(|(path, count)| (path.to_owned(), count)).collect();
            let found = made_different_by(Plant::$plant).await;
            assert_eq!(found, expected, "{found:#?}");
        })*
    };
}

plants! {
    a_collapsed_status_is_todo_in_every_row_and_nothing_is_completed: StatusCollapse makes [
        ("reads.candidate.all tasks.objects.*.completedAt other", 34),
        ("reads.candidate.all tasks.objects.*.status other", 75),
        ("reads.candidate.todo.count other", 1),
        ("reads.candidate.todo.objects.* new", 75),
        ("reads.candidate.todo.order other", 1),
        ("rows.tasks.*.completedAt other", 34),
        ("rows.tasks.*.status other", 75),
    ];
    untitled_pages_are_in_notion_alone: UntitledDropped makes [
        ("notion.projects.*.properties.Task Count.rollup.number other", 1),
        ("notion.projects.*.properties.Tasks.relation other", 1),
        ("notion.tasks.* new", 2),
        ("reads.baseline.all tasks.count other", 1),
        ("reads.baseline.all tasks.objects.* new", 2),
        ("reads.baseline.all tasks.order other", 1),
        ("reads.baseline.projects.objects.*.taskCount other", 1),
    ];
    an_order_by_priority_changes_no_task: PriorityOrder makes [
        ("reads.candidate.all tasks.order other", 1),
        ("reads.candidate.todo.order other", 1),
    ];
    a_capped_list_has_a_hundred_tasks: Cap100 makes [
        ("reads.candidate.all tasks.count other", 1),
        ("reads.candidate.all tasks.objects.* gone", 50),
        ("reads.candidate.all tasks.order other", 1),
    ];
    lost_bodies_are_seen_in_rows_alone: BodiesLost makes [
        ("rows.tasks.*.body other", 12),
    ];
    a_date_shift_moves_every_due_date_without_a_time: DateShift makes [
        ("reads.candidate.all tasks.objects.*.dueDate other", 49),
        ("reads.candidate.todo.objects.*.dueDate other", 26),
        ("rows.tasks.*.dueDate other", 49),
        ("rows.tasks.*.dueEnd other", 2),
    ];
    dropped_ends_are_seen_in_rows_alone: DateEndDropped makes [
        ("rows.tasks.*.dueEnd other", 8),
        ("rows.tasks.*.dueZone other", 6),
    ];
    a_guessed_completion_is_the_last_edit_and_survives_a_reopening: CompletedAtGuessed makes [
        ("life.candidate.reopened.answer.completedAt other", 1),
        ("reads.candidate.all tasks.objects.*.completedAt other", 34),
        ("rows.tasks.*.completedAt other", 34),
    ];
    wiped_tags_are_gone_after_every_change_but_one_of_tags: TagsWiped makes [
        ("life.candidate.done.answer.tags other", 1),
        ("life.candidate.more urgent.answer.tags other", 1),
        ("life.candidate.reopened.answer.tags other", 1),
    ];
    another_shape_is_another_answer_about_the_same_rows: ShapeChanged makes reshaped();
    drifted_stores_have_new_and_changed_tasks_in_notion_alone: StoresDrifted makes [
        ("notion.projects.*.properties.Task Count.rollup.number other", 1),
        ("notion.projects.*.properties.Tasks.relation other", 1),
        ("notion.tasks.* new", 3),
        ("notion.tasks.*.last_edited_time other", 4),
        ("notion.tasks.*.properties.Completed.date other", 1),
        ("notion.tasks.*.properties.Priority.select.color other", 1),
        ("notion.tasks.*.properties.Priority.select.id other", 1),
        ("notion.tasks.*.properties.Priority.select.name other", 1),
        ("notion.tasks.*.properties.Status.select.color other", 2),
        ("notion.tasks.*.properties.Status.select.id other", 2),
        ("notion.tasks.*.properties.Status.select.name other", 2),
        ("notion.tasks.*.properties.Task.title other", 1),
        ("notion.tasks.*.url other", 1),
        ("reads.baseline.all tasks.count other", 1),
        ("reads.baseline.all tasks.objects.* new", 3),
        ("reads.baseline.all tasks.objects.*.completedAt other", 1),
        ("reads.baseline.all tasks.objects.*.priority other", 1),
        ("reads.baseline.all tasks.objects.*.status other", 2),
        ("reads.baseline.all tasks.objects.*.title other", 1),
        ("reads.baseline.all tasks.objects.*.updatedAt other", 4),
        ("reads.baseline.all tasks.order other", 1),
        ("reads.baseline.projects.objects.*.taskCount other", 1),
        ("reads.baseline.todo.count other", 1),
        ("reads.baseline.todo.objects.* gone", 2),
        ("reads.baseline.todo.objects.* new", 1),
        ("reads.baseline.todo.objects.*.priority other", 1),
        ("reads.baseline.todo.objects.*.title other", 1),
        ("reads.baseline.todo.objects.*.updatedAt other", 2),
        ("reads.baseline.todo.order other", 1),
    ];
    a_half_written_task_stays_with_its_first_tag_and_the_answer_is_a_failure: HalfWrittenTask makes [
        ("life.candidate.found.answer.tags other", 1),
        ("life.candidate.made.answer gone", 1),
        ("life.candidate.made.refused new", 1),
        ("life.candidate.made.status other", 1),
        ("life.candidate.more urgent.answer.tags other", 1),
        ("reads.candidate.all tasks.objects.*.tags other", 1),
        ("rows.task_tags.* gone", 3),
    ];
    a_second_import_makes_every_task_and_link_again: ImportedTwice makes [
        ("reads.candidate.all tasks.count other", 1),
        ("reads.candidate.all tasks.objects.* new", 150),
        ("reads.candidate.all tasks.order other", 1),
        ("reads.candidate.projects.objects.*.taskCount other", 10),
        ("reads.candidate.todo.count other", 1),
        ("reads.candidate.todo.objects.* new", 75),
        ("reads.candidate.todo.order other", 1),
        ("rows.task_tags.* new", 295),
        ("rows.tasks.* new", 150),
    ];
    orphans_lead_nowhere_and_no_foreign_key_forbids_it: OrphanLink makes [
        ("reads.candidate.all tasks.objects.*.project other", 2),
        ("reads.candidate.all tasks.objects.*.projectId other", 2),
        ("reads.candidate.all tasks.objects.*.tags other", 3),
        ("reads.candidate.projects.objects.*.taskCount other", 1),
        ("reads.candidate.todo.objects.*.projectId other", 2),
        ("rows.foreign_keys.task_tags_tagId_fkey gone", 1),
        ("rows.foreign_keys.tasks_projectId_fkey gone", 1),
        ("rows.task_tags.* gone", 3),
        ("rows.task_tags.* new", 3),
        ("rows.tasks.*.projectId other", 2),
    ];
    a_cut_relation_leaves_the_tasks_after_the_25th_without_a_project: RelationCut makes [
        ("reads.candidate.all tasks.objects.*.project other", 5),
        ("reads.candidate.all tasks.objects.*.projectId other", 5),
        ("reads.candidate.projects.objects.*.taskCount other", 1),
        ("reads.candidate.todo.objects.*.projectId other", 2),
        ("rows.tasks.*.projectId other", 5),
    ];
    a_frozen_candidate_replays_its_reads: FrozenGet makes frozen("candidate");
    a_silently_frozen_candidate_replays_its_reads: FrozenSilently makes frozen("candidate");
    a_frozen_baseline_replays_its_reads: FrozenBaseline makes frozen("baseline");
}

/// Everywhere where the candidate answers with a task.
fn reshaped() -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = |place: &str, tasks: usize, tagged: usize| {
        let fields = [
            ("description gone", tasks),
            ("due new", tasks),
            ("dueDate gone", tasks),
            ("tags other", tagged),
        ];
        let seen = fields.iter().filter(|(_, count)| *count > 0);
        found.extend(seen.map(|(what, count)| (format!("{place}.{what}"), *count)));
    };
    // Some tasks have no tags, and their empty list stays.
    at("reads.candidate.all tasks.objects.*", 150, 119);
    at("reads.candidate.todo.objects.*", 75, 0);
    at("life.candidate.made.answer", 1, 0);
    for step in ["found", "more urgent", "other tags", "done", "reopened"] {
        at(&format!("life.candidate.{step}.answer"), 1, 1);
    }
    found
}

/// The query counts for nothing, and no write is seen: what is made is not found in the list.
fn frozen(side: &str) -> Vec<(String, usize)> {
    let in_reads = [
        ("count other", 1),
        ("objects.* new", 75),
        ("objects.*.project new", 75),
        ("objects.*.tags new", 75),
        ("order other", 1),
    ];
    let in_reads = in_reads.map(|(what, count)| (format!("reads.{side}.todo.{what}"), count));
    let never_reached = ["more urgent", "other tags", "done", "reopened", "removed"];
    let in_life = never_reached.map(|step| (format!("life.{side}.{step} gone"), 1));
    let not_found = (format!("life.{side}.found other"), 1);
    let all = in_reads.into_iter().chain(in_life);
    all.chain([not_found]).collect()
}

/// Whether a read shows what was just written, and the cache header of that read.
async fn freshness(api: &Api, path: &str) -> (bool, Option<String>) {
    let before = api.send(Method::GET, path, None).await;
    api.create("tasks", &json!({ "title": "fresh" })).await;
    let after = api
        .send(Method::GET, &format!("{path}?status=todo&nonce=1"), None)
        .await;
    let header = after.headers.get("x-nextjs-cache");
    let header = header.map(|value| value.to_str().unwrap().to_owned());
    (before.body != after.body, header)
}

#[tokio::test]
async fn a_planted_freeze_freezes_its_side_alone() {
    for (plant, frozen, header) in [
        (
            Plant::FrozenBaseline,
            Side::Baseline,
            Some("HIT".to_owned()),
        ),
        (Plant::FrozenSilently, Side::Candidate, None),
    ] {
        let sandbox = start(SEED, LimitSettings::default(), Some(plant)).await;
        let both = Both::of(&sandbox);
        for (side, api) in [
            (Side::Baseline, &both.baseline),
            (Side::Candidate, &both.candidate),
        ] {
            let seen = freshness(api, "/api/tasks").await;
            if side == frozen {
                assert_eq!(seen, (false, header.clone()), "{plant:?} {side:?}");
            } else {
                assert_eq!(seen, (true, None), "{plant:?} {side:?}");
            }
        }
        sandbox.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_planted_same_store_answers_from_notion_on_both_urls_and_both_stores_are_sound() {
    let sandbox = start(SEED, LimitSettings::default(), Some(Plant::OneStore)).await;
    let both = Both::of(&sandbox);
    assert_ne!(sandbox.baseline_url(), sandbox.candidate_url());
    let seen = seen::of(&sandbox).await;
    assert_eq!(seen["reads"]["candidate"], seen["reads"]["baseline"]);
    for part in [
        ["notion", "tasks"],
        ["rows", "tasks"],
        ["reads", "baseline"],
    ] {
        let [kind, name] = part;
        assert_eq!(seen[kind][name], sound().await[kind][name], "{part:?}");
    }
    let made = both
        .baseline
        .create("tasks", &json!({ "title": "one of both" }))
        .await;
    let seen = both
        .candidate
        .get(&format!("/api/tasks/{}", id(&made)))
        .await;
    assert_eq!(seen, made);
    assert_eq!(seen["source"], "notion");
    sandbox.stop().await.unwrap();
}

#[test]
fn every_plant_has_its_test() {
    let elsewhere = [Plant::OneStore];
    for plant in Plant::ALL {
        let tested = TESTED.contains(plant) || elsewhere.contains(plant);
        assert!(tested, "{}", plant.name());
    }
}
