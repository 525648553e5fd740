//! What the cluster consists of: programs, directories, ports, flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use service::client::Credential;
use tokio::process::Command;

use crate::args::{Common, ServiceName, Up};
use crate::endpoints::{DATA_DIR, Running};
use crate::failure::Failure;
use crate::up::tokens;

/// Would give every service the same address.
const ADVERTISE: &str = "WATCHROOM_ADVERTISE";

/// Flags that suit one machine, unless their variables are set: there is no balancer that must see a drain coming,
/// and the log is read by whoever started the cluster.
const UNLESS_SET: [(&str, [&str; 2]); 2] =
    [("WATCHROOM_DRAIN_PAUSE", ["--drain-pause", "0s"]), ("WATCHROOM_LOG_FORMAT", ["--log-format", "text"])];

/// Ties a service to its parent.
const PARENT: &str = "--parent-stdin";

/// How to start one service.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    program: PathBuf,
    data_dir: PathBuf,
    /// Gets the addresses once the service is ready.
    pub(crate) announce: PathBuf,
    protocol: String,
    admin: String,
    /// For all but the registry itself.
    registry: Option<String>,
    /// For the operator only.
    foreign_agents: Vec<String>,
    /// For the registry only.
    cards: Cards,
    ca: Option<PathBuf>,
    /// For all but the registry, which calls nobody of ours.
    token_file: Option<PathBuf>,
    tokens: Option<PathBuf>,
}

/// How the registry comes to believe cards.
#[derive(Debug, Clone, Default)]
struct Cards {
    trust: Option<PathBuf>,
    fetch: Option<String>,
}

/// Where everything of a cluster is.
#[derive(Debug)]
pub(crate) struct Layout {
    programs: PathBuf,
    pub(crate) data_dir: PathBuf,
    registry: String,
    free_ports: bool,
    without: Vec<ServiceName>,
    foreign_agents: Vec<String>,
    cards: Cards,
    token_file: Option<PathBuf>,
    tokens: Option<PathBuf>,
    ca: Option<PathBuf>,
    /// What the cluster's own services are called with.
    pub(crate) credential: Option<Credential>,
}

impl ServiceName {
    /// In groups: each starts once the one before it is ready.
    pub(crate) const GROUPS: [&[Self]; 3] =
        [&[Self::Registry], &[Self::Fire, Self::Police, Self::Ambulance], &[Self::Operator]];

    /// The program's name.
    pub(crate) const fn program(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Fire => "fire",
            Self::Police => "police",
            Self::Ambulance => "ambulance",
            Self::Operator => "operator",
        }
    }

    /// Where it is unless somebody has said otherwise.
    pub(crate) fn usual_url(self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// The usual port of the protocol listener; the admin listener's is 1000 higher.
    const fn port(self) -> u16 {
        match self {
            Self::Operator => 7400,
            Self::Registry => 7401,
            Self::Fire => 7411,
            Self::Police => 7412,
            Self::Ambulance => 7413,
        }
    }
}

impl Layout {
    /// The layout that the flags ask for. The programs are those beside this one.
    pub(crate) fn new(args: &Up, common: &Common) -> Result<Self, Failure> {
        let own = std::env::current_exe().map_err(|error| Failure::io("cannot find the programs", error))?;
        let programs = own.parent().map(Path::to_owned).unwrap_or_default();
        let layout = Self {
            programs,
            data_dir: common.data_dir.clone().unwrap_or_else(|| PathBuf::from(DATA_DIR)),
            registry: common
                .registry
                .clone()
                .unwrap_or_else(|| format!("http://127.0.0.1:{}", ServiceName::Registry.port())),
            free_ports: args.free_ports,
            without: args.without.clone(),
            foreign_agents: args.foreign_agents.clone(),
            cards: Cards { trust: args.trust.clone(), fetch: args.fetch_cards.clone() },
            token_file: common.token_file.clone(),
            tokens: args.tokens.clone(),
            ca: common.ca.clone(),
            credential: common.credential()?,
        };
        layout.check().map(|()| layout)
    }

    /// Which of a group are wanted.
    pub(crate) fn wanted<'l>(&'l self, group: &'l [ServiceName]) -> impl Iterator<Item = ServiceName> + 'l {
        group.iter().copied().filter(|name| !self.without.contains(name))
    }

