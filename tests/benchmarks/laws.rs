//! What holds for any bytes, and for a file that is cut off anywhere.

use std::fs;

use cutover::benchmarks::{Benchmark, Format, read};
use proptest::prelude::*;

use super::{fixture, read_text};

pub(super) const FORMATS: [Format; 5] = [
    Format::Criterion,
    Format::Hyperfine,
    Format::K6Json,
    Format::K6Csv,
    Format::Csv,
];

/// What is read of a file that ends early is the beginning of what is in it.
fn begins(part: &[Benchmark], whole: &[Benchmark]) -> bool {
    part.iter().all(|part| {
        whole.iter().any(|whole| {
            whole.name == part.name
                && whole.samples.seconds.starts_with(&part.samples.seconds)
                && whole.samples.failures.starts_with(&part.samples.failures)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic_or_give_what_cannot_be_compared(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in r#"[\[\]{}":,0-9.eE\-a-z \n]{0,200}"#,
    ) {
        for format in FORMATS {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                for found in read_text("sample.json", bytes, format).unwrap_or_default() {
                    prop_assert!(found.samples.seconds.iter().all(|s| s.is_finite() && *s > 0.0));
                }
            }
        }
    }

    #[test]
    fn samples_survive_being_written_as_csv(
        samples in prop::collection::vec((0_usize..3, 1e-9_f64..1e6, 0_usize..3), 1..50)
    ) {
        let mut text = "status,seconds,name\n".to_owned();
        for (name, seconds, status) in &samples {
            let status = ["ok", "error", "timeout"][*status];
            text += &format!("{status},{seconds},{}\n", ["a", "b", "c"][*name]);
        }
        let found = read_text("a.csv", text.as_bytes(), Format::Csv).unwrap();
        for one in found {
            let own = samples.iter().filter(|(name, ..)| ["a", "b", "c"][*name] == one.name);
            let successes: Vec<f64> = own.clone().filter(|own| own.2 == 0).map(|own| own.1).collect();
            let failures: Vec<f64> = own.filter(|own| own.2 != 0).map(|own| own.1).collect();
            prop_assert_eq!(one.samples.seconds, successes);
            let elapsed: Vec<f64> = one.samples.failures.iter().map(|one| one.elapsed_s).collect();
            prop_assert_eq!(elapsed, failures);
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_an_error_or_has_fewer_whole_lines() {
    let files = [
        ("hyperfine-1.json", Format::Hyperfine),
        ("hyperfine-2.json", Format::Hyperfine),
        ("k6.json", Format::K6Json),
        ("k6.csv", Format::K6Csv),
        ("samples.csv", Format::Csv),
        ("raw.csv", Format::Criterion),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in files {
        let path = folder.path().join(name);
        let read_bytes = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path, format, None)
        };
        let bytes = fs::read(fixture(name)).unwrap();
        let whole = read_bytes(&bytes).unwrap();
        let end = bytes.trim_ascii_end().len();
        let mut errors = 0;
        for cut in 0..end {
            match read_bytes(&bytes[..cut]) {
                Err(_) => errors += 1,
                Ok(part) => {
                    assert!(begins(&part, &whole), "{name}, cut after {cut} bytes");
                    let at_a_line = bytes[cut] == b'\n' || bytes[cut - 1] == b'\n';
                    assert!(at_a_line, "{name}, cut after {cut} bytes, within a line");
                }
            }
        }
        assert!(errors > end / 2, "{name}: {errors} of {end}");
    }
}
