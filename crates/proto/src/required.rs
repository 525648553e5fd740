//! Which fields of A2A 1.0 are REQUIRED. The specification says it in annotations that our descriptors do not carry;
//! the test beside the official client holds this table against them.

/// The REQUIRED fields of a message of `lf.a2a.v1`, by the names of the proto.
pub fn required_fields(message: &str) -> &'static [&'static str] {
    match message {
        "Task" => &["id", "status"],
        "TaskStatus" => &["state"],
        "Message" => &["message_id", "role", "parts"],
        "Artifact" => &["artifact_id", "parts"],
        "TaskStatusUpdateEvent" => &["task_id", "context_id", "status"],
        "TaskArtifactUpdateEvent" => &["task_id", "context_id", "artifact"],
        "AuthenticationInfo" | "HTTPAuthSecurityScheme" => &["scheme"],
        "AgentInterface" => &["url", "protocol_binding", "protocol_version"],
        "AgentCard" => &[
            "name",
            "description",
            "supported_interfaces",
            "version",
            "capabilities",
            "default_input_modes",
            "default_output_modes",
            "skills",
        ],
        "AgentProvider" => &["url", "organization"],
        "AgentSkill" => &["id", "name", "description", "tags"],
        "AgentCardSignature" => &["protected", "signature"],
        "TaskPushNotificationConfig" => &["url"],
        "APIKeySecurityScheme" => &["location", "name"],
        "OAuth2SecurityScheme" => &["flows"],
        "OpenIdConnectSecurityScheme" => &["open_id_connect_url"],
        "AuthorizationCodeOAuthFlow" => &["authorization_url", "token_url", "scopes"],
        "ClientCredentialsOAuthFlow" => &["token_url", "scopes"],
        "DeviceCodeOAuthFlow" => &["device_authorization_url", "token_url", "scopes"],
        "SendMessageRequest" => &["message"],
        "GetTaskRequest" | "CancelTaskRequest" | "SubscribeToTaskRequest" => &["id"],
        "ListTasksResponse" => &["tasks", "next_page_token", "page_size", "total_size"],
        "GetTaskPushNotificationConfigRequest" | "DeleteTaskPushNotificationConfigRequest" => &["task_id", "id"],
        "ListTaskPushNotificationConfigsRequest" => &["task_id"],
        _ => &[],
    }
}
