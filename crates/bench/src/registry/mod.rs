//! The registry with a thousand agents before a hundred watchers: renewals, the way of a change to every watcher, memory.

mod agents;
mod bare;
mod figures;
mod watchers;

use std::time::Duration;

use hdrhistogram::Histogram;
use proto::watchroom::registry::v1::registry_client::RegistryClient;
use tonic::transport::{Channel, Endpoint};

use crate::args::{Placement, RunArgs};
use crate::child::Server;
use crate::disk;
use crate::error::Error;
use crate::report;
use crate::sections::scratch;
use crate::stats::Sample;
use agents::{Agent, Worker};
use watchers::Watchers;

pub(crate) use bare::serve;
pub(crate) use figures::Registry;

const AGENTS: usize = 1000;
const WATCHERS: usize = 100;

/// Name and version of every agent; they differ in their instance.
const NAME: &str = "Bench Agent";
const VERSION: &str = "1";

/// Changes whose way is measured, one after the other.
const CHANGES: usize = 200;

/// How often an agent renews the usual lease of 10 s.
const EVERY: Duration = Duration::from_millis(3_333);

const WARM_UP: Duration = Duration::from_millis(500);

type Client = RegistryClient<Channel>;

/// Who answers renewals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// A prepared answer to a plain call: what the others are measured against.
    Unary,
    /// A prepared answer to each message of a stream.
    Stream,
    /// Ours, with every agent registered.
    Registry,
}

impl Subject {
    const ALL: [Self; 3] = [Self::Unary, Self::Stream, Self::Registry];

    const fn title(self) -> &'static str {
        match self {
            Self::Unary => "bare tonic, a call each",
            Self::Stream => "bare tonic, 1,000 streams",
            Self::Registry => "registry, 1,000 streams",
        }
    }
}

/// Resident memory of the registry.
#[derive(Debug, Clone, Copy)]
struct Memory {
    empty: u64,
    agents: u64,
    watchers: u64,
    /// After all changes and reports, with one watcher that has read nothing of them.
    end: u64,
}

/// One round with a registry of its own.
#[derive(Debug)]
struct Crowd {
    registered: Sample,
    snapshot: Duration,
    quiet: Sample,
    renewing: Sample,
    memory: Memory,
}

/// Measures all rounds.
pub(crate) fn measure(args: &RunArgs) -> Result<Registry, Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let mut found = Registry::default();
    found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    for &in_flight in &args.in_flight {
        let mut samples: Vec<Vec<Sample>> = Subject::ALL.iter().map(|_| Vec::new()).collect();
        for _ in 0..args.repeats {
            for (subject, samples) in Subject::ALL.into_iter().zip(&mut samples) {
                let sample = runtime.block_on(renewals(args, subject, in_flight))?;
                report::progress(format_args!("registry, at {in_flight}: {} {:.0}/s", subject.title(), sample.rate));
                samples.push(sample);
            }
        }
        found.renewals.push((in_flight, samples));
    }
    for _ in 0..args.repeats {
        let crowd = runtime.block_on(crowd(args))?;
        report::progress(format_args!("registry: a change at {WATCHERS} watchers after {:?}", crowd.quiet.p50));
        found.crowds.push(crowd);
        found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    }
    Ok(found)
}

/// As many renewals as there is room for, `in_flight` at a time.
async fn renewals(args: &RunArgs, subject: Subject, in_flight: usize) -> Result<Sample, Error> {
    let scratch = scratch(args)?;
    let server = match subject {
        Subject::Unary | Subject::Stream => {
            Server::start("bench", &["bare-registry".to_owned()], Placement::Unpinned, scratch.path())?
        }
        Subject::Registry => start(scratch.path())?,
    };
    let clients = connect(&server, args.connections).await?;
    let leases = match subject {
        Subject::Unary => Vec::new(),
        Subject::Stream => vec![wire_lease(); AGENTS],
        Subject::Registry => agents::register(&clients).await?.0,
    };
    let mut workers = Vec::with_capacity(in_flight);
    for worker in 0..in_flight {
        let mut own = Vec::new();
        for lease in leases.iter().skip(worker).step_by(in_flight) {
            own.push(Agent::open(client(&clients, own.len() + worker), lease).await?);
        }
        let unary = || Worker::Unary(client(&clients, worker));
        workers.push(if own.is_empty() { unary() } else { Worker::Streams(own) });
    }
    let before = server.cpu()?;
    let latencies = agents::flood(workers, WARM_UP, args.window()).await?;
    // That of the warm-up is in it, as its share of the time.
    let share = args.window().as_secs_f64() / (args.window() + WARM_UP).as_secs_f64();
    let cpu = (server.cpu()? - before).mul_f64(share);
    Ok(Sample { peak_kib: server.memory_kib("VmHWM")?, ..Sample::new(&latencies, args.window(), cpu) })
}

/// A registry that fills up, is watched, and changes.
async fn crowd(args: &RunArgs) -> Result<Crowd, Error> {
    let scratch = scratch(args)?;
    let server = start(scratch.path())?;
    let resident = || server.memory_kib("VmRSS");
    let empty = resident()?;
    let (renewing, watching) = (connect(&server, args.connections).await?, connect(&server, args.connections).await?);
    let begun = std::time::Instant::now();
    let (leases, took) = agents::register(&renewing).await?;
    let registered = Sample::new(&took, begun.elapsed(), Duration::ZERO);
    let mut open = Vec::with_capacity(AGENTS);
    for (number, lease) in leases.iter().enumerate() {
        open.push(Agent::open(client(&renewing, number), lease).await?);
    }
    let agents = resident()?;
    let mut watchers = Watchers::start(&watching).await?;
    let held = resident()?;
    let quiet = fan_out(&mut watchers, &renewing[0]).await?;
    let renewing = tokio::select! {
        ended = agents::renew_for_ever(open, EVERY) => match ended? {},
        sample = fan_out(&mut watchers, &renewing[0]) => sample?,
    };
    let memory = Memory { empty, agents, watchers: held, end: resident()? };
    Ok(Crowd { registered, snapshot: watchers.snapshot, quiet, renewing, memory })
}

async fn fan_out(watchers: &mut Watchers, writer: &Client) -> Result<Sample, Error> {
    let begun = std::time::Instant::now();
    let latencies: Histogram<u64> = watchers.fan_out(writer.clone(), CHANGES).await?;
    Ok(Sample::new(&latencies, begun.elapsed(), Duration::ZERO))
}

fn start(dir: &std::path::Path) -> Result<Server, Error> {
    let data = dir.join("registry").display().to_string();
    let arguments = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log", "warn", "--data-dir", &data];
    Server::start("registry", &arguments.map(str::to_owned), Placement::Unpinned, dir)
}

async fn connect(server: &Server, connections: usize) -> Result<Vec<Client>, Error> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections.max(1) {
        let endpoint = Endpoint::from_shared(format!("http://{}", server.address()))?.tcp_nodelay(true);
        clients.push(RegistryClient::new(endpoint.connect().await?));
    }
    Ok(clients)
}

/// The client of a number: all get as many.
fn client(clients: &[Client], number: usize) -> Client {
    clients[number % clients.len()].clone()
}

/// For who asks for none.
fn wire_lease() -> proto::watchroom::registry::v1::RegisterResponse {
    let lease_id = "019b0000-0000-7000-8000-000000000001".to_owned();
    proto::watchroom::registry::v1::RegisterResponse { lease_id, epoch: 1, ..Default::default() }
}
