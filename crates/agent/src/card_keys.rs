//! The card, signed by the keys of `--card-key`.

use cards::{KeyFile, KeyFileError, SigningKey};
use proto::a2a::AgentCard;
use service::Fatal;

/// The card with a signature for each key; as it is without keys.
pub(crate) fn sign(card: AgentCard, keys: &[KeyFile]) -> Result<AgentCard, Fatal> {
    if keys.is_empty() {
        return Ok(card);
    }
    let keys = keys.iter().map(KeyFile::read).collect::<Result<Vec<_>, _>>().map_err(unusable)?;
    let signed = cards::sign(card, &keys)
        .map_err(|error| Fatal::usage(format_args!("--card-key: the agent's card cannot be signed: {error}")))?;
    let kids: Vec<&str> = keys.iter().map(SigningKey::kid).collect();
    tracing::info!(keys = ?kids, "the card is signed");
    Ok(signed)
}

fn unusable(error: KeyFileError) -> Fatal {
    match error {
        KeyFileError::Io(file, source) => Fatal::io(format_args!("cannot read --card-key {}", file.display()), source),
        KeyFileError::Key { .. } => Fatal::usage(format_args!("--card-key: {error}")),
    }
}
