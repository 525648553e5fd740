// Generated from the descriptors; see tests/generated/json.rs.
use serde::de::MapAccess;
use serde::ser::SerializeMap;

use crate::a2a::*;
use crate::members::{Members, put, take::Taking};
use crate::straight::{Field, Rule, Shape};

impl Members for SendMessageConfiguration {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"acceptedOutputModes\":", rule: Rule::Each, shape: Shape::Text },
        Field { tag: 2, name: "\"taskPushNotificationConfig\":", rule: Rule::Present, shape: Shape::Message(TaskPushNotificationConfig::FIELDS) },
        Field { tag: 3, name: "\"historyLength\":", rule: Rule::Present, shape: Shape::Whole },
        Field { tag: 4, name: "\"returnImmediately\":", rule: Rule::Implied, shape: Shape::Flag },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        if !self.accepted_output_modes.is_empty() {
            put::always(out, "acceptedOutputModes", &self.accepted_output_modes)?;
        }
        put::message(out, "taskPushNotificationConfig", self.task_push_notification_config.as_ref())?;
        put::some(out, "historyLength", &self.history_length)?;
        put::unless_default(out, "returnImmediately", &self.return_immediately)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "acceptedOutputModes" | "accepted_output_modes" => from.plain(0, &mut self.accepted_output_modes),
            "taskPushNotificationConfig" | "task_push_notification_config" => from.message(1, &mut self.task_push_notification_config),
            "historyLength" | "history_length" => from.some_number(2, &mut self.history_length),
            "returnImmediately" | "return_immediately" => from.plain(3, &mut self.return_immediately),
            _ => from.unknown(),
        }
    }
}

impl Members for Task {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"contextId\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"status\":", rule: Rule::Present, shape: Shape::Message(TaskStatus::FIELDS) },
        Field { tag: 4, name: "\"artifacts\":", rule: Rule::Each, shape: Shape::Message(Artifact::FIELDS) },
        Field { tag: 5, name: "\"history\":", rule: Rule::Each, shape: Shape::Message(Message::FIELDS) },
        Field { tag: 6, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "id", &self.id)?;
        put::unless_default(out, "contextId", &self.context_id)?;
        put::message(out, "status", self.status.as_ref())?;
        if !self.artifacts.is_empty() {
            put::messages(out, "artifacts", &self.artifacts)?;
        }
        if !self.history.is_empty() {
            put::messages(out, "history", &self.history)?;
        }
        put::some(out, "metadata", &self.metadata)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "id" => from.plain(0, &mut self.id),
            "contextId" | "context_id" => from.plain(1, &mut self.context_id),
            "status" => from.message(2, &mut self.status),
            "artifacts" => from.messages(3, &mut self.artifacts),
            "history" => from.messages(4, &mut self.history),
            "metadata" => from.some(5, &mut self.metadata),
            _ => from.unknown(),
        }
    }
}

impl Members for TaskStatus {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"state\":", rule: Rule::Required, shape: Shape::Named(|number| TaskState::try_from(number).ok().map(|known| known.as_str_name())) },
        Field { tag: 2, name: "\"message\":", rule: Rule::Present, shape: Shape::Message(Message::FIELDS) },
        Field { tag: 3, name: "\"timestamp\":", rule: Rule::Present, shape: Shape::Time },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::named(out, "state", self.state, TaskState::try_from(self.state).ok().map(|known| known.as_str_name()))?;
        put::message(out, "message", self.message.as_ref())?;
        put::time(out, "timestamp", self.timestamp.as_ref())?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "state" => from.named(0, &mut self.state, |name| TaskState::from_str_name(name).map(i32::from)),
            "message" => from.message(1, &mut self.message),
            "timestamp" => from.time(2, &mut self.timestamp),
            _ => from.unknown(),
        }
    }
}

impl Members for Part {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"text\":", rule: Rule::Choice, shape: Shape::Text },
        Field { tag: 2, name: "\"raw\":", rule: Rule::Choice, shape: Shape::Bytes },
        Field { tag: 3, name: "\"url\":", rule: Rule::Choice, shape: Shape::Text },
        Field { tag: 4, name: "\"data\":", rule: Rule::Choice, shape: Shape::Value },
        Field { tag: 5, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
        Field { tag: 6, name: "\"filename\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 7, name: "\"mediaType\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        match &self.content {
            None => {}
            Some(part::Content::Text(it)) => put::always(out, "text", it)?,
            Some(part::Content::Raw(it)) => put::bytes(out, "raw", it)?,
            Some(part::Content::Url(it)) => put::always(out, "url", it)?,
            Some(part::Content::Data(it)) => put::always(out, "data", it)?,
        }
        put::some(out, "metadata", &self.metadata)?;
        put::unless_default(out, "filename", &self.filename)?;
        put::unless_default(out, "mediaType", &self.media_type)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "text" => {
                if let Some(it) = from.choice(0, 63)? {
                    self.content = Some(part::Content::Text(it));
                }
                Ok(())
            },
            "raw" => {
                if let Some(it) = from.bytes(1, 63)? {
                    self.content = Some(part::Content::Raw(it));
                }
                Ok(())
            },
            "url" => {
                if let Some(it) = from.choice(2, 63)? {
                    self.content = Some(part::Content::Url(it));
                }
                Ok(())
            },
            "data" => {
                self.content = Some(part::Content::Data(from.any(3, 63)?));
                Ok(())
            },
            "metadata" => from.some(4, &mut self.metadata),
            "filename" => from.plain(5, &mut self.filename),
            "mediaType" | "media_type" => from.plain(6, &mut self.media_type),
            _ => from.unknown(),
        }
    }
}

