//! Reads what a disk has just written, enters it in the ledger, and checks what must hold at every moment.

use std::sync::Arc;
use std::time::Duration;

use a2a::frame::Update;
use a2a::metadata::Dispatch;
use bytes::Bytes;
use engine::{Code, Event, Fact, Plan, Run, StepFact, StepStatus};
use orchestrator::{DUTIES, codec};
use prost::Message as _;
use proto::a2a::Message;
use store::{Commit, Entry, Frame, FrameKind, Record, Row, RowChange, SeenReply, TaskChange};
use types::{Head, Seq, StepId, TaskId, TaskState};

use crate::invariants::Invariant;
use crate::ledger::{Kept, Key, Ledger, Replayed, key_of};
use crate::marks;
use crate::plans::words_of;
use crate::world::{Life, NodeId, OPERATOR, World, pause};

/// The rows in which agents note what they have done.
const EFFECT: &str = "effect";
/// The one row in which an agent counts what it has done: everybody who ends an attempt changes it.
pub(crate) const COUNT: &str = "count";

/// What commits are about, in words.
pub(crate) fn facts<'c>(node: NodeId, commits: impl IntoIterator<Item = &'c Commit>) -> Vec<&'static str> {
    let mut facts = Vec::new();
    for change in commits.into_iter().filter_map(|commit| commit.task.as_ref()) {
        match node {
            OPERATOR => facts.extend(events(change).iter().map(|event| fact_name(&event.fact))),
            _ if change.expected == Head::ZERO => facts.push("a child is accepted"),
            _ if change.state.is_terminal() => facts.push("a child ends"),
            _ => facts.push("a child goes on"),
        }
    }
    facts
}

/// Enters what is durable now.
pub(crate) fn durable(world: &World, node: NodeId, commit: &Commit) {
    let mut ledger = world.ledger.lock();
    for row in &commit.rows {
        rows(world, &mut ledger, node, row);
    }
    replied(world, &mut ledger, node, commit);
    if let Some(change) = &commit.task {
        if change.snapshot.is_some() {
            world.count("snapshot", if node == OPERATOR { "operator" } else { "agent" });
        }
        task(world, &mut ledger, node, change);
        if node == OPERATOR {
            for event in events(change) {
                world.count("event", fact_name(&event.fact));
                run(world, &mut ledger, change.id, &event);
            }
            replays(world, &ledger, change.id);
            listed(world, &ledger);
        }
    }
    if let Some(key) = ledger.unlisted() {
        let text = format!("{} lives and its run has ended", ledger.name(key));
        world.violate(Invariant::NoUnlistedChild, text);
    }
    effects(world, &ledger);
}

fn rows(world: &World, ledger: &mut Ledger, node: NodeId, row: &RowChange) {
    match (row.kind, &row.body) {
        (DUTIES, Some(body)) => {
            let duty = codec::decode_duty(body).ok();
            let listed = duty.map(|duty| (row.key.clone(), (duty.key(), duty.launch.route.store_id)));
            ledger.duties.extend(listed);
        }
        (DUTIES, None) => drop(ledger.duties.remove(&row.key)),
        (COUNT, Some(body)) => {
            let count = ledger.counts.entry(node).or_default();
            *count += 1;
            if number(body) != *count {
                let text = format!("{} has done {count} and counted {}", world.name_of(node), number(body));
                world.violate(Invariant::RowsCompared, text);
            }
        }
        (EFFECT, Some(body)) => {
            if let Some(key) = read_effect(body) {
                ledger.does(&key);
            }
        }
        (_, _) => {}
    }
}

/// The row that an agent writes with the end of an attempt: its effect.
pub(crate) fn effect(key: &Key) -> RowChange {
    let attempt = key.attempt.to_be_bytes();
    let whole = Bytes::from([key.run.as_bytes().as_slice(), &attempt, key.step.as_str().as_bytes()].concat());
    RowChange { kind: EFFECT, key: whole.clone(), expected: 0, body: Some(whole) }
}

