//! Readers that do not keep up, and readers with nothing to read: what they cost the writer and the service.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use a2a::frame::{Event, Update};
use a2a::{Client, Events, History};
use futures::StreamExt as _;
use futures::future::try_join_all;
use prost::Message as _;
use proto::a2a::{SendMessageConfiguration, SendMessageRequest, StreamResponse, TaskState};
use tonic::transport::{Channel, Endpoint};
use types::RemoteTask;

use crate::args::{Placement, RunArgs};
use crate::child::Server;
use crate::error::Error;
use crate::load::Grpc;
use crate::sections::{Findings, scratch};
use crate::stats::Spread;
use crate::subject::Subject;
use crate::targets::Target;
use crate::wire;

/// What the writer emits.
const EVENTS: u64 = 10_000;
/// How long the slow reader takes one event per second before it drains the rest.
const SLOW: Duration = Duration::from_secs(5);
const IDLE_READERS: usize = 1_000;
/// A service allows 200 streams per connection.
const IDLE_CONNECTIONS: usize = 8;
const IDLE_WINDOW: Duration = Duration::from_secs(5);

/// What slow and idle readers cost.
#[derive(Debug, Clone, Copy)]
struct Readers {
    /// How long the writer took with nobody reading, and with the slow reader.
    alone: Duration,
    read: Duration,
    /// By how much the service grew with the slow reader, beyond what it grew without.
    grown_kib: u64,
    /// How long the slow reader took for the rest.
    drained: Duration,
    /// The service's CPU time while a thousand readers waited, as a share of one core.
    idle_cpu: f64,
    /// What one of them takes.
    idle_kib: f64,
}

/// All repeats.
#[derive(Debug)]
pub(crate) struct Found(Vec<Readers>);

/// Measures as often as `args` say.
pub(crate) fn measure_all(args: &RunArgs) -> Result<Found, Error> {
    let one = |_| measure(scratch(args)?.path());
    (0..args.repeats).map(one).collect::<Result<_, _>>().map(Found)
}

impl Findings for Found {
    fn targets(&self) -> Vec<Target> {
        Vec::new()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let of = |value: fn(&Readers) -> f64| {
            let Spread { median, min, max } = Spread::of(self.0.iter().map(value));
            format!("{median:.2} ({min:.2}–{max:.2})")
        };
        let (alone, read) = (of(|it| it.alone.as_secs_f64()), of(|it| it.read.as_secs_f64()));
        let ratio = of(|it| it.alone.as_secs_f64() / it.read.as_secs_f64());
        writeln!(out, "\n## A writer of 10,000 events, strict, and a reader that takes one per second, then drains\n")?;
        writeln!(out, "| what | figure |\n|---|---|")?;
        writeln!(out, "| the writer, nobody reading | {alone} s |")?;
        writeln!(out, "| the writer, with the slow reader | {read} s |")?;
        writeln!(out, "| its speed with the reader, as a ratio to alone | {ratio} |")?;
        writeln!(out, "| draining the rest: every event, in order | {} s |", of(|it| it.drained.as_secs_f64()))?;
        writeln!(out, "| memory for the slow reader | {} MiB |", of(|it| it.grown_kib as f64 / 1024.0))?;
        writeln!(out, "| CPU of 1,000 idle subscribers | {} % of a core |", of(|it| it.idle_cpu * 100.0))?;
        writeln!(out, "| memory of one of them | {} KiB |", of(|it| it.idle_kib))
    }
}

/// Measures all of it on a strict service.
fn measure(dir: &Path) -> Result<Readers, Error> {
    let arguments = Subject::Strict.arguments(dir, "");
    let server = Server::start(Subject::Strict.program(), &arguments, Placement::Unpinned, dir)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(async {
        let client = Client::connect(server.address())?;
        // The first one warms the service up.
        written(&client, "warm").await?;
        let before = server.memory_kib("VmHWM")?;
        let alone = written(&client, "alone").await?;
        let grown_alone = server.memory_kib("VmHWM")? - before;
        let before = server.memory_kib("VmHWM")?;
        let (read, drained) = slow_reader(&server, &client).await?;
        let grown = server.memory_kib("VmHWM")? - before;
        let (idle_cpu, idle_kib) = idle_readers(&server, &client).await?;
        Ok(Readers { alone, read, grown_kib: grown.saturating_sub(grown_alone), drained, idle_cpu, idle_kib })
    })
}

fn message(id: &str, text: &str) -> SendMessageRequest {
    let bytes = wire::message(id.to_owned(), text);
    let configuration = SendMessageConfiguration { return_immediately: true, ..SendMessageConfiguration::default() };
    SendMessageRequest { configuration: Some(configuration), ..bytes }
}

