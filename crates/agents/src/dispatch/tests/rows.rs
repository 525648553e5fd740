//! Rows on disk stay readable, and units move along their table only (D2).

use std::sync::Arc;

use types::Timestamp;

use crate::dispatch::geo::Position;
use crate::dispatch::row::{BadRow, decode, decode_changes, encode, encode_changes};
use crate::dispatch::unit::{Assignment, Change, DispatchKey, Next, Reason, Record, State};
use crate::dispatch::wait;

const NOW: u64 = 1_700_000_000_123;

fn assignment() -> Assignment {
    let dispatch = DispatchKey { owner: "/anonymous".into(), context: "c1".into(), id: "run/fire".into() };
    Assignment {
        dispatch,
        place: "14 Acacia Avenue".into(),
        role: "engine".into(),
        priority: 2,
        scene: Some(Position { lat: 51.5, lon: -0.25 }),
        called: Timestamp::from_millis(NOW - 1000),
        assigned_at: Timestamp::from_millis(NOW),
        redirected_at: None,
        eta: 321,
        epoch: 3,
    }
}

fn assigned() -> Record {
    Record {
        state: State::Assigned,
        since: Timestamp::from_millis(NOW),
        epoch: 3,
        seq: 17,
        from: Some(Position { lat: 51.25, lon: -0.5 }),
        next: Some(Next { at: Timestamp::from_millis(NOW + 5000), to: State::Acknowledged, reason: Reason::Progress }),
        assignment: Some(Arc::new(assignment())),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Bytes of the first released version. A change here breaks stores that exist.
const GOLDEN: &str = "08011002\
                      18fbd095ffbc31\
                      22370a0a2f616e6f6e796d6f75731202\
                      63311a0872756e2f6669726522103134\
                      20416361636961204176656e75652a06\
                      656e67696e6530c102";

/// The same unit with what later releases keep of it.
const GOLDEN_NOW: &str = "0801100218fbd095ffbc31225d0a0a2f616e6f6e796d6f7573120263311a0872756e2f6669726522\
                          10313420416361636961204176656e75652a06656e67696e6530c10238024212090000000000c0494011000000\
                          000000d0bf48fbd095ffbc315093c995ffbc315803280330113a12090000000000a0494011000000000000e0bf420b0883f895ffbc3110031802";
/// One change, in the row of its commit.
const GOLDEN_CHANGE: &str = "0801129a010a02453110011801228f010801100218fbd095ffbc31225d0a0a2f616e6f6e796d6f75\
                             73120263311a0872756e2f666972652210313420416361636961204176656e75652a06656e67696e\
                             6530c10238024212090000000000c0494011000000000000d0bf48fbd095ffbc315093c995ffbc31\
                             5803280330113a12090000000000a0494011000000000000e0bf420b0883f895ffbc3110031802";

#[test]
fn the_bytes_of_a_row_stay_what_they_are() {
    assert_eq!(hex(&encode(&assigned())), GOLDEN_NOW);
    let change = Change {
        seq: 17,
        unit: "E1".into(),
        from: State::Available,
        reason: Reason::Dispatched,
        part: assigned().assignment,
        after: assigned(),
    };
    assert_eq!(hex(&encode_changes(std::slice::from_ref(&change))), GOLDEN_CHANGE);
    assert_eq!(decode_changes(&bytes(GOLDEN_CHANGE)).unwrap(), [change]);
}

#[test]
fn a_row_of_the_first_release_can_still_be_read() {
    let old = decode(&bytes(GOLDEN)).unwrap();
    let part = old.assignment.as_ref().unwrap();
    assert_eq!((old.state, old.since, old.epoch), (State::Assigned, Timestamp::from_millis(NOW), 0));
    assert_eq!((part.role.as_str(), part.eta, part.priority, part.scene), ("engine", 321, u8::MAX, None));
}

#[test]
fn a_change_remembers_the_part_that_its_unit_left() {
    let after = Record { state: State::Available, assignment: None, ..assigned() };
    let part = Some(Arc::new(assignment()));
    let change =
        Change { seq: 17, unit: "E1".into(), from: State::AssignmentCancelled, reason: Reason::Released, part, after };
    assert_eq!(decode_changes(&encode_changes(std::slice::from_ref(&change))).unwrap(), [change]);
}

#[test]
fn no_two_dispatches_share_the_row_of_a_wait_whatever_their_names() {
    let key = |owner: &str, context: &str, id: &str| {
        wait::key(&DispatchKey { owner: owner.into(), context: context.into(), id: id.into() })
    };
    let alike = [
        ("a\0b", "c", "d"),
        ("a", "b\0c", "d"),
        ("a", "b", "c\0d"),
        ("a", "bc", "d"),
        ("ab", "c", "d"),
        ("", "", "abcd"),
    ];
    let keys: std::collections::BTreeSet<_> =
        alike.iter().map(|(owner, context, id)| key(owner, context, id)).collect();
    assert_eq!(keys.len(), alike.len());
}

#[test]
fn every_state_survives_the_row() {
    for state in State::ALL {
        let record = Record { state, ..assigned() };
        assert_eq!(decode(&encode(&record)).unwrap(), record);
    }
}

#[test]
fn a_redirect_survives_the_row() {
    let part = Assignment { redirected_at: Some(Timestamp::from_millis(NOW + 1)), ..assignment() };
    let record = Record { assignment: Some(Arc::new(part)), ..assigned() };
    assert_eq!(decode(&encode(&record)).unwrap(), record);
    let (part, after) = (record.assignment.clone(), record);
    let (unit, from, reason) = ("E1".into(), State::Assigned, Reason::Redirected);
    let change = Change { seq: 17, unit, from, reason, part, after };
    assert_eq!(decode_changes(&encode_changes(std::slice::from_ref(&change))).unwrap(), [change]);
}

#[test]
fn rows_that_cannot_be_read_say_why() {
    assert!(matches!(decode(&[0xff]), Err(BadRow::Damaged(_))));
    assert!(matches!(decode(&[0x08, 0x02]), Err(BadRow::Newer(2))));
    assert!(matches!(decode(&[0x08, 0x01]), Err(BadRow::State(0))));
}

#[test]
fn d2_transitions_follow_the_table_and_times_never_go_back() {
    let (early, late) = (Timestamp::from_millis(10), Timestamp::from_millis(20));
    for (from, to) in State::ALL.into_iter().flat_map(|from| State::ALL.map(|to| (from, to))) {
        let record = Record { state: from, since: late, ..assigned() };
        let after = record.entered(to, early);
        assert_eq!(after.is_some(), from.leads_to(to), "{from:?} to {to:?}");
        let turned = record.redirected(to, Arc::new(assignment()), early);
        assert_eq!(turned.is_some(), from.turns_to(to), "{from:?} redirected to {to:?}");
        assert!(turned.is_none_or(|turned| (turned.state, turned.since, turned.epoch) == (to, late, record.epoch)));
        let Some(after) = after else { continue };
        assert_eq!((after.state, after.since), (to, late));
        assert_eq!(after.assignment.is_some(), to.works(), "{to:?}");
    }
    let sent = Record::IDLE.assigned(Arc::new(assignment()), late).unwrap();
    assert_eq!((sent.state, sent.since, sent.epoch), (State::Assigned, late, 1));
    assert_eq!(sent.assigned(Arc::new(assignment()), late), None);
}
