//! Signing and verifying, from outside.

#![allow(clippy::unwrap_used, clippy::panic)]

mod anything;
mod flipping;
mod keys;
mod places;
mod readings;
mod signing;
mod stage;
