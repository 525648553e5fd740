//! A message that hands work over, as the bytes that go out: for callers who make one for each attempt, of parts that
//! are encoded already.

use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{Message, Role, SendMessageRequest};
use proto::value::nested;
use types::{ContextId, MessageId};

use super::Metadata;
use super::write::{message, put_bytes, put_enum, put_flag, put_text};

/// An encoded `Message` of the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work(Vec<u8>);

impl Work {
    /// The message of this id in a conversation. `parts` is an encoded `Message` that has nothing else.
    pub fn new(id: &MessageId, context: &ContextId, parts: &[u8], metadata: &Metadata) -> Self {
        let mut out = Vec::with_capacity(512 + parts.len());
        put_text(&mut out, 1, id.as_str());
        put_text(&mut out, 2, context.as_str());
        put_enum(&mut out, 4, Role::User.into());
        out.extend_from_slice(parts);
        nested(&mut out, 6, |out| metadata.append(out));
        Self(out)
    }

    /// The request of it, which is answered as soon as it is taken.
    pub(crate) fn request(&self, tenant: &str) -> Bytes {
        let mut out = Vec::with_capacity(32 + tenant.len() + self.0.len());
        put_text(&mut out, 1, tenant);
        put_bytes(&mut out, 2, &self.0);
        nested(&mut out, 3, |out| put_flag(out, 4, true));
        out.into()
    }
}

impl From<&Message> for Work {
    fn from(tree: &Message) -> Self {
        Self(message(tree))
    }
}

/// Without a message where the parts were none: whoever gets it refuses it.
impl From<Work> for SendMessageRequest {
    fn from(work: Work) -> Self {
        Self { message: Message::decode(&work.0[..]).ok(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use proto::a2a::{Part, SendMessageConfiguration, part::Content};
    use types::{StoreId, TaskId, Timestamp};

    use super::*;
    use crate::metadata::{Dispatch, structure, text};

    #[test]
    fn work_is_what_generated_code_makes_of_the_same_message() {
        let part = |words: &str| Part { content: Some(Content::Text(words.to_owned())), ..Part::default() };
        let parts = vec![part("help"), part("")];
        let dispatch = Dispatch {
            run: TaskId::fresh(),
            step: "fire".parse().unwrap(),
            attempt: 2,
            turn: 1,
            not_after: Timestamp::from_millis(1_234_567_890_123),
            store_id: Some(StoreId::fresh()),
            at_most_once: true,
        };
        for dispatch in [dispatch.clone(), Dispatch { store_id: None, at_most_once: false, ..dispatch }] {
            let (id, context) = ("m".parse().unwrap(), ContextId::fresh());
            let mut tree = dispatch.to_metadata();
            tree.fields.extend(structure([("skill", text("dispatch"))]).fields);
            let whole = Message {
                message_id: "m".to_owned(),
                context_id: context.to_string(),
                role: Role::User.into(),
                parts: parts.clone(),
                metadata: Some(tree),
                ..Message::default()
            };
            let mut metadata = Metadata::default();
            dispatch.put(&mut metadata);
            metadata.put("skill", |slot| slot.text("dispatch"));
            let only = Message { parts: parts.clone(), ..Message::default() }.encode_to_vec();
            let work = Work::new(&id, &context, &only, &metadata);
            assert_eq!(work, Work::from(&whole));
            let configuration = Some(SendMessageConfiguration { return_immediately: true, ..Default::default() });
            let request = SendMessageRequest { message: Some(whole), ..SendMessageRequest::default() };
            assert_eq!(SendMessageRequest::from(work.clone()), request);
            for tenant in ["", "t"] {
                let request = SendMessageRequest {
                    tenant: tenant.into(),
                    configuration: configuration.clone(),
                    ..request.clone()
                };
                assert_eq!(work.request(tenant), request.encode_to_vec());
            }
        }
    }

    #[test]
    fn parts_that_are_none_make_no_message() {
        let work = Work::new(&"m".parse().unwrap(), &ContextId::fresh(), b"\xff", &Metadata::default());
        assert_eq!(SendMessageRequest::from(work).message, None);
    }
}
