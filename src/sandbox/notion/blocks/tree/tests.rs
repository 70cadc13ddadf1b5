use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use serde_json::json;

use super::super::super::body::Field;
use super::super::draft;
use super::*;

const PAGE: Parent = Parent::Page(Uuid::from_u128(0xaaaa));
const ALL: Paging = Paging {
    start: None,
    size: usize::MAX,
};

fn stamp(second: i64) -> Stamp {
    Stamp {
        user: Uuid::nil(),
        at: Timestamp::from_second(second).unwrap(),
    }
}

/// So many toggles, each with one paragraph in it.
fn drafts(count: usize) -> Vec<Draft> {
    let toggle = json!({ "toggle": { "rich_text": [], "children": [{ "paragraph": { "rich_text": [] } }] } });
    let body = json!({ "children": vec![toggle; count] });
    draft::read(&Field::root("body", &body).get("children")).unwrap()
}

fn divider() -> Vec<Draft> {
    let body = json!({ "children": [{ "divider": {} }] });
    draft::read(&Field::root("body", &body).get("children")).unwrap()
}

/// A forest with what it should look like: the order of each parent's children, without looking.
#[derive(Default)]
struct Model {
    forest: Forest,
    order: HashMap<Parent, Vec<Uuid>>,
    deleted: HashSet<Uuid>,
    made: Vec<Uuid>,
    /// Ids are drawn from a short circle, so that many have been drawn before.
    drawn: u128,
}

#[derive(Debug, Clone)]
enum Step {
    Append { to: usize, at: usize, count: usize },
    Mark { block: usize, deleted: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0usize..30, 0usize..12, 1usize..4)
            .prop_map(|(to, at, count)| Step::Append { to, at, count }),
        1 => (0usize..30, any::<bool>()).prop_map(|(block, deleted)| Step::Mark { block, deleted }),
    ]
}

impl Model {
    /// The page for 0, and then the blocks in the order in which they were made.
    fn parent(&self, index: usize) -> Parent {
        match index % (self.made.len() + 1) {
            0 => PAGE,
            index => Parent::Block(self.made[index - 1]),
        }
    }

    fn is_gone(&self, parent: Parent) -> bool {
        match parent {
            Parent::Page(_) => false,
            Parent::Block(id) => {
                self.deleted.contains(&id) || self.is_gone(self.forest.block(id).unwrap().parent)
            }
        }
    }

    fn append(&mut self, to: usize, at: usize, count: usize) {
        let parent = self.parent(to);
        let order = self.order.entry(parent).or_default().clone();
        let (position, place) = match at {
            0 => (Position::Start, 0),
            at if at <= order.len() => (Position::After(order[at - 1]), at),
            _ => (Position::End, order.len()),
        };
        let before = self.forest.clone();
        let mut drawn = self.drawn;
        let mut draw = || {
            drawn += 1;
            Uuid::from_u128(drawn % 500)
        };
        let made = self
            .forest
            .append(parent, position, drafts(count), &mut draw, stamp(1));
        self.drawn = drawn / 2;
        let Ok(ids) = made else {
            assert!(self.is_gone(parent), "{made:?}");
            assert_eq!(self.forest, before);
            return;
        };
        assert!(!self.is_gone(parent));
        assert_eq!(ids.len(), count);
        for id in &ids {
            let inner = self.list(Parent::Block(*id));
            assert_eq!(inner.len(), 1);
            self.order.insert(Parent::Block(*id), inner.clone());
            self.made.extend([*id, inner[0]]);
        }
        let order = self.order.entry(parent).or_default();
        order.splice(place..place, ids);
    }

    fn mark(&mut self, index: usize, deleted: bool) {
        let Parent::Block(id) = self.parent(index) else {
            return;
        };
        let above = self.forest.block(id).unwrap().parent;
        let done = self
            .forest
            .update(id, None, Some(deleted), stamp(2))
            .map(|_| ());
        assert_eq!(
            done.is_err(),
            self.is_gone(above) && (!self.deleted.contains(&id))
        );
        if done.is_ok() && deleted {
            self.deleted.insert(id);
        } else if done.is_ok() {
            self.deleted.remove(&id);
        }
    }