impl Members for Message {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"messageId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"contextId\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"taskId\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"role\":", rule: Rule::Required, shape: Shape::Named(|number| Role::try_from(number).ok().map(|known| known.as_str_name())) },
        Field { tag: 5, name: "\"parts\":", rule: Rule::RequiredEach, shape: Shape::Message(Part::FIELDS) },
        Field { tag: 6, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
        Field { tag: 7, name: "\"extensions\":", rule: Rule::Each, shape: Shape::Text },
        Field { tag: 8, name: "\"referenceTaskIds\":", rule: Rule::Each, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "messageId", &self.message_id)?;
        put::unless_default(out, "contextId", &self.context_id)?;
        put::unless_default(out, "taskId", &self.task_id)?;
        put::named(out, "role", self.role, Role::try_from(self.role).ok().map(|known| known.as_str_name()))?;
        put::messages(out, "parts", &self.parts)?;
        put::some(out, "metadata", &self.metadata)?;
        if !self.extensions.is_empty() {
            put::always(out, "extensions", &self.extensions)?;
        }
        if !self.reference_task_ids.is_empty() {
            put::always(out, "referenceTaskIds", &self.reference_task_ids)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "messageId" | "message_id" => from.plain(0, &mut self.message_id),
            "contextId" | "context_id" => from.plain(1, &mut self.context_id),
            "taskId" | "task_id" => from.plain(2, &mut self.task_id),
            "role" => from.named(3, &mut self.role, |name| Role::from_str_name(name).map(i32::from)),
            "parts" => from.messages(4, &mut self.parts),
            "metadata" => from.some(5, &mut self.metadata),
            "extensions" => from.plain(6, &mut self.extensions),
            "referenceTaskIds" | "reference_task_ids" => from.plain(7, &mut self.reference_task_ids),
            _ => from.unknown(),
        }
    }
}

impl Members for Artifact {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"artifactId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"name\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"parts\":", rule: Rule::RequiredEach, shape: Shape::Message(Part::FIELDS) },
        Field { tag: 5, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
        Field { tag: 6, name: "\"extensions\":", rule: Rule::Each, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "artifactId", &self.artifact_id)?;
        put::unless_default(out, "name", &self.name)?;
        put::unless_default(out, "description", &self.description)?;
        put::messages(out, "parts", &self.parts)?;
        put::some(out, "metadata", &self.metadata)?;
        if !self.extensions.is_empty() {
            put::always(out, "extensions", &self.extensions)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "artifactId" | "artifact_id" => from.plain(0, &mut self.artifact_id),
            "name" => from.plain(1, &mut self.name),
            "description" => from.plain(2, &mut self.description),
            "parts" => from.messages(3, &mut self.parts),
            "metadata" => from.some(4, &mut self.metadata),
            "extensions" => from.plain(5, &mut self.extensions),
            _ => from.unknown(),
        }
    }
}

impl Members for TaskStatusUpdateEvent {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"taskId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"contextId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"status\":", rule: Rule::Present, shape: Shape::Message(TaskStatus::FIELDS) },
        Field { tag: 4, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "taskId", &self.task_id)?;
        put::always(out, "contextId", &self.context_id)?;
        put::message(out, "status", self.status.as_ref())?;
        put::some(out, "metadata", &self.metadata)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "taskId" | "task_id" => from.plain(0, &mut self.task_id),
            "contextId" | "context_id" => from.plain(1, &mut self.context_id),
            "status" => from.message(2, &mut self.status),
            "metadata" => from.some(3, &mut self.metadata),
            _ => from.unknown(),
        }
    }
}

impl Members for TaskArtifactUpdateEvent {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"taskId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"contextId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"artifact\":", rule: Rule::Present, shape: Shape::Message(Artifact::FIELDS) },
        Field { tag: 4, name: "\"append\":", rule: Rule::Implied, shape: Shape::Flag },
        Field { tag: 5, name: "\"lastChunk\":", rule: Rule::Implied, shape: Shape::Flag },
        Field { tag: 6, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "taskId", &self.task_id)?;
        put::always(out, "contextId", &self.context_id)?;
        put::message(out, "artifact", self.artifact.as_ref())?;
        put::unless_default(out, "append", &self.append)?;
        put::unless_default(out, "lastChunk", &self.last_chunk)?;
        put::some(out, "metadata", &self.metadata)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "taskId" | "task_id" => from.plain(0, &mut self.task_id),
            "contextId" | "context_id" => from.plain(1, &mut self.context_id),
            "artifact" => from.message(2, &mut self.artifact),
            "append" => from.plain(3, &mut self.append),
            "lastChunk" | "last_chunk" => from.plain(4, &mut self.last_chunk),
            "metadata" => from.some(5, &mut self.metadata),
            _ => from.unknown(),
        }
    }
}

