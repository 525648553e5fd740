//! Where an agent tells of its tasks: the operations of push notifications, as a client asks for them.

use proto::a2a::{
    DeleteTaskPushNotificationConfigRequest, GetTaskPushNotificationConfigRequest,
    ListTaskPushNotificationConfigsRequest, ListTaskPushNotificationConfigsResponse, TaskPushNotificationConfig,
};
use types::RemoteTask;

use crate::client::Client;
use crate::client::ask::{Ask, Route, segment};
use crate::client_error::ClientError;

impl Client {
    /// Has the agent tell a webhook of a task, which the configuration names. Its answer has the configuration's id.
    pub async fn create_push(
        &self,
        config: TaskPushNotificationConfig,
    ) -> Result<TaskPushNotificationConfig, ClientError> {
        self.once::<Create>(config).await
    }

    /// Fetches one configuration of a task.
    pub async fn get_push(&self, task: &RemoteTask, id: &str) -> Result<TaskPushNotificationConfig, ClientError> {
        let (task_id, id) = (task.to_string(), id.to_owned());
        self.once::<Get>(GetTaskPushNotificationConfigRequest { tenant: String::new(), task_id, id }).await
    }

    /// Fetches one page of a task's configurations.
    pub async fn list_push(
        &self,
        request: ListTaskPushNotificationConfigsRequest,
    ) -> Result<ListTaskPushNotificationConfigsResponse, ClientError> {
        self.once::<List>(request).await
    }

    /// Deletes one configuration of a task.
    pub async fn delete_push(&self, task: &RemoteTask, id: &str) -> Result<(), ClientError> {
        let (task_id, id) = (task.to_string(), id.to_owned());
        self.once::<Delete>(DeleteTaskPushNotificationConfigRequest { tenant: String::new(), task_id, id }).await
    }
}

/// `CreateTaskPushNotificationConfig`.
struct Create;
/// `GetTaskPushNotificationConfig`.
struct Get;
/// `ListTaskPushNotificationConfigs`.
struct List;
/// `DeleteTaskPushNotificationConfig`.
struct Delete;

impl Ask for Create {
    const METHOD: &'static str = "CreateTaskPushNotificationConfig";
    type Request = TaskPushNotificationConfig;
    type Answer = TaskPushNotificationConfig;

    fn tenant(request: &mut TaskPushNotificationConfig) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &TaskPushNotificationConfig) -> Route {
        Route::post(all(&request.task_id))
    }
}

impl Ask for Get {
    const METHOD: &'static str = "GetTaskPushNotificationConfig";
    type Request = GetTaskPushNotificationConfigRequest;
    type Answer = TaskPushNotificationConfig;

    fn tenant(request: &mut GetTaskPushNotificationConfigRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &GetTaskPushNotificationConfigRequest) -> Route {
        Route::get(one(&request.task_id, &request.id))
    }
}

impl Ask for List {
    const METHOD: &'static str = "ListTaskPushNotificationConfigs";
    type Request = ListTaskPushNotificationConfigsRequest;
    type Answer = ListTaskPushNotificationConfigsResponse;

    fn tenant(request: &mut ListTaskPushNotificationConfigsRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &ListTaskPushNotificationConfigsRequest) -> Route {
        Route::get(all(&request.task_id))
    }
}

impl Ask for Delete {
    const METHOD: &'static str = "DeleteTaskPushNotificationConfig";
    type Request = DeleteTaskPushNotificationConfigRequest;
    type Answer = ();
    const SILENT: bool = true;

    fn tenant(request: &mut DeleteTaskPushNotificationConfigRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &DeleteTaskPushNotificationConfigRequest) -> Route {
        Route::delete(one(&request.task_id, &request.id))
    }
}

fn all(task: &str) -> String {
    format!("/tasks/{}/pushNotificationConfigs", segment(task))
}

fn one(task: &str, id: &str) -> String {
    format!("{}/{}", all(task), segment(id))
}
