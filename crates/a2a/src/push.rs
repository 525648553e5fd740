//! Requests about push notifications, checked and put into our words. Whether a URL may be called is the backend's
//! to say, since only it knows whom its operator allows.

use proto::a2a::{
    AgentCapabilities, AgentCard, AuthenticationInfo, DeleteTaskPushNotificationConfigRequest,
    GetTaskPushNotificationConfigRequest, ListTaskPushNotificationConfigsRequest, TaskPushNotificationConfig,
};
use types::{PushId, Secret, TaskId, limits};

use crate::error::Error;
use crate::parse::{Violations, named_task, required};

/// Largest token, scheme and credentials, in bytes: they go out as headers.
const TOKEN: usize = 4096;
const SCHEME: usize = 64;
const CREDENTIALS: usize = 8192;

/// Where the events of a task are to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushConfig {
    /// Its id within the task, if the client chose one.
    pub id: Option<PushId>,
    /// Where to; not checked, and kept from logs since its path may hold a secret.
    pub url: Secret,
    /// What the receiver knows the task by; visible ASCII.
    pub token: Option<Secret>,
    /// What the receiver knows us by.
    pub authentication: Option<Authentication>,
}

/// The two parts of the header `Authorization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// Such as `Bearer`; a token of HTTP.
    pub scheme: String,
    /// Printable ASCII, or nothing.
    pub credentials: Option<Secret>,
}

/// Which part of a task's configurations to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushPage {
    /// Configurations of a page, 1 to 100.
    pub size: usize,
    /// Go on after this one.
    pub after: Option<PushId>,
}

/// A configuration for a task that there is.
pub(crate) fn create(request: TaskPushNotificationConfig, card: &AgentCard) -> Result<(TaskId, PushConfig), Error> {
    required("task_id", &request.task_id)?;
    required("url", &request.url)?;
    require(card)?;
    let task = named_task("task_id", &request.task_id)?;
    Ok((task, config(request, "")?))
}

/// A configuration that comes with a message to `task`, or to the task that the message opens.
pub(crate) fn inline(request: TaskPushNotificationConfig, task: &str, card: &AgentCard) -> Result<PushConfig, Error> {
    const FIELD: &str = "configuration.task_push_notification_config.";
    require(card)?;
    required(&format!("{FIELD}url"), &request.url)?;
    if !request.task_id.is_empty() && request.task_id != task {
        return Err(Error::invalid(format!("{FIELD}task_id"), "is not the task of the message"));
    }
    config(request, FIELD)
}

pub(crate) fn get(request: &GetTaskPushNotificationConfigRequest, card: &AgentCard) -> Result<(TaskId, PushId), Error> {
    one(&request.task_id, &request.id, card)
}

pub(crate) fn delete(
    request: &DeleteTaskPushNotificationConfigRequest,
    card: &AgentCard,
) -> Result<(TaskId, PushId), Error> {
    one(&request.task_id, &request.id, card)
}

pub(crate) fn list(
    request: &ListTaskPushNotificationConfigsRequest,
    card: &AgentCard,
) -> Result<(TaskId, PushPage), Error> {
    required("task_id", &request.task_id)?;
    require(card)?;
    let size = match usize::try_from(request.page_size) {
        // This field has no presence: nothing said is 0.
        Ok(0) => limits::PAGE,
        Ok(size) if size <= limits::PAGE_MAX => size,
        Ok(_) | Err(_) => return Err(Error::invalid("page_size", format!("must be from 1 to {}", limits::PAGE_MAX))),
    };
    let bad = |_| Error::invalid("page_token", "is not a token of this agent");
    let after = Some(&request.page_token).filter(|token| !token.is_empty()).map(|token| token.parse().map_err(bad));
    Ok((named_task("task_id", &request.task_id)?, PushPage { size, after: after.transpose()? }))
}

fn one(task: &str, id: &str, card: &AgentCard) -> Result<(TaskId, PushId), Error> {
    required("task_id", task)?;
    required("id", id)?;
    require(card)?;
    let id = id.parse().map_err(|error: types::IdError| Error::invalid("id", error.to_string()))?;
    Ok((named_task("task_id", task)?, id))
}

fn require(card: &AgentCard) -> Result<(), Error> {
    let promised = card.capabilities.as_ref().is_some_and(AgentCapabilities::push_notifications);
    if promised { Ok(()) } else { Err(Error::PushNotificationNotSupported) }
}

fn config(request: TaskPushNotificationConfig, field: &str) -> Result<PushConfig, Error> {
    let mut violations = Violations::default();
    let id = Some(request.id).filter(|id| !id.is_empty());
    let id = id.and_then(|id| violations.take(&format!("{field}id"), id.parse()));
    let token = secret(&request.token, TOKEN, |byte| byte.is_ascii_graphic());
    let token = violations.take(&format!("{field}token"), token).flatten();
    let authentication = request.authentication.map(|info| authentication(info, field, &mut violations));
    violations.finish()?;
    Ok(PushConfig { id, url: Secret::new(&request.url), token, authentication })
}

fn authentication(info: AuthenticationInfo, field: &str, violations: &mut Violations) -> Authentication {
    // RFC 9110, 5.6.2.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if info.scheme.is_empty() || info.scheme.len() > SCHEME || !info.scheme.bytes().all(is_token) {
        violations.add(format!("{field}authentication.scheme"), "must be the name of an HTTP scheme, such as Bearer");
    }
    let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    let credentials = secret(&info.credentials, CREDENTIALS, printable);
    let credentials = violations.take(&format!("{field}authentication.credentials"), credentials).flatten();
    Authentication { scheme: info.scheme, credentials }
}

/// A text that fits a header; `None` when it is empty. What is wrong with it is said without it.
fn secret(text: &str, longest: usize, fits: impl Fn(u8) -> bool) -> Result<Option<Secret>, String> {
    match text {
        "" => Ok(None),
        text if text.len() > longest => Err(format!("has more than {longest} bytes")),
        text if text.bytes().all(fits) => Ok(Some(Secret::new(text))),
        _ => Err("must be printable ASCII: it is sent as a header".to_owned()),
    }
}
