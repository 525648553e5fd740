//! Following a task to its end over connections that break: in order, nothing twice, nothing missing,
//! and an explicit item where that cannot be had.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use proto::a2a::{Role, SendMessageRequest, Task, TaskStatus};
use types::{RemoteTask, RetryPolicy, Seq, TaskState};

use crate::backend::History;
use crate::client::{Client, Events, Reply, Snapshot};
use crate::client_error::ClientError;
use crate::error::Error;
use crate::fold;
use crate::frame::{Event, Update, Work};
use crate::metadata::Cursor;

/// Pauses between connections: from a tenth of a second to five, with jitter, for as long as somebody listens.
const PAUSES: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5) };

const UNNAMED: ClientError = ClientError::Invalid("the task has no usable id");

/// The message was taken, whatever the stream's error says of it.
const UNHEARD: ClientError = ClientError::Invalid("the stream of a task that was accepted did not begin");

/// What a follower meets.
#[derive(Debug)]
pub enum Followed {
    /// The next frame.
    Event(Event),
    /// The frames between the last one and this state cannot be had: the state replaces what was folded so far.
    Gap(Snapshot),
    /// The connection is gone; the follower tries again, for as long as it is asked for more.
    Lost(ClientError),
}

/// Goes from opening to streaming, and by way of waiting back to opening, until the task has ended.
pub(crate) struct Follower {
    client: Client,
    target: Target,
    phase: Phase,
    /// What was passed on so far.
    place: Place,
    /// Connections in a row that brought nothing new.
    failures: u32,
    /// Whether frames were missing from the last connection.
    torn: bool,
}

enum Target {
    /// A message that is yet to be sent, or whose task is not known yet. It goes out once, and is gone then.
    Message(Box<SendMessageRequest>),
    /// The same, of which one answer may say all.
    Work(Work),
    Task(RemoteTask),
}

enum Phase {
    Opening,
    Streaming(Events),
    /// The task has ended, the stream replays what is left of it.
    Draining(Events),
    Waiting(Duration),
    Ended,
}

/// How far the listener has come.
enum Place {
    /// Nothing was passed on.
    Start,
    /// Everything up to this frame.
    After(Seq),
    /// A state of an agent that does not number its frames.
    Unnumbered(Box<Task>),
}

type Item = Result<Followed, ClientError>;

impl Follower {
    pub(crate) fn of_task(client: Client, task: RemoteTask, from: Option<Seq>) -> Self {
        Self::new(client, Target::Task(task), from.map_or(Place::Start, Place::After))
    }

    pub(crate) fn of_message(client: Client, request: SendMessageRequest) -> Self {
        Self::new(client, Target::Message(Box::new(request)), Place::Start)
    }

    pub(crate) fn of_work(client: Client, work: Work) -> Self {
        Self::new(client, Target::Work(work), Place::Start)
    }

    fn new(client: Client, target: Target, place: Place) -> Self {
        Self { client, target, phase: Phase::Opening, place, failures: 0, torn: false }
    }

