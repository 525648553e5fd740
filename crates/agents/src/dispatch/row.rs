//! The encoding of units and of their changes in the store. Schema 1; fields are only ever added.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use types::Timestamp;

use super::geo::Position;
use super::unit::{Assignment, Change, DispatchKey, Next, Reason, Record, State};

/// The kind of the rows of units; the key is the unit's id.
pub(crate) const UNIT: &str = "unit";
/// The kind of the rows of changes; the key is the number of the first change of a commit, most significant byte first.
pub(crate) const CHANGES: &str = "unit-change";

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
    #[error("the row has an unknown reason {0}")]
    Reason(u32),
    #[error("the row lacks its {0}")]
    Lacks(&'static str),
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
    #[prost(uint64, tag = "5")]
    epoch: u64,
    #[prost(uint64, tag = "6")]
    seq: u64,
    #[prost(message, optional, tag = "7")]
    from: Option<PositionRow>,
    #[prost(message, optional, tag = "8")]
    next: Option<NextRow>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct NextRow {
    #[prost(uint64, tag = "1")]
    at: u64,
    #[prost(uint32, tag = "2")]
    to: u32,
    #[prost(uint32, tag = "3")]
    reason: u32,
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
    #[prost(uint32, tag = "7")]
    priority: u32,
    #[prost(message, optional, tag = "8")]
    scene: Option<PositionRow>,
    #[prost(uint64, tag = "9")]
    assigned_at: u64,
    #[prost(uint64, tag = "10")]
    called: u64,
    #[prost(uint64, tag = "11")]
    epoch: u64,
    /// 0 where it never was.
    #[prost(uint64, tag = "12")]
    redirected_at: u64,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct PositionRow {
    #[prost(double, tag = "1")]
    lat: f64,
    #[prost(double, tag = "2")]
    lon: f64,
}

#[derive(Clone, PartialEq, Message)]
struct ChangesRow {
    #[prost(uint32, tag = "1")]
    schema: u32,
    #[prost(message, repeated, tag = "2")]
    changes: Vec<ChangeRow>,
}

#[derive(Clone, PartialEq, Message)]
struct ChangeRow {
    #[prost(string, tag = "1")]
    unit: String,
    #[prost(uint32, tag = "2")]
    from: u32,
    #[prost(uint32, tag = "3")]
    reason: u32,
    #[prost(message, optional, tag = "4")]
    after: Option<UnitRow>,
    /// Set where the unit no longer has it after the change.
    #[prost(message, optional, tag = "5")]
    left: Option<AssignmentRow>,
}

pub(crate) fn encode(record: &Record) -> Bytes {
    unit_row(record).encode_to_vec().into()
}

pub(crate) fn decode(body: &[u8]) -> Result<Record, BadRow> {
    record(UnitRow::decode(body)?)
}

/// The key of the row that begins with the change `seq`.
pub(crate) fn changes_key(seq: u64) -> Bytes {
    Bytes::copy_from_slice(&seq.to_be_bytes())
}

pub(crate) fn encode_changes(changes: &[Change]) -> Bytes {
    let changes = changes.iter().map(change_row).collect();
    ChangesRow { schema: SCHEMA, changes }.encode_to_vec().into()
}

pub(crate) fn decode_changes(body: &[u8]) -> Result<Vec<Change>, BadRow> {
    let row = ChangesRow::decode(body)?;
    if row.schema > SCHEMA {
        return Err(BadRow::Newer(row.schema));
    }
    row.changes.into_iter().map(change).collect()
}

fn change_row(change: &Change) -> ChangeRow {
    let left = change.part.as_deref().filter(|_| change.after.assignment.is_none());
    ChangeRow {
        unit: change.unit.clone(),
        from: number(change.from),
        reason: reason_number(change.reason),
        after: Some(unit_row(&change.after)),
        left: left.map(assignment_row),
    }
}

fn change(row: ChangeRow) -> Result<Change, BadRow> {
    let after = record(row.after.ok_or(BadRow::Lacks("unit"))?)?;
    let part = after.assignment.clone().or_else(|| row.left.map(|left| Arc::new(assignment(left))));
    Ok(Change { seq: after.seq, unit: row.unit, from: state(row.from)?, reason: reason(row.reason)?, part, after })
}

fn unit_row(record: &Record) -> UnitRow {
    UnitRow {
        schema: SCHEMA,
        state: number(record.state),
        since: record.since.as_millis(),
        assignment: record.assignment.as_deref().map(assignment_row),
        epoch: record.epoch,
        seq: record.seq,
        from: record.from.map(position_row),
        next: record.next.map(|next| NextRow {
            at: next.at.as_millis(),
            to: number(next.to),
            reason: reason_number(next.reason),
        }),
    }
}

fn record(row: UnitRow) -> Result<Record, BadRow> {
    if row.schema > SCHEMA {
        return Err(BadRow::Newer(row.schema));
    }
    Ok(Record {
        state: state(row.state)?,
        since: Timestamp::from_millis(row.since),
        epoch: row.epoch,
        seq: row.seq,
        from: row.from.map(position),
        next: row.next.map(next).transpose()?,
        assignment: row.assignment.map(|row| Arc::new(assignment(row))),
    })
}

fn assignment_row(part: &Assignment) -> AssignmentRow {
    AssignmentRow {
        owner: part.dispatch.owner.clone(),
        context: part.dispatch.context.clone(),
        dispatch: part.dispatch.id.clone(),
        place: part.place.clone(),
        role: part.role.clone(),
        eta: part.eta,
        priority: part.priority.into(),
        scene: part.scene.map(position_row),
        assigned_at: part.assigned_at.as_millis(),
        called: part.called.as_millis(),
        epoch: part.epoch,
        redirected_at: part.redirected_at.map_or(0, Timestamp::as_millis),
    }
}

fn assignment(row: AssignmentRow) -> Assignment {
    Assignment {
        dispatch: DispatchKey { owner: row.owner, context: row.context, id: row.dispatch },
        place: row.place,
        role: row.role,
        // The first release did not keep it; the lowest gives way to all others.
        priority: u8::try_from(row.priority).ok().filter(|priority| *priority > 0).unwrap_or(u8::MAX),
        scene: row.scene.map(position),
        called: Timestamp::from_millis(row.called),
        assigned_at: Timestamp::from_millis(row.assigned_at),
        redirected_at: (row.redirected_at > 0).then(|| Timestamp::from_millis(row.redirected_at)),
        eta: row.eta,
        epoch: row.epoch,
    }
}

fn position_row(at: Position) -> PositionRow {
    PositionRow { lat: at.lat, lon: at.lon }
}

fn position(row: PositionRow) -> Position {
    Position { lat: row.lat, lon: row.lon }
}

fn next(row: NextRow) -> Result<Next, BadRow> {
    Ok(Next { at: Timestamp::from_millis(row.at), to: state(row.to)?, reason: reason(row.reason)? })
}

fn reason(stored: u32) -> Result<Reason, BadRow> {
    Reason::ALL.into_iter().find(|reason| reason_number(*reason) == stored).ok_or(BadRow::Reason(stored))
}

fn state(stored: u32) -> Result<State, BadRow> {
    State::ALL.into_iter().find(|state| number(*state) == stored).ok_or(BadRow::State(stored))
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
        State::AssignmentCancelled => 10,
    }
}

/// The reason on disk; never renumbered.
fn reason_number(reason: Reason) -> u32 {
    match reason {
        Reason::Dispatched => 1,
        Reason::Progress => 2,
        Reason::Released => 3,
        Reason::Withdrawn => 4,
        Reason::Preempted => 5,
        Reason::Redirected => 6,
    }
}
