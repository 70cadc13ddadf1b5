//! Charts as pictures: what must hold of every one, whatever was measured and whoever named it.

use std::fmt::Write as _;
use std::path::Path;

use cutover::report::Chart;
use cutover::report::chart::{STYLE, Shape, inline_svg, png, svg_file};
use roxmltree::{Document, Node};

use crate::drawings;

/// Every text that a drawing may hold, and nothing that acts.
const ELEMENTS: [&str; 8] = [
    "svg", "g", "path", "circle", "text", "title", "desc", "style",
];

fn numbers(text: &str) -> Vec<f64> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().unwrap())
        .collect()
}

/// The points of a path that has absolute commands only.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut at = (0.0, 0.0);
    let mut points = Vec::new();
    let mut rest = path;
    while let Some(name) = rest.chars().next() {
        let end = rest[1..]
            .find(char::is_alphabetic)
            .map_or(rest.len(), |end| end + 1);
        let values = numbers(&rest[1..end]);
        match name {
            'M' => {
                for pair in values.chunks(2) {
                    at = (pair[0], pair[1]);
                    points.push(at);
                }
            }
            'H' => at.0 = values[0],
            'V' => at.1 = values[0],
            'z' => {}
            other => panic!("{other} in {path}"),
        }
        points.push(at);
        rest = &rest[end..];
    }
    points
}

#[track_caller]
fn assert_lies_inside(node: Node, view: &[f64]) {
    let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let places = match node.tag_name().name() {
        "path" => points(node.attribute("d").unwrap()),
        "circle" => vec![
            (number("cx") - number("r"), number("cy") - number("r")),
            (number("cx") + number("r"), number("cy") + number("r")),
        ],
        "text" => vec![(number("x"), number("y"))],
        _ => vec![],
    };
    for (x, y) in places {
        assert!(
            (0.0..=view[2]).contains(&x) && (0.0..=view[3]).contains(&y),
            "{node:?}: {x},{y}"
        );
    }
}

/// It is XML that shows shapes and texts, none of them outside, and refers to nothing.
#[track_caller]
fn assert_is_a_drawing(svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let root = document.root_element();
    let view = numbers(root.attribute("viewBox").unwrap());
    assert_eq!(root.attribute("class"), Some("chart"));
    for node in root.descendants().filter(Node::is_element) {
        assert!(ELEMENTS.contains(&node.tag_name().name()), "{node:?}");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(
                !name.starts_with("on") && name != "style" && name != "href",
                "{node:?}"
            );
            assert!(!attribute.value().contains("url("), "{node:?}");
        }
        assert_lies_inside(node, &view);
    }
}

fn each(mut see: impl FnMut(&str, &Chart)) {
    for (run, charts) in drawings::all() {
        charts.iter().for_each(|chart| see(&run, chart));
    }
}

#[test]
fn every_chart_is_a_drawing_at_both_sizes_and_as_a_file() {
    each(|_, chart| {
        for shape in [Shape::Wide, Shape::Narrow] {
            let svg = inline_svg(chart, shape).unwrap();
            assert_is_a_drawing(&svg);
            let has_id = |node: Node| node.attribute("id").is_some();
            assert!(!Document::parse(&svg).unwrap().descendants().any(has_id));
            assert!(svg.len() <= 14_000, "{}: {} bytes", chart.id, svg.len());
        }
        let file = svg_file(chart).unwrap();
        assert_is_a_drawing(&file);
        let document = Document::parse(&file).unwrap();
        let visible = |text: &str| text.replace('\u{1b}', "\u{fffd}");
        assert_eq!(svg_text(&document, "title"), visible(&chart.title));
        let about = format!("{}. {}", chart.subject, chart.alt);
        let about = about.replace(['\u{1b}', '\u{202e}'], "\u{fffd}");
        assert_eq!(svg_text(&document, "desc"), about);
    });
}

