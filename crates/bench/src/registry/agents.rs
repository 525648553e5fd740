//! The agents of the measurement: registered, and renewed over one stream each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use proto::a2a::{AgentCapabilities, AgentCard, AgentInterface, AgentSkill};
use proto::watchroom::registry::v1 as wire;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::{AGENTS, Client, NAME, VERSION, client};
use crate::error::Error;
use crate::load::new_histogram;

/// Registrations at a time.
const AT_ONCE: usize = 16;

/// The lease that is asked for: the longest, so that nobody falls out between two measurements.
const TTL: i64 = 60;

/// One agent's stream of renewals.
pub(super) struct Agent {
    tx: mpsc::Sender<wire::KeepAliveRequest>,
    answers: Streaming<wire::KeepAliveResponse>,
    renewal: wire::KeepAliveRequest,
}

/// Registers all of them and says how long each took.
pub(super) async fn register(clients: &[Client]) -> Result<(Vec<wire::RegisterResponse>, Histogram<u64>), Error> {
    let mut workers = JoinSet::new();
    for worker in 0..AT_ONCE {
        let mut client = client(clients, worker);
        workers.spawn(async move {
            let mut done = Vec::new();
            for number in (worker..AGENTS).step_by(AT_ONCE) {
                let sent = Instant::now();
                let lease = client.register(registration(number)).await?.into_inner();
                done.push((lease, sent.elapsed()));
            }
            Ok::<_, Error>(done)
        });
    }
    let mut leases = Vec::with_capacity(AGENTS);
    let mut took = new_histogram();
    while let Some(done) = workers.join_next().await {
        for (lease, after) in done.expect("a worker only returns")? {
            leases.push(lease);
            record(&mut took, after);
        }
    }
    Ok((leases, took))
}

pub(super) fn record(histogram: &mut Histogram<u64>, took: Duration) {
    histogram.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
}

/// A card of about a kilobyte, as our own agents have.
fn registration(number: usize) -> wire::RegisterRequest {
    let skill = |id: &str| AgentSkill {
        id: id.to_owned(),
        name: id.to_owned(),
        description: "Does what agents of this kind do, for whoever asks, as soon as there is room for it.".repeat(2),
        tags: vec!["bench".to_owned(), id.to_owned()],
        ..AgentSkill::default()
    };
    let interface = AgentInterface {
        url: format!("127.0.0.1:{}", 10_000 + number),
        protocol_binding: "GRPC".to_owned(),
        protocol_version: "1.0".to_owned(),
        tenant: String::new(),
    };
    let card = AgentCard {
        name: NAME.to_owned(),
        description: "An agent of the benchmarks, registered and renewed, and never called by anybody.".to_owned(),
        version: VERSION.to_owned(),
        supported_interfaces: vec![interface],
        capabilities: Some(AgentCapabilities::default()),
        default_input_modes: vec!["text/plain".to_owned()],
        default_output_modes: vec!["text/plain".to_owned()],
        skills: ["dispatch", "release", "report"].map(skill).to_vec(),
        ..AgentCard::default()
    };
    let registration = wire::Registration {
        instance_id: instance(number),
        card: Some(card),
        store_id: format!("019b0000-0000-7000-8000-{number:012x}"),
        role: "responder".to_owned(),
        domain: "bench".to_owned(),
    };
    let ttl = Some(prost_types::Duration { seconds: TTL, nanos: 0 });
    wire::RegisterRequest { registration: Some(registration), ttl }
}

pub(super) fn instance(number: usize) -> String {
    format!("agent-{number:04}")
}

impl Agent {
    /// Opens the stream and renews once.
    pub(super) async fn open(mut client: Client, lease: &wire::RegisterResponse) -> Result<Self, Error> {
        let renewal = wire::KeepAliveRequest {
            lease_id: lease.lease_id.clone(),
            epoch: lease.epoch,
            health: wire::Health::Serving.into(),
            ..wire::KeepAliveRequest::default()
        };
        let (tx, rx) = mpsc::channel(1);
        // There is room for one.
        drop(tx.try_send(renewal.clone()));
        let mut answers = client.keep_alive(ReceiverStream::new(rx)).await?.into_inner();
        answers.message().await?;
        Ok(Self { tx, answers, renewal })
    }

    /// Renews, and says each time that there is one more task, so that every watch has something to tell.
    pub(super) async fn renew(&mut self) -> Result<(), Error> {
        self.renewal.in_flight = self.renewal.in_flight.wrapping_add(1);
        let wrong = Error::Answer { work: "a renewal", what: "the stream has ended" };
        if self.tx.send(self.renewal.clone()).await.is_err() {
            return Err(wrong);
        }
        self.answers.message().await?.map(drop).ok_or(wrong)
    }
}

/// Renews all of them in turn, each every `every`, for as long as it is polled.
pub(super) async fn renew_for_ever(mut agents: Vec<Agent>, every: Duration) -> Result<std::convert::Infallible, Error> {
    let mut tick = tokio::time::interval(every / u32::try_from(agents.len().max(1)).unwrap_or(u32::MAX));
    loop {
        for agent in &mut agents {
            tick.tick().await;
            agent.renew().await?;
        }
    }
}

/// What a worker of a flood does again and again.
pub(super) enum Worker {
    /// A plain call.
    Unary(Client),
    /// A renewal of each of its agents in turn.
    Streams(Vec<Agent>),
}

/// All workers at once for `warm_up` and then `window`; what ends within the window counts.
pub(super) async fn flood(workers: Vec<Worker>, warm_up: Duration, window: Duration) -> Result<Histogram<u64>, Error> {
    let begin = Instant::now() + warm_up;
    let span = Arc::new(begin..begin + window);
    let mut running = JoinSet::new();
    for worker in workers {
        running.spawn(work(worker, span.clone()));
    }
    let mut all = new_histogram();
    while let Some(done) = running.join_next().await {
        all += done.expect("a worker only returns")?;
    }
    Ok(all)
}

async fn work(mut worker: Worker, span: Arc<std::ops::Range<Instant>>) -> Result<Histogram<u64>, Error> {
    let mut latencies = new_histogram();
    for number in 0.. {
        let sent = Instant::now();
        if sent >= span.end {
            break;
        }
        worker.once(number).await?;
        let done = Instant::now();
        if span.contains(&done) {
            record(&mut latencies, done - sent);
        }
    }
    Ok(latencies)
}

impl Worker {
    async fn once(&mut self, number: usize) -> Result<(), Error> {
        match self {
            Self::Unary(client) => {
                let lease_id = "019b0000-0000-7000-8000-000000000001".to_owned();
                client.deregister(wire::DeregisterRequest { lease_id, epoch: 1 }).await?;
            }
            Self::Streams(agents) => {
                let count = agents.len();
                agents[number % count].renew().await?;
            }
        }
        Ok(())
    }
}