impl Members for AuthenticationInfo {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"scheme\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"credentials\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "scheme", &self.scheme)?;
        put::unless_default(out, "credentials", &self.credentials)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "scheme" => from.plain(0, &mut self.scheme),
            "credentials" => from.plain(1, &mut self.credentials),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentInterface {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"url\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"protocolBinding\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"protocolVersion\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "url", &self.url)?;
        put::always(out, "protocolBinding", &self.protocol_binding)?;
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "protocolVersion", &self.protocol_version)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "url" => from.plain(0, &mut self.url),
            "protocolBinding" | "protocol_binding" => from.plain(1, &mut self.protocol_binding),
            "tenant" => from.plain(2, &mut self.tenant),
            "protocolVersion" | "protocol_version" => from.plain(3, &mut self.protocol_version),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentCard {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"name\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"description\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"supportedInterfaces\":", rule: Rule::RequiredEach, shape: Shape::Message(AgentInterface::FIELDS) },
        Field { tag: 4, name: "\"provider\":", rule: Rule::Present, shape: Shape::Message(AgentProvider::FIELDS) },
        Field { tag: 5, name: "\"version\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 6, name: "\"documentationUrl\":", rule: Rule::Present, shape: Shape::Text },
        Field { tag: 7, name: "\"capabilities\":", rule: Rule::Present, shape: Shape::Message(AgentCapabilities::FIELDS) },
        Field { tag: 8, name: "\"securitySchemes\":", rule: Rule::Each, shape: Shape::Map },
        Field { tag: 9, name: "\"securityRequirements\":", rule: Rule::Each, shape: Shape::Message(SecurityRequirement::FIELDS) },
        Field { tag: 10, name: "\"defaultInputModes\":", rule: Rule::RequiredEach, shape: Shape::Text },
        Field { tag: 11, name: "\"defaultOutputModes\":", rule: Rule::RequiredEach, shape: Shape::Text },
        Field { tag: 12, name: "\"skills\":", rule: Rule::RequiredEach, shape: Shape::Message(AgentSkill::FIELDS) },
        Field { tag: 13, name: "\"signatures\":", rule: Rule::Each, shape: Shape::Message(AgentCardSignature::FIELDS) },
        Field { tag: 14, name: "\"iconUrl\":", rule: Rule::Present, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "name", &self.name)?;
        put::always(out, "description", &self.description)?;
        put::messages(out, "supportedInterfaces", &self.supported_interfaces)?;
        put::message(out, "provider", self.provider.as_ref())?;
        put::always(out, "version", &self.version)?;
        put::some(out, "documentationUrl", &self.documentation_url)?;
        put::message(out, "capabilities", self.capabilities.as_ref())?;
        if !self.security_schemes.is_empty() {
            put::entries(out, "securitySchemes", &self.security_schemes)?;
        }
        if !self.security_requirements.is_empty() {
            put::messages(out, "securityRequirements", &self.security_requirements)?;
        }
        put::always(out, "defaultInputModes", &self.default_input_modes)?;
        put::always(out, "defaultOutputModes", &self.default_output_modes)?;
        put::messages(out, "skills", &self.skills)?;
        if !self.signatures.is_empty() {
            put::messages(out, "signatures", &self.signatures)?;
        }
        put::some(out, "iconUrl", &self.icon_url)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "name" => from.plain(0, &mut self.name),
            "description" => from.plain(1, &mut self.description),
            "supportedInterfaces" | "supported_interfaces" => from.messages(2, &mut self.supported_interfaces),
            "provider" => from.message(3, &mut self.provider),
            "version" => from.plain(4, &mut self.version),
            "documentationUrl" | "documentation_url" => from.some(5, &mut self.documentation_url),
            "capabilities" => from.message(6, &mut self.capabilities),
            "securitySchemes" | "security_schemes" => from.entries(7, &mut self.security_schemes),
            "securityRequirements" | "security_requirements" => from.messages(8, &mut self.security_requirements),
            "defaultInputModes" | "default_input_modes" => from.plain(9, &mut self.default_input_modes),
            "defaultOutputModes" | "default_output_modes" => from.plain(10, &mut self.default_output_modes),
            "skills" => from.messages(11, &mut self.skills),
            "signatures" => from.messages(12, &mut self.signatures),
            "iconUrl" | "icon_url" => from.some(13, &mut self.icon_url),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentProvider {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"url\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"organization\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "url", &self.url)?;
        put::always(out, "organization", &self.organization)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "url" => from.plain(0, &mut self.url),
            "organization" => from.plain(1, &mut self.organization),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentCapabilities {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"streaming\":", rule: Rule::Present, shape: Shape::Flag },
        Field { tag: 2, name: "\"pushNotifications\":", rule: Rule::Present, shape: Shape::Flag },
        Field { tag: 3, name: "\"extensions\":", rule: Rule::Each, shape: Shape::Message(AgentExtension::FIELDS) },
        Field { tag: 4, name: "\"extendedAgentCard\":", rule: Rule::Present, shape: Shape::Flag },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::some(out, "streaming", &self.streaming)?;
        put::some(out, "pushNotifications", &self.push_notifications)?;
        if !self.extensions.is_empty() {
            put::messages(out, "extensions", &self.extensions)?;
        }
        put::some(out, "extendedAgentCard", &self.extended_agent_card)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "streaming" => from.some(0, &mut self.streaming),
            "pushNotifications" | "push_notifications" => from.some(1, &mut self.push_notifications),
            "extensions" => from.messages(2, &mut self.extensions),
            "extendedAgentCard" | "extended_agent_card" => from.some(3, &mut self.extended_agent_card),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentExtension {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"uri\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"required\":", rule: Rule::Implied, shape: Shape::Flag },
        Field { tag: 4, name: "\"params\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "uri", &self.uri)?;
        put::unless_default(out, "description", &self.description)?;
        put::unless_default(out, "required", &self.required)?;
        put::some(out, "params", &self.params)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "uri" => from.plain(0, &mut self.uri),
            "description" => from.plain(1, &mut self.description),
            "required" => from.plain(2, &mut self.required),
            "params" => from.some(3, &mut self.params),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentSkill {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"name\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"description\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 4, name: "\"tags\":", rule: Rule::RequiredEach, shape: Shape::Text },
        Field { tag: 5, name: "\"examples\":", rule: Rule::Each, shape: Shape::Text },
        Field { tag: 6, name: "\"inputModes\":", rule: Rule::Each, shape: Shape::Text },
        Field { tag: 7, name: "\"outputModes\":", rule: Rule::Each, shape: Shape::Text },
        Field { tag: 8, name: "\"securityRequirements\":", rule: Rule::Each, shape: Shape::Message(SecurityRequirement::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "id", &self.id)?;
        put::always(out, "name", &self.name)?;
        put::always(out, "description", &self.description)?;
        put::always(out, "tags", &self.tags)?;
        if !self.examples.is_empty() {
            put::always(out, "examples", &self.examples)?;
        }
        if !self.input_modes.is_empty() {
            put::always(out, "inputModes", &self.input_modes)?;
        }
        if !self.output_modes.is_empty() {
            put::always(out, "outputModes", &self.output_modes)?;
        }
        if !self.security_requirements.is_empty() {
            put::messages(out, "securityRequirements", &self.security_requirements)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "id" => from.plain(0, &mut self.id),
            "name" => from.plain(1, &mut self.name),
            "description" => from.plain(2, &mut self.description),
            "tags" => from.plain(3, &mut self.tags),
            "examples" => from.plain(4, &mut self.examples),
            "inputModes" | "input_modes" => from.plain(5, &mut self.input_modes),
            "outputModes" | "output_modes" => from.plain(6, &mut self.output_modes),
            "securityRequirements" | "security_requirements" => from.messages(7, &mut self.security_requirements),
            _ => from.unknown(),
        }
    }
}

