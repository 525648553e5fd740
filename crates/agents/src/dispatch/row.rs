//! The encoding of a unit's record in the store. Schema 1; fields are only ever added.

use bytes::Bytes;
use prost::Message;
use types::Timestamp;

use super::unit::{Assignment, DispatchKey, Record, State};

/// The kind of the rows; the key is the unit's id.
pub(crate) const KIND: &str = "unit";

const SCHEMA: u32 = 1;

/// Why a row cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadRow {
    #[error("the row is damaged")]
    Damaged(#[from] prost::DecodeError),
    #[error("the row was written by a newer version (schema {0})")]
    Newer(u32),
    #[error("the row has an unknown state {0}")]
    State(u32),
}

#[derive(Clone, PartialEq, Message)]
struct UnitRow {
    #[prost(uint32, tag = "1")]
    schema: u32,
    #[prost(uint32, tag = "2")]
    state: u32,
    #[prost(uint64, tag = "3")]
    since: u64,
    #[prost(message, optional, tag = "4")]
    assignment: Option<AssignmentRow>,
}

#[derive(Clone, PartialEq, Message)]
struct AssignmentRow {
    #[prost(string, tag = "1")]
    owner: String,
    #[prost(string, tag = "2")]
    context: String,
    #[prost(string, tag = "3")]
    dispatch: String,
    #[prost(string, tag = "4")]
    place: String,
    #[prost(string, tag = "5")]
    role: String,
    #[prost(uint32, tag = "6")]
    eta: u32,
}

pub(crate) fn encode(record: &Record) -> Bytes {
    let assignment = record.assignment.as_ref().map(|it| AssignmentRow {
        owner: it.dispatch.owner.clone(),
        context: it.dispatch.context.clone(),
        dispatch: it.dispatch.id.clone(),
        place: it.place.clone(),
        role: it.role.clone(),
        eta: it.eta,
    });
    let row = UnitRow { schema: SCHEMA, state: number(record.state), since: record.since.as_millis(), assignment };
    row.encode_to_vec().into()
}

pub(crate) fn decode(body: &[u8]) -> Result<Record, BadRow> {
    let row = UnitRow::decode(body)?;
    if row.schema > SCHEMA {
        return Err(BadRow::Newer(row.schema));
    }
    let state = State::ALL.into_iter().find(|state| number(*state) == row.state);
    let assignment = row.assignment.map(|it| Assignment {
        dispatch: DispatchKey { owner: it.owner, context: it.context, id: it.dispatch },
        place: it.place,
        role: it.role,
        eta: it.eta,
    });
    let since = Timestamp::from_millis(row.since);
    Ok(Record { state: state.ok_or(BadRow::State(row.state))?, since, assignment })
}

/// The state on disk; never renumbered.
fn number(state: State) -> u32 {
    match state {
        State::Available => 1,
        State::Assigned => 2,
        State::Acknowledged => 3,
        State::EnRoute => 4,
        State::OnScene => 5,
        State::Transporting => 6,
        State::AtHospital => 7,
        State::Cleared => 8,
        State::OutOfService => 9,
    }
}