    pub(crate) fn into_stream(self) -> BoxStream<'static, Item> {
        let next = |mut follower: Self| async move { follower.next().await.map(|item| (item, follower)) };
        futures::stream::unfold(self, next).boxed()
    }

    async fn next(&mut self) -> Option<Item> {
        loop {
            let item = match &mut self.phase {
                Phase::Opening => self.open().await,
                Phase::Streaming(events) | Phase::Draining(events) => {
                    let event = events.next().await;
                    self.receive(event).await
                }
                Phase::Waiting(pause) => {
                    tokio::time::sleep(*pause).await;
                    self.phase = Phase::Opening;
                    None
                }
                Phase::Ended => return None,
            };
            if item.is_some() {
                return item;
            }
        }
    }

    async fn open(&mut self) -> Option<Item> {
        let opened = match &mut self.target {
            Target::Message(request) => self.client.stream(std::mem::take(&mut **request), None).await,
            Target::Work(work) => match self.client.hand_over(std::mem::take(work)).await {
                Ok(Reply::Message(message)) => return Some(Ok(self.whole(Update::Message(message), None))),
                Ok(Reply::Task(Snapshot { task, seq })) if says_all(&task) => {
                    return Some(Ok(self.whole(Update::Task(task), seq)));
                }
                Ok(Reply::Task(snapshot)) => self.begin(&snapshot).await,
                Err(error) => Err(error),
            },
            Target::Task(task) => self.client.subscribe(task, self.place.cursor()).await,
        };
        match (opened, &self.target) {
            (Ok(events), _) => {
                self.phase = Phase::Streaming(events);
                None
            }
            // A terminal task, or an agent that does not stream.
            (Err(ClientError::Refused(Error::UnsupportedOperation(_))), Target::Task(_)) => self.resync().await,
            (Err(error), _) => Some(self.broken(error)),
        }
    }

    /// The one answer that says all.
    fn whole(&mut self, update: Update, seq: Option<Seq>) -> Followed {
        self.phase = Phase::Ended;
        Followed::Event(Event { cursor: seq.map(|seq| Cursor { seq, prev: None }), update })
    }

    /// The stream of a task that has more to say than its first answer. The task counts as unknown until its first
    /// frame has come: before that, the message can be sent again.
    async fn begin(&mut self, Snapshot { task, seq }: &Snapshot) -> Result<Events, ClientError> {
        let id = task.id.parse().map_err(|_| UNNAMED)?;
        self.place = seq.map_or(Place::Start, |_| Place::After(Seq::ZERO));
        self.client.subscribe(&id, self.place.cursor()).await.map_err(|_| UNHEARD)
    }

    async fn receive(&mut self, event: Option<Result<Event, ClientError>>) -> Option<Item> {
        let draining = matches!(self.phase, Phase::Draining(_));
        match event {
            Some(Ok(event)) => self.take(event).await,
            Some(Err(error)) => Some(self.broken(error)),
            None if draining => {
                self.phase = Phase::Ended;
                None
            }
            None => self.closed(),
        }
    }

    /// An agent may close a stream whenever it likes: what follows is on the next one.
    fn closed(&mut self) -> Option<Item> {
        match self.target {
            Target::Task(_) => self.wait(Duration::ZERO),
            Target::Message(_) | Target::Work(_) => {
                self.phase = Phase::Ended;
                return Some(Err(ClientError::Invalid("the stream ended before its first frame")));
            }
        }
        None
    }

    /// The connection broke, or the agent refused: the former is tried again once the task is known.
    fn broken(&mut self, error: ClientError) -> Item {
        let error = match (&self.target, &self.phase) {
            (Target::Work(_), Phase::Streaming(_)) => UNHEARD,
            _ => error,
        };
        if !error.is_transient() || !matches!(self.target, Target::Task(_)) {
            self.phase = Phase::Ended;
            return Err(error);
        }
        self.wait(error.retry_after());
        Ok(Followed::Lost(error))
    }

    fn wait(&mut self, at_least: Duration) {
        self.failures = self.failures.saturating_add(1);
        let pause = PAUSES.pause(self.failures, rand::random()).unwrap_or(PAUSES.max_backoff);
        self.phase = Phase::Waiting(pause.max(at_least));
    }

    async fn take(&mut self, event: Event) -> Option<Item> {
        if let Err(error) = self.learn(&event) {
            self.phase = Phase::Ended;
            return Some(Err(error));
        }
        match (event.cursor.map(|cursor| (cursor.seq, cursor.prev)), &self.place) {
            (None, _) => self.unnumbered(event),
            (Some((seq, _)), Place::Start | Place::Unnumbered(_)) => self.pass(event, seq),
            (Some((seq, None)), Place::After(last)) if seq == *last => self.resumed(&event.update),
            (Some((seq, None)), Place::After(_)) => self.jumped(event, seq),
            (Some((seq, Some(prev))), Place::After(last)) if prev == *last => self.pass(event, seq),
            (Some((seq, Some(_))), Place::After(last)) if seq <= *last => None,
            (Some((_, Some(_))), Place::After(_)) => self.missing().await,
        }
    }

    /// Learns the task that a message became, from the first frame that is passed on.
    fn learn(&mut self, event: &Event) -> Result<(), ClientError> {
        let id = match (&self.target, &event.update) {
            (Target::Task(_), _) | (_, Update::Message(_)) => return Ok(()),
            (Target::Work(_), _) if event.cursor.is_some_and(|cursor| cursor.prev.is_none()) => return Ok(()),
            (Target::Message(_) | Target::Work(_), Update::Task(task)) => &task.id,
            (Target::Message(_) | Target::Work(_), Update::Status(status)) => &status.task_id,
            (Target::Message(_) | Target::Work(_), Update::Artifact(artifact)) => &artifact.task_id,
        };
        self.target = Target::Task(id.parse().map_err(|_| UNNAMED)?);
        Ok(())
    }

    /// The next frame of a numbered stream.
    fn pass(&mut self, event: Event, seq: Seq) -> Option<Item> {
        self.place = Place::After(seq);
        self.progress(&event.update);
        Some(Ok(Followed::Event(event)))
    }

    /// The first frame of a resumption: the listener is where it was.
    fn resumed(&mut self, update: &Update) -> Option<Item> {
        if ends(update) {
            self.phase = match std::mem::replace(&mut self.phase, Phase::Ended) {
                Phase::Streaming(events) | Phase::Draining(events) => Phase::Draining(events),
                phase @ (Phase::Opening | Phase::Waiting(_) | Phase::Ended) => phase,
            };
        }
        None
    }

    /// The agent's log no longer reaches back to the cursor, or never reached that far.
    fn jumped(&mut self, event: Event, seq: Seq) -> Option<Item> {
        self.progress(&event.update);
        match event.update {
            Update::Task(task) => Some(Ok(self.gap(Snapshot { task, seq: Some(seq) }))),
            Update::Message(_) | Update::Status(_) | Update::Artifact(_) => {
                Some(self.broken(ClientError::Invalid("a snapshot that is no task")))
            }
        }
    }

    /// Frames are missing: the next connection may bring them; if not, the agent has lost them.
    async fn missing(&mut self) -> Option<Item> {
        if std::mem::replace(&mut self.torn, true) {
            return self.resync().await;
        }
        self.wait(Duration::ZERO);
        None
    }

    /// Frames of an agent without cursors: a task after the first is where the listener must start over.
    fn unnumbered(&mut self, event: Event) -> Option<Item> {
        self.progress(&event.update);
        let update = match (event.update, &mut self.place) {
            (Update::Task(task), Place::Unnumbered(shown)) if **shown == task => return None,
            (Update::Task(task), Place::Unnumbered(_) | Place::After(_)) => return Some(Ok(self.gap(task.into()))),
            (Update::Task(task), Place::Start) => {
                self.place = Place::Unnumbered(Box::new(task.clone()));
                Update::Task(task)
            }
            (update, Place::Unnumbered(shown)) => {
                // An update that does not fit leaves the copy behind, and the next resumption is a gap.
                let _ = fold::apply(shown, update.clone());
                update
            }
            (update, Place::Start | Place::After(_)) => update,
        };
        Some(Ok(Followed::Event(Event { cursor: None, update })))
    }

    /// Asks for the task itself, where no stream can be had or frames are lost.
    async fn resync(&mut self) -> Option<Item> {
        let Target::Task(task) = &self.target else { return None };
        let snapshot = match self.client.get(task, History::All).await {
            Ok(snapshot) => snapshot,
            Err(error) => return Some(self.broken(error)),
        };
        if self.place.is_at(&snapshot) {
            self.settle(&snapshot.task);
            return None;
        }
        if !matches!(self.place, Place::Start) {
            let task = snapshot.task.clone();
            let gap = self.gap(snapshot);
            self.settle(&task);
            return Some(Ok(gap));
        }
        self.settle(&snapshot.task);
        self.place = Place::of(&snapshot);
        let cursor = snapshot.seq.map(|seq| Cursor { seq, prev: None });
        Some(Ok(Followed::Event(Event { cursor, update: Update::Task(snapshot.task) })))
    }

    /// After a task that was asked for: it has ended, or is asked for again after a pause.
    fn settle(&mut self, task: &Task) {
        if has_ended(task.status.as_ref()) {
            self.phase = Phase::Ended;
        } else {
            self.wait(Duration::ZERO);
        }
    }

    fn gap(&mut self, snapshot: Snapshot) -> Followed {
        self.place = Place::of(&snapshot);
        Followed::Gap(snapshot)
    }

    /// Something new came.
    fn progress(&mut self, update: &Update) {
        (self.failures, self.torn) = (0, false);
        if ends(update) {
            self.phase = Phase::Ended;
        }
    }
}

