//! Protobuf by hand: the few fields that frames are made of, all with tags below 16.

use bytes::{BufMut, Bytes};

/// A buffer for a `StreamResponse` whose payload has this tag and length.
pub(super) fn open_payload(tag: u8, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(1 + field_len(length));
    put_tag(&mut out, tag);
    put_length(&mut out, length);
    out
}

pub(super) fn wrap(tag: u8, payload: &[u8]) -> Bytes {
    let mut out = open_payload(tag, payload.len());
    out.put_slice(payload);
    out.into()
}

/// Bytes of a length and what it counts.
pub(super) fn field_len(length: usize) -> usize {
    prost::length_delimiter_len(length) + length
}

pub(super) fn text_len(text: &str) -> usize {
    if text.is_empty() { 0 } else { 1 + field_len(text.len()) }
}

pub(super) fn message_len<M: prost::Message>(message: &M) -> usize {
    1 + field_len(message.encoded_len())
}

/// Tags here are below 16, and all but numbers are length-delimited.
pub(super) fn put_tag(out: &mut Vec<u8>, tag: u8) {
    out.put_u8(tag << 3 | 2);
}

pub(super) fn put_length(out: &mut Vec<u8>, length: usize) {
    prost::encode_length_delimiter(length, out).expect("a Vec grows");
}

pub(super) fn put_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    put_tag(out, tag);
    put_length(out, bytes.len());
    out.put_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    if !text.is_empty() {
        put_bytes(out, tag, text.as_bytes());
    }
}

pub(super) fn put_message<M: prost::Message>(out: &mut Vec<u8>, tag: u8, message: &M) {
    put_tag(out, tag);
    message.encode_length_delimited(out).expect("a Vec grows");
}

pub(super) fn append<M: prost::Message>(out: &mut Vec<u8>, message: &M) {
    message.encode(out).expect("a Vec grows");
}

pub(super) fn put_flag(out: &mut Vec<u8>, tag: u8, flag: bool) {
    if flag {
        out.put_slice(&[tag << 3, 1]);
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, tag: u8, number: usize) {
    if number > 0 {
        out.put_u8(tag << 3);
        put_length(out, number);
    }
}
