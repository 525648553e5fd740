//! One service as a child process: started, ready, stopped.
//!
//! A child never outlives this process: it watches the pipe on its stdin, which the kernel closes however this
//! process ends, and drains. That needs no signal, no process group of ours to kill, and nothing unsafe.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child as Process, ChildStdin};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::endpoints::Running;
use crate::failure::Failure;
use crate::screen::note;
use crate::up::layout::Recipe;

/// From the start of a service to its readiness; recovery of a large store takes a while.
const START: Duration = Duration::from_secs(60);

/// From the request to stop to the kill: the services' own limit of 10 s and what they do after it.
const STOP: Duration = Duration::from_secs(17);

/// A service that takes longer to stop is named, so that nobody takes the wait for a fault of this command.
const QUIET: Duration = Duration::from_secs(1);

/// Between looks at the announcement.
const LOOK: Duration = Duration::from_millis(5);

/// A running service.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    /// Kept apart from the process, which would close it when it is waited for.
    leash: Option<ChildStdin>,
    logs: JoinHandle<()>,
    pub(crate) running: Running,
    pub(crate) since: Instant,
}

/// How a service ended by itself.
#[derive(Debug)]
pub(crate) enum End {
    /// Somebody asked it to, and it closed in good order.
    AsAsked,
    /// Of this.
    Died(String),
}

/// What a service writes once it is ready.
#[derive(Debug, Deserialize)]
struct Announcement {
    pid: u32,
    protocol: String,
    admin: String,
}

/// What a service wrote that says why it ended: its first error, or else its newest line.
#[derive(Debug, Default)]
struct LastWords {
    error: Option<String>,
    newest: String,
}

impl LastWords {
    fn hear(&mut self, line: String) {
        // As clap writes it; what follows are explanations.
        if self.error.is_none() && line.starts_with("error: ") {
            self.error = Some(line.clone());
        }
        if !line.trim().is_empty() {
            self.newest = line;
        }
    }
}

impl Child {
    /// Starts the service and waits until it is ready. Dropped on the way, it is killed.
    pub(crate) async fn start(recipe: &Recipe) -> Result<Self, Failure> {
        let failed = |why: String, code| Failure::Service { name: recipe.name, why, code };
        forget(&recipe.announce)?;
        let mut process = recipe
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string(), 70))?;
        let pid = process.id().unwrap_or_default();
        let leash = process.stdin.take();
        let last = Arc::<Mutex<LastWords>>::default();
        let logs = tokio::spawn(pass_on(recipe.name, process.stderr.take(), Arc::clone(&last)));
        let announced = tokio::select! {
            announced = announcement(&recipe.announce, pid) => announced,
            status = process.wait() => {
                // The pipe ends with the process, so this does too.
                logs.await.ok();
                let last = std::mem::take(&mut *last.lock().unwrap_or_else(PoisonError::into_inner));
                let status = status.ok();
                return Err(failed(last_words(last, status), exit_code(status)));
            }
            () = sleep(START) => return Err(failed(format!("it was not ready within {} s", START.as_secs()), 69)),
        };
        let Announcement { pid, protocol, admin } = announced;
        let running = Running { name: recipe.name.to_owned(), pid, protocol, admin, stays_down: false };
        Ok(Self { process, leash, logs, running, since: Instant::now() })
    }

    /// Resolves when the service has ended by itself, with how it did.
    pub(crate) async fn ended(&mut self) -> End {
        match self.process.wait().await {
            Ok(status) if status.success() => End::AsAsked,
            Ok(status) => End::Died(status.to_string()),
            Err(error) => End::Died(error.to_string()),
        }
    }

    /// Asks the service to drain, and kills it when it does not within the limit.
    pub(crate) async fn stop(mut self) {
        drop(self.leash.take());
        let name = &self.running.name;
        if timeout(QUIET, self.process.wait()).await.is_ok() {
            return drop(self.logs.await);
        }
        note(&format!("waiting for {name}, at most {} s", STOP.as_secs()));
        if timeout(STOP - QUIET, self.process.wait()).await.is_err() {
            note(&format!("{name} does not stop; killing it"));
            // It may have ended just now, which is as good.
            self.process.kill().await.ok();
        }
        self.logs.await.ok();
    }
}

/// An old announcement must not be taken for the new one.
fn forget(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::io(format_args!("cannot remove {}", file.display()), error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn announcement(file: &Path, pid: u32) -> Announcement {
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        match serde_json::from_str::<Announcement>(&text) {
            Ok(announcement) if announcement.pid == pid => return announcement,
            Ok(_) | Err(_) => sleep(LOOK).await,
        }
    }
}

/// Writes each line of the service's log to our stderr, behind its name.
async fn pass_on(name: &'static str, log: Option<impl AsyncRead + Unpin>, last: Arc<Mutex<LastWords>>) {
    let Some(log) = log else { return };
    let mut lines = BufReader::new(log).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        note(&format!("{name:<9} | {line}"));
        last.lock().unwrap_or_else(PoisonError::into_inner).hear(line);
    }
}

fn last_words(last: LastWords, status: Option<ExitStatus>) -> String {
    let LastWords { error, newest } = last;
    match (in_words_of_up(error.unwrap_or(newest)), status) {
        (words, Some(status)) if words.is_empty() => status.to_string(),
        (words, None) if words.is_empty() => "it ended".to_owned(),
        (words, _) => words,
    }
}

/// A service names its own flags for an address that is taken; `up` has another one.
fn in_words_of_up(words: String) -> String {
    let free = "have `up` take free ports with --free-ports";
    ["--admin-listen", "--listen"]
        .iter()
        .fold(words, |words, flag| words.replace(&format!("choose another address with {flag}"), free))
}

/// The service's own exit code where it says more than that something is wrong.
fn exit_code(status: Option<ExitStatus>) -> u8 {
    match status.and_then(|status| status.code()).map(u8::try_from) {
        Some(Ok(code @ (64 | 69 | 70 | 74 | 75))) => code,
        _ => 70,
    }
}
