//! Accounts for attempts that are to be no more: asks for their fences until somebody answers, tells the run, and takes
//! the duty off the list. Goes on whatever becomes of the run, and after a restart from the list.

use std::sync::Arc;
use std::time::Duration;

use a2a::{Error, Fence};
use agent::Kit;
use engine::{Cause, ChildNews, Code};
use orchestrator::{DUTIES, Duty, Found, Signal, codec};
use proto::watchroom::agent::v1::fence_response::Outcome;
use types::StoreId;

use crate::defects::Defect;
use crate::directory;
use crate::dispatcher::{Dispatcher, answer, payload_of, signal, tries};
use crate::net::{Ask, Failed};
use crate::operator::Runs;
use crate::world::Running;

/// How long a fence may take: an agent waits for a stubborn task to end.
const FENCE: Duration = Duration::from_secs(25);

/// Begins to see to every duty on the list.
pub(crate) async fn take_up(kit: &Kit<Runs>) -> Result<(), store::Error> {
    let dispatcher = kit.driver().dispatcher();
    for row in kit.store().rows(DUTIES, &[]).await? {
        if let Ok(duty) = codec::decode_duty(&row.body) {
            dispatcher.clone().settle(kit, duty);
        }
    }
    Ok(())
}

impl Dispatcher {
    /// Begins to see to the end of an attempt, unless somebody does.
    pub(crate) fn settle(self: Arc<Self>, kit: &Kit<Runs>, duty: Duty) {
        if !self.claim(&duty.key()) {
            return;
        }
        let at = kit.clone();
        kit.spawn("fence", async move {
            let news = self.account(&duty).await;
            conclude(&at, &duty, news).await;
            self.release(&duty.key());
        });
    }

    async fn account(&self, duty: &Duty) -> ChildNews {
        if self.world().has(Defect::NoFence) {
            return ChildNews::NotAccepted(Cause::new(Code::Timeout, "nobody was asked"));
        }
        for failures in 1.. {
            let asked = match duty.launch.route.store_id {
                Some(_) => self.fence(duty).await.map(Some),
                None => self.recall(duty).await,
            };
            match asked {
                Ok(Some(news)) => return news,
                Ok(None) => {}
                Err(failed) => self.world().count("fence", format!("asked again: {}", reason(&failed))),
            }
            tries(self.world(), failures).await;
        }
        ChildNews::NothingLive
    }

    /// Asks the attempt's own store once.
    pub(crate) async fn fence(&self, duty: &Duty) -> Result<ChildNews, Failed> {
        let node = directory::node_of(self.world(), &duty.launch.route).ok_or(Failed::Unreached)?;
        let store_id = duty.launch.route.store_id.ok_or(Failed::Unreached)?;
        self.net().call("fence", node, FENCE, ask(duty, store_id)).await.map(news)
    }
}

fn ask(duty: &Duty, store_id: StoreId) -> Ask<Outcome> {
    let (key, not_after) = (duty.key(), duty.launch.not_after);
    let fence = Fence { run: key.run, step: key.step, attempt: key.attempt, not_after, store_id };
    Arc::new(move |running: &Running| running.desk.fence(fence.clone()))
}

fn news(outcome: Outcome) -> ChildNews {
    match outcome {
        Outcome::NeverAccepted(_) => ChildNews::NotAccepted(Cause::new(Code::Timeout, "never accepted")),
        Outcome::Ended(task) => ChildNews::Ended { child: task.id.parse().ok(), answer: answer(&task) },
        Outcome::Replied(message) => {
            ChildNews::Ended { child: None, answer: engine::Answer::Completed(payload_of(&message)) }
        }
        Outcome::NothingLive(_) => ChildNews::NothingLive,
    }
}

fn reason(failed: &Failed) -> String {
    match failed {
        Failed::Unreached => "unreached".to_owned(),
        Failed::Unknown => "no answer".to_owned(),
        Failed::Refused(error) => error.to_string(),
    }
}

/// Tells the run, whose commit takes the duty off the list; where it has ended, only the list is told.
async fn conclude(kit: &Kit<Runs>, duty: &Duty, news: ChildNews) {
    let world = kit.driver().dispatcher().world().clone();
    for failures in 1.. {
        match kit.handle(duty.run).await {
            Ok(Some(run)) => {
                if let Ok(earlier) = duty.earlier(kit).await {
                    let (step, attempt, news) = (duty.step.clone(), duty.launch.attempt, news.clone());
                    signal(&run, Signal::Found(Found { step, attempt, news, earlier })).await;
                    break;
                }
            }
            Ok(None) | Err(Error::TaskNotFound) => break,
            Err(_) => {}
        }
        tries(&world, failures).await;
    }
    for failures in 1.. {
        if duty.take_off(kit, &news).await.is_ok() {
            return;
        }
        tries(&world, failures).await;
    }
}
