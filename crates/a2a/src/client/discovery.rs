//! The agent behind a URL, by the card that is published there. The card is kept as long as it says that it may be,
//! and asked for again after that, or when nothing that it names can be reached.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use outbound::{Dialer, TlsError};
use parking_lot::Mutex;
use proto::a2a::AgentCard;
use service::PUBLIC_CARD;
use service::client::Peer;
use tokio::time::{Instant, timeout};
use tonic::Status;

use crate::client::binding::Binding;
use crate::client::interfaces::Interfaces;
use crate::client::web::{self, Http, Unread};
use crate::client_error::ClientError;

/// The largest card that is read.
const LIMIT: usize = 1 << 20;
/// The longest wait for a card, in addition to the deadline of the call.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a card is kept that does not say, and one that could not be asked for again.
const USUAL: Duration = Duration::from_secs(60);
/// The longest that a card is kept, whatever it says.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// Redirects on the way to a card.
const REDIRECTS: usize = 3;

/// What is known of the agent at a URL.
#[derive(Debug)]
pub(super) struct Discovery {
    /// As it was given.
    address: String,
    url: String,
    without: Without,
    dialer: Dialer,
    http: Http,
    found: Mutex<Option<Found>>,
}

/// What an agent is without a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// None that can be spoken to.
    Nothing,
    /// One that serves gRPC alone.
    Grpc,
    /// One that serves this binding at the very address; with a card only its path is looked up there.
    Over(Binding),
}

#[derive(Debug, Clone)]
struct Found {
    interfaces: Arc<Interfaces>,
    card: Option<Arc<AgentCard>>,
    etag: Option<HeaderValue>,
    until: Instant,
}

/// What came of asking for a card.
enum Came {
    Card(Box<AgentCard>, HeaderMap),
    /// The one that is held is still the one.
    Same(HeaderMap),
    /// Something answers there, but not with a card.
    None,
}

impl Discovery {
    pub(super) fn new(peer: &Peer, without: Without) -> Result<Self, ClientError> {
        let (address, dialer) = (peer.url(), peer.dialer().clone());
        let base = web::base(address).map_err(ClientError::Address)?;
        let is_card = base.rsplit('/').next().is_some_and(|last| last.ends_with(".json"));
        let url = if is_card { base } else { format!("{base}{PUBLIC_CARD}") };
        web::uri(&url)?;
        let (address, http) = (address.to_owned(), Http::new(dialer.clone()));
        Ok(Self { address, url, without, dialer, http, found: Mutex::default() })
    }

    /// The interfaces to ask. Whatever goes wrong here, the agent has seen nothing of the call.
    pub(super) async fn interfaces(&self, deadline: Duration) -> Result<Arc<Interfaces>, ClientError> {
        let held = self.found.lock().clone();
        if let Some(fresh) = held.as_ref().filter(|held| Instant::now() < held.until) {
            return Ok(fresh.interfaces.clone());
        }
        let asked = timeout(deadline.min(PATIENCE), self.ask(held.as_ref())).await;
        let came = asked.unwrap_or_else(|_| {
            Err(ClientError::Unreachable(Status::deadline_exceeded("the agent's card did not come in time")))
        });
        let found = match (came, held) {
            (Ok(came), held) => self.settle(came, held)?,
            // What was true a moment ago is worth a try: the agent may serve although its card cannot be had.
            (Err(_), Some(held)) => Found { until: Instant::now() + USUAL, ..held },
            (Err(error), None) => return Err(error),
        };
        let interfaces = found.interfaces.clone();
        *self.found.lock() = Some(found);
        Ok(interfaces)
    }

    /// Takes note of how a call has failed: where nothing that the card names can be reached, it may have moved.
    pub(super) fn learn(&self, error: &ClientError) {
        let mut found = self.found.lock();
        match &mut *found {
            Some(Found { card: Some(_), until, .. }) if matches!(error, ClientError::Unreachable(_)) => {
                *until = Instant::now();
            }
            // That it speaks gRPC was a guess.
            Some(Found { card: None, .. }) if !matches!(error, ClientError::Refused(_)) => *found = None,
            Some(_) | None => {}
        }
    }

    fn settle(&self, came: Came, held: Option<Found>) -> Result<Found, ClientError> {
        match (came, held) {
            (Came::Card(card, headers), held) => self.take(*card, &headers, held),
            (Came::Same(headers), Some(held)) => Ok(Found { until: Instant::now() + lifetime(&headers), ..held }),
            (Came::None, _) => self.cardless(),
            (Came::Same(_), None) => Err(ClientError::NoCard),
        }
    }

