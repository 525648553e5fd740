//! The one task that owns the catalogue: reads are answered from what is durable, writes are committed in batches.
//!
//! A turn takes what is waiting, answers its reads, then decides all its writes, commits them together and only
//! then publishes them and answers. The calls of one turn are concurrent, so reads may go first.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use discovery::choose::Turns;
use store::{Refusal, Store};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use types::StoreId;

use crate::catalog::{Catalog, Change, Moment, Now, Reason, Refused, Renewal, Standing, Terms};
use crate::error::Error;
use crate::filter::Filter;
use crate::handle::{Command, Handle, Mailbox, Observation, Read, Reply, Write};
use crate::history::History;
use crate::identity::Identity;
use crate::ledger::{Ledger, OpenError, Stored};
use crate::meters::Meters;
use crate::page;
use crate::record::{Entry, Record};
use crate::resolve::{self, Resolution, Wanted};
use crate::trust::Trust;
use crate::watch::{self, Hub, News, Watch};

/// Calls of one turn, and so rows of one commit.
const BATCH: usize = 512;

/// How often leases are looked through: the most that an expiry is late by.
const SWEEP: Duration = Duration::from_millis(250);

/// A sweep that comes later than this found the process stopped or starved: renewals had no chance either.
const STALLED: Duration = Duration::from_secs(2);

/// How often watches are told the newest version: the longest stretch that a quiet one repeats after a reconnect.
const BOOKMARK: Duration = Duration::from_secs(10);

/// Watches that are served at most; each is a stream and up to a bounded channel of pointers.
const WATCHES: usize = 4096;

/// The store no longer takes commits; the process ends, and a restart reads what is durable.
#[derive(Debug, thiserror::Error)]
#[error("the registry's store takes no more commits")]
pub(crate) struct Lost(#[source] Refusal);

/// Owns the catalogue.
#[derive(Debug)]
pub(crate) struct Owner {
    ledger: Ledger,
    catalog: Catalog,
    history: History,
    hub: Hub,
    /// Load reports that wait for the next sweep, each with what was last told.
    loads: BTreeMap<Identity, Renewal>,
    /// By the hash of the filter, so that long filters cost no memory.
    turns: Turns<u64>,
    mailbox: Mailbox,
    meters: Meters,
    swept: Instant,
    standing: Standing,
    /// The version of the last bookmark, and when it was told.
    marked: (u64, Instant),
}

/// What woke the owner.
enum Turn {
    Call(Command),
    Sweep,
    /// Nobody can call any more.
    Over,
}

/// What the process needs to serve.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) owner: Owner,
    pub(crate) handle: Handle,
    pub(crate) registry_id: StoreId,
}

impl Owner {
    /// Reads the store and gives every stored lease one full term.
    pub(crate) async fn open(
        store: Arc<dyn Store>,
        terms: Terms,
        meters: Meters,
        trust: &Trust,
    ) -> Result<Opened, OpenError> {
        let (ledger, Stored { registry_id, version, mut records }) = Ledger::open(store).await?;
        records.iter_mut().for_each(|record| record.verification = trust.check(&record.card));
        let now = Moment { at: Instant::now().into_std(), wall: ledger.now() };
        tracing::info!(registrations = records.len(), version, "registrations restored");
        let (handle, mailbox) = Handle::pair();
        let owner = Self {
            ledger,
            catalog: Catalog::restore(terms, version, records, now),
            history: History::after(version),
            hub: Hub::default(),
            loads: BTreeMap::new(),
            turns: Turns::default(),
            mailbox,
            meters,
            swept: Instant::now(),
            standing: Standing::Sound,
            marked: (version, Instant::now()),
        };
        Ok(Opened { owner, handle, registry_id })
    }