/// The counting row, one higher than it was read.
pub(crate) fn counted(row: Option<Row>) -> RowChange {
    let (expected, before) = row.map_or((0, 0), |row| (row.version, number(&row.body)));
    let body = Some(Bytes::copy_from_slice(&(before + 1).to_be_bytes()));
    RowChange { kind: COUNT, key: Bytes::from_static(b"count"), expected, body }
}

fn number(body: &[u8]) -> u64 {
    body.try_into().map_or(0, u64::from_be_bytes)
}

fn read_effect(body: &[u8]) -> Option<Key> {
    let (run, rest) = body.split_first_chunk::<16>()?;
    let (attempt, step) = rest.split_first_chunk::<4>()?;
    let step = std::str::from_utf8(step).ok()?.parse().ok()?;
    Some(Key { run: TaskId::from_bytes(*run), step, attempt: u32::from_be_bytes(*attempt) })
}

/// An attempt that was answered with a message; its row is all that there is of it.
fn replied(world: &World, ledger: &mut Ledger, node: NodeId, commit: &Commit) {
    let Some(SeenReply::Message(reply)) = commit.accept.as_ref().map(|accept| &accept.reply) else { return };
    let mark = Message::decode(reply.clone()).ok().and_then(|reply| marks::mark_of(&reply));
    let Some(key) = mark.as_ref().map(key_of) else { return };
    world.count("agent", "answers with a message");
    if ledger.children.contains_key(&key) || !ledger.replied.insert(key.clone()) {
        world.violate(Invariant::NoDuplicateAccept, format!("{} was answered a second time", ledger.name(&key)));
    }
    if !world.is_foreign(node) {
        not_old(world, ledger, &key);
    }
    ledger.does(&key);
}

/// Whoever begins a new attempt has made sure that the old one is not accepted any more.
fn not_old(world: &World, ledger: &Ledger, key: &Key) {
    let run = ledger.runs.get(&key.run).map(|replayed| &replayed.run);
    let newest = run.and_then(|run| run.step(&key.step)).map_or(0, |(_, _, status)| status.attempts());
    if newest > key.attempt {
        let text = format!("{} is accepted after attempt {newest} has begun", ledger.name(key));
        world.violate(Invariant::OldNotAccepted, text);
    }
}

/// A task's frames go on where they were, and nothing follows its end.
fn task(world: &World, ledger: &mut Ledger, node: NodeId, change: &TaskChange) {
    if change.expected == Head::ZERO {
        create(world, ledger, node, change);
    }
    let Some(kept) = ledger.tasks.get_mut(&change.id) else { return };
    let over = kept.ends > 0;
    for entry in &change.entries {
        let Entry::Frame(frame) = entry else { continue };
        if frame.seq != kept.seq.next() {
            let text = format!("frame {} follows frame {} at {}", frame.seq, kept.seq, world.name_of(node));
            world.violate(Invariant::GapFree, text);
        }
        kept.seq = frame.seq;
        kept.ends += u32::from(ends(frame));
    }
    if kept.ends > 1 || (over && !change.entries.is_empty()) {
        world.violate(Invariant::OneEnd, format!("something follows the end of a task at {}", world.name_of(node)));
    }
    kept.state = change.state;
    kept.seq = kept.seq.max(change.seq);
    if change.state == TaskState::Completed {
        ledger.done.extend(kept.attempt.clone());
    }
}

fn create(world: &World, ledger: &mut Ledger, node: NodeId, change: &TaskChange) {
    let opened = change.entries.iter().find_map(opening);
    let Some((message, dispatch)) = opened else { return };
    let attempt = dispatch.as_ref().map(key_of);
    if ledger.accepted.insert(message, change.id).is_some() {
        let what = attempt.as_ref().map_or_else(|| "a call".to_owned(), |key| ledger.name(key));
        let text = format!("{what} became a second task at {}", world.name_of(node));
        world.violate(Invariant::NoDuplicateAccept, text);
    }
    if let Some(key) = &attempt {
        let name = ledger.name(key);
        if ledger.children.insert(key.clone(), change.id).is_some() {
            let text = format!("{name} became a second task at {}", world.name_of(node));
            world.violate(Invariant::NoDuplicateAccept, text);
        }
        if !world.is_foreign(node) {
            not_old(world, ledger, key);
        }
        told_where_it_is(world, ledger, node, key);
        world.say(|| format!("{} accepts {name}", world.name_of(node)));
    }
    if node == OPERATOR {
        let number = ledger.runs.len();
        ledger.runs.insert(change.id, Replayed { number, ..Replayed::default() });
    }
    ledger.tasks.insert(change.id, Kept { node, seq: Seq::ZERO, state: change.state, ends: 0, attempt });
}

