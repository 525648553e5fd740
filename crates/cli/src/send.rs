//! `send` and `watch`: a message goes out once, and its task is followed to the end.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write;
use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::metadata::{PLAN, object, structure, text};
use a2a::{ClientError, Followed, History, Reply, Snapshot};
use futures::{StreamExt as _, stream};
use outbound::TlsError;
use proto::a2a::{Message, Part, Role, SendMessageConfiguration, SendMessageRequest, Task, TaskState};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status};
use types::{MessageId, RemoteTask, RetryPolicy, Seq};

use crate::args::{Common, Mode, Send, Watch};
use crate::endpoints::Endpoint;
use crate::failure::{Failure, unanswered};
use crate::follow::{End, Follow, PATIENCE, UNKNOWN};
use crate::interrupt::Interrupt;
use crate::outcome::{Outcome, Tally};
use crate::said;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;
use crate::waiting::{self, Limit};

/// Pauses before the same message goes out again.
const PAUSES: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(200), max_backoff: Duration::from_secs(5) };

/// Sends the message of `args`.
pub(crate) async fn send<W: Write>(args: &Send, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let request = request(args, said::part(args)?);
    let from = match &args.task {
        Some(task) if !args.return_immediately => end_of(&endpoint, task).await,
        Some(_) | None => None,
    };
    let sent = match from {
        Some(from) => answer(&endpoint, request, from, screen).await,
        None => deliver(&endpoint, request, screen).await,
    };
    match (sent, &args.task) {
        (Err(failure), Some(task)) if failure.takes_no_message() => {
            Err(failure.in_conversation(context_of(&endpoint, task).await))
        }
        (sent, _) => sent,
    }
}

/// The conversation of a task, if it is to be had.
async fn context_of(endpoint: &Endpoint, task: &RemoteTask) -> Option<String> {
    let found = endpoint.client().ok()?.get(task, History::None).await.ok()?;
    Some(found.task.context_id)
}

/// The last frame of a task before it is answered, at agents that number them.
async fn end_of(endpoint: &Endpoint, task: &RemoteTask) -> Option<Seq> {
    endpoint.told(endpoint.client().ok()?.get(task, History::None)).await.ok()?.seq
}

/// Sends the answer to a task and follows what comes after `from`: a stream that begins with the answer would begin
/// with the task as it stands then, which tells again what was shown before and leaves out what came in between.
async fn answer<W: Write>(
    endpoint: &Endpoint,
    request: SendMessageRequest,
    from: Seq,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let client = endpoint.client()?;
    let mut interrupt = Interrupt::watch()?;
    let taken = tokio::select! {
        taken = taken(endpoint, &client, at_once(request)) => taken?,
        () = interrupt.pressed() => {
            note(UNKNOWN);
            return Ok(Outcome::Interrupted);
        }
    };
    let task = match taken {
        Reply::Task(snapshot) => snapshot.task,
        reply @ Reply::Message(_) => return accepted(reply, endpoint, screen),
    };
    let id = task.id.parse().map_err(|_| Failure::Internal(format!("{endpoint}: the task has no usable id")))?;
    let follow = Follow::new(endpoint, screen).of_task(task.id).after(Some(from)).quietly(true);
    to_the_end(&client, &id, Some(from), follow, interrupt).await
}

/// Sends a message and follows what becomes of it; or only hears that it is accepted, if that is what it asks for.
pub(crate) async fn deliver<W: Write>(
    endpoint: &Endpoint,
    request: SendMessageRequest,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let client = endpoint.client()?;
    if request.configuration.as_ref().is_some_and(|configuration| configuration.return_immediately) {
        return accept(endpoint, &client, request, screen).await;
    }
    let mut attempts = Attempts::new(endpoint);
    let mut interrupt = Interrupt::watch()?;
    loop {
        let mut follow = Follow::new(endpoint, screen).quietly(attempts.failed > 0);
        let error = match follow.run(&mut client.send_following(request.clone()), &mut interrupt).await? {
            End::Outcome(outcome) => return Ok(advised(outcome, &follow)),
            End::Unheard(error) if does_not_stream(&error) => {
                return poll(endpoint, &client, request, &mut follow, &mut interrupt).await;
            }
            End::Unheard(error) => error,
        };
        tokio::select! {
            again = attempts.again(error) => again?,
            () = interrupt.pressed() => {
                note(UNKNOWN);
                return Ok(Outcome::Interrupted);
            }
        }
    }
}

