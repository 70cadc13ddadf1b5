//! Every kind of run.

use cutover::record::Record;

use crate::{looked, records};

/// Every kind of run, by the name of its golden files.
pub(crate) fn all() -> Vec<(&'static str, Record)> {
    vec![
        ("go", records::go()),
        ("no-go", records::no_go()),
        ("too-few-iterations", records::too_few()),
        ("late-harness", records::late_harness()),
        ("candidate-failed-half-way", records::failed_half_way()),
        ("frozen-side", records::frozen()),
        ("interrupted-with-leftovers", records::interrupted()),
        ("live", records::live()),
        ("looked-at-all", looked::all_but_speed()),
        ("compared-only", looked::compared_only()),
    ]
}
