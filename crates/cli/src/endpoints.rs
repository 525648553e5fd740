//! Where the services are: from flags, the environment, a cluster's `endpoints.json`, or the usual ports.

use std::fmt;
use std::fs;
use std::future::Future;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use a2a::Binding;
use outbound::{Dialer, Roots};
use serde::{Deserialize, Serialize};
use service::client::{Credential, Peer, Traced};

use crate::args::{Common, ServiceName, Target, Which};
use crate::failure::Failure;
use crate::screen::note;
use crate::supervisor;
use crate::waiting::{self, Limit};

const OPERATOR_NAME: &str = "the operator";
const REGISTRY_NAME: &str = "the registry";
const OPERATOR: &str = "http://127.0.0.1:7400";
const REGISTRY: &str = "http://127.0.0.1:7401";

/// Where `up` keeps its data, and other commands look for addresses, unless told otherwise.
pub(crate) const DATA_DIR: &str = "watchroom-data";

/// Why the bearer of a token may see nobody, and what to do about it: whether there are others is not told, and admins
/// are no exception.
const OWN_TENANT: &str = "a token is shown what is of its own tenant only, whatever its roles, and nothing there matches; \
                          what is of another tenant is for a token of that one";

/// A service and how it was found.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// "the operator".
    who: &'static str,
    /// Where another address is given, in words: the flag and the variable, or the place of this one.
    named_by: &'static str,
    pub(crate) url: String,
    /// The data directory that named it.
    found_in: Option<PathBuf>,
    /// Where a cluster may be that it is of, whoever named it.
    data_dir: PathBuf,
    /// What a follow-up command needs to reach the same service.
    pub(crate) flag: String,
    /// Its process, if it is of a cluster on this machine.
    pub(crate) pid: Option<u32>,
    /// Whether its cluster has let it stop, and starts it no more.
    pub(crate) stays_down: bool,
    /// What it is called with.
    credential: Option<Credential>,
    dialer: Dialer,
    spoken: Spoken,
}

/// How an A2A client speaks to a service.
#[derive(Debug, Clone, Copy)]
enum Spoken {
    /// gRPC, as ours all do.
    Ours,
    /// As its card says.
    ByCard,
    /// As somebody said.
    Over(Binding),
}

/// The running services of a cluster, as `endpoints.json` has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cluster {
    /// The process that supervises the others.
    pub(crate) pid: u32,
    /// In the order of their start.
    pub(crate) services: Vec<Running>,
}

/// One running service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    pub(crate) name: String,
    pub(crate) pid: u32,
    /// `host:port` of the protocol listener.
    pub(crate) protocol: String,
    /// `host:port` of the admin listener.
    pub(crate) admin: String,
    /// Whether it was asked to stop, and is left down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) stays_down: bool,
}

impl Endpoint {
    /// The operator, or the agent that takes its place.
    pub(crate) fn of_target(common: &Common, target: &Target) -> Result<Self, Failure> {
        let endpoint = Self::of_agent(common, target.agent.as_ref())?;
        let Some(binding) = target.binding else { return Ok(endpoint) };
        endpoint.tell_base(binding);
        Ok(endpoint.over(binding))
    }

    /// Says what becomes of a path: an agent that has no such base knows nothing of it, and shows a tenant's tasks.
    fn tell_base(&self, binding: Binding) {
        if let (Binding::HttpJson, Ok(target)) = (binding, a2a::Client::target(&self.url))
            && target.path() != "/"
        {
            let path = target.path();
            note(&format!(
                "http+json is asked for below {path}: an agent that serves at its root takes that for a tenant"
            ));
        }
    }

    fn over(self, binding: Binding) -> Self {
        let flag = format!("{} --binding {}", self.flag, binding.name().to_lowercase());
        Self { spoken: Spoken::Over(binding), flag, ..self }
    }

    /// As [`Endpoint::of_target`], from the flag's value.
    pub(crate) fn of_agent(common: &Common, agent: Option<&String>) -> Result<Self, Failure> {
        match agent {
            Some(url) => {
                let named = Self::named("the agent", "with --agent or WATCHROOM_AGENT", url.as_str().into(), "agent");
                Self { spoken: Spoken::ByCard, ..named }.bearing(common)
            }
            None => Self::operator(common),
        }
    }

    pub(crate) fn operator(common: &Common) -> Result<Self, Failure> {
        let found = find(common, common.operator.as_ref(), "operator", OPERATOR)?;
        Self::named(OPERATOR_NAME, "with --operator or WATCHROOM_OPERATOR", found, "operator").bearing(common)
    }

    pub(crate) fn registry(common: &Common) -> Result<Self, Failure> {
        let found = find(common, common.registry.as_ref(), "registry", REGISTRY)?;
        Self::named(REGISTRY_NAME, "with --registry or WATCHROOM_REGISTRY", found, "registry").bearing(common)
    }