    /// Serves until `stop`, or until the store fails.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Result<(), Lost> {
        let mut sweeps = interval(SWEEP);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.swept = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                turn = next(&mut self.mailbox, &mut sweeps) => match turn {
                    Turn::Call(first) => drop(self.turn(Some(first)).await?),
                    Turn::Sweep => self.sweep().await?,
                    Turn::Over => return Ok(()),
                },
            }
        }
    }

    /// One batch of calls; says whether it was all that waited.
    async fn turn(&mut self, first: Option<Command>) -> Result<bool, Lost> {
        let mut writes = Vec::new();
        let mut reports = Vec::new();
        let mut taken = 0;
        let mut command = first.or_else(|| self.mailbox.try_recv().ok());
        while let Some(next) = command {
            match next {
                Command::Read(read) => self.read(read, &mut reports),
                Command::Write(write) => writes.push(write),
            }
            taken += 1;
            command = if taken < BATCH { self.mailbox.try_recv().ok() } else { None };
        }
        self.report(reports);
        self.write(writes).await?;
        Ok(taken < BATCH)
    }

    /// What is due by time. Renewals that wait count first.
    async fn sweep(&mut self) -> Result<(), Lost> {
        let late = self.swept.elapsed() > STALLED;
        let drained = self.turn(None).await?;
        let now = Instant::now();
        self.swept = now;
        if late {
            tracing::warn!("the registry stood still; every lease gets another term");
            self.catalog.forgive(now.into_std());
        }
        let loads = std::mem::take(&mut self.loads);
        let turned = self.catalog.settle(now.into_std());
        self.report(loads.into_values().chain(turned).collect());
        if drained {
            self.expire(now).await?;
            self.mark(now);
        }
        let failing = self.catalog.entries().values().filter(|entry| entry.outcomes.is_failing()).count();
        self.meters.now(self.catalog.entries().len(), failing, self.hub.prune());
        Ok(())
    }

    /// Tells the newest version, when it is time or when the standing has turned.
    fn mark(&mut self, now: Instant) {
        let (version, standing) = (self.catalog.version(), self.catalog.standing(now.into_std()));
        let turned = std::mem::replace(&mut self.standing, standing) != standing;
        if turned {
            self.meters.standing(standing);
            match standing {
                Standing::MassLoss => tracing::warn!("too many renewals are missing at once; evicting nobody"),
                Standing::Sound => tracing::info!("renewals come again as expected"),
            }
        }
        if turned || (version > self.marked.0 && now >= self.marked.1 + BOOKMARK) {
            self.marked = (version, now);
            self.hub.tell(&News::Bookmark { version, standing });
        }
    }

    fn read(&mut self, read: Read, reports: &mut Vec<Renewal>) {
        match read {
            Read::Renew { tenant, lease, epoch, vitals, sent, reply } => {
                let known = self.catalog.is_of(lease, &tenant);
                let renewed = known.and_then(|()| self.catalog.renew(lease, epoch, vitals, sent));
                if let Ok(renewal) = &renewed {
                    self.note(renewal, reports);
                }
                answer(reply, renewed.map_err(Error::from));
            }
            Read::Get { identity, reply } => {
                let found = self.catalog.entries().get(&identity).cloned();
                answer(reply, found.ok_or_else(|| Error::NotFound(identity.to_string())));
            }
            Read::Query { query, reply } => {
                let page = page::page(&self.catalog, &self.history, self.standing, &query);
                answer(reply, page.map_err(Error::from));
            }
            Read::Watch { filter, version, reply } => answer(reply, self.watch(*filter, version)),
            Read::Resolve { wanted, reply } => answer(reply, Ok(self.resolve(&wanted))),
            Read::Observe { seen, reply } => answer(reply, Ok(self.observe(seen, reports))),
        }
    }

    /// A turn of health or intake is told at once, load with the next sweep.
    fn note(&mut self, renewal: &Renewal, reports: &mut Vec<Renewal>) {
        self.meters.renewals.inc();
        let now = renewal.now.vitals;
        if renewal.before == now {
            return;
        }
        let identity = &renewal.now.record.identity;
        if (renewal.before.health, renewal.before.intake) != (now.health, now.intake) {
            self.loads.remove(identity);
            reports.push(renewal.clone());
        } else {
            self.loads.insert(identity.clone(), renewal.clone());
        }
    }

    fn watch(&mut self, filter: Filter, version: u64) -> Result<Watch, Error> {
        if self.hub.prune() >= WATCHES {
            return Err(Error::TooManyWatches(WATCHES));
        }
        let backlog = watch::backlog(&self.catalog, &self.history, &filter, version, self.standing)?;
        let watch = self.hub.join(filter, backlog);
        self.meters.watches.inc();
        Ok(watch)
    }

    fn resolve(&mut self, wanted: &Wanted) -> Resolution {
        self.meters.resolutions.inc();
        let mut kind = DefaultHasher::new();
        wanted.filter.hash(&mut kind);
        let turn = self.turns.next(kind.finish());
        resolve::resolve(&self.catalog, self.standing, wanted, turn, rand::random())
    }

    /// Counts what a caller saw; who turned by it is told at once.
    fn observe(&mut self, seen: Vec<Observation>, reports: &mut Vec<Renewal>) -> usize {
        let now = Instant::now().into_std();
        let mut taken = 0;
        for Observation { identity, epoch, tally } in seen {
            let Ok(turned) = self.catalog.observe(identity.lease(), epoch, tally, now) else { continue };
            self.meters.outcomes.inc_by(tally.calls);
            taken += 1;
            reports.extend(turned.inspect(|one| verdict(&one.now)));
        }
        taken
    }

    fn report(&mut self, mut renewals: Vec<Renewal>) {
        // A registration that has ended meanwhile, or begun anew, has told its own.
        renewals.retain_mut(|one| {
            let Entry { record, outcomes, .. } = &mut one.now;
            let held = self.catalog.entries().get(&record.identity);
            let held = held.filter(|held| held.record.epoch == record.epoch);
            // Marked meanwhile, or spoken of by callers, perhaps.
            held.map(|held| (*record, *outcomes) = (held.record.clone(), held.outcomes)).is_some()
        });
        if !renewals.is_empty() {
            self.hub.tell(&News::Reports(renewals.into()));
        }
    }

    /// Decides in order, commits once, then publishes and answers. A refusal was decided on the changes before it,
    /// so it waits for them too.
    async fn write(&mut self, writes: Vec<Write>) -> Result<(), Lost> {
        let mut answers = Vec::with_capacity(writes.len());
        let mut changes = Vec::with_capacity(writes.len());
        for write in writes {
            let (outcome, reply) = self.decide(write);
            changes.extend(outcome.as_ref().ok().cloned());
            answers.push((outcome, reply));
        }
        let committed = self.commit(changes).await?;
        for (outcome, reply) in answers {
            answer(reply, committed.clone().and(outcome));
        }
        Ok(())
    }

    fn decide(&mut self, write: Write) -> (Result<Change, Error>, Reply<Change>) {
        match write {
            Write::Register { wish, reply } => {
                let now = Moment { at: Instant::now().into_std(), wall: self.ledger.now() };
                (Ok(self.catalog.register(*wish, now)), reply)
            }
            Write::Deregister { tenant, lease, epoch, reply } => {
                let known = self.catalog.is_of(lease, &tenant);
                (known.and_then(|()| self.catalog.deregister(lease, epoch)).map_err(Error::from), reply)
            }
            Write::SetIntake { identity, epoch, intake, reply } => {
                let marked = self.catalog.set_intake(identity.lease(), epoch, intake);
                (marked.map_err(|refused| unmarked(refused, &identity)), reply)
            }
            Write::SetVerification { identity, epoch, verification, reply } => {
                let marked = self.catalog.set_verification(identity.lease(), epoch, verification);
                (marked.map_err(Error::from), reply)
            }
        }
    }

    async fn expire(&mut self, now: Instant) -> Result<(), Lost> {
        let changes = self.catalog.expire(now.into_std());
        let expired = changes.len() as u64;
        // Refused for want of room: the next sweep tries again.
        if self.commit(changes).await?.is_ok() {
            self.meters.expiries.inc_by(expired);
        }
        Ok(())
    }

    /// Makes changes durable and tells the watches, or takes them back and says why.
    async fn commit(&mut self, changes: Vec<Change>) -> Result<Result<(), Error>, Lost> {
        if changes.is_empty() {
            return Ok(Ok(()));
        }
        match self.ledger.commit(&changes).await {
            Ok(store::Committed) => {
                self.catalog.settle_changes(&changes);
                self.publish(changes);
                Ok(Ok(()))
            }
            Err(refusal) => {
                self.catalog.undo(changes);
                refused(refusal).map(Err)
            }
        }
    }

    fn publish(&mut self, changes: Vec<Change>) {
        let changes: Vec<Arc<Change>> = changes.into_iter().map(Arc::new).collect();
        for change in &changes {
            self.meters.count(change);
            log(change);
            self.history.push(change.clone());
        }
        self.hub.tell(&News::Changes(changes.into()));
    }
}