impl Members for AgentCardSignature {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"protected\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"signature\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"header\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "protected", &self.protected)?;
        put::always(out, "signature", &self.signature)?;
        put::some(out, "header", &self.header)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "protected" => from.plain(0, &mut self.protected),
            "signature" => from.plain(1, &mut self.signature),
            "header" => from.some(2, &mut self.header),
            _ => from.unknown(),
        }
    }
}

impl Members for TaskPushNotificationConfig {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"id\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"taskId\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"url\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 5, name: "\"token\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 6, name: "\"authentication\":", rule: Rule::Present, shape: Shape::Message(AuthenticationInfo::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::unless_default(out, "id", &self.id)?;
        put::unless_default(out, "taskId", &self.task_id)?;
        put::always(out, "url", &self.url)?;
        put::unless_default(out, "token", &self.token)?;
        put::message(out, "authentication", self.authentication.as_ref())?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "id" => from.plain(1, &mut self.id),
            "taskId" | "task_id" => from.plain(2, &mut self.task_id),
            "url" => from.plain(3, &mut self.url),
            "token" => from.plain(4, &mut self.token),
            "authentication" => from.message(5, &mut self.authentication),
            _ => from.unknown(),
        }
    }
}

impl Members for StringList {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"list\":", rule: Rule::Each, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        if !self.list.is_empty() {
            put::always(out, "list", &self.list)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "list" => from.plain(0, &mut self.list),
            _ => from.unknown(),
        }
    }
}

impl Members for SecurityRequirement {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"schemes\":", rule: Rule::Each, shape: Shape::Map },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        if !self.schemes.is_empty() {
            put::entries(out, "schemes", &self.schemes)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "schemes" => from.entries(0, &mut self.schemes),
            _ => from.unknown(),
        }
    }
}

