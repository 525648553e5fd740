//! A TCP proxy between two services that can hold traffic back and cut it anywhere: how a test gets between a commit and
//! its answer, and into the middle of an answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the proxy lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Everything.
    Flows,
    /// Questions, but no answers.
    NoAnswers,
    /// Nothing.
    Stops,
}

/// What connections look at.
#[derive(Debug, Clone, Copy)]
struct Rule {
    traffic: Traffic,
    upstream: Option<SocketAddr>,
    /// Connections of an earlier generation are closed.
    generation: u64,
}

/// A listening proxy; dropping it closes every connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    rule: Arc<watch::Sender<Rule>>,
    answers: Arc<Answers>,
}

/// What has come back through all connections.
#[derive(Debug)]
struct Answers {
    /// Bytes in all.
    passed: AtomicU64,
    /// Bytes until the next cut; below zero there is none ahead.
    left: AtomicI64,
}

impl Answers {
    /// How many of the next `count` bytes pass; after fewer than all the connection is cut.
    fn pass(&self, count: usize) -> usize {
        let wanted = i64::try_from(count).unwrap();
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| match left {
            ..0 => None,
            left if left < wanted => Some(-1),
            left => Some(left - wanted),
        });
        let passing = left.map_or(wanted, |left| left.min(wanted));
        self.passed.fetch_add(passing.unsigned_abs(), Ordering::SeqCst);
        usize::try_from(passing).unwrap()
    }
}

impl Proxy {
    /// Listens on a free port. Connections wait until [`Proxy::point_to`] says where to.
    pub async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (rule, seen) = watch::channel(Rule { traffic: Traffic::Flows, upstream: None, generation: 0 });
        let answers = Arc::new(Answers { passed: AtomicU64::new(0), left: AtomicI64::new(-1) });
        tokio::spawn(accept(listener, seen, answers.clone()));
        Self { address, rule: Arc::new(rule), answers }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets where it leads.
    pub fn point_to(&self, upstream: SocketAddr) {
        self.rule.send_modify(|rule| rule.upstream = Some(upstream));
    }

    /// Sets what it lets through from now on.
    pub fn set(&self, traffic: Traffic) {
        self.rule.send_modify(|rule| rule.traffic = traffic);
    }

    /// Cuts the connection that carries it after so many more bytes of answers; once.
    pub fn cut_after(&self, bytes: u64) {
        self.answers.left.store(bytes.try_into().unwrap(), Ordering::SeqCst);
    }

    /// Whether no cut is ahead any more.
    pub fn has_cut(&self) -> bool {
        self.answers.left.load(Ordering::SeqCst) < 0
    }

    /// No longer wants a cut that is still ahead.
    pub fn keep(&self) {
        self.answers.left.store(-1, Ordering::SeqCst);
    }

    /// Bytes of answers so far.
    pub fn answered(&self) -> u64 {
        self.answers.passed.load(Ordering::SeqCst)
    }

    /// Closes every connection; what was held back is lost.
    pub fn cut(&self) {
        self.rule.send_modify(|rule| rule.generation += 1);
    }
}

async fn accept(listener: TcpListener, rule: watch::Receiver<Rule>, answers: Arc<Answers>) {
    let mut open = rule.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                tokio::spawn(connection(client, rule.clone(), answers.clone()));
            }
            // The proxy is gone.
            () = async { while open.changed().await.is_ok() {} } => return,
        }
    }
}

async fn connection(client: TcpStream, mut rule: watch::Receiver<Rule>, answers: Arc<Answers>) {
    let generation = rule.borrow().generation;
    let Ok(upstream) = rule.wait_for(|rule| rule.upstream.is_some()).await.map(|rule| rule.upstream) else { return };
    let Ok(server) = TcpStream::connect(upstream.unwrap()).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let asking = relay(client_in, server_out, rule.clone(), |traffic| traffic != Traffic::Stops, |count| count);
    let answering =
        relay(server_in, client_out, rule.clone(), |traffic| traffic == Traffic::Flows, |count| answers.pass(count));
    tokio::select! {
        () = asking => {}
        () = answering => {}
        _ = rule.wait_for(|rule| rule.generation != generation) => {}
    }
}

async fn relay(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut rule: watch::Receiver<Rule>,
    passes: impl Fn(Traffic) -> bool,
    allows: impl Fn(usize) -> usize,
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        if rule.wait_for(|rule| passes(rule.traffic)).await.is_err() {
            return;
        }
        let allowed = allows(count);
        if to.write_all(&buffer[..allowed]).await.is_err() {
            return;
        }
        if allowed < count {
            // What was written arrives, and then nothing more.
            return drop(to.shutdown().await);
        }
    }
}
