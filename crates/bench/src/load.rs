//! The load: a fixed number of requests in flight over a few connections, each answer followed by the next request.

use std::future::Future;
use std::ops::Range;
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
pub(crate) const KEPT: usize = 64;

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

/// Loads the gRPC of `server` as `case` says.
pub(crate) fn measure(server: &Server, case: Case) -> Result<Sample, Error> {
    runtime(case)?.block_on(drive(server, case))
}

/// What the load runs on: one thread where it has one core.
pub(crate) fn runtime(case: Case) -> Result<tokio::runtime::Runtime, Error> {
    let mut builder = match case.placement {
        Placement::Pinned => tokio::runtime::Builder::new_current_thread(),
        Placement::Unpinned => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build().map_err(Error::io("start", "a runtime"))
}

async fn drive(server: &Server, case: Case) -> Result<Sample, Error> {
    let mut clients = connect(server.address(), case.connections.min(case.in_flight)).await?;
    let tasks: Arc<[Bytes]> = prepare(&mut clients[0], case.work).await?.into();
    let resident = server.memory_kib("VmRSS")?;
    let once = move |client, number| once(client, case.work, Arc::clone(&tasks), number);
    let flood = flood(&clients, case.in_flight, case.window, once, || Ok(vec![server.cpu()?])).await?;
    let grown_kib = server.memory_kib("VmRSS")?.saturating_sub(resident);
    let peak_kib = server.memory_kib("VmHWM")?;
    Ok(Sample { peak_kib, grown_kib, ..flood.sample(case.window) })
}

/// That many connections to one address.
pub(crate) async fn connect(address: &str, connections: usize) -> Result<Vec<Grpc>, Error> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(Grpc::new(Endpoint::from_shared(format!("http://{address}"))?.connect().await?));
    }
    Ok(clients)
}

/// What a load has seen within its window.
#[derive(Debug)]
pub(crate) struct Flood {
    pub(crate) latencies: Histogram<u64>,
    /// CPU time of each process that was asked for.
    pub(crate) cpu: Vec<Duration>,
    /// Requests sent, the warm-up included.
    pub(crate) sent: u64,
}

impl Flood {
    /// Of one server that was asked for its CPU time.
    pub(crate) fn sample(self, window: Duration) -> Sample {
        let (sent, cpu) = (self.sent, self.cpu.into_iter().sum());
        Sample { sent, ..Sample::new(&self.latencies, window, cpu) }
    }
}

/// Keeps `in_flight` requests going over `clients`, each answer followed by the next request. What ends within the
/// window counts; `cpu` is asked at its beginning and at its end.
pub(crate) async fn flood<C, O, R>(
    clients: &[C],
    in_flight: usize,
    window: Duration,
    once: O,
    cpu: impl Fn() -> Result<Vec<Duration>, Error>,
) -> Result<Flood, Error>
where
    C: Clone + Send + Sync + 'static,
    O: Fn(C, u64) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<(), Error>> + Send,
{
    let (next, begin) = (Arc::new(AtomicU64::new(0)), Instant::now() + WARM_UP);
    let end = begin + window;
    let mut workers = JoinSet::new();
    for index in 0..in_flight {
        let (client, once, next) = (clients[index % clients.len()].clone(), once.clone(), Arc::clone(&next));
        workers.spawn(async move { worker(|number| once(client.clone(), number), &next, begin..end).await });
    }
    tokio::time::sleep_until(begin.into()).await;
    let before = cpu()?;
    tokio::time::sleep_until(end.into()).await;
    let spent = cpu()?.into_iter().zip(before).map(|(after, before)| after - before);
    let mut flood = Flood { latencies: new_histogram(), cpu: spent.collect(), sent: 0 };
    while let Some(done) = workers.join_next().await {
        // A worker that panicked would be a defect of the load itself.
        flood.latencies += done.expect("a worker only returns")?;
    }
    flood.sent = next.load(Ordering::Relaxed);
    Ok(flood)
}

/// Checks that the answers are what they should be, and makes the tasks that GetTask asks for.
async fn prepare(client: &mut Grpc, work: Work) -> Result<Vec<Bytes>, Error> {
    let mut requests = Vec::new();
    for index in 0..KEPT {
        let id = wire::completed(client.send(wire::send_request(format!("kept-{index}"))).await?)?;
        requests.push(wire::get_request(&id));
    }
    match work {
        Work::Send => {}
        Work::Stream => wire::check_stream(&client.stream(wire::send_request("streamed".to_owned())).await?)?,
        Work::Get => wire::check_got(client.unary(GET, requests[0].clone()).await?)?,
    }
    Ok(requests)
}

/// Sends until the window is over; what ends within the window counts.
async fn worker<R>(once: impl Fn(u64) -> R, next: &AtomicU64, window: Range<Instant>) -> Result<Histogram<u64>, Error>
where
    R: Future<Output = Result<(), Error>>,
{
    let mut latencies = new_histogram();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let sent = Instant::now();
        if sent >= window.end {
            return Ok(latencies);
        }
        once(number).await?;
        let done = Instant::now();
        if window.contains(&done) {
            latencies.saturating_record(u64::try_from((done - sent).as_nanos()).unwrap_or(u64::MAX));
        }
    }
}

async fn once(mut client: Grpc, work: Work, tasks: Arc<[Bytes]>, number: u64) -> Result<(), Error> {
    match work {
        Work::Send => drop(client.send(wire::send_request(format!("m-{number}"))).await?),
        Work::Stream => {
            let frames = client.stream(wire::send_request(format!("m-{number}"))).await?;
            if frames.len() != wire::EVENTS {
                return Err(Error::Answer { work: work.name(), what: "it has not five events" });
            }
        }
        Work::Get => {
            let kept = usize::try_from(number).unwrap_or(0) % tasks.len();
            drop(client.unary(GET, tasks[kept].clone()).await?);
        }
    }
    Ok(())
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

    /// SendMessage; the answer is left encoded.
    pub(crate) async fn send(&mut self, body: Bytes) -> Result<Bytes, Error> {
        self.unary(SEND, body).await
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
