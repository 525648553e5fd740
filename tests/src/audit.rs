//! What every service has in the end, held against what callers were told: what must never be, wherever it is found.

use std::collections::{BTreeMap, BTreeSet};

use a2a::frame::Event;
use a2a::metadata::{Dispatch, as_integer, as_text};
use proto::a2a::{ListTasksRequest, Task, TaskState, part};
use proto::value::Kind;
use proto::watchroom::orchestrator::v1::{Duty, ListDutiesRequest};
use types::{RemoteTask, Seq};

use crate::cluster::{Cluster, Service};
use crate::crowd::Told;
use crate::lookout::Lives;
use crate::wire::{collect, finished, is_terminal, state};

/// All tasks of a cluster.
#[derive(Debug, PartialEq)]
pub struct Audit {
    /// The operator's.
    pub runs: Vec<Task>,
    /// The agents', with their history and their artifacts.
    pub children: BTreeMap<Service, Vec<Task>>,
    /// Attempts that the operator still asks for.
    pub duties: Vec<Duty>,
}

impl Audit {
    /// Reads everything, page by page; none while a service does not answer.
    pub async fn read(cluster: &Cluster) -> Option<Self> {
        let runs = all_tasks(&cluster.a2a(Service::Operator)).await?;
        let mut children = BTreeMap::new();
        for agent in Service::AGENTS {
            children.insert(agent, all_tasks(&cluster.a2a(agent)).await?);
        }
        Some(Self { runs, children, duties: all_duties(cluster).await? })
    }

    /// As [`Audit::read`], once nothing is under way. A task that changes between two pages moves to one that was read
    /// before and is missed, so only a reading in which nothing moved counts.
    pub async fn at_rest(cluster: &Cluster) -> Option<Self> {
        let (before, audit) = (Self::read(cluster).await?, Self::read(cluster).await?);
        (audit.rests() && audit == before).then_some(audit)
    }

    /// Tasks that neither have ended nor wait for their caller.
    pub fn open(&self) -> impl Iterator<Item = &Task> {
        let all = self.runs.iter().chain(self.children.values().flatten());
        all.filter(|task| !rests(state(task)))
    }

    /// Whether no task is under way, and nobody is asked for any more.
    pub fn rests(&self) -> bool {
        self.open().next().is_none() && self.duties.is_empty()
    }

    /// Everything that must not be, in words.
    pub fn violations(&self, told: &[Told]) -> Vec<String> {
        [self.accepted_twice(told), self.dispatched_twice(), self.assigned_twice(), self.left_alive()].concat()
    }

    /// One task per message, the one that its sender was told of.
    fn accepted_twice(&self, told: &[Told]) -> Vec<String> {
        let mut by_message: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for run in &self.runs {
            for message in run.history.iter().filter(|message| message.role() == proto::a2a::Role::User) {
                by_message.entry(&message.message_id).or_default().push(&run.id);
            }
        }
        let twice = by_message.iter().filter(|(_, tasks)| tasks.len() > 1);
        let mut found: Vec<String> =
            twice.map(|(message, tasks)| format!("message {message} was taken as {tasks:?}")).collect();
        for told in told.iter().filter(|told| told.refused.is_none()) {
            let kept = by_message.get(told.message.as_str());
            match (&told.tasks[..], kept.map(Vec::as_slice)) {
                ([one], Some([kept])) if one.as_str() == *kept => {}
                (tasks, kept) => found.push(format!("message {}: told {tasks:?}, kept {kept:?}", told.message)),
            }
        }
        found
    }

    /// One child per attempt, and one completed child per step.
    fn dispatched_twice(&self) -> Vec<String> {
        let mut attempts: BTreeMap<(String, String, u32), usize> = BTreeMap::new();
        let mut completed: BTreeMap<(String, String), usize> = BTreeMap::new();
        for child in self.children.values().flatten() {
            let Some(dispatch) = dispatch_of(child) else { continue };
            let (run, step) = (dispatch.run.to_string(), dispatch.step.to_string());
            *attempts.entry((run.clone(), step.clone(), dispatch.attempt)).or_default() += 1;
            *completed.entry((run, step)).or_default() += usize::from(state(child) == TaskState::Completed);
        }
        let twice = attempts.iter().filter(|(_, count)| **count > 1);
        let twice = twice.map(|(attempt, count)| format!("attempt {attempt:?} has {count} children"));
        let done = completed.iter().filter(|(_, count)| **count > 1);
        twice.chain(done.map(|(step, count)| format!("step {step:?} was completed {count} times"))).collect()
    }