impl Members for SecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"apiKeySecurityScheme\":", rule: Rule::Choice, shape: Shape::Message(ApiKeySecurityScheme::FIELDS) },
        Field { tag: 2, name: "\"httpAuthSecurityScheme\":", rule: Rule::Choice, shape: Shape::Message(HttpAuthSecurityScheme::FIELDS) },
        Field { tag: 3, name: "\"oauth2SecurityScheme\":", rule: Rule::Choice, shape: Shape::Message(OAuth2SecurityScheme::FIELDS) },
        Field { tag: 4, name: "\"openIdConnectSecurityScheme\":", rule: Rule::Choice, shape: Shape::Message(OpenIdConnectSecurityScheme::FIELDS) },
        Field { tag: 5, name: "\"mtlsSecurityScheme\":", rule: Rule::Choice, shape: Shape::Message(MutualTlsSecurityScheme::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        match &self.scheme {
            None => {}
            Some(security_scheme::Scheme::ApiKeySecurityScheme(it)) => put::message(out, "apiKeySecurityScheme", Some(it))?,
            Some(security_scheme::Scheme::HttpAuthSecurityScheme(it)) => put::message(out, "httpAuthSecurityScheme", Some(it))?,
            Some(security_scheme::Scheme::Oauth2SecurityScheme(it)) => put::message(out, "oauth2SecurityScheme", Some(it))?,
            Some(security_scheme::Scheme::OpenIdConnectSecurityScheme(it)) => put::message(out, "openIdConnectSecurityScheme", Some(it))?,
            Some(security_scheme::Scheme::MtlsSecurityScheme(it)) => put::message(out, "mtlsSecurityScheme", Some(it))?,
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "apiKeySecurityScheme" | "api_key_security_scheme" => {
                if let Some(it) = from.choice_message(0, 63)? {
                    self.scheme = Some(security_scheme::Scheme::ApiKeySecurityScheme(it));
                }
                Ok(())
            },
            "httpAuthSecurityScheme" | "http_auth_security_scheme" => {
                if let Some(it) = from.choice_message(1, 63)? {
                    self.scheme = Some(security_scheme::Scheme::HttpAuthSecurityScheme(it));
                }
                Ok(())
            },
            "oauth2SecurityScheme" | "oauth2_security_scheme" => {
                if let Some(it) = from.choice_message(2, 63)? {
                    self.scheme = Some(security_scheme::Scheme::Oauth2SecurityScheme(it));
                }
                Ok(())
            },
            "openIdConnectSecurityScheme" | "open_id_connect_security_scheme" => {
                if let Some(it) = from.choice_message(3, 63)? {
                    self.scheme = Some(security_scheme::Scheme::OpenIdConnectSecurityScheme(it));
                }
                Ok(())
            },
            "mtlsSecurityScheme" | "mtls_security_scheme" => {
                if let Some(it) = from.choice_message(4, 63)? {
                    self.scheme = Some(security_scheme::Scheme::MtlsSecurityScheme(it));
                }
                Ok(())
            },
            _ => from.unknown(),
        }
    }
}

impl Members for ApiKeySecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"location\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"name\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "description", &self.description)?;
        put::always(out, "location", &self.location)?;
        put::always(out, "name", &self.name)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "description" => from.plain(0, &mut self.description),
            "location" => from.plain(1, &mut self.location),
            "name" => from.plain(2, &mut self.name),
            _ => from.unknown(),
        }
    }
}

impl Members for HttpAuthSecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"scheme\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"bearerFormat\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "description", &self.description)?;
        put::always(out, "scheme", &self.scheme)?;
        put::unless_default(out, "bearerFormat", &self.bearer_format)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "description" => from.plain(0, &mut self.description),
            "scheme" => from.plain(1, &mut self.scheme),
            "bearerFormat" | "bearer_format" => from.plain(2, &mut self.bearer_format),
            _ => from.unknown(),
        }
    }
}

impl Members for OAuth2SecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"flows\":", rule: Rule::Present, shape: Shape::Message(OAuthFlows::FIELDS) },
        Field { tag: 3, name: "\"oauth2MetadataUrl\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "description", &self.description)?;
        put::message(out, "flows", self.flows.as_ref())?;
        put::unless_default(out, "oauth2MetadataUrl", &self.oauth2_metadata_url)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "description" => from.plain(0, &mut self.description),
            "flows" => from.message(1, &mut self.flows),
            "oauth2MetadataUrl" | "oauth2_metadata_url" => from.plain(2, &mut self.oauth2_metadata_url),
            _ => from.unknown(),
        }
    }
}

impl Members for OpenIdConnectSecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"openIdConnectUrl\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "description", &self.description)?;
        put::always(out, "openIdConnectUrl", &self.open_id_connect_url)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "description" => from.plain(0, &mut self.description),
            "openIdConnectUrl" | "open_id_connect_url" => from.plain(1, &mut self.open_id_connect_url),
            _ => from.unknown(),
        }
    }
}

impl Members for MutualTlsSecurityScheme {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"description\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "description", &self.description)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "description" => from.plain(0, &mut self.description),
            _ => from.unknown(),
        }
    }
}

