//! How the rest of the process talks to the catalogue's owner.

use tokio::sync::{mpsc, oneshot};
use types::Tenant;

use crate::catalog::{Change, Moment, Renewal, Wish};
use crate::error::Error;
use crate::filter::Filter;
use crate::identity::{Identity, LeaseId};
use crate::outcome::Tally;
use crate::page::{Page, Query};
use crate::record::{Entry, Intake, Vitals};
use crate::resolve::{Resolution, Wanted};
use crate::verification::Verification;
use crate::watch::Watch;

/// Calls that wait for the owner; more wait outside, so that a flood costs callers and not memory.
const WAITING: usize = 1024;

/// Where one answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// A call on its way to the owner.
#[derive(Debug)]
pub(crate) enum Command {
    /// Changes nothing that is stored.
    Read(Read),
    /// Answered once it is durable.
    Write(Write),
}

/// A call that makes no version and is answered at once.
#[derive(Debug)]
pub(crate) enum Read {
    Renew { tenant: Tenant, lease: LeaseId, epoch: u64, vitals: Vitals, sent: Moment, reply: Reply<Renewal> },
    Get { identity: Identity, reply: Reply<Entry> },
    Query { query: Box<Query>, reply: Reply<Page> },
    Watch { filter: Box<Filter>, version: u64, reply: Reply<Watch> },
    Resolve { wanted: Box<Wanted>, reply: Reply<Resolution> },
    Observe { seen: Vec<Observation>, reply: Reply<usize> },
}

/// What a caller saw of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    pub(crate) identity: Identity,
    /// Of the registration that was called; 0 means whichever holds the lease.
    pub(crate) epoch: u64,
    pub(crate) tally: Tally,
}

/// A call that makes a version.
#[derive(Debug)]
pub(crate) enum Write {
    Register { wish: Box<Wish>, reply: Reply<Change> },
    Deregister { tenant: Tenant, lease: LeaseId, epoch: u64, reply: Reply<Change> },
    SetIntake { identity: Identity, epoch: u64, intake: Intake, reply: Reply<Change> },
    SetVerification { identity: Identity, epoch: u64, verification: Verification, reply: Reply<Change> },
}

/// A cheap handle to the owner, on behalf of one tenant: leases of others are unknown to it.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    tx: mpsc::Sender<Command>,
    tenant: Tenant,
}

/// The owner's end.
pub(crate) type Mailbox = mpsc::Receiver<Command>;

impl Handle {
    /// A handle of the default tenant, and the mailbox that it fills.
    pub(crate) fn pair() -> (Self, Mailbox) {
        let (tx, rx) = mpsc::channel(WAITING);
        (Self { tx, tenant: Tenant::default() }, rx)
    }

    /// The same for another tenant.
    pub(crate) fn for_tenant(&self, tenant: Tenant) -> Self {
        Self { tenant, ..self.clone() }
    }

    /// Registers; the change holds the granted lease.
    pub(crate) async fn register(&self, wish: Wish) -> Result<Change, Error> {
        let wish = Box::new(wish);
        self.call(|reply| Command::Write(Write::Register { wish, reply })).await
    }

    /// Renews, as of `sent`: time in the queue costs the caller nothing.
    pub(crate) async fn renew(
        &self,
        lease: LeaseId,
        epoch: u64,
        vitals: Vitals,
        sent: Moment,
    ) -> Result<Renewal, Error> {
        let tenant = self.tenant.clone();
        self.call(|reply| Command::Read(Read::Renew { tenant, lease, epoch, vitals, sent, reply })).await
    }

    /// Ends a lease.
    pub(crate) async fn deregister(&self, lease: LeaseId, epoch: u64) -> Result<Change, Error> {
        let tenant = self.tenant.clone();
        self.call(|reply| Command::Write(Write::Deregister { tenant, lease, epoch, reply })).await
    }

    /// Opens or closes an instance to new work.
    pub(crate) async fn set_intake(&self, identity: Identity, epoch: u64, intake: Intake) -> Result<Change, Error> {
        self.call(|reply| Command::Write(Write::SetIntake { identity, epoch, intake, reply })).await
    }

    /// Notes what was found out about a card; nothing when the registration is not that one any more.
    pub(crate) async fn set_verification(
        &self,
        identity: Identity,
        epoch: u64,
        verification: Verification,
    ) -> Result<Change, Error> {
        self.call(|reply| Command::Write(Write::SetVerification { identity, epoch, verification, reply })).await
    }

    /// One instance.
    pub(crate) async fn get(&self, identity: Identity) -> Result<Entry, Error> {
        self.call(|reply| Command::Read(Read::Get { identity, reply })).await
    }

    /// One page.
    pub(crate) async fn query(&self, query: Query) -> Result<Page, Error> {
        let query = Box::new(query);
        self.call(|reply| Command::Read(Read::Query { query, reply })).await
    }

    /// Starts a watch after `version`, or from 0 with a snapshot.
    pub(crate) async fn watch(&self, filter: Filter, version: u64) -> Result<Watch, Error> {
        let filter = Box::new(filter);
        self.call(|reply| Command::Read(Read::Watch { filter, version, reply })).await
    }

    /// Orders the instances that may get work.
    pub(crate) async fn resolve(&self, wanted: Wanted) -> Result<Resolution, Error> {
        let wanted = Box::new(wanted);
        self.call(|reply| Command::Read(Read::Resolve { wanted, reply })).await
    }

    /// Counts what a caller saw; says of how many registrations.
    pub(crate) async fn observe(&self, seen: Vec<Observation>) -> Result<usize, Error> {
        self.call(|reply| Command::Read(Read::Observe { seen, reply })).await
    }

    async fn call<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.tx.send(command(reply)).await.map_err(|_| Error::Stopped)?;
        answer.await.unwrap_or(Err(Error::Stopped))
    }
}
