//! The HTTP side of an agent: JSON-RPC, HTTP+JSON and the public card, for the port that serves gRPC too.
//! Both bindings come to the same operations by the same way: parameters in, the text of an answer or frames out.

mod body;
mod card;
mod headers;
mod in_time;
mod invoke;
mod media;
mod operation;
mod params;
mod place;
mod reply;
mod rest;
mod rpc;

use std::sync::Arc;

use axum::Router;

use crate::backend::Backend;
use crate::operations::Operations;

/// The HTTP routes of a backend. The card is published as it is now: an agent's card does not change while it serves.
pub fn http_routes<B: Backend>(backend: Arc<B>) -> Router {
    let card = card::routes(&backend.card());
    let operations = Operations::new(backend);
    card.merge(rpc::routes(operations.clone())).merge(rest::routes(operations))
}
