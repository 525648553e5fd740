//! Agents behind TLS: over every binding, by their cards, and refused in words that help.

use std::net::SocketAddr;

use a2a::{Binding, Client, ClientError, History};
use outbound::{Dialer, Guard, Roots, TlsError};
use proto::a2a::AgentInterface;
use service::client::{Peer, UrlError};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use types::RemoteTask;

use crate::authority::{Authority, NOW, PAST};
use crate::stage::{Served, Stage, TASK};

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

fn interface(url: String, binding: Binding) -> AgentInterface {
    AgentInterface {
        url,
        protocol_binding: binding.name().into(),
        protocol_version: "1.0".into(),
        ..AgentInterface::default()
    }
}

/// An agent whose card names these interfaces at the address of the TLS before it.
async fn secured(
    authority: &Authority,
    years: (i32, i32),
    interfaces: impl FnOnce(&str) -> Vec<AgentInterface>,
) -> (Served, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut stage = Stage::new();
    stage.card.supported_interfaces = interfaces(&format!("localhost:{}", address.port()));
    let served = Served::start(stage).await;
    authority.front(listener, "localhost", years, served.address);
    (served, address)
}

fn peer(url: &str, roots: Roots) -> Peer {
    Peer::new(url, None).via(Dialer::anywhere(roots))
}

/// The last cause.
fn why(error: &ClientError) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[tokio::test]
async fn c69_every_binding_is_spoken_by_tls() {
    let authority = Authority::new();
    let (served, address) = secured(&authority, NOW, |host| vec![interface(host.to_owned(), Binding::Grpc)]).await;
    for binding in Binding::ALL {
        let path = if binding == Binding::JsonRpc { "/rpc" } else { "" };
        let url = format!("https://localhost:{}{path}", address.port());
        let client = Client::over(binding, peer(&url, authority.trusted())).unwrap();
        let got = client.get(&task(), History::All).await.unwrap_or_else(|error| panic!("{binding}: {}", why(&error)));
        assert_eq!(got.task.id, TASK);
    }
    assert_eq!(served.asked().len(), 3);
    let alone = Client::at(peer(&format!("grpcs://localhost:{}", address.port()), authority.trusted())).unwrap();
    alone.get(&task(), History::All).await.unwrap();
}

#[tokio::test]
async fn c69_a_card_that_came_by_tls_sends_nobody_back_to_plaintext() {
    let authority = Authority::new();
    for binding in Binding::ALL {
        let (served, address) = secured(&authority, NOW, |host| {
            let url = match binding {
                // As the specification has it, without a scheme.
                Binding::Grpc => host.to_owned(),
                Binding::JsonRpc => format!("https://{host}/rpc"),
                Binding::HttpJson => format!("https://{host}"),
            };
            vec![interface(url, binding)]
        })
        .await;
        let url = format!("https://localhost:{}", address.port());
        let client = Client::discover(peer(&url, authority.trusted())).await.unwrap();
        client.get(&task(), History::All).await.unwrap_or_else(|error| panic!("{binding}: {}", why(&error)));
        assert_eq!(served.asked().len(), 1);
    }
}

#[tokio::test]
async fn c69_whoever_is_not_believed_has_seen_nothing_and_the_error_says_what_to_do() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        ("localhost", NOW, other.trusted(), "--ca"),
        ("127.0.0.1", NOW, authority.trusted(), "is for localhost, not for 127.0.0.1"),
        ("localhost", PAST, authority.trusted(), "has expired"),
    ];
    for (host, years, roots, says) in cases {
        let (served, address) =
            secured(&authority, years, |host| vec![interface(host.to_owned(), Binding::Grpc)]).await;
        for binding in Binding::ALL {
            let url = format!("https://{host}:{}", address.port());
            let client = Client::over(binding, peer(&url, roots.clone())).unwrap();
            let error = client.get(&task(), History::All).await.unwrap_err();
            assert!(matches!(error, ClientError::Unreachable(_)), "{binding}: {error:?}");
            assert!(why(&error).contains(says), "{binding}: {}", why(&error));
        }
        assert!(served.asked().is_empty());
    }
}

