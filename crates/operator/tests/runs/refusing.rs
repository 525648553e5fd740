//! An agent that does not let the operator in, and one that does and refuses in its own words.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use types::TaskState;

use crate::stage::{Script, Stage};

/// Needs the fire brigade and nobody else.
const SMOKE: &str = "Smoke is coming out of the roof at 12 Mill Lane.";

/// What becomes of the n-th call, from 0 on.
type Fate = fn(usize) -> Option<Status>;

#[derive(Debug, Clone)]
struct Door {
    calls: Arc<AtomicUsize>,
    fate: Fate,
}

/// The agent hears of each call that is not the guard's to refuse, whatever its caller is told.
async fn pass(State(door): State<Door>, request: Request, next: Next) -> Response {
    // A service asks itself what it has before it is ready; there is no such method.
    if request.uri().path().ends_with("/-") {
        return next.run(request).await;
    }
    match (door.fate)(door.calls.fetch_add(1, Ordering::SeqCst)) {
        Some(told) if told.code() == Code::Unavailable => {
            next.run(request).await;
            told.into_http::<Body>()
        }
        Some(told) => told.into_http::<Body>(),
        None => next.run(request).await,
    }
}

async fn stage(fire: &Script, fate: Fate) -> Stage {
    let mut stage = Stage::around(registry::Args::default()).await;
    let door = Door { calls: Arc::default(), fate };
    let before = move |routes: Routes| {
        let router: Router = routes.into_axum_router();
        Routes::from(router.layer(from_fn_with_state(door, pass)))
    };
    stage.add_with(fire, agent::Args::default(), before).await;
    stage
}

#[tokio::test]
async fn a_token_that_is_refused_says_nothing_of_a_message_that_may_have_been_taken_before() {
    let fire = Script::new("Fire Agent", []);
    // Taken, with its answer lost; then the token is another for a while, longer than an attempt is sent for.
    let stage = stage(&fire, |call| match call {
        0 => Some(Status::unavailable("the connection broke")),
        1..=5 => Some(Status::unauthenticated("the bearer token is not known here, or has expired")),
        _ => None,
    })
    .await;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    assert_eq!((fire.heard(), story.state()), (1, TaskState::Completed), "{:#?}", story.lines());
    assert!(!format!("{:?}", story.events).contains("REFUSED"), "{:#?}", story.lines());
}

#[tokio::test]
async fn a_token_that_is_refused_at_first_fails_the_step_and_the_caller_hears_that_it_is_not_its_own() {
    let fire = Script::new("Fire Agent", []);
    let stage = stage(&fire, |_| Some(Status::permission_denied("the caller lacks the role caller"))).await;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    let told = story.lines().join("\n");
    assert!(told.contains("does not accept the operator's token") && !told.contains("lacks the role"), "{told}");
    assert_eq!((fire.heard(), story.state()), (0, TaskState::Failed), "{told}");
}

#[tokio::test]
async fn what_an_agent_itself_denies_is_told_in_its_own_words() {
    let fire = Script::new("Fire Agent", []);
    let stage = stage(&fire, |_| {
        let why = ErrorDetails::with_error_info("NOT_OURS", "fire.example", HashMap::new());
        Some(Status::with_error_details(Code::PermissionDenied, "Mill Lane is not ours to enter", why))
    })
    .await;
    let told = stage.operator().await.call(SMOKE).await.end().await.lines().join("\n");
    assert!(told.contains("Mill Lane is not ours to enter") && !told.contains("token"), "{told}");
}
