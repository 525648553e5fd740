//! The client's unary calls and how it picks an interface.

use a2a::{Client, ClientError, Error, History, Reply};
use proto::a2a::{AgentInterface, ListTasksRequest};
use types::{RemoteTask, Seq};

use crate::stage::{Asked, Served, Stage, TASK, folded, message, request};

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

#[tokio::test]
async fn each_operation_brings_its_answer() {
    let served = Served::start(Stage::new()).await;
    let client = served.client().for_tenant("acme");
    let whole = folded(&served.stage.log);
    let seq = Some(Seq(served.stage.log.len() as u64));
    let Reply::Task(sent) = client.send(request(message("hello"))).await.unwrap() else { panic!("no task") };
    let got = client.get(&task(), History::Last(2)).await.unwrap();
    let canceled = client.cancel(&task(), None).await.unwrap();
    for snapshot in [sent, got, canceled] {
        assert_eq!((&snapshot.task, snapshot.seq), (&whole, seq));
    }
    let page = client.list(ListTasksRequest::default()).await.unwrap();
    assert_eq!((page.tasks.len(), page.next_page_token.as_str(), page.total_size), (1, "more", 7));
    for asked in served.asked() {
        let (Asked::Send(call, _) | Asked::Get(call, ..) | Asked::List(call, _) | Asked::Cancel(call, _)) = asked
        else {
            panic!("{asked:?}")
        };
        assert_eq!(call.owner.tenant.as_str(), "acme");
    }
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_its_deadline() {
    // A listener that accepts and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = Client::connect(&address).unwrap().within(std::time::Duration::from_millis(50));
    let error = client.get(&task(), History::All).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout), "{error:?}");
    let error = client.subscribe(&task(), None).await.err().unwrap();
    assert!(matches!(error, ClientError::Timeout), "{error:?}");
}

#[tokio::test]
async fn the_first_interface_that_is_spoken_is_taken_with_its_tenant() {
    let served = Served::start(Stage::new()).await;
    let interface = |url: &str, binding: &str, version: &str| AgentInterface {
        url: url.into(),
        protocol_binding: binding.into(),
        protocol_version: version.into(),
        tenant: "of-card".into(),
    };
    let mut card = Stage::new().card;
    card.supported_interfaces = vec![
        interface("http://127.0.0.1:1", "JSONRPC", "1.0"),
        interface("127.0.0.1:1", "GRPC", "0.3"),
        interface(&served.address.to_string(), "GRPC", "1.0"),
    ];
    Client::of_card(&card).unwrap().get(&task(), History::All).await.unwrap();
    let asked = served.asked();
    let [Asked::Get(call, ..)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(call.owner.tenant.as_str(), "of-card");
    card.supported_interfaces.pop();
    assert!(matches!(Client::of_card(&card), Err(ClientError::NoInterface)));
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_once() {
    for address in ["", "http://", "ftp://x:1", "a b"] {
        assert!(matches!(Client::connect(address), Err(ClientError::Address(_))), "{address}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_what_the_agent_said() {
    let served = Served::start(Stage::failing(Error::MessageIdReused("m-hello".into()))).await;
    let error = served.client().send(request(message("hello"))).await.unwrap_err();
    assert!(matches!(&error, ClientError::Refused(Error::MessageIdReused(id)) if id == "m-hello"), "{error:?}");
}
