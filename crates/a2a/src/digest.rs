//! What of a message tells a repetition from a reuse of its id.

use prost::Message as _;
use proto::a2a::{Message, Part};

/// The canonical bytes of a message's body: role, context, each reference, each part, in that order and
/// each encoded anew, so that the sender's encoding does not count. Metadata and configuration are left out.
/// Hash them set apart from each other.
pub fn body_digest_parts(message: &Message) -> Vec<Vec<u8>> {
    let head = [message.role.to_be_bytes().to_vec(), message.context_id.clone().into_bytes()];
    let count = (message.reference_task_ids.len() as u64).to_be_bytes().to_vec();
    let references = message.reference_task_ids.iter().map(|id| id.clone().into_bytes());
    // Struct maps are ordered, so one value has one encoding.
    let parts = message.parts.iter().map(Part::encode_to_vec);
    head.into_iter().chain([count]).chain(references).chain(parts).collect()
}
