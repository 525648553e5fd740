//! An agent whose card falls out of trust while a step of it is under way is not called again with the operator's token,
//! until its card is trusted again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;
use cards::KeyFile;
use http_body_util::BodyExt as _;
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::sync::watch;
use tonic::Status;
use tonic::service::Routes;
use types::TaskState;

use crate::stage::{Act, Operator, Script, Stage, eventually};

/// Needs the fire brigade and nobody else.
const SMOKE: &str = "Smoke is coming out of the roof at 12 Mill Lane.";

/// How the operator hears of the agent's units.
const WATCH: &str = "/watchroom.emergency.v1.Units/WatchUnits";

/// How it asks what became of an attempt.
const FENCE: &str = "/watchroom.agent.v1.Steps/Fence";

/// Keys that guard nothing.
const OURS: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const ANOTHER: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIG8vM8XQgq/lPlD/sKvyl14sS8JLFejvq1106LONgCO8
-----END PRIVATE KEY-----
";

/// What reaches the agent.
#[derive(Debug, Clone)]
struct Door {
    /// Calls that have not ended, streams among them.
    open: Arc<AtomicUsize>,
    /// Whether no call may come.
    barred: Arc<AtomicBool>,
    /// Those that came all the same.
    intruders: Arc<Mutex<Vec<String>>>,
    /// Whether calls are let through.
    lets: watch::Sender<bool>,
    /// Whether it knows what a fence is.
    fences: bool,
}

/// A script has no units.
async fn watched() -> Response {
    Status::unimplemented("it has no units").into_http::<Body>()
}