    /// A service that is named, or that is at an address.
    pub(crate) fn of_service(common: &Common, which: &Which) -> Result<Self, Failure> {
        match which {
            Which::At(url) => Self::named("the service", "in its place", url.as_str().into(), "agent").bearing(common),
            Which::Named(ServiceName::Operator) => Self::operator(common),
            Which::Named(ServiceName::Registry) => Self::registry(common),
            Which::Named(service) => {
                let found = find(common, None, service.program(), &service.usual_url())?;
                Self::named(service.program(), "in place of the name", found, "agent").bearing(common)
            }
        }
    }

    /// The registry of a cluster that is being started.
    pub(crate) fn of_running_registry(running: &Running, credential: Option<Credential>) -> Self {
        let url = format!("http://{}", running.protocol);
        Self { credential, ..Self::named(REGISTRY_NAME, "with --registry", url.as_str().into(), "registry") }
    }

    /// A lazily connecting channel to it.
    pub(crate) fn channel(&self) -> Result<Traced, Failure> {
        let bare = service::client::pathless(&self.url);
        bare.and_then(|()| self.peer().channel()).map_err(|error| Failure::of_url(&error))
    }

    /// An A2A client of it.
    pub(crate) fn client(&self) -> Result<a2a::Client, Failure> {
        let client = match self.spoken {
            Spoken::Ours => a2a::Client::speaking(Binding::Grpc, self.peer()),
            Spoken::ByCard => a2a::Client::at(self.peer()),
            Spoken::Over(binding) => a2a::Client::speaking(binding, self.peer()),
        };
        client.map_err(|error| Failure::of_call(self, error))
    }

    /// The answer to a call of such a client, and a note where that does not come soon.
    pub(crate) async fn told<T>(&self, answer: impl Future<Output = T>) -> T {
        waiting::told(self, Limit::Unanswered(waiting::ANSWER), answer).await
    }

    /// Whether it is called with a token.
    pub(crate) fn has_token(&self) -> bool {
        self.credential.is_some()
    }

    /// Whether somebody may start it again: a cluster on this machine that has not let it stop.
    pub(crate) fn may_come_back(&self) -> bool {
        self.found_in.is_some() && !self.stays_down
    }

    /// The cluster in the data directory, if the service is of it.
    pub(crate) fn cluster(&self) -> Option<Cluster> {
        Cluster::read(&self.data_dir).ok()?.filter(|cluster| cluster.at(&self.url).is_some())
    }

    /// What to do when it does not answer.
    pub(crate) fn hint(&self) -> String {
        let (dir, way) = (self.data_dir.display(), self.way());
        let there = match Cluster::with(&self.data_dir, &self.url) {
            None => "start a cluster with `watchroom up`".to_owned(),
            Some((up, _)) if !supervisor::holds(&self.data_dir, up) => {
                format!(
                    "its address is that of the cluster in {dir}: start it again with `watchroom up --data-dir {dir}`"
                )
            }
            Some((_, true)) => format!(
                "it was asked to stop, and the `watchroom up` that runs in {dir} leaves it down: start it by the command \
                 that this `up` has told, or stop `up` and start it again"
            ),
            Some((_, false)) => format!(
                "the `watchroom up` that runs in {dir} starts it again by itself, and tells in its output why it ended: \
                 try again in a moment{way}"
            ),
        };
        format!("{there}, or name another address {}", self.named_by)
    }

    /// What to do where something else than the service answers.
    pub(crate) fn right_port(&self) -> String {
        let other = match self.spoken {
            Spoken::Ours => "",
            Spoken::ByCard | Spoken::Over(_) => ", or say with --binding what it speaks where that is not gRPC",
        };
        format!(
            "name the protocol port of a service, not its admin port or that of another program, {}{other}; `watchroom \
             agents` shows those of agents",
            self.named_by
        )
    }

    /// How to see who is there meanwhile: the registry tells, unless it is the one that is not.
    fn way(&self) -> String {
        match (self.who == REGISTRY_NAME, self.data_dir == Path::new(DATA_DIR)) {
            (true, _) => String::new(),
            (false, true) => ", see who is there with `watchroom agents`".to_owned(),
            (false, false) => {
                format!(", see who is there with `watchroom agents --data-dir {}`", self.data_dir.display())
            }
        }
    }

    /// What is said where it shows none of `what`: to the bearer of a token it shows less than there may be.
    pub(crate) fn none(&self, what: &str) -> String {
        match self.credential {
            Some(_) => format!("no {what} are visible here: {OWN_TENANT}"),
            None => format!("no {what}"),
        }
    }

