//! The durable side: one row per registration and one for the version, changed together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use proto::a2a::AgentCard;
use store::{Commit, Lane, Outcome, Row, RowChange, Store};
use types::{Epoch, StoreId, Tenant, Timestamp};

use crate::catalog::{Change, Now};
use crate::identity::{Identity, LeaseId};
use crate::record::{Intake, Labels, Offers, Record};
use crate::verification::Verification;

const REGISTRATION: &str = "registration";
const REGISTRY: &str = "registry";
const VERSION_KEY: &[u8] = b"version";

/// The layout of the bodies below; rises when an older binary must not read them.
const FORMAT: u32 = 1;

/// Why a registry cannot start from its store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The store cannot be read.
    #[error("cannot read the registry's store")]
    Store(#[from] store::Error),
    /// The version is lost, and with it what watches may go on from.
    #[error("the registry's version row does not decode")]
    Version(#[source] prost::DecodeError),
    /// Written by a newer program.
    #[error("the registry's rows have format {found}, this program reads {FORMAT}; use a newer program")]
    Newer {
        /// The format of a row.
        found: u32,
    },
}

/// Body of a registration's row; its key is the lease id.
#[derive(Clone, PartialEq, Message)]
struct RegistrationRow {
    #[prost(uint32, tag = "1")]
    format: u32,
    #[prost(string, tag = "2")]
    tenant: String,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    version: String,
    #[prost(string, tag = "5")]
    instance: String,
    #[prost(uint64, tag = "6")]
    epoch: u64,
    #[prost(string, tag = "7")]
    store_id: String,
    #[prost(bytes = "bytes", tag = "8")]
    card: Bytes,
    #[prost(uint64, tag = "9")]
    ttl_ms: u64,
    #[prost(uint64, tag = "10")]
    registered_at_ms: u64,
    #[prost(bool, tag = "11")]
    draining: bool,
    #[prost(string, tag = "12")]
    role: String,
    #[prost(string, tag = "13")]
    domain: String,
}

/// Body of the registry's one row.
#[derive(Clone, PartialEq, Message)]
struct VersionRow {
    #[prost(uint32, tag = "1")]
    format: u32,
    #[prost(uint64, tag = "2")]
    version: u64,
}

/// What was stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) registry_id: StoreId,
    pub(crate) version: u64,
    pub(crate) records: Vec<Record>,
}

/// Writes changes as rows.
#[derive(Debug)]
pub(crate) struct Ledger {
    store: Arc<dyn Store>,
    epoch: Epoch,
    /// The store's count of each row's writes, which the next write must name.
    writes: HashMap<LeaseId, u64>,
    version_writes: u64,
}

