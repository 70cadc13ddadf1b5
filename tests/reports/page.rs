//! The page as its golden files show it, and what holds of it whoever's text is in it.

use cutover::record::Record;
use cutover::report::{Summary, html};
use cutover::verdict::{Fact, Gate, Interval, Outcome, Unit, judge};
use proptest::prelude::*;

use crate::hostile::{HOSTILE, of_scenarios, small, spoil, spoil_answers};
use crate::{kinds, records};

/// The size of a page that a mail or a chat takes without a word.
const MOST_BYTES: usize = 500_000;

/// The page of a record, as the product makes it.
pub(crate) fn page(record: &Record) -> String {
    html(&Summary::new(record, &judge(record))).unwrap()
}

/// As many scenarios as anybody has measured in one run.
pub(crate) fn of_24_scenarios() -> Record {
    let mut record = records::go();
    let three = record.scenarios.clone();
    record.scenarios = (0..24)
        .map(|n| {
            let mut scenario = three[n % 3].clone();
            scenario.name = format!("{}-{n}", scenario.name);
            scenario
        })
        .collect();
    record
}

/// The page without its style and with one line for each picture, so that a change can be read.
fn readable(page: &str) -> String {
    let page = between(page, "<style>", "</style>", |_| {
        "<style>…</style>".to_owned()
    });
    let page = between(
        &page,
        "<svg class=\"chart\" data-chart=\"",
        "</svg>",
        |svg| {
            let id = svg.split('"').nth(3).unwrap_or_default();
            format!("<svg class=\"chart\" data-chart=\"{id}\"/>")
        },
    );
    let mut out = page;
    for tag in [
        "<section",
        "<header",
        "<footer",
        "<h1",
        "<h2",
        "<h3",
        "<h4",
        "<p",
        "<li",
        "<ul",
        "<ol",
        "<figure",
        "<div",
        "<details",
        "<tr",
        "<tbody",
        "<thead",
        "<meta",
        "<link",
        "<title",
        "<style",
        "<body",
        "<main",
        "<dl",
        "<figcaption",
        "<summary",
        "<table",
        "<svg",
    ] {
        for end in [" ", ">"] {
            out = out.replace(&format!("{tag}{end}"), &format!("\n{tag}{end}"));
        }
    }
    out
}

/// Replaces everything from a beginning to its end.
fn between(text: &str, from: &str, to: &str, with: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(from) {
        let end = begin + rest[begin..].find(to).unwrap() + to.len();
        out.push_str(&rest[..begin]);
        out.push_str(&with(&rest[begin..end]));
        rest = &rest[end..];
    }
    out + rest
}

/// The names of all tags, in their order, pictures left out; `</p>` is `/p`.
fn tags(page: &str) -> Vec<String> {
    let page = between(page, "<style>", "</style>", |_| String::new());
    let page = between(&page, "<svg", "</svg>", |_| String::new());
    let name = |tag: &str| -> String {
        let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '/' || *c == '!';
        tag.chars().take_while(is_name).collect()
    };
    page.split('<').skip(1).map(name).collect()
}

const TAGS: [&str; 42] = [
    "!DOCTYPE",
    "html",
    "head",
    "meta",
    "title",
    "link",
    "body",
    "main",
    "header",
    "footer",
    "section",
    "div",
    "span",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "a",
    "strong",
    "small",
    "code",
    "bdi",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "details",
    "summary",
    "svg",
    "style",
];

/// The structure is the product's, whatever the texts in it say.
#[track_caller]
fn assert_laws(record: &Record) -> String {
    let page = page(record);
    let mut open: Vec<String> = Vec::new();
    let mut level = 0;
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/');
        assert!(TAGS.contains(&name), "<{tag}>");
        if let Some(digit) = tag
            .strip_prefix('h')
            .and_then(|rest| rest.parse::<u32>().ok())
        {
            assert!(
                digit <= level + 1,
                "<{tag}> after a heading of level {level}"
            );
            assert!(digit > 1 || level == 0, "a second <h1>");
            level = digit;
        }
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed)),
            None if ["!DOCTYPE", "meta", "link"].contains(&name) => {}
            None => open.push(tag),
        }
    }
    for entity in page.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
        assert!(
            known.iter().any(|name| entity.starts_with(name)),
            "&{entity:.20}"
        );
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
    let acts = |c: &char| {
        (c.is_control() && *c != '\n')
            || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}".contains(*c)
            || ('\u{202a}'..='\u{202e}').contains(c)
            || ('\u{2066}'..='\u{2069}').contains(c)
    };
    assert_eq!(page.chars().find(acts), None);
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    for addressed in page.split(" href=\"").skip(1) {
        assert!(addressed.starts_with('#') || addressed.starts_with("data:,\""));
    }
    page
}

#[test]
fn every_kind_of_run_has_its_golden_page() {
    let kinds = [
        "go",
        "no-go",
        "too-few-iterations",
        "late-harness",
        "candidate-failed-half-way",
    ];
    for (name, record) in kinds::all() {
        let page = assert_laws(&record);
        assert!(
            !page.contains("more characters"),
            "{name}: a text of the product is cut"
        );
        if kinds.contains(&name) {
            insta::assert_snapshot!(format!("{name}-page"), readable(&page));
        }
    }
}

