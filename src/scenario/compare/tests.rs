//! Every mistake in `[compare]` is told at its place, and what is right says what it says.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::scenario::load;

/// A scenario with these rules; the mistakes with their lines, counted from `[compare]`.
fn read(rules: &str) -> Result<Compare, Vec<(usize, String)>> {
    read_scenario("", rules)
}

fn read_scenario(head: &str, rules: &str) -> Result<Compare, Vec<(usize, String)>> {
    let text = format!(
        "name = \"one\"\nsummary = \"One\"\n{head}[promise]\nsource = \"guide\"\nbefore = \"2s\"\n\
         after = \"1s\"\nspeedup = \"2x\"\n[[steps]]\nname = \"read\"\nmethod = \"GET\"\npath = \"/\"\ncost = 0\n\
         expect = {{ status = 200 }}\n[compare]\n{rules}\n"
    );
    let before = text[..text.find("[compare]").unwrap()].lines().count();
    let parsed = load::parse(Path::new("one.toml"), text.as_bytes());
    let place = |mistake: &crate::diagnostic::Diagnostic| {
        let line = mistake.line().unwrap().saturating_sub(before);
        (line, mistake.message().to_owned())
    };
    match parsed.scenario {
        Some(scenario) => Ok(scenario.compare.unwrap()),
        None => Err(parsed.mistakes.iter().map(place).collect()),
    }
}

fn path(text: &str) -> FieldPath {
    text.parse().unwrap()
}

proptest! {
    #[test]
    fn a_path_is_read_as_it_is_written(names in prop::collection::vec(prop::option::of(".{0,8}|[a-z'\\\\\\]]{1,4}"), 0..6)) {
        let step = |at: FieldPath, name: Option<String>| match name {
            Some(name) => at.child(&name),
            None => at.items(),
        };
        let path = names.into_iter().fold(FieldPath::root(), step);
        prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
    }

    #[test]
    fn no_text_makes_the_reader_of_paths_panic(text in "\\$?[.\\[\\]*'\\\\a-z]{0,12}|.*") {
        if let Ok(path) = text.parse::<FieldPath>() {
            prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
        }
    }
}

#[test]
fn a_place_is_shown_as_people_write_it() {
    for text in [
        "$",
        "$.tasks",
        "$.tasks[*].dueDate",
        "$[*][*]",
        "$['a name'].b",
        "$['it\\'s']",
    ] {
        assert_eq!(path(text).to_string(), text);
    }
    assert!(path("$.a[*].b").is_within(&path("$.a")));
    assert!(!path("$.a").is_within(&path("$.b")));
    assert_eq!(path("$.a[*].b").parent(), path("$.a[*]"));
}

#[test]
fn without_a_word_everything_is_compared_as_it_stands() {
    let rules = read("").unwrap();
    assert_eq!(
        (rules.draws, rules.caps, rules.zone),
        (2, vec![50, 100], TimeZone::UTC)
    );
    assert!(rules.lists.is_empty() && rules.fields.is_empty() && rules.own_ids.is_empty());
    let writing = read_scenario("writes = true\n", "").unwrap_err();
    assert!(!writing.is_empty(), "the rules of writing still hold");
}

#[test]
fn every_rule_says_what_it_says() {
    let rules = read(
        r#"zone = "Australia/Sydney"
draws = 3
own_ids = ["id", "projectId"]
caps = [25]
storeless = ["read"]
lists = [
    { path = "$.tasks", key = ["title", "createdAt"] },
    { path = "$.tasks[*].tags", key = "name", order = "free" },
    { path = "$.projects", order = ["-createdAt", "title"] },
]
fields = [
    { path = "$.tasks[*].dueDate", as = "instant" },
    { path = "$.tasks[*].start", as = "date" },
    { path = "$.source", as = "store" },
    { path = "$.tasks[*].status", map = { "To Do" = "todo", Done = "done", None = 0 } },
    { path = "$.tasks[*].due", rename = "dueDate" },
    { path = "$.tasks[*].score", tolerance = 0.5 },
    { path = "$.at", ignore = "the server's clock" },
]"#,
    )
    .unwrap();
    assert_eq!(rules.zone.iana_name(), Some("Australia/Sydney"));
    assert_eq!((rules.draws, rules.caps.as_slice()), (3, &[25][..]));
    assert!(rules.is_storeless("read") && !rules.is_storeless("other"));
    assert!(rules.is_own_id("projectId") && !rules.is_own_id("title"));
    let tags = rules.list(&path("$.tasks[*].tags")).unwrap();
    assert_eq!(
        (tags.key.as_slice(), &tags.order),
        (&["name".to_owned()][..], &Order::Free)
    );
    assert_eq!(rules.list(&path("$.tasks")).unwrap().order, Order::Kept);
    let sorted = |name: &str, descending| SortField {
        name: name.to_owned(),
        descending,
    };
    let by = Order::By(vec![sorted("createdAt", true), sorted("title", false)]);
    assert_eq!(rules.list(&path("$.projects")).unwrap().order, by);
    let field = |text: &str| rules.field(&path(text)).unwrap().clone();
    assert_eq!(field("$.tasks[*].dueDate"), Treatment::Instant);
    assert_eq!(field("$.tasks[*].start"), Treatment::Day);
    assert_eq!(field("$.source"), Treatment::Store);
    assert_eq!(
        field("$.tasks[*].due"),
        Treatment::Rename("dueDate".to_owned())
    );
    assert_eq!(field("$.tasks[*].score"), Treatment::Tolerance(0.5));
    assert_eq!(
        field("$.at"),
        Treatment::Ignore("the server's clock".to_owned())
    );
    let Treatment::Map(map) = field("$.tasks[*].status") else {
        panic!("no map");
    };
    assert_eq!(
        (&map["To Do"], &map["None"]),
        (&Value::from("todo"), &Value::from(0))
    );
}

