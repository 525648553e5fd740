//! HTTP/1.1 by hand, as somebody with curl would: one request per connection, and answers that are read as they come.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// The beginning of an answer; its body is still to be read.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    head: Vec<(String, String)>,
    wire: BufReader<TcpStream>,
}

/// An answer that was read whole.
#[derive(Debug)]
pub struct Whole {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    head: Vec<(String, String)>,
}

/// A stream of server-sent events.
#[derive(Debug)]
pub struct EventSource {
    answer: Answer,
    text: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidEvent {
    /// Its id.
    pub id: Option<u64>,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its data.
    pub data: Value,
}

/// Sends a request and reads the head of the answer.
pub async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Answer {
    let mut wire = TcpStream::connect(address).await.unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (body, length) = (body.as_ref(), body.as_ref().len());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    wire.write_all(body).await.unwrap();
    let mut wire = BufReader::new(wire);
    let first = line(&mut wire).await.expect("a status line");
    let status = first.split(' ').nth(1).unwrap().parse().unwrap();
    let mut head = Vec::new();
    while let Some((name, value)) = line(&mut wire).await.expect("a whole head").split_once(':') {
        head.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Answer { status, head, wire }
}

/// A line without its end; `None` when the connection is over.
async fn line(wire: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = wire.read_line(&mut line).await.unwrap_or(0);
    (read > 0).then(|| line.trim_end().to_owned())
}

fn header<'h>(head: &'h [(String, String)], name: &str) -> &'h str {
    head.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

impl Answer {
    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        header(&self.head, name)
    }

    /// The next part of a chunked body: `Ok(None)` at its end, an error when the connection ends before that.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, ()> {
        let size = line(&mut self.wire).await.ok_or(())?;
        let size = usize::from_str_radix(&size, 16).map_err(|_| ())?;
        let mut chunk = vec![0; size + 2];
        self.wire.read_exact(&mut chunk).await.map_err(|_| ())?;
        chunk.truncate(size);
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }

    /// Reads the rest.
    pub async fn whole(mut self) -> Whole {
        let mut body = Vec::new();
        if self.header("transfer-encoding") == "chunked" {
            while let Some(chunk) = self.chunk().await.expect("a whole body") {
                body.extend(chunk);
            }
        } else {
            self.wire.read_to_end(&mut body).await.unwrap();
        }
        Whole { status: self.status, body, head: self.head }
    }

    /// Reads the rest as events.
    pub fn events(self) -> EventSource {
        assert_eq!((self.status, self.header("content-type")), (200, "text/event-stream"), "{:?}", self.head);
        EventSource { answer: self, text: String::new() }
    }
}

impl Whole {
    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        header(&self.head, name)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl EventSource {
    /// The next event: `Ok(None)` when the server has ended the stream, an error when the connection broke.
    pub async fn next(&mut self) -> Result<Option<SaidEvent>, ()> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (read(event), rest.to_owned());
                self.text = rest;
                if event.is_some() {
                    return Ok(event);
                }
            }
            match self.answer.chunk().await? {
                Some(chunk) => self.text.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => return Ok(None),
            }
        }
    }

    /// All that follow, and whether the server ended the stream.
    pub async fn rest(&mut self) -> (Vec<SaidEvent>, bool) {
        let mut events = Vec::new();
        loop {
            match self.next().await {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return (events, true),
                Err(()) => return (events, false),
            }
        }
    }
}

/// An event; comments alone are none.
fn read(text: &str) -> Option<SaidEvent> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let data = serde_json::from_str(field("data:")?).unwrap();
    let id = field("id:").map(|id| id.parse().unwrap());
    Some(SaidEvent { id, name: field("event:").map(str::to_owned), data })
}
