//! `verdict.json` of the kinds of run that programs tell apart: its keys and its figures are a
//! published interface.

use cutover::verdict::judge;

use crate::records;

#[test]
fn every_kind_of_verdict_is_written_as_its_golden_file() {
    for (name, record) in [
        ("go", records::go()),
        ("no-go", records::no_go()),
        ("too-few-iterations", records::too_few()),
        ("late-harness", records::late_harness()),
        ("candidate-failed-half-way", records::failed_half_way()),
    ] {
        let written = serde_json::to_string_pretty(&judge(&record)).unwrap();
        insta::assert_snapshot!(format!("{name}-verdict"), written);
    }
}
