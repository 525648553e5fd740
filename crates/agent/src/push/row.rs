//! A configuration in the store: one row of kind `push` per task and id. Schema 1; fields are only ever added.

use bytes::Bytes;
use outbound::Target;
use prost::Message;
use push::{Keys, Standing};
use store::{Row, RowChange};
use types::{IdError, PushId, Secret, Seq, TaskId, Timestamp};

/// The kind of these rows; the key is the sixteen bytes of the task's id, then the configuration's id.
pub(crate) const KIND: &str = "push";
const SCHEMA: u32 = 1;
const TASK: usize = 16;

/// Whether there is, or will be, something to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// There may be.
    Open,
    /// The task has ended, and its last event has been taken.
    Over,
}

/// A configuration, and how far its webhook is.
#[derive(Debug, Clone)]
pub(super) struct Config {
    pub(super) task: TaskId,
    pub(super) id: PushId,
    /// The task's conversation, in the wire form.
    pub(super) context: String,
    pub(super) url: Secret,
    pub(super) target: Target,
    pub(super) token: Option<Secret>,
    pub(super) authentication: Option<a2a::Authentication>,
    /// The last event that was taken.
    pub(super) cursor: Seq,
    pub(super) standing: Standing,
    pub(super) life: Life,
}

/// A configuration as it was read.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) config: Config,
    pub(super) version: u64,
}

/// Why a row cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadRow {
    #[error("the row is damaged")]
    Damaged(#[from] prost::DecodeError),
    #[error("the row was written by a newer version (schema {0})")]
    Newer(u32),
    #[error("the row has no valid key")]
    Key,
    #[error("the row has no valid id")]
    Id(#[from] IdError),
    #[error("the row has no valid URL")]
    Url(#[from] outbound::BadTarget),
}

// Debug is left out: the fields hold secrets.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
struct ConfigRow {
    #[prost(uint32, tag = "1")]
    schema: u32,
    #[prost(string, tag = "2")]
    context: String,
    #[prost(string, tag = "3")]
    url: String,
    #[prost(string, tag = "4")]
    token: String,
    #[prost(string, tag = "5")]
    scheme: String,
    #[prost(string, tag = "6")]
    credentials: String,
    #[prost(uint64, tag = "7")]
    cursor: u64,
    #[prost(uint64, tag = "8")]
    since: u64,
    #[prost(uint32, tag = "9")]
    failures: u32,
    #[prost(uint64, tag = "10")]
    until: u64,
    #[prost(uint64, tag = "11")]
    parked_at: u64,
    #[prost(bool, tag = "12")]
    over: bool,
}

impl std::fmt::Debug for ConfigRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigRow").field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

/// What the keys of a task's rows begin with.
pub(super) fn prefix(task: TaskId) -> [u8; TASK] {
    *task.as_bytes()
}

pub(super) fn key(task: TaskId, id: &PushId) -> Bytes {
    [task.as_bytes(), id.as_str().as_bytes()].concat().into()
}

impl Config {
    /// What its webhook knows us by.
    pub(super) fn keys(&self) -> Keys {
        let header = |it: &a2a::Authentication| match &it.credentials {
            Some(credentials) => Secret::new(&format!("{} {}", it.scheme, credentials.expose())),
            None => Secret::new(&it.scheme),
        };
        Keys { token: self.token.clone(), authorization: self.authentication.as_ref().map(header) }
    }

    /// The write of this configuration over a row of version `expected`; 0 where there is none.
    pub(super) fn change(&self, expected: u64) -> RowChange {
        RowChange { kind: KIND, key: key(self.task, &self.id), expected, body: Some(self.encode()) }
    }

    /// Whether a courier has work with it, now or later.
    pub(super) fn is_active(&self) -> bool {
        self.life == Life::Open && !self.standing.is_parked()
    }

    fn encode(&self) -> Bytes {
        let (since, failures, until, parked_at) = match self.standing {
            Standing::Flowing => (0, 0, 0, 0),
            Standing::Failing { since, failures, until } => (since.as_millis(), failures, until.as_millis(), 0),
            Standing::Parked { since, failures, at } => (since.as_millis(), failures, 0, at.as_millis()),
        };
        let text = |secret: Option<&Secret>| secret.map(|secret| secret.expose().to_owned()).unwrap_or_default();
        let authentication = self.authentication.as_ref();
        let row = ConfigRow {
            schema: SCHEMA,
            context: self.context.clone(),
            url: self.url.expose().to_owned(),
            token: text(self.token.as_ref()),
            scheme: authentication.map(|it| it.scheme.clone()).unwrap_or_default(),
            credentials: text(authentication.and_then(|it| it.credentials.as_ref())),
            cursor: self.cursor.0,
            since,
            failures,
            until,
            parked_at,
            over: self.life == Life::Over,
        };
        row.encode_to_vec().into()
    }
}

impl Kept {
    pub(super) fn read(row: &Row) -> Result<Self, BadRow> {
        let (task, id) = row.key.split_at_checked(TASK).ok_or(BadRow::Key)?;
        let task = TaskId::from_bytes(task.try_into().map_err(|_| BadRow::Key)?);
        let id = std::str::from_utf8(id).map_err(|_| BadRow::Key)?.parse()?;
        let body = ConfigRow::decode(row.body.clone())?;
        if body.schema > SCHEMA {
            return Err(BadRow::Newer(body.schema));
        }
        let standing = standing(&body);
        let secret = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Secret::new);
        let authentication = (!body.scheme.is_empty())
            .then(|| a2a::Authentication { scheme: body.scheme.clone(), credentials: secret(&body.credentials) });
        let config = Config {
            task,
            id,
            context: body.context,
            target: body.url.parse()?,
            url: Secret::new(&body.url),
            token: secret(&body.token),
            authentication,
            cursor: Seq(body.cursor),
            standing,
            life: if body.over { Life::Over } else { Life::Open },
        };
        Ok(Self { config, version: row.version })
    }

    /// The deletion of this row.
    pub(super) fn removal(&self) -> RowChange {
        let key = key(self.config.task, &self.config.id);
        RowChange { kind: KIND, key, expected: self.version, body: None }
    }
}

fn standing(row: &ConfigRow) -> Standing {
    let (since, failures) = (Timestamp::from_millis(row.since), row.failures);
    match (row.failures, row.parked_at) {
        (0, _) => Standing::Flowing,
        (_, 0) => Standing::Failing { since, failures, until: Timestamp::from_millis(row.until) },
        (_, at) => Standing::Parked { since, failures, at: Timestamp::from_millis(at) },
    }
}
