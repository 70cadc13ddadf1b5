//! The pages in a real browser: what no reading of their text can show.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::comparison::{comparison_page, three};
use crate::hostile::{HOSTILE, small, spoil, spoil_answers};
use crate::kinds;
use crate::page::{of_24_scenarios, page};
use crate::regression::regression_pages;

/// Marks the window when any of it becomes more than text.
const MARKUP: &str = "</title></style></code></bdi></td></details><script>window.__hostile=1;alert(1)</script>\
    <img src=x onerror=\"window.__hostile=2\"><svg onload='window.__hostile=3'><iframe src=http://127.0.0.1:9/></iframe>\
    <link rel=stylesheet href=http://127.0.0.1:9/x><object data=x></object><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>\
    \" onclick=\"window.__hostile=4\" ' autofocus onfocus='window.__hostile=5' javascript:alert(2) \
    <style>*{display:none}</style><base href=http://127.0.0.1:9/><!-- {{7*7}} ${7*7} &lt;script&gt;";

fn hostile_pages() -> Vec<(String, String)> {
    let spoilt = |text: &str| {
        let mut record = small();
        spoil(&mut record, text);
        page(&record)
    };
    let long = format!("{MARKUP} {}", "W\u{202e}שלום🙂".repeat(1_200_000));
    let mut answers = small();
    spoil_answers(&mut answers, &long);
    let mut pages = vec![
        ("hostile-markup".to_owned(), spoilt(MARKUP)),
        ("hostile-10-megabytes".to_owned(), page(&answers)),
        (
            "hostile-long-words".to_owned(),
            spoilt(&"ÄWgjñ_".repeat(60)),
        ),
    ];
    let each = HOSTILE.iter().enumerate();
    let together: String = each.map(|(n, text)| format!("[{n} {text}] ")).collect();
    pages.push(("hostile-together".to_owned(), spoilt(&together)));
    pages
}

#[test]
#[ignore = "needs Chromium and npm packages: .ci/browser"]
fn every_page_can_be_read_in_a_browser_and_none_of_its_texts_acts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pages = out.join("pages");
    let _ = fs::remove_dir_all(&pages);
    fs::create_dir_all(&pages).unwrap();
    let kinds = kinds::all().into_iter();
    let kinds = kinds.map(|(name, record)| (name.to_owned(), page(&record)));
    let mut all: Vec<(String, String)> = kinds.chain(hostile_pages()).collect();
    all.push(("24-scenarios".to_owned(), page(&of_24_scenarios())));
    all.push(("comparison".to_owned(), comparison_page(&three())));
    let mut hostile = small();
    spoil(&mut hostile, MARKUP);
    let hostile = comparison_page(&[small(), hostile]);
    all.push(("hostile-comparison".to_owned(), hostile));
    all.extend(regression_pages(MARKUP));
    let sample = fs::read_to_string(root.join("reports/sample/report.html")).unwrap();
    all.push(("sample".to_owned(), sample));
    for (name, page) in all {
        fs::write(pages.join(format!("{name}.html")), page).unwrap();
    }
    let modules = std::env::var_os("BROWSER_MODULES").expect("BROWSER_MODULES: run .ci/browser");
    let looked = Command::new("node")
        .arg(root.join("tests/browser/look.mjs"))
        .args([
            modules.as_os_str(),
            pages.as_os_str(),
            out.join("screenshots").as_os_str(),
        ])
        .output()
        .expect("node cannot be started");
    let said = String::from_utf8_lossy(&looked.stdout);
    let wrong = String::from_utf8_lossy(&looked.stderr);
    assert!(looked.status.success(), "{said}{wrong}");
    println!("{said}");
}
