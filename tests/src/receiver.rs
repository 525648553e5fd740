//! A webhook receiver that has moods: it takes, fails, cuts, dawdles, and can be gone and come back at its address.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use a2a::frame::Event;
use proto::a2a::StreamResponse;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::eventually::eventually;

/// What a receiver does with a request that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Takes,
    /// Answers 503.
    Fails,
    /// Closes the connection without an answer.
    Cuts,
    /// Takes it, but answers only after this time.
    Dawdles(Duration),
}

/// One request.
#[derive(Debug, Clone)]
pub struct Told {
    /// The event in it.
    pub event: Event,
    /// Its head, in lower case.
    pub head: String,
    /// Whether it was taken.
    pub taken: bool,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    told: Vec<Told>,
}

/// A receiver; dropping it closes every connection.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: Option<JoinHandle<()>>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let state = State { mood: Mood::Takes, told: Vec::new() };
        let mut receiver = Self { address, state: Arc::new(Mutex::new(state)), serving: None };
        receiver.resume().await;
        receiver
    }

    /// The URL of its webhook.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// From now on it is in this mood.
    pub fn set(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Closes its port and its connections.
    pub fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }

    /// Listens again, where it did before.
    pub async fn resume(&mut self) {
        let address = self.address;
        let listener = eventually("the receiver's port is free", async || TcpListener::bind(address).await.ok()).await;
        self.address = listener.local_addr().unwrap();
        self.serving = Some(tokio::spawn(serve(listener, self.state.clone())));
    }

    /// Everything that it was told so far.
    pub fn told(&self) -> Vec<Told> {
        self.state.lock().unwrap().told.clone()
    }

    /// Waits until it has been told so much more.
    pub async fn more(&self, count: usize) {
        let before = self.told().len();
        eventually("the receiver is called", async || (self.told().len() >= before + count).then_some(())).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer(stream, state.clone()));
    }
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    while let Some((head, body)) = read(&mut stream).await {
        let event = Event::try_from(proto::from_json::<StreamResponse>(&body).unwrap()).unwrap();
        let mood = state.lock().unwrap().mood;
        let taken = matches!(mood, Mood::Takes | Mood::Dawdles(_));
        state.lock().unwrap().told.push(Told { event, head, taken });
        let answer: &[u8] = match mood {
            Mood::Takes => b"HTTP/1.1 204 No Content\r\n\r\n",
            Mood::Fails => b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            Mood::Cuts => return,
            Mood::Dawdles(time) => {
                drop(tokio::time::timeout(time, std::future::pending::<()>()).await);
                b"HTTP/1.1 204 No Content\r\n\r\n"
            }
        };
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

/// The head and the body of the next request.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let (mut bytes, mut part) = (Vec::new(), [0; 16 << 10]);
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            let body = &bytes[end + 4..];
            if body.len() >= length {
                return Some((head, String::from_utf8(body.to_vec()).unwrap()));
            }
        }
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
        }
    }
}
