//! A registry, scripted agents on real sockets, and the runs of an operator whose store outlives it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::metadata::{PROGRESS, object, structure, text};
use a2a::{Backend as _, Call, Extensions, Heard, History, SendRequest, Wait};
use agent::words::{artifact, say, text_of, text_part};
use agent::{Agent, Context, Failure, Finish, Frames, Kit, Parts, Profile, Setup, Turns};
use clap::Parser;
use discovery::{Endpoint, Filter, Health, Lease, LeaseConfig, Registration, View, Vitals};
use futures::StreamExt as _;
use orchestrator::{Foreign, Patience, Runs, Settings};
use parking_lot::Mutex;
use prost::Message as _;
use proto::a2a::{AgentCard, AgentSkill, Message, Role, Task};
use service::Process;
use store::{MemoryStore, Store};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::service::Routes;
use types::{MessageId, Owner, RetryPolicy, Seq, StoreId, TaskId, TaskState};

/// Longest wait of any test.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const CALL: &str =
    "hi, can you help? 170 London road SM6 7AN. Fire, Injuries and a citizen arrested criminal.";

/// What an agent does with a message.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Complete,
    Fail,
    Reject,
    /// Says something, then waits for the gate.
    Gate,
    /// Says a lot, then waits for the gate.
    Chatter,
    /// Answers with a message instead of a task.
    Reply,
    /// Waits until it is canceled.
    Hang,
    /// Waits for the gate, whoever cancels.
    Deaf,
    /// Says that it is queued, then waits for the gate.
    Queue,
}

/// What the test and a scripted agent share.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    name: &'static str,
    skills: &'static [&'static str],
    acts: Arc<Mutex<VecDeque<Act>>>,
    pub(crate) heard: Arc<Mutex<Vec<Message>>>,
    gate: watch::Sender<bool>,
}

impl Script {
    /// Does `acts` in turn, then completes.
    pub(crate) fn new(name: &'static str, acts: impl IntoIterator<Item = Act>) -> Self {
        let acts = Arc::new(Mutex::new(acts.into_iter().collect()));
        Self { name, skills: &["dispatch"], acts, heard: Arc::default(), gate: watch::Sender::new(false) }
    }

    /// With these skills instead of one.
    pub(crate) fn offering(self, skills: &'static [&'static str]) -> Self {
        Self { skills, ..self }
    }

    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }

    pub(crate) fn heard(&self) -> usize {
        self.heard.lock().len()
    }

    async fn opened(&self) {
        self.gate.subscribe().wait_for(|open| *open).await.unwrap();
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct NoArgs {}

#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    kit: agent::Args,
}

impl service::Command for Command {
    const NAME: &'static str = "scripted";
    const PORT: u16 = 0;
    const ADMIN_PORT: u16 = 0;

    fn service(&self) -> &service::Args {
        &self.kit.service
    }
}

impl Agent for Script {
    const NAME: &'static str = "scripted";
    const ABOUT: &'static str = "does what it is told";
    const PORT: u16 = 0;
    const ADMIN_PORT: u16 = 0;
    type Args = NoArgs;

    async fn open(_args: NoArgs, _setup: &Setup) -> Result<Self, service::Fatal> {
        Ok(Self::new("", []))
    }

    fn profile(&self) -> Profile {
        let skill = |id: &&str| AgentSkill {
            id: (*id).into(),
            name: (*id).into(),
            description: (*id).into(),
            tags: vec!["test".into()],
            ..AgentSkill::default()
        };
        let skills = self.skills.iter().map(skill).collect();
        Profile { name: self.name.into(), description: "tests".into(), skills, ..Profile::default() }
    }

