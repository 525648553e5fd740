//! The registrations as a state machine: no clock, no I/O, no stored state. Time is passed in.
//!
//! | input | lease held, same epoch | lease held, newer epoch | no lease |
//! |---|---|---|---|
//! | register | new epoch | new epoch | new epoch |
//! | renew | deadline moves | `Stale` | `Unknown` |
//! | deregister | removed | `Stale` | `Unknown` |
//! | set intake | marked | `Stale` | `Unknown` |
//! | set verification | marked | `Stale` | `Unknown` |
//! | observe | counted | `Stale` | `Unknown` |
//! | expire | removed when due | removed when due | – |
//!
//! Nobody is evicted while so many renewals are missing that the fault is more likely here than there.
//!
//! A renewal under an epoch that was never granted is `Unknown`: its grant was not from this registry.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use types::{StoreId, Tenant, Timestamp};

use crate::identity::{Identity, LeaseId};
use crate::outcome::Tally;
use crate::record::{Entry, Intake, Labels, Offers, Record, Vitals};
use crate::verification::Verification;

/// Renewals per lease term.
const RENEWALS: u32 = 3;

/// Leases from which on a loss can be told from the end of a few.
const CROWD: usize = 20;

/// Below this share of the expected renewals, in percent, nobody is evicted.
const EXPECTED: usize = 85;

/// Terms after its end for which a mass loss keeps a lease at most.
const RESPITE: u32 = 3;

/// The bounds of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Shortest lease that is granted.
    pub(crate) min: Duration,
    /// The lease of who asks for none in particular.
    pub(crate) default: Duration,
    /// Longest lease that is granted.
    pub(crate) max: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        Self { min: Duration::from_secs(3), default: Duration::from_secs(10), max: Duration::from_secs(60) }
    }
}

/// An instant on both clocks: leases run on the monotonic one, the wall's is for show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) at: Instant,
    pub(crate) wall: Timestamp,
}

/// A registration that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) identity: Identity,
    pub(crate) store_id: StoreId,
    pub(crate) labels: Labels,
    pub(crate) card: Bytes,
    pub(crate) offers: Offers,
    pub(crate) ttl: Option<Duration>,
    pub(crate) verification: Verification,
}

/// One version: what was there, and what is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) identity: Identity,
    pub(crate) before: Option<Entry>,
    pub(crate) now: Now,
}

/// What is there after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Now {
    /// A registration.
    Held(Entry),
    /// Nothing any more.
    Gone(Reason),
}

/// Why a registration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Deregistered,
    LeaseExpired,
}

/// Whether what is registered can be trusted to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Sound,
    /// Too many renewals are missing at once.
    MassLoss,
}

/// A renewal that was accepted, or news of what callers say.
#[derive(Debug, Clone)]
pub(crate) struct Renewal {
    pub(crate) before: Vitals,
    pub(crate) now: Entry,
}

/// Why a lease was not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Nobody holds it: register again.
    #[error("no such lease; register again")]
    Unknown,
    /// A newer registration holds it.
    #[error("epoch {given} was superseded by {newest}")]
    Stale { given: u64, newest: u64 },
}

/// All registrations of one registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catalog {
    terms: Terms,
    version: u64,
    entries: BTreeMap<Identity, Entry>,
    leases: HashMap<LeaseId, Identity>,
    /// Levels that fell although the change was refused.
    fallen: BTreeMap<Identity, Fallen>,
}

/// A level that is served lower than watches were told: the store has refused the change, and what a key is no longer
/// good for must not wait for room on a disk. The next change of the instance tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fallen {
    epoch: u64,
    told: Verification,
    now: Verification,
}

impl Change {
    /// What stays of it when it is taken back.
    fn fallen(&self) -> Option<Fallen> {
        let (Some(before), Now::Held(now)) = (&self.before, &self.now) else { return None };
        let (before, now) = (&before.record, &now.record);
        let fell = before.epoch == now.epoch && now.verification.level < before.verification.level;
        let fallen = || Fallen { epoch: now.epoch, told: before.verification.clone(), now: now.verification.clone() };
        fell.then(fallen)
    }
}

impl Terms {
    /// The granted lease for a wanted one.
    fn grant(&self, wanted: Option<Duration>) -> Duration {
        wanted.unwrap_or(self.default).clamp(self.min, self.max)
    }
}

/// When a lease wants its next renewal.
pub(crate) fn keep_alive(ttl: Duration) -> Duration {
    ttl / RENEWALS
}

