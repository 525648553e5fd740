//! `webhook`: what is said of one that is not there, of keys, and of a list without an end.

use axum::Router;
use proto::a2a::{
    DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest, GetTaskRequest,
    ListTaskPushNotificationConfigsRequest, ListTaskPushNotificationConfigsResponse, TaskPushNotificationConfig,
    TaskState,
};
use serde_json::Value;
use tonic::{Request, Status};

use crate::frames::{TASK, task};
use crate::support::{Ended, end, run, serve, unary, watchroom};

/// Not there.
const OTHER: &str = "0196f7a0-0000-7000-8000-000000000002";

/// Has ended.
const ENDED: &str = "0196f7a0-0000-7000-8000-000000000003";

fn webhook(id: &str) -> TaskPushNotificationConfig {
    TaskPushNotificationConfig {
        task_id: TASK.into(),
        id: id.into(),
        url: "https://hooks.example/".into(),
        ..Default::default()
    }
}

/// The page after this token, and the token of the next one.
type Next = fn(&str) -> String;

/// An agent with one task and one webhook of it, `a`, and a task that has ended. Of what is added it says what came.
async fn agent(next: Next) -> String {
    let service = |method: &str| format!("/lf.a2a.v1.A2AService/{method}TaskPushNotificationConfig");
    let get = |request: Request<GetTaskPushNotificationConfigRequest>| {
        let GetTaskPushNotificationConfigRequest { task_id, id, .. } = request.into_inner();
        match (task_id.as_str(), id.as_str()) {
            (TASK, "a") => Ok(webhook("a")),
            _ => Err(Status::from(a2a::Error::TaskNotFound)),
        }
    };
    let list = move |request: Request<ListTaskPushNotificationConfigsRequest>| {
        let ListTaskPushNotificationConfigsRequest { task_id, page_token, .. } = request.into_inner();
        let next_page_token = next(&page_token);
        match task_id.as_str() {
            TASK => Ok(ListTaskPushNotificationConfigsResponse { configs: vec![webhook("a")], next_page_token }),
            _ => Err(Status::from(a2a::Error::TaskNotFound)),
        }
    };
    let delete = |_: Request<DeleteTaskPushNotificationConfigRequest>| Ok(());
    // Who it is sent as, where that can be seen.
    let create = |request: Request<TaskPushNotificationConfig>| {
        let mut made = request.into_inner();
        made.id = made.authentication.take().map(|it| format!("{}:{}", it.scheme, it.credentials)).unwrap_or_default();
        Ok(made)
    };
    let router = Router::new().route(&service("Get"), unary(get)).route(&service("Delete"), unary(delete));
    let stands = |request: Request<GetTaskRequest>| match request.get_ref().id.as_str() {
        TASK => Ok(task(TaskState::Working, "on it")),
        ENDED => Ok(task(TaskState::Completed, "done")),
        _ => Err(Status::from(a2a::Error::TaskNotFound)),
    };
    let router = router.route(&service("Create"), unary(create));
    let router = router.route("/lf.a2a.v1.A2AService/GetTask", unary(stands));
    serve(router.route("/lf.a2a.v1.A2AService/ListTaskPushNotificationConfigs", unary(list))).await
}

