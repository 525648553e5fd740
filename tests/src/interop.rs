//! Interop: our services with the official SDKs' clients, and our client with agents made with these SDKs, each
//! operation over each binding. `docs/interop.md` says who takes part.

mod cast;
mod known;
mod matrix;
mod ours;
mod scene;

use serde_json::Value;

use crate::interop::cast::{Client, Guest, Stage};
use crate::interop::matrix::{Cell, Column};
use crate::interop::ours::Operations;
use crate::interop::scene::Scene;

pub use crate::interop::matrix::Matrix;

/// Tries everything, and says what came of it.
pub async fn interop() -> Matrix {
    let (theirs, ours) = tokio::join!(their_clients(), our_client());
    let (expected, cells): (Vec<_>, Vec<_>) = theirs.into_iter().chain(ours).unzip();
    Matrix::of(&expected.concat(), cells.concat(), known::KNOWN)
}

/// What must have been tried, and what came of it.
type Tried = (Vec<(Column, &'static str)>, Vec<Cell>);

/// All clients at once, each as a caller of its own, so that nobody sees the tasks of another.
async fn their_clients() -> Vec<Tried> {
    let stage = Stage::open().await;
    futures::future::join_all(Client::ALL.map(|client| try_ours(client, &stage))).await
}

async fn try_ours(client: Client, stage: &Stage) -> Tried {
    let (mut expected, mut cells) = (Vec::new(), Vec::new());
    for scene in stage.scenes(client) {
        for &binding in client.bindings() {
            expected.extend(scene.expected(client.name(), binding));
            cells.extend(client.play(&scene, binding).await.iter().map(Cell::read));
        }
    }
    (expected, cells)
}

/// One agent after the other: they are as busy as we are.
async fn our_client() -> Vec<Tried> {
    let mut tried = Vec::new();
    for guest in Guest::ALL {
        let served = guest.start().await;
        let scene = Scene::of_guest(guest.name(), served.url());
        for binding in a2a::Binding::ALL {
            let expected = scene.expected(ours::NAME, binding);
            let cells = match Operations::of(&scene, binding).await {
                Ok(operations) => operations.play().await,
                Err(why) => scene.failed(ours::NAME, binding, &why),
            };
            tried.push((expected, cells));
        }
    }
    tried
}

/// The member of an object of JSON, as text.
fn text(object: &Value, member: &str) -> String {
    object[member].as_str().unwrap_or_default().to_owned()
}