    fn cardless(&self) -> Result<Found, ClientError> {
        let binding = match self.without {
            Without::Nothing => return Err(ClientError::NoCard),
            Without::Grpc => Binding::Grpc,
            Without::Over(binding) => binding,
        };
        let interfaces = Arc::new(Interfaces::of_one(binding, &self.address, &self.dialer)?);
        Ok(Found { interfaces, card: None, etag: None, until: Instant::now() + LONGEST })
    }

    fn take(&self, card: AgentCard, headers: &HeaderMap, held: Option<Found>) -> Result<Found, ClientError> {
        let until = Instant::now() + lifetime(headers);
        let etag = headers.get(header::ETAG).cloned();
        // The same card keeps its connections.
        if let Some(held) = held.filter(|held| held.card.as_deref() == Some(&card)) {
            return Ok(Found { until, etag, ..held });
        }
        let interfaces = match self.without {
            Without::Over(binding) => Interfaces::placed(&card, binding, &self.address, &self.dialer)?,
            Without::Nothing | Without::Grpc => {
                let secure = self.url.starts_with("https://");
                Interfaces::of_card(&card, secure, &self.dialer)?.or_at(&self.address, &self.dialer)
            }
        };
        let interfaces = Arc::new(interfaces);
        Ok(Found { interfaces, card: Some(Arc::new(card)), etag, until })
    }

    async fn ask(&self, held: Option<&Found>) -> Result<Came, ClientError> {
        let answer = match self.fetch(held.and_then(|held| held.etag.clone())).await {
            Ok(answer) => answer,
            // Whatever became of that, it was no call.
            Err(ClientError::Ambiguous(status)) if TlsError::behind(&status).is_some() => {
                return Err(ClientError::Unreachable(status));
            }
            // It answers, and not in HTTP/1.1: nothing was asked of it yet that could matter.
            Err(ClientError::Ambiguous(_)) => return Ok(Came::None),
            Err(error) => return Err(error),
        };
        let (head, body) = answer.into_parts();
        match head.status {
            StatusCode::NOT_MODIFIED => Ok(Came::Same(head.headers)),
            StatusCode::OK => match web::read(body, LIMIT).await {
                Ok(bytes) => Ok(read(&bytes).map_or(Came::None, |card| Came::Card(Box::new(card), head.headers))),
                Err(Unread::TooLarge) => Err(ClientError::Invalid("its card is larger than 1 MiB")),
                Err(Unread::Broken(status)) => Err(ClientError::Unreachable(status)),
            },
            status if status.is_server_error() => {
                Err(ClientError::Unreachable(Status::unavailable(format!("asked for its card, it answers {status}"))))
            }
            _ => Ok(Came::None),
        }
    }

    /// Asks for the card, and where it has gone to on the same host.
    async fn fetch(&self, etag: Option<HeaderValue>) -> Result<Response<Body>, ClientError> {
        let mut uri = web::uri(&self.url)?;
        for _ in 0..REDIRECTS {
            let mut request = Request::new(Body::empty());
            request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
            request.headers_mut().extend(etag.clone().map(|etag| (header::IF_NONE_MATCH, etag)));
            *request.uri_mut() = uri.clone();
            let answer = self.http.send(request).await?;
            match moved(&uri, &answer) {
                Some(to) => uri = to,
                None => return Ok(answer),
            }
        }
        Err(ClientError::Invalid("its card is behind too many redirects"))
    }
}

/// Where a redirect leads, if that is the same host: another one could be anybody's.
fn moved(from: &Uri, answer: &Response<Body>) -> Option<Uri> {
    let redirects = answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED;
    let to = answer.headers().get(header::LOCATION).filter(|_| redirects)?.to_str().ok()?;
    if let Some(path) = to.strip_prefix('/').filter(|path| !path.starts_with('/')) {
        return format!("{}://{}/{path}", from.scheme_str()?, from.authority()?).parse().ok();
    }
    let to: Uri = to.parse().ok()?;
    (to.scheme() == from.scheme() && to.authority() == from.authority()).then_some(to)
}

fn read(bytes: &[u8]) -> Option<AgentCard> {
    let card: AgentCard = proto::from_json(std::str::from_utf8(bytes).ok()?).ok()?;
    (!card.supported_interfaces.is_empty()).then_some(card)
}

/// How long an answer may be used without asking again.
fn lifetime(headers: &HeaderMap) -> Duration {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(control) = text(header::CACHE_CONTROL) else { return USUAL };
    let mut directives = control.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    if directives.clone().any(|one| one == "no-store" || one == "no-cache") {
        return Duration::ZERO;
    }
    let age = directives.find_map(|one| one.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    let spent = text(header::AGE).and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    age.map_or(USUAL, |age: u64| Duration::from_secs(age.saturating_sub(spent)).min(LONGEST))
}
