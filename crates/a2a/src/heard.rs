//! A caller's message. It is kept as it came where that is how it is written here; whoever looks for more in it than
//! ids and words has it decoded then.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use bytes::Bytes;
use prost::{DecodeError, Message as _};
use proto::a2a::Message;
use proto::wire::{Member, Wire};

use crate::frame::{Held, Piece};
use crate::{frame, metadata};

/// The fields of a message.
const MESSAGE_ID: u32 = 1;
const CONTEXT_ID: u32 = 2;
const TASK_ID: u32 = 3;
const ROLE: u32 = 4;
pub(crate) const PART: u32 = 5;
const METADATA: u32 = 6;
pub(crate) const REFERENCE: u32 = 8;

/// A message, as bytes, as a [`Message`], or as both. It derefs to the latter, which is when bytes are decoded; what
/// changes it there has it encoded anew.
#[derive(Clone, Default)]
pub struct Heard {
    bytes: OnceLock<Bytes>,
    tree: OnceLock<Box<Message>>,
}

impl Heard {
    /// The message of these bytes. Their encoding does not count: what is not written as we write it is written anew.
    pub fn read(bytes: Bytes) -> Result<Self, DecodeError> {
        if proto::is_canonical::<Message>(&bytes) {
            return Ok(Self::kept(bytes));
        }
        Message::decode(bytes).map(Self::from)
    }

    /// The message of bytes that were written here.
    pub fn kept(bytes: Bytes) -> Self {
        Self { bytes: OnceLock::from(bytes), tree: OnceLock::new() }
    }

    /// The message, if it need not be decoded.
    pub(crate) fn tree(&self) -> Option<&Message> {
        self.tree.get().map(|tree| &**tree)
    }

    /// The encoded message.
    pub fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| frame::message_bytes(self.tree.get().map_or(&Message::default(), |tree| tree)))
    }

    /// As many bytes as it has encoded.
    pub fn size(&self) -> usize {
        self.bytes().len()
    }

    /// Its sender's name for it.
    pub fn message_id(&self) -> &str {
        self.text_of(MESSAGE_ID)
    }

    /// The conversation that it names, or nothing.
    pub fn context_id(&self) -> &str {
        self.text_of(CONTEXT_ID)
    }

    /// The task that it names, or nothing.
    pub fn task_id(&self) -> &str {
        self.text_of(TASK_ID)
    }

    /// The number of its role.
    pub fn role_number(&self) -> i32 {
        let mut wire = Wire(self.bytes());
        while let Some(Some(key)) = wire.key() {
            if key.tag >= ROLE {
                let number = key.tagged(ROLE).and_then(|key| wire.number(key));
                return number.and_then(|number| i32::try_from(number).ok()).unwrap_or_default();
            }
            if wire.bytes(key).is_none() {
                break;
            }
        }
        0
    }

    /// Its parts, in order.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        Piece::all(self.bytes())
    }

    /// Its text parts, one per line.
    pub fn text(&self) -> String {
        let words = |piece: Piece<'_>| match piece.content {
            Some(Held::Text(words)) => Some(words.to_owned()),
            Some(Held::Raw(_) | Held::Url(_) | Held::Data(_)) | None => None,
        };
        self.pieces().into_iter().filter_map(words).collect::<Vec<_>>().join("\n")
    }

    /// What it was dispatched for, if it was.
    pub fn dispatch(&self) -> Result<Option<metadata::Dispatch>, metadata::BadDispatch> {
        let mut found = None;
        self.each_field(METADATA, |bytes| {
            Wire(bytes).members(|Member { name, value }| {
                if name == metadata::DISPATCH {
                    found = Some(value);
                }
            });
        });
        found.map(metadata::Dispatch::glanced).transpose()
    }

    /// What of it stays the same in whichever task and conversation it is put: all that follows its role.
    pub(crate) fn content(&self) -> &[u8] {
        let bytes = self.bytes();
        let mut wire = Wire(bytes);
        loop {
            let rest = wire.0;
            match wire.key() {
                Some(Some(key)) if key.tag < ROLE => drop(wire.bytes(key)),
                Some(Some(key)) if key.tag == ROLE => drop(wire.number(key)),
                Some(Some(_)) => return rest,
                Some(None) | None => return &[],
            }
        }
    }

    /// Shows each field with this number that has a length.
    pub(crate) fn each_field<'h>(&'h self, tag: u32, mut show: impl FnMut(&'h [u8])) {
        let mut wire = Wire(self.content());
        while let Some(Some(key)) = wire.key() {
            match wire.bytes(key) {
                Some(bytes) if key.tag == tag => show(bytes),
                Some(_) => {}
                None => return,
            }
        }
    }

    fn text_of(&self, tag: u32) -> &str {
        let mut wire = Wire(self.bytes());
        while let Some(Some(key)) = wire.key() {
            if key.tag > tag {
                break;
            }
            match wire.text(key) {
                Some(text) if key.tag == tag => return text,
                Some(_) => {}
                None => break,
            }
        }
        ""
    }
}

impl From<Message> for Heard {
    fn from(message: Message) -> Self {
        Self { bytes: OnceLock::new(), tree: OnceLock::from(Box::new(message)) }
    }
}

impl Deref for Heard {
    type Target = Message;

    fn deref(&self) -> &Message {
        // Whatever is kept as bytes was found to be, or written as, a message.
        self.tree.get_or_init(|| Box::new(Message::decode(self.bytes().clone()).unwrap_or_default()))
    }
}

impl DerefMut for Heard {
    fn deref_mut(&mut self) -> &mut Message {
        let tree = self.tree.take().unwrap_or_else(|| Box::new((**self).clone()));
        *self = Self { bytes: OnceLock::new(), tree: OnceLock::from(tree) };
        self.tree.get_mut().expect("it was put there")
    }
}

impl PartialEq for Heard {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests;
