//! One running service, seen from inside: its readiness, its metrics, its stop.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outbound::{BadRoots, Roots};
use tokio::sync::watch;
use tracing::Instrument;

use crate::auth::Tokens;
use crate::bound::Bound;
use crate::readiness::{Board, Readiness};
use crate::{Args, Command, Drain, Fatal, Metrics};

type Hook = (&'static str, Pin<Box<dyn Future<Output = ()> + Send>>);

/// A handle to the process; clones are the same process.
#[derive(Clone)]
pub struct Process(Arc<Inner>);

struct Inner {
    name: &'static str,
    version: String,
    args: Args,
    listen: Addresses,
    /// Who may call, if somebody asks.
    tokens: Option<Arc<Tokens>>,
    roots: Roots,
    metrics: Metrics,
    board: Board,
    drain: Drain,
    hooks: Mutex<Vec<Hook>>,
    serving: watch::Sender<Option<Addresses>>,
}

/// Where a process listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// The protocol listener.
    pub protocol: SocketAddr,
    /// The admin listener.
    pub admin: SocketAddr,
}

/// A stop that has begun, and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draining {
    /// Whether it had begun before.
    pub already: bool,
    /// From "not ready" to the end of streams.
    pub pause: Duration,
    /// From the beginning to the end of whatever still runs.
    pub limit: Duration,
}

impl Process {
    /// The process of these arguments; binds nothing yet. [`crate::main`] calls it, and so may a test.
    ///
    /// # Errors
    /// [`Fatal::Usage`] when the arguments do not go together, and [`Fatal`] when the tokens or
    /// the trusted certificates cannot be read.
    pub fn new<A: Command>(args: &A) -> Result<Self, Fatal> {
        let service = args.service().clone();
        service.validate()?;
        args.validate()?;
        let roots = Roots::with_file(service.ca.as_deref()).map_err(untrusted)?;
        let tokens = service.tokens.as_deref().map(Tokens::open).transpose()?.map(Arc::new);
        let version = A::command().get_version().unwrap_or("unknown").to_owned();
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let listen = Addresses {
            protocol: service.listen.unwrap_or_else(|| local(A::PORT)),
            admin: service.admin_listen.unwrap_or_else(|| local(A::ADMIN_PORT)),
        };
        Ok(Self(Arc::new(Inner {
            name: A::NAME,
            metrics: Metrics::new(A::NAME, &version),
            version,
            args: service,
            listen,
            tokens,
            roots,
            board: Board::new(),
            drain: Drain::default(),
            hooks: Mutex::new(Vec::new()),
            serving: watch::Sender::new(None),
        })))
    }

    /// The service's name.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The program's version.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Whether callers of the protocol listener must say who they are.
    pub fn asks_who_calls(&self) -> bool {
        self.0.tokens.is_some()
    }

    /// Whose certificates this process trusts.
    pub fn roots(&self) -> &Roots {
        &self.0.roots
    }

    /// Where to register metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The stop of this process.
    pub fn drain(&self) -> Drain {
        self.0.drain.clone()
    }

    /// Begins the stop, unless it has begun: unlike a second signal, a second call hurries nothing.
    pub fn begin_drain(&self) -> Draining {
        let Args { drain_pause: pause, drain_limit: limit, .. } = self.0.args;
        let already = self.0.drain.is_draining();
        if !already {
            tracing::info!("asked to drain");
            self.0.drain.begin();
        }
        Draining { already, pause, limit }
    }

    /// A part that must become ready before the service is; it starts as not ready.
    pub fn readiness(&self, part: &'static str) -> Readiness {
        self.0.board.part(part)
    }

    /// Runs `hook` after the listeners have stopped and before the exit; the last one added runs first.
    pub fn on_stop(&self, name: &'static str, hook: impl Future<Output = ()> + Send + 'static) {
        self.hooks().push((name, Box::pin(hook)));
    }

    /// Binds both listeners. The admin listener serves at once and says "not ready" until [`Bound::serve`] runs
    /// and every part is ready. Call it inside the runtime.
    ///
    /// # Errors
    /// [`Fatal::PortInUse`] or [`Fatal::Io`], naming the address and its flag.
    pub fn bind(&self) -> Result<Bound, Fatal> {
        Bound::new(self.clone())
    }

    /// Resolves with the bound addresses once the service is ready.
    pub async fn serving(&self) -> Addresses {
        let mut serving = self.0.serving.subscribe();
        loop {
            let now = *serving.borrow_and_update();
            match now {
                Some(addresses) => return addresses,
                // The sender lives in `self`, so the wait cannot fail.
                None => drop(serving.changed().await),
            }
        }
    }

    pub(crate) fn args(&self) -> &Args {
        &self.0.args
    }

    pub(crate) fn tokens(&self) -> Option<&Arc<Tokens>> {
        self.0.tokens.as_ref()
    }

    pub(crate) fn wanted(&self) -> Addresses {
        self.0.listen
    }

    pub(crate) fn board(&self) -> &Board {
        &self.0.board
    }

    pub(crate) fn say_serving(&self, addresses: Addresses) {
        self.0.serving.send_replace(Some(addresses));
    }

    /// Runs what [`Process::on_stop`] collected; once.
    pub(crate) async fn stop(&self) {
        loop {
            let Some((name, hook)) = self.hooks().pop() else { return };
            hook.instrument(tracing::debug_span!("stop", name)).await;
        }
    }

    fn hooks(&self) -> std::sync::MutexGuard<'_, Vec<Hook>> {
        self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn untrusted(bad: BadRoots) -> Fatal {
    match bad {
        BadRoots::Io(file, source) => Fatal::io(format_args!("cannot read --ca {}", file.display()), source),
        BadRoots::Empty(_) | BadRoots::Certificate { .. } => Fatal::usage(format_args!("--ca: {bad}")),
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("name", &self.0.name).field("listen", &self.0.listen).finish_non_exhaustive()
    }
}
