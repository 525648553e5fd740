//! What has happened somewhere, who called, and who was sent: one incident per conversation, kept by the operator.
//!
//! A run notes what concerns its incident in rows of its own commits ([`tell`]). The desk takes the notes, and what
//! the units of the agents do ([`feed`]), moves the incident on ([`draft`], [`record`], [`machine`]) and writes it in a
//! commit of its own, so that no run waits for it. Callers look at what is written ([`api`]).

mod api;
mod book;
mod desk;
mod draft;
mod fault;
mod feed;
mod filter;
mod log;
mod machine;
mod note;
mod page;
mod record;
mod tell;
mod watch;

#[cfg(test)]
mod tests;

use agent::Kit;
use proto::watchroom::emergency::v1::incidents_server::IncidentsServer;

use crate::driver::Runs;

pub use api::Incidents;
pub(crate) use tell::{note, told};

use self::desk::Desk;

/// Keeps the incidents of the runs of `kit`, follows the units of the agents that they can be sent to, and serves both.
///
/// # Errors
/// When the store cannot be read.
pub async fn incidents(kit: &Kit<Runs>) -> Result<IncidentsServer<Incidents>, store::Error> {
    let own = kit.ownership();
    let (runs, keep) = (kit.driver(), kit.driver().settings().incidents);
    let (desk, shared, tx) = Desk::open(kit.store().clone(), own.epoch, runs.noted().clone(), keep).await?;
    kit.spawn("incidents", desk.run());
    feed::start(kit, shared.clone(), tx);
    Ok(Incidents { shared, store: own.store_id }.service())
}
