//! What this process saw of the instances that it called, told to the registry in batches.
//! Whoever notes something never waits for it; what the registry does not hear in time is forgotten.

use std::collections::BTreeMap;
use std::time::Duration;

use proto::watchroom::registry::v1 as wire;
use service::client::Peer;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::connect::{Client, PATIENCE};
use crate::view::Key;
use crate::{Endpoint, Error, connect};

/// Calls that wait for the background task; more are not counted, so that a flood costs nobody time or memory.
const WAITING: usize = 1024;

/// How long calls are collected before they are told.
const COLLECT: Duration = Duration::from_secs(1);

/// Outcomes of one report, as the registry takes them.
const BATCH: usize = 100;

/// Calls of one outcome, as the registry takes them.
const CALLS: u32 = 10_000;

/// How one call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The instance answered, be it with a refusal.
    Answered {
        /// Time to the answer.
        after: Duration,
    },
    /// No answer, or one that says that the instance cannot serve.
    Failed,
}

/// A cheap handle to the background task that reports.
#[derive(Debug, Clone)]
pub struct Outcomes(mpsc::Sender<Call>);

/// One call of one registration.
#[derive(Debug)]
struct Call {
    of: (Key, u64),
    seen: Seen,
}

/// The calls of one registration since the last report.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    calls: u32,
    failures: u32,
    answered: Duration,
}

#[derive(Debug)]
struct Reporter {
    client: Client,
    rx: mpsc::Receiver<Call>,
    tallies: BTreeMap<(Key, u64), Tally>,
}

impl Outcomes {
    /// Reports to the registry at `registry` in the background until `shutdown`. Needs a tokio runtime.
    pub fn report(registry: impl Into<Peer>, shutdown: CancellationToken) -> Result<Self, Error> {
        let registry = registry.into();
        let client = connect::client(&registry)?;
        let (tx, rx) = mpsc::channel(WAITING);
        let span = tracing::info_span!("outcomes", %registry);
        let reporter = Reporter { client, rx, tallies: BTreeMap::new() };
        tokio::spawn(async move { shutdown.run_until_cancelled(reporter.run()).await }.instrument(span));
        Ok(Self(tx))
    }

    /// Notes a call of `endpoint`. Never waits.
    pub fn note(&self, endpoint: &Endpoint, seen: Seen) {
        let key = (endpoint.agent.clone(), endpoint.version.clone(), endpoint.instance.clone());
        // Full, or shut down: one call less is counted.
        drop(self.0.try_send(Call { of: (key, endpoint.epoch), seen }));
    }
}

impl Reporter {
    async fn run(mut self) {
        while let Some(first) = self.rx.recv().await {
            self.add(first);
            self.collect().await;
            self.tell().await;
        }
    }

    async fn collect(&mut self) {
        let over = sleep(COLLECT);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return,
                call = self.rx.recv() => match call {
                    Some(call) => self.add(call),
                    None => return,
                },
            }
        }
    }

    fn add(&mut self, call: Call) {
        let tally = self.tallies.entry(call.of).or_default();
        if tally.calls == CALLS {
            return;
        }
        tally.calls += 1;
        match call.seen {
            Seen::Answered { after } => tally.answered = tally.answered.saturating_add(after),
            Seen::Failed => tally.failures += 1,
        }
    }

    async fn tell(&mut self) {
        let mut outcomes = std::mem::take(&mut self.tallies).into_iter().map(|(of, tally)| outcome(of, tally));
        loop {
            let outcomes: Vec<wire::Outcome> = outcomes.by_ref().take(BATCH).collect();
            if outcomes.is_empty() {
                return;
            }
            let report = wire::ReportOutcomeRequest { outcomes };
            match timeout(PATIENCE, self.client.report_outcome(report)).await {
                Ok(Ok(_)) => {}
                Ok(Err(status)) => tracing::debug!(code = %status.code(), reason = status.message(), "not reported"),
                // The others would wait as long.
                Err(_) => return tracing::debug!("not reported in time"),
            }
        }
    }
}

fn outcome(((name, agent_version, instance), epoch): (Key, u64), tally: Tally) -> wire::Outcome {
    let answered = tally.calls.saturating_sub(tally.failures);
    wire::Outcome {
        name: name.to_string(),
        agent_version,
        instance_id: instance.to_string(),
        epoch,
        calls: tally.calls,
        failures: tally.failures,
        latency: tally.answered.checked_div(answered).and_then(|mean| mean.try_into().ok()),
    }
}