/// What tells an agent something about an attempt is accepted where that was.
fn told_where_it_is(world: &World, ledger: &Ledger, node: NodeId, key: &Key) {
    let Some(run) = ledger.runs.get(&key.run).map(|replayed| &replayed.run) else { return };
    let Some((_, step, _)) = run.step(&key.step) else { return };
    let Some((_, of, status)) = step.tells().and_then(|of| run.step(of)) else { return };
    world.count("agent", "is told something");
    let about = Key { run: status.done_by.unwrap_or(key.run), step: of.id.clone(), attempt: status.attempts() };
    let there = ledger.children.get(&about).and_then(|child| ledger.tasks.get(child)).map(|kept| kept.node);
    let known = ledger.replied.contains(&about) || there == Some(node);
    if !known {
        let text = format!("{} is told of {} and has not got it", world.name_of(node), ledger.name(&about));
        world.violate(Invariant::ToldWhereItIs, text);
    }
}

/// The message that opened a task, and the dispatch that it carried.
fn opening(entry: &Entry) -> Option<(String, Option<Dispatch>)> {
    let Entry::Frame(frame) = entry else { return None };
    let Ok(Update::Task(task)) = a2a::frame::open(frame.bytes.clone()).map(|event| event.update) else { return None };
    let message = task.history.into_iter().next()?;
    let dispatch = marks::mark_of(&message);
    Some((message.message_id, dispatch))
}

fn ends(frame: &Frame) -> bool {
    if frame.kind != FrameKind::Status {
        return false;
    }
    let Ok(Update::Status(update)) = a2a::frame::open(frame.bytes.clone()).map(|event| event.update) else {
        return false;
    };
    let state = update.status.and_then(|status| TaskState::from_wire(status.state));
    state.is_some_and(TaskState::is_terminal)
}

fn events(change: &TaskChange) -> Vec<Event> {
    let records = change.entries.iter().filter_map(|entry| match entry {
        Entry::Record(record) => Some(record),
        Entry::Frame(_) => None,
    });
    records.filter_map(event).collect()
}

/// The event of a record; `None` for what the kit keeps for itself.
fn event(record: &Record) -> Option<Event> {
    codec::decode(record).ok()
}

fn run(world: &World, ledger: &mut Ledger, id: TaskId, event: &Event) {
    let Some(replayed) = ledger.runs.get_mut(&id) else { return };
    world.say(|| format!("run {} {}", replayed.number, told(event)));
    if replayed.run.outcome().is_some() {
        world.violate(Invariant::OneEnd, format!("an event follows the end of run {}", replayed.number));
    }
    drop(replayed.run.apply(event));
    if let Fact::Accepted(plan) = &event.fact {
        goes_on(world, ledger, id, plan);
        return;
    }
    let Fact::Step(step, fact) = &event.fact else { return };
    match fact {
        StepFact::AttemptFailed { cause, retry_at: Some(_) } if cause.code == Code::OutcomeUnknown => {
            *replayed.in_spite.entry(step.clone()).or_default() += 1;
        }
        StepFact::Carried(done) => {
            let key = Key { run: done.run, step: step.clone(), attempt: done.launch.attempt };
            completed(world, ledger, &key, &words_of(&done.answer));
        }
        StepFact::Completed { answer } => {
            let newest = replayed.run.step(step).map_or(0, |(_, _, status)| status.attempts());
            let key = Key { run: id, step: step.clone(), attempt: newest };
            completed(world, ledger, &key, &words_of(answer));
        }
        _ => {}
    }
}