impl Ledger {
    /// Reads all that is stored. A registration that does not decode is left out, and replaced by its next Register.
    pub(crate) async fn open(store: Arc<dyn Store>) -> Result<(Self, Stored), OpenError> {
        let own = store.own().await?;
        let (version, version_writes) = read_version(&store.rows(REGISTRY, VERSION_KEY).await?)?;
        let rows = store.rows(REGISTRATION, b"").await?;
        let writes = rows.iter().filter_map(|row| Some((LeaseId::from_slice(&row.key)?, row.version))).collect();
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            records.extend(read_registration(row)?);
        }
        let ledger = Self { store, epoch: own.epoch, writes, version_writes };
        Ok((ledger, Stored { registry_id: own.store_id, version, records }))
    }

    /// The time of a commit that is decided now.
    pub(crate) fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// Makes `changes` durable, all or none.
    pub(crate) async fn commit(&mut self, changes: &[Change]) -> Outcome {
        let Some(newest) = changes.last() else { return Ok(store::Committed) };
        // Only the last state of each instance is written.
        let last: BTreeMap<LeaseId, &Now> =
            changes.iter().map(|change| (change.identity.lease(), &change.now)).collect();
        let rows = last.iter().filter_map(|(lease, now)| self.row(*lease, now));
        let rows = rows.chain([self.version_row(newest.version)]).collect();
        let at = self.store.now();
        let commit = Commit { lane: Lane::Accept, ..Commit::of_rows(self.epoch, at, rows) };
        let committed = self.store.commit(commit).await?;
        for (lease, now) in last {
            self.written(lease, now);
        }
        self.version_writes += 1;
        Ok(committed)
    }

    /// What has to be written for the state; nothing when an instance came and went within one commit.
    fn row(&self, lease: LeaseId, now: &Now) -> Option<RowChange> {
        let expected = self.writes.get(&lease).copied().unwrap_or(0);
        let body = match now {
            Now::Held(entry) => Some(body(&entry.record)),
            Now::Gone(_) if expected == 0 => return None,
            Now::Gone(_) => None,
        };
        Some(RowChange { kind: REGISTRATION, key: Bytes::copy_from_slice(lease.as_bytes()), expected, body })
    }

    fn version_row(&self, version: u64) -> RowChange {
        let body = VersionRow { format: FORMAT, version }.encode_to_vec().into();
        let key = Bytes::from_static(VERSION_KEY);
        RowChange { kind: REGISTRY, key, expected: self.version_writes, body: Some(body) }
    }

    fn written(&mut self, lease: LeaseId, now: &Now) {
        match now {
            Now::Held(_) => *self.writes.entry(lease).or_insert(0) += 1,
            Now::Gone(_) => drop(self.writes.remove(&lease)),
        }
    }
}

fn body(record: &Record) -> Bytes {
    let identity = &record.identity;
    let row = RegistrationRow {
        format: FORMAT,
        tenant: identity.tenant.as_str().to_owned(),
        name: identity.name.to_string(),
        version: identity.version.to_string(),
        instance: identity.instance.to_string(),
        epoch: record.epoch,
        store_id: record.store_id.to_string(),
        card: record.card.clone(),
        ttl_ms: u64::try_from(record.ttl.as_millis()).unwrap_or(u64::MAX),
        registered_at_ms: record.registered_at.as_millis(),
        draining: record.intake == Intake::Draining,
        role: record.labels.role.clone(),
        domain: record.labels.domain.clone(),
    };
    row.encode_to_vec().into()
}

fn read_version(rows: &[Row]) -> Result<(u64, u64), OpenError> {
    let Some(row) = rows.first() else { return Ok((0, 0)) };
    let body = VersionRow::decode(row.body.clone()).map_err(OpenError::Version)?;
    known(body.format)?;
    Ok((body.version, row.version))
}

fn read_registration(row: Row) -> Result<Option<Record>, OpenError> {
    let Ok(body) = RegistrationRow::decode(row.body) else {
        tracing::error!(key = ?row.key, "a registration does not decode; leaving it out until it registers again");
        return Ok(None);
    };
    known(body.format)?;
    let record = record(body);
    if record.is_none() {
        tracing::error!(key = ?row.key, "a registration is not valid; leaving it out until it registers again");
    }
    Ok(record)
}

fn known(format: u32) -> Result<(), OpenError> {
    if format > FORMAT { Err(OpenError::Newer { found: format }) } else { Ok(()) }
}

fn record(row: RegistrationRow) -> Option<Record> {
    let card = AgentCard::decode(row.card.clone()).ok()?;
    let identity = Identity {
        tenant: Tenant::new(&row.tenant),
        name: row.name.parse().ok()?,
        version: row.version.into(),
        instance: row.instance.parse().ok()?,
    };
    Some(Record {
        identity,
        epoch: row.epoch,
        store_id: row.store_id.parse().ok()?,
        labels: Labels { role: row.role, domain: row.domain },
        card: row.card,
        offers: Offers::of(&card),
        ttl: Duration::from_millis(row.ttl_ms),
        registered_at: Timestamp::from_millis(row.registered_at_ms),
        intake: Intake::of(row.draining),
        verification: Verification::default(),
    })
}
