//! A caller of the operator: says it until it is heard, follows what it became, answers, and may change its mind.

use std::sync::Arc;
use std::time::Duration;

use a2a::Error;
use a2a::frame::Update;
use tokio_util::sync::CancellationToken;
use types::{MessageId, Seq, TaskId, TaskState};

use crate::dispatcher::{message, opened, tries};
use crate::invariants::Invariant;
use crate::net::{Ask, Failed, Net};
use crate::reader::Reader;
use crate::world::{Life, OPERATOR, OUTSIDE, Running, World, pause};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// Makes one call and sees it to its end.
pub(crate) async fn call(world: Arc<World>, number: usize) {
    // Nobody's process: it does not crash.
    let life = Life { node: OUTSIDE, number: 0, death: CancellationToken::new() };
    let net = Net::new(&world, &life);
    let Some(call) = world.calls.get(number).cloned() else { return };
    pause(call.at).await;
    let id = MessageId::fresh();
    let task = say(&world, &net, id, number, None).await;
    let Some(task) = task else { return };
    if let Some(span) = call.cancel {
        tokio::spawn(cancel(world.clone(), net.clone(), task, span));
    }
    follow(&world, &net, number, task).await;
}

/// Sends a message until it is answered; the task that it became.
async fn say(world: &Arc<World>, net: &Net, id: MessageId, number: usize, to: Option<TaskId>) -> Option<TaskId> {
    for failures in 1.. {
        let request = message(id.clone(), &number.to_string(), to);
        let ask: Ask<TaskId> = Arc::new(move |running: &Running| {
            let sending = running.desk.send(request.clone());
            Box::pin(async { opened(sending.await?) })
        });
        match net.call("send", OPERATOR, PATIENCE, ask).await {
            Ok(task) => {
                acknowledged(world, &id, task);
                return Some(task);
            }
            Err(Failed::Refused(Error::UnsupportedOperation(_))) if to.is_some() => return None,
            Err(Failed::Unreached | Failed::Unknown | Failed::Refused(_)) => tries(world, failures).await,
        }
    }
    None
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
                Some(TaskState::InputRequired) => answer(world, net, number, task),
                _ => {}
            }
        }
        tries(world, failures).await;
    }
}

fn answer(world: &Arc<World>, net: &Net, number: usize, task: TaskId) {
    if world.calls.get(number).is_none_or(|call| call.reply.is_none()) {
        return;
    }
    let (world, net) = (world.clone(), net.clone());
    tokio::spawn(async move {
        pause(world.draw(|chance| chance.millis(0, 5_000))).await;
        if say(&world, &net, MessageId::fresh(), number, Some(task)).await.is_some() {
            world.count("caller", "answers");
        }
    });
}
