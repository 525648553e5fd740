//! Random commits, applied to a model of a few lines: every store must agree with it, and so with the others.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use store::{
    Accept, Commit, Committed, Created, Entry, Frame, FrameKind, Lane, Outcome, Query, Ready, Refusal, RowChange, Seen,
    SeenReply, Snapshot, Store, TaskChange, Timer,
};
use types::{Epoch, Head, Scope, Seq, TaskId, TaskState, Timestamp};

use super::bed::{Bed, START};
use super::make::{context, digest, key, owner};

const KEYS: [&str; 3] = ["a", "b", "c"];

/// One step of a story. Versions and heads are usually those that fit.
#[derive(Debug, Clone)]
enum Step {
    Commit(Draft),
    Restart,
}

#[derive(Debug, Clone)]
struct Draft {
    task: Option<TaskDraft>,
    message: Option<u8>,
    rows: BTreeMap<usize, RowDraft>,
    later: u64,
    stale: bool,
}

#[derive(Debug, Clone)]
struct TaskDraft {
    task: usize,
    misfit: u64,
    generation: u64,
    state: usize,
    frames: u64,
    ready: u8,
    timer: u8,
    snapshot: bool,
}

#[derive(Debug, Clone)]
struct RowDraft {
    misfit: u64,
    delete: bool,
}

fn rarely() -> impl Strategy<Value = u64> {
    prop_oneof![9 => Just(0), 1 => Just(1_u64)]
}

