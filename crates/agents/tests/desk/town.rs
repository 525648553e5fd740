//! A service on a store, and callers that talk to it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use a2a::metadata::{Dispatch, PROGRESS, number, object, text, truth};
use a2a::{Backend, Call, Card, Extensions, History, SendRequest, Wait};
use agent::{Agent, Context, Failure, Finish, Kit, Parts, Profile, Setup, Turns, words};
use agents::{Desk, Scenario, Speed};
use prost::Message as _;
use proto::Value;
use proto::a2a::part::Content;
use proto::a2a::send_message_response::Payload;
use proto::a2a::{AgentSkill, Message, Part, Role, SendMessageResponse, Task};
use proto::value::Kind;
use store::Store;
use tokio_util::sync::CancellationToken;
use triage::Service;
use types::{MessageId, Owner, Principal, StoreId, TaskId, TaskState, Tenant, Timestamp};

/// A desk as an agent, so that tests choose its scenario and its store.
#[derive(Debug)]
pub(crate) struct Brigade(pub(crate) Desk);

#[derive(Debug, clap::Args)]
pub(crate) struct NoArgs {}

impl Agent for Brigade {
    const NAME: &'static str = "brigade";
    const ABOUT: &'static str = "tests";
    const PORT: u16 = 0;
    const ADMIN_PORT: u16 = 0;
    const EAGER: bool = true;
    type Args = NoArgs;

    async fn open(_args: NoArgs, setup: &Setup) -> Result<Self, service::Fatal> {
        let (town, store) = (Scenario::sample(), setup.store().clone());
        let desk = Desk::start(Service::Fire, town, store, Pace::Still.speed(), CancellationToken::new()).await;
        desk.map(Self).map_err(|error| service::Fatal::internal("tests", error))
    }

    fn profile(&self) -> Profile {
        Profile { name: "Brigade".into(), description: "tests".into(), skills: vec![skill()], ..Profile::default() }
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.0.serve(task).await
    }
}

fn skill() -> AgentSkill {
    let text = || "dispatch".to_owned();
    AgentSkill { id: text(), name: text(), description: text(), tags: vec![text()], ..AgentSkill::default() }
}

pub(crate) type Town = Kit<Turns<Brigade>>;

/// How fast the town's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// So slowly that nothing happens by itself during a test.
    Still,
    /// A dispatch is over within a second.
    Quick,
}

impl Pace {
    fn speed(self) -> Speed {
        match self {
            Self::Still => "0.0001".parse().unwrap(),
            Self::Quick => "2000".parse().unwrap(),
        }
    }
}

/// A fire service over `store`, which an earlier one may have used.
pub(crate) async fn start(store: &Arc<dyn Store>, closing: &CancellationToken) -> Town {
    start_at(store, Pace::Still, closing).await
}

/// The same at this pace.
pub(crate) async fn start_at(store: &Arc<dyn Store>, pace: Pace, closing: &CancellationToken) -> Town {
    start_in(Scenario::sample(), store, pace, closing).await
}

/// The built-in town with a part of its file replaced.
pub(crate) fn altered(part: &str, by: &str) -> Scenario {
    let sample = include_str!("../../scenario.toml");
    assert!(sample.contains(part), "{part}");
    Scenario::parse(&sample.replacen(part, by, 1)).unwrap()
}

/// The same in a town of the test's own.
pub(crate) async fn start_in(town: Scenario, store: &Arc<dyn Store>, pace: Pace, closing: &CancellationToken) -> Town {
    let store = store.clone();
    let desk = Desk::start(Service::Fire, town, store.clone(), pace.speed(), closing.clone()).await.unwrap();
    let card = Card {
        name: "Brigade".into(),
        description: "tests".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill()],
        extensions: Vec::new(),
    };
    let driver = Turns::new(Brigade(desk));
    let parts = Parts {
        driver,
        store: store.clone(),
        card: card.build().unwrap(),
        idempotency: agent::Idempotency::Always,
        closing: closing.clone(),
    };
    Kit::start(parts).await.unwrap()
}

/// A message of this id from this caller.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) principal: &'static str,
    pub(crate) context: Option<&'static str>,
    pub(crate) parts: Vec<Part>,
    pub(crate) metadata: Option<proto::Struct>,
}

impl Sent {
    pub(crate) fn new(parts: Vec<Part>) -> Self {
        let id = MessageId::fresh().to_string();
        Self { id, principal: "anonymous", context: None, parts, metadata: None }
    }

    pub(crate) fn words(words: &str) -> Self {
        Self::new(vec![words::text_part(words)])
    }

    /// An attempt of a step of a run.
    pub(crate) fn attempt(self, run: TaskId, number: u32, store_id: StoreId) -> Self {
        let dispatch = Dispatch {
            run,
            step: "fire".parse().unwrap(),
            attempt: number,
            turn: 1,
            not_after: Timestamp::from_millis(u64::MAX >> 12),
            store_id: Some(store_id),
            at_most_once: false,
        };
        Self { metadata: Some(dispatch.to_metadata()), ..self }
    }

