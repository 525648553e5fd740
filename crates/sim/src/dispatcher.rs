//! Does what runs ask for, over the simulated network, by the rules of the product's dispatcher: the same message to the
//! same store until it is known what became of it, a child is followed by its cursor, a fence ends both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use a2a::metadata::{Dispatch as Mark, OUTCOME_UNKNOWN, reason_of};
use a2a::{Error, History, SendRequest, Wait};
use agent::Handle;
use agent::words::text_part;
use engine::{Answer, Cause, ChildNews, Code, Dispatch, Effect, FollowUp, Payload, Route, Sent};
use orchestrator::{Duty, Signal};
use parking_lot::Mutex;
use prost::Message as _;
use proto::a2a::send_message_response::Payload as Sending;
use proto::a2a::{Message, Role, SendMessageResponse, Task};
use tokio_util::sync::CancellationToken;
use types::{ContextId, MessageId, Seq, StoreId, TaskId, TaskState};

use crate::defects::Defect;
use crate::directory;
use crate::follow::Follow;
use crate::invariants::Invariant;
use crate::ledger::Key;
use crate::marks;
use crate::net::{Ask, Failed, Net};
use crate::node::last_words;
use crate::operator::Runs;
use crate::plans::words_of;
use crate::world::{Life, NodeId, Running, World, pause};

/// How long a dispatch may take to be answered.
const SEND: Duration = Duration::from_secs(3);
/// How long an attempt that was certainly never heard is sent again.
const REACH: Duration = Duration::from_secs(5);
/// How long an endpoint is waited for: longer than any plan does.
const ENDPOINT: Duration = Duration::from_secs(12);

/// Performs the effects of runs.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    world: Arc<World>,
    net: Net,
    /// Attempts that are sent or followed.
    open: Mutex<BTreeMap<Key, CancellationToken>>,
    /// Attempts that are fenced.
    fenced: Mutex<BTreeSet<Key>>,
}

/// One attempt, and the way back to its run.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) handle: Handle<Runs>,
    pub(crate) key: Key,
    pub(crate) node: NodeId,
}

/// What one try to send an attempt came to.
enum Try {
    Told,
    Declined(Cause),
    Unreached,
    /// It was turned away for now; another copy of it may not have been.
    Busy,
    Unknown,
}

impl Dispatcher {
    pub(crate) fn new(world: &Arc<World>, life: &Life) -> Self {
        let (open, fenced) = (Mutex::default(), Mutex::default());
        Self { world: world.clone(), net: Net::new(world, life), open, fenced }
    }

    pub(crate) fn world(&self) -> &Arc<World> {
        &self.world
    }

    pub(crate) fn net(&self) -> &Net {
        &self.net
    }

    /// The right to fence an attempt; false while somebody else has it.
    pub(crate) fn claim(&self, key: &Key) -> bool {
        self.fenced.lock().insert(key.clone())
    }

    pub(crate) fn release(&self, key: &Key) {
        self.fenced.lock().remove(key);
    }

    /// Begins what an effect asks for.
    pub(crate) fn perform(self: Arc<Self>, handle: Handle<Runs>, effect: Effect) {
        match effect {
            Effect::Dispatch(dispatch) => {
                let key = Key { run: handle.id(), step: dispatch.step.clone(), attempt: dispatch.launch.attempt };
                let Some(node) = self.node_of(&dispatch.launch.route) else { return };
                let attempt = Attempt { handle, key, node };
                self.begin(attempt.clone(), |it| async move { it.dispatch(attempt, dispatch).await });
            }
            Effect::Follow { step, attempt, route, child, after } => {
                let key = Key { run: handle.id(), step, attempt };
                let (Some(node), Ok(child)) = (self.node_of(&route), child.as_str().parse()) else {
                    return;
                };
                let attempt = Attempt { handle, key, node };
                self.begin(attempt.clone(), move |it| async move {
                    Follow::new(&it.world, &it.net, &attempt, child, after).run().await;
                });
            }
            Effect::Fence(fence) => {
                let key = Key { run: handle.id(), step: fence.step.clone(), attempt: fence.launch.attempt };
                self.leaves(&key);
                if let Some(pursuit) = self.open.lock().remove(&key) {
                    pursuit.cancel();
                }
                let duty = Duty::of_fence(&handle, fence, self.now());
                self.settle(handle.kit(), duty);
            }
            Effect::AwaitRoute { step: _, agent, skill: _, only, shunned } => {
                let (world, waiting) = (self.world.clone(), handle.clone());
                handle.spawn("await route", async move {
                    let shuns = |route: &Route| shunned.iter().any(|other| other.meets(route));
                    let until = tokio::time::Instant::now() + ENDPOINT;
                    let open = || match &only {
                        None => directory::choose(&world, &agent, shuns).is_some(),
                        Some(only) => !shuns(only) && directory::told(&world, only),
                    };
                    while !open() {
                        if tokio::time::Instant::now() > until {
                            return;
                        }
                        pause(Duration::from_millis(100)).await;
                    }
                    signal(&waiting, Signal::Routes).await;
                });
            }
        }
    }

