//! An agent that does not let the operator in, and one that does and refuses in its own words.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tokio_util::sync::DropGuard;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use types::TaskState;

use crate::stage::{Act, Script, Stage, eventually};

/// Needs the fire brigade and nobody else.
const SMOKE: &str = "Smoke is coming out of the roof at 12 Mill Lane.";

/// What becomes of the n-th call, from 0 on.
type Fate = fn(usize) -> Option<Status>;

/// No address, which a card may name all the same.
const NOWHERE: &str = "http:// nowhere";

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

/// As the guard of our services says so.
fn turned_away(code: Code, message: &str) -> Status {
    let mark = ErrorDetails::with_error_info(service::NOT_ADMITTED, "watchroom", HashMap::new());
    Status::with_error_details(code, message, mark)
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
        1..=5 => Some(turned_away(Code::Unauthenticated, "the bearer token is not known here, or has expired")),
        _ => None,
    })
    .await;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    assert_eq!((fire.heard(), story.state()), (1, TaskState::Completed), "{:#?}", story.lines());
    assert!(!format!("{:?}", story.events).contains("REFUSED"), "{:#?}", story.lines());
}

#[tokio::test]
async fn a_gateway_that_has_too_much_to_pass_on_says_nothing_of_a_message_that_may_have_been_taken() {
    let fire = Script::new("Fire Agent", []);
    // Taken, with its answer lost; then nothing is passed on for longer than an attempt is sent for.
    let stage = stage(&fire, |call| match call {
        0 => Some(Status::unavailable("the connection broke")),
        1..=5 => Some(Status::resource_exhausted("too many requests")),
        _ => None,
    })
    .await;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    assert_eq!((fire.heard(), story.state()), (1, TaskState::Completed), "{:#?}", story.lines());
}

#[tokio::test]
async fn a_token_that_is_refused_at_first_fails_the_step_and_the_caller_hears_that_it_is_not_its_own() {
    let fire = Script::new("Fire Agent", []);
    let stage = stage(&fire, |_| Some(turned_away(Code::PermissionDenied, "the caller lacks the role caller"))).await;
    let story = stage.operator().await.call(SMOKE).await.end().await;
    let told = story.lines().join("\n");
    assert!(told.contains("does not accept the operator's token") && !told.contains("lacks the role"), "{told}");
    assert_eq!((fire.heard(), story.state()), (0, TaskState::Failed), "{told}");
}

#[tokio::test]
async fn what_an_agent_itself_denies_is_told_in_its_own_words_with_a_reason_and_without() {
    let fates: [Fate; 2] = [
        |_| {
            let why = ErrorDetails::with_error_info("NOT_OURS", "fire.example", HashMap::new());
            Some(Status::with_error_details(Code::PermissionDenied, "Mill Lane is not ours to enter", why))
        },
        |_| Some(Status::permission_denied("Mill Lane is not ours to enter")),
    ];
    for fate in fates {
        let stage = stage(&Script::new("Fire Agent", []), fate).await;
        let told = stage.operator().await.call(SMOKE).await.end().await.lines().join("\n");
        assert!(told.contains("Mill Lane is not ours to enter") && !told.contains("token"), "{told}");
    }
}

/// The same runs where the agent's store is said to answer at an address that is none.
async fn misplaced(stage: &Stage) -> (Stage, Vec<DropGuard>) {
    let mut elsewhere = Stage::around(registry::Args::default()).await;
    elsewhere.store = stage.store.clone();
    let lost = elsewhere.place("lost", &*stage.agent().await, NOWHERE);
    (elsewhere, vec![lost])
}

#[tokio::test]
async fn a_step_whose_agent_has_no_usable_address_for_a_while_is_followed_again_when_it_has() {
    let fire = Script::new("Fire Agent", [Act::Gate]);
    let stage = Stage::new(&[&fire]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("looking for units").await;
    operator.die();
    let (mut elsewhere, mut registered) = misplaced(&stage).await;
    let operator = elsewhere.operator().await;
    fire.open();
    let agent = stage.agent().await;
    registered.push(elsewhere.place("found", &agent, &agent.url));
    let story = operator.follow(story.run(), 0).await.end().await;
    assert_eq!((fire.heard(), story.state()), (1, TaskState::Completed), "{:#?}", story.lines());
}

#[tokio::test]
async fn a_step_that_may_have_been_taken_is_not_given_up_for_an_address_that_is_none() {
    static LOST: AtomicBool = AtomicBool::new(true);
    let fire = Script::new("Fire Agent", []);
    // Taken again and again, with every answer lost.
    let lost = |_| LOST.load(Ordering::SeqCst).then(|| Status::unavailable("the connection broke"));
    let stage = stage(&fire, lost).await;
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("Dispatching").await;
    eventually("the agent has it", async || fire.heard() == 1).await;
    operator.die();
    LOST.store(false, Ordering::SeqCst);
    let (mut elsewhere, mut registered) = misplaced(&stage).await;
    let operator = elsewhere.operator().await;
    let agent = stage.agent().await;
    registered.push(elsewhere.place("found", &agent, &agent.url));
    let story = operator.follow(story.run(), 0).await.end().await;
    assert_eq!((fire.heard(), story.state()), (1, TaskState::Completed), "{:#?}", story.lines());
    let told = format!("{:?}", story.events);
    assert!(!told.contains("UNREACHABLE") && !told.contains("cannot be used"), "{:#?}", story.lines());
}
