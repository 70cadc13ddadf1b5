//! Samples as a CSV file: somebody else's measurements, or a run's own as the report exports them.
//!
//! A verdict may rest on this file, so nothing in it is guessed: a line that does not say exactly
//! what it means is an error that names the line. The header names the columns `side`, `seconds` and
//! `status`, and may name others, which are not looked at. But for one: a file with a column `scenario`
//! may hold several, and the samples of two scenarios are never taken for those of one.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use thiserror::Error;

use super::{Sample, SampleStatus, Side};

/// The columns that a file of samples must have.
const COLUMNS: [&str; 3] = ["side", "seconds", "status"];
/// The column that tells several scenarios apart.
const SCENARIO: &str = "scenario";

/// The samples of both sides, each in time order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampleSet {
    /// The slow side's samples.
    pub baseline: Vec<Sample>,
    /// The samples of the side that is to replace it.
    pub candidate: Vec<Sample>,
}

/// Why a file is no file of samples.
#[derive(Debug, Error)]
pub enum SamplesError {
    /// The file system refused.
    #[error("{path} cannot be read: {source}; give an existing CSV file")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is no CSV, or a line has too few or too many fields.
    #[error(
        "{path}, line {line}: {found}; give each line as many fields as the header has, among them \
         `side,seconds,status`, in UTF-8"
    )]
    Form {
        /// The file.
        path: PathBuf,
        /// The line, from 1; 0 when the reader cannot tell.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// The first line is not a header, or does not name each needed column once.
    #[error(
        "{path}, line {line}: the header is `{found}`; the first line must name each of the columns \
         `side,seconds,status` once"
    )]
    Header {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        found: String,
    },
    /// A field does not say what it must.
    #[error("{path}, line {line}: `{field}` is `{found}`; write {expected}")]
    Field {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The field's name.
        field: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// There is not one sample.
    #[error(
        "{path} holds no samples; write the header `side,seconds,status` and one line for each \
         iteration, like `baseline,2.5,ok`"
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// There are several scenarios, and none was chosen.
    #[error("{path} holds several scenarios; choose one with `--scenario`: {}", listed(.names))]
    Several {
        /// The file.
        path: PathBuf,
        /// The scenarios in the file.
        names: BTreeSet<String>,
    },
    /// The chosen scenario is not in the file.
    #[error("{path} holds no scenario `{wanted}`; it holds {}", listed(.names))]
    NoSuch {
        /// The file.
        path: PathBuf,
        /// What was chosen.
        wanted: String,
        /// The scenarios in the file; none when it has no such column.
        names: BTreeSet<String>,
    },
}

fn listed(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "no column `scenario`".to_owned();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Reads the samples of a CSV file, those of one scenario if one is named. A side without a line is
/// left empty: the statistics cannot decide anything from it.
///
/// # Errors
/// When the file cannot be read, has no header or no sample, or a line is not exactly a side
/// (`baseline` or `candidate`), seconds (finite, 0 or more) and a status (`ok`, `error` or
/// `timeout`), or when it holds several scenarios and none of them is named.
pub fn read_samples(path: &Path, scenario: Option<&str>) -> Result<SampleSet, SamplesError> {
    let file = File::open(path).map_err(|source| SamplesError::Io {
        path: path.to_owned(),
        source,
    })?;
    parse(file, path, scenario)
}

fn parse(input: impl Read, path: &Path, wanted: Option<&str>) -> Result<SampleSet, SamplesError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(input);
    let mut rows = reader
        .records()
        .map(|row| row.map_err(|source| form(source, path)));
    let path = || path.to_owned();
    let header = rows
        .next()
        .ok_or_else(|| SamplesError::Empty { path: path() })??;
    let columns = Columns::of(&header).ok_or_else(|| SamplesError::Header {
        path: path(),
        line: line_of(&header),
        found: header.iter().collect::<Vec<_>>().join(","),
    })?;
    let mut samples = SampleSet::default();
    let mut names = BTreeSet::new();
    for row in rows {
        let row = row?;
        let (side, sample) = columns.sample(&row, path)?;
        if let Some(name) = columns.scenario(&row) {
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
            if wanted.is_some_and(|wanted| wanted != name) {
                continue;
            }
        }
        match side {
            Side::Baseline => samples.baseline.push(sample),
            Side::Candidate => samples.candidate.push(sample),
        }
    }
    match wanted {
        Some(wanted) if !names.contains(wanted) => Err(SamplesError::NoSuch {
            path: path(),
            wanted: wanted.to_owned(),
            names,
        }),
        None if names.len() > 1 => Err(SamplesError::Several {
            path: path(),
            names,
        }),
        _ if samples == SampleSet::default() => Err(SamplesError::Empty { path: path() }),
        _ => Ok(samples),
    }
}

