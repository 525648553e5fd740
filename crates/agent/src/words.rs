//! Messages and artifacts from plain values, and back.

use proto::a2a::part::Content;
use proto::a2a::{Artifact, Message, Part, Role};

/// A message of one text part; ids are filled in by the kit.
pub fn say(text: impl Into<String>) -> Message {
    Message { role: Role::Agent.into(), parts: vec![text_part(text)], ..Message::default() }
}

/// A text part.
pub fn text_part(text: impl Into<String>) -> Part {
    Part { content: Some(Content::Text(text.into())), media_type: "text/plain".into(), ..Part::default() }
}

/// A data part holding any JSON value.
pub fn data_part(value: proto::Value) -> Part {
    Part { content: Some(Content::Data(value)), media_type: "application/json".into(), ..Part::default() }
}

/// An artifact.
pub fn artifact(id: impl Into<String>, name: impl Into<String>, parts: Vec<Part>) -> Artifact {
    Artifact { artifact_id: id.into(), name: name.into(), parts, ..Artifact::default() }
}

/// The text parts of a message, one per line.
pub fn text_of(message: &Message) -> String {
    let texts = message.parts.iter().filter_map(|part| match &part.content {
        Some(Content::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
