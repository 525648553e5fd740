//! Arguments of `eval`.

use std::path::PathBuf;

use clap::Args;

/// Measures triage.
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// File of labelled calls, one JSON object per line:
    /// {"id"?, "text", "services", "location"?, "location_optional"?}; `-` reads standard input
    pub(crate) file: PathBuf,
    /// Also list every call that was not met, by cause
    #[arg(long)]
    pub(crate) failures: bool,
}
