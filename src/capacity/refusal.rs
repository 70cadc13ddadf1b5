//! What must not be put under load.
//!
//! Thirty requests a second are ten times what Notion allows. Sent to the wrong side they would lock out
//! whoever works with it, so a load begins only where it is shown that the candidate does not answer from
//! the baseline's store.

use std::collections::BTreeMap;

use crate::driver::Driver;
use crate::record::{Distinctness, TargetFacts};

/// What an application says it answers from, when that is Notion.
const NOTION: &str = "notion";

/// Why the candidate must not be put under load, if there is a reason. `told_apart` says of each scenario by
/// its name whether the sides are two.
pub(super) fn by_sides<'s>(
    baseline: &TargetFacts,
    candidate: &TargetFacts,
    told_apart: &BTreeMap<String, Distinctness>,
    scenarios: impl IntoIterator<Item = &'s str>,
) -> Option<String> {
    let trimmed = |facts: &TargetFacts| facts.base_url.trim_end_matches('/').to_owned();
    if trimmed(baseline) == trimmed(candidate) {
        return Some("the candidate has the baseline's URL".to_owned());
    }
    if candidate.driver == Driver::Notion.name() {
        return Some("the candidate is Notion itself".to_owned());
    }
    scenarios
        .into_iter()
        .find_map(|name| match told_apart.get(name) {
            Some(Distinctness::Proven(_)) => None,
            Some(Distinctness::Same(why)) => Some(format!(
                "in {name} baseline and candidate are one thing: {why}"
            )),
            Some(Distinctness::Unproven(why)) => Some(format!(
                "nothing shows that baseline and candidate are two in {name}: {why}"
            )),
            None => Some(format!(
                "nothing shows that baseline and candidate are two in {name}"
            )),
        })
}

/// Why an answer of the candidate forbids a load: it says that it comes from Notion.
pub(super) fn by_answer(scenario: &str, body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let source = body.get("source")?.as_str()?;
    source
        .eq_ignore_ascii_case(NOTION)
        .then(|| format!("the candidate says that it answers {scenario} from Notion"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(driver: &str, base_url: &str) -> TargetFacts {
        TargetFacts {
            driver: driver.to_owned(),
            base_url: base_url.to_owned(),
            header_names: Vec::new(),
            notion_version: None,
            timeout_s: 1.0,
        }
    }

    fn reason(candidate: &TargetFacts, distinct: Option<Distinctness>) -> Option<String> {
        let baseline = facts("http", "https://old.example/");
        let told = distinct.map(|found| ("search".to_owned(), found));
        by_sides(
            &baseline,
            candidate,
            &told.into_iter().collect(),
            ["search"],
        )
    }

    #[test]
    fn only_two_sides_that_are_proven_are_put_under_load() {
        let why = || "w".to_owned();
        let candidate = facts("http", "https://new.example");
        assert_eq!(
            reason(&candidate, Some(Distinctness::Proven(why()))),
            None,
            "the sound case"
        );
        for distinct in [
            None,
            Some(Distinctness::Same(why())),
            Some(Distinctness::Unproven(why())),
        ] {
            assert!(
                reason(&candidate, distinct.clone()).is_some(),
                "{distinct:?}"
            );
        }
        let proven = || Some(Distinctness::Proven(why()));
        assert!(reason(&facts("http", "https://old.example"), proven()).is_some());
        assert!(reason(&facts("notion", "https://api.notion.com"), proven()).is_some());
    }

    #[test]
    fn an_answer_from_notion_forbids_it() {
        assert!(by_answer("search", br#"{"tasks":[],"source":"Notion"}"#).is_some());
        for body in [&br#"{"source":"postgres"}"#[..], b"[]", b"not JSON"] {
            assert_eq!(by_answer("search", body), None);
        }
    }
}
