//! The processes behind one front door, each started for one measurement.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Mode, Subject};
use crate::args::Placement;
use crate::child::{Server, cpu_of_this_process};
use crate::error::Error;

/// The agents that a call which needs everybody is sent to.
const AGENTS: [&str; 3] = ["Fire Agent", "Police Agent", "Ambulance Agent"];

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Takes the message and sends it on.
    Front,
    /// The three together.
    Agents,
    /// Who is alive; a dispatch does not ask it.
    Registry,
    /// The load itself.
    Load,
}

impl Part {
    pub(super) const ALL: [Self; 4] = [Self::Front, Self::Agents, Self::Registry, Self::Load];
}

/// Running processes; dropping it kills them.
#[derive(Debug)]
pub(super) struct Cluster {
    front: Server,
    agents: Vec<Server>,
    registry: Option<Server>,
    /// The store of the process that takes the messages, if it has one.
    store: Option<PathBuf>,
}

impl Cluster {
    /// Starts everything, each process in a directory of its own below `dir`.
    pub(super) fn start(subject: Subject, mode: Mode, dir: &Path) -> Result<Self, Error> {
        match subject {
            Subject::Bare => Self::by_hand(mode, dir, None),
            Subject::Synced => Self::by_hand(mode, dir, Some(dir.join("journal"))),
            Subject::Watchroom => Self::watchroom(mode, dir),
        }
    }

    fn by_hand(mode: Mode, dir: &Path, journal: Option<PathBuf>) -> Result<Self, Error> {
        let raw = |agent: &&str| start("bench", &["raw"], &dir.join(agent));
        let agents = AGENTS.iter().map(raw).collect::<Result<Vec<_>, _>>()?;
        let addresses = agents.iter().map(Server::address).collect::<Vec<_>>().join(",");
        let mode = mode.to_string();
        let mut args = vec!["fanout", "--agents", &addresses, "--mode", &mode];
        let journal = journal.map(|path| path.to_string_lossy().into_owned());
        if let Some(path) = &journal {
            args.extend(["--journal", path]);
        }
        let front = start("bench", &args, &dir.join("fanout"))?;
        Ok(Self { front, agents, registry: None, store: None })
    }

    fn watchroom(mode: Mode, dir: &Path) -> Result<Self, Error> {
        let registry = service("registry", "http://127.0.0.1:9", &[], dir)?;
        let url = format!("http://{}", registry.address());
        let echo = |agent: &&str| {
            let own = ["--agent-name", agent, "--skill", "dispatch"];
            service("echo", &url, &own, &dir.join(agent))
        };
        let agents = AGENTS.iter().map(echo).collect::<Result<Vec<_>, _>>()?;
        let front = service("operator", &url, &["--mode", &mode.to_string()], dir)?;
        Ok(Self { front, agents, registry: Some(registry), store: Some(data(&dir.join("operator"))) })
    }

    /// Where messages are taken.
    pub(super) fn address(&self) -> &str {
        self.front.address()
    }

    /// CPU time so far, in the order of [`Part::ALL`].
    pub(super) fn cpu(&self) -> Result<Vec<Duration>, Error> {
        let agents = self.agents.iter().map(Server::cpu).sum::<Result<Duration, _>>()?;
        let registry = self.registry.as_ref().map_or(Ok(Duration::ZERO), Server::cpu)?;
        Ok(vec![self.front.cpu()?, agents, registry, cpu_of_this_process()?])
    }

    /// Kills everything; where the store of the front is then, if it has one.
    pub(super) fn end(self) -> Option<PathBuf> {
        self.store
    }

    /// Peak memory of the process that takes the messages.
    pub(super) fn front_peak_kib(&self) -> Result<u64, Error> {
        self.front.memory_kib("VmHWM")
    }
}

/// Where a service with this home keeps its store.
fn data(home: &Path) -> PathBuf {
    home.join("data")
}

/// One of our services, strict, on free ports.
fn service(name: &str, registry: &str, own: &[&str], dir: &Path) -> Result<Server, Error> {
    let home = dir.join(name);
    let data = data(&home).to_string_lossy().into_owned();
    let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log", "warn"];
    let kit = ["--data-dir", &data, "--durability", "strict", "--registry", registry];
    let kit = if name == "registry" { &kit[..2] } else { &kit[..] };
    start(name, &[&ports, kit, own].concat(), &home)
}

fn start(program: &str, args: &[&str], home: &Path) -> Result<Server, Error> {
    std::fs::create_dir_all(home).map_err(Error::io("create", home))?;
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    Server::start(program, &args, Placement::Unpinned, home)
}
