//! Requests about push notifications, of an agent that sends them: what reaches the backend, and what does not.

use a2a::{Authentication, Error, PushConfig, PushPage};
use proto::a2a::{
    AuthenticationInfo, DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest,
    ListTaskPushNotificationConfigsRequest, SendMessageConfiguration, SendMessageRequest, TaskPushNotificationConfig,
};
use types::Secret;

use crate::raw::{VERSION, accepted, refused};
use crate::stage::{Asked, Served, Stage, TASK, message, request};

const CREATE: &str = "CreateTaskPushNotificationConfig";

async fn served() -> Served {
    let mut stage = Stage::new();
    stage.card.capabilities.as_mut().unwrap().push_notifications = Some(true);
    Served::start(stage).await
}

fn config() -> TaskPushNotificationConfig {
    TaskPushNotificationConfig {
        id: "c".into(),
        task_id: TASK.into(),
        url: "https://hooks.example/a".into(),
        token: "t0ken".into(),
        authentication: Some(AuthenticationInfo { scheme: "Bearer".into(), credentials: "w0rd w0rd".into() }),
        ..TaskPushNotificationConfig::default()
    }
}

fn parsed() -> PushConfig {
    let credentials = Some(Secret::new("w0rd w0rd"));
    PushConfig {
        id: Some("c".parse().unwrap()),
        url: Secret::new("https://hooks.example/a"),
        token: Some(Secret::new("t0ken")),
        authentication: Some(Authentication { scheme: "Bearer".into(), credentials }),
    }
}

fn with(config: TaskPushNotificationConfig) -> SendMessageRequest {
    let configuration =
        SendMessageConfiguration { task_push_notification_config: Some(config), ..SendMessageConfiguration::default() };
    SendMessageRequest { configuration: Some(configuration), ..request(message("hello")) }
}

/// What is asked by each operation in turn, where pages are asked for twice.
fn every_operation() -> [Asked; 5] {
    let (task, id) = (TASK.parse().unwrap(), || "c".parse().unwrap());
    let page = |size, after: Option<&str>| PushPage { size, after: after.map(|after| after.parse().unwrap()) };
    [
        Asked::CreatePush(task, Box::new(parsed())),
        Asked::GetPush(task, id()),
        Asked::ListPush(task, page(50, None)),
        Asked::ListPush(task, page(7, Some("b"))),
        Asked::DeletePush(task, id()),
    ]
}

#[tokio::test]
async fn every_operation_reaches_the_backend_in_our_words() {
    let served = served().await;
    let (task_id, id) = (TASK.to_owned(), "c".to_owned());
    accepted(&served, CREATE, &config(), &[VERSION]).await;
    let get = GetTaskPushNotificationConfigRequest { task_id: task_id.clone(), id: id.clone(), tenant: String::new() };
    accepted(&served, "GetTaskPushNotificationConfig", &get, &[VERSION]).await;
    let list = ListTaskPushNotificationConfigsRequest { task_id: task_id.clone(), ..Default::default() };
    accepted(&served, "ListTaskPushNotificationConfigs", &list, &[VERSION]).await;
    let list = ListTaskPushNotificationConfigsRequest { page_size: 7, page_token: "b".into(), ..list };
    accepted(&served, "ListTaskPushNotificationConfigs", &list, &[VERSION]).await;
    let delete = DeleteTaskPushNotificationConfigRequest { task_id, id, tenant: String::new() };
    accepted(&served, "DeleteTaskPushNotificationConfig", &delete, &[VERSION]).await;
    assert_eq!(served.asked(), every_operation());
    let printed = format!("{:?}", served.asked());
    assert!(
        !printed.contains("t0ken") && !printed.contains("w0rd") && !printed.contains("hooks"),
        "a secret is printed"
    );
}

#[tokio::test]
async fn our_client_asks_the_same_over_each_binding() {
    for binding in a2a::Binding::ALL {
        let served = served().await;
        let (client, task) = (served.over(binding), TASK.parse().unwrap());
        client.create_push(config()).await.unwrap();
        client.get_push(&task, "c").await.unwrap();
        let every = ListTaskPushNotificationConfigsRequest { task_id: TASK.into(), ..Default::default() };
        client.list_push(every.clone()).await.unwrap();
        client
            .list_push(ListTaskPushNotificationConfigsRequest { page_size: 7, page_token: "b".into(), ..every })
            .await
            .unwrap();
        client.delete_push(&task, "c").await.unwrap();
        assert_eq!(served.asked(), every_operation(), "{binding}");
    }
}

#[tokio::test]
async fn a_configuration_comes_with_a_message() {
    let served = served().await;
    accepted(
        &served,
        "SendMessage",
        &with(TaskPushNotificationConfig { task_id: String::new(), ..config() }),
        &[VERSION],
    )
    .await;
    let asked = served.asked();
    let [Asked::Send(_, request)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(request.push, Some(parsed()));
}

#[tokio::test]
async fn what_is_wrong_with_a_configuration_is_named_and_never_quoted() {
    let served = served().await;
    let auth = |scheme: &str, credentials: &str| {
        Some(AuthenticationInfo { scheme: scheme.into(), credentials: credentials.into() })
    };
    let cases = [
        ("url", TaskPushNotificationConfig { url: String::new(), ..config() }),
        ("id", TaskPushNotificationConfig { id: "a\nb".into(), ..config() }),
        ("token", TaskPushNotificationConfig { token: "se cret".into(), ..config() }),
        ("token", TaskPushNotificationConfig { token: "secret\r\nx: y".into(), ..config() }),
        ("token", TaskPushNotificationConfig { token: "secret".repeat(1000), ..config() }),
        ("authentication.scheme", TaskPushNotificationConfig { authentication: auth("", "secret"), ..config() }),
        ("authentication.scheme", TaskPushNotificationConfig { authentication: auth("a b", "secret"), ..config() }),
        (
            "authentication.credentials",
            TaskPushNotificationConfig { authentication: auth("a", "secret\n"), ..config() },
        ),
    ];
    for (field, bad) in cases {
        let status = refused(&served, CREATE, &bad).await;
        let Error::Validation(found) = Error::from_status(&status) else { panic!("{status}") };
        assert_eq!((found.len(), found[0].field.as_str()), (1, field));
        assert!(!status.message().contains("secret"));
        let bad = with(TaskPushNotificationConfig { task_id: String::new(), ..bad });
        let Error::Validation(found) = Error::from_status(&refused(&served, "SendMessage", &bad).await) else {
            panic!("{status}")
        };
        assert_eq!(found[0].field, format!("configuration.task_push_notification_config.{field}"));
    }
    let Error::Validation(found) = Error::from_status(&refused(&served, "SendMessage", &with(config())).await) else {
        panic!("another task is taken")
    };
    assert_eq!(found[0].field, "configuration.task_push_notification_config.task_id");
    for page_size in [-1, 101] {
        let list = ListTaskPushNotificationConfigsRequest { task_id: TASK.into(), page_size, ..Default::default() };
        let status = refused(&served, "ListTaskPushNotificationConfigs", &list).await;
        assert!(matches!(Error::from_status(&status), Error::Validation(_)), "{status}");
    }
    assert_eq!(served.asked(), []);
}