impl Place {
    fn of(snapshot: &Snapshot) -> Self {
        match snapshot.seq {
            Some(seq) => Self::After(seq),
            None => Self::Unnumbered(Box::new(snapshot.task.clone())),
        }
    }

    fn cursor(&self) -> Option<Seq> {
        match self {
            Self::After(seq) => Some(*seq),
            Self::Start | Self::Unnumbered(_) => None,
        }
    }

    fn is_at(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Start => false,
            Self::After(seq) => snapshot.seq == Some(*seq),
            Self::Unnumbered(shown) => **shown == snapshot.task,
        }
    }
}

/// Whether a task has ended and holds all that it has said: its history has every message, but of the metadata of its
/// updates only the last by each key.
fn says_all(task: &Task) -> bool {
    let silent = task.history.last().is_none_or(|message| message.role == i32::from(Role::User));
    let plain = task.metadata.as_ref().is_none_or(|metadata| metadata.fields.is_empty());
    (silent || plain) && has_ended(task.status.as_ref())
}

/// Whether nothing follows this update.
fn ends(update: &Update) -> bool {
    match update {
        Update::Task(task) => has_ended(task.status.as_ref()),
        Update::Status(update) => has_ended(update.status.as_ref()),
        Update::Message(_) => true,
        Update::Artifact(_) => false,
    }
}

fn has_ended(status: Option<&TaskStatus>) -> bool {
    status.and_then(|status| TaskState::from_wire(status.state)).is_some_and(TaskState::is_terminal)
}
