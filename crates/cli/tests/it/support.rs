//! Runs the binary, and services whose answers are written down in the test.

use std::process::{Output, Stdio};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{MethodRouter, post};
use futures::stream::BoxStream;
use prost::Message;
use service::Process;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// Generous: the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Parser)]
#[command(name = "inside")]
struct Args {
    #[command(flatten)]
    service: service::Args,
}

impl service::Command for Args {
    const NAME: &'static str = "inside";
    const PORT: u16 = 7996;
    const ADMIN_PORT: u16 = 8996;

    fn service(&self) -> &service::Args {
        &self.service
    }
}

/// Serves `router` on a free port for as long as the test's runtime lives.
pub(crate) async fn serve(router: Router) -> String {
    let process = Process::new(&Args { service: service::Args::default() }).unwrap();
    let bound = process.bind().unwrap();
    let url = format!("http://{}", bound.address());
    tokio::spawn(async move { bound.serve(Routes::from(router), &[]).await });
    url
}

/// A unary method that answers what `handler` says.
pub(crate) fn unary<Q, A, H>(handler: H) -> MethodRouter
where
    Q: Message + Default + 'static,
    A: Message + Default + 'static,
    H: Fn(Request<Q>) -> Result<A, Status> + Clone + Send + Sync + 'static,
{
    post(async move |request: http::Request<Body>| {
        let service = tower::service_fn(move |request| {
            let answer = handler(request).map(Response::new);
            async move { answer }
        });
        tonic::server::Grpc::new(ProstCodec::<A, Q>::default()).unary(service, request).await
    })
}

/// A method that answers with the stream that `handler` makes.
pub(crate) fn streaming<Q, A, H>(handler: H) -> MethodRouter
where
    Q: Message + Default + 'static,
    A: Message + Default + 'static,
    H: Fn(Request<Q>) -> Result<BoxStream<'static, Result<A, Status>>, Status> + Clone + Send + Sync + 'static,
{
    post(async move |request: http::Request<Body>| {
        let service = tower::service_fn(move |request| {
            let answer = handler(request).map(Response::new);
            async move { answer }
        });
        tonic::server::Grpc::new(ProstCodec::<A, Q>::default()).server_streaming(service, request).await
    })
}

/// The command, without the tester's own environment.
pub(crate) fn watchroom(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchroom"));
    for variable in [
        "OPERATOR",
        "REGISTRY",
        "AGENT",
        "DATA_DIR",
        "TRUST",
        "FETCH_CARDS",
        "CA",
        "TOKEN",
        "TOKEN_FILE",
        "LOG_FORMAT",
        "DRAIN_PAUSE",
    ] {
        command.env_remove(format!("WATCHROOM_{variable}"));
    }
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Each line of the output as JSON.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs the command to its end.
pub(crate) async fn run(args: &[&str]) -> Ended {
    end(watchroom(args).spawn().unwrap()).await
}

pub(crate) async fn end(child: Child) -> Ended {
    let Output { status, stdout, stderr } = timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// Sends a signal by name.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = std::process::Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(status.success());
}