#[tokio::test]
async fn c69_plaintext_to_a_port_of_tls_is_refused_at_once_and_the_error_says_what_to_do() {
    let authority = Authority::new();
    let (served, address) = secured(&authority, NOW, |host| vec![interface(host.to_owned(), Binding::Grpc)]).await;
    let url = format!("http://localhost:{}", address.port());
    // What speaks HTTP/1.1 does not say so before it is asked.
    let clients = Binding::ALL
        .map(|binding| (Client::over(binding, peer(&url, Roots::default())).unwrap(), binding == Binding::Grpc));
    let by_card = (Client::at(peer(&url, Roots::default())).unwrap(), true);
    for (client, unheard) in clients.into_iter().chain([by_card]) {
        let error = client.get(&task(), History::All).await.unwrap_err();
        assert_eq!(
            (matches!(error, ClientError::Unreachable(_)), error.outcome_unknown()),
            (unheard, !unheard),
            "{error:?}"
        );
        assert!(matches!(TlsError::behind(&error), Some(TlsError::Spoken)), "{error:?}");
    }
    assert!(served.asked().is_empty());
}

#[tokio::test]
async fn c69_a_port_that_speaks_tls_by_now_may_have_taken_what_came_in_plaintext_before() {
    for binding in [Binding::JsonRpc, Binding::HttpJson] {
        let authority = Authority::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let served = Served::start(Stage::new()).await;
        let mut card = Stage::new().card;
        let next = interface(served.address.to_string(), Binding::Grpc);
        card.supported_interfaces = vec![interface(url, binding), next];
        let client = Client::of_card(&card, &Dialer::anywhere(Roots::default())).unwrap();
        // Who has read the request may do what it says, and is followed by somebody who speaks TLS.
        let takes = async {
            let (mut taken, _) = listener.accept().await.unwrap();
            let read = taken.read(&mut [0; 1]).await.unwrap();
            authority.front(listener, "localhost", NOW, served.address);
            read
        };
        let task = task();
        let (error, read) = tokio::join!(client.get(&task, History::All), takes);
        let error = error.unwrap_err();
        assert!(matches!(error, ClientError::Ambiguous(_)) && error.outcome_unknown(), "{binding}: {error:?}");
        assert!(matches!(TlsError::behind(&error), Some(TlsError::Spoken)), "{binding}: {error:?}");
        assert_eq!((read, served.asked().len()), (1, 0), "{binding}: it is not sent to the next interface");
    }
}

#[tokio::test]
async fn grpc_has_no_path_and_its_address_none() {
    for (binding, url, taken) in [
        (Binding::Grpc, "http://localhost:1/rpc", false),
        (Binding::Grpc, "http://localhost:1/", true),
        (Binding::Grpc, "grpcs://localhost:1/x", false),
        (Binding::JsonRpc, "http://localhost:1/rpc", true),
        (Binding::HttpJson, "http://localhost:1/acme", true),
    ] {
        match Client::speaking(binding, url) {
            Ok(_) => assert!(taken, "{url}"),
            Err(ClientError::Address(UrlError::Path(_))) => assert!(!taken, "{url}"),
            Err(other) => panic!("{url}: {other:?}"),
        }
    }
    assert!(matches!(Client::at("grpc://localhost:1/x"), Err(ClientError::Address(UrlError::Path(_)))));
}

#[tokio::test]
async fn a_card_leads_nowhere_that_its_reader_may_not_go() {
    let stage = Stage::new();
    let inner = Served::start(Stage::new()).await;
    let card = |url: String| {
        let mut card = stage.card.clone();
        card.supported_interfaces = vec![interface(url, Binding::Grpc)];
        card
    };
    let dialer = Dialer::new(Guard::default(), Roots::default());
    let client = Client::of_card(&card(inner.address.to_string()), &dialer).unwrap();
    let error = client.get(&task(), History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)) && why(&error).contains("may be called"), "{}", why(&error));
    assert!(inner.asked().is_empty());
    let named = dialer.also(&Client::target(&inner.address.to_string()).unwrap());
    Client::of_card(&card(inner.address.to_string()), &named).unwrap().get(&task(), History::All).await.unwrap();
}

#[tokio::test]
async fn a_binding_without_a_path_is_spoken_where_the_card_has_it() {
    let served = Served::start(Stage::new()).await;
    // Whatever host the card names: the address is the one that was given.
    let elsewhere = Served::start({
        let mut stage = Stage::new();
        stage.card.supported_interfaces = vec![interface("http://nobody.invalid/rpc".to_owned(), Binding::JsonRpc)];
        stage
    })
    .await;
    for (at, of) in [(&served, Binding::HttpJson), (&elsewhere, Binding::JsonRpc)] {
        let client = Client::speaking(of, &format!("http://{}", at.address)).unwrap();
        client.get(&task(), History::All).await.unwrap_or_else(|error| panic!("{of}: {}", why(&error)));
        assert_eq!(at.asked().len(), 1);
    }
}