/// What is written in the first line after `[compare]`, and a part of the one complaint about it.
const MISTAKES: &[(&str, &str)] = &[
    ("zones = \"UTC\"", "unknown key `zones` in `compare`"),
    (
        "zone = \"Australia/Sidney\"",
        "there is no time zone `Australia/Sidney`",
    ),
    ("draws = 0", "0 is not a number of draws"),
    ("caps = [0]", "no list is cut to nothing"),
    ("own_ids = [\"\"]", "this is no name"),
    ("own_ids = [\"id\", \"id\"]", "`id` stands here twice"),
    ("storeless = [\"raed\"]", "there is no step `raed`"),
    (
        "storeless = [\"read\", \"read\"]",
        "`read` stands here twice",
    ),
    (
        "lists = [{ key = \"a\" }]",
        "a rule of `lists` lacks `path`",
    ),
    (
        "lists = [{ path = \"tasks\" }]",
        "`tasks` is not a path: it must begin with `$`",
    ),
    (
        "lists = [{ path = \"$.tasks[0]\" }]",
        "a rule is about every item",
    ),
    (
        "lists = [{ path = \"$.a\", order = \"fre\" }]",
        "`fre` is not an order",
    ),
    (
        "lists = [{ path = \"$.a\", order = [] }]",
        "this sorts by nothing",
    ),
    (
        "lists = [{ path = \"$.a\", order = [\"-\"] }]",
        "this is no field",
    ),
    (
        "lists = [{ path = \"$.a\" }, { path = \"$.a\" }]",
        "`$.a` has a second rule",
    ),
    (
        "lists = [{ path = \"$.a\", keys = \"b\" }]",
        "unknown key `keys`",
    ),
    ("fields = [{ path = \"$.a\" }]", "this says nothing of $.a"),
    (
        "fields = [{ path = \"$.a\", ignore = \"why\", map = { b = \"c\" } }]",
        "$.a is ignored, so nothing else",
    ),
    (
        "fields = [{ path = \"$.a\", ignore = \"why\" }, { path = \"$.a.b\", map = { b = \"c\" } }]",
        "`$.a` is ignored with all that is in it",
    ),
    (
        "fields = [{ path = \"$.a\", as = \"instant\", tolerance = 1 }]",
        "two things cannot be done with $.a",
    ),
    (
        "fields = [{ path = \"$.a\", as = \"instant\" }, { path = \"$.a\", tolerance = 1 }]",
        "`$.a` has a second rule",
    ),
    (
        "fields = [{ path = \"$.a\", ignore = \" \" }]",
        "needs a reason",
    ),
    (
        "fields = [{ path = \"$.a\", as = \"moment\" }]",
        "cannot be compared as `moment`",
    ),
    (
        "fields = [{ path = \"$.a\", map = {} }]",
        "this maps nothing",
    ),
    (
        "fields = [{ path = \"$.a\", map = { b = [] } }]",
        "cannot stand for a list",
    ),
    (
        "fields = [{ path = \"$.a\", rename = \"\" }]",
        "this is no name",
    ),
    (
        "fields = [{ path = \"$.a\", rename = \"c\" }, { path = \"$.b\", rename = \"c\" }]",
        "another field is called `$.c` already by a rule",
    ),
    (
        "fields = [{ path = \"$.a\", tolerance = -1 }]",
        "`-1` is not a distance",
    ),
    (
        "fields = [{ path = \"$.a\", tolerance = nan }]",
        "is not a distance",
    ),
    (
        "fields = [{ path = \"$.a[*]\", ignore = \"why\" }]",
        "`$.a[*]` is not a field",
    ),
    (
        "fields = [{ path = \"$\", as = \"instant\" }]",
        "`$` is not a field",
    ),
    (
        "own_ids = [\"id\"]\nfields = [{ path = \"$.id\", as = \"instant\" }]",
        "`id` is one of `own_ids`",
    ),
    (
        "own_ids = [\"id\"]\nlists = [{ path = \"$.a\", key = \"id\" }]",
        "each store has its own `id`",
    ),
    (
        "lists = [{ path = \"$.a\", key = \"b\" }]\nfields = [{ path = \"$.a[*].b\", ignore = \"why\" }]",
        "`$.a[*].b` is ignored, so `$.a` cannot use it",
    ),
];

#[test]
fn every_mistake_is_told_once_and_at_its_line() {
    for (rules, told) in MISTAKES {
        let mistakes = read(rules).unwrap_err();
        let [(line, message)] = mistakes.as_slice() else {
            panic!("{rules}: {mistakes:?}");
        };
        assert!(message.contains(told), "{rules}: {message}");
        assert!((2..=3).contains(line), "{rules}: line {line}");
    }
}

#[test]
fn a_scenario_that_writes_is_compared_once() {
    let mistakes = read_scenario("writes = true\n", "draws = 2").unwrap_err();
    let told = |(_, message): &(usize, String)| message.contains("is compared once");
    assert!(mistakes.iter().any(told), "{mistakes:?}");
}
