//! Every kind of run as people see it.

use cutover::report::{Summary, Width, markdown, terminal};
use cutover::verdict::judge;

use crate::kinds;

#[test]
fn every_kind_of_run_reads_as_its_golden_file() {
    for (name, record) in kinds::all() {
        let summary = Summary::new(&record, &judge(&record));
        for width in [80, 120] {
            insta::assert_snapshot!(format!("{name}-{width}"), terminal(&summary, Width(width)));
        }
        insta::assert_snapshot!(format!("{name}-report"), markdown(&summary));
    }
}
