//! The task behind a lease: register, renew, register again when told, give back at the end.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use proto::watchroom::registry::v1 as wire;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};

use crate::connect::{Client, PATIENCE};
use crate::outage::Outage;
use crate::{Health, LeaseConfig, LeaseState, Registration, Vitals};

/// Longest base of a pause before the next attempt; well under a lease, so that a restarted registry,
/// which grants every lease one more term, hears from all of them in time.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Pause after the registry said no; only a change at one of the two ends helps.
const REFUSED_PAUSE: Duration = Duration::from_secs(15);

/// Shortest wait for the answer to a renewal, however short the lease is.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(1);

/// The lease when the registry names none.
const USUAL_TTL: Duration = Duration::from_secs(10);

/// Longest wait for the deregistration: shutdown has better things to do.
const FAREWELL: Duration = Duration::from_secs(1);

/// A registration as granted.
#[derive(Debug, Clone)]
struct Grant {
    lease_id: String,
    epoch: u64,
    ttl: Duration,
    keep_alive: Duration,
    /// When the last renewal that was answered went out.
    renewed: Instant,
}

/// A renewal on its way.
#[derive(Debug)]
struct Sent {
    at: Instant,
    vitals: Vitals,
}

/// Why there is nothing to renew any more.
#[derive(Debug, Clone, Copy)]
enum Lost {
    /// The registry does not know the lease: register again.
    Forgotten,
    /// A newer registration owns the instance.
    Superseded,
}

/// Owns one lease.
#[derive(Debug)]
pub(crate) struct Holder {
    client: Client,
    request: wire::RegisterRequest,
    vitals: watch::Receiver<Vitals>,
    state: watch::Sender<LeaseState>,
    outage: Outage,
    grant: Option<Grant>,
}

impl Holder {
    pub(crate) fn new(
        client: Client,
        config: LeaseConfig,
        vitals: watch::Receiver<Vitals>,
        state: watch::Sender<LeaseState>,
    ) -> Self {
        let outage = Outage::new("lease", LONGEST_PAUSE);
        Self { client, request: request(config), vitals, state, outage, grant: None }
    }

