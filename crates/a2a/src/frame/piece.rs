//! The parts of an encoded message as the bytes that they are: for those who pass them on, and look no further into
//! them than to tell text from data.

use std::str;

use bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The field of a message that is a part.
const PART: u32 = 5;

/// A part, encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Piece<'b> {
    /// All of it.
    pub bytes: &'b [u8],
    /// What it holds.
    pub content: Option<Held<'b>>,
    /// An encoded `Struct`.
    pub metadata: Option<&'b [u8]>,
    /// Empty where it has none.
    pub filename: &'b str,
    /// Empty where it has none.
    pub media_type: &'b str,
}

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held<'b> {
    /// Words.
    Text(&'b str),
    /// Bytes.
    Raw(&'b [u8]),
    /// Where it is to be had.
    Url(&'b str),
    /// An encoded `Value`.
    Data(&'b [u8]),
}

impl<'b> Piece<'b> {
    /// The parts of an encoded `Message`, in order; none of bytes that are none.
    pub fn all(message: &'b [u8]) -> Vec<Self> {
        let (mut pieces, mut sound) = (Vec::new(), true);
        let read = each(message, |tag, bytes| {
            if tag == PART {
                let piece = Self::of(bytes);
                sound &= piece.is_some();
                pieces.extend(piece);
            }
        });
        if sound && read.is_some() { pieces } else { Vec::new() }
    }

    /// An encoded `Part`.
    pub fn of(bytes: &'b [u8]) -> Option<Self> {
        let (mut piece, mut sound) = (Self { bytes, ..Self::default() }, true);
        each(bytes, |tag, field| {
            let words = str::from_utf8(field);
            match (tag, words) {
                (1, Ok(words)) => piece.content = Some(Held::Text(words)),
                (2, _) => piece.content = Some(Held::Raw(field)),
                (3, Ok(words)) => piece.content = Some(Held::Url(words)),
                (4, _) => piece.content = Some(Held::Data(field)),
                (5, _) => piece.metadata = Some(field),
                (6, Ok(words)) => piece.filename = words,
                (7, Ok(words)) => piece.media_type = words,
                (1 | 3 | 6 | 7, Err(_)) => sound = false,
                (_, _) => {}
            }
        })?;
        sound.then_some(piece)
    }

    /// Its words, if that is what it holds.
    pub fn words(&self) -> Option<&'b str> {
        match self.content {
            Some(Held::Text(words)) => Some(words),
            Some(Held::Raw(_) | Held::Url(_) | Held::Data(_)) | None => None,
        }
    }
}

/// Shows each field that has a length, in order. `None` when it cannot be read to the end.
fn each<'b>(mut bytes: &'b [u8], mut take: impl FnMut(u32, &'b [u8])) -> Option<()> {
    while bytes.has_remaining() {
        let (tag, wire) = decode_key(&mut bytes).ok()?;
        if wire != WireType::LengthDelimited {
            skip_field(wire, tag, &mut bytes, DecodeContext::default()).ok()?;
            continue;
        }
        let length = usize::try_from(decode_varint(&mut bytes).ok()?).ok()?;
        let (field, rest) = bytes.split_at_checked(length)?;
        take(tag, field);
        bytes = rest;
    }
    Some(())
}
