//! An artifact as it is written, apart where it may grow.

use bytes::Bytes;
use proto::a2a::Artifact;
use proto::value::{Slot, nested};
use types::Seq;

use super::mark::{Mark, put_metadata};
use super::write::{
    Heading, buffer, field_len, heading, put_bytes, put_data, put_ending, put_flag, put_parts, put_text, put_words,
};
use super::{Chunk, Ids, Metadata, Piece};

/// The field of an artifact that is a part.
const PART: u8 = 4;

/// An artifact whose pieces are the bytes that go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    id: String,
    heading: Vec<u8>,
    parts: Vec<u8>,
    metadata: Option<Metadata>,
    extensions: Vec<String>,
}

impl Made {
    /// An artifact that holds nothing yet.
    pub fn new(id: impl Into<String>, name: &str) -> Self {
        let id = id.into();
        let heading = heading(Heading { id: &id, name, description: "" });
        Self { id, heading, parts: Vec::with_capacity(512), metadata: None, extensions: Vec::new() }
    }

    /// With a text part.
    #[must_use]
    pub fn text(mut self, words: &str, media_type: &str) -> Self {
        nested(&mut self.parts, PART, |out| put_words(out, words, media_type));
        self
    }

    /// With a part of JSON, which `fill` writes.
    #[must_use]
    pub fn json(mut self, fill: impl FnOnce(Slot<'_>)) -> Self {
        nested(&mut self.parts, PART, |out| put_data(out, fill));
        self
    }

    /// With parts that are written already.
    #[must_use]
    pub fn pieces(mut self, pieces: &[Piece<'_>]) -> Self {
        pieces.iter().for_each(|piece| put_bytes(&mut self.parts, PART, piece.bytes));
        self
    }

    /// With metadata.
    #[must_use]
    pub fn with(self, metadata: Metadata) -> Self {
        Self { metadata: Some(metadata), ..self }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As many bytes as the encoded `Artifact` has.
    pub fn size(&self) -> usize {
        let extensions = self.extensions.iter().map(|one| 1 + field_len(one.len())).sum::<usize>();
        self.heading.len() + self.parts.len() + self.metadata.as_ref().map_or(0, Metadata::size) + extensions
    }

    /// Takes more of the same artifact.
    pub(super) fn extend(&mut self, more: Self) {
        self.parts.extend(more.parts);
        merge(&mut self.metadata, more.metadata);
    }

    pub(super) fn frame(&self, ids: Ids<'_>, chunk: Chunk, metadata: Option<&Metadata>, seq: Seq) -> Bytes {
        let mut out = buffer(ids.len() + self.size());
        nested(&mut out, 4, |out| {
            put_text(out, 1, ids.task);
            put_text(out, 2, ids.context);
            nested(out, 3, |out| self.put(out));
            put_flag(out, 4, chunk.appends());
            put_flag(out, 5, chunk.is_last());
            put_metadata(out, 6, metadata, &Mark::frame(seq));
        });
        out.into()
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.heading);
        out.extend_from_slice(&self.parts);
        put_ending(out, self.metadata.as_ref(), &self.extensions);
    }
}

impl From<Artifact> for Made {
    fn from(artifact: Artifact) -> Self {
        let Artifact { artifact_id: id, name, description, parts: tree, metadata, extensions } = artifact;
        let heading = heading(Heading { id: &id, name: &name, description: &description });
        let mut parts = Vec::with_capacity(512);
        put_parts(&mut parts, PART, &tree);
        Self { id, heading, parts, metadata: metadata.map(Metadata::from), extensions }
    }
}

/// Takes what a later update says.
pub(super) fn merge(into: &mut Option<Metadata>, later: Option<Metadata>) {
    match (into, later) {
        (Some(into), Some(later)) => into.merge(later),
        (into @ None, later) => *into = later,
        (Some(_), None) => {}
    }
}
