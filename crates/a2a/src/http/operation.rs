//! The names of the eleven operations.

/// An operation. JSON-RPC's method and gRPC's have the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    SendMessage,
    SendStreamingMessage,
    GetTask,
    ListTasks,
    CancelTask,
    SubscribeToTask,
    CreatePush,
    GetPush,
    ListPush,
    DeletePush,
    ExtendedCard,
}

impl Operation {
    const ALL: [Self; 11] = [
        Self::SendMessage,
        Self::SendStreamingMessage,
        Self::GetTask,
        Self::ListTasks,
        Self::CancelTask,
        Self::SubscribeToTask,
        Self::CreatePush,
        Self::GetPush,
        Self::ListPush,
        Self::DeletePush,
        Self::ExtendedCard,
    ];

    /// Its path in gRPC, by which its calls are counted, whichever binding they come by.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::SendMessage => "/lf.a2a.v1.A2AService/SendMessage",
            Self::SendStreamingMessage => "/lf.a2a.v1.A2AService/SendStreamingMessage",
            Self::GetTask => "/lf.a2a.v1.A2AService/GetTask",
            Self::ListTasks => "/lf.a2a.v1.A2AService/ListTasks",
            Self::CancelTask => "/lf.a2a.v1.A2AService/CancelTask",
            Self::SubscribeToTask => "/lf.a2a.v1.A2AService/SubscribeToTask",
            Self::CreatePush => "/lf.a2a.v1.A2AService/CreateTaskPushNotificationConfig",
            Self::GetPush => "/lf.a2a.v1.A2AService/GetTaskPushNotificationConfig",
            Self::ListPush => "/lf.a2a.v1.A2AService/ListTaskPushNotificationConfigs",
            Self::DeletePush => "/lf.a2a.v1.A2AService/DeleteTaskPushNotificationConfig",
            Self::ExtendedCard => "/lf.a2a.v1.A2AService/GetExtendedAgentCard",
        }
    }

    /// The operation of a JSON-RPC method.
    pub(super) fn named(method: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.path().rsplit('/').next() == Some(method))
    }
}
