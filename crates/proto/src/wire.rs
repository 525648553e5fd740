//! Encoded bytes as they are, for those who look for little in them: fields one after the other, no message.
//! `None` is for what is not encoded as we encode it; whoever meets it takes the way over the message.

/// Encoded bytes, read from their beginning.
#[derive(Debug, Clone, Copy)]
pub struct Wire<'w>(pub &'w [u8]);

/// A field's number, and how its value is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The number.
    pub tag: u32,
    kind: u32,
}

/// A member of a Struct.
#[derive(Debug)]
pub struct Member<'w> {
    /// Its name.
    pub name: &'w str,
    /// The encoded `Value`.
    pub value: Wire<'w>,
}

impl Key {
    const VARINT: u32 = 0;
    const FIXED: u32 = 1;
    const DELIMITED: u32 = 2;

    /// The key, if it is that of this field.
    #[must_use]
    pub fn tagged(self, tag: u32) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }

    fn is(self, kind: u32) -> Option<()> {
        (self.kind == kind).then_some(())
    }
}

impl<'w> Wire<'w> {
    /// The next key; none at the end.
    pub fn key(&mut self) -> Option<Option<Key>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let key = u32::try_from(self.varint()?).ok()?;
        Some(Some(Key { tag: key >> 3, kind: key & 7 }))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                // One that ends in nothing has another, shorter form, and that is the one that is written.
                return (byte > 0 || shift == 0).then_some(number);
            }
        }
        // A tenth byte is that of a negative number, and none of ours is one.
        None
    }

    /// A number as a varint.
    pub fn number(&mut self, key: Key) -> Option<u64> {
        key.is(Key::VARINT)?;
        self.varint()
    }

    /// A double.
    pub fn double(&mut self, key: Key) -> Option<f64> {
        key.is(Key::FIXED)?;
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*bytes))
    }

    /// What is behind its length.
    pub fn bytes(&mut self, key: Key) -> Option<&'w [u8]> {
        key.is(Key::DELIMITED)?;
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A string.
    pub fn text(&mut self, key: Key) -> Option<&'w str> {
        std::str::from_utf8(self.bytes(key)?).ok()
    }

    /// What there is of a member, as one that encodes it in order has it.
    pub fn member(mut self) -> Option<Member<'w>> {
        let mut member = Member { name: "", value: Wire(&[]) };
        let mut key = self.key()?;
        if let Some(named) = key.and_then(|key| key.tagged(1)) {
            member.name = self.text(named)?;
            key = self.key()?;
        }
        if let Some(valued) = key {
            member.value = Wire(self.bytes(valued.tagged(2)?)?);
        }
        self.0.is_empty().then_some(member)
    }

    /// How often a Struct names a member.
    pub(crate) fn names(mut self, name: &str) -> Option<usize> {
        let mut count = 0;
        while let Some(key) = self.key()? {
            count += usize::from(Wire(self.bytes(key)?).member()?.name == name);
        }
        Some(count)
    }
}

/// What a `Value` holds, as far as it can be told without a tree.
#[derive(Debug, Clone, Copy)]
pub enum Glance<'w> {
    /// `null`, or no kind at all.
    Nothing,
    /// A number.
    Number(f64),
    /// A string.
    Text(&'w str),
    /// `true` or `false`.
    Truth(bool),
    /// An encoded `Struct`.
    Object(Wire<'w>),
    /// An encoded `ListValue`.
    List(Wire<'w>),
}

impl<'w> Wire<'w> {
    /// What this `Value` holds.
    pub fn glance(mut self) -> Option<Glance<'w>> {
        let Some(key) = self.key()? else { return Some(Glance::Nothing) };
        let seen = match key.tag {
            1 => self.number(key).map(|_| Glance::Nothing)?,
            2 => Glance::Number(self.double(key)?),
            3 => Glance::Text(self.text(key)?),
            4 => Glance::Truth(self.number(key)? != 0),
            5 => Glance::Object(Wire(self.bytes(key)?)),
            6 => Glance::List(Wire(self.bytes(key)?)),
            _ => return None,
        };
        self.0.is_empty().then_some(seen)
    }

    /// Shows the members of this `Struct`, in order.
    pub fn members(mut self, mut show: impl FnMut(Member<'w>)) -> Option<()> {
        while let Some(key) = self.key()? {
            show(Wire(self.bytes(key.tagged(1)?)?).member()?);
        }
        Some(())
    }
}