    /// From now on the registry is there.
    pub(crate) fn found_registry(&mut self, running: &Running) {
        self.registry = format!("http://{}", running.protocol);
    }

    /// How to start `service`.
    pub(crate) fn recipe(&self, service: ServiceName) -> Recipe {
        let name = service.program();
        let port = |usual: u16| SocketAddr::from(([127, 0, 0, 1], if self.free_ports { 0 } else { usual })).to_string();
        Recipe {
            name,
            program: self.programs.join(name),
            data_dir: self.data_dir.join(name),
            announce: self.run_dir().join(format!("{name}.json")),
            protocol: port(service.port()),
            admin: port(service.port() + 1000),
            registry: (service != ServiceName::Registry).then(|| self.registry.clone()),
            ca: self.ca.clone(),
            token_file: self.token_file.clone().filter(|_| service != ServiceName::Registry),
            tokens: self.tokens.clone(),
            cards: match service {
                ServiceName::Registry => self.cards.clone(),
                ServiceName::Fire | ServiceName::Police | ServiceName::Ambulance | ServiceName::Operator => {
                    Cards::default()
                }
            },
            foreign_agents: match service {
                ServiceName::Operator => self.foreign_agents.clone(),
                ServiceName::Registry | ServiceName::Fire | ServiceName::Police | ServiceName::Ambulance => Vec::new(),
            },
        }
    }

    /// Where services announce themselves.
    pub(crate) fn run_dir(&self) -> PathBuf {
        self.data_dir.join("run")
    }

    /// How other commands find the cluster.
    pub(crate) fn way_to_find(&self) -> String {
        match (self.free_ports, self.data_dir == Path::new(DATA_DIR)) {
            (false, _) => "other commands find it by themselves".to_owned(),
            (true, true) => "other commands in this directory find it by themselves".to_owned(),
            (true, false) => format!("other commands find it with --data-dir {}", self.data_dir.display()),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let wanted: Vec<ServiceName> = ServiceName::GROUPS.into_iter().flat_map(|group| self.wanted(group)).collect();
        if wanted.is_empty() {
            return Err(Failure::Usage("--without leaves nothing to start".to_owned()));
        }
        for service in &wanted {
            let program = self.programs.join(service.program());
            if !program.is_file() {
                return Err(Failure::Usage(format!("there is no {}: build all programs first", program.display())));
            }
        }
        match &self.tokens {
            // What `up` is called with may be a token in a variable; the services read theirs from the file.
            Some(tokens) => tokens::check(tokens, self.token_file.as_deref().zip(self.credential.as_ref()), &wanted),
            None => Ok(()),
        }
    }
}

impl Recipe {
    /// The command line.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args([PARENT, "--listen", &self.protocol, "--admin-listen", &self.admin]);
        command.arg("--data-dir").arg(&self.data_dir).arg("--announce").arg(&self.announce);
        if let Some(registry) = &self.registry {
            command.args(["--registry", registry]);
        }
        if let Some(file) = &self.token_file {
            command.arg("--token-file").arg(file);
        }
        if let Some(file) = &self.tokens {
            command.arg("--tokens").arg(file);
        }
        if let Some(keys) = &self.cards.trust {
            command.arg("--trust").arg(keys);
        }
        if let Some(reach) = &self.cards.fetch {
            command.args(["--fetch-cards", reach]);
        }
        if let Some(file) = &self.ca {
            command.arg("--ca").arg(file);
        }
        for agent in &self.foreign_agents {
            command.args(["--foreign-agent", agent]);
        }
        for (variable, flag) in UNLESS_SET {
            if std::env::var_os(variable).is_none() {
                command.args(flag);
            }
        }
        command.env_remove(ADVERTISE);
        command
    }

    /// The command line for somebody who starts it by hand.
    pub(crate) fn by_hand(&self) -> String {
        let command = self.command();
        let words = command.as_std().get_args().map(|word| word.to_string_lossy().into_owned());
        let words = words.filter(|word| word != PARENT);
        std::iter::once(self.program.display().to_string()).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The same service again, at the same addresses.
    pub(crate) fn settle(&mut self, running: &Running) {
        self.protocol.clone_from(&running.protocol);
        self.admin.clone_from(&running.admin);
    }
}
