//! A TCP proxy between two services that can hold traffic back: how a test gets between a commit and its answer.

use std::net::SocketAddr;
use std::sync::Arc;

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
}

impl Proxy {
    /// Listens on a free port. Connections wait until [`Proxy::point_to`] says where to.
    pub async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (rule, seen) = watch::channel(Rule { traffic: Traffic::Flows, upstream: None, generation: 0 });
        tokio::spawn(accept(listener, seen));
        Self { address, rule: Arc::new(rule) }
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

    /// Closes every connection; what was held back is lost.
    pub fn cut(&self) {
        self.rule.send_modify(|rule| rule.generation += 1);
    }
}

async fn accept(listener: TcpListener, rule: watch::Receiver<Rule>) {
    let mut open = rule.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                tokio::spawn(connection(client, rule.clone()));
            }
            // The proxy is gone.
            () = async { while open.changed().await.is_ok() {} } => return,
        }
    }
}

async fn connection(client: TcpStream, mut rule: watch::Receiver<Rule>) {
    let generation = rule.borrow().generation;
    let Ok(upstream) = rule.wait_for(|rule| rule.upstream.is_some()).await.map(|rule| rule.upstream) else { return };
    let Ok(server) = TcpStream::connect(upstream.unwrap()).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    let asking = relay(client_in, server_out, rule.clone(), |traffic| traffic != Traffic::Stops);
    let answering = relay(server_in, client_out, rule.clone(), |traffic| traffic == Traffic::Flows);
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
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        if rule.wait_for(|rule| passes(rule.traffic)).await.is_err() || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