/// Follows a task that was sent before, until it ends or asks for an answer.
pub(crate) async fn watch<W: Write>(args: &Watch, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::of_target(common, &args.target)?;
    let client = endpoint.client()?;
    let mut follow = Follow::new(&endpoint, screen).of_task(args.id.to_string());
    let from = match args.from {
        None => None,
        Some(from) => match endpoint.told(resume(&client, args, Seq(from))).await {
            Resumed::At { from, past } => {
                follow = follow.past(past);
                Some(from)
            }
            Resumed::Waiting(snapshot) => {
                let outcome = follow.begin(*snapshot)?;
                return Ok(advised(outcome, &follow));
            }
            Resumed::Failed(error) => return Err(Failure::of_call(&endpoint, error)),
        },
    };
    // Whoever goes on from a frame may have nothing to be told for long, and has just been answered.
    let follow = follow.after(from).quietly(from.is_some());
    to_the_end(&client, &args.id, from, follow, Interrupt::watch()?).await
}

/// Shows what comes after a frame until the task ends or asks for an answer.
async fn to_the_end<W: Write>(
    client: &a2a::Client,
    task: &RemoteTask,
    from: Option<Seq>,
    mut follow: Follow<'_, W>,
    mut interrupt: Interrupt,
) -> Result<Outcome, Failure> {
    let mut items = client.follow(task.clone(), from);
    loop {
        let outcome = match follow.run(&mut items, &mut interrupt).await? {
            End::Outcome(Outcome::Interrupted) => return Ok(Outcome::Interrupted),
            End::Outcome(outcome) => outcome,
            End::Unheard(error) => return Err(Failure::of_call(follow.endpoint(), error)),
        };
        // With a cursor the stream tells only the rest of the story, and a question in it may be an old one.
        match (outcome, client.get(task, History::None).await) {
            (Outcome::InputNeeded, Ok(snapshot)) if is_past(&snapshot, follow.seq()) => {}
            (Outcome::InputNeeded, _) | (_, Err(_)) => return Ok(advised(outcome, &follow)),
            (Outcome::Done | Outcome::Failed | Outcome::Interrupted, Ok(snapshot)) => {
                let outcome = follow.review(snapshot.task);
                return Ok(advised(outcome, &follow));
            }
        }
    }
}

/// Where a watch goes on.
enum Resumed {
    /// After this frame. Up to `past` no question is open any more.
    At { from: Seq, past: Option<Seq> },
    /// Nothing follows: the task waits for an answer.
    Waiting(Box<Snapshot>),
    /// The task cannot be had.
    Failed(ClientError),
}

/// Looks where `from` is in the task's log. A cursor beyond its end would be taken for a loss of frames.
async fn resume(client: &a2a::Client, args: &Watch, from: Seq) -> Resumed {
    let snapshot = match client.get(&args.id, History::None).await {
        Ok(snapshot) => snapshot,
        Err(error) if error.is_transient() && !matches!(error, ClientError::Unreachable(_)) => {
            return Resumed::At { from, past: None };
        }
        Err(error) => return Resumed::Failed(error),
    };
    let Some(end) = snapshot.seq else { return Resumed::At { from, past: None } };
    if from > end {
        note(&format!("frame {from} is not there yet: the log ends at frame {end}; going on from there"));
    }
    if from >= end && waits(&snapshot) {
        // What it made was shown before.
        let task = Task { artifacts: Vec::new(), ..snapshot.task };
        return Resumed::Waiting(Box::new(Snapshot { task, ..snapshot }));
    }
    let asks = show::asks_early(&Update::Task(snapshot.task));
    Resumed::At { from: from.min(end), past: (!asks).then_some(end) }
}

/// Whether the task waits for an answer.
fn waits(snapshot: &Snapshot) -> bool {
    snapshot.task.status.as_ref().is_some_and(|status| status.state() == TaskState::InputRequired)
}

/// Whether the task has gone on since the frame that was shown last.
fn is_past(snapshot: &Snapshot, shown: Option<Seq>) -> bool {
    match (snapshot.seq, shown) {
        (Some(now), Some(shown)) => now > shown,
        (None, _) | (_, None) => !waits(snapshot),
    }
}

/// Sends to an agent that does not stream, and asks for its task from time to time.
async fn poll<W: Write>(
    endpoint: &Endpoint,
    client: &a2a::Client,
    request: SendMessageRequest,
    follow: &mut Follow<'_, W>,
    interrupt: &mut Interrupt,
) -> Result<Outcome, Failure> {
    let failed = |error| Failure::of_call(endpoint, error);
    let mut items = match endpoint.told(client.send(at_once(request))).await.map_err(failed)? {
        Reply::Message(message) => {
            let event = Event { cursor: None, update: Update::Message(message) };
            stream::iter([Ok(Followed::Event(event))]).boxed()
        }
        Reply::Task(snapshot) => {
            let task = snapshot.task.id.parse();
            client.follow(task.map_err(|_| failed(ClientError::Invalid("the task has no usable id")))?, None)
        }
    };
    match follow.run(&mut items, interrupt).await? {
        End::Outcome(outcome) => Ok(advised(outcome, follow)),
        End::Unheard(error) => Err(failed(error)),
    }
}

