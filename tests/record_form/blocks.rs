//! A comparison of two builds in which nothing has been measured yet.

use cutover::record::{
    BLOCKS_SCHEMA_VERSION, BlockRecord, BlockSettings, BlocksKind, BuildFacts, Machine, Origin,
    Series, Tool, looks_of,
};

pub(crate) fn nothing_measured(blocks: u32, samples: u32, quantiles: &[f64]) -> BlockRecord {
    let build = |source: &str| BuildFacts {
        source: source.to_owned(),
        commit: None,
    };
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: BLOCKS_SCHEMA_VERSION,
        run: "20261123t020000z-00000001".to_owned(),
        command: "cutover regress".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "debug".to_owned(),
        },
        started: "2026-11-23T02:00:00Z".to_owned(),
        elapsed_s: 0.0,
        seed: 1,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: None,
            memory_bytes: None,
        },
        world: None,
        old: build("http://127.0.0.1:4001"),
        new: build("http://127.0.0.1:4002"),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks,
            samples,
            warm_up: 3,
            margin: 0.05,
            looks: looks_of(blocks, 4),
        },
        series: vec![Series {
            name: "task-list".to_owned(),
            quantiles: quantiles.to_vec(),
            missing: vec![],
            blocks: vec![],
        }],
        interrupted: false,
        leftovers: vec![],
    }
}