async fn next(mailbox: &mut Mailbox, sweeps: &mut Interval) -> Turn {
    tokio::select! {
        // In this order, so that a flood of calls delays no sweep.
        biased;
        _ = sweeps.tick() => Turn::Sweep,
        call = mailbox.recv() => call.map_or(Turn::Over, Turn::Call),
    }
}

/// What the caller is told of a commit that came to nothing, or that there will be no other.
fn refused(refusal: Refusal) -> Result<Error, Lost> {
    match refusal {
        Refusal::Full { retry_after } => Ok(Error::Busy { retry_after }),
        Refusal::NoSpace => Ok(Error::NoSpace),
        lost @ (Refusal::Seen(_)
        | Refusal::Expired
        | Refusal::Head { .. }
        | Refusal::Superseded
        | Refusal::Fenced { .. }
        | Refusal::Row { .. }
        | Refusal::Closed) => Err(Lost(lost)),
    }
}

fn verdict(entry: &Entry) {
    let (agent, seen) = (&entry.record.identity, entry.outcomes.sum());
    if entry.outcomes.is_failing() {
        tracing::warn!(%agent, calls = seen.calls, failures = seen.failures, "its callers say that it fails");
    } else {
        tracing::info!(%agent, calls = seen.calls, failures = seen.failures, "its callers find it well again");
    }
}

fn unmarked(refused: Refused, identity: &Identity) -> Error {
    match refused {
        Refused::Unknown => Error::NotFound(identity.to_string()),
        stale @ Refused::Stale { .. } => stale.into(),
    }
}

fn answer<T>(reply: Reply<T>, outcome: Result<T, Error>) {
    // A caller that has gone needs no answer.
    drop(reply.send(outcome));
}

fn log(change: &Change) {
    let (version, agent) = (change.version, &change.identity);
    match &change.now {
        Now::Held(entry) if entry.record.epoch == version => tracing::info!(version, %agent, "registered"),
        Now::Held(entry) => {
            let Record { intake, verification, .. } = &*entry.record;
            tracing::info!(version, %agent, ?intake, verification = ?verification.level, "marked");
        }
        Now::Gone(Reason::Deregistered) => tracing::info!(version, %agent, "deregistered"),
        Now::Gone(Reason::LeaseExpired) => tracing::warn!(version, %agent, "lease expired"),
    }
}
