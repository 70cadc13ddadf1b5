//! Records whose texts somebody wrote who wants to be more than text.

use cutover::record::{
    Checks, Compared, Distinctness, Example, Failure, FailureKind, Finding, FindingKind, Freshness,
    Inspection, Iteration, Looked, NotLooked, Record, Weight, World,
};

use crate::records;

/// Texts that act where they are not escaped, or that look like the product's own words.
pub(crate) const HOSTILE: [&str; 20] = [
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
    "@torvalds @org/team https://evil.example/login www.evil.example $\\frac{GO}{1}$ #123 GH-1 :tada:",
    "@everyone",
    "`x`@all`y`#1|@me\\$a$ <https://evil.example> `https://evil.example|x` a@b.example",
    "a\u{ad}b\u{200c}c\u{200d}d\u{180e}e\u{115f}f\u{3164}g\u{ffa0}h\u{e0041}i\u{fe0f}j\u{e0100}k\u{fff9}l",
];

/// Puts a text into every place of a record that somebody else's text can reach.
pub(crate) fn spoil(record: &mut Record, text: &str) {
    for place in [
        &mut record.command,
        &mut record.run,
        &mut record.started,
        &mut record.baseline.base_url,
        &mut record.baseline.driver,
        &mut record.candidate.base_url,
        &mut record.candidate.driver,
        &mut record.tool.version,
        &mut record.tool.build,
        &mut record.budget.rate,
        &mut record.machine.os,
        &mut record.machine.arch,
    ] {
        *place = text.to_owned();
    }
    record.machine.cpu = Some(text.to_owned());
    record.tool.commit = Some(text.to_owned());
    record.candidate.header_names = vec![text.to_owned()];
    record.leftovers = vec![text.to_owned(), "an object".to_owned()];
    record.gates.required.push(text.to_owned());
    if let World::Sandbox(sandbox) = &mut record.world {
        sandbox.profile.name = text.to_owned();
        sandbox.profile.source = text.to_owned();
        sandbox.profile.assumptions = vec![text.to_owned()];
        sandbox.postgres.version = text.to_owned();
        sandbox.postgres.origin = text.to_owned();
        sandbox.postgres.durability = vec![text.to_owned(), text.to_owned()];
        sandbox.postgres.filesystem = Some(text.to_owned());
        if let Some(notion) = &mut sandbox.notion {
            notion.limit = text.to_owned();
        }
    }
    for (n, scenario) in record.scenarios.iter_mut().enumerate() {
        scenario.name = format!("{text}{n}");
        scenario.summary = text.to_owned();
        scenario.file = text.to_owned();
        scenario.promise.source = text.to_owned();
        for step in &mut scenario.steps {
            step.name = text.to_owned();
            step.method = text.to_owned();
            step.path = text.to_owned();
        }
        scenario.preflight.distinct = Distinctness::Unproven(text.to_owned());
        scenario.preflight.baseline.freshness = Freshness::NotProbed(text.to_owned());
        scenario.preflight.candidate.freshness = Freshness::Fresh(text.to_owned());
    }
    record.checks = checks(text);
    spoil_answers(record, text);
}

/// Findings of which every word comes from an answer, an export or a database.
fn checks(text: &str) -> Checks {
    let inspection = Inspection {
        looked_at: vec![Looked {
            what: text.to_owned(),
            count: 1,
            detail: text.to_owned(),
        }],
        not_looked_at: vec![NotLooked {
            what: text.to_owned(),
            why: text.to_owned(),
            next: text.to_owned(),
        }],
        findings: vec![Finding {
            kind: FindingKind::Value,
            weight: Weight::Refutes,
            subject: text.to_owned(),
            count: 1,
            of: 1,
            words: text.to_owned(),
            example: Some(Example::new(text, Some(text), None)),
            next: text.to_owned(),
        }],
        elapsed_s: 0.1,
    };
    Checks {
        parity: vec![Compared {
            scenario: text.to_owned(),
            inspection: inspection.clone(),
        }],
        integrity: Some(inspection),
        ..Checks::default()
    }
}

/// Puts a text into whatever an answer can put it.
pub(crate) fn spoil_answers(record: &mut Record, text: &str) {
    for scenario in &mut record.scenarios {
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
    for (n, later) in iterations.iter_mut().skip(1).take(2).enumerate() {
        later.steps[0].cache_headers = vec![text.to_owned(), format!("age: {n} {text}")];
    }
}

/// A record with so many scenarios, each with few iterations.
pub(crate) fn of_scenarios(count: usize) -> Record {
    let mut record = small();
    let two = record.scenarios.clone();
    let one = |n: usize| {
        let mut scenario = two[n % 2].clone();
        scenario.name = format!("{}-{n}", scenario.name);
        scenario
    };
    record.scenarios = (0..count).map(one).collect();
    record
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