/// Says how to answer a question, or how to go on.
fn advised<W: Write>(outcome: Outcome, follow: &Follow<'_, W>) -> Outcome {
    if matches!(outcome, Outcome::InputNeeded | Outcome::Failed) {
        follow.advise();
    }
    outcome
}

fn does_not_stream(error: &ClientError) -> bool {
    match error {
        ClientError::Refused(a2a::Error::UnsupportedOperation(_)) => true,
        ClientError::Refused(a2a::Error::Other { code, .. }) => *code == Code::Unimplemented,
        _ => false,
    }
}

async fn accept<W: Write>(
    endpoint: &Endpoint,
    client: &a2a::Client,
    request: SendMessageRequest,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    accepted(taken(endpoint, client, request).await?, endpoint, screen)
}

/// The same request, answered as soon as its message is taken.
fn at_once(mut request: SendMessageRequest) -> SendMessageRequest {
    request.configuration.get_or_insert_default().return_immediately = true;
    request
}

/// Sends a message until it is taken.
async fn taken(endpoint: &Endpoint, client: &a2a::Client, request: SendMessageRequest) -> Result<Reply, Failure> {
    let mut attempts = Attempts::new(endpoint);
    loop {
        match attempts.waiting(client.send(request.clone())).await {
            Ok(reply) => return Ok(reply),
            Err(error) => attempts.again(error).await?,
        }
    }
}

/// Shows what a message became.
fn accepted<W: Write>(reply: Reply, endpoint: &Endpoint, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let mut tally = Tally::default();
    match reply {
        Reply::Task(snapshot) => {
            tally.see(&Update::Task(snapshot.task.clone()));
            if screen.is_for_script() {
                screen.json(&proto_json(&snapshot.task)?)?;
            } else {
                screen.say(Mark::None, &show::task(&snapshot.task))?;
                note(&format!("follow it with: watchroom watch {}{}", snapshot.task.id, endpoint.flag));
            }
        }
        Reply::Message(message) if screen.is_for_script() => screen.json(&proto_json(&message)?)?,
        Reply::Message(message) => screen.say(Mark::None, &show::parts(&message.parts))?,
    }
    Ok(tally.outcome())
}

fn request(args: &Send, said: Part) -> SendMessageRequest {
    let message = Message {
        message_id: args.message_id.clone().unwrap_or_else(MessageId::fresh).to_string(),
        context_id: args.context.as_ref().map(ToString::to_string).unwrap_or_default(),
        task_id: args.task.as_ref().map(ToString::to_string).unwrap_or_default(),
        role: Role::User.into(),
        parts: vec![said],
        metadata: args
            .mode
            .map(|mode| structure([(PLAN, object(BTreeMap::from([("mode".to_owned(), text(word(mode)))])))])),
        ..Message::default()
    };
    let configuration =
        SendMessageConfiguration { return_immediately: args.return_immediately, ..SendMessageConfiguration::default() };
    SendMessageRequest { message: Some(message), configuration: Some(configuration), ..SendMessageRequest::default() }
}

const fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Sequential => "sequential",
        Mode::Parallel => "parallel",
    }
}

/// Sends of one message. The id stays the same, so an agent that keeps ids takes it once.
struct Attempts<'a> {
    endpoint: &'a Endpoint,
    since: Instant,
    failed: u32,
    /// What was said last of why there is none.
    said: String,
}

impl<'a> Attempts<'a> {
    fn new(endpoint: &'a Endpoint) -> Self {
        Self { endpoint, since: Instant::now(), failed: 0, said: String::new() }
    }

    /// Waits for the answer to one, and says so once.
    async fn waiting<T>(&self, answer: impl Future<Output = T>) -> T {
        if self.failed > 0 {
            answer.await
        } else {
            waiting::told(self.endpoint, Limit::Unanswered(PATIENCE), answer).await
        }
    }

    /// Waits before the next one, or says why there is none. Nobody there at all is for the user to know at once, and so is
    /// what TLS forbids: no later attempt mends that. Who takes a connection and is silent is there.
    async fn again(&mut self, error: ClientError) -> Result<(), Failure> {
        let silent = |status: &Status| status.code() == Code::DeadlineExceeded;
        let nobody = self.failed == 0 && matches!(&error, ClientError::Unreachable(status) if !silent(status));
        let forbidden = TlsError::behind(&error).is_some();
        if nobody || forbidden || !error.is_transient() || self.since.elapsed() > PATIENCE {
            return Err(Failure::of_call(self.endpoint, error));
        }
        self.failed += 1;
        let why = unanswered(&error);
        if why != self.said {
            let limit = PATIENCE.as_secs();
            note(&format!("no answer yet ({why}); sending the same message again, for {limit} s in all"));
            self.said = why;
        }
        // Half of the bound at least: one client needs no full jitter.
        sleep(PAUSES.pause(self.failed, 0.5).unwrap_or(PAUSES.max_backoff)).await;
        Ok(())
    }
}