/// A run goes on from an ended one that no other goes on from. What may have been done there may be done again, by the
/// rules of the engine; those say too what may not.
fn goes_on(world: &World, ledger: &mut Ledger, id: TaskId, plan: &Plan) {
    let Some(of) = plan.resumes else { return };
    if ledger.resumed.insert(of, id).is_some() {
        world.violate(Invariant::GoneOnOnce, format!("two runs go on from run {}", ledger.number(&of)));
    }
    let Some(before) = ledger.runs.get(&of) else { return };
    let doubtful = |status: &StepStatus| {
        status.cause.as_ref().is_some_and(|cause| cause.code == Code::OutcomeUnknown) || !status.strays.is_empty()
    };
    let doubted = before.run.steps().filter(|(step, status)| !step.at_most_once && doubtful(status));
    let doubted: Vec<StepId> = doubted.map(|(step, _)| step.id.clone()).collect();
    if let Some(replayed) = ledger.runs.get_mut(&id) {
        doubted.into_iter().for_each(|step| *replayed.in_spite.entry(step).or_default() += 1);
    }
}

/// A completed step names its own newest attempt, which has completed.
fn completed(world: &World, ledger: &Ledger, key: &Key, answer: &str) {
    let done = ledger.done.contains(key) || ledger.replied.contains(key);
    if answer != format!("{}/{}", key.step, key.attempt) || !done {
        let text = format!("{} completed with the answer {answer:?}; it had completed: {done}", ledger.name(key));
        world.violate(Invariant::OwnAnswer, text);
    }
}

/// What the reaper has to do, its runs still wait for, or have ended without.
fn listed(world: &World, ledger: &Ledger) {
    let accounted = |key: &Key| {
        let run = ledger.runs.get(&key.run).map(|replayed| &replayed.run).filter(|run| run.outcome().is_none());
        let status = run.and_then(|run| run.step(&key.step)).map(|(_, _, status)| status);
        status.is_some_and(|status| status.duties().all(|attempt| attempt.launch.attempt != key.attempt))
    };
    if let Some((key, _)) = ledger.duties.values().find(|(key, _)| accounted(key)) {
        world.violate(
            Invariant::ListIsTrue,
            format!("{} is listed, and its run says what it came to", ledger.name(key)),
        );
    }
}

/// The shortest list of events that rebuilds a run does rebuild it.
fn replays(world: &World, ledger: &Ledger, id: TaskId) {
    let Some(replayed) = ledger.runs.get(&id) else { return };
    let mut rebuilt = Run::default();
    for event in replayed.run.fold() {
        drop(rebuilt.apply(&event));
    }
    if rebuilt != replayed.run {
        let text =
            format!("the snapshot of run {} is not the run: {rebuilt:?} and {:?}", replayed.number, replayed.run);
        world.violate(Invariant::ReplayEqualsLive, text);
    }
}

/// What a process found in hand when it started, it has taken up a little later.
pub(crate) async fn taken_up(world: Arc<World>, life: Life) {
    let found: Vec<TaskId> = world.ledger.lock().in_hand(life.node).copied().collect();
    pause(Duration::from_millis(100)).await;
    if life.is_over() || life.closing.is_cancelled() {
        return;
    }
    let ledger = world.ledger.lock();
    let taken = |task: &TaskId| ledger.taken.contains(&(life.node, life.number, *task));
    let left = ledger.in_hand(life.node).filter(|task| found.contains(task) && !taken(task)).count();
    if left > 0 {
        let text = format!("{} left {left} tasks lying when it started", world.name_of(life.node));
        world.violate(Invariant::TakenUp, text);
    }
}

/// What happened at agents happened no more often than the run allowed.
pub(crate) fn effects(world: &World, ledger: &Ledger) {
    for ((run, step), attempts) in &ledger.effects {
        let allowed = 1 + ledger.in_spite(run, step);
        if attempts.len() > allowed as usize {
            let text = format!("{}: done by attempts {attempts:?}", name(ledger, run, step));
            world.violate(Invariant::EffectOnce, text);
        }
    }
    for ((run, step), attempts) in &ledger.begun {
        if attempts.len() > 1 {
            let text = format!("{}: begun by attempts {attempts:?}", name(ledger, run, step));
            world.violate(Invariant::AtMostOnce, text);
        }
    }
}

