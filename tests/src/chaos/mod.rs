//! Chaos: callers send and follow, processes are killed, frozen and drained at random moments and go on, and in the end
//! everything that anybody was told must be so, once.

mod report;
mod schedule;

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::audit::{Audit, misread};
use crate::cluster::{Cluster, Service};
use crate::crowd::{Crowd, Habits, Told};
use crate::eventually::eventually;
use crate::lookout::Lookout;
use crate::town::large_town;

pub use report::{Report, Struck};
use schedule::schedule;
pub use schedule::{Blow, Strike};

/// From the last restart to the end of the last task.
const SETTLE: Duration = Duration::from_secs(60);

/// Callers at once.
const CALLERS: u64 = 16;

/// The sample town's units so many times, and once more per kill: enough for the calls that come meanwhile.
const TOWN: usize = 20;

/// How much of it.
#[derive(Debug, Clone, Copy)]
pub struct Chaos {
    /// Repeats the schedule.
    pub seed: u64,
    /// Processes that are killed.
    pub kills: usize,
}

impl Chaos {
    /// Runs it on a cluster of its own, and says what was found.
    pub async fn run(self) -> Report {
        let since = Instant::now();
        let mut cluster = start(TOWN + self.kills).await;
        let lookouts = look_out(&cluster).await;
        let crowd = Crowd::start(cluster.node(Service::Operator).address(), CALLERS, self.seed, &habits());
        let (mut struck, mut violations) = (Vec::with_capacity(self.kills), Vec::new());
        for strike in schedule(self.seed, self.kills) {
            sleep_until(Instant::now() + strike.after).await;
            deal(&mut cluster, &strike, &mut struck, &mut violations).await;
        }
        let restarted = Instant::now();
        let told = crowd.finish(SETTLE).await;
        let (audit, settled) = settle(&cluster, restarted).await;
        violations.extend(find(&cluster, &audit, &told).await);
        for (agent, lookout) in lookouts {
            violations.extend(audit.missent(agent, &lookout.finish().await));
        }
        Report { chaos: self, took: since.elapsed(), settled, struck, told, audit, violations }
    }
}

async fn start(times: usize) -> Cluster {
    let mut cluster = Cluster::empty();
    let town = large_town(cluster.dir(), times).to_str().unwrap().to_owned();
    for service in Service::ALL {
        let args = match service {
            Service::Fire | Service::Police | Service::Ambulance => vec!["--scenario".to_owned(), town.clone()],
            // A kill lasts longer than that, so that attempts are left to the reaper.
            Service::Operator => ["--stop-wait", "300ms"].map(str::to_owned).into(),
            Service::Registry => Vec::new(),
        };
        cluster.add(service, args).await;
    }
    cluster.gather().await;
    cluster
}

async fn look_out(cluster: &Cluster) -> Vec<(Service, Lookout)> {
    let mut lookouts = Vec::new();
    for agent in Service::AGENTS {
        lookouts.push((agent, Lookout::start(cluster.node(agent).address()).await));
    }
    lookouts
}

/// The labelled calls, so that plans of every shape and questions occur.
fn habits() -> Habits {
    let file = crate::repository().join("tests/data/calls.jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    let text =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    Habits {
        calls: lines.lines().map(text).collect(),
        answer: "at 12 Mill Lane".to_owned(),
        pause: Duration::from_millis(1_500),
        cancels: 5,
        repeats: 10,
    }
}

/// Does what the schedule says, and lets the victims go on after a while.
async fn deal(cluster: &mut Cluster, strike: &Strike, struck: &mut Vec<Struck>, violations: &mut Vec<String>) {
    let blow = strike.blow;
    for victim in &strike.victims {
        let node = cluster.node_mut(*victim);
        match blow {
            Blow::Kill => node.kill(),
            Blow::Freeze => node.signal("STOP"),
            Blow::Drain => {
                let ended = node.stop().await;
                if ended.code() != Some(0) {
                    violations.push(format!("{} was asked to stop and ended with {}", node.name(), ended.status));
                }
            }
        }
    }
    sleep_until(Instant::now() + strike.down).await;
    for victim in &strike.victims {
        let (since, node) = (Instant::now(), cluster.node_mut(*victim));
        match blow {
            Blow::Kill | Blow::Drain => node.start().await,
            Blow::Freeze => node.signal("CONT"),
        }
        struck.push(Struck { service: *victim, blow, ready: since.elapsed() });
    }
}

/// Waits until nothing is under way, but not longer than is promised.
async fn settle(cluster: &Cluster, restarted: Instant) -> (Audit, Option<Duration>) {
    let audit = eventually("every task rests, or its time is over", async || match Audit::at_rest(cluster).await {
        Some(audit) => Some(audit),
        None if restarted.elapsed() > SETTLE => Audit::read(cluster).await,
        None => None,
    })
    .await;
    let settled = audit.rests().then(|| restarted.elapsed());
    (audit, settled)
}

async fn find(cluster: &Cluster, audit: &Audit, told: &[Told]) -> Vec<String> {
    let mut violations: Vec<String> = audit
        .open()
        .map(|task| {
            format!("task {} still is {:?} {} s after the last restart", task.id, task.status, SETTLE.as_secs())
        })
        .collect();
    // Every store is served again, so every fence can be answered.
    violations.extend(audit.duties.iter().map(|duty| format!("nobody accounted for {duty:?}")));
    let refused = told.iter().filter_map(|told| Some(format!("{}: {}", told.message, told.refused.as_ref()?)));
    violations.extend(refused);
    violations.extend(audit.violations(told));
    violations.extend(misread(cluster, told).await);
    violations
}
