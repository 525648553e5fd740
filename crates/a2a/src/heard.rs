//! A caller's message. It is kept as it came where that is how it is written here; whoever looks for more in it than
//! ids and words has it decoded then.

use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::OnceLock;

use bytes::Bytes;
use prost::{DecodeError, Message as _};
use proto::a2a::Message;
use proto::wire::{Member, Wire};

use crate::{frame, metadata};

/// The fields of a message.
const MESSAGE_ID: u32 = 1;
const CONTEXT_ID: u32 = 2;
const TASK_ID: u32 = 3;
const ROLE: u32 = 4;
pub(crate) const PART: u32 = 5;
/// The field of a part that is words.
const TEXT: u32 = 1;
const METADATA: u32 = 6;
pub(crate) const REFERENCE: u32 = 8;

/// A message, as bytes, as a [`Message`], or as both. It derefs to the latter, which is when bytes are decoded; what
/// changes it there has it encoded anew.
#[derive(Clone, Default)]
pub struct Heard {
    kept: OnceLock<Kept>,
    tree: OnceLock<Box<Message>>,
}

/// An encoded message.
#[derive(Clone)]
struct Kept {
    bytes: Bytes,
    role: i32,
    /// Where its ids are: its own, that of its conversation, that of its task. Empty where it has none.
    ids: [Range<usize>; 3],
    /// Where that begins which stays the same in whichever task and conversation the message is put: after its role.
    content: usize,
}

impl Kept {
    fn new(bytes: Bytes) -> Self {
        let (mut wire, mut role, mut ids) = (Wire(&bytes), 0, [0..0, 0..0, 0..0]);
        let content = loop {
            let at = bytes.len() - wire.0.len();
            match wire.key() {
                Some(Some(key)) if (MESSAGE_ID..ROLE).contains(&key.tag) => {
                    let length = wire.bytes(key).map_or(0, <[u8]>::len);
                    let end = bytes.len() - wire.0.len();
                    ids[(key.tag - MESSAGE_ID) as usize] = end - length..end;
                }
                Some(Some(key)) if key.tag == ROLE => role = wire.number(key).unwrap_or_default(),
                Some(Some(_)) => break at,
                Some(None) | None => break bytes.len(),
            }
        };
        Self { role: i32::try_from(role).unwrap_or_default(), ids, content, bytes }
    }
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
        Self { kept: OnceLock::from(Kept::new(bytes)), tree: OnceLock::new() }
    }

    /// The message, if it need not be decoded.
    pub(crate) fn tree(&self) -> Option<&Message> {
        self.tree.get().map(|tree| &**tree)
    }

    fn written(&self) -> &Kept {
        let write = || self.tree().map_or_else(Bytes::new, frame::message_bytes);
        self.kept.get_or_init(|| Kept::new(write()))
    }

    /// The encoded message.
    pub fn bytes(&self) -> &Bytes {
        &self.written().bytes
    }

    /// As many bytes as it has encoded.
    pub fn size(&self) -> usize {
        self.bytes().len()
    }

    /// Its sender's name for it.
    pub fn message_id(&self) -> &str {
        self.id(MESSAGE_ID)
    }

    /// The conversation that it names, or nothing.
    pub fn context_id(&self) -> &str {
        self.id(CONTEXT_ID)
    }

    /// The task that it names, or nothing.
    pub fn task_id(&self) -> &str {
        self.id(TASK_ID)
    }

    /// The number of its role.
    pub fn role_number(&self) -> i32 {
        self.written().role
    }

    /// Its text parts, one per line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut first = true;
        self.each_field(PART, |part| {
            let mut part = Wire(part);
            // A part's content comes first.
            let words = part.key().flatten().and_then(|key| part.text(key.tagged(TEXT)?));
            if let Some(words) = words {
                text.push_str(if std::mem::take(&mut first) { "" } else { "\n" });
                text.push_str(words);
            }
        });
        text
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

    /// All that follows its role.
    pub(crate) fn content(&self) -> &[u8] {
        let Kept { bytes, content, .. } = self.written();
        &bytes[*content..]
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

    fn id(&self, tag: u32) -> &str {
        let Kept { bytes, ids, .. } = self.written();
        let id = &bytes[ids[(tag - MESSAGE_ID) as usize].clone()];
        // What is kept as bytes was found to be UTF-8, or was written from it.
        str::from_utf8(id).unwrap_or_default()
    }
}

impl From<Message> for Heard {
    fn from(message: Message) -> Self {
        Self { kept: OnceLock::new(), tree: OnceLock::from(Box::new(message)) }
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
        *self = Self { kept: OnceLock::new(), tree: OnceLock::from(tree) };
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
