//! The codecs of our servers, one that decodes strictly and one that also sends answers that are already encoded,
//! and one of plain bytes for clients that look below the messages.

use std::marker::PhantomData;

use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The largest request that a service takes, in bytes. Transports must let a little more through,
/// so that the refusal is this codec's typed one.
pub(crate) const REQUEST_LIMIT: usize = 4 << 20;

/// First size of a call's buffers, in bytes: most messages fit. Each call has two of them, and tonic's 8 KiB each
/// is memory that the kernel has to clear over and over.
const BUFFER: usize = 1 << 10;
/// A stream's frames are handed to the transport when so many bytes are ready.
const YIELD: usize = 32 << 10;

/// Prost in and out; bytes that are not the message are INVALID_ARGUMENT, where tonic's own codec says INTERNAL.
#[derive(Debug)]
pub struct Strict<T, U>(PhantomData<(T, U)>);

/// Prost in, prepared bytes out: what was stored is what is sent.
#[derive(Debug)]
pub struct Prepared<T, U>(PhantomData<(T, U)>);

/// Bytes in and out, whatever they are: for clients that prepare their requests and look at answers themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl<T, U> Default for Strict<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Default for Prepared<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + 'static, U: Message + Default + 'static> Codec for Strict<T, U> {
    type Encode = T;
    type Decode = U;
    type Encoder = Encoding<T>;
    type Decoder = Decoding<U>;

    fn encoder(&mut self) -> Self::Encoder {
        Encoding(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoding(PhantomData)
    }
}

impl<U: Message + Default + 'static> Codec for Prepared<Bytes, U> {
    type Encode = Bytes;
    type Decode = U;
    type Encoder = PassThrough;
    type Decoder = Decoding<U>;

    fn encoder(&mut self) -> Self::Encoder {
        PassThrough
    }

    fn decoder(&mut self) -> Self::Decoder {
        Decoding(PhantomData)
    }
}

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = PassThrough;
    type Decoder = Self;

    fn encoder(&mut self) -> PassThrough {
        PassThrough
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, src: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(src.copy_to_bytes(src.remaining())))
    }
}

/// Encodes prost messages.
#[derive(Debug)]
pub struct Encoding<T>(PhantomData<T>);

impl<T: Message> Encoder for Encoding<T> {
    type Item = T;
    type Error = Status;

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER, YIELD)
    }

    fn encode(&mut self, item: T, dst: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(dst).map_err(|error| Status::internal(error.to_string()))
    }
}

/// Copies prepared bytes into the transport's buffer.
#[derive(Debug)]
pub struct PassThrough;

impl Encoder for PassThrough {
    type Item = Bytes;
    type Error = Status;

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER, YIELD)
    }

    fn encode(&mut self, item: Bytes, dst: &mut EncodeBuf<'_>) -> Result<(), Status> {
        dst.reserve(item.len());
        dst.put(item);
        Ok(())
    }
}

/// Decodes prost messages within the request limit.
#[derive(Debug)]
pub struct Decoding<U>(PhantomData<U>);

impl<U: Message + Default> Decoder for Decoding<U> {
    type Item = U;
    type Error = Status;

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(BUFFER, YIELD)
    }

    fn decode(&mut self, src: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let size = src.remaining();
        if size > REQUEST_LIMIT {
            return Err(Status::resource_exhausted(format!(
                "the request has {size} bytes, the limit is {REQUEST_LIMIT}; send large content as a URL part"
            )));
        }
        U::decode(src).map(Some).map_err(|error| malformed(&error))
    }
}

/// The refusal of a request that is not encoded as its message.
pub fn malformed(error: &prost::DecodeError) -> Status {
    let details = ErrorDetails::with_bad_request_violation("request", error.to_string());
    Status::with_error_details(Code::InvalidArgument, format!("the request does not decode: {error}"), details)
}