/// From sending to COMPLETED, with nobody reading.
async fn written(client: &Client, id: &str) -> Result<Duration, Error> {
    let begun = Instant::now();
    let a2a::Reply::Task(snapshot) = client.send(message(id, &format!("emit {EVENTS}"))).await? else {
        return Err(wrong("it is no task"));
    };
    ended(client, &id_of(&snapshot.task.id)?).await?;
    Ok(begun.elapsed())
}

fn id_of(id: &str) -> Result<RemoteTask, Error> {
    id.parse().map_err(|_| wrong("it has no usable id"))
}

const fn wrong(what: &'static str) -> Error {
    Error::Answer { work: "a reader", what }
}

async fn ended(client: &Client, task: &RemoteTask) -> Result<(), Error> {
    loop {
        let snapshot = client.get(task, History::None).await?;
        if snapshot.task.status.is_some_and(|status| status.state() == TaskState::Completed) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Takes one event per second while the writer writes, then the rest; every event must come, in order.
async fn slow_reader(server: &Server, client: &Client) -> Result<(Duration, Duration), Error> {
    let mut grpc = Grpc::new(narrow(server).await?);
    let begun = Instant::now();
    let request = message("slow", &format!("emit {EVENTS}")).encode_to_vec().into();
    let mut frames = grpc.open_stream(request).await?;
    let mut last = 0;
    let first = frames.message().await?.ok_or(wrong("the stream is empty"))?;
    let task = follows(&mut last, first)?.ok_or(wrong("the stream does not begin with the task"))?;
    let writer = tokio::spawn({
        let (client, task) = (client.clone(), task);
        async move { ended(&client, &task).await.map(|()| begun.elapsed()) }
    });
    while begun.elapsed() < SLOW {
        tokio::time::sleep(Duration::from_secs(1)).await;
        follows(&mut last, frames.message().await?.ok_or(wrong("the stream ended early"))?)?;
    }
    let draining = Instant::now();
    while let Some(frame) = frames.message().await? {
        follows(&mut last, frame)?;
    }
    // The task, WORKING for each event, COMPLETED.
    if last != EVENTS + 2 {
        return Err(wrong("the slow reader lost events"));
    }
    let read = writer.await.expect("the poller only returns")?;
    Ok((read, draining.elapsed()))
}

/// Checks that a frame is the next one; the first also gives the task.
fn follows(last: &mut u64, frame: bytes::Bytes) -> Result<Option<RemoteTask>, Error> {
    let response = StreamResponse::decode(frame).map_err(|_| wrong("a frame does not decode"))?;
    let event = Event::try_from(response).map_err(|_| wrong("a frame is empty"))?;
    let cursor = event.cursor.ok_or(wrong("a frame has no position"))?;
    if cursor.prev.is_none_or(|prev| prev.0 != *last) || cursor.seq.0 != *last + 1 {
        return Err(wrong("the frames have a gap"));
    }
    *last = cursor.seq.0;
    match event.update {
        Update::Task(task) => Ok(Some(id_of(&task.id)?)),
        Update::Message(_) | Update::Status(_) | Update::Artifact(_) => Ok(None),
    }
}

/// A connection that takes as little ahead as HTTP/2 allows, so that the reader's slowness reaches the service.
async fn narrow(server: &Server) -> Result<Channel, Error> {
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address()))?;
    Ok(endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535).connect().await?)
}

/// The CPU time and the memory of subscribers of a task that says nothing.
async fn idle_readers(server: &Server, client: &Client) -> Result<(f64, f64), Error> {
    let a2a::Reply::Task(snapshot) = client.send(message("idle", "wait")).await? else {
        return Err(wrong("it is no task"));
    };
    let task = id_of(&snapshot.task.id)?;
    let before = server.memory_kib("VmRSS")?;
    let mut clients = Vec::new();
    for _ in 0..IDLE_CONNECTIONS {
        clients.push(Client::connect(server.address())?);
    }
    let subscribing = (0..IDLE_READERS).map(|index| subscribed(&clients[index % IDLE_CONNECTIONS], &task));
    let readers = try_join_all(subscribing).await?;
    let grown = server.memory_kib("VmRSS")?.saturating_sub(before);
    let cpu = server.cpu()?;
    tokio::time::sleep(IDLE_WINDOW).await;
    let idle = server.cpu()? - cpu;
    drop(readers);
    client.cancel(&task, None).await?;
    Ok((idle.as_secs_f64() / IDLE_WINDOW.as_secs_f64(), grown as f64 / IDLE_READERS as f64))
}

async fn subscribed(client: &Client, task: &RemoteTask) -> Result<Events, Error> {
    let mut events = client.subscribe(task, None).await?;
    events.next().await.ok_or(wrong("a subscription says nothing"))??;
    Ok(events)
}
