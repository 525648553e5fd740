//! From `kill -9` to the first answer: what a start costs when much is stored, and when much has to be taken up.

mod figures;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use a2a::{Client, History, Reply};
use futures::future::{join_all, try_join_all};
use proto::a2a::{SendMessageConfiguration, SendMessageRequest, Task, TaskState};
use types::{RemoteTask, TaskId};

use crate::args::{Placement, RunArgs};
use crate::child::Server;
use crate::error::Error;
use crate::fill::{self, Kind};
use crate::sections::scratch;
use crate::subject::Subject;
use crate::{report, wire};

pub(crate) use figures::Recoveries;

/// Messages before each kill, so that the write-ahead log holds what a start has to take over.
const BEFORE: usize = 200;

/// One start after a kill.
#[derive(Debug, Clone, Copy)]
struct Start {
    /// From the start of the process until it says that it is ready.
    ready: Duration,
    /// Until a new message is answered.
    answered: Duration,
    /// How long a stored task then takes to read.
    read: Option<Duration>,
    /// Memory, once it has answered.
    resident_kib: u64,
}

/// All starts of one case.
#[derive(Debug)]
struct Row {
    stored: usize,
    running: usize,
    bytes: u64,
    starts: Vec<Start>,
}

/// A store of the echo agent, and the agent while it runs.
struct Stored {
    count: usize,
    home: PathBuf,
    first: Option<TaskId>,
    waiting: Vec<RemoteTask>,
}

/// Measures every store, first with nothing to take up, then with tasks that are under way; the stores in turn within
/// each round.
pub(crate) fn measure(args: &RunArgs) -> Result<Recoveries, Error> {
    let scratch = scratch(args)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let stores = args.stored.iter().map(|count| Stored::make(scratch.path(), *count));
    let mut stores = stores.collect::<Result<Vec<_>, _>>()?;
    let mut rows = runtime.block_on(rounds(args, &stores))?;
    if args.running > 0 {
        for store in &mut stores {
            store.waiting = runtime.block_on(store.begin(args.running))?;
        }
        rows.extend(runtime.block_on(rounds(args, &stores))?);
        for store in &stores {
            runtime.block_on(store.cancel())?;
        }
    }
    Ok(Recoveries(rows))
}

async fn rounds(args: &RunArgs, stores: &[Stored]) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = stores.iter().map(Stored::row).collect();
    for round in 0..args.repeats {
        for (store, row) in stores.iter().zip(&mut rows) {
            let start = store.killed(round).await?;
            let (stored, running, ready) = (row.stored, row.running, start.ready.as_secs_f64() * 1e3);
            report::progress(format_args!("{stored} stored, {running} under way: ready in {ready:.0} ms"));
            row.starts.push(start);
        }
    }
    for (store, row) in stores.iter().zip(&mut rows) {
        row.bytes = store.bytes()?;
    }
    Ok(rows)
}

impl Stored {
    fn make(dir: &Path, count: usize) -> Result<Self, Error> {
        let home = dir.join(count.to_string());
        // Where the agent is told to keep its data; see [`Subject::arguments`].
        fs::create_dir_all(home.join("data")).map_err(Error::io("create", &home))?;
        let first = fill::fill(&home.join("data"), count, |_| Kind::echoed())?;
        Ok(Self { count, home, first, waiting: Vec::new() })
    }

    fn row(&self) -> Row {
        Row { stored: self.count, running: self.waiting.len(), bytes: 0, starts: Vec::new() }
    }

    fn start(&self) -> Result<Server, Error> {
        // That of an earlier life would be taken for this one's.
        drop(fs::remove_file(self.home.join("announce.json")));
        let arguments = Subject::Strict.arguments(&self.home, "");
        Server::start(Subject::Strict.program(), &arguments, Placement::Unpinned, &self.home)
    }

    /// Tasks that stay under way until they are cancelled.
    async fn begin(&self, count: usize) -> Result<Vec<RemoteTask>, Error> {
        let server = self.start()?;
        let client = Client::connect(server.address())?;
        try_join_all((0..count).map(|number| begin(&client, number))).await
    }

    /// Works, is killed, is started again, and answers.
    async fn killed(&self, round: usize) -> Result<Start, Error> {
        let server = self.start()?;
        let client = Client::connect(server.address())?;
        let running = self.waiting.len();
        let before = (0..BEFORE).map(|number| echo(&client, format!("before-{running}-{round}-{number}")));
        for done in join_all(before).await {
            done?;
        }
        // Dropping a server kills it as a power cut would.
        drop((client, server));
        let begun = Instant::now();
        let server = self.start()?;
        let client = Client::connect(server.address())?;
        echo(&client, format!("after-{running}-{round}")).await?;
        let answered = begun.elapsed();
        let read = self.read(&client).await?;
        self.check(&client).await?;
        Ok(Start { ready: server.started_in(), answered, read, resident_kib: server.memory_kib("VmRSS")? })
    }

