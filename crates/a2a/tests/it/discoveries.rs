//! Finding an agent by the card that it publishes.

use std::sync::{Arc, Mutex};

use a2a::{Binding, Client, ClientError, History};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use proto::a2a::{AgentCard, AgentInterface};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;
use types::RemoteTask;

use crate::stage::{Act, Served, Stage, TASK};

const PATH: &str = "/.well-known/agent-card.json";

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

/// What a publisher answers, and what it was asked.
#[derive(Default)]
struct Desk {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    /// The `If-None-Match` of every request.
    asked: Vec<Option<String>>,
}

type Shared = Arc<Mutex<Desk>>;

/// A publisher of cards at a host of its own.
struct Publisher {
    address: String,
    desk: Shared,
}

impl Publisher {
    async fn start(card: &AgentCard, headers: &[(header::HeaderName, &str)]) -> Self {
        let desk = Desk { body: proto::to_json(card).unwrap(), ..Desk::default() };
        let this = Self::of(desk).await;
        this.desk.lock().unwrap().headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        this
    }

    async fn of(desk: Desk) -> Self {
        let desk = Arc::new(Mutex::new(desk));
        let routes = Router::new().route(PATH, get(publish)).route("/moved.json", get(publish));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(serve(listener, routes.with_state(desk.clone())));
        Self { address, desk }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.desk.lock().unwrap().asked.clone()
    }
}

async fn serve(listener: TcpListener, routes: Router) {
    let server = Server::builder().accept_http1(true);
    server.serve_with_incoming(Routes::from(routes), TcpListenerStream::new(listener)).await.unwrap();
}

async fn publish(State(desk): State<Shared>, asked: HeaderMap) -> Response {
    let mut desk = desk.lock().unwrap();
    let known = asked.get(header::IF_NONE_MATCH).map(|tag| tag.to_str().unwrap().to_owned());
    let same = known.is_some() && known.as_deref() == desk.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap());
    desk.asked.push(known);
    let status = if same { StatusCode::NOT_MODIFIED } else { desk.status };
    let body = if same { String::new() } else { desk.body.clone() };
    (status, desk.headers.clone(), body).into_response()
}

fn interface(url: String, binding: Binding) -> AgentInterface {
    AgentInterface {
        url,
        protocol_binding: binding.name().into(),
        protocol_version: "1.0".into(),
        tenant: String::new(),
    }
}

fn card_of(served: &Served, binding: Binding) -> AgentCard {
    let url = match binding {
        Binding::Grpc => served.address.to_string(),
        Binding::JsonRpc => format!("http://{}/rpc", served.address),
        Binding::HttpJson => format!("http://{}", served.address),
    };
    AgentCard { supported_interfaces: vec![interface(url, binding)], ..Stage::new().card }
}

#[tokio::test]
async fn an_agent_is_found_by_its_host_or_by_the_address_of_its_card() {
    for binding in Binding::ALL {
        let served = Served::start(Stage::new()).await;
        let publisher = Publisher::start(&card_of(&served, binding), &[]).await;
        let by_host = Client::discover(&publisher.url()).await.unwrap();
        let by_card = Client::discover(&format!("{}{PATH}", publisher.url())).await.unwrap();
        let by_name = Client::at(&publisher.address).unwrap();
        for client in [by_host, by_card, by_name] {
            client.get(&task(), History::All).await.unwrap();
        }
        assert_eq!(served.asked().len(), 3, "{binding}");
    }
}

#[tokio::test]
async fn an_agent_whose_card_names_addresses_of_its_own_network_is_asked_where_its_card_was_found() {
    // The stage's card names a port where nobody is.
    let served = Served::start(Stage::new()).await;
    Client::at(&served.address.to_string()).unwrap().get(&task(), History::All).await.unwrap();
    assert_eq!(served.asked().len(), 1);
}

#[tokio::test]
async fn what_has_no_card_is_taken_for_grpc_or_refused() {
    let desk = Desk { status: StatusCode::NOT_FOUND, body: "nothing".into(), ..Desk::default() };
    let publisher = Publisher::of(desk).await;
    assert!(matches!(Client::discover(&publisher.url()).await, Err(ClientError::NoCard)));
    // An agent that speaks HTTP/2 alone.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let routes = Routes::new(a2a::routes(Arc::new(Stage::new())));
    tokio::spawn(Server::builder().serve_with_incoming(routes, TcpListenerStream::new(listener)));
    assert!(matches!(Client::discover(&address).await, Err(ClientError::NoCard)));
    for address in [format!("http://{address}"), format!("grpc://{address}"), address] {
        Client::at(&address).unwrap().get(&task(), History::All).await.unwrap();
    }
}

