//! A caller of the operator: says it until it is heard, follows what it became, answers, and may change its mind.

use std::sync::Arc;
use std::time::Duration;

use a2a::frame::Update;
use a2a::{Error, SendRequest};
use engine::Ending;
use types::{MessageId, Seq, TaskId, TaskState};

use crate::dispatcher::{Opened, message, opened, tries};
use crate::invariants::Invariant;
use crate::net::{Ask, Failed, Net};
use crate::reader::Reader;
use crate::world::{Life, OPERATOR, OUTSIDE, Running, World, pause};

/// How often a call is gone on from.
const RESUMED: usize = 2;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// Makes one call and sees it to its end.
pub(crate) async fn call(world: Arc<World>, number: usize) {
    // Nobody's process: it does not crash.
    let life = Life::new(OUTSIDE, 0);
    let net = Net::new(&world, &life);
    let Some(call) = world.calls.get(number).cloned() else { return };
    pause(call.at).await;
    let id = MessageId::fresh();
    let Some(task) = say(&world, &net, id, number, To::Nobody).await else { return };
    if let Some(span) = call.cancel {
        tokio::spawn(cancel(world.clone(), net.clone(), task, span));
    }
    if let Some(span) = call.early {
        answer(&world, &net, number, task, span);
    }
    follow(&world, &net, number, task).await;
    go_on(&world, &net, number, task).await;
}

/// Goes on from a run as long as that is possible and the call says so; now and then twice at once.
async fn go_on(world: &Arc<World>, net: &Net, number: usize, ended: TaskId) {
    let Some(mut ended) = Some(ended).filter(|_| world.calls.get(number).is_some_and(|call| call.resume)) else {
        return;
    };
    for _ in 0..RESUMED {
        if canceled(world, ended) {
            return;
        }
        let (once, again) = (ask_to_go_on(world, net, number, ended), world.draw(|chance| chance.hit(300)));
        // Whoever asks twice is refused once, and it need not be the second time.
        let next = match again {
            true => {
                let (one, other) = tokio::join!(biased; once, ask_to_go_on(world, net, number, ended));
                one.or(other)
            }
            false => once.await,
        };
        world.count("caller", if next.is_some() { "resumes" } else { "is told that a run cannot be resumed" });
        let Some(next) = next else { return };
        follow(world, net, number, next).await;
        ended = next;
    }
}

async fn ask_to_go_on(world: &Arc<World>, net: &Net, number: usize, ended: TaskId) -> Option<TaskId> {
    say(world, net, MessageId::fresh(), number, To::GoOnFrom(ended)).await
}

/// What is taken back and done again is done twice, and should be.
fn canceled(world: &World, run: TaskId) -> bool {
    let ledger = world.ledger.lock();
    ledger.runs.get(&run).is_none_or(|replayed| replayed.run.ending() == Some(Ending::Cancel))
}

/// What a message is for.
#[derive(Debug, Clone, Copy)]
enum To {
    /// A task of its own.
    Nobody,
    /// The question of this one.
    Answer(TaskId),
    /// A task that goes on from this one.
    GoOnFrom(TaskId),
}

/// Sends a message until it is answered; the task that it became.
async fn say(world: &Arc<World>, net: &Net, id: MessageId, number: usize, to: To) -> Option<TaskId> {
    for failures in 1.. {
        let request = request(id.clone(), number, to);
        let ask: Ask<Opened> = Arc::new(move |running: &Running| {
            let sending = running.desk.send(request.clone());
            Box::pin(async { opened(sending.await?) })
        });
        match net.call("send", OPERATOR, PATIENCE, ask).await {
            Ok(Opened::Replied(_)) => return None,
            Ok(Opened::Task(task)) => {
                acknowledged(world, &id, task);
                return Some(task);
            }
            Err(Failed::Refused(Error::UnsupportedOperation(_))) if matches!(to, To::Answer(_)) => return None,
            // Nothing of it can be begun again, or another run goes on from it.
            Err(Failed::Refused(Error::Other { .. })) if matches!(to, To::GoOnFrom(_)) => return None,
            Err(Failed::Unreached | Failed::Unknown | Failed::Refused(_)) => tries(world, failures).await,
        }
    }
    None
}

fn request(id: MessageId, number: usize, to: To) -> SendRequest {
    let words = number.to_string();
    match to {
        To::Nobody => message(id, &words, None),
        To::Answer(task) => message(id, &words, Some(task)),
        To::GoOnFrom(task) => {
            let mut request = message(id.clone(), &words, None);
            request.message = orchestrator::going_on(id.to_string(), task).into();
            request
        }
    }
}

/// What a caller is told exists, and is always the same.
fn acknowledged(world: &World, id: &MessageId, task: TaskId) {
    let mut ledger = world.ledger.lock();
    if !ledger.tasks.contains_key(&task) {
        world.violate(Invariant::DurableFirst, "a caller was told of a task that is not durable");
    }
    let before = ledger.acknowledged.insert(id.to_string(), task);
    if before.is_some_and(|before| before != task) {
        world.violate(Invariant::NoDuplicateAccept, "a caller was told of two tasks for one message");
    }
}

async fn cancel(world: Arc<World>, net: Net, task: TaskId, after: Duration) {
    pause(after).await;
    for failures in 1.. {
        let ask = Arc::new(move |running: &Running| running.desk.cancel(task));
        match net.call("cancel", OPERATOR, PATIENCE, ask).await {
            Ok(_) => return world.count("caller", "cancels"),
            Err(Failed::Refused(Error::TaskNotCancelable)) => return world.count("caller", "cancels too late"),
            Err(_) => tries(&world, failures).await,
        }
    }
}

/// Reads the run to its end, and answers its question where it has an answer.
async fn follow(world: &Arc<World>, net: &Net, number: usize, task: TaskId) {
    let mut reader = Reader::new(world, net, OPERATOR, task, Seq::ZERO);
    for failures in 1.. {
        while let Some(seen) = reader.next().await {
            let Update::Status(update) = seen.update else { continue };
            let state = update.status.and_then(|status| TaskState::from_wire(status.state));
            match state {
                Some(state) if state.is_terminal() => return,
                Some(TaskState::InputRequired) => {
                    answer(world, net, number, task, world.draw(|chance| chance.millis(0, 5_000)));
                }
                _ => {}
            }
        }
        tries(world, failures).await;
    }
}

fn answer(world: &Arc<World>, net: &Net, number: usize, task: TaskId, after: Duration) {
    if world.calls.get(number).is_none_or(|call| call.reply.is_none()) {
        return;
    }
    let (world, net) = (world.clone(), net.clone());
    tokio::spawn(async move {
        pause(after).await;
        if say(&world, &net, MessageId::fresh(), number, To::Answer(task)).await.is_some() {
            world.count("caller", "answers");
        }
    });
}