    /// Pursues an attempt until it has ended or is to stop.
    fn begin<F>(self: Arc<Self>, attempt: Attempt, work: impl FnOnce(Arc<Self>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        self.open.lock().insert(attempt.key.clone(), stop.clone());
        if self.world.has(Defect::DrainIsAnEnd) {
            tokio::spawn(drained(self.net.closing(), stop.clone(), attempt.clone()));
        }
        let work = work(self);
        attempt.handle.spawn("pursuit", async move {
            stop.run_until_cancelled(work).await;
        });
    }

    fn node_of(&self, route: &Route) -> Option<NodeId> {
        directory::node_of(&self.world, route)
    }

    /// What leaves names an attempt that a durable event has begun.
    fn leaves(&self, key: &Key) {
        let ledger = self.world.ledger.lock();
        if !ledger.launched(key) {
            let text = format!("{} leaves and is not durable", ledger.name(key));
            self.world.violate(Invariant::DurableFirst, text);
        }
    }

    async fn dispatch(&self, attempt: Attempt, dispatch: Dispatch) {
        let (began, mut sent) = (tokio::time::Instant::now(), dispatch.sent);
        let foreign = dispatch.launch.route.store_id.is_none();
        let again = self.world.has(Defect::ForeignSentAgain);
        if sent == Sent::Perhaps && foreign && !again {
            return self.adopt(&attempt, &dispatch).await;
        }
        let not_taken = |code| vec![ChildNews::NotAccepted(Cause::new(code, "nobody took it"))];
        for failures in 1.. {
            let over = began.elapsed() >= REACH;
            match self.send_once(&attempt, &dispatch, failures).await {
                Try::Told => return,
                Try::Declined(cause) => return attempt.tell(vec![ChildNews::NotAccepted(cause)]).await,
                Try::Unreached if sent == Sent::Never && over => {
                    return attempt.tell(not_taken(Code::Unreachable)).await;
                }
                Try::Unreached => {}
                Try::Busy if over && (foreign || self.world.has(Defect::TurnedAwayIsNotTaken)) => {
                    return attempt.tell(not_taken(Code::Overloaded)).await;
                }
                Try::Busy if foreign => {}
                Try::Unknown if foreign && !again => return self.adopt(&attempt, &dispatch).await,
                Try::Busy if over => {
                    let Some(news) = self.make_sure(&attempt, &dispatch).await else { continue };
                    return attempt.tell(vec![news]).await;
                }
                Try::Busy | Try::Unknown => sent = Sent::Perhaps,
            }
            tries(&self.world, failures).await;
        }
    }

    /// Fences an attempt that was turned away for now, so that no other copy of it is taken; what it was then.
    async fn make_sure(&self, attempt: &Attempt, dispatch: &Dispatch) -> Option<ChildNews> {
        let duty = Duty::of_dispatch(&attempt.handle, dispatch, self.now());
        match self.fence(&duty).await.ok()? {
            ChildNews::NotAccepted(_) => {
                Some(ChildNews::NotAccepted(Cause::new(Code::Overloaded, "its agent takes no more work now")))
            }
            news => Some(news),
        }
    }

    async fn send_once(&self, attempt: &Attempt, dispatch: &Dispatch, tries: u32) -> Try {
        let tells = matches!(dispatch.follow_up, Some(FollowUp::Tell(_)));
        let elsewhere = (self.world.has(Defect::ResendToAnotherStore) && tries > 1)
            || (self.world.has(Defect::ToldElsewhere) && tells);
        let neighbour = directory::neighbour(&self.world, attempt.node).filter(|_| elsewhere);
        let store_id = dispatch.launch.route.store_id;
        let (node, store_id) = neighbour.map_or((attempt.node, store_id), |(node, store)| (node, Some(store)));
        self.leaves(&attempt.key);
        let request = self.request(attempt, dispatch, store_id);
        let at = Attempt { node, ..attempt.clone() };
        match self.net.call("dispatch", node, SEND, self.ask(request)).await {
            Ok(Opened::Replied(message)) => {
                let answer = Answer::Completed(payload_of(&message));
                attempt.tell(vec![ChildNews::Ended { child: None, answer }]).await;
                Try::Told
            }
            Ok(Opened::Task(task)) => {
                Follow::new(&self.world, &self.net, &at, task, Seq::ZERO).run().await;
                Try::Told
            }
            Err(Failed::Unreached) => Try::Unreached,
            Err(Failed::Refused(Error::Overloaded { .. } | Error::WrongStore)) => Try::Busy,
            Err(Failed::Refused(refused @ (Error::DispatchFenced | Error::DispatchExpired))) => {
                Try::Declined(Cause::new(Code::Timeout, refused.to_string()))
            }
            Err(Failed::Unknown | Failed::Refused(Error::Unavailable { .. } | Error::Internal)) => Try::Unknown,
            Err(Failed::Refused(refused)) => Try::Declined(Cause::new(Code::Refused, refused.to_string())),
        }
    }

    fn ask(&self, request: SendRequest) -> Ask<Opened> {
        let hasty = self.world.has(Defect::DedupeAfterStateCheck);
        let world = self.world.clone();
        Arc::new(move |running: &Running| {
            if world.turns_away(running.life.node) {
                return Box::pin(async { Err(Error::Overloaded { retry_after: Duration::from_millis(100) }) });
            }
            if hasty && expired(&world, running.life.node, &request) {
                return Box::pin(async { Err(Error::DispatchExpired) });
            }
            let sending = running.desk.send(marks::unrecognised(request.clone()));
            Box::pin(async { opened(sending.await?) })
        })
    }

    /// The message of an attempt: every time the same.
    fn request(&self, attempt: &Attempt, dispatch: &Dispatch, store_id: Option<StoreId>) -> SendRequest {
        self.request_of(&attempt.key, Some(attempt.handle.context()), dispatch, store_id)
    }

    fn request_of(
        &self,
        key: &Key,
        context: Option<&ContextId>,
        dispatch: &Dispatch,
        store_id: Option<StoreId>,
    ) -> SendRequest {
        let launch = &dispatch.launch;
        let mark = Mark {
            run: key.run,
            step: key.step.clone(),
            attempt: key.attempt,
            turn: launch.turn,
            not_after: launch.not_after,
            store_id,
            at_most_once: launch.at_most_once && !self.world.has(Defect::StartNotRecorded),
        };
        let id = MessageId::of_dispatch(key.run, &key.step, key.attempt, launch.turn);
        let mut request = message(id, &words_of(&dispatch.input), None);
        request.context = context.cloned();
        request.message.context_id = context.map(ToString::to_string).unwrap_or_default();
        request.message.metadata = Some(marks::marked(&mark));
        request
    }

    /// The defect of effects that do not wait: what a decision asks for is sent at once.
    pub(crate) fn hurry<'e>(self: &Arc<Self>, run: TaskId, effects: impl Iterator<Item = &'e Effect>) {
        for effect in effects {
            let Effect::Dispatch(dispatch) = effect else { continue };
            let key = Key { run, step: dispatch.step.clone(), attempt: dispatch.launch.attempt };
            let Some(node) = self.node_of(&dispatch.launch.route) else { continue };
            let ask = self.ask(self.request_of(&key, None, dispatch, dispatch.launch.route.store_id));
            let hasty = self.clone();
            tokio::spawn(async move {
                hasty.leaves(&key);
                drop(hasty.net.call("dispatch", node, SEND, ask).await);
            });
        }
    }
}

