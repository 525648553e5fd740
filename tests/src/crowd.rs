//! Callers under load: each sends calls with message ids of its own, sends them again until they are taken,
//! follows what becomes of them over broken connections, and remembers every frame.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use a2a::frame::{Event, Update};
use a2a::{Client, ClientError, Followed, Reply};
use futures::StreamExt as _;
use proto::a2a::{SendMessageRequest, TaskState};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use types::RemoteTask;

use crate::random::Random;
use crate::wire::{finished, request, state};

/// What callers do.
#[derive(Debug, Clone)]
pub struct Habits {
    /// What they say, one at a time.
    pub calls: Vec<String>,
    /// The answer to a question.
    pub answer: String,
    /// Longest pause between two calls of one caller.
    pub pause: Duration,
    /// Per cent of the tasks that are cancelled as soon as they are known.
    pub cancels: u64,
    /// Per cent of the calls whose message is sent once more after the end.
    pub repeats: u64,
}

/// What a caller was told about one message.
#[derive(Debug)]
pub struct Told {
    /// The message's id.
    pub message: String,
    /// The tasks that answered to it: exactly one, if it was taken.
    pub tasks: Vec<RemoteTask>,
    /// The frames, connection by connection.
    pub frames: Vec<Vec<Event>>,
    /// Connections that were lost.
    pub lost: usize,
    /// States in place of frames.
    pub gaps: usize,
    /// Whether the caller asked the task to stop.
    pub canceled: bool,
    /// The error that no repetition helps with.
    pub refused: Option<String>,
    /// How the task stood when its stream ended.
    pub state: TaskState,
    /// From the first send to that.
    pub took: Duration,
}

/// Callers, until they are told to stop.
#[derive(Debug)]
pub struct Crowd {
    stop: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<Vec<Told>>>,
}

struct Caller {
    client: Client,
    habits: Habits,
    random: Random,
    name: String,
    taken: Arc<AtomicUsize>,
}

impl Crowd {
    /// `count` callers of the agent at `address`.
    pub fn start(address: SocketAddr, count: u64, seed: u64, habits: &Habits) -> Self {
        let (stop, taken) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let caller = |number| Caller {
            client: Client::connect(&address.to_string()).unwrap(),
            habits: habits.clone(),
            random: Random::of(seed, number + 1),
            name: format!("call-{seed:x}-{number}"),
            taken: taken.clone(),
        };
        let callers = (0..count).map(|number| tokio::spawn(caller(number).call_until(stop.clone())));
        Self { callers: callers.collect(), stop, taken }
    }

    /// Messages that were taken so far.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Lets everybody end the call in hand, within `patience`, and returns what they were told.
    pub async fn finish(self, patience: Duration) -> Vec<Told> {
        self.stop.store(true, Ordering::Relaxed);
        let told = futures::future::join_all(self.callers);
        let told = timeout(patience, told).await.unwrap_or_else(|_| panic!("callers wait for more than {patience:?}"));
        told.into_iter().flat_map(Result::unwrap).collect()
    }
}

impl Caller {
    async fn call_until(mut self, stop: Arc<AtomicBool>) -> Vec<Told> {
        let mut told = Vec::new();
        for number in 0.. {
            let pause = self.habits.pause.mul_f64(self.random.below(1000) as f64 / 1000.0);
            sleep_until(Instant::now() + pause).await;
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let text = self.random.pick(&self.habits.calls).clone();
            let mut first = request(&format!("{}-{number}", self.name), &text);
            first.configuration = None;
            let asked = self.tell(first).await;
            let asks = asked.state == TaskState::InputRequired && !asked.canceled;
            let answers = asks && self.random.percent(50);
            let answer = answers.then(|| self.answer(number, &asked.tasks[0]));
            told.push(asked);
            if let Some(answer) = answer {
                told.push(self.tell(answer).await);
            }
        }
        told
    }

