//! A history as it is read: every format says the same, and nothing in it acts on whoever reads it.

use cutover::history::{Cache, Entry, History, check_newest, history};
use cutover::report::{
    Width, check_json, check_terminal, history_json, history_markdown, history_svg,
    history_terminal,
};
use proptest::prelude::*;

use super::entries::{asked, entry, noise, runs, series};

fn shown(entries: Vec<Entry>) -> History {
    history(entries, &asked(), &mut Cache::default()).unwrap()
}

fn in_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_acts_on_whoever_reads_it(foreign in "(?s)[\\PC\u{1b}\r\n<>&\"'`|@\u{202e}]{1,30}", width in 60u16..120) {
        let slow = |run| if run < 10 { 0.05 } else { 0.08 };
        let run = |place| {
            let mut run = entry(place, vec![series(&foreign, slow(place) * noise(place))]);
            run.commit = Some(foreign.clone());
            run.machine.cpu = Some(foreign.clone());
            run
        };
        let entries: Vec<Entry> = (0..20).map(run).collect();
        let checked = check_newest(entries.clone(), &asked(), &mut Cache::default()).unwrap();
        let found = shown(entries);
        let texts = [
            history_terminal(&found, Width(width)),
            check_terminal(&checked, Width(width)),
            history_markdown(&found),
            history_svg(&found),
        ];
        for text in texts {
            let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            prop_assert!(!text.contains(acts), "{text:?}");
        }
        let svg = history_svg(&found);
        let drawing = roxmltree::Document::parse(&svg).unwrap();
        let lines = drawing.descendants().filter(|node| node.has_tag_name("polyline"));
        prop_assert_eq!(lines.count(), 2);
        for json in [history_json(&found), check_json(&checked)] {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        }
    }
}

#[test]
fn a_trend_on_the_terminal() {
    let mut entries = runs(30, |run| if run < 20 { 0.05 } else { 0.06 });
    entries[3].machine.cores = 4;
    entries[4].machine.cores = 4;
    entries[5].source = "criterion".to_owned();
    insta::assert_snapshot!(history_terminal(&shown(entries), Width(80)));
}

#[test]
fn a_trend_in_markdown() {
    let mut entries = runs(30, |run| if run < 20 { 0.05 } else { 0.06 });
    for run in &mut entries[18..22] {
        run.commit = None;
    }
    insta::assert_snapshot!(history_markdown(&shown(entries)));
}

#[test]
fn a_check_on_the_terminal() {
    let mut entries = runs(13, |run| if run < 12 { 0.05 } else { 0.06 });
    entries[12].series[0].quantiles.remove("p95");
    entries[12].series[0].failed = 20;
    let checked = check_newest(entries, &asked(), &mut Cache::default()).unwrap();
    insta::assert_snapshot!(check_terminal(&checked, Width(80)));
}

#[test]
fn a_thousand_runs_fit_into_every_width() {
    let found = shown(runs(300, |_| 0.05));
    for width in [60, 80, 120] {
        let text = history_terminal(&found, Width(width));
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= usize::from(width), "{widest}: {text}");
        assert!(
            text.lines()
                .any(|line| line.chars().count() == usize::from(width))
        );
    }
}

#[test]
fn markdown_stays_below_what_a_forge_takes() {
    let many = |place| {
        let name = |at: u32| format!("a scenario with a name that is rather long {at}");
        let all = (0..400).map(|at| series(&name(at), 0.05));
        entry(place, all.collect())
    };
    let text = history_markdown(&shown((0..2).map(many).collect()));
    assert!(text.len() < 60_000, "{}", text.len());
    assert!(
        text.contains("more series have no room here"),
        "what is left out is said"
    );
    assert!(in_words(&text).ends_with("</details>"));
}

#[test]
fn a_changed_tree_is_no_commit_and_is_never_told_as_the_same_one() {
    let mut entries = runs(30, |run| if run < 20 { 0.05 } else { 0.06 });
    for entry in &mut entries {
        entry.commit = Some(format!("{:040x}-dirty", 0));
    }
    let text = in_words(&history_terminal(&shown(entries), Width(80)));
    assert!(!text.contains("no commit between them"), "{text}");
    assert!(text.contains(&format!("{:040x}-dirty", 0)), "{text}");
    let mut entries = runs(30, |run| if run < 20 { 0.05 } else { 0.06 });
    entries[19].commit = Some(format!("{:040x}-dirty", 7));
    let text = in_words(&history_terminal(&shown(entries), Width(80)));
    assert!(text.contains("commit `0000000000-dirty`"), "{text}");
}

#[test]
fn two_commits_that_begin_alike_are_told_apart() {
    let mut entries = runs(30, |run| if run < 20 { 0.05 } else { 0.06 });
    for (entry, digit) in entries.iter_mut().zip(0_u32..) {
        entry.commit = Some(format!("{:032x}{digit:08x}", 0));
    }
    let text = in_words(&history_terminal(&shown(entries), Width(80)));
    for digit in [19, 20] {
        let commit = format!("commit `{:032x}{digit:08x}`", 0);
        assert!(text.contains(&commit), "{text}");
    }
}
