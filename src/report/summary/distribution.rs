//! How the latencies of both sides are distributed.

use super::chart::{Chart, Detail, Drawing, LogAxis, Table, spread};
use crate::promise::Promise;
use crate::record::Side;
use crate::report::figure::show_seconds;
use crate::stats::{SortedSamples, quantile, quantile_rank};

/// The empirical distributions of both sides, on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Latency, in seconds.
    pub axis: LogAxis,
    /// The promised time on the baseline, from and to, in seconds.
    pub before: (f64, f64),
    /// The promised time on the candidate, from and to, in seconds.
    pub after: (f64, f64),
    /// The baseline, then the candidate; a side without a success has no points.
    pub curves: [Curve; 2],
}

/// One side's empirical distribution: the share of all iterations that finished after at most so long.
/// One that failed never finished, so that the curve of a side that fails ends below 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The side.
    pub side: Side,
    /// Latency in seconds and share, both ascending: the curve is a staircase through them, which
    /// begins at a share of 0 and at the first latency.
    pub points: Vec<(f64, f64)>,
    /// The quantiles of all iterations that the curve reaches, as far as there are enough iterations
    /// for them: name, share and latency in seconds.
    pub marks: Vec<(&'static str, f64, f64)>,
    /// Successful iterations that took 0 s, which have no place on the axis.
    pub instant: usize,
    /// Successful iterations.
    pub successful: usize,
    /// All iterations.
    pub all: usize,
}

/// The quantiles that a curve marks, and from how many iterations on: the 99th percentile of fewer
/// than 100 is only the slowest.
const MARKED: [(&str, f64, usize); 3] = [("p50", 0.5, 1), ("p95", 0.95, 20), ("p99", 0.99, 100)];
/// The quantiles that the table lists.
const LISTED: [(&str, f64); 9] = [
    ("fastest", 0.0),
    ("p10", 0.1),
    ("p25", 0.25),
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("slowest", 1.0),
];

/// The chart of one scenario; `None` when neither side has a success.
pub(super) fn chart(
    id: String,
    promise: &Promise,
    sides: [&SortedSamples; 2],
    detail: Detail,
) -> Option<Chart> {
    let span = |span: &crate::units::Span| (span.low().as_secs_f64(), span.high().as_secs_f64());
    let (before, after) = (span(&promise.before), span(&promise.after));
    let [baseline, candidate] = sides;
    let curves = [
        curve(Side::Baseline, baseline, detail),
        curve(Side::Candidate, candidate, detail),
    ];
    let measured = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|(seconds, _)| *seconds);
    measured.clone().next()?;
    let axis = LogAxis::around(measured.chain([before.0, before.1, after.0, after.1]))?;
    Some(Chart {
        id,
        title: "How long an iteration takes".to_owned(),
        subject: String::new(),
        alt: alt(&curves),
        table: table(&curves, sides),
        drawing: Drawing::Distribution(Distribution {
            axis,
            before,
            after,
            curves,
        }),
    })
}

fn curve(side: Side, samples: &SortedSamples, detail: Detail) -> Curve {
    let successful = samples.successful();
    let all = samples.len();
    let point = |at: usize| (successful[at], (at + 1) as f64 / all as f64);
    // Without a failure, these are the quantiles that the gates name.
    let mark = |(name, q, least): (&'static str, f64, usize)| {
        let at = quantile_rank(all, q).checked_sub(1)?;
        let seconds = successful.get(at).filter(|_| all >= least)?;
        Some((name, q, *seconds))
    };
    let instant = successful.partition_point(|seconds| *seconds <= 0.0);
    let mut drawn: Vec<usize> = spread(successful.len(), detail.points).collect();
    drawn.extend(instant.checked_sub(1));
    drawn.sort_unstable();
    drawn.dedup();
    Curve {
        side,
        points: drawn.into_iter().map(point).collect(),
        marks: MARKED.into_iter().filter_map(mark).collect(),
        instant,
        successful: successful.len(),
        all,
    }
}

fn alt(curves: &[Curve; 2]) -> String {
    let of = |curve: &Curve| {
        let name = curve.side.name();
        match (curve.points.first(), curve.points.last()) {
            (Some((fastest, _)), Some((slowest, _))) => {
                let quantiles: Vec<String> = curve
                    .marks
                    .iter()
                    .map(|(name, _, seconds)| format!("{name} {}", show_seconds(*seconds)))
                    .collect();
                let mut told: Vec<String> =
                    Vec::from_iter((!quantiles.is_empty()).then(|| quantiles.join(", ")));
                told.push(format!(
                    "{} of {} iterations succeeded",
                    curve.successful, curve.all
                ));
                if curve.instant > 0 {
                    told.push(format!("{} took 0 s", curve.instant));
                }
                if curve.successful < curve.all {
                    told.push("failed ones count as never finished".to_owned());
                }
                let (fastest, slowest) = (show_seconds(*fastest), show_seconds(*slowest));
                format!(
                    "The {name} took {fastest} to {slowest} ({}).",
                    told.join("; ")
                )
            }
            _ => format!("Nothing succeeded on the {name}."),
        }
    };
    format!("{} {}", of(&curves[0]), of(&curves[1]))
}

fn table(curves: &[Curve; 2], sides: [&SortedSamples; 2]) -> Table {
    let figure = |samples: &SortedSamples, q: f64| {
        let successful = samples.successful();
        let value = match q {
            q if q <= 0.0 => successful.first().copied(),
            q => quantile(successful, q),
        };
        value.map_or_else(|| "-".to_owned(), show_seconds)
    };
    let row = |(name, q): &(&str, f64)| {
        let mut row = vec![(*name).to_owned()];
        row.extend(sides.map(|samples| figure(samples, *q)));
        row
    };
    let mut rows: Vec<Vec<String>> = LISTED.iter().map(row).collect();
    let count = |name: &str, of: fn(&Curve) -> usize| {
        let mut row = vec![name.to_owned()];
        row.extend(curves.iter().map(|curve| of(curve).to_string()));
        row
    };
    rows.push(count("all iterations", |curve| curve.all));
    let has_failed = curves.iter().any(|curve| curve.successful < curve.all);
    let (of, failed) = if has_failed {
        (
            "of the successful iterations",
            "failed: in the picture they never finish",
        )
    } else {
        ("", "failed")
    };
    rows.push(count(failed, |curve| curve.all - curve.successful));
    Table {
        header: [of, "baseline", "candidate"].map(str::to_owned).to_vec(),
        rows,
    }
}
