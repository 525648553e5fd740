//! Pages end before they grow too large for an answer, and their tokens hold for one filter.

use proto::watchroom::orchestrator::v1::{ListRunsRequest, Run, RunState};
use store::PageKey;
use types::{TaskId, Timestamp};

use super::{Full, Page, place, token};

fn key(millis: u64) -> PageKey {
    PageKey { changed_at: Timestamp::from_millis(millis), id: TaskId::fresh() }
}

#[test]
fn a_page_ends_before_it_is_too_large_and_holds_one_run_at_least() {
    let large = || Run { summary: "x".repeat(2_000_000), ..Run::default() };
    let (mut page, first) = (Page::default(), key(3));
    page.push(first, large()).unwrap();
    let Err(Full { last }) = page.push(key(2), large()) else { panic!("{} bytes", page.size) };
    assert_eq!((last, page.into_runs().len()), (first, 1));
    let huge = Run { summary: "x".repeat(5_000_000), ..Run::default() };
    assert!(Page::default().push(key(1), huge).is_ok());
}

#[test]
fn a_token_holds_for_the_filter_that_it_came_from() {
    let (request, key) = (ListRunsRequest::default(), key(7));
    let next = ListRunsRequest { page_token: token(key, &request), page_size: Some(9), ..request };
    assert_eq!(place(&next), Ok(key));
    let other = ListRunsRequest { state: RunState::Completed.into(), ..next.clone() };
    assert!(place(&other).unwrap_err().to_string().contains("another context_id or state"));
    for made_up in ["", "made up", "1-2-3", "-", "--"] {
        let request = ListRunsRequest { page_token: made_up.into(), ..next.clone() };
        assert!(place(&request).is_err(), "{made_up}");
    }
}
