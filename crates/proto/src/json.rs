//! ProtoJSON by the descriptors, of any message that there is: exact for `null` inside a Value, enum names, timestamps
//! and bytes. What A2A's bindings speak is in `text.rs`.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};

/// Why a text is not the JSON of a message.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The text is no JSON, or a field has the wrong type; names line and column.
    #[error("not the JSON of {name}: {source}")]
    Syntax {
        /// Full name of the message.
        name: String,
        /// What the parser met.
        #[source]
        source: serde_json::Error,
    },
    /// A member of a value has the wrong type.
    #[error("{path} of {name}: {source}")]
    Member {
        /// Full name of the message.
        name: String,
        /// Path of the member as it was written, such as `message.parts[0]`; `.` is the whole.
        path: String,
        /// What the parser met.
        #[source]
        source: serde_json::Error,
    },
    /// The message is not in the descriptor set.
    #[error("no descriptor of {0}")]
    Unknown(String),
    /// The message did not survive the way through the descriptors.
    #[error("wire form of {name} does not decode")]
    Wire {
        /// Full name of the message.
        name: String,
        /// What the decoder met.
        #[source]
        source: prost::DecodeError,
    },
}

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(crate::DESCRIPTORS).expect("the checked-in descriptor set is tested"));

/// Writes `message` as ProtoJSON; unset fields are left out.
pub fn to_json<M: Message + Name>(message: &M) -> Result<String, JsonError> {
    let mut dynamic = DynamicMessage::new(descriptor::<M>()?);
    dynamic.transcode_from(message).map_err(|source| JsonError::Wire { name: M::full_name(), source })?;
    let mut out = serde_json::Serializer::new(Vec::new());
    let options = SerializeOptions::new().skip_default_fields(true);
    dynamic
        .serialize_with_options(&mut out, &options)
        .map_err(|source| JsonError::Syntax { name: M::full_name(), source })?;
    Ok(String::from_utf8(out.into_inner()).expect("serde_json writes UTF-8"))
}

/// Reads ProtoJSON; unknown fields are ignored, as A2A asks of receivers.
pub fn from_json<M: Message + Name + Default>(text: &str) -> Result<M, JsonError> {
    read(text, &DeserializeOptions::new().deny_unknown_fields(false))
}

/// Reads ProtoJSON that people write: an unknown field is a slip.
pub fn from_json_exact<M: Message + Name + Default>(text: &str) -> Result<M, JsonError> {
    read(text, &DeserializeOptions::new().deny_unknown_fields(true))
}

fn read<M: Message + Name + Default>(text: &str, options: &DeserializeOptions) -> Result<M, JsonError> {
    let mut input = serde_json::Deserializer::from_str(text);
    let syntax = |source| JsonError::Syntax { name: M::full_name(), source };
    let dynamic = DynamicMessage::deserialize_with_options(descriptor::<M>()?, &mut input, options).map_err(syntax)?;
    input.end().map_err(syntax)?;
    dynamic.transcode_to().map_err(|source| JsonError::Wire { name: M::full_name(), source })
}

pub(crate) fn descriptor<M: Name>() -> Result<MessageDescriptor, JsonError> {
    POOL.get_message_by_name(&M::full_name()).ok_or_else(|| JsonError::Unknown(M::full_name()))
}
