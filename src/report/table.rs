//! Promised against measured, as a table of plain text.
//!
//! A scenario's name stands above its figures on a line of its own, because a table of one piece
//! would give its first column, and so the figures' place, to the longest name. The distributions stand
//! beside the figures where there is room, and below them otherwise.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};
use console::measure_text_width;

use super::figure::{bounded_ratio, bounded_seconds};
use super::spark::{WIDTHS, spark};
use super::summary::{Row, Side};

const HEADER: [&str; 6] = [
    "",
    "promised",
    "p50 [bounds]",
    "p95 [bounds]",
    "n",
    "failed",
];
/// What stands between two columns.
const GAP: u16 = 2;

/// One line of cells, as wide as [`HEADER`] or, where nothing failed, one less.
type Line = Vec<String>;

/// The figures of all scenarios, laid out alike.
pub(super) struct Figures {
    /// The header's line.
    pub(super) header: String,
    /// The lines of each scenario.
    pub(super) scenarios: Vec<String>,
}

impl Figures {
    /// Lays the figures out in at most `columns`.
    pub(super) fn new(rows: &[Row], columns: u16) -> Self {
        let has_failed = |row: &Row| row.baseline.failed > 0.0 || row.candidate.failed > 0.0;
        let shown = HEADER.len() - usize::from(!rows.iter().any(has_failed));
        let cut = |mut line: Line| {
            line.truncate(shown);
            line
        };
        let header = cut(HEADER.map(str::to_owned).to_vec());
        let scenarios: Vec<Vec<Line>> = rows
            .iter()
            .map(|row| lines(row).into_iter().map(cut).collect())
            .collect();
        let every = || scenarios.iter().flatten().chain([&header]);
        let widths: Vec<u16> = (0..shown)
            .map(|at| every().map(|line| width(&line[at])).max().unwrap_or(0) + GAP)
            .collect();
        let taken: u16 = widths.iter().sum();
        let beside = spark_width(columns.saturating_sub(taken));
        // Where the figures are too wide to be aligned, each table makes the best of its own.
        let widths = Some(widths).filter(|_| taken <= columns);
        let draw = |lines: &[Line]| draw(lines, widths.as_deref(), columns);
        let scenario = |(row, lines): (&Row, &Vec<Line>)| match beside {
            Some(width) => beside_figures(&draw(lines), row, usize::from(taken), width),
            None => below_figures(&draw(lines), row, columns),
        };
        let header = draw(std::slice::from_ref(&header));
        Self {
            header: match beside {
                Some(_) => format!("{header:<taken$}spread", taken = usize::from(taken)),
                None => header,
            },
            scenarios: rows.iter().zip(&scenarios).map(scenario).collect(),
        }
    }
}

/// The widest spark line that fits.
fn spark_width(columns: u16) -> Option<usize> {
    WIDTHS
        .into_iter()
        .find(|width| *width <= usize::from(columns))
}

/// Both sides' distributions, one above the other on one axis.
fn beside_figures(figures: &str, row: &Row, from: usize, width: usize) -> String {
    let sparks = [&row.baseline, &row.candidate].map(|side| spark(&side.spread, width));
    let mut lines: Vec<String> = figures.lines().map(str::to_owned).collect();
    for (line, spark) in lines.iter_mut().zip(sparks) {
        let gap = from.saturating_sub(measure_text_width(line));
        *line += &" ".repeat(gap);
        *line += &spark;
    }
    lines.join("\n")
}

fn below_figures(figures: &str, row: &Row, columns: u16) -> String {
    const WORDS: &str = "  spread   before   after ";
    let room = usize::from(columns).saturating_sub(WORDS.len()) / 2;
    let width = spark_width(u16::try_from(room).unwrap_or(u16::MAX)).unwrap_or(WIDTHS[2]);
    let [before, after] = [&row.baseline, &row.candidate].map(|side| spark(&side.spread, width));
    format!("{figures}\n  spread   before {before}  after {after}")
}

fn width(cell: &str) -> u16 {
    u16::try_from(measure_text_width(cell)).unwrap_or(u16::MAX / 16)
}

fn lines(row: &Row) -> [Line; 3] {
    let side = |name: &str, promised: String, side: &Side| {
        vec![
            format!("  {name}"),
            promised,
            bounded_seconds(&side.p50),
            bounded_seconds(&side.p95),
            side.iterations.to_string(),
            format!("{:.0}", side.failed),
        ]
    };
    let speedup = vec![
        "  speedup".to_owned(),
        row.promise.speedup.to_string(),
        bounded_ratio(&row.speedup_p50),
        bounded_ratio(&row.speedup_p95),
        String::new(),
        String::new(),
    ];
    [
        side("before", row.promise.before.to_string(), &row.baseline),
        side("after", row.promise.after.to_string(), &row.candidate),
        speedup,
    ]
}

fn draw(lines: &[Line], widths: Option<&[u16]>, columns: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(columns);
    for line in lines {
        let cells = line.iter().enumerate().map(|(at, cell)| {
            let is_count = at >= 4;
            let cell = Cell::new(cell);
            if is_count {
                cell.set_alignment(CellAlignment::Right)
            } else {
                cell
            }
        });
        table.add_row(cells);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, GAP));
        if let Some(width) = widths.and_then(|widths| widths.get(at)) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(*width)));
        }
    }
    table.trim_fmt()
}
