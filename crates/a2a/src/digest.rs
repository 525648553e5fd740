//! What of a message tells a repetition from a reuse of its id.

use crate::heard::{Heard, PART, REFERENCE};

/// The canonical bytes of a message's body: role, context, each reference, each part, in that order, each behind its
/// length, so that they are set apart from each other. Parts count as they are written here: the sender's encoding does
/// not. Metadata and configuration are left out.
pub fn framed_body(message: &Heard) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    put(&mut out, &message.role_number().to_be_bytes());
    put(&mut out, message.context_id().as_bytes());
    let mut references = 0;
    message.each_field(REFERENCE, |_| references += 1);
    put(&mut out, &length(references));
    message.each_field(REFERENCE, |id| put(&mut out, id));
    message.each_field(PART, |part| put(&mut out, part));
    out
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&length(bytes.len()));
    out.extend_from_slice(bytes);
}

fn length(length: usize) -> [u8; 8] {
    (length as u64).to_be_bytes()
}
