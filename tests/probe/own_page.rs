//! The page that the probe creates: it is archived whatever happens, or told; on virtual time.

use std::time::Duration;

use cutover::probe::ProbeError;
use http::Method;

use crate::asked::{CREATE, MARKER, Mishap, Notion, probe};

fn in_a_row(first: usize, times: usize, mishap: Mishap) -> Vec<(usize, Mishap)> {
    (first..first + times).map(|n| (n, mishap)).collect()
}

/// 409 says that nothing was saved; nobody knows what became of the others.
const OPEN: [Mishap; 4] = [
    Mishap::Status(503, None),
    Mishap::Status(500, None),
    Mishap::Silence,
    Mishap::Cut,
];

#[tokio::test(start_paused = true)]
async fn an_open_create_that_no_look_up_finds_is_told_with_its_marker() {
    for mishap in OPEN {
        let notion = Notion {
            lag: usize::MAX,
            ..Notion::with(&[(CREATE, mishap)])
        };
        let (probed, _) = probe(&notion, true).await;
        let left = probed.left.expect("a page may be left");
        assert_eq!((left.page, left.marker.as_str()), (None, MARKER));
        assert!(
            left.error.to_string().contains("2 look-ups"),
            "{}",
            left.error
        );
        assert!(probed.measured.is_err());
        assert_eq!(notion.creates(), 1);
        let looked_up = notion.looked_up.borrow();
        let created = notion.seen.borrow()[CREATE].0;
        assert_eq!(looked_up.len(), 2);
        assert!(looked_up[0] - created >= Duration::from_secs(1));
        assert!(looked_up[1] - looked_up[0] >= Duration::from_secs(3));
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_create_that_an_index_shows_late_is_archived() {
    for mishap in OPEN {
        let notion = Notion {
            lag: 1,
            ..Notion::with(&[(CREATE, mishap)])
        };
        let (probed, _) = probe(&notion, true).await;
        assert!(probed.left.is_none(), "{:?}", probed.left);
        assert!(probed.measured.is_err());
        assert!(notion.archived());
        assert_eq!((notion.creates(), notion.looked_up.borrow().len()), (1, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_of_which_notion_says_that_it_saved_nothing_leaves_nothing() {
    let notion = Notion {
        lag: usize::MAX,
        ..Notion::with(&[(CREATE, Mishap::Status(409, None))])
    };
    let (probed, _) = probe(&notion, true).await;
    assert!(probed.left.is_none(), "{:?}", probed.left);
    let error = probed.measured.unwrap_err();
    assert!(matches!(error, ProbeError::Status { status: 409, .. }));
    assert_eq!((notion.creates(), notion.looked_up.borrow().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_waits_as_long_as_the_create_was_told_to() {
    let notion = Notion::with(&[(CREATE, Mishap::Status(503, Some(49)))]);
    let (probed, _) = probe(&notion, true).await;
    assert!(probed.left.is_none() && notion.archived());
    let waited = notion.looked_up.borrow()[0] - notion.seen.borrow()[CREATE].0;
    assert!(waited >= Duration::from_secs(49), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_turned_away_is_sent_again() {
    for status in [429, 529] {
        let notion = Notion::with(&[(CREATE, Mishap::Status(status, None))]);
        let (probed, counts) = probe(&notion, true).await;
        assert!(probed.left.is_none() && probed.measured.is_ok());
        assert!(notion.archived());
        assert_eq!((notion.creates(), counts.1), (2, 1), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_archived_after_the_longest_pause_that_is_waited_or_told() {
    let endless = Mishap::Status(429, Some(7200));
    let notion = Notion::with(&[(CREATE + 1, endless)]);
    let (probed, _) = probe(&notion, true).await;
    assert!(probed.left.is_none(), "{:?}", probed.left);
    let error = probed.measured.unwrap_err();
    assert!(matches!(error, ProbeError::PauseTooLong { .. }), "{error}");
    assert!(notion.archived());
    let sent: Vec<_> = notion.seen.borrow().iter().map(|seen| seen.0).collect();
    assert_eq!(sent.len(), CREATE + 3);
    assert!(sent[CREATE + 2] - sent[CREATE + 1] >= Duration::from_secs(600));

    let refused = Notion::with(&[(CREATE + 1, endless), (CREATE + 2, endless)]);
    let left = probe(&refused, true)
        .await
        .0
        .left
        .expect("the page is left");
    assert_eq!(left.page.as_deref(), Some("p1"));
    assert!(matches!(left.error, ProbeError::PauseTooLong { .. }));
    assert_eq!(refused.seen.borrow().len(), CREATE + 3);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_archived_whatever_ends_the_probe() {
    // Updates, blocks and comments follow the create.
    for mishap in [
        Mishap::Interrupt,
        Mishap::Status(404, None),
        Mishap::Silence,
        Mishap::Status(503, None),
        Mishap::Status(529, Some(60)),
    ] {
        for number in CREATE..CREATE + 14 {
            let mishaps: Vec<_> = match mishap {
                // Three failures or ten refusals in a row are the end of an update, a block or a comment.
                Mishap::Silence | Mishap::Status(503, _) => in_a_row(number, 3, mishap),
                Mishap::Status(529, _) => in_a_row(number, 10, mishap),
                _ => vec![(number, mishap)],
            };
            let refused = matches!(mishap, Mishap::Status(404 | 529, _)) && number == CREATE;
            let notion = Notion::with(&mishaps);
            let (probed, _) = probe(&notion, true).await;
            assert!(probed.left.is_none(), "{:?}", probed.left);
            if refused {
                assert_eq!(notion.requests(&Method::PATCH), 0, "nothing was created");
            } else {
                assert!(notion.archived(), "request {number}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_archived_is_told_with_its_id() {
    let notion = Notion::with(&[(51, Mishap::Status(404, None))]);
    let (probed, _) = probe(&notion, true).await;
    let left = probed.left.unwrap();
    assert_eq!(left.page.as_deref(), Some("p1"));
    assert_eq!(left.marker, MARKER);
    assert!(left.error.to_string().contains("as Notion puts it"));
}
