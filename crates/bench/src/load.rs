//! The load: a fixed number of requests in flight over a few connections, each answer followed by the next request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hdrhistogram::Histogram;
use http::uri::PathAndQuery;
use proto::Plain;
use tokio::task::JoinSet;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};

use crate::args::{Placement, Work};
use crate::child::Server;
use crate::error::Error;
use crate::stats::Sample;
use crate::wire;

/// Before a measurement counts: connections, allocators and caches get warm.
const WARM_UP: Duration = Duration::from_millis(500);
/// Tasks that GetTask asks for in turn.
const KEPT: usize = 64;

const SEND: PathAndQuery = PathAndQuery::from_static("/lf.a2a.v1.A2AService/SendMessage");
const STREAM: PathAndQuery = PathAndQuery::from_static("/lf.a2a.v1.A2AService/SendStreamingMessage");
const GET: PathAndQuery = PathAndQuery::from_static("/lf.a2a.v1.A2AService/GetTask");

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) work: Work,
    pub(crate) in_flight: usize,
    pub(crate) connections: usize,
    pub(crate) placement: Placement,
    pub(crate) window: Duration,
}

/// Loads `server` as `case` says.
pub(crate) fn measure(server: &Server, case: Case) -> Result<Sample, Error> {
    let mut builder = match case.placement {
        Placement::Pinned => tokio::runtime::Builder::new_current_thread(),
        Placement::Unpinned => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(drive(server, case))
}

async fn drive(server: &Server, case: Case) -> Result<Sample, Error> {
    let mut clients = Vec::new();
    for _ in 0..case.connections.min(case.in_flight) {
        let channel = Endpoint::from_shared(format!("http://{}", server.address()))?.connect().await?;
        clients.push(Grpc::new(channel));
    }
    let tasks = prepare(&mut clients[0], case.work).await?;
    let resident = server.memory_kib("VmRSS")?;
    let begin = Instant::now() + WARM_UP;
    let shared = Arc::new(Shared { case, tasks, next: AtomicU64::new(0), begin, end: begin + case.window });
    let mut workers = JoinSet::new();
    for index in 0..case.in_flight {
        workers.spawn(worker(clients[index % clients.len()].clone(), Arc::clone(&shared)));
    }
    tokio::time::sleep_until(shared.begin.into()).await;
    let cpu_before = server.cpu()?;
    tokio::time::sleep_until(shared.end.into()).await;
    let cpu = server.cpu()? - cpu_before;
    let mut latencies = new_histogram();
    while let Some(done) = workers.join_next().await {
        // A worker that panicked would be a defect of the load itself.
        latencies += done.expect("a worker only returns")?;
    }
    let grown_kib = server.memory_kib("VmRSS")?.saturating_sub(resident);
    let (peak_kib, sent) = (server.memory_kib("VmHWM")?, shared.next.load(Ordering::Relaxed));
    Ok(Sample { peak_kib, grown_kib, sent, ..Sample::new(&latencies, case.window, cpu) })
}

/// Checks that the answers are what they should be, and makes the tasks that GetTask asks for.
async fn prepare(client: &mut Grpc, work: Work) -> Result<Vec<Bytes>, Error> {
    let mut requests = Vec::new();
    for index in 0..KEPT {
        let id = wire::completed(client.unary(SEND, wire::send_request(format!("kept-{index}"))).await?)?;
        requests.push(wire::get_request(&id));
    }
    match work {
        Work::Send => {}
        Work::Stream => wire::check_stream(&client.stream(wire::send_request("streamed".to_owned())).await?)?,
        Work::Get => wire::check_got(client.unary(GET, requests[0].clone()).await?)?,
    }
    Ok(requests)
}

struct Shared {
    case: Case,
    tasks: Vec<Bytes>,
    next: AtomicU64,
    begin: Instant,
    end: Instant,
}

/// Sends until the window is over; what ends within the window counts.
async fn worker(mut client: Grpc, shared: Arc<Shared>) -> Result<Histogram<u64>, Error> {
    let mut latencies = new_histogram();
    loop {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let sent = Instant::now();
        if sent >= shared.end {
            return Ok(latencies);
        }
        client.once(&shared, number).await?;
        let done = Instant::now();
        if done >= shared.begin && done < shared.end {
            latencies.saturating_record(u64::try_from((done - sent).as_nanos()).unwrap_or(u64::MAX));
        }
    }
}

/// Nanoseconds up to a minute, to three digits.
pub(crate) fn new_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000_000, 3).expect("the bounds are constants")
}

/// One connection.
#[derive(Debug, Clone)]
pub(crate) struct Grpc(tonic::client::Grpc<Channel>);

impl Grpc {
    pub(crate) fn new(channel: Channel) -> Self {
        Self(tonic::client::Grpc::new(channel))
    }

    async fn once(&mut self, shared: &Shared, number: u64) -> Result<(), Error> {
        match shared.case.work {
            Work::Send => drop(self.unary(SEND, wire::send_request(format!("m-{number}"))).await?),
            Work::Stream => {
                let frames = self.stream(wire::send_request(format!("m-{number}"))).await?;
                if frames.len() != wire::EVENTS {
                    return Err(Error::Answer { work: shared.case.work.name(), what: "it has not five events" });
                }
            }
            Work::Get => {
                let kept = usize::try_from(number).unwrap_or(0) % shared.tasks.len();
                drop(self.unary(GET, shared.tasks[kept].clone()).await?);
            }
        }
        Ok(())
    }

    async fn unary(&mut self, path: PathAndQuery, body: Bytes) -> Result<Bytes, Error> {
        self.ready().await?;
        Ok(self.0.unary(request(body), path, Plain).await?.into_inner())
    }

    /// Sends a message and leaves the frames to the caller.
    pub(crate) async fn open_stream(&mut self, body: Bytes) -> Result<Streaming<Bytes>, Error> {
        self.ready().await?;
        Ok(self.0.server_streaming(request(body), STREAM, Plain).await?.into_inner())
    }

    async fn stream(&mut self, body: Bytes) -> Result<Vec<Bytes>, Error> {
        let mut frames = self.open_stream(body).await?;
        let mut all = Vec::with_capacity(wire::EVENTS);
        while let Some(frame) = frames.message().await? {
            all.push(frame);
        }
        Ok(all)
    }

    async fn ready(&mut self) -> Result<(), Error> {
        Ok(self.0.ready().await.map_err(|error| Status::unavailable(error.to_string()))?)
    }
}

fn request(body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    request.metadata_mut().insert("a2a-version", MetadataValue::from_static("1.0"));
    request
}
