//! Which interface of a card is taken, and what is tried when it cannot be reached.

use a2a::{Client, ClientError, History};
use outbound::{Dialer, Roots};
use proto::a2a::{AgentCard, AgentInterface};
use types::RemoteTask;

use crate::stage::{Act, Asked, Served, Stage, TASK, message, request};

const NOBODY: &str = "127.0.0.1:1";

fn anywhere() -> Dialer {
    Dialer::anywhere(Roots::default())
}

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

fn interface(url: impl Into<String>, binding: &str, version: &str) -> AgentInterface {
    AgentInterface {
        url: url.into(),
        protocol_binding: binding.into(),
        protocol_version: version.into(),
        tenant: format!("of-{}", binding.to_lowercase().replace('+', "-")),
    }
}

fn card(interfaces: impl IntoIterator<Item = AgentInterface>) -> AgentCard {
    AgentCard { supported_interfaces: interfaces.into_iter().collect(), ..Stage::new().card }
}

/// The tenants of the calls that arrived.
fn tenants(served: &Served) -> Vec<String> {
    let asked = served.asked().into_iter();
    asked
        .map(|asked| match asked {
            Asked::Get(call, ..) | Asked::Send(call, _) => call.owner.tenant.as_str().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn c65_the_first_interface_that_is_spoken_is_taken_with_its_tenant() {
    let served = Served::start(Stage::new()).await;
    let at = served.address;
    let spoken = [
        interface(at.to_string(), "GRPC", "1.0"),
        interface(format!("http://{at}/rpc"), "JSONRPC", "1.0.1"),
        interface(format!("http://{at}/"), "HTTP+JSON", "1.0"),
    ];
    for first in 0..3 {
        let mut listed = spoken.to_vec();
        listed.rotate_left(first);
        let unspoken = [
            interface(at.to_string(), "SOAP", "1.0"),
            interface(at.to_string(), "GRPC", "0.3"),
            interface(at.to_string(), "GRPC", "1.01"),
            interface(format!("https://{at}"), "JSONRPC", "1.0"),
        ];
        let client = Client::of_card(&card(unspoken.into_iter().chain(listed)), &anywhere()).unwrap();
        client.get(&task(), History::All).await.unwrap();
        client.for_tenant("mine").get(&task(), History::All).await.unwrap();
    }
    assert_eq!(tenants(&served), ["of-grpc", "mine", "of-jsonrpc", "mine", "of-http-json", "mine"]);
}

#[tokio::test]
async fn a_card_without_an_interface_that_is_spoken_is_refused() {
    let strange = [interface(NOBODY, "SOAP", "1.0"), interface(NOBODY, "GRPC", "0.3"), interface("", "GRPC", "1.0")];
    assert!(matches!(Client::of_card(&card(strange), &anywhere()), Err(ClientError::NoInterface)));
    assert!(matches!(Client::of_card(&card([]), &anywhere()), Err(ClientError::NoInterface)));
}

#[tokio::test]
async fn c65_an_interface_that_cannot_be_reached_gives_way_to_the_next() {
    let served = Served::start(Stage::new()).await;
    let at = served.address;
    let listed = [
        interface(NOBODY, "GRPC", "1.0"),
        interface(format!("http://{NOBODY}"), "JSONRPC", "1.0"),
        interface(format!("http://{at}"), "HTTP+JSON", "1.0"),
    ];
    let client = Client::of_card(&card(listed), &anywhere()).unwrap();
    client.send(request(message("hello"))).await.unwrap();
    drop(client.stream(request(message("go")), None).await.unwrap());
    client.get(&task(), History::All).await.unwrap();
    assert_eq!(tenants(&served), ["of-http-json"; 3]);
}

#[tokio::test]
async fn what_an_interface_may_have_seen_is_asked_of_no_other() {
    let deaf = Served::start(Stage::acting(1, [Act::Kill])).await;
    let other = Served::start(Stage::new()).await;
    for binding in ["JSONRPC", "GRPC"] {
        let path = if binding == "GRPC" { "" } else { "http://" };
        let rpc = if binding == "GRPC" { "" } else { "/rpc" };
        let listed = [
            interface(format!("{path}{}{rpc}", deaf.address), binding, "1.0"),
            interface(format!("http://{}", other.address), "HTTP+JSON", "1.0"),
        ];
        let client = Client::of_card(&card(listed), &anywhere()).unwrap();
        let events = client.stream(request(message("go")), None).await;
        let error = match events {
            Err(error) => error,
            Ok(mut events) => futures::StreamExt::next(&mut events).await.unwrap().unwrap_err(),
        };
        assert!(error.outcome_unknown(), "{error:?}");
    }
    assert_eq!(other.asked(), []);
}

#[tokio::test]
async fn a_card_of_which_nothing_can_be_reached_fails_like_one_address() {
    let listed = [interface(NOBODY, "GRPC", "1.0"), interface(format!("http://{NOBODY}"), "JSONRPC", "1.0")];
    let client = Client::of_card(&card(listed), &anywhere()).unwrap();
    let error = client.send(request(message("hello"))).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)), "{error:?}");
    assert!(!error.outcome_unknown());
}
