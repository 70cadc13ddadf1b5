//! Records of runs that looked at more than speed.

use cutover::record::{
    Checks, Compared, Example, Finding, FindingKind, Inspection, Looked, NotLooked, Record, Weight,
};

use crate::records;

fn looked(what: &str, count: u64, detail: &str) -> Looked {
    Looked {
        what: what.to_owned(),
        count,
        detail: detail.to_owned(),
    }
}

fn collapsed() -> Finding {
    Finding {
        kind: FindingKind::FieldCollapsed,
        weight: Weight::Refutes,
        subject: "tasks.status".to_owned(),
        count: 108,
        of: 150,
        words: "every row has `todo`, where Notion has 3 values".to_owned(),
        example: Some(Example::new("Buy milk", Some("done"), Some("todo"))),
        next: "Import the status of every task again.".to_owned(),
    }
}

fn untitled() -> Finding {
    Finding {
        kind: FindingKind::EmptyTitleLost,
        weight: Weight::Refutes,
        subject: "tasks".to_owned(),
        count: 2,
        of: 150,
        words: "2 pages without a title have no row".to_owned(),
        example: Some(Example::new("2a7c", Some("no title"), None)),
        next: "Import pages without a title too.".to_owned(),
    }
}

/// The data lost every status, one scenario answers alike, and nobody named a dump.
pub(crate) fn all_but_speed() -> Record {
    let mut record = records::go();
    for gate in ["parity", "integrity", "backups"] {
        record.gates.required.push(gate.to_owned());
    }
    let other_words = Finding {
        kind: FindingKind::Value,
        weight: Weight::Tells,
        subject: "$.tasks[*].source".to_owned(),
        count: 50,
        of: 50,
        words: "names the store that answered".to_owned(),
        example: None,
        next: "Nothing: the scenario says that it may differ.".to_owned(),
    };
    record.checks = Checks {
        parity: vec![Compared {
            scenario: "task-search".to_owned(),
            inspection: Inspection {
                looked_at: vec![looked("search", 2, "2 answers with 46 tasks on each side")],
                findings: vec![other_words],
                elapsed_s: 3.2,
                ..Inspection::default()
            },
        }],
        integrity: Some(Inspection {
            looked_at: vec![looked("tasks", 150, "150 pages, 150 rows, 8 fields")],
            findings: vec![collapsed(), untitled()],
            elapsed_s: 0.4,
            ..Inspection::default()
        }),
        backups: Some(Inspection {
            looked_at: vec![looked("export", 67, "67 pages, 2 hours old")],
            not_looked_at: vec![NotLooked {
                what: "the dump".to_owned(),
                why: "the configuration names none".to_owned(),
                next: "Make one with `pg_dump`, and name it in `[backups]`.".to_owned(),
            }],
            ..Inspection::default()
        }),
        ..Checks::default()
    };
    record
}

/// Nothing was measured: the answers were compared, and that is all.
pub(crate) fn compared_only() -> Record {
    let mut record = all_but_speed();
    record.command = "cutover parity --sandbox".to_owned();
    record.gates.required = vec!["parity".to_owned()];
    record.scenarios.clear();
    record.checks.integrity = None;
    record.checks.backups = None;
    record
}
