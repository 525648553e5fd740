//! The table of the machine, cell by cell.

use crate::incident::machine::{News, Status};

const STATUSES: [Status; 7] = [
    Status::Active,
    Status::Assigned,
    Status::EnRoute,
    Status::OnScene,
    Status::ReOpened,
    Status::Closed,
    Status::Cancelled,
];

const NEWS: [News; 7] =
    [News::Called, News::Assigned, News::EnRoute, News::OnScene, News::SentOn, News::Settled, News::CalledOff];

/// The rows of the table in the machine's documentation.
fn rows() -> Vec<(String, Vec<String>)> {
    let source = include_str!("../machine.rs");
    let table = source.lines().filter_map(|line| line.strip_prefix("//! |")).filter(|line| !line.contains("---"));
    let row = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
    table.skip(1).map(row).map(|cells: Vec<String>| (cells[0].clone(), cells[1..].to_vec())).collect()
}

#[test]
fn every_cell_of_the_table_is_as_documented() {
    let rows = rows();
    assert_eq!(rows.len(), STATUSES.len());
    for status in STATUSES {
        let (_, cells) = rows.iter().find(|(name, _)| *name == format!("{status:?}")).unwrap();
        for (news, cell) in NEWS.into_iter().zip(cells) {
            let expected = if cell == "–" { format!("{status:?}") } else { cell.clone() };
            assert_eq!(format!("{:?}", status.after(news)), expected, "{status:?} {news:?}");
        }
    }
}

#[test]
fn an_open_incident_goes_back_only_where_who_was_there_is_sent_on() {
    let rank = |status: Status| match status {
        Status::Active | Status::ReOpened => 0,
        Status::Assigned => 1,
        Status::EnRoute => 2,
        Status::OnScene => 3,
        Status::Closed | Status::Cancelled => 4,
    };
    for status in STATUSES.into_iter().filter(|status| status.is_open()) {
        for news in NEWS.into_iter().filter(|news| *news != News::SentOn) {
            assert!(rank(status.after(news)) >= rank(status), "{status:?} {news:?}");
        }
    }
}