fn task_draft() -> impl Strategy<Value = TaskDraft> {
    (0..4_usize, rarely(), 0..3_u64, 0..8_usize, 0..4_u64, 0..3_u8, 0..3_u8, any::<bool>()).prop_map(
        |(task, misfit, generation, state, frames, ready, timer, snapshot)| TaskDraft {
            task,
            misfit,
            generation,
            state,
            frames,
            ready,
            timer,
            snapshot,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let row = (rarely(), any::<bool>()).prop_map(|(misfit, delete)| RowDraft { misfit, delete });
    let rows = proptest::collection::btree_map(0..KEYS.len(), row, 0..3);
    let draft =
        (proptest::option::weighted(0.8, task_draft()), proptest::option::of(0..12_u8), rows, 0..3_u64, rarely())
            .prop_map(|(task, message, rows, later, stale)| Draft { task, message, rows, later, stale: stale == 1 });
    prop_oneof![30 => draft.prop_map(Step::Commit), 1 => Just(Step::Restart)]
}

/// What a store must hold.
#[derive(Debug, Default)]
struct Model {
    now: u64,
    /// Generations begin anew after a restart.
    base: u64,
    tasks: HashMap<TaskId, Held>,
    seen: HashMap<u8, Seen>,
    rows: BTreeMap<&'static str, (u64, Bytes)>,
    failed: HashMap<TaskId, u64>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Held {
    head: u64,
    state: Option<TaskState>,
    changed_at: u64,
    frames: Vec<Frame>,
    snapshot_at: u64,
    ready: Option<u64>,
    timer: Option<u64>,
}

impl Model {
    /// The commit that a draft means now.
    fn commit(&mut self, draft: &Draft, ids: &[TaskId], epoch: Epoch) -> Commit {
        self.now += draft.later;
        let at = Timestamp::from_millis(self.now);
        let task = draft.task.as_ref().map(|task| self.change(task, ids[task.task], at));
        let accept = draft.message.map(|message| {
            let name = format!("m{message}");
            let reply = task.as_ref().map_or(SeenReply::Fence, |task| SeenReply::Task(task.id));
            Accept { key: key(&name), digest: digest(&name), reply, keep_until: at, not_after: None, older: Vec::new() }
        });
        let rows = draft.rows.iter().map(|(row, draft)| {
            let found = self.rows.get(KEYS[*row]).map_or(0, |(version, _)| *version);
            let body = (!draft.delete).then(|| Bytes::from(self.now.to_string()));
            RowChange { kind: "k", key: KEYS[*row].into(), expected: found + draft.misfit, body }
        });
        let rows = rows.collect();
        let epoch = if draft.stale { Epoch(epoch.0 + 1) } else { epoch };
        let lane = if accept.is_some() { Lane::Accept } else { Lane::Continue };
        Commit { epoch, lane, at, task, accept, rows }
    }

    fn change(&self, draft: &TaskDraft, id: TaskId, at: Timestamp) -> TaskChange {
        let held = self.tasks.get(&id).cloned().unwrap_or_default();
        let expected = Head(held.head + draft.misfit);
        let seq = held.frames.len() as u64;
        let frames = (1..=draft.frames).map(|more| {
            let bytes = Bytes::from(format!("{id} {}", seq + more));
            Entry::Frame(Frame { seq: Seq(seq + more), time: at, kind: FrameKind::Artifact, bytes })
        });
        let whose = owner("t", ["a", "b"][usize::from(id.as_bytes()[15] % 2)]);
        TaskChange {
            id,
            generation: self.base + draft.generation,
            expected,
            created: (expected == Head::ZERO).then(|| Created { owner: whose, context: context("c") }),
            state: TaskState::ALL[draft.state],
            seq: Seq(seq + draft.frames),
            entries: frames.collect(),
            snapshot: draft.snapshot.then(|| Snapshot { task: expected.to_string().into(), records: Vec::new() }),
            ready: [Ready::Keep, Ready::Set, Ready::Clear][usize::from(draft.ready)],
            timer: [Timer::Keep, Timer::Set(at), Timer::Clear][usize::from(draft.timer)],
        }
    }

    /// What must become of it.
    fn apply(&mut self, commit: &Commit, message: Option<u8>, epoch: Epoch) -> Outcome {
        if commit.epoch != epoch {
            let refusal = Refusal::Fenced { expected: commit.epoch, found: epoch };
            return self.fail(commit, refusal);
        }
        let change = commit.task.as_ref();
        if change.is_some_and(|change| self.failed.get(&change.id).is_some_and(|failed| change.generation <= *failed)) {
            return Err(Refusal::Superseded);
        }
        if let Some(seen) = message.and_then(|message| self.seen.get(&message)) {
            return self.fail(commit, Refusal::Seen(seen.clone()));
        }
        if let Some(change) = change {
            let found = Head(self.tasks.get(&change.id).map_or(0, |held| held.head));
            if found != change.expected {
                return self.fail(commit, Refusal::Head { expected: change.expected, found });
            }
        }
        for row in &commit.rows {
            let found = self.rows.get(std::str::from_utf8(&row.key).unwrap()).map_or(0, |(version, _)| *version);
            if found != row.expected {
                return self.fail(commit, Refusal::Row { kind: row.kind, key: row.key.clone(), found });
            }
        }
        self.write(commit, message);
        Ok(Committed)
    }

    fn fail(&mut self, commit: &Commit, refusal: Refusal) -> Outcome {
        if let Some(change) = &commit.task {
            let failed = self.failed.entry(change.id).or_default();
            *failed = change.generation.max(*failed);
        }
        Err(refusal)
    }

    fn write(&mut self, commit: &Commit, message: Option<u8>) {
        let at = commit.at.as_millis();
        if let Some(change) = &commit.task {
            let held = self.tasks.entry(change.id).or_default();
            held.head += 1;
            held.state = Some(change.state);
            held.changed_at = at;
            held.frames.extend(change.entries.iter().filter_map(|entry| match entry {
                Entry::Frame(frame) => Some(frame.clone()),
                Entry::Record(_) => None,
            }));
            held.snapshot_at = if change.snapshot.is_some() { held.head } else { held.snapshot_at };
            held.ready = match change.ready {
                Ready::Keep => held.ready,
                Ready::Set => held.ready.or(Some(at)),
                Ready::Clear => None,
            };
            held.timer = match change.timer {
                Timer::Keep => held.timer,
                Timer::Set(at) => Some(at.as_millis()),
                Timer::Clear => None,
            };
        }
        if let (Some(message), Some(accept)) = (message, &commit.accept) {
            self.seen.insert(message, Seen { digest: accept.digest, reply: accept.reply.clone() });
        }
        for row in &commit.rows {
            let name = KEYS.into_iter().find(|name| name.as_bytes() == row.key).unwrap();
            match &row.body {
                Some(body) => drop(self.rows.insert(name, (row.expected + 1, body.clone()))),
                None => drop(self.rows.remove(name)),
            }
        }
    }

    async fn agrees(&self, store: &dyn Store, ids: &[TaskId]) {
        for id in ids {
            let Some(held) = self.tasks.get(id) else {
                assert!(store.load(Scope::Service, *id).await.unwrap().is_none());
                continue;
            };
            let loaded = store.load(Scope::Service, *id).await.unwrap().unwrap();
            let summary = &loaded.summary;
            assert_eq!((summary.head, summary.seq), (Head(held.head), Seq(held.frames.len() as u64)));
            assert_eq!((Some(summary.state), summary.changed_at.as_millis()), (held.state, held.changed_at));
            assert_eq!(loaded.snapshot.is_some(), held.snapshot_at > 0);
            assert_eq!(loaded.tail.len() as u64, held.head - held.snapshot_at);
            assert_eq!(store.frames(Scope::Service, *id, Seq(0), 1000).await.unwrap(), held.frames);
        }
        for message in 0..12 {
            assert_eq!(store.seen(key(&format!("m{message}"))).await.unwrap().as_ref(), self.seen.get(&message));
        }
        let rows = store.rows("k", b"").await.unwrap();
        let rows: Vec<_> = rows.iter().map(|row| (row.key.clone(), row.version, row.body.clone())).collect();
        let held: Vec<_> = self.rows.iter().map(|(key, row)| (Bytes::from(*key), row.0, row.1.clone())).collect();
        assert_eq!(rows, held);
        let due = store.due(Timestamp::from_millis(u64::MAX), None, 100).await.unwrap().len();
        let marks = |held: &Held| usize::from(held.ready.is_some()) + usize::from(held.timer.is_some());
        assert_eq!(due, self.tasks.values().map(marks).sum::<usize>());
        let listing = store.list(Scope::Service, Query { limit: 100, ..Query::default() }).await.unwrap();
        assert_eq!((listing.tasks.len(), listing.total), (self.tasks.len(), self.tasks.len() as u64));
    }
}

/// Plays a story on a store. What lies between two restarts is queued at once, so that batches are long.
async fn play(bed: &Bed, steps: &[Step]) {
    let ids: Vec<_> = (0..4).map(|_| TaskId::fresh()).collect();
    let mut model = Model { now: START, ..Model::default() };
    let mut store: Arc<dyn Store> = bed.store();
    for story in steps.split(|step| matches!(step, Step::Restart)) {
        let epoch = store.own().await.unwrap().epoch;
        let mut waiting = Vec::new();
        for step in story {
            let Step::Commit(draft) = step else { continue };
            let commit = model.commit(draft, &ids, epoch);
            let expected = model.apply(&commit, draft.message, epoch);
            waiting.push((store.commit(commit), expected));
        }
        for (ticket, expected) in waiting {
            assert_eq!(ticket.await, expected);
        }
        model.agrees(&*store, &ids).await;
        if bed.is_durable() {
            drop(store);
            store = bed.store();
            model.agrees(&*store, &ids).await;
            model.base += 10;
            model.failed.clear();
        }
    }
}

fn play_on(bed: &Bed, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(play(bed, steps));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_agrees_with_the_model(steps in proptest::collection::vec(step(), 1..120)) {
        play_on(&Bed::memory(), &steps);
    }

    #[test]
    fn embedded_agrees_with_the_model(steps in proptest::collection::vec(step(), 1..120)) {
        play_on(&Bed::embedded(), &steps);
    }
}
