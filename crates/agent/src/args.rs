//! The settings of every service with tasks.

use std::path::PathBuf;

use cards::KeyFile;
use clap::ValueEnum;
use service::Fatal;
use service::client::Credential;
use types::InstanceId;

use crate::idempotency::Idempotency;
use crate::push::PushArgs;

/// Settings that every service with tasks has, beside those of every process.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "kit")]
pub struct Args {
    /// Those of every process.
    #[command(flatten)]
    pub service: service::Args,
    /// Directory of the service's store; made when it is missing [default: watchroom-data/NAME]
    #[arg(long, env = "WATCHROOM_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Keep tasks in memory only: a restart forgets them
    #[arg(long, env = "WATCHROOM_IN_MEMORY", value_parser = clap::builder::FalseyValueParser::new())]
    pub in_memory: bool,
    /// Make the store of this backup instead of serving; the data directory must not hold one
    #[arg(long, value_name = "FILE", conflicts_with = "in_memory")]
    pub restore: Option<PathBuf>,
    /// When an answer goes out: after the disk has it, or before
    #[arg(long, env = "WATCHROOM_DURABILITY", value_enum, default_value = "strict")]
    pub durability: Durability,
    /// Whose messages are taken once: everybody's, or those of clients that activate the extension
    #[arg(long, env = "WATCHROOM_IDEMPOTENCY", value_enum, default_value = "always")]
    pub idempotency: Idempotency,
    /// URL of the registry
    #[arg(long, env = "WATCHROOM_REGISTRY", value_name = "URL", default_value = "http://127.0.0.1:7401")]
    pub registry: String,
    /// Name of this process among the replicas of the service; a restart keeps it
    #[arg(long, env = "WATCHROOM_INSTANCE", value_name = "ID", default_value = "1")]
    pub instance: InstanceId,
    /// Address under which others reach this service, `host:port` [default: the address it listens on]
    #[arg(long, env = "WATCHROOM_ADVERTISE", value_name = "ADDR")]
    pub advertise: Option<String>,
    /// File of the token for calls to the registry and, from the operator, to registered agents; read again when it
    /// changes
    #[arg(long, env = "WATCHROOM_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A private key (PEM, PKCS#8; Ed25519 or P-256) that the agent's card is signed with, and the id that signatures
    /// name it by [default: its thumbprint]; may be repeated while keys change, in the variable separated by commas
    #[arg(long = "card-key", env = "WATCHROOM_CARD_KEYS", value_name = "FILE[:ID]", value_delimiter = ',')]
    pub card_keys: Vec<KeyFile>,
    /// Those of push notifications.
    #[command(flatten)]
    pub push: PushArgs,
}

/// When an answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// After its commit has been synced to disk.
    Strict,
    /// After its commit has been written; a power cut may take the last moments. Accepts stay strict.
    Relaxed,
}

impl Args {
    /// Where the store of the service `name` is.
    pub fn data_dir(&self, name: &str) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| PathBuf::from("watchroom-data").join(name))
    }

    /// The token of `--token-file`.
    ///
    /// # Errors
    /// As [`Credential::file`].
    pub fn credential(&self) -> Result<Option<Credential>, Fatal> {
        self.token_file.as_deref().map(Credential::file).transpose()
    }

    /// Makes the store of `--restore`, if that is what was asked for: then nothing is served.
    ///
    /// # Errors
    /// As [`restore`](crate::restore).
    pub fn restored(&self, name: &str) -> Result<bool, Fatal> {
        let Some(file) = &self.restore else { return Ok(false) };
        crate::restore(file, name, &self.data_dir(name)).map(|()| true)
    }
}

impl Default for Args {
    /// In memory, on free loopback ports: for services inside a test.
    fn default() -> Self {
        Self {
            service: service::Args::default(),
            data_dir: None,
            in_memory: true,
            restore: None,
            durability: Durability::Strict,
            idempotency: Idempotency::Always,
            registry: "http://127.0.0.1:7401".to_owned(),
            instance: "1".parse().expect("a digit is an id"),
            advertise: None,
            token_file: None,
            card_keys: Vec::new(),
            push: PushArgs::default(),
        }
    }
}
