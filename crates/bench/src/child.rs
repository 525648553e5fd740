//! A server under test as a process of its own, and what the kernel says that it used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::args::Placement;
use crate::error::Error;

/// The kernel counts CPU time in ticks of 10 ms on every Linux that Rust supports (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// An interpreter with many modules takes its time on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// What is started, and with what; `--announce` comes after it.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<String>,
}

impl Program {
    /// A binary that was built beside this one.
    pub(crate) fn ours(name: &str, arguments: &[String]) -> Result<Self, Error> {
        let path = std::env::current_exe().map_err(Error::io("find", "this binary"))?.with_file_name(name);
        Ok(Self { path, arguments: arguments.to_vec() })
    }
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    announced: Announced,
    started_in: Duration,
}

/// What a server says of itself once it is ready.
#[derive(Debug, Default)]
struct Announced {
    protocol: String,
    http: Option<String>,
}

impl Server {
    /// Starts the binary `name`, built beside this one, and waits until it has announced itself.
    pub(crate) fn start(name: &str, args: &[String], placement: Placement, dir: &Path) -> Result<Self, Error> {
        Self::launch(&Program::ours(name, args)?, placement, dir)
    }

    /// Starts a program and waits until it has announced itself.
    pub(crate) fn launch(program: &Program, placement: Placement, dir: &Path) -> Result<Self, Error> {
        let announce = dir.join("announce.json");
        let mut command = match placement {
            Placement::Pinned => {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(&program.path);
                command
            }
            Placement::Unpinned => Command::new(&program.path),
        };
        command.args(&program.arguments).arg("--announce").arg(&announce).stdin(Stdio::null()).stdout(Stdio::null());
        let log = dir.join("server.log");
        command.stderr(fs::File::create(&log).map_err(Error::io("create", &log))?);
        let begun = Instant::now();
        let child = command.spawn().map_err(Error::io("start", &program.path))?;
        let mut server = Self { child, announced: Announced::default(), started_in: Duration::ZERO };
        server.announced = server.wait(&announce, &log, begun)?;
        server.started_in = begun.elapsed();
        Ok(server)
    }

    fn wait(&mut self, announce: &Path, log: &Path, begun: Instant) -> Result<Announced, Error> {
        while begun.elapsed() < READY_WITHIN && !matches!(self.child.try_wait(), Ok(Some(_))) {
            if let Ok(text) = fs::read_to_string(announce) {
                return Announced::read(&text).ok_or_else(|| Error::Announcement(text));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(Error::NotReady(fs::read_to_string(log).unwrap_or_default()))
    }

    /// Where it listens, as `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.announced.protocol
    }

    /// Where it answers HTTP: at the same address, unless it says otherwise.
    pub(crate) fn http(&self) -> &str {
        self.announced.http.as_deref().unwrap_or(&self.announced.protocol)
    }

    /// From the start of the process to its announcement, to a millisecond.
    pub(crate) const fn started_in(&self) -> Duration {
        self.started_in
    }

    /// User and system time so far.
    pub(crate) fn cpu(&self) -> Result<Duration, Error> {
        cpu_of(&self.proc("stat"))
    }

    /// A size from the kernel's status of the process, in KiB: `VmHWM` is the peak, `VmRSS` the present.
    pub(crate) fn memory_kib(&self, field: &str) -> Result<u64, Error> {
        let path = self.proc("status");
        let status = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
    }

    fn proc(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.child.id()))
    }
}

impl Announced {
    fn read(text: &str) -> Option<Self> {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        let address = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        Some(Self { protocol: address("protocol")?, http: address("http") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time of this process so far.
pub(crate) fn cpu_of_this_process() -> Result<Duration, Error> {
    cpu_of(Path::new("/proc/self/stat"))
}

fn cpu_of(path: &Path) -> Result<Duration, Error> {
    let stat = fs::read_to_string(path).map_err(Error::io("read", path))?;
    // The second field is the name in parentheses and may hold spaces; utime and stime are fields 14 and 15.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}

/// Confines every thread of this process, the load, to the core that the server does not use; or to none.
pub(crate) fn place_load(placement: Placement) -> Result<(), Error> {
    let cores = match placement {
        Placement::Pinned => "1".to_owned(),
        Placement::Unpinned => format!("0-{}", all_cores() - 1),
    };
    let mut command = Command::new("taskset");
    command.args(["-a", "-c", "-p", &cores, &std::process::id().to_string()]).stdout(Stdio::null());
    let status = command.status().map_err(Error::io("start", "taskset"))?;
    if status.success() { Ok(()) } else { Err(Error::Taskset(status)) }
}

/// Cores of the machine, not of this process's present confinement.
fn all_cores() -> usize {
    let listed = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    listed.lines().filter(|line| line.starts_with("processor")).count().max(1)
}