fn name(ledger: &Ledger, run: &TaskId, step: &StepId) -> String {
    format!("run {} {step}", ledger.number(run))
}

fn plan_told(plan: &Plan) -> String {
    let steps = plan.steps.iter().map(|step| {
        let after = step.depends_on.iter().map(StepId::as_str).collect::<Vec<_>>().join(" ");
        let (tries, limit, once) = (step.retry.attempts, step.attempt_timeout, step.at_most_once);
        let (unknown, failure) = (step.on_unknown, step.on_failure);
        format!(
            "\n          {} by {}, {tries} attempts of {limit:?}, once {once}, {unknown:?}, {failure:?}, after [{after}]",
            step.id, step.agent
        )
    });
    let (mode, origin, limit, patience) = (plan.mode, plan.origin, plan.timeout, &plan.patience);
    format!("{mode:?} {origin:?} within {limit:?}, {patience:?}{}", steps.collect::<String>())
}

fn told(event: &Event) -> String {
    match &event.fact {
        Fact::Accepted(plan) => format!("accepted: {}", plan_told(plan)),
        Fact::Step(step, StepFact::Dispatched(launch)) => {
            let node = launch.route.store_id.map_or(0, |store| store.as_bytes()[0] - 1);
            format!("{step}: dispatched {} to {node} until {}", launch.attempt, launch.not_after)
        }
        Fact::Step(step, StepFact::Completed { answer }) => format!("{step}: completed {:?}", words_of(answer)),
        Fact::Step(step, StepFact::ChildProgressed { attempt, cursor, .. }) => {
            format!("{step}: progress of {attempt} up to {cursor}")
        }
        Fact::Step(step, StepFact::Carried(done)) => format!("{step}: carried {:?}", words_of(&done.answer)),
        Fact::Step(step, StepFact::ChildKnown { attempt, .. }) => format!("{step}: child of {attempt} is known"),
        Fact::Step(step, StepFact::ChildWaiting { attempt, on, .. }) => format!("{step}: {attempt} waits on {on:?}"),
        Fact::Step(step, fact) => format!("{step}: {fact:?}"),
        fact => format!("{fact:?}"),
    }
}

/// What kind of fact it is.
pub(crate) fn fact_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::Accepted(_) => "Accepted",
        Fact::CancelRequested => "CancelRequested",
        Fact::TimedOut => "TimedOut",
        Fact::DeadlineMoved(_) => "DeadlineMoved",
        Fact::Asked => "Asked",
        Fact::Answered(_) => "Answered",
        Fact::Compensating(_) => "Compensating",
        Fact::Ended(_) => "Ended",
        Fact::Step(_, fact) => step_fact_name(fact),
    }
}

fn step_fact_name(fact: &StepFact) -> &'static str {
    match fact {
        StepFact::Dispatched(_) => "Dispatched",
        StepFact::Parked { .. } => "Parked",
        StepFact::ChildKnown { .. } => "ChildKnown",
        StepFact::ChildProgressed { .. } => "ChildProgressed",
        StepFact::ChildWaiting { .. } => "ChildWaiting",
        StepFact::Stopping(_) => "Stopping",
        StepFact::AttemptFailed { retry_at: Some(_), .. } => "AttemptFailed, another follows",
        StepFact::AttemptFailed { retry_at: None, .. } => "AttemptFailed",
        StepFact::Completed { .. } => "Completed",
        StepFact::Failed(_) => "Failed",
        StepFact::Skipped(_) => "Skipped",
        StepFact::Canceled => "Canceled",
        StepFact::LateAnswer { .. } => "LateAnswer",
        StepFact::Strayed { .. } => "Strayed",
        StepFact::Carried(_) => "Carried",
    }
}