impl Catalog {
    /// What was stored, each lease with one full term from `now` on.
    pub(crate) fn restore(terms: Terms, version: u64, records: Vec<Record>, now: Moment) -> Self {
        let mut catalog =
            Self { terms, version, entries: BTreeMap::new(), leases: HashMap::new(), fallen: BTreeMap::new() };
        for record in records {
            let deadline = now.at + record.ttl;
            let renewed_at = record.registered_at;
            catalog.hold(Entry::fresh(record, renewed_at, deadline));
        }
        catalog
    }

    /// The newest version.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// All registrations in query order.
    pub(crate) fn entries(&self) -> &BTreeMap<Identity, Entry> {
        &self.entries
    }

    /// Registers an instance, or replaces it under a higher epoch.
    pub(crate) fn register(&mut self, wish: Wish, now: Moment) -> Change {
        self.version += 1;
        let ttl = self.terms.grant(wish.ttl);
        let record = Record {
            identity: wish.identity.clone(),
            epoch: self.version,
            store_id: wish.store_id,
            labels: wish.labels,
            card: wish.card,
            offers: wish.offers,
            ttl,
            registered_at: now.wall,
            intake: Intake::Open,
            verification: wish.verification,
        };
        let deadline = now.at + ttl;
        let entry = Entry::fresh(record, now.wall, deadline);
        let before = self.hold(entry.clone()).map(|before| self.as_told(before));
        Change { version: self.version, identity: wish.identity, before, now: Now::Held(entry) }
    }

    /// Moves a lease's deadline to a full term after `now`; an earlier renewal that comes late moves nothing back.
    pub(crate) fn renew(
        &mut self,
        lease: LeaseId,
        epoch: u64,
        vitals: Vitals,
        now: Moment,
    ) -> Result<Renewal, Refused> {
        let entry = self.held(lease, epoch)?;
        let before = std::mem::replace(&mut entry.vitals, vitals);
        entry.deadline = entry.deadline.max(now.at + entry.record.ttl);
        entry.renewed_at = entry.renewed_at.max(now.wall);
        Ok(Renewal { before, now: entry.clone() })
    }

    /// Ends a lease.
    pub(crate) fn deregister(&mut self, lease: LeaseId, epoch: u64) -> Result<Change, Refused> {
        let identity = self.held(lease, epoch)?.record.identity.clone();
        Ok(self.remove(identity, Reason::Deregistered))
    }

    /// Marks one registration; epoch 0 means whichever holds the lease.
    pub(crate) fn set_intake(&mut self, lease: LeaseId, epoch: u64, intake: Intake) -> Result<Change, Refused> {
        let entry = match epoch {
            0 => self.newest(lease)?,
            _ => self.held(lease, epoch)?,
        };
        let change = amended(entry, |record| record.intake = intake);
        Ok(self.counted(change))
    }

    /// Notes how far the card of one registration can be believed.
    pub(crate) fn set_verification(
        &mut self,
        lease: LeaseId,
        epoch: u64,
        verification: Verification,
    ) -> Result<Change, Refused> {
        let change = amended(self.held(lease, epoch)?, |record| record.verification = verification);
        Ok(self.counted(change))
    }

    /// Whether a lease is of this tenant; to others it is as if there were none.
    pub(crate) fn is_of(&self, lease: LeaseId, tenant: &Tenant) -> Result<(), Refused> {
        match self.leases.get(&lease) {
            Some(identity) if identity.tenant == *tenant => Ok(()),
            Some(_) | None => Err(Refused::Unknown),
        }
    }

    /// The change as the next version.
    fn counted(&mut self, change: Change) -> Change {
        self.version += 1;
        let before = change.before.map(|before| self.as_told(before));
        Change { version: self.version, before, ..change }
    }

    /// Counts what callers saw of one registration; epoch 0 means whichever holds the lease.
    /// Answers the entry when it has turned to failing or back.
    pub(crate) fn observe(
        &mut self,
        lease: LeaseId,
        epoch: u64,
        tally: Tally,
        now: Instant,
    ) -> Result<Option<Renewal>, Refused> {
        let entry = match epoch {
            0 => self.newest(lease)?,
            _ => self.held(lease, epoch)?,
        };
        let before = entry.outcomes.is_failing();
        entry.outcomes.add(tally, now);
        Ok((entry.outcomes.is_failing() != before).then(|| Renewal { before: entry.vitals, now: entry.clone() }))
    }

    /// Forgets what callers saw too long ago; answers the entries that have turned by it.
    pub(crate) fn settle(&mut self, now: Instant) -> Vec<Renewal> {
        let mut turned = Vec::new();
        for entry in self.entries.values_mut().filter(|entry| !entry.outcomes.is_empty()) {
            let before = entry.outcomes.is_failing();
            entry.outcomes.settle(now);
            if entry.outcomes.is_failing() != before {
                turned.push(Renewal { before: entry.vitals, now: entry.clone() });
            }
        }
        turned
    }

