//! A service inside the test, the example as a child process, and a very small HTTP client.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use outbound::{Dialer, Roots};
use service::client::{Traced, UrlError};
use service::{Addresses, Fatal, Process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::service::Routes;

/// Generous: the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, clap::Parser)]
#[command(name = "inside", version)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) service: service::Args,
}

impl service::Command for Args {
    const NAME: &'static str = "inside";
    const PORT: u16 = 7998;
    const ADMIN_PORT: u16 = 8998;

    fn service(&self) -> &service::Args {
        &self.service
    }
}

/// A channel to a service of the test.
pub(crate) fn channel(address: &str) -> Result<Traced, UrlError> {
    service::client::channel(address, Dialer::anywhere(Roots::default()))
}

/// A process with free ports that drains without a pause.
pub(crate) fn process() -> Process {
    process_with(service::Args::default())
}

pub(crate) fn process_with(service: service::Args) -> Process {
    Process::new(&Args { service }).unwrap()
}

/// Serves `routes` until drained, by these rules.
pub(crate) fn serve_ruled(
    process: &Process,
    routes: Routes,
    http: Router,
    rules: &'static [service::Rule],
) -> (Addresses, JoinHandle<Result<(), Fatal>>) {
    let bound = process.bind().unwrap().ruled(rules);
    let addresses = Addresses { protocol: bound.address(), admin: bound.admin_address() };
    (addresses, tokio::spawn(async move { bound.serve_with(routes, http, &[]).await }))
}

/// Serves `routes` until drained.
pub(crate) fn serve(process: &Process, routes: Routes) -> (Addresses, JoinHandle<Result<(), Fatal>>) {
    serve_with(process, routes, Router::new())
}

/// The same, with other HTTP beside.
pub(crate) fn serve_with(
    process: &Process,
    routes: Routes,
    http: Router,
) -> (Addresses, JoinHandle<Result<(), Fatal>>) {
    let bound = process.bind().unwrap();
    let addresses = Addresses { protocol: bound.address(), admin: bound.admin_address() };
    let descriptors = [tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET];
    let served = tokio::spawn(async move { bound.serve_with(routes, http, &descriptors).await });
    (addresses, served)
}

pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("in time")
}

/// GET over HTTP/1.1: the whole answer, head included.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let answer = exchange(address, &format!("GET {path} HTTP/1.1\r\n"), b"").await;
    String::from_utf8(answer).unwrap()
}

/// One request over HTTP/1.1, its head without the last lines, and the whole answer.
pub(crate) async fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!("{head}host: test\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

/// The example, which `cargo test` builds beside the tests.
pub(crate) fn minimal() -> Command {
    let deps = std::env::current_exe().unwrap();
    let target: PathBuf = deps.parent().unwrap().parent().unwrap().into();
    let mut command = Command::new(target.join("examples/minimal"));
    command.env_remove("WATCHROOM_LOG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ends the child when the test does.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the process does not end");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Reads a file that another process is about to write.
pub(crate) fn eventually_read(path: &std::path::Path) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match std::fs::read_to_string(path) {
            Ok(text) => return text,
            Err(error) => assert!(Instant::now() < deadline, "{}: {error}", path.display()),
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
