//! Charts as pictures: what must hold of every one, whatever was measured.

use std::fmt::Write as _;
use std::path::Path;

use cutover::report::chart::{STYLE, Shape, inline_svg, png, svg_file};

use crate::drawings;

/// Not a test: draws everything for whoever wants to look at it.
#[test]
#[ignore = "writes pictures to look at into the build's folder for temporary files"]
fn every_chart_is_drawn_to_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("charts");
    std::fs::create_dir_all(&folder).unwrap();
    for (run, charts) in drawings::all() {
        let mut page = format!(
            "<!doctype html><meta charset=utf-8><style>{STYLE}svg{{display:block;margin:8px}}\
            body{{margin:0;background:#fff;}}@media(prefers-color-scheme:dark){{body{{background:#0D1117}}}}</style>"
        );
        let mut narrow = page.clone();
        for chart in &charts {
            let file = folder.join(format!("{run}-{}", chart.id));
            std::fs::write(file.with_extension("png"), png(chart).unwrap()).unwrap();
            std::fs::write(file.with_extension("svg"), svg_file(chart).unwrap()).unwrap();
            let wide = inline_svg(chart, Shape::Wide).unwrap();
            println!("{run} {} {}", chart.id, wide.len());
            page.push_str(&wide);
            let _ = write!(narrow, "{}", inline_svg(chart, Shape::Narrow).unwrap());
        }
        std::fs::write(folder.join(format!("{run}.html")), page).unwrap();
        std::fs::write(folder.join(format!("{run}-narrow.html")), narrow).unwrap();
    }
}