    async fn reply(&self, _: &Owner, message: &Heard) -> Option<Message> {
        let mut acts = self.acts.lock();
        let Some(Act::Reply) = acts.front() else { return None };
        acts.pop_front();
        self.heard.lock().push((**message).clone());
        Some(say(format!("{} needs no task for that", self.name)))
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.heard.lock().push((**task.message()).clone());
        let act = self.acts.lock().pop_front().unwrap_or(Act::Complete);
        match act {
            Act::Complete | Act::Reply => {}
            Act::Fail => return Err(Failure("no hose".into())),
            Act::Reject => return Ok(Finish::Rejected(say("not our area"))),
            Act::Gate => {
                task.working("looking for units");
                self.opened().await;
            }
            Act::Chatter => {
                for number in 0..300 {
                    task.working(format!("unit {number} of many has been asked and is not free"));
                }
                self.opened().await;
            }
            Act::Hang => {
                task.canceled().cancelled_owned().await;
                return Err(Failure("stopped".into()));
            }
            Act::Deaf => self.opened().await,
            Act::Queue => {
                let waits = object([("waits".to_owned(), text("queue"))].into());
                task.progress(Some(say("nobody is free")), structure([(PROGRESS, waits)]));
                self.opened().await;
            }
        }
        task.artifact(artifact("dispatch", "dispatch", vec![text_part(format!("units of {}", self.name))]));
        Ok(Finish::Completed(say(format!("{} is on its way", self.name))))
    }
}

/// Runs a service inside the test and returns its address once it is ready.
async fn serve(process: Process, run: impl Future<Output = Result<(), service::Fatal>> + Send + 'static) -> String {
    tokio::spawn(async move { run.await.unwrap() });
    within("a service is ready", process.serving()).await.protocol.to_string()
}

/// Serves an agent and returns its address.
async fn open(script: &Script, kit: agent::Args, extend: impl FnOnce(Routes) -> Routes + Send + 'static) -> String {
    let args = Command { kit };
    let process = Process::new(&args).unwrap();
    let (inner, script) = (process.clone(), script.clone());
    let run = async move {
        let mut setup = Setup::open(&args.kit, &inner).await?;
        let profile = script.profile();
        let kit = setup.start(Turns::new(script), profile).await?;
        setup.serve(kit, extend).await
    };
    serve(process, run).await
}

/// Everything but the operator.
#[derive(Debug)]
pub(crate) struct Stage {
    registry: String,
    agents: usize,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) settings: Settings,
}

impl Stage {
    /// A registry and these agents.
    pub(crate) async fn new(scripts: &[&Script]) -> Self {
        let mut stage = Self::around(registry::Args::default()).await;
        for script in scripts {
            stage.add(script).await;
        }
        stage
    }

    /// This registry, and nobody else yet.
    pub(crate) async fn around(args: registry::Args) -> Self {
        let process = Process::new(&args).unwrap();
        let registry = serve(process.clone(), registry::run(args, process)).await;
        let retry =
            RetryPolicy { attempts: 3, backoff: Duration::from_millis(20), max_backoff: Duration::from_millis(50) };
        let patience = Patience { endpoint: Duration::from_millis(500), ..Patience::default() };
        let settings = Settings { retry, patience, reach: Duration::from_millis(300), ..Settings::default() };
        Self { registry, agents: 0, store: Arc::default(), settings }
    }

    pub(crate) fn registry(&self) -> String {
        format!("http://{}", self.registry)
    }

    /// One more agent.
    pub(crate) async fn add(&mut self, script: &Script) {
        self.add_instance(script, "1").await;
    }

    /// One more instance of an agent, over a store of its own.
    pub(crate) async fn add_instance(&mut self, script: &Script, instance: &str) {
        let kit = agent::Args { instance: instance.parse().unwrap(), ..agent::Args::default() };
        self.add_with(script, kit, |routes| routes).await;
    }

    /// One more agent, with these settings and behind what `extend` makes of its routes.
    pub(crate) async fn add_with(
        &mut self,
        script: &Script,
        kit: agent::Args,
        extend: impl FnOnce(Routes) -> Routes + Send + 'static,
    ) {
        open(script, agent::Args { registry: self.registry(), ..kit }, extend).await;
        self.agents += 1;
    }

    /// One more agent, whose registration names a store with that id and whose tasks are in the one that `make` makes.
    pub(crate) async fn add_over(
        &mut self,
        script: &Script,
        make: impl FnOnce(StoreId) -> MemoryStore,
    ) -> Arc<MemoryStore> {
        let args = Command { kit: agent::Args { registry: self.registry(), ..agent::Args::default() } };
        let process = Process::new(&args).unwrap();
        let mut setup = Setup::open(&args.kit, &process).await.unwrap();
        let named = setup.start(Turns::new(script.clone()), script.profile()).await.unwrap();
        let store = Arc::new(make(setup.ownership().store_id));
        let (card, closing) = (named.card().as_ref().clone(), CancellationToken::new());
        let parts = Parts {
            driver: Turns::new(script.clone()),
            store: store.clone(),
            card,
            idempotency: agent::Idempotency::Always,
            closing,
        };
        let kit = Kit::start(parts).await.unwrap();
        serve(process, setup.serve(kit, |routes| routes)).await;
        self.agents += 1;
        store
    }

