//! Runs a handler for one turn of a task, and turns how it ends into a decision.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use a2a::Heard;
use bytes::Bytes;
use futures::FutureExt;
use proto::a2a::Role;
use store::{Refusal, Row, RowChange};
use tokio_util::sync::CancellationToken;

use crate::agent::{Agent, Failure, Finish};
use crate::context::{Context, Desk, Done, NotCommitted, Turn};
use crate::driver::{Change, Input};
use crate::fault;
use crate::handle::Handle;
use crate::live::{Origin, Rejected};
use crate::turns::{Signal, Turns};

/// Commits of one task that the store is given at once for what its work puts out.
const UNDER_WAY: u64 = 4;
/// How long a handler may put things in order after a cancel.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the handler of the present turn. An eager handler takes its first steps here and now.
pub(crate) fn run<A: Agent>(handle: Handle<Turns<A>>) {
    let turn = turn(&handle);
    let mut work = Box::pin(work(handle.clone(), turn));
    if A::EAGER && work.as_mut().now_or_never().is_some() {
        return;
    }
    handle.spawn("turn", work);
}

fn turn<A: Agent>(handle: &Handle<Turns<A>>) -> Turn {
    let live = handle.live();
    let head = live.head();
    let state = head.inner();
    if state.canceling {
        live.stop_token().cancel();
    }
    let history: Vec<Heard> = head.task().history().collect();
    let user = i32::from(Role::User);
    Turn {
        id: live.id,
        context: live.context.clone(),
        owner: live.owner.clone(),
        number: state.number,
        asked: history.iter().rposition(|message| message.role_number() == user).unwrap_or_default(),
        history,
        known: head.seq().0.saturating_sub(state.began.0),
        metadata: head.task().metadata(),
        now: head.now(handle.kit().store().now()),
    }
}

async fn work<A: Agent>(handle: Handle<Turns<A>>, turn: Turn) {
    let mut context = Context::new(Box::new(Counter(handle.clone())), turn);
    let ended = {
        let run = AssertUnwindSafe(handle.driver().agent().run(&mut context)).catch_unwind();
        let mut run = pin!(flushing(&handle, run));
        tokio::select! {
            biased;
            ended = &mut run => Some(ended),
            () = overdue(&handle) => None,
        }
    };
    let signal = match ended {
        Some(Ok(Ok(finish))) => Signal::Finish(Box::new(finish)),
        _ if handle.live().stop_token().is_cancelled() => Signal::Stopped,
        Some(Ok(Err(Failure(why)))) => Signal::Failed(why),
        Some(Err(_)) => Signal::Failed("the agent failed unexpectedly; its log says why".to_owned()),
        None => Signal::Stopped,
    };
    finish(&handle, signal).await;
}

/// Ends the turn. When the commit fails, the task is loaded again and its handler asked for anew.
async fn finish<A: Agent>(handle: &Handle<Turns<A>>, signal: Signal) {
    match handle.live().apply(handle.kit(), handle.era(), Input::Signal(signal)) {
        Ok(()) => handle.live().flush(handle.kit()),
        Err(_) => handle.kit().restart(handle),
    }
}

async fn overdue<A: Agent>(handle: &Handle<Turns<A>>) {
    handle.live().stop_token().cancelled().await;
    tokio::time::sleep(GRACE).await;
}

/// Queues what the handler emitted each time that it pauses: one commit for everything between two pauses.
async fn flushing<A: Agent, T>(handle: &Handle<Turns<A>>, run: impl Future<Output = T>) -> T {
    let mut run = pin!(run);
    std::future::poll_fn(move |cx| {
        let polled = run.as_mut().poll(cx);
        if polled.is_pending() {
            handle.live().ease(handle.kit(), UNDER_WAY);
        }
        polled
    })
    .await
}

/// Serves a context: the counter between the handler and the kit.
struct Counter<A: Agent>(Handle<Turns<A>>);

impl<A: Agent> Counter<A> {
    /// Rows in a commit of their own: when they conflict, only they are lost.
    async fn change(&self, changes: Vec<Change>, rows: Vec<RowChange>) -> Result<(), NotCommitted> {
        self.0.live().flush(self.0.kit());
        self.commit(Signal::Commit(changes, rows)).await
    }

    async fn commit(&self, signal: Signal) -> Result<(), NotCommitted> {
        let (live, kit) = (self.0.live(), self.0.kit());
        let receipt =
            live.apply_with_receipt(kit, Origin::Work(self.0.era()), Input::Signal(signal)).map_err(refused)?;
        live.flush(kit);
        let Some(receipt) = receipt else { return Err(told(&a2a::Error::Internal).into()) };
        match receipt.await.unwrap_or(Err(Refusal::Superseded)) {
            Ok(()) => Ok(()),
            Err(Refusal::Row { .. }) => {
                kit.revive(live).await.map_err(|error| told(&error))?;
                Err(NotCommitted::Conflict)
            }
            Err(refusal) => Err(told(&fault::write(&refusal)).into()),
        }
    }
}

impl<A: Agent> Desk for Counter<A> {
    fn emit(&self, change: Change) {
        let signal = Input::Signal(Signal::Emit(change));
        if self.0.live().apply(self.0.kit(), self.0.era(), signal).is_err() {
            // A commit failed: this run is being stopped, the next one emits it.
            tracing::debug!("an emit came after a failed commit");
        }
    }

    fn canceled(&self) -> CancellationToken {
        self.0.live().stop_token()
    }

    fn commit(&self, changes: Vec<Change>, rows: Vec<RowChange>) -> Done<'_, Result<(), NotCommitted>> {
        Box::pin(self.change(changes, rows))
    }

    fn conclude(&self, changes: Vec<Change>, rows: Vec<RowChange>, end: Finish) -> Done<'_, Result<(), NotCommitted>> {
        Box::pin(self.commit(Signal::Conclude(changes, rows, Box::new(end))))
    }

    fn durable(&self) -> Done<'_, Result<(), Failure>> {
        Box::pin(async {
            let shown = self.0.live().show(self.0.kit()).await.map_err(|error| told(&error))?;
            if shown.state.is_terminal() { Err(Failure("the task has ended".to_owned())) } else { Ok(()) }
        })
    }

    fn recorded(&self, key: &str) -> Option<Bytes> {
        self.0.live().head().inner().once.get(key).cloned()
    }

    fn begun(&self, key: &str) -> bool {
        self.0.live().head().inner().begun.contains(key)
    }

    fn begin(&self, key: &str) -> Done<'_, Result<(), Failure>> {
        let signal = Signal::Begin(key.to_owned());
        Box::pin(async { self.0.report(signal).await.map_err(|error| told(&error)) })
    }

    fn record(&self, key: &str, result: Bytes) -> Done<'_, Result<(), Failure>> {
        let signal = Signal::Once(key.to_owned(), result);
        Box::pin(async { self.0.report(signal).await.map_err(|error| told(&error)) })
    }

    fn rows(&self, kind: &'static str, prefix: Bytes) -> Done<'_, Result<Vec<Row>, Failure>> {
        let rows = self.0.kit().store().rows(kind, &prefix);
        Box::pin(async { rows.await.map_err(|error| told(&fault::read(error))) })
    }
}

fn refused(rejected: Rejected) -> NotCommitted {
    match a2a::Error::from(rejected) {
        a2a::Error::TooLarge { size, limit, .. } => NotCommitted::TooLarge { size, room: limit },
        error => told(&error).into(),
    }
}

fn told(error: &a2a::Error) -> Failure {
    Failure(error.to_string())
}