#[test]
fn everything_of_a_run_is_on_its_page_and_in_the_order_that_a_reader_needs() {
    let mut record = records::failed_half_way();
    record.leftovers = vec!["an object".to_owned()];
    let page = page(&record);
    let order = [
        "id=\"next\"",
        "id=\"why\"",
        "id=\"promises\"",
        "id=\"scenarios\"",
        "id=\"gates\"",
        "id=\"assumptions\"",
        "id=\"circumstances\"",
        "id=\"method\"",
        "id=\"again\"",
        "cutover check --seed 1",
        "id=\"leftovers\"",
        "an object",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|what| page.find(what).expect(what))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    let lead = &page[..places[0]];
    assert!(
        lead.contains("NO-GO") && lead.contains("Notion is simulated"),
        "{lead}"
    );
    let count = |what: &str| page.matches(what).count();
    assert_eq!(count("<figure"), 3 * (3 + 5));
    assert_eq!(count("role=\"img\""), 3 * (3 + 5));
    assert_eq!(count("<h4>"), 3 * 8);
    assert_eq!(count("tabindex=\"0\""), 3 * 5);
}

#[test]
fn a_gate_that_nobody_has_heard_of_is_shown_with_its_evidence() {
    let record = records::go();
    let mut verdict = judge(&record);
    verdict.gates.push(Gate {
        id: "rows-agree".to_owned(),
        scenario: "the whole export".to_owned(),
        required: false,
        outcome: Outcome::NoGo,
        title: "every row is there".to_owned(),
        reason: "3 rows of `tasks` are missing".to_owned(),
        next: None,
        waived: None,
        settled: true,
        interval: Some(Interval {
            unit: Unit::Count,
            low: None,
            high: Some(9.0),
            point: Some(3.0),
            threshold: 0.0,
        }),
        facts: vec![
            Fact::number("rows_missing", 3.0, Unit::Count),
            Fact::text("first", "row <7>"),
        ],
    });
    let page = html(&Summary::new(&record, &verdict)).unwrap();
    for shown in [
        "the whole export</h3>",
        "every row is there</h4>",
        "3 rows of <code>tasks</code> are missing",
        "(not required)",
        "3 [-, 9], 0",
        "<dt>rows_missing</dt><dd>3</dd>",
        "row &lt;7&gt;",
        "<code>rows-agree</code>",
    ] {
        assert!(page.contains(shown), "{shown} is missing");
    }
}

#[test]
fn a_run_of_24_scenarios_still_fits() {
    let page = assert_laws(&of_24_scenarios());
    assert!(page.matches("<figure").count() >= 24 * 3);
    // What has no picture has its words and its figures.
    assert_eq!(
        page.matches("-alt\"").count() - page.matches("describedby").count(),
        24 * 5
    );
    assert_eq!(
        page.matches("<details><summary>The figures<span").count(),
        24 * 5
    );
}

#[test]
fn a_run_of_any_number_of_scenarios_fits_and_says_what_is_left_out() {
    let page = assert_laws(&of_scenarios(60));
    assert_eq!(page.matches("<section class=\"scenario\"").count(), 60);
    assert!(page.contains("<code>cutover report --all</code> draws it as <code>charts/"));

    let mut record = of_scenarios(300);
    let failing = record.scenarios[299].name.clone();
    records::edit(&mut record.scenarios[299].candidate, |rows| {
        rows[3].steps.clear()
    });
    record.leftovers = (0..5_000).map(|n| format!("object {n}")).collect();
    let page = assert_laws(&record);
    let shown = page.matches("<section class=\"scenario\"").count();
    assert!((50..300).contains(&shown), "{shown} scenarios");
    assert!(page.contains(&format!("Only {shown} of 300 scenarios have room")));
    assert!(
        page.contains(&format!("<h3>{failing}</h3>")),
        "the one that fails is left out"
    );
    assert!(page.contains("And 4980 more, which <code>record.json</code> lists."));
    assert!(page.len() > 400_000, "{} bytes: more would fit", page.len());
}

#[test]
fn a_failure_of_10_megabytes_does_not_blow_the_page_up() {
    let mut record = small();
    spoil(&mut record, &"<script>א\u{1b}".repeat(10_000));
    spoil_answers(&mut record, &"<script>א\u{1b}".repeat(900_000));
    assert_laws(&record);
}

#[test]
fn hostile_texts_are_text_on_the_page() {
    for text in HOSTILE {
        let mut record = small();
        spoil(&mut record, text);
        assert_laws(&record);
    }
    let mut record = records::go();
    record.scenarios.clear();
    assert_laws(&record);
}

#[test]
fn a_scenario_may_have_the_name_of_a_section() {
    let mut record = small();
    record.scenarios[0].name = "gates".to_owned();
    record.scenarios[1].name = "gates-title".to_owned();
    assert_laws(&record);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_somebody_wrote_is_markup(
        // Texts in ASCII alone take a way of their own, and most of what is markup is ASCII.
        text in prop_oneof![
            r#"[<>&"'/=a-z `-]{0,40}"#,
            r#"([ -~]|[|`\\<>&"'/=*_\n\t\x1b]|\PC|\p{C}){0,80}"#,
        ]
    ) {
        let mut record = small();
        spoil(&mut record, &text);
        assert_laws(&record);
    }
}
