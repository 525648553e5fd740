//! Where the services are: from flags, the environment, a cluster's `endpoints.json`, or the usual ports.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use service::client::{Traced, channel};

use crate::args::{Common, Target};
use crate::failure::Failure;

const OPERATOR: &str = "http://127.0.0.1:7400";
const REGISTRY: &str = "http://127.0.0.1:7401";

/// A service and how it was found.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// "the operator".
    who: &'static str,
    /// The flag and the variable that name it.
    named_by: &'static str,
    pub(crate) url: String,
    /// What a follow-up command needs to reach the same service.
    pub(crate) flag: String,
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
}

impl Endpoint {
    /// The operator, or the agent that takes its place.
    pub(crate) fn of_target(common: &Common, target: &Target) -> Result<Self, Failure> {
        Self::of_agent(common, target.agent.as_ref())
    }

    /// As [`Endpoint::of_target`], from the flag's value.
    pub(crate) fn of_agent(common: &Common, agent: Option<&String>) -> Result<Self, Failure> {
        match agent {
            Some(url) => Ok(Self::named("the agent", "--agent or WATCHROOM_AGENT", url.clone(), "agent")),
            None => Self::operator(common),
        }
    }

    pub(crate) fn operator(common: &Common) -> Result<Self, Failure> {
        let url = find(common, common.operator.as_ref(), "operator", OPERATOR)?;
        Ok(Self::named("the operator", "--operator or WATCHROOM_OPERATOR", url, "operator"))
    }

    pub(crate) fn registry(common: &Common) -> Result<Self, Failure> {
        let url = find(common, common.registry.as_ref(), "registry", REGISTRY)?;
        Ok(Self::named("the registry", "--registry or WATCHROOM_REGISTRY", url, "registry"))
    }

    /// The registry of a cluster that is being started.
    pub(crate) fn of_running_registry(running: &Running) -> Self {
        Self::named("the registry", "--registry", format!("http://{}", running.protocol), "registry")
    }

    /// A lazily connecting channel to it.
    pub(crate) fn channel(&self) -> Result<Traced, Failure> {
        channel(&self.url).map_err(|error| Failure::of_url(&error))
    }

    /// An A2A client of it.
    pub(crate) fn client(&self) -> Result<a2a::Client, Failure> {
        a2a::Client::connect(&self.url).map_err(|error| Failure::of_call(self, error))
    }

    /// What to do when it does not answer.
    pub(crate) fn hint(&self) -> String {
        format!("start a cluster with `watchroom up`, or name another address with {}", self.named_by)
    }

    fn named(who: &'static str, named_by: &'static str, url: String, flag: &str) -> Self {
        let usual = flag == "operator" && url == OPERATOR;
        let flag = if usual { String::new() } else { format!(" --{flag} {url}") };
        Self { who, named_by, url, flag }
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

    fn read(data_dir: &Path) -> Result<Self, Failure> {
        let file = Self::file(data_dir);
        let text = fs::read_to_string(&file).map_err(|error| {
            Failure::Usage(format!("{} cannot be read ({error}): is `watchroom up` running there?", file.display()))
        })?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::Usage(format!("{} is not a list of endpoints: {error}", file.display())))
    }
}

fn find(common: &Common, named: Option<&String>, name: &str, usual: &str) -> Result<String, Failure> {
    match (named, &common.data_dir) {
        (Some(url), _) => Ok(url.clone()),
        (None, None) => Ok(usual.to_owned()),
        (None, Some(dir)) => {
            let cluster = Cluster::read(dir)?;
            let found = cluster.services.into_iter().find(|service| service.name == name);
            found
                .map(|service| format!("http://{}", service.protocol))
                .ok_or_else(|| Failure::Usage(format!("the cluster in {} has no {name}", dir.display())))
        }
    }
}
