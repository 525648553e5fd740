//! Protobuf by hand: the messages that frames are made of, field for field as generated code writes them, but in one
//! pass. All tags are below 16.

use std::io::Write as _;

use bytes::{BufMut, Bytes};
use prost::Message as _;
use prost::encoding::encode_varint;
use prost_types::Timestamp;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part, Role};
use proto::value::{Slot, delimited, nested};
use types::Seq;

use super::{Ids, Metadata};
use crate::heard::Heard;

/// Bytes around what a frame holds: tags and lengths, and the mark.
const AROUND: usize = 128;

/// A buffer for a frame of about so many bytes of content.
pub(super) fn buffer(content: usize) -> Vec<u8> {
    Vec::with_capacity(AROUND + content)
}

pub(super) fn wrap(tag: u8, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(1 + field_len(payload.len()));
    put_bytes(&mut out, tag, payload);
    out.into()
}

/// Bytes of a length and what it counts.
pub(super) fn field_len(length: usize) -> usize {
    prost::length_delimiter_len(length) + length
}

pub(super) fn text_len(text: &str) -> usize {
    if text.is_empty() { 0 } else { 1 + field_len(text.len()) }
}

pub(super) fn put_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    delimited(out, tag, bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    if !text.is_empty() {
        put_bytes(out, tag, text.as_bytes());
    }
}

pub(super) fn put_flag(out: &mut Vec<u8>, tag: u8, flag: bool) {
    if flag {
        out.put_slice(&[tag << 3, 1]);
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, tag: u8, number: usize) {
    if number > 0 {
        out.put_u8(tag << 3);
        prost::encode_length_delimiter(number, out).expect("a Vec grows");
    }
}

/// A whole number, as one that may be negative is written.
fn put_whole(out: &mut Vec<u8>, tag: u8, number: i64) {
    if number != 0 {
        out.push(tag << 3);
        #[allow(clippy::cast_sign_loss, reason = "that is how it is encoded")]
        encode_varint(number as u64, out);
    }
}

/// A number of an enum; none of ours is negative.
pub(super) fn put_enum(out: &mut Vec<u8>, tag: u8, number: i32) {
    put_number(out, tag, usize::try_from(number).unwrap_or_default());
}

fn put_texts(out: &mut Vec<u8>, tag: u8, texts: &[String]) {
    texts.iter().for_each(|text| put_bytes(out, tag, text.as_bytes()));
}

/// The field of a status that is its message.
pub(super) const MESSAGE: u8 = 2;

/// Writes a `TaskStatus`, whose message `put_message` writes as its field, if there is one.
pub(super) fn put_status(
    out: &mut Vec<u8>,
    state: i32,
    put_message: impl FnOnce(&mut Vec<u8>),
    at: Option<&Timestamp>,
) {
    put_enum(out, 1, state);
    put_message(out);
    if let Some(at) = at {
        nested(out, 3, |out| {
            put_whole(out, 1, at.seconds);
            put_whole(out, 2, at.nanos.into());
        });
    }
}

/// The encoded `Message`.
pub(super) fn message(message: &Message) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    put_message(&mut out, message);
    out
}

/// Writes a `Message` as it is.
pub(super) fn put_message(out: &mut Vec<u8>, message: &Message) {
    let ids = Ids { task: &message.task_id, context: &message.context_id };
    put_text(out, 1, &message.message_id);
    put_content(out, ids, message.role, message);
}

/// The encoded `Message` of a caller as one of a task, whatever ids it came with.
pub(super) fn heard_of(ids: Ids<'_>, heard: &Heard) -> Vec<u8> {
    let (id, content) = (heard.message_id(), heard.content());
    let mut out = Vec::with_capacity(text_len(id) + ids.len() + 2 + content.len());
    put_text(&mut out, 1, id);
    put_text(&mut out, 2, ids.context);
    put_text(&mut out, 3, ids.task);
    put_enum(&mut out, 4, heard.role_number());
    out.extend_from_slice(content);
    out
}

/// About as many bytes as [`put_said`] writes; as many or more if the words are text.
pub(super) fn said_len(ids: Ids<'_>, words: &Message) -> usize {
    let part = |part: &Part| match &part.content {
        Some(Content::Text(text)) => 16 + text.len() + part.media_type.len(),
        Some(_) | None => 16 + part.encoded_len(),
    };
    2 * ids.len() + 32 + words.message_id.len() + words.parts.iter().map(part).sum::<usize>()
}

/// Writes the `Message` of the agent that has these words, as frame `seq` of its task.
pub(super) fn put_said(out: &mut Vec<u8>, ids: Ids<'_>, words: &Message, seq: Seq) {
    match words.message_id.as_str() {
        "" => nested(out, 1, |out| {
            out.extend_from_slice(ids.task.as_bytes());
            write!(out, "-{seq}").expect("a Vec grows");
        }),
        own => put_text(out, 1, own),
    }
    put_content(out, ids, Role::Agent.into(), words);
}

/// Writes what follows the id of a `Message` that says what `message` says.
fn put_content(out: &mut Vec<u8>, ids: Ids<'_>, role: i32, message: &Message) {
    put_text(out, 2, ids.context);
    put_text(out, 3, ids.task);
    put_enum(out, 4, role);
    put_parts(out, 5, &message.parts);
    if let Some(metadata) = &message.metadata {
        nested(out, 6, |out| metadata.append(out));
    }
    put_texts(out, 7, &message.extensions);
    put_texts(out, 8, &message.reference_task_ids);
}

/// What an `Artifact` says before its parts.
pub(super) struct Heading<'h> {
    pub(super) id: &'h str,
    pub(super) name: &'h str,
    pub(super) description: &'h str,
}

/// The encoded heading.
pub(super) fn heading(heading: Heading<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    put_text(&mut out, 1, heading.id);
    put_text(&mut out, 2, heading.name);
    put_text(&mut out, 3, heading.description);
    out
}

/// Writes what an `Artifact` says after its parts.
pub(super) fn put_ending(out: &mut Vec<u8>, metadata: Option<&Metadata>, extensions: &[String]) {
    if let Some(metadata) = metadata {
        nested(out, 5, |out| metadata.append(out));
    }
    put_texts(out, 6, extensions);
}

pub(super) fn put_parts(out: &mut Vec<u8>, tag: u8, parts: &[Part]) {
    parts.iter().for_each(|part| nested(out, tag, |out| put_part(out, part)));
}

/// Writes a `Part` of words.
pub(super) fn put_words(out: &mut Vec<u8>, words: &str, media_type: &str) {
    put_bytes(out, 1, words.as_bytes());
    put_text(out, 7, media_type);
}

/// Writes a `Part` of JSON, which `fill` writes.
pub(super) fn put_data(out: &mut Vec<u8>, fill: impl FnOnce(Slot<'_>)) {
    nested(out, 4, |out| fill(Slot::new(out)));
    put_text(out, 7, "application/json");
}

fn put_part(out: &mut Vec<u8>, part: &Part) {
    match &part.content {
        Some(Content::Text(text)) => put_bytes(out, 1, text.as_bytes()),
        Some(Content::Raw(bytes)) => put_bytes(out, 2, bytes),
        Some(Content::Url(url)) => put_bytes(out, 3, url.as_bytes()),
        Some(Content::Data(value)) => nested(out, 4, |out| value.append(out)),
        None => {}
    }
    if let Some(metadata) = &part.metadata {
        nested(out, 5, |out| metadata.append(out));
    }
    put_text(out, 6, &part.filename);
    put_text(out, 7, &part.media_type);
}
