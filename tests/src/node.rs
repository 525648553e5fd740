//! One of our binaries as a child process: started, killed, stopped, and started again where it was.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::eventually::eventually;
use crate::tools::Run;

/// The exit code of a service whose port somebody else has.
const PORT_IN_USE: i32 = 75;
/// Between a kill and a restart any process of the machine may be given the port for a moment.
const TRIES: usize = 20;

/// A service with its directory. Dropping it kills it.
#[derive(Debug)]
pub struct Node {
    name: &'static str,
    home: PathBuf,
    args: Vec<String>,
    /// A command that starts it, such as `nsenter`.
    under: Vec<String>,
    env: Vec<(String, String)>,
    child: Option<Child>,
    addresses: Option<(SocketAddr, SocketAddr)>,
}

/// How a process ended, and what it wrote to stderr in its whole life.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// Its log, with that of its earlier lives.
    pub log: String,
}

impl Ended {
    /// The exit code; a killed process has none.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

impl Node {
    /// A service that lives in `home`/`name` and is not started yet.
    pub fn new(name: &'static str, home: &Path, args: Vec<String>) -> Self {
        let home = home.join(name);
        fs::create_dir_all(&home).unwrap();
        Self { name, home, args, under: Vec::new(), env: Vec::new(), child: None, addresses: None }
    }

    /// The same service, started by a command that becomes it, such as `nsenter`.
    pub fn under(mut self, command: Vec<String>) -> Self {
        self.under = command;
        self
    }

    /// The same service with further environment variables.
    pub fn with_env(mut self, env: Vec<(String, String)>) -> Self {
        self.env = env;
        self
    }

    /// Starts it, on its old ports if it had any, and waits until it has announced that it is ready.
    pub async fn start(&mut self) {
        for _ in 0..TRIES {
            self.spawn();
            match self.ready().await {
                Ok(()) => return,
                Err(ended) if ended.code() == Some(PORT_IN_USE) => {}
                Err(ended) => panic!("{} ended with {} instead of serving:\n{}", self.name, ended.status, ended.log),
            }
        }
        panic!("{}: its port stays in use", self.name);
    }

    /// Starts it and does not wait.
    pub fn spawn(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let announce = self.announcement();
        // That of an earlier life would be taken for this one's.
        drop(fs::remove_file(&announce));
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let (listen, admin) = self.addresses.unwrap_or_else(|| (free(), free()));
        let mut command = self.command();
        command
            .args(["--listen", &listen.to_string(), "--admin-listen", &admin.to_string(), "--log-format", "text"])
            .args(["--drain-pause", "0s", "--parent-stdin", "--announce"])
            .arg(&announce)
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.child = Some(command.spawn().unwrap());
    }

    fn command(&self) -> Command {
        let program = binary(self.name);
        let mut command = match self.under.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.envs(self.env.iter().cloned());
        command
    }

    async fn ready(&mut self) -> Result<(), Ended> {
        let what = format!("{} is ready", self.name);
        let path = self.announcement();
        let child = self.child.as_mut().unwrap();
        let mut ended = None;
        let announced = eventually(&what, async || {
            ended = child.try_wait().unwrap();
            if ended.is_some() { Some(None) } else { fs::read_to_string(&path).ok().map(Some) }
        });
        let Some(text) = announced.await else { return Err(self.take_end(ended.unwrap())) };
        let announced: serde_json::Value = serde_json::from_str(&text).unwrap();
        let address = |key: &str| announced[key].as_str().unwrap().parse().unwrap();
        self.addresses = Some((address("protocol"), address("admin")));
        Ok(())
    }

    /// Kills it as a power cut would: no signal handler, no flush.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            drop(child.kill());
            child.wait().unwrap();
        }
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(&mut self) -> Ended {
        self.signal("TERM");
        self.ended().await
    }

    /// Runs the binary beside the service's own arguments, for what it does instead of serving.
    pub async fn run(&self, args: &[&str]) -> Run {
        let dir = self.data_dir();
        Run::of(&binary(self.name), &[&["--data-dir", dir.to_str().unwrap()], args].concat()).await
    }

    /// Moves its store out of the way, as a restore asks for.
    pub fn move_aside(&self) {
        fs::rename(self.data_dir(), self.home.join("data.aside")).unwrap();
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) -> Ended {
        let what = format!("{} has ended", self.name);
        let child = self.child.as_mut().unwrap();
        let status = eventually(&what, async || child.try_wait().unwrap()).await;
        self.take_end(status)
    }

    fn take_end(&mut self, status: ExitStatus) -> Ended {
        self.child = None;
        Ended { status, log: self.log() }
    }

    /// Sends a signal by name, such as `TERM`, `STOP` or `CONT`.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", self.pid())).status().unwrap();
        assert!(sent.success(), "kill -{signal} of {}", self.name);
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap_or_else(|| panic!("{} does not run", self.name)).id()
    }

    /// Where it serves its protocol.
    pub fn address(&self) -> SocketAddr {
        self.addresses.unwrap_or_else(|| panic!("{} was never ready", self.name)).0
    }

    /// Where it serves health and metrics.
    pub fn admin(&self) -> SocketAddr {
        self.addresses.unwrap_or_else(|| panic!("{} was never ready", self.name)).1
    }

    /// Where its store is.
    pub fn data_dir(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Everything that it logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn log_path(&self) -> PathBuf {
        self.home.join("log")
    }

    fn announcement(&self) -> PathBuf {
        self.home.join("announce.json")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let from = log.len().saturating_sub(8_000);
            eprintln!("--- the end of the log of {}:\n{}", self.name, &log[log.ceil_char_boundary(from)..]);
        }
    }
}

fn free() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The binary `name`, built beside the tests.
pub fn binary(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let beside = here.parent().unwrap();
    // A test is one directory further down than the harnesses with a `main` of their own.
    let dir = if beside.ends_with("deps") { beside.parent().unwrap() } else { beside };
    let path = dir.join(name);
    assert!(path.exists(), "{} is not built; run `cargo build --workspace --bins`", path.display());
    path
}
