//! Values of fields as ProtoJSON has them: numbers, names of enums, times, bytes.

use std::fmt;

use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine as _};
use base64::{DecodeError, alphabet};
use bytes::Bytes;
use prost_types::Timestamp;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, Visitor};

use crate::time;

/// A whole number, also as a string or with a fraction of zero.
#[derive(Default)]
pub(super) struct Whole(pub(super) i32);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WholeVisitor).map(Self)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = i32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 32 bits")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i32, E> {
        number.try_into().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i32, E> {
        number.try_into().map_err(E::custom)
    }

    #[allow(clippy::cast_possible_truncation, reason = "compared with the range before")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<i32, E> {
        let fits = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
        if fits { Ok(number as i32) } else { Err(E::custom("is no whole number of 32 bits")) }
    }

    fn visit_str<E: Error>(self, number: &str) -> Result<i32, E> {
        number.parse().or_else(|_| self.visit_f64(number.parse().map_err(E::custom)?))
    }
}

/// A value of an enum, by what knows its names.
pub(super) struct Enum(pub(super) fn(&str) -> Option<i32>);

impl<'de> DeserializeSeed<'de> for Enum {
    type Value = i32;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<i32, D::Error> {
        from.deserialize_any(self)
    }
}

impl Visitor<'_> for Enum {
    type Value = i32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a value or its number")
    }

    fn visit_unit<E>(self) -> Result<i32, E> {
        Ok(0)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i32, E> {
        WholeVisitor.visit_i64(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i32, E> {
        WholeVisitor.visit_u64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i32, E> {
        WholeVisitor.visit_f64(number)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<i32, E> {
        (self.0)(name).ok_or_else(|| E::custom(format_args!("there is no {name}")))
    }
}

pub(super) struct Time(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TimeVisitor).map(Self)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 2026-11-21T05:00:00.000Z")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        time::read(text).ok_or_else(|| E::custom(format_args!("{text} is no time of RFC 3339 in the years 1 to 9999")))
    }
}

/// Bytes in base64, of either alphabet, with and without padding.
pub(super) struct Base64(pub(super) Bytes);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Base64Visitor).map(Self)
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

struct Base64Visitor;

impl Visitor<'_> for Base64Visitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        let decoded = match BASE64.decode(text) {
            Err(DecodeError::InvalidByte(_, b'-' | b'_')) => BASE64.decode(text.replace('-', "+").replace('_', "/")),
            decoded => decoded,
        };
        decoded.map(Bytes::from).map_err(|error| E::custom(format_args!("is no base64: {error}")))
    }
}
