//! A receiver that answers as it is told, one answer a request, and keeps what it got.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What it does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Answers with this status line and these headers.
    Say(&'static str),
    /// Closes the connection without a word.
    Drop,
    /// Says nothing, and holds the connection.
    Silence,
    /// Succeeds, and never sends the body that it has promised.
    Unfinished,
    /// Succeeds with a body that never ends.
    Endless,
}

/// A receiver behind a real socket.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    pub(crate) got: Arc<Mutex<Vec<String>>>,
    pub(crate) connections: Arc<Mutex<usize>>,
}

impl Receiver {
    /// Gives the answers one after the other, the last one from then on.
    pub(crate) async fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (got, connections) = (Arc::new(Mutex::default()), Arc::new(Mutex::new(0)));
        let answers = Arc::new(Mutex::new(answers.to_vec()));
        let (kept, counted) = (got.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                tokio::spawn(serve(stream, answers.clone(), kept.clone()));
            }
        });
        Self { address, got, connections }
    }

    /// The same behind TLS, one answer for all.
    pub(crate) async fn start_secure(config: rustls::ServerConfig, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (got, connections) = (Arc::new(Mutex::default()), Arc::new(Mutex::new(0)));
        let (kept, answers) = (got.clone(), Arc::new(Mutex::new(vec![answer])));
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that trusts nobody here ends the handshake.
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                tokio::spawn(serve(stream, answers.clone(), kept.clone()));
            }
        });
        Self { address, got, connections }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answers: Arc<Mutex<Vec<Answer>>>,
    got: Arc<Mutex<Vec<String>>>,
) {
    while let Some(request) = read(&mut stream).await {
        got.lock().unwrap().push(request);
        let answer = {
            let mut answers = answers.lock().unwrap();
            if answers.len() > 1 { answers.remove(0) } else { answers[0] }
        };
        match answer {
            Answer::Say(head) => {
                let text = format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\nok");
                stream.write_all(text.as_bytes()).await.unwrap();
            }
            Answer::Drop => return,
            Answer::Silence => return std::future::pending().await,
            Answer::Unfinished => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok").await.unwrap();
                return std::future::pending().await;
            }
            Answer::Endless => {
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                return;
            }
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let (mut text, mut part) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => text.push_str(std::str::from_utf8(&part[..read]).unwrap()),
        }
    }
}