/// Where the columns stand in a line.
struct Columns {
    needed: [usize; 3],
    scenario: Option<usize>,
}

impl Columns {
    /// `None` when one is missing or named twice.
    fn of(header: &StringRecord) -> Option<Self> {
        let places = |name: &str| -> Vec<usize> {
            let named = header
                .iter()
                .enumerate()
                .filter(|(_, field)| *field == name);
            named.map(|(place, _)| place).collect()
        };
        let mut needed = [0; 3];
        for (place, name) in needed.iter_mut().zip(COLUMNS) {
            *place = <[usize; 1]>::try_from(places(name)).ok()?[0];
        }
        let scenario = places(SCENARIO);
        (scenario.len() <= 1).then(|| Self {
            needed,
            scenario: scenario.first().copied(),
        })
    }

    fn scenario<'row>(&self, row: &'row StringRecord) -> Option<&'row str> {
        row.get(self.scenario?)
    }

    fn sample(
        &self,
        row: &StringRecord,
        path: impl Fn() -> PathBuf,
    ) -> Result<(Side, Sample), SamplesError> {
        let field = |index: usize| row.get(self.needed[index]).unwrap_or_default();
        let wrong = |index: usize, expected| SamplesError::Field {
            path: path(),
            line: line_of(row),
            field: COLUMNS[index],
            found: field(index).to_owned(),
            expected,
        };
        let side = match field(0) {
            "baseline" => Side::Baseline,
            "candidate" => Side::Candidate,
            _ => return Err(wrong(0, "`baseline` or `candidate`")),
        };
        let seconds = field(1)
            .parse::<f64>()
            .ok()
            .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
            .ok_or_else(|| wrong(1, "seconds as a number that is 0 or more, like `0.068`"))?;
        let status = match field(2) {
            "ok" => SampleStatus::Ok,
            "error" => SampleStatus::Error,
            "timeout" => SampleStatus::Timeout,
            _ => return Err(wrong(2, "`ok`, `error` or `timeout`")),
        };
        Ok((side, Sample { seconds, status }))
    }
}