    fn list(&self, parent: Parent) -> Vec<Uuid> {
        self.forest.children(parent, ALL, |_| false).unwrap().ids
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_is_the_one_asked_for_and_nothing_below_a_deleted_block_is_listed(
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Append { to, at, count } => model.append(to, at, count),
                Step::Mark { block, deleted } => model.mark(block, deleted),
            }
            let ids: HashSet<Uuid> = model.made.iter().copied().collect();
            prop_assert_eq!(ids.len(), model.made.len(), "ids are unique");
            for index in 0..=model.made.len() {
                let parent = model.parent(index);
                let mut expected = model.order.get(&parent).cloned().unwrap_or_default();
                expected.retain(|id| !model.deleted.contains(id));
                if model.is_gone(parent) {
                    expected.clear();
                }
                let has_children = model.forest.has_children(parent, |_| false);
                prop_assert_eq!(has_children, !expected.is_empty());
                prop_assert_eq!(model.list(parent), expected);
            }
        }
    }

    #[test]
    fn a_listing_under_way_shows_all_that_was_there_though_others_write(
        count in 1usize..20,
        size in 1usize..5,
        inserts in prop::collection::vec(0usize..20, 0..20),
    ) {
        let mut model = Model::default();
        model.append(0, usize::MAX, count);
        let there = model.list(PAGE);
        let (mut start, mut listed) = (None, Vec::new());
        let mut inserts = inserts.into_iter();
        loop {
            let slice = model.forest.children(PAGE, Paging { start, size }, |_| false).unwrap();
            listed.extend(slice.ids);
            match slice.next {
                Some(next) => start = Some(next),
                None => break,
            }
            if let Some(at) = inserts.next() {
                model.append(0, at, 1);
            }
        }
        let unique: HashSet<&Uuid> = listed.iter().collect();
        prop_assert_eq!(unique.len(), listed.len());
        listed.retain(|id| there.contains(id));
        prop_assert_eq!(listed, there);
    }
}

#[test]
fn a_refused_append_changes_nothing() {
    let mut model = Model::default();
    model.append(0, 0, 2);
    let toggle = model.list(PAGE)[0];
    let mut draw = Uuid::max;
    let forest = &mut model.forest;
    let divider_id = forest
        .append(PAGE, Position::Start, divider(), &mut draw, stamp(1))
        .unwrap()[0];
    let before = forest.clone();
    let stranger = Uuid::from_u128(0xffff);
    for (parent, position) in [
        (Parent::Block(divider_id), Position::End),
        (Parent::Block(stranger), Position::End),
        (PAGE, Position::After(stranger)),
        (Parent::Block(toggle), Position::After(divider_id)),
    ] {
        let refused = forest.append(parent, position, drafts(1), &mut draw, stamp(2));
        assert!(refused.is_err(), "{parent:?}");
        assert_eq!(*forest, before);
    }
}

#[test]
fn a_block_remembers_when_it_was_made_and_changed_and_in_which_page_it_stands() {
    let mut model = Model::default();
    model.append(0, 0, 1);
    let toggle = model.list(PAGE)[0];
    let inner = model.list(Parent::Block(toggle))[0];
    let body = json!({ "paragraph": { "color": "red" } });
    let forest = &mut model.forest;
    let changed = forest
        .block(inner)
        .unwrap()
        .content
        .changed(&Field::root("body", &body))
        .unwrap();
    let block = forest.update(inner, changed, None, stamp(9)).unwrap();
    assert_eq!((block.created, block.edited), (stamp(1), stamp(9)));
    assert_eq!(block.content.answer()["color"], "red");
    let block = forest.block(inner).unwrap();
    assert_eq!(forest.page_of(block), Some(Uuid::from_u128(0xaaaa)));
    assert_eq!(forest.block(toggle).unwrap().edited, stamp(1));
    forest
        .append(
            Parent::Block(toggle),
            Position::End,
            divider(),
            &mut Uuid::max,
            stamp(10),
        )
        .unwrap();
    assert_eq!(forest.block(toggle).unwrap().edited, stamp(10));
}

