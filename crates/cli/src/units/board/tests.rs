//! What a pipe and a terminal see of stores that come, go, come back and begin anew.

use proto::watchroom::emergency::v1::{UnitStatus, UnitsSynced};

use super::*;
use crate::screen::Reader;

fn all() -> Units {
    Units { service: Vec::new(), status: Vec::new(), watch: true }
}

fn unit(id: &str) -> WatchUnitsResponse {
    let (service, status) = ("fire".to_owned(), UnitStatus::Available.into());
    let unit = Unit { id: id.to_owned(), service, status, ..Unit::default() };
    WatchUnitsResponse { version: 0, event: Some(Event::Unit(unit)) }
}

fn synced(version: u64, store: &str) -> WatchUnitsResponse {
    let synced = UnitsSynced { store_id: store.to_owned(), ..UnitsSynced::default() };
    WatchUnitsResponse { version, event: Some(Event::Synced(synced)) }
}

fn snapshot<W: Write>(board: &mut Board<'_, W>, store: &str, version: u64, units: &[&str]) {
    board.begin_anew(store);
    units.iter().for_each(|id| board.item(store, unit(id)).unwrap());
    board.item(store, synced(version, store)).unwrap();
}

fn keep<W: Write>(board: &mut Board<'_, W>, stores: &[&str]) {
    let stores: Vec<String> = stores.iter().map(|store| (*store).to_owned()).collect();
    board.keep(stores.iter()).unwrap();
}

/// What was written while `act` acted on a board.
fn shown(reader: Reader, act: impl FnOnce(&mut Board<'_, Vec<u8>>)) -> String {
    let (args, mut screen) = (all(), Screen::to(Vec::new(), reader));
    act(&mut Board::new(&args, "no units".to_owned(), &mut screen));
    String::from_utf8(screen.into_inner()).unwrap()
}

/// The first words of the lines of the last table.
fn ids(shown: &str) -> Vec<&str> {
    let last = shown.rfind("UNIT").unwrap();
    shown[last..].lines().skip(1).map(|line| line.split(' ').next().unwrap()).collect()
}

#[test]
fn the_first_table_waits_for_all_who_answer_and_is_in_natural_order() {
    let shown = shown(Reader::Pipe, |board| {
        keep(board, &["a", "b", "c"]);
        snapshot(board, "a", 5, &["E10", "E2"]);
        board.lost("b").unwrap();
        snapshot(board, "c", 1, &["E1"]);
    });
    assert_eq!((shown.matches("UNIT").count(), ids(&shown)), (1, vec!["E1", "E2", "E10"]), "{shown}");
    assert!(shown.contains(" -"), "who was never sent has been there since no time: {shown}");
}

#[test]
fn a_pipe_is_told_the_units_of_a_store_that_comes_later_or_begins_anew() {
    let shown = shown(Reader::Pipe, |board| {
        keep(board, &["a"]);
        snapshot(board, "a", 5, &["E1"]);
        keep(board, &["a", "b"]);
        snapshot(board, "b", 5, &["P1"]);
        snapshot(board, "a", 9, &["E2"]);
    });
    assert_eq!((shown.matches("UNIT").count(), ids(&shown)), (3, vec!["E2"]), "{shown}");
}

#[test]
fn a_snapshot_takes_the_place_of_what_was_known_and_not_of_what_others_have() {
    let shown = shown(Reader::Terminal, |board| {
        keep(board, &["a", "b"]);
        snapshot(board, "a", 5, &["E1", "E2"]);
        snapshot(board, "b", 5, &["E1"]);
        snapshot(board, "a", 9, &["E3"]);
    });
    assert_eq!(ids(&shown), ["E1", "E3"], "{shown:?}");
}

#[test]
fn the_units_of_a_store_that_is_gone_are_shown_again_when_it_goes_on_from_where_it_was() {
    let shown = shown(Reader::Terminal, |board| {
        keep(board, &["a", "b"]);
        snapshot(board, "a", 5, &["E1"]);
        snapshot(board, "b", 7, &["P1"]);
        keep(board, &["a"]);
        assert_eq!(board.position("b"), Position { version: 7, store: "b".to_owned() });
        keep(board, &["a", "b"]);
        board.item("b", synced(7, "b")).unwrap();
        keep(board, &["b"]);
    });
    let tables: Vec<&str> = shown.split("UNIT").skip(1).collect();
    let has: Vec<(bool, bool)> = tables.iter().map(|table| (table.contains("E1"), table.contains("P1"))).collect();
    let (both, first, second) = ((true, true), (true, false), (false, true));
    assert_eq!(has, [both, first, both, both, second], "{shown:?}");
}
