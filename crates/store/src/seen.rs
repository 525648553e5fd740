//! The memory of accepted messages.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use types::{MessageId, Owner, TaskId};

/// The hash of (tenant, principal, target task or none, message id): exactly one acceptance each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenKey(pub [u8; 16]);

/// The hash of a message's body: tells a repetition from a reuse of the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyDigest(pub [u8; 16]);

/// What a message id was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The body that was accepted.
    pub digest: BodyDigest,
    /// What it became.
    pub reply: SeenReply,
}

/// What an accepted message became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenReply {
    /// A task, or a turn of one.
    Task(TaskId),
    /// A direct answer: an encoded A2A `Message`.
    Message(Bytes),
    /// Never accepted, and it never will be.
    Fence,
}

impl SeenKey {
    /// The key of `message`, sent by `owner` to `target` or to nobody in particular.
    pub fn new(owner: &Owner, target: Option<TaskId>, message: &MessageId) -> Self {
        let mut hash = Sha256::new();
        for part in [owner.tenant.as_str(), owner.principal.as_str(), message.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        if let Some(task) = target {
            hash.update(task.as_bytes());
        }
        Self(first_half(hash))
    }
}

impl BodyDigest {
    /// The digest of these parts in this order; each is set apart from the next.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(first_half(hash))
    }

    /// The digest of parts that are written one after the other, each behind its length as eight bytes, big-endian.
    pub fn of_framed(parts: &[u8]) -> Self {
        Self(first_half(Sha256::new_with_prefix(parts)))
    }
}

fn first_half(hash: Sha256) -> [u8; 16] {
    let full: [u8; 32] = hash.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&full[..16]);
    half
}