impl Members for OAuthFlows {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"authorizationCode\":", rule: Rule::Choice, shape: Shape::Message(AuthorizationCodeOAuthFlow::FIELDS) },
        Field { tag: 2, name: "\"clientCredentials\":", rule: Rule::Choice, shape: Shape::Message(ClientCredentialsOAuthFlow::FIELDS) },
        Field { tag: 3, name: "\"implicit\":", rule: Rule::Choice, shape: Shape::Message(ImplicitOAuthFlow::FIELDS) },
        Field { tag: 4, name: "\"password\":", rule: Rule::Choice, shape: Shape::Message(PasswordOAuthFlow::FIELDS) },
        Field { tag: 5, name: "\"deviceCode\":", rule: Rule::Choice, shape: Shape::Message(DeviceCodeOAuthFlow::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        match &self.flow {
            None => {}
            Some(o_auth_flows::Flow::AuthorizationCode(it)) => put::message(out, "authorizationCode", Some(it))?,
            Some(o_auth_flows::Flow::ClientCredentials(it)) => put::message(out, "clientCredentials", Some(it))?,
            Some(o_auth_flows::Flow::Implicit(it)) => put::message(out, "implicit", Some(it))?,
            Some(o_auth_flows::Flow::Password(it)) => put::message(out, "password", Some(it))?,
            Some(o_auth_flows::Flow::DeviceCode(it)) => put::message(out, "deviceCode", Some(it))?,
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "authorizationCode" | "authorization_code" => {
                if let Some(it) = from.choice_message(0, 63)? {
                    self.flow = Some(o_auth_flows::Flow::AuthorizationCode(it));
                }
                Ok(())
            },
            "clientCredentials" | "client_credentials" => {
                if let Some(it) = from.choice_message(1, 63)? {
                    self.flow = Some(o_auth_flows::Flow::ClientCredentials(it));
                }
                Ok(())
            },
            "implicit" => {
                if let Some(it) = from.choice_message(2, 63)? {
                    self.flow = Some(o_auth_flows::Flow::Implicit(it));
                }
                Ok(())
            },
            "password" => {
                if let Some(it) = from.choice_message(3, 63)? {
                    self.flow = Some(o_auth_flows::Flow::Password(it));
                }
                Ok(())
            },
            "deviceCode" | "device_code" => {
                if let Some(it) = from.choice_message(4, 63)? {
                    self.flow = Some(o_auth_flows::Flow::DeviceCode(it));
                }
                Ok(())
            },
            _ => from.unknown(),
        }
    }
}

impl Members for AuthorizationCodeOAuthFlow {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"authorizationUrl\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"tokenUrl\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"refreshUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"scopes\":", rule: Rule::RequiredEach, shape: Shape::Map },
        Field { tag: 5, name: "\"pkceRequired\":", rule: Rule::Implied, shape: Shape::Flag },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "authorizationUrl", &self.authorization_url)?;
        put::always(out, "tokenUrl", &self.token_url)?;
        put::unless_default(out, "refreshUrl", &self.refresh_url)?;
        put::texts(out, "scopes", &self.scopes)?;
        put::unless_default(out, "pkceRequired", &self.pkce_required)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "authorizationUrl" | "authorization_url" => from.plain(0, &mut self.authorization_url),
            "tokenUrl" | "token_url" => from.plain(1, &mut self.token_url),
            "refreshUrl" | "refresh_url" => from.plain(2, &mut self.refresh_url),
            "scopes" => from.texts(3, &mut self.scopes),
            "pkceRequired" | "pkce_required" => from.plain(4, &mut self.pkce_required),
            _ => from.unknown(),
        }
    }
}

impl Members for ClientCredentialsOAuthFlow {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tokenUrl\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"refreshUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"scopes\":", rule: Rule::RequiredEach, shape: Shape::Map },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "tokenUrl", &self.token_url)?;
        put::unless_default(out, "refreshUrl", &self.refresh_url)?;
        put::texts(out, "scopes", &self.scopes)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tokenUrl" | "token_url" => from.plain(0, &mut self.token_url),
            "refreshUrl" | "refresh_url" => from.plain(1, &mut self.refresh_url),
            "scopes" => from.texts(2, &mut self.scopes),
            _ => from.unknown(),
        }
    }
}

impl Members for ImplicitOAuthFlow {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"authorizationUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"refreshUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"scopes\":", rule: Rule::Each, shape: Shape::Map },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "authorizationUrl", &self.authorization_url)?;
        put::unless_default(out, "refreshUrl", &self.refresh_url)?;
        if !self.scopes.is_empty() {
            put::texts(out, "scopes", &self.scopes)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "authorizationUrl" | "authorization_url" => from.plain(0, &mut self.authorization_url),
            "refreshUrl" | "refresh_url" => from.plain(1, &mut self.refresh_url),
            "scopes" => from.texts(2, &mut self.scopes),
            _ => from.unknown(),
        }
    }
}

impl Members for PasswordOAuthFlow {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tokenUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"refreshUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"scopes\":", rule: Rule::Each, shape: Shape::Map },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tokenUrl", &self.token_url)?;
        put::unless_default(out, "refreshUrl", &self.refresh_url)?;
        if !self.scopes.is_empty() {
            put::texts(out, "scopes", &self.scopes)?;
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tokenUrl" | "token_url" => from.plain(0, &mut self.token_url),
            "refreshUrl" | "refresh_url" => from.plain(1, &mut self.refresh_url),
            "scopes" => from.texts(2, &mut self.scopes),
            _ => from.unknown(),
        }
    }
}