impl Attempt {
    /// Passes news to the run.
    pub(crate) async fn tell(&self, news: Vec<ChildNews>) {
        let Key { step, attempt, .. } = self.key.clone();
        signal(&self.handle, Signal::Child { step, attempt, news }).await;
    }
}

/// The defect of a process that takes its own stop for the end of what it has sent.
async fn drained(closing: CancellationToken, stop: CancellationToken, attempt: Attempt) {
    let asked = stop.run_until_cancelled(closing.cancelled()).await;
    if asked.is_some() {
        attempt.tell(vec![ChildNews::NotAccepted(Cause::new(Code::Unreachable, "stopped"))]).await;
    }
}

fn expired(world: &World, node: NodeId, request: &SendRequest) -> bool {
    let mark = marks::mark_of(&request.message);
    let now = world.nodes.lock().get(node.0).map(|node| store::Store::now(&*node.store));
    mark.zip(now).is_some_and(|(mark, now)| now > mark.not_after)
}

/// Feeds a signal into its run until it is taken.
pub(crate) async fn signal(handle: &Handle<Runs>, signal: Signal) {
    for failures in 1.. {
        match handle.signal(signal.clone()).await {
            Err(Error::Unavailable { .. } | Error::Overloaded { .. }) => {
                tries(handle.driver().dispatcher().world(), failures).await;
            }
            Ok(()) | Err(_) => return,
        }
    }
}

