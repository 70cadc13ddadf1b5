//! What every world promises.

use super::super::plant::Plant;
use super::imported::Imported;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_seed_makes_a_world_of_the_promised_size(seed: u64) {
        let world = World::new(seed);
        prop_assert_eq!((world.tasks.len(), world.projects.len(), world.tags.len()), (150, 10, 25));
        let minutes: BTreeSet<Moment> = world.tasks.iter().map(|task| task.created_at).collect();
        prop_assert_eq!(minutes.len(), TASKS);
        prop_assert!(minutes.iter().all(|moment| moment.minute() == *moment));
        for place in 0..PROJECTS {
            let of_project = world.tasks.iter().filter(|task| task.content.project == Some(place));
            let count = of_project.count();
            let as_promised = if place == 0 { count == 30 } else { count <= 25 };
            prop_assert!(as_promised, "{count} tasks at {place}");
        }
        for task in &world.tasks {
            let content = &task.content;
            prop_assert_eq!(content.completed_at.is_some(), content.status == Status::Done);
            prop_assert!(task.updated_at >= task.created_at);
            prop_assert!(content.tags.len() <= TAGS_OF_TASK);
            let tags: BTreeSet<_> = content.tags.iter().collect();
            prop_assert_eq!(tags.len(), content.tags.len());
            // An end is of the kind of its beginning, and later.
            match (content.due, content.due_end) {
                (Some(Due::Day(day)), Some(Due::Day(end))) => prop_assert!(end > day),
                (Some(Due::At(at)), Some(Due::At(end))) => prop_assert!(end > at),
                (_, end) => prop_assert_eq!(end, None),
            }
        }
        let with = |has: fn(&TaskContent) -> bool| {
            world.tasks.iter().filter(|task| has(&task.content)).count()
        };
        prop_assert_eq!(with(|task| !task.body.is_empty()), 12);
        prop_assert_eq!(with(|task| task.due_end.is_some()), 8);
        prop_assert_eq!(with(|task| task.due_offset.is_some()), 6);
    }

    #[test]
    fn a_sound_import_has_a_row_for_each_task_and_a_link_for_each_of_its_tags(seed: u64) {
        let world = World::new(seed);
        let rows = Imported::of(&world);
        prop_assert_eq!(rows.tasks.len(), TASKS);
        let tags = world.tasks.iter().map(|task| task.content.tags.len());
        prop_assert_eq!(rows.links.len(), tags.sum::<usize>());
        for (row, task) in rows.tasks.iter().zip(&world.tasks) {
            prop_assert_eq!(&row.id, &task.ids.postgres);
            let text = row.body.as_deref().unwrap_or_default();
            prop_assert!(task.content.body.iter().all(|block| text.contains(block.text)));
            prop_assert_eq!(row.body.is_none(), task.content.body.is_empty());
        }
    }

    #[test]
    fn a_plant_of_the_import_changes_notion_or_rows_and_no_other_one_does(seed: u64) {
        let world = World::new(seed);
        let sound = Imported::of(&world);
        for plant in Plant::ALL {
            let mut rows = sound.clone();
            defects::in_rows(Some(*plant), &world, &mut rows);
            let notion = defects::in_notion(Some(*plant), &world);
            let spoilt = (*notion != world, rows != sound);
            let expected = match plant {
                Plant::UntitledDropped | Plant::StoresDrifted => (true, false),
                Plant::StatusCollapse | Plant::BodiesLost | Plant::DateShift
                | Plant::DateEndDropped | Plant::CompletedAtGuessed | Plant::HalfWrittenTask
                | Plant::ImportedTwice | Plant::OrphanLink | Plant::RelationCut => (false, true),
                _ => (false, false),
            };
            prop_assert_eq!(spoilt, expected, "{}", plant.name());
            prop_assert_eq!(notion.tasks.len() - TASKS, match plant {
                Plant::UntitledDropped => 2,
                Plant::StoresDrifted => 3,
                _ => 0,
            });
        }
    }

    #[test]
    fn no_id_is_given_twice_in_either_store(seed: u64) {
        let map = World::new(seed).id_map();
        let all: BTreeSet<&String> = [&map.tasks, &map.projects, &map.tags]
            .into_iter()
            .flat_map(|map| map.iter().flat_map(|(notion, postgres)| [notion, postgres]))
            .collect();
        prop_assert_eq!(all.len(), 2 * (TASKS + PROJECTS + TAGS));
    }

    #[test]
    fn a_seed_is_a_world_and_another_seed_another_world(seed: u64) {
        prop_assert_eq!(World::new(seed), World::new(seed));
        let other = World::new(seed.wrapping_add(1));
        let world = World::new(seed);
        prop_assert_ne!(&world.tasks, &other.tasks);
        prop_assert_ne!(world.id_map(), other.id_map());
    }
}

#[test]
fn the_world_has_every_kind_of_task() {
    let world = World::new(1);
    let any = |holds: fn(&TaskContent) -> bool| world.tasks.iter().any(|task| holds(&task.content));
    assert!(any(|task| matches!(task.due, Some(Due::Day(_)))));
    assert!(any(|task| matches!(task.due, Some(Due::At(_)))));
    assert!(any(|task| task.due.is_none() && task.description.is_none()));
    assert!(any(|task| task.tags.is_empty()));
    assert!(any(|task| task.tags.len() == TAGS_OF_TASK));
    for status in Status::ALL {
        assert!(
            world
                .tasks
                .iter()
                .any(|task| task.content.status == *status)
        );
    }
    for priority in Priority::ALL {
        assert!(
            world
                .tasks
                .iter()
                .any(|task| task.content.priority == *priority)
        );
    }
    for title in texts::HOSTILE_TITLES {
        assert!(
            world.tasks.iter().any(|task| task.content.title == *title),
            "{title}"
        );
    }
}

#[test]
fn an_id_map_survives_json() {
    let map = World::new(3).id_map();
    let text = serde_json::to_string(&map).unwrap();
    assert_eq!(serde_json::from_str::<IdMap>(&text).unwrap(), map);
}
