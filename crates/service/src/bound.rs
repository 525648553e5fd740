//! A process whose listeners are bound: it serves until it is drained.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tracing::Instrument as _;

use crate::auth::{Guard, Rule};
use crate::front::Front;
use crate::health::Health;
use crate::process::Addresses;
use crate::readiness::Readiness;
use crate::rpc::{Measures, RpcLayer};
use crate::{Fatal, Process, admin, catalogue, cors, limits, reflection};

/// Pings of an idle connection, and how long an answer may take.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// Both listeners of a process; the admin one serves already.
#[derive(Debug)]
pub struct Bound {
    process: Process,
    addresses: Addresses,
    incoming: TcpIncoming,
    health: Health,
    protocol: Readiness,
    rules: &'static [Rule],
    /// Stops the admin listener when dropped.
    admin: DropGuard,
}

type Served = JoinHandle<Result<(), tonic::transport::Error>>;

impl Bound {
    pub(crate) fn new(process: Process) -> Result<Self, Fatal> {
        let wanted = process.wanted();
        let (incoming, protocol) = listen(wanted.protocol, "--listen")?;
        let (admin_incoming, admin) = listen(wanted.admin, "--admin-listen")?;
        let addresses = Addresses { protocol, admin };
        if !protocol.ip().is_loopback() {
            let callers = if process.tokens().is_some() { "bearer tokens" } else { "anonymous callers" };
            tracing::warn!(address = %protocol, "plaintext and {callers} beyond this machine: trust the network");
        }
        let health = Health::new();
        let part = process.readiness("protocol");
        let stop = serve_admin(&process, &health, admin_incoming)?;
        Ok(Self { process, addresses, incoming, health, protocol: part, rules: &[], admin: stop.drop_guard() })
    }

    /// The address of the protocol listener.
    pub fn address(&self) -> SocketAddr {
        self.addresses.protocol
    }

    /// The address of the admin listener.
    pub fn admin_address(&self) -> SocketAddr {
        self.addresses.admin
    }

    /// Lets callers do what `rules` say of their roles. What no rule names is for the role `caller`.
    #[must_use]
    pub fn ruled(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    /// Serves `routes` with health and reflection until the process is drained, then runs the stop hooks.
    /// `descriptors` are encoded descriptor sets; only what `routes` serve is listed.
    ///
    /// # Errors
    /// [`Fatal`] when it cannot serve, or cannot write the announce file.
    pub async fn serve(self, routes: Routes, descriptors: &[&[u8]]) -> Result<(), Fatal> {
        self.serve_with(routes, Router::new(), descriptors).await
    }

    /// As [`Bound::serve`], with routes for HTTP that is not gRPC on the same port.
    ///
    /// # Errors
    /// As [`Bound::serve`].
    pub async fn serve_with(self, routes: Routes, http: Router, descriptors: &[&[u8]]) -> Result<(), Fatal> {
        let descriptors = [descriptors, &reflection::COMMON].concat();
        let (routes, catalogue) = catalogue::read(self.health.add_to(routes), &descriptors).await?;
        let services: Vec<String> = catalogue.keys().cloned().collect();
        let routes = reflection::add(routes, services.iter(), &descriptors)?;
        let (routes, http) = self.guarded(routes, http);
        let drain = self.process.drain();
        let layer = RpcLayer::new(Measures::new(self.process.metrics(), &catalogue), drain.streams_end());
        let stop = CancellationToken::new();
        let front = Front::new(routes, http, &layer, cors::layer(&self.process.args().cors_origins));
        let mut server = serve_protocol(front, self.incoming, stop.clone());
        self.protocol.ready();
        let end = tokio::select! {
            end = &mut server => Err(unexpected(end)),
            fatal = announce(&self.process, self.addresses) => Err(fatal),
            () = self.health.follow(self.process.board(), &services) => Ok(()),
            () = drain.begun() => Ok(()),
        };
        self.protocol.not_ready("draining");
        self.health.set(false, &services).await;
        if end.is_ok() {
            wind_down(&self.process, &stop, server).await;
        }
        self.process.stop().await;
        drop(self.admin);
        end
    }

    /// The routes behind the guard, if callers must say who they are; its tokens follow their file from here on.
    fn guarded(&self, routes: Routes, http: Router) -> (Routes, Router) {
        let Some(tokens) = self.process.tokens() else { return (routes, http) };
        let stop = self.process.drain().streams_end();
        tokio::spawn(tokens.clone().follow(stop).instrument(tracing::debug_span!("tokens")));
        let calls = Guard::of_calls(tokens.clone(), self.rules).cover(routes.into_axum_router());
        (Routes::from(calls), Guard::of_http(tokens.clone(), self.rules).cover(http))
    }
}

fn listen(address: SocketAddr, flag: &'static str) -> Result<(TcpIncoming, SocketAddr), Fatal> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => Fatal::PortInUse { address, flag },
        _ => Fatal::io(format_args!("cannot listen on {address}; choose another address with {flag}"), error),
    };
    let incoming = TcpIncoming::bind(address).map_err(failed)?.with_nodelay(Some(true));
    let bound = incoming.local_addr().map_err(failed)?;
    Ok((incoming, bound))
}

