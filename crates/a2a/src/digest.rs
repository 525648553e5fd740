//! What of a message tells a repetition from a reuse of its id.

use prost::Message as _;
use proto::a2a::Message;

/// The canonical bytes of a message's body: role, context, each reference, each part, in that order, each behind its
/// length, so that they are set apart from each other. Parts are encoded anew: the sender's encoding does not count.
/// Metadata and configuration are left out.
pub fn framed_body(message: &Message) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    put(&mut out, &message.role.to_be_bytes());
    put(&mut out, message.context_id.as_bytes());
    put(&mut out, &length(message.reference_task_ids.len()));
    message.reference_task_ids.iter().for_each(|id| put(&mut out, id.as_bytes()));
    for part in &message.parts {
        out.extend_from_slice(&length(part.encoded_len()));
        // Struct maps are ordered, so one value has one encoding.
        part.encode(&mut out).expect("a Vec grows");
    }
    out
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&length(bytes.len()));
    out.extend_from_slice(bytes);
}

fn length(length: usize) -> [u8; 8] {
    (length as u64).to_be_bytes()
}
