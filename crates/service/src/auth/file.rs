//! The file of `--tokens`. What is wrong with it is told by line, and nothing of its content is: it holds secrets.

use std::time::SystemTime;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::auth::identity::{Identity, Role};

/// The shortest token: 16 random characters are beyond guessing.
const SHORTEST: usize = 16;

/// Names that are part of storage keys, in bytes.
const LONGEST_NAME: usize = 128;

/// Why a file gives no tokens.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    /// Not TOML, or a member that is not known or has another type.
    #[error("line {0} is not as a token is written; docs/operations.md shows one (the line is not repeated here)")]
    Syntax(usize),
    /// A role that there is not, by its line. It is not repeated either: a token may have come into its place.
    #[error("line {0} has a role that is not known; there are caller, agent, delegate and admin")]
    Role(usize),
    /// One token, by its place.
    #[error("token {0} {1}")]
    Token(usize, &'static str),
    /// The same token for two.
    #[error("tokens {0} and {1} are the same")]
    Twice(usize, usize),
}

/// One accepted token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Its SHA-256.
    pub(crate) digest: [u8; 32],
    pub(crate) identity: Identity,
    pub(crate) expires: Option<SystemTime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    token: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    principal: String,
    #[serde(default)]
    tenant: String,
    roles: Vec<Role>,
    secret: Option<String>,
    sha256: Option<String>,
    expires: Option<String>,
}

/// Reads the tokens, in the order of the file.
pub(crate) fn read(text: &str) -> Result<Vec<Grant>, FileError> {
    let line = |error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        // Roles are the only words that are one of several.
        if error.message().starts_with("unknown variant") { FileError::Role(line) } else { FileError::Syntax(line) }
    };
    let File { token } = toml::from_str(text).map_err(line)?;
    let mut grants: Vec<Grant> = Vec::with_capacity(token.len());
    for (index, entry) in token.into_iter().enumerate() {
        let number = index + 1;
        let grant = entry.grant().map_err(|what| FileError::Token(number, what))?;
        if let Some(first) = grants.iter().position(|other| other.digest == grant.digest) {
            return Err(FileError::Twice(first + 1, number));
        }
        grants.push(grant);
    }
    Ok(grants)
}

impl Entry {
    fn grant(self) -> Result<Grant, &'static str> {
        let is_name = |name: &str| name.len() <= LONGEST_NAME && !name.chars().any(char::is_control);
        if self.principal.is_empty() || !is_name(&self.principal) || !is_name(&self.tenant) {
            return Err("needs a principal, and names have at most 128 bytes and no control characters");
        }
        if self.principal == "anonymous" {
            return Err("is for anonymous, which is who callers are where nobody is asked");
        }
        if self.roles.is_empty() {
            return Err("has no roles");
        }
        Ok(Grant {
            digest: digest_of(self.secret.as_deref(), self.sha256.as_deref())?,
            identity: Identity::new(&self.principal, &self.tenant, &self.roles),
            expires: self.expires.as_deref().map(instant).transpose()?,
        })
    }
}

fn digest_of(secret: Option<&str>, sha256: Option<&str>) -> Result<[u8; 32], &'static str> {
    match (secret, sha256) {
        (Some(secret), None) if secret.len() < SHORTEST => Err("is shorter than 16 characters"),
        (Some(secret), None) if !secret.chars().all(|letter| letter.is_ascii_graphic()) => {
            Err("has characters that no header can carry")
        }
        (Some(secret), None) => Ok(digest(secret.as_bytes())),
        (None, Some(hex)) => from_hex(hex).ok_or("has a sha256 that is not 64 hexadecimal digits"),
        (Some(_), Some(_)) | (None, None) => Err("needs either secret or sha256"),
    }
}

/// What tokens are compared by.
pub(crate) fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn from_hex(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    // A sign counts as the digit of a number.
    if hex.len() != 64 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

fn instant(text: &str) -> Result<SystemTime, &'static str> {
    let stamp: Option<prost_types::Timestamp> = text.parse().ok();
    let wrong = "has an expiry that is no time like \"2027-01-31T00:00:00Z\"";
    stamp.and_then(|stamp| stamp.try_into().ok()).ok_or(wrong)
}

#[cfg(test)]
mod tests;