    fn answer(&self, number: u64, task: &RemoteTask) -> SendMessageRequest {
        let mut answer = request(&format!("{}-{number}-answer", self.name), &self.habits.answer);
        answer.message.as_mut().unwrap().task_id = task.to_string();
        answer
    }

    /// Sends one message until it is taken, and follows its task until it ends or asks.
    async fn tell(&mut self, message: SendMessageRequest) -> Told {
        let since = Instant::now();
        let mut told = Told::new(message.message.as_ref().unwrap().message_id.clone());
        while !self.follow(&message, &mut told).await {
            sleep_until(Instant::now() + Duration::from_millis(50)).await;
        }
        told.took = since.elapsed();
        if told.refused.is_none() && self.random.percent(self.habits.repeats) {
            self.repeat(message, &mut told).await;
        }
        told
    }

    /// One try; whether it came to an end.
    async fn follow(&mut self, message: &SendMessageRequest, told: &mut Told) -> bool {
        let mut items = self.client.send_following(message.clone());
        told.frames.push(Vec::new());
        let mut cancels = told.tasks.is_empty() && self.random.percent(self.habits.cancels);
        while let Some(item) = items.next().await {
            match item {
                Ok(followed) => {
                    if told.take(followed) {
                        self.taken.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Err(error) if error.is_transient() => return false,
                Err(error) => {
                    told.refused = Some(format!("{error:?}"));
                    return true;
                }
            }
            if let (true, Some(task)) = (cancels, told.tasks.first().cloned()) {
                (cancels, told.canceled) = (false, true);
                // Whether it comes in time is not the caller's to say.
                drop(self.client.cancel(&task, None).await);
            }
            if told.state == TaskState::InputRequired {
                return true;
            }
        }
        true
    }

    /// The same message again must name the same task.
    async fn repeat(&self, mut message: SendMessageRequest, told: &mut Told) {
        message.configuration.get_or_insert_default().return_immediately = true;
        match self.client.send(message).await {
            Ok(Reply::Task(snapshot)) => told.note(snapshot.task.id.parse().unwrap()),
            Ok(Reply::Message(message)) => panic!("a message instead of a task: {message:?}"),
            Err(error) if error.is_transient() => {}
            Err(error) => told.refused = Some(format!("the repeated message: {error:?}")),
        }
    }
}

impl Told {
    fn new(message: String) -> Self {
        let (tasks, frames) = (Vec::new(), Vec::new());
        let state = TaskState::Unspecified;
        Self { message, tasks, frames, lost: 0, gaps: 0, canceled: false, refused: None, state, took: Duration::ZERO }
    }

    /// Takes in one item; whether it is the first that names the task.
    fn take(&mut self, followed: Followed) -> bool {
        let before = self.tasks.len();
        match followed {
            Followed::Event(event) => self.event(event),
            Followed::Gap(snapshot) => {
                self.gaps += 1;
                self.state = state(&snapshot.task);
                self.note(snapshot.task.id.parse().unwrap());
            }
            Followed::Lost(ClientError::Refused(error)) => {
                self.lost += 1;
                assert!(matches!(error, a2a::Error::Unavailable { .. } | a2a::Error::Overloaded { .. }), "{error:?}");
            }
            Followed::Lost(_) => self.lost += 1,
        }
        before == 0 && !self.tasks.is_empty()
    }

    fn event(&mut self, event: Event) {
        match &event.update {
            Update::Task(task) => {
                self.note(task.id.parse().unwrap());
                self.state = state(task);
            }
            Update::Status(update) => self.state = update.status.as_ref().unwrap().state(),
            Update::Artifact(_) => {}
            Update::Message(message) => panic!("a message instead of a task: {message:?}"),
        }
        self.frames.last_mut().unwrap().push(event);
    }

    fn note(&mut self, task: RemoteTask) {
        if !self.tasks.contains(&task) {
            self.tasks.push(task);
        }
    }

    /// Whether the task had ended.
    pub fn ended(&self) -> bool {
        self.frames.iter().flatten().any(finished)
    }
}
