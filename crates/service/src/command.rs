//! From the command line to the exit code.

use std::ffi::OsString;
use std::future::Future;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::telemetry::Telemetry;
use crate::{Args, Fatal, Process, signal};

/// The exit code of a wrong command line.
const USAGE: u8 = 64;

/// What the stop hooks get after the drain limit before the process gives up on them.
const HOOKS: Duration = Duration::from_secs(5);

/// The arguments of one service.
pub trait Command: clap::Parser {
    /// The service's name, also in telemetry.
    const NAME: &'static str;
    /// The default port of the protocol listener, on loopback.
    const PORT: u16;
    /// The default port of the admin listener, on loopback.
    const ADMIN_PORT: u16;

    /// The arguments that every service has.
    fn service(&self) -> &Args;

    /// Refuses settings of the service's own, before any socket is bound.
    ///
    /// # Errors
    /// [`Fatal::Usage`] with a message that names the flag.
    fn validate(&self) -> Result<(), Fatal> {
        Ok(())
    }
}

/// The whole of a service's `main`: parses, checks, sets up telemetry and a runtime, runs, and maps the end to an
/// exit code. 0 is a clean stop; the others are those of [`Fatal`].
pub fn main<A, F, Fut>(run: F) -> ExitCode
where
    A: Command,
    F: FnOnce(A, Process) -> Fut,
    Fut: Future<Output = Result<(), Fatal>>,
{
    let args = match parse::<A, _>(std::env::args_os()) {
        Ok(args) => args,
        Err(error) => return refused(&error),
    };
    match execute(args, run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => failed(A::NAME, &fatal),
    }
}

/// Parses a command line as [`main`] does: the first item is the program's name, the environment counts, and the
/// listeners' defaults are those of the service.
///
/// # Errors
/// clap's own, which holds the text of `--help` and `--version` too.
pub fn parse<A: Command, T: Into<OsString> + Clone>(words: impl IntoIterator<Item = T>) -> Result<A, clap::Error> {
    let local = |port: u16| format!("127.0.0.1:{port}");
    let mut command = A::command()
        .mut_arg("listen", |arg| arg.default_value(local(A::PORT)))
        .mut_arg("admin_listen", |arg| arg.default_value(local(A::ADMIN_PORT)));
    let mut matches = command.try_get_matches_from_mut(words)?;
    A::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// Prints what clap has to say; help and version are no mistake.
fn refused(error: &clap::Error) -> ExitCode {
    // Nobody is left to tell when the terminal is gone.
    error.print().ok();
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

fn failed(name: &str, fatal: &Fatal) -> ExitCode {
    let line = fatal.line();
    // The log may be filtered or JSON; the line on stderr is for whoever started the process.
    writeln!(std::io::stderr().lock(), "{name}: {line}").ok();
    ExitCode::from(fatal.code())
}

fn execute<A, F, Fut>(args: A, run: F) -> Result<(), Fatal>
where
    A: Command,
    F: FnOnce(A, Process) -> Fut,
    Fut: Future<Output = Result<(), Fatal>>,
{
    let process = Process::new(&args)?;
    let runtime = runtime(A::NAME)?;
    let entered = runtime.enter();
    let telemetry = Telemetry::init(&process)?;
    signal::watch(&process)?;
    drop(entered);
    let running = async { supervise(run(args, process.clone()), &process).await };
    // The panic hook has logged it; here it only becomes an exit code.
    let end = runtime.block_on(AssertUnwindSafe(running).catch_unwind()).unwrap_or_else(|_| Err(panicked()));
    if let Err(fatal) = &end {
        tracing::error!(code = fatal.code(), error = fatal.line(), "stopping");
    }
    telemetry.shutdown();
    runtime.shutdown_background();
    end
}

fn panicked() -> Fatal {
    Fatal::internal("the service panicked", "this is a fault in the program; the log says where")
}

fn runtime(name: &'static str) -> Result<Runtime, Fatal> {
    let built = Builder::new_multi_thread().enable_all().thread_name(name).build();
    built.map_err(|error| Fatal::internal("cannot start the runtime", error))
}

/// Runs the service and what it left to do at the stop, but not for ever.
async fn supervise(run: impl Future<Output = Result<(), Fatal>>, process: &Process) -> Result<(), Fatal> {
    let whole = pin!(async {
        let end = run.await;
        if !process.drain().is_draining() {
            // What is left to do has the same limit as after a signal.
            process.drain().begin();
        }
        process.stop().await;
        end
    });
    tokio::select! {
        end = whole => end,
        fatal = overdue(process) => Err(fatal),
    }
}

async fn overdue(process: &Process) -> Fatal {
    process.drain().begun().await;
    let limit = process.args().drain_limit + HOOKS;
    sleep(limit).await;
    Fatal::internal("the service did not stop in time", format!("it was given {} s", limit.as_secs()))
}