    /// An agent that does not register, known to the operator by its address.
    pub(crate) async fn stranger(&mut self, script: &Script) {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let kit = agent::Args { registry: format!("http://{nobody}"), ..agent::Args::default() };
        let url = format!("http://{}", open(script, kit, |routes| routes).await).into();
        self.settings.foreign.push(Foreign { name: script.name.parse().unwrap(), url });
    }

    /// Registers an agent where nothing listens, for as long as the guard lives.
    pub(crate) fn ghost(&mut self, name: &'static str) -> DropGuard {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let Profile { name, description, skills, extensions, .. } = Script::new(name, []).profile();
        let url = free.local_addr().unwrap().to_string();
        let card = a2a::Card { name, description, version: "1".into(), url, skills, extensions }.build().unwrap();
        self.register("ghost", card, StoreId::fresh())
    }

    /// Registers an instance whose card says that `agent`'s store answers at `url`, for as long as the guard lives.
    pub(crate) fn place(&mut self, instance: &str, agent: &Endpoint, url: &str) -> DropGuard {
        let mut card = AgentCard::clone(&agent.card);
        card.supported_interfaces.iter_mut().for_each(|interface| url.clone_into(&mut interface.url));
        self.register(instance, card, agent.store_id)
    }

    fn register(&mut self, instance: &str, card: AgentCard, store_id: StoreId) -> DropGuard {
        let (role, domain) = (String::new(), String::new());
        let registration = Registration { instance: instance.parse().unwrap(), card, store_id, role, domain };
        let config = LeaseConfig { registry: (&self.registry()).into(), registration, ttl: None };
        let (_, vitals) = watch::channel(Vitals { health: Health::Serving, in_flight: 0, load: None });
        let stop = CancellationToken::new();
        drop(Lease::hold(config, vitals, stop.clone()).unwrap());
        self.agents += 1;
        stop.drop_guard()
    }

    /// Everybody who is registered.
    async fn view(&self, closing: CancellationToken) -> View {
        let view = View::watch(&self.registry(), Filter::default(), closing).unwrap();
        let expected = self.agents;
        within("agents are registered", view.until(|view| (view.all().len() >= expected).then_some(()))).await;
        view
    }

    /// The one agent that is registered.
    pub(crate) async fn agent(&self) -> Arc<Endpoint> {
        self.view(CancellationToken::new()).await.all().remove(0)
    }

    /// The operator's runs over the stage's store; agents are known.
    pub(crate) async fn operator(&self) -> Operator {
        let closing = CancellationToken::new();
        let view = self.view(closing.clone()).await;
        let card = a2a::Card {
            name: "Operator".into(),
            description: "tests".into(),
            version: "1".into(),
            url: "localhost:1".into(),
            skills: Script::new("", []).profile().skills,
            extensions: Vec::new(),
        };
        let outcomes = discovery::Outcomes::report(&self.registry(), closing.clone()).unwrap();
        let runs = Runs::new(self.settings.clone(), view, outcomes);
        let store: Arc<dyn Store> = self.store.clone();
        let parts = Parts {
            driver: runs,
            store,
            card: card.build().unwrap(),
            idempotency: agent::Idempotency::Always,
            closing: closing.clone(),
        };
        let kit = Kit::start(parts).await.unwrap();
        orchestrator::take_up(&kit).await.unwrap();
        Operator { kit, closing }
    }

    /// Attempts that the reaper has.
    pub(crate) async fn duties(&self) -> usize {
        self.store.rows("duty", &[]).await.unwrap().len()
    }
}

/// The runs of one operator process.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) kit: Kit<Runs>,
    closing: CancellationToken,
}

impl Operator {
    /// Ends it at once; what is in the store stays.
    pub(crate) fn die(self) {
        self.closing.cancel();
    }

