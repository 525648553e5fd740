//! The commit loop: takes all that waits, writes it in one transaction, and tells everybody in order.

use std::sync::Arc;

use rusqlite::{Connection, ErrorCode};

use super::Shared;
use super::options::{CrashPoint, Options};
use super::queue::{Item, Taken};
use super::space::Space;
use super::sql::Sql;
use super::state::{Draft, State};
use super::upkeep::Upkeep;
use crate::commit::{Outcome, Refusal};

/// The one connection that writes, and what it knows.
#[derive(Debug)]
pub(super) struct Writer<'c> {
    pub(super) conn: &'c Connection,
    pub(super) sql: Sql<'c>,
    pub(super) state: State,
    pub(super) draft: Draft,
    pub(super) space: Space,
    pub(super) scratch: Vec<u8>,
    pub(super) shared: Arc<Shared>,
    pub(super) options: Options,
    pub(super) upkeep: Upkeep,
    synchronous: Synchronous,
}

/// SQLite's setting: whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronous {
    Full,
    Normal,
}

/// Why the loop ends before it is closed.
#[derive(Debug)]
pub(super) enum Stop {
    /// A test asked for it.
    Crash,
    /// The storage failed; whether the last transaction is durable is not known.
    Storage(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error)
    }
}

impl<'c> Writer<'c> {
    /// Expects a connection whose `synchronous` is FULL.
    pub(super) fn new(
        conn: &'c Connection,
        state: State,
        space: Space,
        shared: Arc<Shared>,
        options: Options,
    ) -> rusqlite::Result<Self> {
        let upkeep = Upkeep::new(options.sweep_every, shared.seen.read().unread().is_some());
        Ok(Self {
            conn,
            sql: Sql::prepare(conn)?,
            state,
            draft: Draft::default(),
            space,
            scratch: Vec::new(),
            shared,
            upkeep,
            options,
            synchronous: Synchronous::Full,
        })
    }

    /// Runs until the queue is closed and empty, or the storage fails.
    pub(super) fn run(mut self) {
        let mut batch = Vec::with_capacity(self.options.batch_items);
        loop {
            let until = self.upkeep.next();
            let taken = self.shared.queue.take(self.options.batch_items, self.options.batch_bytes, until, &mut batch);
            let worked = match taken {
                Taken::Batch => self.work(&mut batch).and_then(|()| self.keep_up()),
                Taken::Idle => self.keep_up(),
                Taken::Closed => self.finish(),
            };
            match (worked, taken) {
                (Ok(()), Taken::Batch | Taken::Idle) => {}
                (Ok(()), Taken::Closed) => return self.shared.queue.end(),
                (Err(stop), _) => return self.stop(&stop, batch),
            }
        }
    }

    fn work(&mut self, batch: &mut Vec<Item>) -> Result<(), Stop> {
        self.fault(CrashPoint::BeforeWrite)?;
        match self.transact(batch) {
            Ok(outcomes) => self.settle(batch, outcomes),
            Err(Stop::Storage(error)) if is_full(&error) => self.squeeze(batch),
            Err(stop) => Err(stop),
        }
    }

    /// Writes one transaction and makes it durable; on error nothing of it was told to anybody.
    fn transact(&mut self, batch: &[Item]) -> Result<Vec<Outcome>, Stop> {
        let strict = batch.iter().any(|item| self.options.durability.is_strict_for(&item.commit));
        self.set_synchronous(if strict { Synchronous::Full } else { Synchronous::Normal })?;
        self.draft = Draft::default();
        self.sql.begin.execute(())?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for (at, item) in batch.iter().enumerate() {
            if at > 0 {
                self.fault(CrashPoint::MidBatch)?;
            }
            outcomes.push(self.apply(&item.commit)?);
        }
        self.write_once()?;
        self.fault(CrashPoint::BeforeCommit)?;
        self.sql.commit.execute(())?;
        self.fault(CrashPoint::AfterCommit)?;
        self.upkeep.wrote(batch);
        Ok(outcomes)
    }

    fn settle(&mut self, batch: &mut Vec<Item>, outcomes: Vec<Outcome>) -> Result<(), Stop> {
        self.state.settle(&self.draft);
        self.shared.clock.raise(self.draft.latest);
        self.shared.seen.write().extend(self.draft.seen.drain());
        for (at, (item, outcome)) in batch.drain(..).zip(outcomes).enumerate() {
            if at > 0 {
                self.fault(CrashPoint::BetweenSettles)?;
            }
            item.settle.settle(outcome);
        }
        Ok(())
    }

    /// The disk is full: gives the ballast up, refuses the accepts and writes what still fits, one by one.
    fn squeeze(&mut self, batch: &mut Vec<Item>) -> Result<(), Stop> {
        self.roll_back()?;
        self.space.give_up(self.conn)?;
        self.upkeep.hurry();
        let mut waiting = std::mem::take(batch).into_iter();
        while let Some(item) = waiting.next() {
            batch.push(item);
            if let Err(stop) = self.work_alone(batch) {
                // They too must hear that the store has ended.
                batch.extend(waiting);
                return Err(stop);
            }
        }
        Ok(())
    }

    /// Writes a batch of one on a full disk, or refuses it.
    fn work_alone(&mut self, batch: &mut Vec<Item>) -> Result<(), Stop> {
        let outcomes = match self.transact(batch) {
            Ok(outcomes) => outcomes,
            Err(Stop::Storage(error)) if is_full(&error) => {
                self.roll_back()?;
                let failed = batch.iter().filter_map(|item| item.commit.task.as_ref());
                failed.for_each(|change| self.state.failed.note(change.id, change.generation));
                vec![Err(Refusal::NoSpace)]
            }
            Err(stop) => return Err(stop),
        };
        self.settle(batch, outcomes)
    }

    /// Ends the open transaction, if there is one, and forgets what it changed.
    pub(super) fn roll_back(&mut self) -> Result<(), Stop> {
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        self.draft = Draft::default();
        Ok(self.state.read_again(self.conn)?)
    }

    /// May only be called between transactions.
    pub(super) fn set_synchronous(&mut self, wanted: Synchronous) -> rusqlite::Result<()> {
        if self.synchronous != wanted {
            let value = match wanted {
                Synchronous::Full => "FULL",
                Synchronous::Normal => "NORMAL",
            };
            self.conn.pragma_update(None, "synchronous", value)?;
            self.synchronous = wanted;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Stop> {
        self.set_synchronous(Synchronous::Full)?;
        Ok(self.checkpoint("TRUNCATE")?)
    }

    fn fault(&self, point: CrashPoint) -> Result<(), Stop> {
        let crash = self.options.faults.as_ref().is_some_and(|faults| faults.crash(point));
        if crash { Err(Stop::Crash) } else { Ok(()) }
    }

    fn stop(self, stop: &Stop, batch: Vec<Item>) {
        let waiting = batch.into_iter().chain(self.shared.queue.abandon());
        match stop {
            // As a killed process would: nobody is told.
            Stop::Crash => drop(waiting.collect::<Vec<_>>()),
            Stop::Storage(error) => {
                waiting.for_each(|item| item.settle.settle(Err(Refusal::Closed)));
                self.options.fatal.tell(&error.to_string());
            }
        }
    }
}

pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}
