//! Arguments of what is done with cards and their keys.

use std::path::PathBuf;

use cards::KeyFile;
use clap::Args;

/// Shows a card.
#[derive(Debug, Args)]
pub(crate) struct Card {
    /// Address of an A2A agent over HTTP, or of its card
    pub(crate) url: String,
    /// Check its signatures: a file with the public keys to trust, as a JWK set; exit code 1 when none counts
    #[arg(long, value_name = "KEYS", env = "WATCHROOM_TRUST")]
    pub(crate) verify: Option<PathBuf>,
}

/// Shows public keys.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Private keys (PEM, PKCS#8), each with the id that signatures name it by [default: its thumbprint]
    #[arg(value_name = "FILE[:ID]", required = true)]
    pub(crate) keys: Vec<KeyFile>,
}
