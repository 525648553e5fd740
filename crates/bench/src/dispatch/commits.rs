//! How many commits a run has taken at the operator, by the log that it left.

use std::path::Path;

use store::{EmbeddedStore, Options, Query, Store};
use types::{Head, Owner, Scope};

use crate::error::Error;

/// Runs that are looked at.
const SAMPLE: usize = 100;
/// More commits than a run of three steps can have.
const MOST: usize = 1_000;

/// The mean over the newest runs of the store at `dir`, which nobody may use.
pub(super) async fn per_run(dir: &Path) -> Result<f64, Error> {
    let failed = |error| Error::Store(Box::new(error));
    let store = EmbeddedStore::open(Options::at(dir)).map_err(|error| Error::Store(Box::new(error)))?;
    let query = Query { limit: SAMPLE, ..Query::default() };
    let runs = store.list(Scope::Owner(Owner::anonymous()), query).await.map_err(failed)?.tasks;
    let mut commits = 0;
    for run in &runs {
        commits += store.log(Scope::Service, run.id, Head::ZERO, MOST).await.map_err(failed)?.len();
    }
    Ok(commits as f64 / runs.len() as f64)
}
