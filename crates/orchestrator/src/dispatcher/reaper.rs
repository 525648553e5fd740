//! The reaper: takes up, after a start, the duties that earlier processes left.

use agent::Kit;

use crate::codec::decode_duty;
use crate::driver::Runs;
use crate::duty;

/// Begins to see to every duty on the list. To be called once, when the runs have been taken up.
///
/// # Errors
/// The store cannot be read.
pub async fn take_up(kit: &Kit<Runs>) -> Result<(), store::Error> {
    let rows = kit.store().rows(duty::KIND, &[]).await?;
    if !rows.is_empty() {
        tracing::info!(duties = rows.len(), "attempts are not accounted for; asking for them");
    }
    for row in rows {
        match decode_duty(&row.body) {
            Ok(duty) => kit.driver().dispatcher().clone().settle(kit, duty),
            Err(error) => tracing::error!(%error, "a duty cannot be read and stays on the list"),
        }
    }
    Ok(())
}