impl Members for DeviceCodeOAuthFlow {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"deviceAuthorizationUrl\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"tokenUrl\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"refreshUrl\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"scopes\":", rule: Rule::RequiredEach, shape: Shape::Map },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "deviceAuthorizationUrl", &self.device_authorization_url)?;
        put::always(out, "tokenUrl", &self.token_url)?;
        put::unless_default(out, "refreshUrl", &self.refresh_url)?;
        put::texts(out, "scopes", &self.scopes)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "deviceAuthorizationUrl" | "device_authorization_url" => from.plain(0, &mut self.device_authorization_url),
            "tokenUrl" | "token_url" => from.plain(1, &mut self.token_url),
            "refreshUrl" | "refresh_url" => from.plain(2, &mut self.refresh_url),
            "scopes" => from.texts(3, &mut self.scopes),
            _ => from.unknown(),
        }
    }
}

impl Members for SendMessageRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"message\":", rule: Rule::Present, shape: Shape::Message(Message::FIELDS) },
        Field { tag: 3, name: "\"configuration\":", rule: Rule::Present, shape: Shape::Message(SendMessageConfiguration::FIELDS) },
        Field { tag: 4, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::message(out, "message", self.message.as_ref())?;
        put::message(out, "configuration", self.configuration.as_ref())?;
        put::some(out, "metadata", &self.metadata)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "message" => from.message(1, &mut self.message),
            "configuration" => from.message(2, &mut self.configuration),
            "metadata" => from.some(3, &mut self.metadata),
            _ => from.unknown(),
        }
    }
}

impl Members for GetTaskRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"historyLength\":", rule: Rule::Present, shape: Shape::Whole },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "id", &self.id)?;
        put::some(out, "historyLength", &self.history_length)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "id" => from.plain(1, &mut self.id),
            "historyLength" | "history_length" => from.some_number(2, &mut self.history_length),
            _ => from.unknown(),
        }
    }
}

impl Members for ListTasksRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"contextId\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 3, name: "\"status\":", rule: Rule::Implied, shape: Shape::Named(|number| TaskState::try_from(number).ok().map(|known| known.as_str_name())) },
        Field { tag: 4, name: "\"pageSize\":", rule: Rule::Present, shape: Shape::Whole },
        Field { tag: 5, name: "\"pageToken\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 6, name: "\"historyLength\":", rule: Rule::Present, shape: Shape::Whole },
        Field { tag: 7, name: "\"statusTimestampAfter\":", rule: Rule::Present, shape: Shape::Time },
        Field { tag: 8, name: "\"includeArtifacts\":", rule: Rule::Present, shape: Shape::Flag },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::unless_default(out, "contextId", &self.context_id)?;
        if self.status != 0 {
            put::named(out, "status", self.status, TaskState::try_from(self.status).ok().map(|known| known.as_str_name()))?;
        }
        put::some(out, "pageSize", &self.page_size)?;
        put::unless_default(out, "pageToken", &self.page_token)?;
        put::some(out, "historyLength", &self.history_length)?;
        put::time(out, "statusTimestampAfter", self.status_timestamp_after.as_ref())?;
        put::some(out, "includeArtifacts", &self.include_artifacts)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "contextId" | "context_id" => from.plain(1, &mut self.context_id),
            "status" => from.named(2, &mut self.status, |name| TaskState::from_str_name(name).map(i32::from)),
            "pageSize" | "page_size" => from.some_number(3, &mut self.page_size),
            "pageToken" | "page_token" => from.plain(4, &mut self.page_token),
            "historyLength" | "history_length" => from.some_number(5, &mut self.history_length),
            "statusTimestampAfter" | "status_timestamp_after" => from.time(6, &mut self.status_timestamp_after),
            "includeArtifacts" | "include_artifacts" => from.some(7, &mut self.include_artifacts),
            _ => from.unknown(),
        }
    }
}

impl Members for ListTasksResponse {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tasks\":", rule: Rule::RequiredEach, shape: Shape::Message(Task::FIELDS) },
        Field { tag: 2, name: "\"nextPageToken\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"pageSize\":", rule: Rule::Required, shape: Shape::Whole },
        Field { tag: 4, name: "\"totalSize\":", rule: Rule::Required, shape: Shape::Whole },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::messages(out, "tasks", &self.tasks)?;
        put::always(out, "nextPageToken", &self.next_page_token)?;
        put::always(out, "pageSize", &self.page_size)?;
        put::always(out, "totalSize", &self.total_size)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tasks" => from.messages(0, &mut self.tasks),
            "nextPageToken" | "next_page_token" => from.plain(1, &mut self.next_page_token),
            "pageSize" | "page_size" => from.number(2, &mut self.page_size),
            "totalSize" | "total_size" => from.number(3, &mut self.total_size),
            _ => from.unknown(),
        }
    }
}

impl Members for CancelTaskRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"metadata\":", rule: Rule::Present, shape: Shape::Struct },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "id", &self.id)?;
        put::some(out, "metadata", &self.metadata)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "id" => from.plain(1, &mut self.id),
            "metadata" => from.some(2, &mut self.metadata),
            _ => from.unknown(),
        }
    }
}

impl Members for GetTaskPushNotificationConfigRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"taskId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "taskId", &self.task_id)?;
        put::always(out, "id", &self.id)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "taskId" | "task_id" => from.plain(1, &mut self.task_id),
            "id" => from.plain(2, &mut self.id),
            _ => from.unknown(),
        }
    }
}

