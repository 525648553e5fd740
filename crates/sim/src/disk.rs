//! A disk below a process: what is submitted waits, is written in batches after a while, and its tickets resolve in
//! order. The in-memory store beneath it is what survives the process; a crash loses what waits.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt as _;
use parking_lot::Mutex;
use store::{
    Accept, Commit, Due, Entry, Frame, Listing, Loaded, LogRow, Outcome, Ownership, Pending, Query, Ready, Refusal,
    Row, RowChange, Seen, SeenKey, SeenReply, Settle, Store,
};
use tokio::sync::Notify;
use types::{Epoch, Head, Scope, Seq, TaskId, Timestamp};

use crate::defects::Defect;
use crate::faults::Boundary;
use crate::observe;
use crate::world::{Life, OPERATOR, World, pause};

/// An epoch that owns nothing: the store refuses a commit that carries it, and what is decided on that commit.
const NOBODY: Epoch = Epoch(u64::MAX);

/// One process's way to its store.
pub(crate) struct Disk {
    world: Arc<World>,
    life: Life,
    inner: Arc<dyn Store>,
    queue: Mutex<Vec<(Commit, Option<Settle>)>>,
    bell: Notify,
}

impl Disk {
    /// A disk for this process, and the task that writes to it.
    pub(crate) fn open(world: &Arc<World>, life: &Life, inner: Arc<dyn Store>) -> Arc<Self> {
        let (world, life) = (world.clone(), life.clone());
        let disk = Arc::new(Self { world, life, inner, queue: Mutex::default(), bell: Notify::new() });
        tokio::spawn(disk.clone().serve());
        disk
    }

    async fn serve(self: Arc<Self>) {
        loop {
            self.bell.notified().await;
            while !self.queue.lock().is_empty() {
                pause(self.world.draw(|chance| chance.millis(0, 6))).await;
                let batch = std::mem::take(&mut *self.queue.lock());
                if self.write(batch).is_none() {
                    return;
                }
            }
        }
    }

    /// Writes a batch; `None` when the process has died.
    fn write(&self, batch: Vec<(Commit, Option<Settle>)>) -> Option<()> {
        let about = observe::facts(self.life.node, batch.iter().map(|(commit, _)| commit));
        self.world.say(|| format!("{} writes {about:?}", self.world.name_of(self.life.node)));
        self.boundary(Boundary::BeforeWrite, &about)?;
        let settled: Vec<_> = batch.into_iter().map(|(commit, settle)| (self.put(commit), settle)).collect();
        self.boundary(Boundary::AfterWrite, &about)?;
        self.outlive(&about)?;
        for (outcome, settle) in settled {
            if let Some(settle) = settle {
                settle.settle(outcome);
            }
            self.boundary(Boundary::AfterTicket, &about)?;
        }
        Some(())
    }

    /// A foreign agent may die when it has just ended a task, before anybody hears of it.
    fn outlive(&self, about: &[&str]) -> Option<()> {
        let ends = about.contains(&"a child ends") && self.world.is_foreign(self.life.node);
        if ends && self.world.strikes("foreign agent that dies when it is done", self.world.faults.vanish) {
            self.world.say(|| format!("{} is done and dies", self.world.name_of(self.life.node)));
            self.world.kill(&self.life);
            return None;
        }
        Some(())
    }

    fn boundary(&self, boundary: Boundary, about: &[&str]) -> Option<()> {
        (!self.world.boundary(&self.life, boundary, about)).then_some(())
    }

    /// Writes one commit to what survives.
    fn put(&self, mut commit: Commit) -> Outcome {
        let refused = self.world.strikes("refused commit", self.world.faults.refuse);
        if refused {
            commit.epoch = NOBODY;
        }
        self.bend(&mut commit);
        let forgotten = self.forget_reply(&mut commit);
        let (tell, told) = std::sync::mpsc::channel();
        let settle = Settle::new(move |outcome| drop(tell.send(outcome)));
        self.inner.submit(commit.clone(), settle);
        // The in-memory store settles before `submit` returns.
        let outcome = told.try_recv().unwrap_or(Err(Refusal::Closed));
        commit.accept = forgotten.or(commit.accept);
        match &outcome {
            Ok(_) => observe::durable(&self.world, self.life.node, &commit),
            Err(refusal) => self.world.count("refusal", refusal_name(refusal)),
        }
        if refused { Err(Refusal::NoSpace) } else { outcome }
    }