fn one_page(_: &str) -> String {
    String::new()
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_told_apart_from_a_task_that_is_not() {
    let url = agent(one_page).await;
    let at = ["--operator", &url];
    let shown = run(&[&["webhook", "show", TASK, "a"], &at[..]].concat()).await;
    assert!(shown.code == Some(0) && shown.out.contains("hooks.example"), "{shown:?}");
    let none = run(&[&["webhook", "show", TASK, "typo"], &at[..]].concat()).await;
    assert_eq!(none.code, Some(1), "{none:?}");
    let next = format!("next: `watchroom webhook list {TASK} --operator {url}`");
    assert!(none.err.contains("has no webhook typo") && none.err.contains(&next), "{none:?}");
    let none = run(&[&["webhook", "show", TASK, "typo", "--json"], &at[..]].concat()).await;
    let error: Value = serde_json::from_str(&none.err).unwrap();
    assert_eq!((&error["error"]["code"], &error["error"]["exit"]), (&"NOT_FOUND".into(), &1.into()), "{error}");
    for action in ["show", "remove"] {
        let none = run(&[&["webhook", action, OTHER, "a"], &at[..]].concat()).await;
        assert!(none.code == Some(1) && none.err.contains("task not found"), "{action}: {none:?}");
    }
}

#[tokio::test]
async fn of_a_task_that_has_ended_no_events_are_promised() {
    let url = agent(one_page).await;
    // Of the last one the agent does not say how it stands.
    for (task, ended) in [(TASK, false), (ENDED, true), (OTHER, false)] {
        let told = run(&["webhook", "add", task, "https://hooks.example/", "--operator", &url]).await;
        assert_eq!(told.code, Some(0), "{told:?}");
        assert_eq!(told.out.contains(&format!("{task} has ended")), ended, "{told:?}");
        assert_eq!(told.out.contains(&format!("every event of {task} from now on")), !ended, "{told:?}");
    }
}

#[tokio::test]
async fn what_was_never_there_is_not_told_of_as_removed() {
    let url = agent(one_page).await;
    let at = ["--operator", &url];
    let gone = run(&[&["webhook", "remove", TASK, "a"], &at[..]].concat()).await;
    assert!(gone.code == Some(0) && gone.out.contains("nothing more"), "{gone:?}");
    let none = run(&[&["webhook", "remove", TASK, "typo"], &at[..]].concat()).await;
    assert!(none.code == Some(0) && none.out.contains("there was no webhook typo"), "{none:?}");
    for (id, removed) in [("a", true), ("typo", false)] {
        let told = run(&[&["webhook", "remove", TASK, id, "--json"], &at[..]].concat()).await.json();
        assert_eq!(told[0]["removed"], removed, "{told:?}");
    }
}

#[tokio::test]
async fn a_list_of_webhooks_without_an_end_is_given_up() {
    // The same token for ever, and ever another one.
    let endless: [Next; 2] = [|_| "again".to_owned(), |token| format!("{token}x")];
    for next in endless {
        let url = agent(next).await;
        let ended = run(&["webhook", "list", TASK, "--operator", &url]).await;
        assert!(ended.code == Some(70) && ended.err.contains("has no end"), "{ended:?}");
    }
}

#[tokio::test]
async fn credentials_are_a_bearers_unless_a_scheme_is_named_and_a_scheme_needs_them() {
    let url = agent(one_page).await;
    let add = async |exported: Option<&str>, flags: &[&str]| -> Ended {
        let mut command =
            watchroom(&[&["webhook", "add", TASK, "https://hooks.example/", "--operator", &url], flags].concat());
        command.env_remove("WATCHROOM_WEBHOOK_CREDENTIALS");
        command.envs(exported.map(|secret| ("WATCHROOM_WEBHOOK_CREDENTIALS", secret)));
        end(command.spawn().unwrap()).await
    };
    let cases: [(Option<&str>, &[&str], &str); 4] = [
        (Some("w0rd"), &[], "webhook Bearer:w0rd"),
        (None, &["--credentials", "w0rd"], "webhook Bearer:w0rd"),
        (Some("w0rd"), &["--scheme", "Basic"], "webhook Basic:w0rd"),
        (None, &[], "webhook \n"),
    ];
    for (exported, flags, sent) in cases {
        let ended = add(exported, flags).await;
        assert!(ended.code == Some(0) && ended.out.contains(sent), "{exported:?} {flags:?}: {ended:?}");
    }
    let alone = add(None, &["--scheme", "Basic"]).await;
    assert!(alone.code == Some(64) && alone.err.contains("--credentials"), "{alone:?}");
}
