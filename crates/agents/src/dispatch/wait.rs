//! A dispatch that waits for units, and its place in the queue.

use bytes::Bytes;
use prost::Message;
use types::Timestamp;

use super::geo::Position;
use super::row::BadRow;
use super::scenario::Need;
use super::unit::{Assignment, DispatchKey, Spot};

/// The kind of the rows.
pub(crate) const WAIT: &str = "wait";

const SCHEMA: u32 = 1;

/// What a dispatch still needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wait {
    pub(crate) dispatch: DispatchKey,
    /// 1 is the highest.
    pub(crate) priority: u8,
    /// When its call came, by the town's clock; the older goes first.
    pub(crate) called: Timestamp,
    /// In the caller's words; empty where nobody knows.
    pub(crate) place: String,
    pub(crate) scene: Position,
    pub(crate) missing: Vec<Need>,
}

#[derive(Clone, PartialEq, Message)]
struct WaitRow {
    #[prost(uint32, tag = "1")]
    schema: u32,
    #[prost(string, tag = "2")]
    owner: String,
    #[prost(string, tag = "3")]
    context: String,
    #[prost(string, tag = "4")]
    dispatch: String,
    #[prost(uint32, tag = "5")]
    priority: u32,
    #[prost(uint64, tag = "6")]
    called: u64,
    #[prost(string, tag = "7")]
    place: String,
    #[prost(double, tag = "8")]
    lat: f64,
    #[prost(double, tag = "9")]
    lon: f64,
    #[prost(message, repeated, tag = "10")]
    missing: Vec<NeedRow>,
}

#[derive(Clone, PartialEq, Message)]
struct NeedRow {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(uint32, tag = "2")]
    count: u32,
}

impl Wait {
    /// For a unit that its dispatch has lost; it is older than all that was called later.
    pub(crate) fn for_lost(part: &Assignment, scene: Position) -> Self {
        Self {
            dispatch: part.dispatch.clone(),
            priority: part.priority,
            called: part.called,
            place: part.place.clone(),
            scene,
            missing: Vec::new(),
        }
    }

    /// The same with one more missing.
    pub(crate) fn and_one(mut self, kind: &str) -> Self {
        match self.missing.iter_mut().find(|need| need.kind == kind) {
            Some(need) => need.count = need.count.saturating_add(1),
            None => self.missing.push(Need { kind: kind.to_owned(), count: 1 }),
        }
        self
    }

    /// Where its units are to go.
    pub(crate) fn spot(&self) -> Spot {
        Spot { place: self.place.clone(), scene: self.scene }
    }

    /// The same with another place.
    pub(crate) fn at(self, to: &Spot) -> Self {
        Self { place: to.place.clone(), scene: to.scene, ..self }
    }

    /// Its place in the queue: by priority, then by age; the key settles a tie.
    pub(crate) fn rank(&self) -> (u8, Timestamp, &DispatchKey) {
        (self.priority, self.called, &self.dispatch)
    }
}

/// The key of a dispatch's row. Lengths come first, so that no two dispatches share a row whatever is in their names;
/// its order means nothing, that of the queue is [`Wait::rank`].
pub(crate) fn key(dispatch: &DispatchKey) -> Bytes {
    let parts = [&dispatch.owner, &dispatch.context, &dispatch.id];
    let mut key = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        key.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        key.extend(part.as_bytes());
    }
    key.into()
}

pub(crate) fn encode(wait: &Wait) -> Bytes {
    let row = WaitRow {
        schema: SCHEMA,
        owner: wait.dispatch.owner.clone(),
        context: wait.dispatch.context.clone(),
        dispatch: wait.dispatch.id.clone(),
        priority: wait.priority.into(),
        called: wait.called.as_millis(),
        place: wait.place.clone(),
        lat: wait.scene.lat,
        lon: wait.scene.lon,
        missing: wait
            .missing
            .iter()
            .map(|need| NeedRow { kind: need.kind.clone(), count: need.count.into() })
            .collect(),
    };
    row.encode_to_vec().into()
}

pub(crate) fn decode(body: &[u8]) -> Result<Wait, BadRow> {
    let row = WaitRow::decode(body)?;
    if row.schema > SCHEMA {
        return Err(BadRow::Newer(row.schema));
    }
    let need = |need: NeedRow| Need { kind: need.kind, count: u16::try_from(need.count).unwrap_or(u16::MAX) };
    Ok(Wait {
        dispatch: DispatchKey { owner: row.owner, context: row.context, id: row.dispatch },
        priority: u8::try_from(row.priority).unwrap_or(u8::MAX),
        called: Timestamp::from_millis(row.called),
        place: row.place,
        scene: Position { lat: row.lat, lon: row.lon },
        missing: row.missing.into_iter().map(need).collect(),
    })
}