    /// Applies the defects of a disk.
    fn bend(&self, commit: &mut Commit) {
        if self.world.has(Defect::RowsNotCompared) && self.life.node != OPERATOR {
            commit.rows.iter_mut().for_each(|row| self.adjust(row));
        }
        let Some(change) = &mut commit.task else { return };
        if self.world.has(Defect::ReadyMarkForgotten) && change.ready == Ready::Set {
            change.ready = Ready::Keep;
        }
        if self.world.has(Defect::SeqReused) && change.expected != Head::ZERO {
            let first = change.entries.iter_mut().find_map(|entry| match entry {
                Entry::Frame(frame) => Some(frame),
                Entry::Record(_) => None,
            });
            if let Some(frame) = first {
                frame.seq = Seq(frame.seq.0 - 1);
            }
        }
        if self.world.has(Defect::SnapshotTooShort) && self.life.node == OPERATOR {
            change.snapshot.as_mut().map(|snapshot| snapshot.records.pop());
        }
        let loses = self.world.has(Defect::RecordLost) && self.life.node == OPERATOR;
        if loses && change.entries.len() > 3 && self.world.draw(|chance| chance.hit(200)) {
            let lost = change.entries.iter().rposition(|entry| matches!(entry, Entry::Record(_)));
            lost.map(|place| change.entries.remove(place));
        }
    }
}

impl Disk {
    /// With the defect, takes away what makes an answer be remembered; it was given all the same.
    fn forget_reply(&self, commit: &mut Commit) -> Option<Accept> {
        let replies = commit.accept.as_ref().is_some_and(|accept| matches!(accept.reply, SeenReply::Message(_)));
        if replies && self.world.has(Defect::ReplyForgotten) { commit.accept.take() } else { None }
    }

    /// Expects what is there, whatever it is.
    fn adjust(&self, change: &mut RowChange) {
        let rows = self.inner.rows(change.kind, &change.key).now_or_never();
        let rows = rows.and_then(Result::ok).unwrap_or_default();
        change.expected = rows.iter().find(|row| row.key == change.key).map_or(0, |row| row.version);
    }
}

impl Store for Disk {
    fn submit(&self, commit: Commit, settle: Settle) {
        if self.life.is_over() {
            return;
        }
        let early = self.world.has(Defect::AcknowledgedBeforeWritten) && self.life.node == OPERATOR;
        let settle = if early {
            settle.settle(Ok(store::Committed));
            None
        } else {
            Some(settle)
        };
        let about = observe::facts(self.life.node, [&commit]);
        self.queue.lock().push((commit, settle));
        if !self.world.boundary(&self.life, Boundary::Queued, &about) {
            self.bell.notify_one();
        }
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        self.inner.load(scope, task)
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.inner.frames(scope, task, after, limit)
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.inner.log(scope, task, after, limit)
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        self.inner.list(scope, query)
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        self.inner.rows(kind, prefix)
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        self.inner.seen(key)
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.inner.due(now, after, limit)
    }

    fn own(&self) -> Pending<Ownership> {
        self.inner.own()
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn close(&self) -> Pending<()> {
        Pending::ready(Ok(()))
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("life", &self.life).finish_non_exhaustive()
    }
}

fn refusal_name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Seen(_) => "seen",
        Refusal::Expired => "expired",
        Refusal::Head { .. } => "head",
        Refusal::Superseded => "superseded",
        Refusal::Fenced { .. } => "fenced",
        Refusal::Row { .. } => "row",
        Refusal::Full { .. } => "full",
        Refusal::NoSpace => "no space",
        Refusal::Closed => "closed",
    }
}
