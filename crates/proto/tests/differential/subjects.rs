//! The messages that are compared: all of A2A, whose JSON is generated, and some of ours, whose JSON the command line
//! prints by the descriptors: those with durations, large numbers and fractions.

use prost::{Message, Name};
use proto::watchroom::{emergency::v1 as emergency, orchestrator::v1 as orchestrator, registry::v1 as registry};
use proto::{Members, a2a};

/// A message by name, and our two directions of it.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) write: fn(&[u8]) -> Result<String, String>,
    /// The same by way of the message.
    pub(crate) write_decoded: fn(&[u8]) -> Result<String, String>,
    pub(crate) read: fn(&str) -> Result<Vec<u8>, String>,
}

fn a2a_write<M: Members>(wire: &[u8]) -> Result<String, String> {
    proto::to_text::<M>(wire).map_err(|error| error.to_string())
}

fn a2a_write_decoded<M: Members>(wire: &[u8]) -> Result<String, String> {
    let message = M::decode(wire).map_err(|error| error.to_string())?;
    proto::write_text(&message).map_err(|error| error.to_string())
}

fn a2a_read<M: Members>(text: &str) -> Result<Vec<u8>, String> {
    proto::from_text::<M>(text).map(|message| message.encode_to_vec()).map_err(|error| error.to_string())
}

fn write<M: Message + Name + Default>(wire: &[u8]) -> Result<String, String> {
    proto::to_json(&M::decode(wire).map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

fn read<M: Message + Name + Default>(text: &str) -> Result<Vec<u8>, String> {
    proto::from_json::<M>(text).map(|message| message.encode_to_vec()).map_err(|error| error.to_string())
}

macro_rules! a2a {
    ($($message:ident $($other:literal)?),* $(,)?) => {
        vec![$(Subject {
            name: concat!("lf.a2a.v1.", a2a!(@name $message $($other)?)),
            write: a2a_write::<a2a::$message>,
            write_decoded: a2a_write_decoded::<a2a::$message>,
            read: a2a_read::<a2a::$message>,
        }),*]
    };
    (@name $message:ident $other:literal) => { $other };
    (@name $message:ident) => { stringify!($message) };
}

macro_rules! ours {
    ($($package:ident $message:ident),* $(,)?) => {
        vec![$(Subject {
            name: concat!("watchroom.", stringify!($package), ".v1.", stringify!($message)),
            write: write::<$package::$message>,
            write_decoded: write::<$package::$message>,
            read: read::<$package::$message>,
        }),*]
    };
}

/// Everything that crosses A2A's bindings, and what it is made of.
fn of_a2a() -> Vec<Subject> {
    a2a![
    SendMessageConfiguration,
    Task,
    TaskStatus,
    Part,
    Message,
    Artifact,
    TaskStatusUpdateEvent,
    TaskArtifactUpdateEvent,
    AuthenticationInfo,
    AgentInterface,
    AgentCard,
    AgentProvider,
    AgentCapabilities,
    AgentExtension,
    AgentSkill,
    AgentCardSignature,
    TaskPushNotificationConfig,
    StringList,
    SecurityRequirement,
    SecurityScheme,
    ApiKeySecurityScheme "APIKeySecurityScheme",
    HttpAuthSecurityScheme "HTTPAuthSecurityScheme",
    OAuth2SecurityScheme,
    OpenIdConnectSecurityScheme,
    MutualTlsSecurityScheme,
    OAuthFlows,
    AuthorizationCodeOAuthFlow,
    ClientCredentialsOAuthFlow,
    ImplicitOAuthFlow,
    PasswordOAuthFlow,
    DeviceCodeOAuthFlow,
    SendMessageRequest,
    GetTaskRequest,
    ListTasksRequest,
    ListTasksResponse,
    CancelTaskRequest,
    GetTaskPushNotificationConfigRequest,
    DeleteTaskPushNotificationConfigRequest,
    SubscribeToTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    GetExtendedAgentCardRequest,
    SendMessageResponse,
    StreamResponse,
    ListTaskPushNotificationConfigsResponse,
    ]
}

fn of_ours() -> Vec<Subject> {
    ours![
    orchestrator Plan,
    orchestrator PlanOnlyResponse,
    orchestrator Run,
    emergency Incident,
    emergency Unit,
    emergency ListUnitsResponse,
    registry Agent,
    registry WatchAgentsResponse,
    registry ReportOutcomeRequest,
    ]
}

/// All of them.
pub(crate) static SUBJECTS: std::sync::LazyLock<Vec<Subject>> =
    std::sync::LazyLock::new(|| of_a2a().into_iter().chain(of_ours()).collect());
