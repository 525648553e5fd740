//! Who takes part: the SDKs' clients and agents as processes, and our own services on a stage of their own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use a2a::Binding;
use serde_json::Value;
use tempfile::TempDir;

use crate::cluster::{Cluster, Service};
use crate::eventually::eventually;
use crate::interop::scene::{Ask, Scene};
use crate::node::Node;
use crate::tools::{built, python, run, script, venv};
use crate::town::large_town;

/// The units of the sample town so many times: no call waits for one.
const TOWN: usize = 100;

/// A client of somebody else's.
#[derive(Debug, Clone, Copy)]
pub(super) enum Client {
    Python,
    JavaScript,
    Rust,
    /// No SDK: stubs generated from our protos.
    Go,
}

impl Client {
    pub(super) const ALL: [Self; 4] = [Self::Python, Self::JavaScript, Self::Rust, Self::Go];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "js",
            Self::Rust => "rust",
            Self::Go => "go",
        }
    }

    /// What it speaks.
    pub(super) fn bindings(self) -> &'static [Binding] {
        match self {
            Self::Python | Self::JavaScript | Self::Rust => &Binding::ALL,
            Self::Go => &[Binding::Grpc],
        }
    }

    /// Lets it go through a scene; a line of JSON for each operation.
    pub(super) async fn play(self, scene: &Scene, binding: Binding) -> Vec<Value> {
        let args = [scene.to_json().to_string(), binding.name().to_owned()];
        let done = match self {
            Self::Python => python("interop.py", &args).await,
            Self::JavaScript => run(with(node("js/client.js"), &args)).await,
            Self::Rust => run(with(Command::new(built("rust/debug/client")), &args)).await,
            Self::Go => run(with(Command::new(built("go/client")), &args)).await,
        };
        if !done.ok {
            eprintln!("{} with {} over {binding}:\n{}", self.name(), scene.server, done.err);
        }
        done.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(built(script));
    command
}

fn with(mut command: Command, args: &[String]) -> Command {
    command.args(args);
    command
}

/// An agent made with an SDK.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guest {
    Python,
    JavaScript,
    Rust,
}

/// A running one, in a directory of its own. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Served {
    child: Child,
    dir: TempDir,
}

impl Guest {
    pub(super) const ALL: [Self; 3] = [Self::Python, Self::JavaScript, Self::Rust];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "js",
            Self::Rust => "rust",
        }
    }

    /// Starts it, and waits until its card is there.
    pub(super) async fn start(self) -> Served {
        let dir = tempfile::tempdir().unwrap();
        let log = File::create(dir.path().join("log")).unwrap();
        let mut command = self.command(dir.path());
        command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        let mut served = Served { child: command.spawn().unwrap(), dir };
        eventually("the agent publishes its card", async || {
            let ended = served.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", fs::read_to_string(served.dir.path().join("log")).unwrap());
            served.published().exists().then_some(())
        })
        .await;
        served
    }

    fn command(self, dir: &Path) -> Command {
        let dir = dir.to_str().unwrap().to_owned();
        match self {
            Self::Python => {
                let bindings = Binding::ALL.map(|binding| binding.name()).join(",");
                let mut command = Command::new(venv());
                command.arg(script("foreign_agent.py"));
                with(command, &["127.0.0.1:0".to_owned(), dir, bindings])
            }
            Self::JavaScript => with(node("js/server.js"), &[dir]),
            Self::Rust => with(Command::new(built("rust/debug/server")), &[dir]),
        }
    }
}

impl Served {
    fn published(&self) -> PathBuf {
        self.dir.path().join("published")
    }

    /// Where its card is.
    pub(super) fn url(&self) -> String {
        format!("http://{}", fs::read_to_string(self.published()).unwrap())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Our services, whose callers need tokens.
#[derive(Debug)]
pub(super) struct Stage {
    cluster: Cluster,
    echo: Node,
}

impl Stage {
    pub(super) async fn open() -> Self {
        let mut cluster = Cluster::empty();
        let path = |name: &str| cluster.dir().join(name).to_str().unwrap().to_owned();
        let (tokens, own) = (path("tokens.toml"), path("services.token"));
        fs::write(&tokens, table()).unwrap();
        fs::write(&own, token("services")).unwrap();
        let town = large_town(cluster.dir(), TOWN).to_str().unwrap().to_owned();
        let flags = |more: &[&str]| -> Vec<String> {
            ["--tokens", &tokens].iter().chain(more).map(|&flag| flag.to_owned()).collect()
        };
        let agent = ["--token-file", &own, "--push-allow", "127.0.0.1"];
        for service in Service::ALL {
            let args = match service {
                Service::Registry => flags(&[]),
                Service::Operator => flags(&agent),
                Service::Fire | Service::Police | Service::Ambulance => {
                    flags(&[&agent[..], &["--scenario", &town]].concat())
                }
            };
            cluster.add(service, args).await;
        }
        let registry = format!("http://{}", cluster.node(Service::Registry).address());
        let args = flags(&[&agent[..], &["--registry", &registry]].concat());
        let mut echo = Node::new("echo", cluster.dir(), args);
        echo.start().await;
        Self { cluster, echo }
    }

    /// What a client is to try.
    pub(super) fn scenes(&self, client: Client) -> [Scene; 3] {
        let url = |node: &Node| format!("http://{}", node.address());
        let operator = Scene {
            server: "operator",
            url: url(self.cluster.node(Service::Operator)),
            token: token(client.name()),
            work: "There is a fire at 12 Mill Lane and two people are hurt",
            // Without a place the operator asks back, once the services are on their way.
            open: Some("There is a fire, come quickly!"),
            reply: None,
            ask: Some(Ask { first: "There is a fire, come quickly!", again: &[], last: "It is at 12 Mill Lane." }),
            own: match client {
                Client::Go => &["token", "runs"],
                Client::Python | Client::JavaScript | Client::Rust => &["token"],
            },
        };
        let fire = Scene {
            server: "fire",
            url: url(self.cluster.node(Service::Fire)),
            work: "Smoke at 12 Mill Lane.",
            // Its tasks end at once.
            open: None,
            ask: None,
            own: &["token"],
            ..operator.clone()
        };
        let echo = Scene {
            server: "echo",
            url: url(&self.echo),
            work: "Is anybody there?",
            open: Some("wait"),
            reply: Some("reply hello"),
            ask: Some(Ask { first: "ask", again: &["one", "two", "three"], last: "done" }),
            ..fire.clone()
        };
        [operator, fire, echo]
    }
}

/// The tokens of our services and of each client.
fn table() -> String {
    let entry = |name: &str, roles: &str| {
        format!("[[token]]\nprincipal = \"{name}\"\nroles = [{roles}]\nsecret = \"{}\"\n", token(name))
    };
    let clients = Client::ALL.map(|client| entry(client.name(), "\"caller\"")).concat();
    entry("services", "\"caller\", \"agent\", \"delegate\"") + &clients
}

fn token(name: &str) -> String {
    format!("token-of-{name}-0123456789")
}