/// The pause after so many failures.
pub(crate) async fn tries(world: &World, failures: u32) {
    let most = (100_u64 << failures.min(6)).min(5_000);
    pause(world.draw(|chance| chance.millis(1, most))).await;
}

/// A message of one text part, to a new task or to `task`.
pub(crate) fn message(id: MessageId, words: &str, task: Option<TaskId>) -> SendRequest {
    let message = Message {
        message_id: id.to_string(),
        role: Role::User.into(),
        task_id: task.map(|task| task.to_string()).unwrap_or_default(),
        parts: vec![text_part(words)],
        ..Message::default()
    };
    SendRequest {
        message: message.into(),
        message_id: id,
        task,
        context: None,
        wait: Wait::Immediately,
        history: History::None,
        push: None,
        accepted_output_modes: Vec::new(),
        metadata: None,
    }
}

/// What a message became.
#[derive(Debug)]
pub(crate) enum Opened {
    Task(TaskId),
    Replied(Box<Message>),
}

/// Reads what a message became.
pub(crate) fn opened(answer: bytes::Bytes) -> Result<Opened, Error> {
    match SendMessageResponse::decode(answer).map_err(|_| Error::Internal)?.payload {
        Some(Sending::Task(task)) => Ok(Opened::Task(task.id.parse().map_err(|_| Error::Internal)?)),
        Some(Sending::Message(message)) => Ok(Opened::Replied(Box::new(message))),
        None => Err(Error::Internal),
    }
}

/// How a terminal task answers.
pub(crate) fn answer(task: &Task) -> Answer {
    let state = task.status.as_ref().and_then(|status| TaskState::from_wire(status.state));
    let code = match state {
        Some(TaskState::Completed) => return Answer::Completed(crate::plans::payload(&last_words(task))),
        Some(TaskState::Rejected) => Code::AgentRejected,
        Some(TaskState::Canceled) => Code::AgentCanceled,
        Some(TaskState::Failed) if reason_of(task.metadata.as_ref()) == Some(OUTCOME_UNKNOWN) => Code::OutcomeUnknown,
        _ => Code::AgentFailed,
    };
    Answer::Failed(Cause::new(code, last_words(task)))
}

/// A direct reply is an answer in one piece.
pub(crate) fn payload_of(message: &Message) -> Payload {
    crate::plans::payload(&agent::words::text_of(message))
}