    /// Holds the lease until `shutdown`, or until a newer registration takes it over.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let superseded = shutdown.run_until_cancelled(self.hold()).await.is_some();
        if superseded {
            tracing::warn!("a newer registration owns this instance; the lease is not renewed any more");
            self.state.send_replace(LeaseState::Superseded);
            return;
        }
        self.release().await;
        self.state.send_replace(LeaseState::Released);
    }

    /// Returns only when superseded.
    async fn hold(&mut self) {
        loop {
            let grant = self.register().await;
            match self.renew(grant).await {
                Lost::Superseded => return,
                Lost::Forgotten => tracing::info!("the registry does not know the lease; registering again"),
            }
        }
    }

    async fn register(&mut self) -> Grant {
        loop {
            let sent = Instant::now();
            let pause = match self.ask().await {
                Ok(answer) => return self.granted(answer, sent),
                Err(status) if is_refusal(status.code()) => self.refused(&status),
                Err(status) => {
                    self.state.send_replace(LeaseState::Seeking);
                    self.outage.failed(&status)
                }
            };
            sleep(pause).await;
        }
    }

    async fn ask(&mut self) -> Result<wire::RegisterResponse, Status> {
        let call = self.client.register(self.request.clone());
        Ok(within(PATIENCE, call).await?.into_inner())
    }

    fn granted(&mut self, answer: wire::RegisterResponse, sent: Instant) -> Grant {
        self.outage.over();
        let (ttl, keep_alive) = terms(answer.ttl, answer.keep_alive);
        let grant = Grant { lease_id: answer.lease_id, epoch: answer.epoch, ttl, keep_alive, renewed: sent };
        tracing::info!(epoch = grant.epoch, ?ttl, "registered");
        self.held(&grant);
        grant
    }

    fn refused(&mut self, status: &Status) -> Duration {
        let refused = LeaseState::Refused { reason: status.message().to_owned() };
        if self.state.send_if_modified(|state| std::mem::replace(state, refused.clone()) != refused) {
            tracing::error!(code = %status.code(), reason = status.message(), "the registry refuses the registration");
        }
        REFUSED_PAUSE
    }

    /// Renews until there is nothing left to renew.
    async fn renew(&mut self, mut grant: Grant) -> Lost {
        let lost = loop {
            match self.stream(&mut grant).await {
                Ok(lost) => break lost,
                Err(status) => {
                    let pause = self.outage.failed(&status).min(grant.keep_alive);
                    sleep(pause).await;
                    self.expire(&grant);
                }
            }
        };
        self.grant = None;
        self.state.send_replace(LeaseState::Seeking);
        lost
    }

    /// One keep-alive stream, from its first renewal to its end. An error leaves open whether the lease is still good.
    async fn stream(&mut self, grant: &mut Grant) -> Result<Lost, Status> {
        let status = match self.renewals(grant).await {
            Ok(never) => match never {},
            Err(status) => status,
        };
        match status.code() {
            Code::NotFound => Ok(Lost::Forgotten),
            Code::FailedPrecondition => Ok(Lost::Superseded),
            _ => Err(status),
        }
    }

    async fn renewals(&mut self, grant: &mut Grant) -> Result<Infallible, Status> {
        // One place: a renewal goes out only after the answer to the one before.
        let (tx, rx) = mpsc::channel(1);
        let mut sent = self.send(&tx, grant)?;
        let call = self.client.keep_alive(ReceiverStream::new(rx));
        let mut answers = within(PATIENCE, call).await?.into_inner();
        loop {
            let patience = grant.keep_alive.clamp(SHORTEST_PATIENCE, PATIENCE);
            let answer = within(patience, answers.message()).await?.ok_or_else(closed)?;
            self.renewed(grant, &sent, &answer);
            self.idle(&mut answers, grant, sent.vitals).await?;
            sent = self.send(&tx, grant)?;
        }
    }

    fn send(&self, tx: &mpsc::Sender<wire::KeepAliveRequest>, grant: &Grant) -> Result<Sent, Status> {
        let sent = Sent { at: Instant::now(), vitals: *self.vitals.borrow() };
        let request = wire::KeepAliveRequest {
            lease_id: grant.lease_id.clone(),
            epoch: grant.epoch,
            health: wire::Health::from(sent.vitals.health).into(),
            in_flight: sent.vitals.in_flight,
            load_percent: sent.vitals.load,
            draining: sent.vitals.health == Health::Draining,
        };
        tx.try_send(request).map_err(|_| closed())?;
        Ok(sent)
    }

    fn renewed(&mut self, grant: &mut Grant, sent: &Sent, answer: &wire::KeepAliveResponse) {
        self.outage.over();
        (grant.ttl, grant.keep_alive) = terms(answer.ttl, answer.keep_alive);
        grant.renewed = sent.at;
        self.held(grant);
    }

    /// Waits for the next renewal: when it is due, or as soon as the health has changed.
    async fn idle(
        &mut self,
        answers: &mut Streaming<wire::KeepAliveResponse>,
        grant: &Grant,
        sent: Vitals,
    ) -> Result<(), Status> {
        tokio::select! {
            () = sleep_until(grant.renewed + grant.keep_alive) => Ok(()),
            () = turned(&mut self.vitals, sent.health) => Ok(()),
            unasked = answers.message() => Err(unasked.err().unwrap_or_else(closed)),
        }
    }

    fn held(&mut self, grant: &Grant) {
        let held = LeaseState::Held { epoch: grant.epoch, ttl: grant.ttl };
        self.grant = Some(grant.clone());
        self.state.send_if_modified(|state| std::mem::replace(state, held.clone()) != held);
    }

    /// Says so when the lease has run out without an answer.
    fn expire(&self, grant: &Grant) {
        let gone = grant.renewed.elapsed() >= grant.ttl;
        self.state
            .send_if_modified(|state| gone && std::mem::replace(state, LeaseState::Seeking) != LeaseState::Seeking);
    }

    async fn release(&mut self) {
        let Some(grant) = self.grant.take() else { return };
        let request = wire::DeregisterRequest { lease_id: grant.lease_id, epoch: grant.epoch };
        match within(FAREWELL, self.client.deregister(request)).await {
            Ok(_) => tracing::info!("deregistered"),
            Err(status) => tracing::warn!(
                code = %status.code(),
                reason = status.message(),
                "could not deregister; the lease will run out"
            ),
        }
    }
}

/// Resolves when the health is no longer `health`; never when nobody reports it any more.
async fn turned(vitals: &mut watch::Receiver<Vitals>, health: Health) {
    if vitals.wait_for(|now| now.health != health).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The answer to `call`, or DEADLINE_EXCEEDED after `patience`.
async fn within<T>(patience: Duration, call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let late = |_| Status::deadline_exceeded(format!("no answer within {patience:?}"));
    timeout(patience, call).await.map_err(late)?
}

fn closed() -> Status {
    Status::unavailable("the registry closed the stream")
}

/// Whether trying the same again soon is useless.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::Unimplemented
            | Code::FailedPrecondition
    )
}

fn request(config: LeaseConfig) -> wire::RegisterRequest {
    let Registration { instance, card, store_id, role, domain } = config.registration;
    wire::RegisterRequest {
        registration: Some(wire::Registration {
            instance_id: instance.to_string(),
            card: Some(card),
            store_id: store_id.to_string(),
            role,
            domain,
        }),
        ttl: config.ttl.and_then(|ttl| ttl.try_into().ok()),
    }
}

/// The granted lease and the time between renewals; a registry that leaves one out means the usual.
fn terms(ttl: Option<prost_types::Duration>, keep_alive: Option<prost_types::Duration>) -> (Duration, Duration) {
    let positive = |span: prost_types::Duration| Duration::try_from(span).ok().filter(|span| !span.is_zero());
    let ttl = ttl.and_then(positive).unwrap_or(USUAL_TTL);
    (ttl, keep_alive.and_then(positive).unwrap_or(ttl / 3).min(ttl))
}