    /// What is said where it shows none of the `what` that callers begin: to the bearer of a token it shows its own.
    pub(crate) fn none_begun(&self, what: &str) -> String {
        match (&self.credential, self.spoken) {
            (Some(_), Spoken::Ours) => format!(
                "no {what} are visible here: a token is shown what its own principal has begun, whatever its roles, and \
                 nothing of that matches"
            ),
            (Some(_), Spoken::ByCard | Spoken::Over(_)) | (None, _) => format!("no {what}"),
        }
    }

    /// The same where it names nobody who takes work.
    pub(crate) fn nobody(&self) -> String {
        match self.credential {
            Some(_) => format!("nobody takes work as far as is visible here: {OWN_TENANT}"),
            None => "nobody takes work".to_owned(),
        }
    }

    /// Whether it is the operator, who has only tasks of its own.
    pub(crate) fn is_operator(&self) -> bool {
        self.who == OPERATOR_NAME
    }

    /// Whether it is named as the operator or the registry, which are ours wherever they are.
    pub(crate) fn is_ours(&self) -> bool {
        self.is_operator() || self.who == REGISTRY_NAME
    }

    fn named(who: &'static str, named_by: &'static str, found: Found, flag: &str) -> Self {
        let Found { url, dir: found_in, pid, stays_down } = found;
        let usual = flag == "operator" && url == OPERATOR;
        let flag = if usual { String::new() } else { format!(" --{flag} {url}") };
        Self {
            who,
            named_by,
            url,
            found_in,
            data_dir: DATA_DIR.into(),
            flag,
            pid,
            stays_down,
            credential: None,
            dialer: Dialer::anywhere(Roots::default()),
            spoken: Spoken::Ours,
        }
    }

    /// The same service, called with the token that the command line or the environment names, by whom it trusts.
    fn bearing(self, common: &Common) -> Result<Self, Failure> {
        let (credential, dialer) = (common.credential()?, Dialer::anywhere(common.roots()?));
        let data_dir = common.data_dir.clone().unwrap_or_else(|| DATA_DIR.into());
        Ok(Self { credential, dialer, data_dir, ..self })
    }

    fn peer(&self) -> Peer {
        Peer::new(&self.url, self.credential.clone()).via(self.dialer.clone())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.who, self.url)
    }
}

impl Cluster {
    /// Where a cluster's addresses are written.
    pub(crate) fn file(data_dir: &Path) -> PathBuf {
        data_dir.join("endpoints.json")
    }

    /// The cluster that runs in this directory, if one does.
    fn read(data_dir: &Path) -> Result<Option<Self>, Failure> {
        let file = Self::file(data_dir);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::io(format_args!("cannot read {}", file.display()), error)),
        };
        let cluster = serde_json::from_str(&text);
        cluster
            .map(Some)
            .map_err(|error| Failure::Usage(format!("{} is not a list of endpoints: {error}", file.display())))
    }

    /// The id of the `up` of the cluster in this directory that has a service at this address, and whether that stays
    /// down. A file that cannot be read tells nothing.
    fn with(data_dir: &Path, url: &str) -> Option<(u32, bool)> {
        let cluster = Self::read(data_dir).ok()??;
        let stays_down = cluster.at(url)?.stays_down;
        Some((cluster.pid, stays_down))
    }

    /// The service at this address.
    fn at(&self, url: &str) -> Option<&Running> {
        let target = a2a::Client::target(url).ok()?;
        let at = target.authority();
        self.services.iter().find(|service| service.protocol == at)
    }

    fn find(self, name: &str, dir: &Path) -> Option<Found> {
        let service = self.services.into_iter().find(|service| service.name == name)?;
        let Running { pid, protocol, stays_down, .. } = service;
        Some(Found { url: format!("http://{protocol}"), dir: Some(dir.to_owned()), pid: Some(pid), stays_down })
    }
}

/// An address, and the data directory that it is from.
struct Found {
    url: String,
    dir: Option<PathBuf>,
    pid: Option<u32>,
    stays_down: bool,
}

impl From<&str> for Found {
    fn from(url: &str) -> Self {
        Self { url: url.to_owned(), dir: None, pid: None, stays_down: false }
    }
}

fn find(common: &Common, named: Option<&String>, name: &str, usual: &str) -> Result<Found, Failure> {
    match (named, &common.data_dir) {
        (Some(url), _) => Ok(url.as_str().into()),
        (None, Some(dir)) => {
            let cluster = Cluster::read(dir)?.ok_or_else(|| Failure::NoCluster(dir.clone()))?;
            cluster
                .find(name, dir)
                .ok_or_else(|| Failure::Usage(format!("the cluster in {} has no {name}", dir.display())))
        }
        (None, None) => {
            let dir = Path::new(DATA_DIR);
            let found = Cluster::read(dir)?.and_then(|cluster| cluster.find(name, dir));
            Ok(found.unwrap_or_else(|| usual.into()))
        }
    }
}
