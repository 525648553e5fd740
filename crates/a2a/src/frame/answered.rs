//! The answer to a message as whoever sent it needs it: without the messages that it sent itself, which come back with
//! all that they hold.

use bytes::Bytes;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost::{DecodeError, Message as _};
use proto::a2a::{Role, SendMessageResponse, Task, send_message_response::Payload};

/// The field of an answer that is a task.
const TASK: u32 = 1;
/// The field of a task that is a message of its history.
const HISTORY: u32 = 5;
/// The field of a message that says whose it is.
const ROLE: u32 = 4;

/// Decodes an answer but for the caller's own messages in its task's history.
pub(crate) fn answered(answer: Bytes) -> Result<SendMessageResponse, DecodeError> {
    let Some(task) = task(&answer).and_then(others) else { return SendMessageResponse::decode(answer) };
    Ok(SendMessageResponse { payload: Some(Payload::Task(Task::decode(Bytes::from(task))?)) })
}

/// The encoded task, where the answer is that and nothing else.
fn task(mut answer: &[u8]) -> Option<&[u8]> {
    let key = decode_key(&mut answer).ok()?;
    let length = usize::try_from(decode_varint(&mut answer).ok()?).ok()?;
    (key == (TASK, WireType::LengthDelimited) && length == answer.len()).then_some(answer)
}

/// The encoded task without the caller's messages; `None` of bytes that are none.
fn others(mut task: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(task.len());
    while !task.is_empty() {
        let field = task;
        let (tag, wire) = decode_key(&mut task).ok()?;
        let value = task;
        skip_field(wire, tag, &mut task, DecodeContext::default()).ok()?;
        let own = tag == HISTORY && wire == WireType::LengthDelimited && is_own(&value[..value.len() - task.len()]);
        if !own {
            kept.extend_from_slice(&field[..field.len() - task.len()]);
        }
    }
    Some(kept)
}

/// Whether a message, behind its length, is the caller's.
fn is_own(mut message: &[u8]) -> bool {
    let mut role = None;
    let mut read = || {
        decode_varint(&mut message).ok()?;
        while !message.is_empty() {
            let (tag, wire) = decode_key(&mut message).ok()?;
            if (tag, wire) == (ROLE, WireType::Varint) {
                role = Some(decode_varint(&mut message).ok()?);
            } else {
                skip_field(wire, tag, &mut message, DecodeContext::default()).ok()?;
            }
        }
        Some(())
    };
    // What does not decode is for the decoder to refuse.
    read().is_some() && role == Some(Role::User as u64)
}

#[cfg(test)]
mod tests {
    use proto::a2a::{Artifact, Message, Part, TaskStatus, part::Content};

    use super::*;

    fn message(role: Role, words: &str) -> Message {
        let part = Part { content: Some(Content::Text(words.to_owned())), ..Part::default() };
        let metadata = Some(crate::metadata::for_reason("r"));
        Message { message_id: words.to_owned(), role: role.into(), parts: vec![part], metadata, ..Message::default() }
    }

    fn answer(history: Vec<Message>) -> SendMessageResponse {
        let status = TaskStatus { state: 3, message: Some(message(Role::Agent, "done")), timestamp: None };
        let artifacts = vec![Artifact { artifact_id: "a".into(), ..Artifact::default() }];
        let (id, context_id, metadata) = ("t".into(), "c".into(), Some(crate::metadata::for_reason("x")));
        let task = Task { id, context_id, status: Some(status), artifacts, history, metadata };
        SendMessageResponse { payload: Some(Payload::Task(task)) }
    }

    #[test]
    fn a_task_comes_without_what_its_caller_said() {
        let others = [message(Role::Agent, "one"), message(Role::Unspecified, "two")];
        let [one, two] = others.clone();
        let all = vec![message(Role::User, "hear"), one, message(Role::User, "again"), two];
        let told = answered(answer(all).encode_to_vec().into()).unwrap();
        assert_eq!(told, answer(others.to_vec()));
    }

    #[test]
    fn any_other_answer_is_decoded_as_it_is() {
        let reply = SendMessageResponse { payload: Some(Payload::Message(message(Role::User, "hello"))) };
        for whole in [reply.clone(), answer(Vec::new()), SendMessageResponse::default()] {
            assert_eq!(answered(whole.encode_to_vec().into()).unwrap(), whole);
        }
        let twice = [answer(vec![message(Role::User, "a")]), reply.clone()];
        let bytes: Vec<u8> = twice.iter().flat_map(prost::Message::encode_to_vec).collect();
        assert_eq!(answered(bytes.into()).unwrap(), reply);
    }

    #[test]
    fn bytes_that_are_no_answer_are_refused() {
        let whole = answer(vec![message(Role::User, "hear"), message(Role::Agent, "one")]).encode_to_vec();
        for end in 1..whole.len() {
            let cut = Bytes::copy_from_slice(&whole[..end]);
            assert_eq!(answered(cut.clone()).is_ok(), SendMessageResponse::decode(cut).is_ok(), "{end}");
        }
    }
}
