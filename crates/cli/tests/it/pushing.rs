//! `push`: the list, its pages, and a redrive.

use axum::Router;
use proto::watchroom::admin::v1::{
    ListPushRequest, ListPushResponse, PushState, PushStatus, RedrivePushRequest, RedrivePushResponse,
};
use tonic::{Request, Status};

use crate::support::{run, serve, unary};

const TASK: &str = "01980000-0000-7000-8000-000000000001";

fn webhook(id: &str, state: PushState) -> PushStatus {
    PushStatus {
        task_id: TASK.into(),
        id: id.into(),
        origin: "https://hooks.example:443".into(),
        seq: 7,
        state: state.into(),
        failures: 3,
        ..PushStatus::default()
    }
}

/// Two pages: one webhook that was given up, and, unless only those are asked for, one that is not.
async fn service() -> String {
    let list = |request: Request<ListPushRequest>| {
        let ListPushRequest { parked_only, page_token, .. } = request.into_inner();
        let (configs, next_page_token) = match (parked_only, page_token.as_str()) {
            (_, "") => (vec![webhook("a", PushState::Parked)], "more".to_owned()),
            (false, "more") => (vec![webhook("b", PushState::Flowing)], String::new()),
            (true, "more") => (Vec::new(), String::new()),
            _ => return Err(Status::invalid_argument("page_token")),
        };
        Ok(ListPushResponse { configs, next_page_token })
    };
    let redrive = |request: Request<RedrivePushRequest>| match request.into_inner().id.as_str() {
        "a" => Ok(RedrivePushResponse { before: PushState::Parked.into() }),
        _ => Err(Status::from(a2a::Error::TaskNotFound)),
    };
    let admin = "/watchroom.admin.v1.Admin";
    let router = Router::new().route(&format!("{admin}/ListPush"), unary(list));
    serve(router.route(&format!("{admin}/RedrivePush"), unary(redrive))).await
}

#[tokio::test]
async fn webhooks_are_listed_over_all_pages_for_people_and_for_scripts() {
    let url = service().await;
    let ended = run(&["push", "--service", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in [&format!("{TASK}/a"), "parked", &format!("{TASK}/b"), "flowing", "https://hooks.example:443"] {
        assert!(ended.out.contains(word), "{word} in {}", ended.out);
    }
    let lines = run(&["push", "--service", &url, "--parked", "--json"]).await.json();
    assert_eq!((lines.len(), lines[0]["state"].as_str()), (1, Some("PUSH_STATE_PARKED")));
}

#[tokio::test]
async fn a_webhook_is_redriven_by_the_name_that_the_list_shows() {
    let url = service().await;
    let ended = run(&["push", "redrive", &format!("{TASK}/a"), "--service", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let missing = run(&["push", "redrive", &format!("{TASK}/x"), "--service", &url]).await;
    assert!(missing.code == Some(1) && missing.err.contains(&format!("has no webhook {TASK}/x")), "{missing:?}");
    for bad in ["a", "a/b", &format!("{TASK}/")] {
        assert_eq!(run(&["push", "redrive", bad, "--service", &url]).await.code, Some(64), "{bad}");
    }
}