    /// Whether renewals come as they should. Who is past half a term has missed one: when the first lease of a crowd
    /// that fell silent together ends, the others are two thirds of a term late.
    pub(crate) fn standing(&self, now: Instant) -> Standing {
        let all = self.entries.len();
        let renewed = self.entries.values().filter(|entry| entry.deadline > now + entry.record.ttl / 2).count();
        if all >= CROWD && renewed * 100 < all * EXPECTED { Standing::MassLoss } else { Standing::Sound }
    }

    /// Ends every lease whose deadline has come; in a mass loss only those that came long ago.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Change> {
        let respite = match self.standing(now) {
            Standing::Sound => 0,
            Standing::MassLoss => RESPITE,
        };
        let due = self.entries.values().filter(|entry| entry.deadline + entry.record.ttl * respite <= now);
        let due: Vec<Identity> = due.map(|entry| entry.record.identity.clone()).collect();
        due.into_iter().map(|identity| self.remove(identity, Reason::LeaseExpired)).collect()
    }

    /// Gives every lease a full term from `now` on: after a time in which nobody could have renewed.
    pub(crate) fn forgive(&mut self, now: Instant) {
        for entry in self.entries.values_mut() {
            entry.deadline = entry.deadline.max(now + entry.record.ttl);
        }
    }

    /// Takes note that changes have become durable: whoever watches hears of them.
    pub(crate) fn settle_changes(&mut self, changes: &[Change]) {
        for change in changes {
            self.fallen.remove(&change.identity);
        }
    }

    /// Takes back changes that did not become durable: the newest ones, all of them, given oldest first. A level that
    /// fell stays where it is.
    pub(crate) fn undo(&mut self, changes: Vec<Change>) {
        for change in changes.into_iter().rev() {
            self.version = change.version - 1;
            let fallen = change.fallen().map(|fallen| (change.identity.clone(), fallen));
            self.fallen.extend(fallen);
            match change.before {
                Some(entry) => self.take_back(entry),
                None => self.forget(&change.identity),
            }
        }
    }

    fn take_back(&mut self, mut entry: Entry) {
        let fallen = self.fallen.get(&entry.record.identity).filter(|fallen| fallen.epoch == entry.record.epoch);
        if let Some(fallen) = fallen {
            Arc::make_mut(&mut entry.record).verification = fallen.now.clone();
        }
        self.hold(entry);
    }

    /// An entry as watches have it.
    fn as_told(&self, mut entry: Entry) -> Entry {
        let fallen = self.fallen.get(&entry.record.identity).filter(|fallen| fallen.epoch == entry.record.epoch);
        if let Some(fallen) = fallen {
            Arc::make_mut(&mut entry.record).verification = fallen.told.clone();
        }
        entry
    }

    fn held(&mut self, lease: LeaseId, epoch: u64) -> Result<&mut Entry, Refused> {
        let entry = self.newest(lease)?;
        match entry.record.epoch {
            newest if epoch == newest => Ok(entry),
            newest if epoch < newest => Err(Refused::Stale { given: epoch, newest }),
            _ => Err(Refused::Unknown),
        }
    }

    fn newest(&mut self, lease: LeaseId) -> Result<&mut Entry, Refused> {
        let identity = self.leases.get(&lease).ok_or(Refused::Unknown)?;
        self.entries.get_mut(identity).ok_or(Refused::Unknown)
    }

    fn hold(&mut self, entry: Entry) -> Option<Entry> {
        let identity = entry.record.identity.clone();
        self.leases.insert(identity.lease(), identity.clone());
        self.entries.insert(identity, entry)
    }

    fn forget(&mut self, identity: &Identity) {
        self.leases.remove(&identity.lease());
        self.entries.remove(identity);
    }

    fn remove(&mut self, identity: Identity, reason: Reason) -> Change {
        self.version += 1;
        let before = self.entries.get(&identity).cloned().map(|before| self.as_told(before));
        self.forget(&identity);
        Change { version: self.version, identity, before, now: Now::Gone(reason) }
    }
}

/// A registration with something else in its record; the version is still to be counted.
fn amended(entry: &mut Entry, amend: impl FnOnce(&mut Record)) -> Change {
    let before = entry.clone();
    amend(Arc::make_mut(&mut entry.record));
    Change { version: 0, identity: entry.record.identity.clone(), before: Some(before), now: Now::Held(entry.clone()) }
}