#[test]
fn what_is_deleted_is_not_edited_and_deleting_twice_is_no_error() {
    let mut model = Model::default();
    model.append(0, 0, 1);
    let toggle = model.list(PAGE)[0];
    let inner = model.list(Parent::Block(toggle))[0];
    let forest = &mut model.forest;
    for _ in 0..2 {
        let block = forest.update(toggle, None, Some(true), stamp(2)).unwrap();
        assert_eq!(block.edited, stamp(2));
    }
    let presence = |forest: &Forest, id| forest.presence(forest.block(id).unwrap());
    assert_eq!(presence(forest, toggle), Presence::Deleted);
    assert_eq!(presence(forest, inner), Presence::BelowDeleted);
    let content = forest.block(toggle).unwrap().content.clone();
    for id in [toggle, inner] {
        let refusal = forest.update(id, Some(content.clone()), None, stamp(3));
        let refusal = refusal.unwrap_err().to_string();
        assert!(refusal.starts_with("Can't edit block"), "{refusal}");
    }
    let restored = forest.update(toggle, Some(content), Some(false), stamp(4));
    assert_eq!(restored.unwrap().edited, stamp(4));
    assert_eq!(presence(forest, inner), Presence::Shown);
}

#[test]
fn a_copy_lists_what_stands_in_its_original() {
    let mut model = Model::default();
    let synced = |from: serde_json::Value, children: serde_json::Value| {
        let block = json!({ "synced_block": { "synced_from": from, "children": children } });
        let body = json!({ "children": [block] });
        draft::read(&Field::root("body", &body).get("children")).unwrap()
    };
    let mut drawn = 0;
    let mut append = |forest: &mut Forest, drafts| {
        let mut draw = || {
            drawn += 1;
            Uuid::from_u128(drawn)
        };
        forest.append(PAGE, Position::End, drafts, &mut draw, stamp(1))
    };
    let inside = json!([{ "divider": {} }]);
    let original = append(&mut model.forest, synced(json!(null), inside)).unwrap()[0];
    let of = |id: Uuid| json!({ "block_id": id.to_string() });
    let copy = append(&mut model.forest, synced(of(original), json!([]))).unwrap()[0];
    let children = model.list(Parent::Block(original));
    assert_eq!(children.len(), 1);
    assert_eq!(model.list(Parent::Block(copy)), children);
    let before = model.forest.clone();
    for wrong in [copy, children[0], Uuid::max()] {
        assert!(append(&mut model.forest, synced(of(wrong), json!([]))).is_err());
    }
    let refused = model.forest.append(
        Parent::Block(copy),
        Position::End,
        divider(),
        &mut Uuid::max,
        stamp(1),
    );
    assert!(refused.is_err());
    assert_eq!(model.forest, before);
    model
        .forest
        .update(original, None, Some(true), stamp(2))
        .unwrap();
    assert!(model.list(Parent::Block(copy)).is_empty());
}

#[test]
fn a_page_in_a_page_has_its_place_among_the_blocks_and_hides_when_it_is_said_to() {
    let mut model = Model::default();
    model.append(0, 0, 1);
    let child = Uuid::from_u128(0xbbbb);
    model.forest.attach(PAGE, child);
    model.append(0, 0, 1);
    let list = |shown| model.forest.children(PAGE, ALL, |_| shown).unwrap().ids;
    assert_eq!(list(true).last(), Some(&child));
    assert_eq!(list(true).len(), list(false).len() + 1);
}