    /// Sends words and follows what becomes of them.
    pub(crate) async fn call(&self, words: &str) -> Story {
        self.send(request(words)).await
    }

    pub(crate) async fn send(&self, request: SendRequest) -> Story {
        Story { frames: self.kit.stream(call(), request).await.unwrap(), events: Vec::new() }
    }

    /// Follows a run from after `cursor`.
    pub(crate) async fn follow(&self, run: TaskId, cursor: u64) -> Story {
        let call = Call { cursor: Some(Seq(cursor)), ..call() };
        let mut story = Story { frames: self.kit.subscribe(call, run).await.unwrap(), events: Vec::new() };
        story.next().await.expect("a resumed stream begins with its place");
        story.events.clear();
        story
    }

    pub(crate) async fn get(&self, run: TaskId) -> Task {
        Task::decode(self.kit.get(call(), run, History::All).await.unwrap()).unwrap()
    }

    pub(crate) async fn cancel(&self, run: TaskId) {
        self.kit.cancel(call(), run, None).await.unwrap();
    }
}

/// A stream of a run, and what it has told so far.
pub(crate) struct Story {
    frames: Frames,
    pub(crate) events: Vec<Event>,
}

impl Story {
    async fn next(&mut self) -> Option<&Event> {
        let frame = within("the next frame", self.frames.next()).await?.unwrap();
        self.events.push(a2a::frame::open(frame).unwrap());
        self.events.last()
    }

    /// Reads until a line holds `words`.
    pub(crate) async fn until(&mut self, words: &str) -> &mut Self {
        while !self.lines().iter().any(|line| line.contains(words)) {
            assert!(self.next().await.is_some(), "the stream ended without {words:?}: {:#?}", self.lines());
        }
        self
    }

    /// Reads to the end.
    pub(crate) async fn end(mut self) -> Self {
        while self.next().await.is_some() {}
        self
    }

    /// What was said, artifacts by their names in angle brackets.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |event: &Event| match &event.update {
            Update::Status(update) => update.status.as_ref()?.message.as_ref().map(text_of),
            Update::Artifact(update) => update.artifact.as_ref().map(|it| format!("<{}>", it.artifact_id)),
            Update::Task(_) | Update::Message(_) => None,
        };
        self.events.iter().filter_map(line).collect()
    }

    /// The run's id.
    pub(crate) fn run(&self) -> TaskId {
        let id = self.events.iter().find_map(|event| match &event.update {
            Update::Task(task) => Some(&task.id),
            Update::Status(update) => Some(&update.task_id),
            Update::Artifact(update) => Some(&update.task_id),
            Update::Message(_) => None,
        });
        id.expect("a frame").parse().unwrap()
    }

    /// The last state that was told.
    pub(crate) fn state(&self) -> TaskState {
        let state = self.events.iter().rev().find_map(|event| match &event.update {
            Update::Status(update) => TaskState::from_wire(update.status.as_ref()?.state),
            Update::Task(task) => TaskState::from_wire(task.status.as_ref()?.state),
            Update::Artifact(_) | Update::Message(_) => None,
        });
        state.expect("a status")
    }
}

pub(crate) fn call() -> Call {
    Call { owner: Owner::anonymous(), extensions: Extensions::default(), cursor: None, store: None }
}

pub(crate) fn request(words: &str) -> SendRequest {
    let message_id = MessageId::fresh();
    let message = Message {
        message_id: message_id.to_string(),
        role: Role::User.into(),
        parts: vec![text_part(words)],
        ..Message::default()
    };
    SendRequest {
        message: message.into(),
        message_id,
        task: None,
        context: None,
        wait: Wait::Blocking,
        history: History::All,
        push: None,
        accepted_output_modes: Vec::new(),
        metadata: None,
    }
}

/// Waits for `what`, but not for ever.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

/// Polls until `holds`.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    within(what, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// The emergency services, each with what it does first.
pub(crate) fn services(fire: &[Act], police: &[Act], ambulance: &[Act]) -> [Script; 3] {
    [
        Script::new("Fire Agent", fire.iter().cloned()),
        Script::new("Police Agent", police.iter().cloned()),
        Script::new("Ambulance Agent", ambulance.iter().cloned()),
    ]
}