    /// No assignment of a unit in two dispatches.
    fn assigned_twice(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (service, children) in &self.children {
            let mut by_unit: BTreeMap<(String, u64), BTreeSet<String>> = BTreeMap::new();
            for sent in children.iter().flat_map(units_of) {
                by_unit.entry((sent.unit, sent.epoch)).or_default().insert(sent.dispatch);
            }
            let twice = by_unit.into_iter().filter(|(_, dispatches)| dispatches.len() > 1);
            found.extend(twice.map(|((unit, epoch), to)| {
                format!("{}: assignment {epoch} of unit {unit} is to {to:?}", service.name())
            }));
        }
        found
    }

    /// What the agents' units did, held against what their answers said.
    pub fn missent(&self, service: Service, lives: &Lives) -> Vec<String> {
        let sent = lives.sent();
        let told = self.children[&service].iter().flat_map(units_of);
        let never = told.filter(|told| !sent.contains(&(told.unit.clone(), told.dispatch.clone())));
        let never = never.map(|told| format!("unit {} never went to {}", told.unit, told.dispatch));
        lives.violations().into_iter().chain(never).map(|what| format!("{}: {what}", service.name())).collect()
    }

    /// No child goes on under a run that has ended, but for those that are listed with the duties.
    fn left_alive(&self) -> Vec<String> {
        let ended: BTreeSet<&str> =
            self.runs.iter().filter(|run| is_terminal(state(run))).map(|run| run.id.as_str()).collect();
        let children =
            self.children.iter().flat_map(|(service, children)| children.iter().map(move |it| (service, it)));
        let live = children.filter(|(_, child)| !is_terminal(state(child)));
        let left = live.filter_map(|(service, child)| {
            let dispatch = dispatch_of(child)?;
            let run = dispatch.run.to_string();
            let silent = ended.contains(run.as_str()) && !self.is_duty(&dispatch);
            silent
                .then(|| format!("{}: {} goes on, its run {run} has ended and lists no duty", service.name(), child.id))
        });
        left.collect()
    }

    fn is_duty(&self, dispatch: &Dispatch) -> bool {
        let (run, step) = (dispatch.run.to_string(), dispatch.step.as_str());
        self.duties.iter().any(|duty| (&duty.run_id, &*duty.step_id, duty.attempt) == (&run, step, dispatch.attempt))
    }

    /// How the runs ended.
    pub fn states(&self) -> BTreeMap<&'static str, usize> {
        let mut states = BTreeMap::new();
        for run in &self.runs {
            *states.entry(state(run).as_str_name()).or_default() += 1;
        }
        states
    }

    /// Units that went out.
    pub fn units(&self) -> usize {
        self.children.values().flatten().map(|child| units_of(child).len()).sum()
    }
}

/// Holds the frames that callers saw against the log of each task.
pub async fn misread(cluster: &Cluster, told: &[Told]) -> Vec<String> {
    let client = cluster.a2a(Service::Operator);
    let mut logs: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    let mut found = Vec::new();
    for told in told {
        let Some(task) = told.tasks.first() else { continue };
        if !logs.contains_key(task.as_str()) {
            let log = replay(&client, task, &mut found).await;
            logs.insert(task.to_string(), log);
        }
        let log = &logs[task.as_str()];
        for frames in &told.frames {
            found.extend(against(log, frames).into_iter().map(|what| format!("{}: {task}: {what}", told.message)));
        }
    }
    found
}

