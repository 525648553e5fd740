//! The keys of `--card-key`, which sign the agent's cards.

use cards::{KeyFile, KeyFileError, SigningKey};
use proto::a2a::AgentCard;
use service::Fatal;

/// Keys that sign; none where nothing is signed.
pub(crate) struct CardKeys(Vec<SigningKey>);

impl CardKeys {
    /// Reads them.
    pub(crate) fn read(files: &[KeyFile]) -> Result<Self, Fatal> {
        let keys = files.iter().map(KeyFile::read).collect::<Result<Vec<_>, _>>().map_err(unusable)?;
        if !keys.is_empty() {
            let kids: Vec<&str> = keys.iter().map(SigningKey::kid).collect();
            tracing::info!(keys = ?kids, "the agent's cards are signed");
        }
        Ok(Self(keys))
    }

    /// The card with a signature for each key; as it is without keys.
    pub(crate) fn sign(&self, card: AgentCard) -> Result<AgentCard, Fatal> {
        if self.0.is_empty() {
            return Ok(card);
        }
        cards::sign(card, &self.0)
            .map_err(|error| Fatal::usage(format_args!("--card-key: the agent's card cannot be signed: {error}")))
    }
}

fn unusable(error: KeyFileError) -> Fatal {
    match error {
        KeyFileError::Io(file, source) => Fatal::io(format_args!("cannot read --card-key {}", file.display()), source),
        KeyFileError::Key { .. } => Fatal::usage(format_args!("--card-key: {error}")),
    }
}