    fn request(self, wait: Wait) -> (Call, SendRequest) {
        let owner = Owner { tenant: Tenant::new(""), principal: Principal::new(self.principal) };
        let message = Message {
            message_id: self.id.clone(),
            role: Role::User.into(),
            parts: self.parts,
            metadata: self.metadata,
            ..Message::default()
        };
        let request = SendRequest {
            message: message.into(),
            message_id: self.id.parse().unwrap(),
            task: None,
            context: self.context.map(|context| context.parse().unwrap()),
            wait,
            history: History::All,
            push: None,
            accepted_output_modes: Vec::new(),
            metadata: None,
        };
        (Call { owner, extensions: Extensions::default(), cursor: None, store: None }, request)
    }
}

/// Sends a message and waits for its end.
pub(crate) async fn send(town: &Town, sent: Sent) -> Task {
    answered(town, sent, Wait::Blocking).await
}

/// Sends a message and does not wait.
pub(crate) async fn begin(town: &Town, sent: Sent) -> Task {
    answered(town, sent, Wait::Immediately).await
}

async fn answered(town: &Town, sent: Sent, wait: Wait) -> Task {
    let (call, request) = sent.request(wait);
    let bytes = town.send(call, request).await.unwrap();
    match SendMessageResponse::decode(bytes).unwrap().payload {
        Some(Payload::Task(task)) => task,
        other => panic!("no task but {other:?}"),
    }
}

/// Who most messages are from.
pub(crate) fn call() -> Call {
    Call { owner: Owner::anonymous(), extensions: Extensions::default(), cursor: None, store: None }
}

/// Polls until `look` finds something, for at most twenty seconds.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn release(dispatch: Option<&str>) -> Sent {
    let mut members = vec![("skill".to_owned(), text("release"))];
    members.extend(dispatch.map(|dispatch| ("dispatch".to_owned(), text(dispatch))));
    Sent::new(vec![words::data_part(object(members.into_iter().collect()))])
}

/// Sends a dispatch, or the whole conversation, on to this place.
pub(crate) fn redirect(dispatch: Option<&str>, place: &str) -> Sent {
    let place = object(BTreeMap::from([("text".to_owned(), text(place))]));
    let mut members = BTreeMap::from([
        ("skill".to_owned(), text("redirect")),
        ("type".to_owned(), text("fire")),
        ("priority".to_owned(), number(4)),
        ("location".to_owned(), place),
    ]);
    members.extend(dispatch.map(|dispatch| ("dispatch".to_owned(), text(dispatch))));
    Sent::new(vec![words::data_part(object(members))])
}

/// The last words of a task.
pub(crate) fn said(task: &Task) -> String {
    words::text_of(task.status.as_ref().unwrap().message.as_ref().unwrap())
}

/// A member of the data of a task's one artifact.
pub(crate) fn told(task: &Task, member: &str) -> Value {
    let [artifact] = task.artifacts.as_slice() else { panic!("one artifact in {task:?}") };
    let data = artifact.parts.iter().find_map(|part| match &part.content {
        Some(Content::Data(Value { kind: Some(Kind::StructValue(data)) })) => data.fields.get(member),
        _ => None,
    });
    data.unwrap_or_else(|| panic!("no {member} in {artifact:?}")).clone()
}

/// The ids of the units that a task sent.
pub(crate) fn units(task: &Task) -> Vec<String> {
    objects(&told(task, "units"), "id")
}

/// One member of every object of a list.
pub(crate) fn objects(list: &Value, member: &str) -> Vec<String> {
    let Some(Kind::ListValue(list)) = &list.kind else { panic!("no list: {list:?}") };
    let id = |value: &Value| match &value.kind {
        Some(Kind::StructValue(fields)) => {
            fields.fields.get(member).and_then(|id| a2a::metadata::as_text(Some(id)).map(str::to_owned))
        }
        _ => None,
    };
    list.values.iter().filter_map(id).collect()
}

/// The data of a message.
pub(crate) fn incident<const N: usize>(members: [(&str, Value); N]) -> Part {
    let members = members.map(|(name, value)| (name.to_owned(), value));
    words::data_part(object(BTreeMap::from(members)))
}

/// One engine, at this priority.
pub(crate) fn fire(priority: u8) -> Sent {
    Sent::new(vec![incident([
        ("type", text("fire")),
        ("priority", number(priority)),
        ("location", text("170 London Road")),
    ])])
}

/// One engine, followed until it has cleared.
pub(crate) fn followed() -> Sent {
    Sent::new(vec![incident([
        ("type", text("fire")),
        ("priority", number(2)),
        ("location", text("170 London Road")),
        ("follow", truth(true)),
    ])])
}

/// A task as it is.
pub(crate) async fn get(town: &Town, id: &str) -> Task {
    Task::decode(town.get(call(), id.parse().unwrap(), History::All).await.unwrap()).unwrap()
}

pub(crate) fn state(task: &Task) -> TaskState {
    TaskState::from_wire(task.status.as_ref().unwrap().state).unwrap()
}

/// A member of what the newest update tells.
pub(crate) fn progress(task: &Task, name: &str) -> Option<Value> {
    let value = task.metadata.as_ref()?.fields.get(PROGRESS)?;
    let Some(Kind::StructValue(progress)) = &value.kind else { return None };
    progress.fields.get(name).cloned()
}

/// The task once it has ended.
pub(crate) async fn ended(town: &Town, id: &str) -> Task {
    eventually("the task has ended", async || {
        let task = get(town, id).await;
        state(&task).is_terminal().then_some(task)
    })
    .await
}
