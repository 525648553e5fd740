//! A webhook on a port of its own, which keeps what it is told.

use std::sync::{Arc, Mutex};

use a2a::StreamResponse;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;

/// One notification: its headers, and what the SDK reads in its body.
pub(crate) type Told = (HeaderMap, Result<StreamResponse, String>);

/// A receiver of notifications, for as long as the process lives.
pub(crate) struct Webhook {
    pub(crate) url: String,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Webhook {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let told = Arc::<Mutex<Vec<Told>>>::default();
        let app = Router::new().route("/hook", post(take)).with_state(told.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, told })
    }

    /// Everything that it was told so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().expect("nobody panics with it").clone()
    }
}

async fn take(State(told): State<Arc<Mutex<Vec<Told>>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = serde_json::from_slice(&body).map_err(|error| error.to_string());
    told.lock().expect("nobody panics with it").push((headers, event));
    StatusCode::NO_CONTENT
}
