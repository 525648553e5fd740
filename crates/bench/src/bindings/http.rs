//! The load over HTTP/1.1, as most clients of the JSON bindings speak it: a connection for each request in flight.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::wire::{self, Asked, Binding};
use crate::args::Work;
use crate::child::Server;
use crate::error::Error;
use crate::load::{self, Case, KEPT};
use crate::stats::Sample;
use crate::wire::EVENTS;

/// One connection, used by one request at a time.
#[derive(Debug, Clone)]
struct Connection {
    sender: Arc<Mutex<SendRequest<Full<Bytes>>>>,
    host: Arc<str>,
}

/// Loads a JSON binding of `server` as `case` says.
pub(super) async fn drive(server: &Server, binding: Binding, case: Case) -> Result<Sample, Error> {
    let mut connections = Vec::new();
    for _ in 0..case.in_flight {
        connections.push(Connection::open(server.http()).await?);
    }
    let kept: Arc<[String]> = prepare(&connections[0], binding, case.work).await?.into();
    let once = move |connection, number| once(connection, binding, case.work, Arc::clone(&kept), number);
    let flood = load::flood(&connections, case.in_flight, case.window, once, || Ok(vec![server.cpu()?])).await?;
    Ok(Sample { peak_kib: server.memory_kib("VmHWM")?, ..flood.sample(case.window) })
}

/// Checks that the answers are what they should be, and makes the tasks that GetTask asks for.
async fn prepare(connection: &Connection, binding: Binding, work: Work) -> Result<Vec<String>, Error> {
    let mut kept = Vec::new();
    for index in 0..KEPT {
        let answer = connection.ask(wire::ask(binding, Work::Send, &format!("kept-{index}"))).await?;
        kept.push(wire::completed(binding, &answer)?);
    }
    match work {
        Work::Send => {}
        Work::Stream => wire::check_stream(&connection.ask(wire::ask(binding, work, "streamed")).await?)?,
        Work::Get => wire::check_got(binding, &connection.ask(wire::ask(binding, work, &kept[0])).await?)?,
    }
    Ok(kept)
}

async fn once(
    connection: Connection,
    binding: Binding,
    work: Work,
    kept: Arc<[String]>,
    number: u64,
) -> Result<(), Error> {
    let asked = match work {
        Work::Send | Work::Stream => wire::ask(binding, work, &format!("m-{number}")),
        Work::Get => wire::ask(binding, work, &kept[usize::try_from(number).unwrap_or(0) % kept.len()]),
    };
    let answer = connection.ask(asked).await?;
    match work {
        Work::Stream if wire::events(&answer) != EVENTS => {
            Err(Error::Answer { work: work.name(), what: "it has not five events" })
        }
        Work::Send | Work::Stream | Work::Get => Ok(()),
    }
}

impl Connection {
    async fn open(address: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await.map_err(Error::io("connect to", address))?;
        stream.set_nodelay(true).map_err(Error::io("set up a connection to", address))?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends with the sender; what goes wrong with it is what the sender says.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender: Arc::new(Mutex::new(sender)), host: address.into() })
    }

    /// The whole body of the answer, also where it is a stream.
    async fn ask(&self, asked: Asked) -> Result<Bytes, Error> {
        let Asked { method, path, body } = asked;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &*self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header("a2a-version", "1.0")
            .body(Full::new(body))
            .expect("a path and three headers of ours make a request");
        let mut sender = self.sender.lock().await;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status == StatusCode::OK { Ok(body) } else { Err(Error::Status(status)) }
    }
}