impl Members for DeleteTaskPushNotificationConfigRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"taskId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 3, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "taskId", &self.task_id)?;
        put::always(out, "id", &self.id)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "taskId" | "task_id" => from.plain(1, &mut self.task_id),
            "id" => from.plain(2, &mut self.id),
            _ => from.unknown(),
        }
    }
}

impl Members for SubscribeToTaskRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 2, name: "\"id\":", rule: Rule::Required, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        put::always(out, "id", &self.id)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            "id" => from.plain(1, &mut self.id),
            _ => from.unknown(),
        }
    }
}

impl Members for ListTaskPushNotificationConfigsRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"taskId\":", rule: Rule::Required, shape: Shape::Text },
        Field { tag: 2, name: "\"pageSize\":", rule: Rule::Implied, shape: Shape::Whole },
        Field { tag: 3, name: "\"pageToken\":", rule: Rule::Implied, shape: Shape::Text },
        Field { tag: 4, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::always(out, "taskId", &self.task_id)?;
        put::unless_default(out, "pageSize", &self.page_size)?;
        put::unless_default(out, "pageToken", &self.page_token)?;
        put::unless_default(out, "tenant", &self.tenant)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "taskId" | "task_id" => from.plain(0, &mut self.task_id),
            "pageSize" | "page_size" => from.number(1, &mut self.page_size),
            "pageToken" | "page_token" => from.plain(2, &mut self.page_token),
            "tenant" => from.plain(3, &mut self.tenant),
            _ => from.unknown(),
        }
    }
}

impl Members for GetExtendedAgentCardRequest {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"tenant\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        put::unless_default(out, "tenant", &self.tenant)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "tenant" => from.plain(0, &mut self.tenant),
            _ => from.unknown(),
        }
    }
}

impl Members for SendMessageResponse {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"task\":", rule: Rule::Choice, shape: Shape::Message(Task::FIELDS) },
        Field { tag: 2, name: "\"message\":", rule: Rule::Choice, shape: Shape::Message(Message::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        match &self.payload {
            None => {}
            Some(send_message_response::Payload::Task(it)) => put::message(out, "task", Some(it))?,
            Some(send_message_response::Payload::Message(it)) => put::message(out, "message", Some(it))?,
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "task" => {
                if let Some(it) = from.choice_message(0, 63)? {
                    self.payload = Some(send_message_response::Payload::Task(it));
                }
                Ok(())
            },
            "message" => {
                if let Some(it) = from.choice_message(1, 63)? {
                    self.payload = Some(send_message_response::Payload::Message(it));
                }
                Ok(())
            },
            _ => from.unknown(),
        }
    }
}

impl Members for StreamResponse {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"task\":", rule: Rule::Choice, shape: Shape::Message(Task::FIELDS) },
        Field { tag: 2, name: "\"message\":", rule: Rule::Choice, shape: Shape::Message(Message::FIELDS) },
        Field { tag: 3, name: "\"statusUpdate\":", rule: Rule::Choice, shape: Shape::Message(TaskStatusUpdateEvent::FIELDS) },
        Field { tag: 4, name: "\"artifactUpdate\":", rule: Rule::Choice, shape: Shape::Message(TaskArtifactUpdateEvent::FIELDS) },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        match &self.payload {
            None => {}
            Some(stream_response::Payload::Task(it)) => put::message(out, "task", Some(it))?,
            Some(stream_response::Payload::Message(it)) => put::message(out, "message", Some(it))?,
            Some(stream_response::Payload::StatusUpdate(it)) => put::message(out, "statusUpdate", Some(it))?,
            Some(stream_response::Payload::ArtifactUpdate(it)) => put::message(out, "artifactUpdate", Some(it))?,
        }
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "task" => {
                if let Some(it) = from.choice_message(0, 63)? {
                    self.payload = Some(stream_response::Payload::Task(it));
                }
                Ok(())
            },
            "message" => {
                if let Some(it) = from.choice_message(1, 63)? {
                    self.payload = Some(stream_response::Payload::Message(it));
                }
                Ok(())
            },
            "statusUpdate" | "status_update" => {
                if let Some(it) = from.choice_message(2, 63)? {
                    self.payload = Some(stream_response::Payload::StatusUpdate(it));
                }
                Ok(())
            },
            "artifactUpdate" | "artifact_update" => {
                if let Some(it) = from.choice_message(3, 63)? {
                    self.payload = Some(stream_response::Payload::ArtifactUpdate(it));
                }
                Ok(())
            },
            _ => from.unknown(),
        }
    }
}

impl Members for ListTaskPushNotificationConfigsResponse {
    const FIELDS: &'static [Field] = &[
        Field { tag: 1, name: "\"configs\":", rule: Rule::Each, shape: Shape::Message(TaskPushNotificationConfig::FIELDS) },
        Field { tag: 2, name: "\"nextPageToken\":", rule: Rule::Implied, shape: Shape::Text },
    ];

    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error> {
        if !self.configs.is_empty() {
            put::messages(out, "configs", &self.configs)?;
        }
        put::unless_default(out, "nextPageToken", &self.next_page_token)?;
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        match name {
            "configs" => from.messages(0, &mut self.configs),
            "nextPageToken" | "next_page_token" => from.plain(1, &mut self.next_page_token),
            _ => from.unknown(),
        }
    }
}
