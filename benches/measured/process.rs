//! The program itself, run several times: how long it took and how much memory it needed.

use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs of one command, the fastest first.
pub(crate) struct Runs(Vec<Run>);

struct Run {
    seconds: f64,
    /// None where there is no /proc.
    peak_kb: Option<u64>,
}

/// Runs the command so many times, each of which must end well.
pub(crate) fn measured(times: usize, command: impl Fn() -> Command) -> Runs {
    let mut runs: Vec<Run> = (0..times).map(|_| ended(&mut command())).collect();
    runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    Runs(runs)
}

impl Runs {
    /// In seconds; the place counts from the fastest.
    pub(crate) fn seconds(&self, place: usize) -> f64 {
        self.0[place].seconds
    }

    /// The largest peak, for people.
    pub(crate) fn memory(&self) -> String {
        let told = |kb| format!("{} MB", kb / 1000);
        self.most_kb().map_or("unknown: no /proc".to_owned(), told)
    }

    /// The fastest time counts, for other programs only add to it; the largest memory does.
    pub(crate) fn keep_to(&self, most_s: f64, most_kb: u64) -> bool {
        self.seconds(0) <= most_s && self.most_kb().is_none_or(|kb| kb <= most_kb)
    }

    fn most_kb(&self) -> Option<u64> {
        self.0.iter().filter_map(|run| run.peak_kb).max()
    }
}

fn ended(command: &mut Command) -> Run {
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak_kb = None;
    let status = loop {
        // The kernel keeps the peak itself, but only while the process lives.
        peak_kb = peak_kb.max(peak_of(&child));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        sleep(Duration::from_millis(2));
    };
    let seconds = began.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?}: {status}");
    Run { seconds, peak_kb }
}

fn peak_of(child: &Child) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
