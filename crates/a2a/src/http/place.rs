//! The fields of requests that HTTP+JSON may have in a path.

use proto::Members;
use proto::a2a::{
    CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest, ListTasksRequest,
    SendMessageRequest, SubscribeToTaskRequest, TaskPushNotificationConfig,
};

use crate::error::Error;

/// A field that a path may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Tenant,
    Id,
    TaskId,
}

impl Field {
    /// Its name in the proto.
    const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Id => "id",
            Self::TaskId => "task_id",
        }
    }
}

/// A request of which a path may hold some fields.
pub(super) trait Placed: Members {
    /// The field, if the request has it.
    fn field(&mut self, field: Field) -> Option<&mut String>;
}

/// Puts what a path says into a request, which must not say otherwise. No route names what its request has not.
pub(super) fn put(request: &mut impl Placed, field: Field, value: String) -> Result<(), Error> {
    let said = request.field(field).ok_or(Error::Internal)?;
    if !said.is_empty() && *said != value {
        return Err(Error::invalid(field.name(), format!("is {said} in the request and {value} in its path")));
    }
    *said = value;
    Ok(())
}

macro_rules! placed {
    ($($request:ty: $($field:ident is $member:ident),+;)+) => {
        $(impl Placed for $request {
            fn field(&mut self, field: Field) -> Option<&mut String> {
                match field {
                    $(Field::$field => Some(&mut self.$member),)+
                    #[allow(unreachable_patterns, reason = "some requests have all of them")]
                    Field::Tenant | Field::Id | Field::TaskId => None,
                }
            }
        })+
    };
}

placed! {
    SendMessageRequest: Tenant is tenant;
    GetTaskRequest: Tenant is tenant, Id is id;
    ListTasksRequest: Tenant is tenant;
    CancelTaskRequest: Tenant is tenant, Id is id;
    SubscribeToTaskRequest: Tenant is tenant, Id is id;
    TaskPushNotificationConfig: Tenant is tenant, Id is id, TaskId is task_id;
    GetTaskPushNotificationConfigRequest: Tenant is tenant, Id is id, TaskId is task_id;
    ListTaskPushNotificationConfigsRequest: Tenant is tenant, TaskId is task_id;
    DeleteTaskPushNotificationConfigRequest: Tenant is tenant, Id is id, TaskId is task_id;
    GetExtendedAgentCardRequest: Tenant is tenant;
}

#[cfg(test)]
mod tests;
