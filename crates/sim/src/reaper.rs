//! Accounts for attempts that are to be no more: asks for their fences until somebody answers, tells the run, and takes
//! the duty off the list. Goes on whatever becomes of the run, and after a restart from the list.

use std::sync::Arc;
use std::time::Duration;

use a2a::{Error, Fence};
use agent::Kit;
use engine::{Cause, ChildNews, Code, Launch};
use orchestrator::{AttemptKey, DUTIES, Signal, codec};
use proto::watchroom::agent::v1::fence_response::Outcome;
use store::{Commit, Row, RowChange};
use types::{StoreId, Timestamp};

use crate::defects::Defect;
use crate::directory;
use crate::dispatcher::{Dispatcher, answer, payload_of, signal, tries};
use crate::net::{Ask, Failed};
use crate::operator::Runs;
use crate::world::Running;

/// How long a fence may take: an agent waits for a stubborn task to end.
const FENCE: Duration = Duration::from_secs(25);

/// An attempt to be accounted for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) key: AttemptKey,
    not_after: Timestamp,
    store_id: StoreId,
}

/// Begins to see to every duty on the list.
pub(crate) async fn take_up(kit: &Kit<Runs>) -> Result<(), store::Error> {
    let dispatcher = kit.driver().dispatcher();
    for row in kit.store().rows(DUTIES, &[]).await? {
        if let Some(wanted) = codec::decode_duty(&row.body).ok().and_then(|duty| Wanted::of(duty.key(), &duty.launch)) {
            dispatcher.clone().settle(kit, wanted);
        }
    }
    Ok(())
}

impl Wanted {
    /// An attempt as it was sent.
    pub(crate) fn of(key: AttemptKey, launch: &Launch) -> Option<Self> {
        Some(Self { key, not_after: launch.not_after, store_id: launch.route.store_id? })
    }
}

impl Dispatcher {
    /// Begins to see to the end of an attempt, unless somebody does.
    pub(crate) fn settle(self: Arc<Self>, kit: &Kit<Runs>, wanted: Wanted) {
        if !self.claim(&wanted.key) {
            return;
        }
        let at = kit.clone();
        kit.spawn("fence", async move {
            let news = self.account(&wanted).await;
            conclude(&at, &wanted, news).await;
            self.release(&wanted.key);
        });
    }

    async fn account(&self, wanted: &Wanted) -> ChildNews {
        if self.world().has(Defect::NoFence) {
            return ChildNews::NotAccepted(Cause::new(Code::Timeout, "nobody was asked"));
        }
        for failures in 1.. {
            match self.fence(wanted).await {
                Ok(news) => return news,
                Err(failed) => self.world().count("fence", format!("asked again: {}", reason(&failed))),
            }
            tries(self.world(), failures).await;
        }
        ChildNews::NothingLive
    }

    /// Asks the attempt's own store once.
    pub(crate) async fn fence(&self, wanted: &Wanted) -> Result<ChildNews, Failed> {
        let node = directory::node_of(self.world(), wanted.store_id).ok_or(Failed::Unreached)?;
        self.net().call("fence", node, FENCE, ask(wanted)).await.map(news)
    }
}

fn ask(wanted: &Wanted) -> Ask<Outcome> {
    let Wanted { key, not_after, store_id } = wanted.clone();
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

/// Tells the run, if it has not ended, and takes the duty off the list.
async fn conclude(kit: &Kit<Runs>, wanted: &Wanted, news: ChildNews) {
    for failures in 1.. {
        match kit.handle(wanted.key.run).await {
            Ok(Some(run)) => {
                let AttemptKey { step, attempt, .. } = wanted.key.clone();
                signal(&run, Signal::Child { step, attempt, news: vec![news.clone()] }).await;
                break;
            }
            Ok(None) | Err(Error::TaskNotFound) => break,
            Err(_) => {}
        }
        tries(kit.driver().dispatcher().world(), failures).await;
    }
    for failures in 1.. {
        if take_off(kit, wanted).await.is_some() {
            return;
        }
        tries(kit.driver().dispatcher().world(), failures).await;
    }
}

/// Deletes the duty's row, if it has one by now.
async fn take_off(kit: &Kit<Runs>, wanted: &Wanted) -> Option<()> {
    let rows = kit.store().rows(DUTIES, &[]).await.ok()?;
    let about = |row: &Row| codec::decode_duty(&row.body).is_ok_and(|duty| duty.key() == wanted.key);
    let Some(row) = rows.into_iter().find(about) else { return Some(()) };
    let gone = RowChange { kind: DUTIES, key: row.key, expected: row.version, body: None };
    let (epoch, at) = (kit.ownership().epoch, kit.store().now());
    let commit = Commit::of_rows(epoch, at, vec![gone]);
    kit.store().commit(commit).await.ok().map(drop)
}
