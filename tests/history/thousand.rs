//! A thousand runs: what was computed once is not computed again. How long it takes is measured with the
//! released program; here the searches are counted, which says the same on every machine.

use std::path::Path;
use std::process::Command;

use cutover::history::{Cache, History, history, keep_cache, read, read_cache};

use super::entries::asked;

const RUNS: usize = 1_000;

fn shown(folder: &Path) -> (History, usize) {
    let mut cache = read_cache(folder);
    let found = history(read(folder).unwrap(), &asked(), &mut cache).unwrap();
    keep_cache(folder, &cache).unwrap();
    (found, cache.computed())
}

#[test]
fn a_thousand_runs_are_searched_once() {
    let place = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history/thousand.py");
    let made = Command::new("python3")
        .arg(script)
        .arg(place.path())
        .arg(RUNS.to_string())
        .status();
    assert!(made.expect("python3 writes the runs").success());
    let (cold, computed) = shown(place.path());
    assert_eq!(
        (cold.shown.len(), computed),
        (RUNS, 8),
        "4 series, 2 quantiles"
    );
    for trend in &cold.trends {
        let places: Vec<usize> = trend.changes.iter().map(|change| change.at).collect();
        let is_near = |(found, planted): (&usize, usize)| found.abs_diff(planted) < 5;
        match trend.name.as_str() {
            "task-search" => {
                assert_eq!(places.len(), 2, "{places:?}");
                assert!(places.iter().zip([334, 667]).all(is_near), "{places:?}");
            }
            _ => assert_eq!(places, [0_usize; 0], "{}", trend.name),
        }
    }
    let (warm, computed) = shown(place.path());
    assert_eq!(computed, 0, "nothing changed");
    assert_eq!(warm, cold);
    // A new run of two series leaves the rows of the others as they were.
    let mut newest = cold.shown.last().unwrap().clone();
    newest.started = "2029-01-01T00:00:00Z".to_owned();
    newest.run = "later-00000000".to_owned();
    newest.series.truncate(1);
    cutover::history::add(place.path(), &newest).unwrap();
    assert_eq!(shown(place.path()).1, 2);
    // And a seed that nobody used has searched nothing yet.
    assert_eq!(Cache::default().computed(), 0);
}