/// A call that has not ended.
struct Call(Arc<AtomicUsize>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Door {
    fn new(lets: bool) -> Self {
        let (open, barred, intruders) = (Arc::default(), Arc::default(), Arc::default());
        Self { open, barred, intruders, lets: watch::Sender::new(lets), fences: true }
    }

    fn before(&self, routes: Routes) -> Routes {
        let router: Router = routes.into_axum_router().route(WATCH, post(watched));
        Routes::from(router.layer(from_fn_with_state(self.clone(), pass)))
    }

    async fn is_free(&self) {
        eventually("no call is open", async || self.open.load(Ordering::SeqCst) == 0).await;
    }

    /// Somebody waits to be let through.
    async fn holds(&self) {
        eventually("a call waits", async || self.lets.receiver_count() > 0).await;
    }

    async fn is_used(&self) {
        eventually("somebody calls", async || self.open.load(Ordering::SeqCst) > 0).await;
    }

    /// From here on whoever comes is an intruder: all that was open has been let go of.
    async fn is_left(&self) {
        self.is_free().await;
        self.barred.store(true, Ordering::SeqCst);
    }

    /// Nobody came; now somebody may.
    fn unbar(&self) {
        assert_eq!(*self.intruders.lock(), Vec::<String>::new());
        self.barred.store(false, Ordering::SeqCst);
    }
}

async fn pass(State(door): State<Door>, request: Request, next: Next) -> Response {
    // A service asks itself what it has before it is ready; there is no such method.
    if request.uri().path().ends_with("/-") {
        return next.run(request).await;
    }
    if request.uri().path() == FENCE && !door.fences {
        return Status::unimplemented("it knows no fence").into_http::<Body>();
    }
    door.open.fetch_add(1, Ordering::SeqCst);
    let call = Call(door.open.clone());
    if door.barred.load(Ordering::SeqCst) {
        door.intruders.lock().push(request.uri().path().to_owned());
    }
    door.lets.subscribe().wait_for(|lets| *lets).await.unwrap();
    let held = move |frame| {
        let _ = &call;
        frame
    };
    next.run(request).await.map(|body| Body::new(body.map_frame(held)))
}

/// A registry that trusts our key, and an agent behind `door` whose card is signed by it.
async fn stage(script: &Script, door: &Door) -> (Stage, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    trust(dir.path(), OURS);
    let args = registry::Args { trust: Some(dir.path().join("keys.json")), ..registry::Args::default() };
    let mut stage = Stage::around(args).await;
    let kit = agent::Args { card_keys: vec![key(dir.path(), OURS)], ..agent::Args::default() };
    let before = door.clone();
    stage.add_with(script, kit, move |routes| before.before(routes)).await;
    stage.settings.only_signed = true;
    (stage, dir)
}

fn key(dir: &Path, pem: &str) -> KeyFile {
    let file = dir.join("key.pem");
    std::fs::write(&file, pem).unwrap();
    KeyFile { file, kid: Some("one".to_owned()) }
}

/// The registry trusts this key alone from the next time on that it looks.
fn trust(dir: &Path, pem: &str) {
    let key = key(dir, pem).read().unwrap();
    std::fs::write(dir.join("keys.json"), cards::jwks([&key])).unwrap();
}

/// Another call, that nobody may be sent: it takes as long as several tries of what is under way.
async fn waits_in_vain(operator: &Operator) {
    let story = operator.call(SMOKE).await.end().await;
    assert_eq!(story.state(), TaskState::Failed);
    assert!(story.lines().iter().any(|line| line.contains("(--only-signed)")), "{:#?}", story.lines());
}

/// The agent behind `door` falls out of trust, is let go of and not called again, and is trusted once more.
async fn falls_and_comes_back(door: &Door, dir: &Path, operator: &Operator) {
    trust(dir, ANOTHER);
    door.is_left().await;
    door.lets.send_replace(true);
    waits_in_vain(operator).await;
    door.unbar();
    trust(dir, OURS);
}

#[tokio::test]
async fn a_step_at_an_agent_that_is_not_trusted_any_more_is_followed_again_when_it_is() {
    let (fire, door) = (Script::new("Fire Agent", [Act::Gate]), Door::new(true));
    let (stage, dir) = stage(&fire, &door).await;
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("looking for units").await;
    let run = story.run();
    door.is_used().await;
    trust(dir.path(), ANOTHER);
    door.is_left().await;
    fire.open();
    // A fresh process, that has everything from its store, is no freer to ask.
    operator.die();
    let operator = stage.operator().await;
    assert_eq!(operator.get(run).await.status.unwrap().state, TaskState::Working.wire());
    operator.cancel(run).await;
    waits_in_vain(&operator).await;
    door.unbar();
    trust(dir.path(), OURS);
    let whole = operator.follow(run, 0).await.end().await;
    assert!(whole.state().is_terminal(), "{:#?}", whole.lines());
    let heard = fire.heard.lock();
    let messages: BTreeSet<&str> = heard.iter().map(|message| message.message_id.as_str()).collect();
    assert_eq!(messages.len(), heard.len(), "the work, and perhaps what takes it back: each once");
}

#[tokio::test]
async fn an_agent_that_is_not_trusted_any_more_is_sent_nothing_that_it_has_not_answered() {
    let (fire, door) = (Script::new("Fire Agent", []), Door::new(false));
    let (stage, dir) = stage(&fire, &door).await;
    let operator = stage.operator().await;
    let story = operator.call(SMOKE).await;
    door.is_used().await;
    falls_and_comes_back(&door, dir.path(), &operator).await;
    let whole = story.end().await;
    assert_eq!(whole.state(), TaskState::Completed, "{:#?}", whole.lines());
    assert_eq!(fire.heard(), 1);
}

/// An agent behind `door` that is asked to stop, while the question waits.
async fn is_let_go_of_and_asked_again(door: Door) {
    let fire = Script::new("Fire Agent", [Act::Gate]);
    let (stage, dir) = stage(&fire, &door).await;
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("looking for units").await;
    let run = story.run();
    door.lets.send_replace(false);
    operator.cancel(run).await;
    door.holds().await;
    falls_and_comes_back(&door, dir.path(), &operator).await;
    let whole = story.end().await;
    assert_eq!((whole.state(), fire.heard()), (TaskState::Canceled, 1), "{:#?}", whole.lines());
    eventually("nothing is left to ask for", async || stage.duties().await == 0).await;
}

#[tokio::test]
async fn a_fence_that_waits_for_its_answer_is_let_go_of_and_asked_for_again() {
    is_let_go_of_and_asked_again(Door::new(true)).await;
}

#[tokio::test]
async fn an_agent_without_fences_that_is_asked_to_stop_is_let_go_of_and_asked_again() {
    is_let_go_of_and_asked_again(Door { fences: false, ..Door::new(true) }).await;
}

#[tokio::test]
async fn an_agent_that_is_asked_how_its_task_ended_is_let_go_of_and_asked_again() {
    let (fire, door) = (Script::new("Fire Agent", [Act::Gate]), Door::new(true));
    let (stage, dir) = stage(&fire, &door).await;
    let operator = stage.operator().await;
    let mut story = operator.call(SMOKE).await;
    story.until("looking for units").await;
    let run = story.run();
    operator.die();
    door.is_free().await;
    // It goes on behind what it has told, and so has not all that the task made when that ends.
    let operator = stage.operator().await;
    door.is_used().await;
    door.lets.send_replace(false);
    fire.open();
    door.holds().await;
    falls_and_comes_back(&door, dir.path(), &operator).await;
    let whole = operator.follow(run, 0).await.end().await;
    assert_eq!((whole.state(), fire.heard()), (TaskState::Completed, 1), "{:#?}", whole.lines());
}

#[tokio::test]
async fn the_units_of_an_agent_are_watched_while_it_is_trusted() {
    let (fire, door) = (Script::new("Fire Agent", []), Door::new(false));
    let (stage, dir) = stage(&fire, &door).await;
    let operator = stage.operator().await;
    let _incidents = orchestrator::incidents(&operator.kit).await.unwrap();
    door.is_used().await;
    trust(dir.path(), ANOTHER);
    door.is_left().await;
    waits_in_vain(&operator).await;
    door.unbar();
    trust(dir.path(), OURS);
    door.is_used().await;
}