/// Every frame of a task, which must be numbered without a gap and end at most once.
async fn replay(client: &a2a::Client, task: &RemoteTask, found: &mut Vec<String>) -> Vec<Event> {
    let mut events = match client.subscribe(task, Some(Seq::ZERO)).await {
        Ok(events) => events,
        Err(error) => {
            found.push(format!("{task}: its log cannot be read: {error:?}"));
            return Vec::new();
        }
    };
    let end = client.get(task, a2a::History::None).await.ok().and_then(|snapshot| snapshot.seq);
    // A task that waits for an answer keeps its stream open.
    let mut log = collect(&mut events, |event| event.cursor.map(|cursor| cursor.seq) >= end).await.events;
    log.retain(|event| event.cursor.is_some_and(|cursor| cursor.prev.is_some()));
    let seqs: Vec<u64> = log.iter().filter_map(|event| Some(event.cursor?.seq.0)).collect();
    if seqs != (1..=seqs.len() as u64).collect::<Vec<_>>() {
        found.push(format!("{task}: its log is not gap-free: {seqs:?}"));
    }
    let ends = log.iter().filter(|event| finished(event)).count();
    if ends > 1 {
        found.push(format!("{task}: it ended {ends} times"));
    }
    log
}

/// What is wrong with the frames of one connection.
fn against(log: &[Event], frames: &[Event]) -> Vec<String> {
    let mut found = Vec::new();
    let mut last = 0;
    for frame in frames {
        let Some(cursor) = frame.cursor else {
            found.push(format!("a frame without a number: {frame:?}"));
            continue;
        };
        // A state instead of a frame, as a resumed stream begins with, is no frame of the log.
        if cursor.prev.is_none() {
            continue;
        }
        let place = usize::try_from(cursor.seq.0).ok().and_then(|seq| log.get(seq.checked_sub(1)?));
        if place != Some(frame) {
            found.push(format!("frame {} was seen and is not in the log: {frame:?}, {place:?}", cursor.seq));
        }
        if cursor.seq.0 <= last {
            found.push(format!("frame {} came after frame {last}", cursor.seq));
        }
        last = cursor.seq.0;
    }
    found
}

async fn all_tasks(client: &a2a::Client) -> Option<Vec<Task>> {
    let mut tasks = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListTasksRequest {
            page_size: Some(100),
            page_token,
            history_length: Some(100),
            include_artifacts: Some(true),
            ..ListTasksRequest::default()
        };
        let page = client.list(request).await.ok()?;
        tasks.extend(page.tasks);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Some(tasks);
        }
    }
}

async fn all_duties(cluster: &Cluster) -> Option<Vec<Duty>> {
    let (mut operator, mut duties, mut page_token) = (cluster.orchestrator(), Vec::new(), String::new());
    loop {
        let request = ListDutiesRequest { page_size: Some(100), page_token, ..ListDutiesRequest::default() };
        let page = operator.list_duties(request).await.ok()?.into_inner();
        duties.extend(page.duties);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Some(duties);
        }
    }
}

fn dispatch_of(child: &Task) -> Option<Dispatch> {
    child.history.iter().find_map(|message| Dispatch::from_metadata(message.metadata.as_ref()).ok().flatten())
}

/// One assignment as an answer told it.
struct Sent {
    dispatch: String,
    unit: String,
    epoch: u64,
}

/// The units of a child's dispatch.
fn units_of(child: &Task) -> Vec<Sent> {
    let parts = child.artifacts.iter().flat_map(|artifact| &artifact.parts);
    let data = parts.filter_map(|part| match &part.content {
        Some(part::Content::Data(value)) => value.kind.as_ref(),
        Some(part::Content::Text(_) | part::Content::Raw(_) | part::Content::Url(_)) | None => None,
    });
    data.flat_map(|kind| {
        let Kind::StructValue(fields) = kind else { return Vec::new() };
        let dispatch = as_text(fields.fields.get("dispatch")).unwrap_or_default().to_owned();
        let Some(Kind::ListValue(units)) = fields.fields.get("units").and_then(|value| value.kind.as_ref()) else {
            return Vec::new();
        };
        let unit = |value: &proto::Value| {
            let Some(Kind::StructValue(unit)) = &value.kind else { return None };
            let epoch = as_integer(unit.fields.get("epoch")).unwrap_or_default();
            Some(Sent { dispatch: dispatch.clone(), unit: as_text(unit.fields.get("id"))?.to_owned(), epoch })
        };
        units.values.iter().filter_map(unit).collect()
    })
    .collect()
}

/// Whether nothing more happens by itself.
fn rests(state: TaskState) -> bool {
    is_terminal(state) || state == TaskState::InputRequired
}