fn svg_text(document: &Document, name: &str) -> String {
    let node = document
        .descendants()
        .find(|node| node.tag_name().name() == name);
    node.and_then(|node| node.text())
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn hostile_names_are_text() {
    let charts = drawings::all();
    let (_, charts) = charts
        .iter()
        .find(|(run, _)| run == "twelve-steps")
        .unwrap();
    let chart = charts
        .iter()
        .find(|one| one.id.ends_with("breakdown"))
        .unwrap();
    for svg in [
        inline_svg(chart, Shape::Wide).unwrap(),
        svg_file(chart).unwrap(),
    ] {
        assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains('\u{1b}'));
        let document = Document::parse(&svg).unwrap();
        let texts: Vec<&str> = document
            .descendants()
            .filter_map(|node| node.text())
            .collect();
        assert!(
            texts
                .iter()
                .any(|text| text.starts_with("<script>alert(1)</script>")),
            "{texts:?}"
        );
        assert!(texts.iter().any(|text| text.ends_with('\u{2026}')));
    }
}

#[test]
fn the_same_chart_is_drawn_with_the_same_bytes() {
    let one = drawings::all().swap_remove(0).1.swap_remove(3);
    assert_eq!(
        inline_svg(&one, Shape::Wide).unwrap(),
        inline_svg(&one, Shape::Wide).unwrap()
    );
    assert_eq!(png(&one).unwrap(), png(&one).unwrap());
}

#[test]
fn a_png_has_twice_the_pixels_and_the_light_colours() {
    let charts = drawings::all().swap_remove(0).1;
    let bytes = png(&charts[0]).unwrap();
    let file = svg_file(&charts[0]).unwrap();
    let document = Document::parse(&file).unwrap();
    let view = numbers(document.root_element().attribute("viewBox").unwrap());
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (f64::from(info.width), f64::from(info.height)),
        (view[2] * 2.0, view[3] * 2.0)
    );
    assert_eq!(pixels[..3], [0xff; 3]);
    // The promise's line, and text.
    for colour in [[0x00, 0x7a, 0x5a], [0x1f, 0x23, 0x28]] {
        assert!(pixels.chunks(3).any(|pixel| pixel == colour), "{colour:?}");
    }
}

#[test]
fn the_charts_of_a_run_look_as_their_golden_files() {
    let runs = drawings::all();
    for (name, scenario) in [
        ("go", "dashboard-load-"),
        ("no-go", "dashboard-load-"),
        ("too-few-iterations", "dashboard-load-"),
        ("late-harness", "task-search-"),
        ("candidate-failed-half-way", "dashboard-load-"),
    ] {
        let (_, charts) = runs.iter().find(|(run, _)| run == name).unwrap();
        let drawn: Vec<String> = charts
            .iter()
            .filter(|chart| chart.id.starts_with(scenario))
            .map(|chart| inline_svg(chart, Shape::Wide).unwrap().replace('>', ">\n"))
            .collect();
        insta::assert_snapshot!(format!("{name}-charts"), drawn.join("\n"));
    }
}

#[test]
fn a_file_of_a_chart_looks_as_its_golden_file() {
    let charts = drawings::of_record(&crate::records::go());
    let bounds = |chart: &&Chart| chart.id == "dashboard-load-bounds-p50";
    let file = svg_file(charts.iter().find(bounds).unwrap()).unwrap();
    insta::assert_snapshot!("go-bounds-file", file.replace('>', ">\n"));
}

/// Not a test: draws everything for whoever wants to look at it.
#[test]
#[ignore = "writes pictures to look at into the build's folder for temporary files"]
fn every_chart_is_drawn_to_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("charts");
    std::fs::create_dir_all(&folder).unwrap();
    for (run, charts) in drawings::all() {
        let head = format!(
            "<!doctype html><meta charset=utf-8><style>{STYLE}svg{{display:block;margin:8px}}\
             body{{margin:0;background:#fff}}\
             @media(prefers-color-scheme:dark){{body{{background:#0D1117}}}}</style>"
        );
        let mut pages = [(Shape::Wide, "wide"), (Shape::Narrow, "narrow")]
            .map(|(shape, name)| (shape, name, head.clone()));
        for chart in &charts {
            let file = folder.join(format!("{run}-{}", chart.id));
            std::fs::write(file.with_extension("svg"), svg_file(chart).unwrap()).unwrap();
            if matches!(
                run.as_str(),
                "go" | "by-hand" | "events" | "instant" | "candidate-failed-half-way"
            ) {
                std::fs::write(file.with_extension("png"), png(chart).unwrap()).unwrap();
            }
            for (shape, _, page) in &mut pages {
                let _ = write!(page, "{}", inline_svg(chart, *shape).unwrap());
            }
        }
        for (_, name, page) in pages {
            std::fs::write(folder.join(format!("{run}-{name}.html")), page).unwrap();
        }
    }
}