fn serve_admin(process: &Process, health: &Health, incoming: TcpIncoming) -> Result<CancellationToken, Fatal> {
    let routes = admin::routes(process, health)?.prepare();
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let health = health.clone();
    let serve = async move {
        // Before the first answer: the reporter is born serving.
        health.set(false, &[]).await;
        let served = Server::builder()
            .accept_http1(true)
            .http2_max_header_list_size(limits::METADATA)
            .serve_with_incoming_shutdown(routes, incoming, stopped)
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the admin listener failed");
        }
    };
    tokio::spawn(serve.instrument(tracing::debug_span!("admin")));
    Ok(stop)
}

fn serve_protocol(front: Front, incoming: TcpIncoming, stop: CancellationToken) -> Served {
    let served = Server::builder()
        .accept_http1(true)
        .http2_keepalive_interval(Some(PING))
        .http2_keepalive_timeout(Some(PONG))
        .http2_max_header_list_size(limits::METADATA)
        .max_concurrent_streams(limits::STREAMS)
        .serve_with_incoming_shutdown(front, incoming, stop.cancelled_owned());
    tokio::spawn(served)
}

fn unexpected(end: Result<Result<(), tonic::transport::Error>, tokio::task::JoinError>) -> Fatal {
    let what = "the protocol listener failed";
    match end {
        Ok(Ok(())) => Fatal::internal(what, "it ended without being asked to"),
        Ok(Err(error)) => Fatal::internal(what, error),
        Err(error) => Fatal::internal(what, error),
    }
}

/// Says where the process listens, once it is ready; ends only if it cannot.
async fn announce(process: &Process, addresses: Addresses) -> Fatal {
    process.board().ready().await;
    let Addresses { protocol, admin } = addresses;
    if let Some(file) = &process.args().announce
        && let Err(error) = write_announcement(process.name(), file, addresses)
    {
        return Fatal::io(format_args!("cannot write --announce {}", file.display()), error);
    }
    tracing::info!(service = process.name(), %protocol, %admin, "ready");
    process.say_serving(addresses);
    std::future::pending().await
}

/// Writes beside the file and renames, so that a reader sees all or nothing.
fn write_announcement(name: &str, file: &Path, addresses: Addresses) -> io::Result<()> {
    let Addresses { protocol, admin } = addresses;
    let pid = std::process::id();
    let text = json!({"name": name, "pid": pid, "protocol": protocol.to_string(), "admin": admin.to_string()});
    let beside = file.with_extension(format!("{pid}.tmp"));
    let mut out = std::fs::File::create(&beside)?;
    writeln!(out, "{text}")?;
    std::fs::rename(&beside, file)
}

/// From "not ready" to closed connections, within the limit.
async fn wind_down(process: &Process, stop: &CancellationToken, mut server: Served) {
    let args = process.args();
    let drain = process.drain();
    let limit = Instant::now() + args.drain_limit;
    tracing::info!(pause = ?args.drain_pause, limit = ?args.drain_limit, "draining");
    tokio::select! { () = sleep(args.drain_pause) => {}, () = drain.hurried() => {} }
    drain.end_streams();
    stop.cancel();
    let closed = tokio::select! {
        closed = timeout_at(limit, &mut server) => closed.is_ok(),
        () = drain.hurried() => false,
    };
    if closed {
        tracing::info!("drained");
    } else {
        tracing::warn!("connections are still open; cutting them");
        server.abort();
    }
}

#[cfg(test)]
mod tests;