    /// How long the oldest task takes to read.
    async fn read(&self, client: &Client) -> Result<Option<Duration>, Error> {
        let Some(first) = self.first else { return Ok(None) };
        let begun = Instant::now();
        let task = client.get(&id_of(&first.to_string())?, History::All).await?.task;
        let took = begun.elapsed();
        if state(&task) == TaskState::Completed { Ok(Some(took)) } else { Err(wrong("an ended task has not ended")) }
    }

    /// The start has kept what it must: an old message is known, and what was under way still is.
    async fn check(&self, client: &Client) -> Result<(), Error> {
        if let Some(first) = self.first {
            let task = send(client, wire::message(fill::message_id(0), wire::TEXT)).await?;
            if task.id != first.to_string() {
                return Err(wrong("an old message became another task"));
            }
        }
        match self.waiting.last() {
            Some(last) if state(&client.get(last, History::None).await?.task) != TaskState::Working => {
                Err(wrong("a task that was under way is not"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Cancels all that is under way: only work that was taken up hears it.
    async fn cancel(&self) -> Result<(), Error> {
        let server = self.start()?;
        let client = Client::connect(server.address())?;
        let canceled = try_join_all(self.waiting.iter().map(|task| client.cancel(task, None))).await?;
        let stopped = canceled.iter().all(|snapshot| state(&snapshot.task) == TaskState::Canceled);
        if stopped { Ok(()) } else { Err(wrong("a task that was taken up does not stop")) }
    }

    /// What the store takes on disk.
    fn bytes(&self) -> Result<u64, Error> {
        let data = self.home.join("data");
        let mut sum = 0;
        for entry in fs::read_dir(&data).map_err(Error::io("read", &data))? {
            let entry = entry.and_then(|entry| entry.metadata());
            sum += entry.map_err(Error::io("read", &data))?.len();
        }
        Ok(sum)
    }
}

async fn send(client: &Client, request: SendMessageRequest) -> Result<Task, Error> {
    match client.send(request).await? {
        Reply::Task(snapshot) => Ok(snapshot.task),
        Reply::Message(_) => Err(wrong("an answer is no task")),
    }
}

async fn echo(client: &Client, message_id: String) -> Result<(), Error> {
    let task = send(client, wire::message(message_id, wire::TEXT)).await?;
    if state(&task) == TaskState::Completed { Ok(()) } else { Err(wrong("an echo has not ended")) }
}

async fn begin(client: &Client, number: usize) -> Result<RemoteTask, Error> {
    let configuration = SendMessageConfiguration { return_immediately: true, ..SendMessageConfiguration::default() };
    let request = wire::message(format!("waiting-{number}"), "wait");
    id_of(&send(client, SendMessageRequest { configuration: Some(configuration), ..request }).await?.id)
}

fn id_of(id: &str) -> Result<RemoteTask, Error> {
    id.parse().map_err(|_| wrong("a task has no usable id"))
}

fn state(task: &Task) -> TaskState {
    task.status.as_ref().map_or(TaskState::Unspecified, |status| status.state())
}

const fn wrong(what: &'static str) -> Error {
    Error::Answer { work: "a recovery", what }
}

#[cfg(test)]
mod tests {
    use store::{EmbeddedStore, Options, Query, Store};
    use types::{Owner, Scope};

    use super::*;

    #[tokio::test]
    async fn a_filled_store_holds_ended_tasks_that_can_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let first = tokio::task::spawn_blocking(move || fill::fill(&path, 100, |_| Kind::echoed()))
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let store = EmbeddedStore::open(Options::at(dir.path())).unwrap();
        let query = Query { limit: 1, ..Query::default() };
        assert_eq!(store.list(Scope::Owner(Owner::anonymous()), query).await.unwrap().total, 100);
        let frames = store.frames(Scope::Service, first, types::Seq(0), 10).await.unwrap();
        let updates = frames.into_iter().map(|frame| a2a::frame::open(frame.bytes).unwrap().update);
        assert!(updates.last().is_some_and(|last| matches!(last, a2a::frame::Update::Status(update)
            if update.status.as_ref().unwrap().state() == TaskState::Completed)));
        assert!(store.due(store.now(), None, 10).await.unwrap().is_empty(), "nothing is left to be done");
    }
}