#[tokio::test]
async fn c66_a_card_is_kept_as_long_as_it_says_and_then_asked_for_by_its_tag() {
    let served = Served::start(Stage::new()).await;
    let kept = Publisher::start(&card_of(&served, Binding::JsonRpc), &[(header::CACHE_CONTROL, "max-age=60")]).await;
    let client = Client::discover(&kept.url()).await.unwrap();
    for _ in 0..3 {
        client.get(&task(), History::All).await.unwrap();
    }
    assert_eq!(kept.asked(), [None]);
    let tag = Some("\"v1\"".to_owned());
    for control in ["max-age=0", "no-cache", "public, max-age=60"] {
        let headers = [(header::CACHE_CONTROL, control), (header::ETAG, "\"v1\""), (header::AGE, "60")];
        let stale = Publisher::start(&card_of(&served, Binding::JsonRpc), &headers).await;
        let client = Client::discover(&stale.url()).await.unwrap();
        client.get(&task(), History::All).await.unwrap();
        client.get(&task(), History::All).await.unwrap();
        assert_eq!(stale.asked(), [None, tag.clone(), tag.clone()], "{control}");
    }
}

#[tokio::test]
async fn an_agent_that_has_moved_is_found_again() {
    let served = Served::start(Stage::new()).await;
    let away = interface("http://127.0.0.1:1/rpc".into(), Binding::JsonRpc);
    let old = AgentCard { supported_interfaces: vec![away], ..Stage::new().card };
    let publisher = Publisher::start(&old, &[(header::CACHE_CONTROL, "max-age=3600")]).await;
    let client = Client::discover(&publisher.url()).await.unwrap();
    let error = client.get(&task(), History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    publisher.desk.lock().unwrap().body = proto::to_json(&card_of(&served, Binding::HttpJson)).unwrap();
    client.get(&task(), History::All).await.unwrap();
    assert_eq!(publisher.asked().len(), 2);
}

#[tokio::test]
async fn an_agent_that_is_away_is_found_when_it_comes() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let error = Client::at(&closed).unwrap().get(&task(), History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    assert!(matches!(Client::discover(&closed).await, Err(ClientError::Unreachable(_))));
    // A card that cannot be had now says nothing of the agent.
    let desk = Desk { status: StatusCode::SERVICE_UNAVAILABLE, ..Desk::default() };
    let publisher = Publisher::of(desk).await;
    let client = Client::at(&publisher.address).unwrap();
    let error = client.get(&task(), History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    let served = Served::start(Stage::new()).await;
    let card = proto::to_json(&card_of(&served, Binding::JsonRpc)).unwrap();
    *publisher.desk.lock().unwrap() = Desk { body: card, ..Desk::default() };
    client.get(&task(), History::All).await.unwrap();
}

#[tokio::test]
async fn redirects_are_followed_on_the_same_host_alone() {
    let served = Served::start(Stage::new()).await;
    let target = Publisher::start(&card_of(&served, Binding::JsonRpc), &[]).await;
    for (to, found) in [("/moved.json".to_owned(), false), (format!("{}{PATH}", target.url()), false)] {
        let publisher = Publisher::of(Desk { status: StatusCode::FOUND, ..Desk::default() }).await;
        publisher.desk.lock().unwrap().headers.insert(header::LOCATION, to.parse().unwrap());
        let error = Client::discover(&publisher.url()).await.err();
        assert_eq!(error.is_none(), found, "{to}");
        // The same host is asked until it is enough, another one never.
        assert_eq!(publisher.asked().len(), if to.starts_with('/') { 3 } else { 1 }, "{to}");
    }
    assert_eq!(target.asked(), []);
    let once = Router::new()
        .route(PATH, get(async || (StatusCode::FOUND, [(header::LOCATION, "/moved.json")])))
        .route("/moved.json", get(publish).with_state(target.desk.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(serve(listener, once));
    Client::discover(&address).await.unwrap().get(&task(), History::All).await.unwrap();
}

#[tokio::test]
async fn a_card_beyond_all_measure_is_not_read() {
    let served = Served::start(Stage::acting(1, [Act::Whole])).await;
    let card = AgentCard { description: "x".repeat(1 << 20), ..card_of(&served, Binding::JsonRpc) };
    let publisher = Publisher::start(&card, &[]).await;
    let error = Client::discover(&publisher.url()).await.unwrap_err();
    assert!(matches!(error, ClientError::Invalid(_)), "{error:?}");
}
