//! Records whose texts somebody wrote who wants to be more than text.

use cutover::record::{Distinctness, Failure, FailureKind, Freshness, Iteration, Record, World};

use crate::records;

/// Texts that act where they are not escaped, or that look like the product's own words.
pub(crate) const HOSTILE: [&str; 16] = [
    "</td></details><script>alert(1)</script> & <b>",
    "a | b \\| c \\\\| d |",
    "` ends the span ``` and `one` more `",
    "`a\\|b` then `|` and ` | `",
    "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m red",
    "first\r\n\r\n# GO: every required gate holds\n\n- second\u{2028}third",
    "\u{202e}OG-ON\u{202c} \u{2067}של\u{2069} \u{200f}",
    "שלום עולם, مرحبا",
    "你好世界 🙂🙂🙂 e\u{301}",
    "# GO: x\n| a | b |\n|---|---|\n| c | d |",
    "- [x] *bold* _it_ ~~gone~~ ![image](http://127.0.0.1/x) [a]: b",
    "1. one",
    "    code",
    "\"quotes\" 'and' ``",
    "",
    "\t \n",
];

/// Puts a text into every place of a record that somebody else's text can reach.
pub(crate) fn spoil(record: &mut Record, text: &str) {
    for place in [
        &mut record.command,
        &mut record.run,
        &mut record.started,
        &mut record.baseline.base_url,
        &mut record.candidate.driver,
        &mut record.tool.build,
    ] {
        *place = text.to_owned();
    }
    record.machine.cpu = Some(text.to_owned());
    record.leftovers = vec![text.to_owned(), "an object".to_owned()];
    record.gates.required.push(text.to_owned());
    if let World::Sandbox(sandbox) = &mut record.world {
        sandbox.profile.name = text.to_owned();
        sandbox.profile.source = text.to_owned();
        sandbox.profile.assumptions = vec![text.to_owned()];
        sandbox.postgres.version = text.to_owned();
    }
    for (n, scenario) in record.scenarios.iter_mut().enumerate() {
        scenario.name = format!("{text}{n}");
        scenario.summary = text.to_owned();
        scenario.promise.source = text.to_owned();
        scenario.preflight.distinct = Distinctness::Unproven(text.to_owned());
        scenario.preflight.baseline.freshness = Freshness::NotProbed(text.to_owned());
        for side in [&mut scenario.baseline, &mut scenario.candidate] {
            records::edit(side, |rows| spoil_first(rows, text));
        }
    }
}

fn spoil_first(iterations: &mut [Iteration], text: &str) {
    let Some(first) = iterations.first_mut() else {
        return;
    };
    first.steps[0].cache_headers = vec![format!("x-cache: hit {text}")];
    first.steps[0].failure = Some(Failure {
        kind: FailureKind::Body,
        detail: text.to_owned(),
    });
    first.cleanup_failures = vec![Failure {
        kind: FailureKind::Status,
        detail: text.to_owned(),
    }];
}

/// A small record, so that many can be judged.
pub(crate) fn small() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(2);
    for scenario in &mut record.scenarios {
        records::edit(&mut scenario.baseline, |rows| rows.truncate(10));
        records::edit(&mut scenario.candidate, |rows| rows.truncate(30));
    }
    record
}
