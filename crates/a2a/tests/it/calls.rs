//! Version, extensions, cursor and tenant, as calls name them.

use a2a::{Call, Error};
use prost::Message as _;
use proto::a2a::{AgentExtension, GetTaskRequest};
use types::{Principal, Seq};

use crate::raw::{VERSION, accepted, call_with};
use crate::stage::{Asked, Served, Stage, TASK};

const CURSOR: &str = a2a::metadata::CURSOR;
const PROGRESS: &str = a2a::metadata::PROGRESS;

fn get() -> GetTaskRequest {
    GetTaskRequest { id: TASK.into(), tenant: "acme".into(), history_length: None }
}

async fn error(served: &Served, metadata: &[(&str, &str)]) -> Error {
    let body = get().encode_to_vec().into();
    Error::from_status(&call_with(served, "GetTask", body, metadata).await.unwrap_err())
}

async fn call(served: &Served, metadata: &[(&str, &str)]) -> Call {
    accepted(served, "GetTask", &get(), metadata).await;
    match served.asked().pop() {
        Some(Asked::Get(call, ..)) => call,
        asked => panic!("{asked:?}"),
    }
}

#[tokio::test]
async fn c08_only_version_one_nought_is_spoken_and_the_refusal_says_what_to_add() {
    let served = Served::start(Stage::new()).await;
    for version in ["", "0.3", "0.3.0", "1", "1.1", "1.7", "10.0", "99.0", "1.0x", "one"] {
        let Error::VersionNotSupported(text) = error(&served, &[("a2a-version", version)]).await else {
            panic!("{version} is accepted")
        };
        assert!(text.contains("-H 'a2a-version: 1.0'"), "{text}");
    }
    let Error::VersionNotSupported(text) = error(&served, &[]).await else { panic!("no version is accepted") };
    assert!(text.contains("0.3") && text.contains("-H 'a2a-version: 1.0'"), "{text}");
    for version in ["1.0", " 1.0 ", "1.0.1"] {
        call(&served, &[("a2a-version", version)]).await;
    }
    assert_eq!(served.asked().len(), 3);
}

#[tokio::test]
async fn c14_known_extensions_are_activated_and_echoed_and_unknown_ones_ignored() {
    let served = Served::start(Stage::new()).await;
    let one = format!("urn:unknown, {PROGRESS}");
    let metadata = [VERSION, ("a2a-extensions", one.as_str()), ("a2a-extensions", CURSOR)];
    let called = call(&served, &metadata).await;
    assert!(called.extensions.activated(PROGRESS) && called.extensions.activated(CURSOR));
    assert!(!called.extensions.activated("urn:unknown"));
    let answer = accepted(&served, "GetTask", &get(), &metadata).await;
    assert_eq!(answer.get("a2a-extensions").unwrap(), format!("{CURSOR}, {PROGRESS}").as_str());
    let answer = accepted(&served, "GetTask", &get(), &[VERSION]).await;
    assert!(answer.get("a2a-extensions").is_none());
}

#[tokio::test]
async fn a_required_extension_must_be_asked_for() {
    let mut stage = Stage::new();
    let required = AgentExtension { uri: "urn:must".into(), required: true, ..AgentExtension::default() };
    stage.card.capabilities.as_mut().unwrap().extensions.push(required);
    let served = Served::start(stage).await;
    assert_eq!(error(&served, &[VERSION]).await, Error::ExtensionSupportRequired("urn:must".into()));
    assert!(call(&served, &[VERSION, ("a2a-extensions", "urn:must")]).await.extensions.activated("urn:must"));
}

#[tokio::test]
async fn a_cursor_is_a_number_and_activates_its_extension() {
    let served = Served::start(Stage::new()).await;
    for cursor in ["", "x", "-1", "1.5", "18446744073709551616"] {
        let Error::Validation(violations) = error(&served, &[VERSION, ("watchroom-cursor", cursor)]).await else {
            panic!("{cursor} is accepted")
        };
        assert_eq!(violations[0].field, "watchroom-cursor");
    }
    let called = call(&served, &[VERSION, ("watchroom-cursor", "42")]).await;
    assert_eq!(called.cursor, Some(Seq(42)));
    assert!(called.extensions.activated(CURSOR));
    assert_eq!(call(&served, &[VERSION]).await.cursor, None);
}

#[tokio::test]
async fn a_call_may_name_the_store_that_it_is_meant_for() {
    let served = Served::start(Stage::new()).await;
    let Error::Validation(violations) = error(&served, &[VERSION, ("watchroom-store", "here")]).await else {
        panic!("a store without an id is accepted")
    };
    assert_eq!(violations[0].field, "watchroom-store");
    let id = "019b0000-0000-7000-8000-0000000000fe";
    assert_eq!(call(&served, &[VERSION, ("watchroom-store", id)]).await.store, Some(id.parse().unwrap()));
    assert_eq!(call(&served, &[VERSION]).await.store, None);
    served.client().for_store(id.parse().unwrap()).get(&TASK.parse().unwrap(), a2a::History::All).await.unwrap();
    let Some(Asked::Get(called, ..)) = served.asked().pop() else { panic!("nothing was asked") };
    assert_eq!(called.store, Some(id.parse().unwrap()));
}

#[tokio::test]
async fn the_tenant_of_the_request_is_part_of_the_owner() {
    let served = Served::start(Stage::new()).await;
    let owner = call(&served, &[VERSION]).await.owner;
    assert_eq!((owner.tenant.as_str(), &owner.principal), ("acme", &Principal::anonymous()));
    for tenant in ["a\nb".to_owned(), "x".repeat(300)] {
        let body = GetTaskRequest { tenant, ..get() }.encode_to_vec().into();
        let status = call_with(&served, "GetTask", body, &[VERSION]).await.unwrap_err();
        let Error::Validation(violations) = Error::from_status(&status) else { panic!("{status}") };
        assert_eq!(violations[0].field, "tenant");
    }
}