fn line_of(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

fn form(source: csv::Error, path: &Path) -> SamplesError {
    let path = path.to_owned();
    let line = source.position().map_or(0, csv::Position::line);
    let found = match source.into_kind() {
        csv::ErrorKind::Io(source) => return SamplesError::Io { path, source },
        csv::ErrorKind::UnequalLengths {
            len, expected_len, ..
        } => format!("{len} fields instead of {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "bytes that are not UTF-8".to_owned(),
        other => format!("what is no CSV ({other:?})"),
    };
    SamplesError::Form { path, line, found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<SampleSet, String> {
        parse(text.as_bytes(), Path::new("samples.csv"), None).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn assert_error(text: &str, words: &[&str]) {
        let error = read(text).unwrap_err();
        assert!(error.starts_with("samples.csv"), "{error}");
        for word in words {
            assert!(error.contains(word), "`{word}` is missing: {error}");
        }
    }

    proptest! {
        #[test]
        fn samples_survive_being_written(
            samples in prop::collection::vec((any::<bool>(), 0.0f64..1e6, 0usize..3), 1..50)
        ) {
            let mut text = "side,seconds,status\n".to_owned();
            for (baseline, seconds, status) in &samples {
                let side = if *baseline { "baseline" } else { "candidate" };
                text += &format!("{side},{seconds},{}\n", ["ok", "error", "timeout"][*status]);
            }
            let found = read(&text).unwrap();
            let expected: Vec<f64> = samples.iter().filter(|s| s.0).map(|s| s.1).collect();
            let seconds: Vec<f64> = found.baseline.iter().map(|s| s.seconds).collect();
            prop_assert_eq!(seconds, expected);
            prop_assert_eq!(found.baseline.len() + found.candidate.len(), samples.len());
        }

        #[test]
        fn no_text_makes_it_panic(text in "(?s).*") {
            let _ = read(&text);
        }
    }

    #[test]
    fn spaces_crlf_and_a_byte_order_mark_do_no_harm() {
        let text =
            "\u{feff}side, seconds ,status\r\nbaseline , 2.5,ok\r\n\r\ncandidate,0,timeout\r\n";
        let found = read(text).unwrap();
        assert_eq!(found.baseline.len(), 1);
        assert_eq!(found.candidate[0].status, SampleStatus::Timeout);
    }

    #[test]
    fn every_error_names_the_line_and_the_way_to_fix_it() {
        let row = |row: &str| format!("side,seconds,status\nbaseline,1.5,ok\n{row}\n");
        assert_error(
            &row("basline,1,ok"),
            &["line 3", "`side` is `basline`", "`candidate`"],
        );
        for seconds in ["-1", "inf", "NaN", "2.5s", "", "1,5"] {
            assert_error(&row(&format!("baseline,{seconds},ok")), &["line 3"]);
        }
        assert_error(
            &row("baseline,2.5s,ok"),
            &["`seconds` is `2.5s`", "like `0.068`"],
        );
        assert_error(
            &row("baseline,1,OK"),
            &["line 3", "`status` is `OK`", "`timeout`"],
        );
        assert_error(&row("baseline,1"), &["line 3", "2 fields instead of 3"]);
    }

    #[test]
    fn a_file_without_header_or_samples_is_an_error() {
        for nothing in ["", "\n\n", "side,seconds,status\n"] {
            assert_error(nothing, &["holds no samples", "`baseline,2.5,ok`"]);
        }
        assert_error("baseline,1.5,ok\n", &["line 1", "the first line must name"]);
        assert_error("side,seconds\nbaseline,1\n", &["line 1", "`side,seconds`"]);
        for twice in [
            "side,seconds,status,side\n",
            "scenario,side,seconds,status,scenario\n",
        ] {
            assert_error(twice, &["line 1", "once"]);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        let bytes = b"side,seconds,status\nbaseline,\xff,ok\n";
        let error = parse(bytes.as_slice(), Path::new("samples.csv"), None).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_samples(Path::new("/nowhere/samples.csv"), None).unwrap_err();
        assert!(
            error.to_string().contains("/nowhere/samples.csv"),
            "{error}"
        );
    }

    #[test]
    fn other_columns_may_stand_among_the_needed_ones() {
        let text = "n,status,seconds,note,side\n0,ok,2.5,a,baseline\n1,error,3,\"b,c\",candidate\n";
        let found = read(text).unwrap();
        assert!((found.baseline[0].seconds - 2.5).abs() < 1e-12);
        assert_eq!(found.candidate[0].status, SampleStatus::Error);
        assert_error(
            "n,side,seconds,status\nbaseline,1,ok\n",
            &["line 2", "3 fields instead of 4"],
        );
    }

    #[test]
    fn two_scenarios_are_never_taken_for_one() {
        let text = "scenario,side,seconds,status\nsearch,baseline,1,ok\nload,baseline,2,ok\n\
                    load,candidate,3,ok\n";
        let choose = |name: Option<&str>| {
            parse(text.as_bytes(), Path::new("samples.csv"), name)
                .map_err(|error| error.to_string())
        };
        assert_eq!(choose(Some("search")).unwrap().baseline.len(), 1);
        let load = choose(Some("load")).unwrap();
        assert!((load.baseline[0].seconds - 2.0).abs() < 1e-12);
        assert_eq!(load.candidate.len(), 1);
        let error = choose(None).unwrap_err();
        assert!(error.ends_with("`--scenario`: `load`, `search`"), "{error}");
        let error = choose(Some("serch")).unwrap_err();
        assert!(
            error.ends_with("no scenario `serch`; it holds `load`, `search`"),
            "{error}"
        );

        let plain = "side,seconds,status\nbaseline,1,ok\n";
        let error = parse(plain.as_bytes(), Path::new("samples.csv"), Some("load")).unwrap_err();
        assert!(
            error.to_string().contains("no column `scenario`"),
            "{error}"
        );
        assert!(read("scenario,side,seconds,status\nload,baseline,1,ok\n").is_ok());
    }
}
