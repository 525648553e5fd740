//! Rows on disk stay readable, and units move along their table only (D2).

use types::Timestamp;

use crate::dispatch::row::{BadRow, decode, encode};
use crate::dispatch::unit::{Assignment, DispatchKey, Record, State};

fn assignment() -> Assignment {
    let dispatch = DispatchKey { owner: "/anonymous".into(), context: "c1".into(), id: "run/fire".into() };
    Assignment { dispatch, place: "14 Acacia Avenue".into(), role: "engine".into(), eta: 321 }
}

fn assigned() -> Record {
    Record { state: State::Assigned, since: Timestamp::from_millis(1_700_000_000_123), assignment: Some(assignment()) }
}

/// Bytes of the first released version. A change here breaks stores that exist.
const GOLDEN: &str = "08011002\
                      18fbd095ffbc31\
                      22370a0a2f616e6f6e796d6f75731202\
                      63311a0872756e2f6669726522103134\
                      20416361636961204176656e75652a06\
                      656e67696e6530c102";

#[test]
fn the_bytes_of_a_row_stay_what_they_are() {
    let hex: String = encode(&assigned()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, GOLDEN);
}

#[test]
fn every_state_survives_the_row() {
    for state in State::ALL {
        let record = Record { state, ..assigned() };
        assert_eq!(decode(&encode(&record)).unwrap(), record);
    }
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
    let sent = Record::IDLE.assigned(assignment(), late).unwrap();
    assert_eq!((sent.state, sent.since), (State::Assigned, late));
    assert_eq!(sent.assigned(assignment(), late), None);
    let freed = sent.released(early).unwrap();
    assert_eq!((freed.state, freed.since, freed.is_free()), (State::Available, late, true));
    assert_eq!(freed.released(late), None);
    let busy = Record { state: State::OnScene, ..sent };
    assert_eq!(busy.released(late), None);
    for state in State::ALL {
        assert!(!state.leads_to(state));
    }
}
