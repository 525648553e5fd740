//! Sends one attempt until it is known what became of it: the same message, to the same store.

use a2a::ClientError;
use a2a::frame::Work;
use discovery::Seen;
use engine::{Cause, ChildNews, Code, Dispatch, Sent};
use service::NOT_ADMITTED;
use tokio::time::Instant;
use tonic::Status;
use types::Seq;

use super::follow::{Follow, Unheard};
use super::work::work;
use super::{Attempt, Barred, Dispatcher, pause};
use crate::duty::Duty;

/// What callers are told where the operator is not let in.
const REFUSED: &str = "its agent does not accept the operator's token: that is for whoever runs the operator to mend, \
                       whose log says what it lacks";

/// Why an agent that has not answered yet is not waited for.
const MOVED: &str = "its store is served elsewhere now, or by nobody who may be called";

/// What one try to send an attempt came to.
#[derive(Debug)]
enum Try {
    /// What became of it has been told.
    Told,
    /// Certainly never accepted, and never will be.
    Declined(Cause),
    /// It did not get through.
    Unreached(ClientError),
    /// It was turned away for now. Another copy of it may not have been.
    Busy(ClientError),
    /// Nobody has looked at it: there is no address to send it to, or the operator was not let in. Whether another copy of
    /// it was taken before, that does not say.
    Unseen(Cause),
    /// It may have got through.
    Unknown(ClientError),
}

/// What follows from a try.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Nothing.
    Over,
    /// The run hears that nobody took it.
    Decline(Cause),
    /// The same, where a fence says so.
    Settle(Cause),
    /// Its task is looked for.
    Adopt,
    /// The same message again, of which so much is known by then.
    Again(Sent),
}

impl Try {
    /// What follows for an attempt of which `sent` was known before. It is fenced where its agent is `ours`, and sent again
    /// as long as its time is not `up`.
    fn next(&self, sent: Sent, ours: bool, up: bool) -> Next {
        // What was turned away somewhere is taken for not sent only where nobody can be asked for a fence.
        let perhaps = if ours { Sent::Perhaps } else { sent };
        match (self, sent) {
            (Self::Told, _) => Next::Over,
            (Self::Declined(cause), _) | (Self::Unseen(cause), Sent::Never) => Next::Decline(cause.clone()),
            (Self::Unreached(error), Sent::Never) if up => Next::Decline(unreached(error)),
            (Self::Unreached(_), _) => Next::Again(sent),
            (Self::Unseen(cause), Sent::Perhaps) if up => Next::Settle(cause.clone()),
            (Self::Busy(error), _) if up => Next::Settle(unreached(error)),
            (Self::Busy(_), _) | (Self::Unseen(_), Sent::Perhaps) => Next::Again(perhaps),
            (Self::Unknown(_), _) if ours => Next::Again(perhaps),
            (Self::Unknown(_), _) => Next::Adopt,
        }
    }

    /// Why nothing is known of the attempt, with its causes, which callers are not told.
    fn why(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreached(error) | Self::Busy(error) | Self::Unknown(error) => Some(error),
            Self::Told | Self::Declined(_) | Self::Unseen(_) => None,
        }
    }
}

impl Dispatcher {
    /// Sends an attempt and follows it to its end.
    pub(super) async fn dispatch(&self, attempt: Attempt, dispatch: Dispatch) {
        let (began, mut sent, ours) = (Instant::now(), dispatch.sent, attempt.route.store_id.is_some());
        if sent == Sent::Perhaps && !ours {
            return self.adopt(&attempt, &dispatch).await;
        }
        for failures in 1.. {
            let tried = self.send_once(&attempt, work(&attempt, &dispatch)).await;
            let next = tried.next(sent, ours, began.elapsed() >= self.reach);
            if next != Next::Over {
                tracing::info!(step = %attempt.step, agent = %attempt.route.endpoint, ?next, error = tried.why(), "not taken");
            }
            match next {
                Next::Over => return,
                Next::Decline(cause) => return attempt.tell(vec![ChildNews::NotAccepted(cause)]).await,
                Next::Settle(cause) => {
                    if let Some(news) = self.give_up(&attempt, &dispatch, cause).await {
                        return attempt.tell(vec![news]).await;
                    }
                }
                Next::Adopt => return self.adopt(&attempt, &dispatch).await,
                Next::Again(known) => sent = known,
            }
            pause(failures).await;
        }
    }

    /// What is said of an attempt that its agent has turned away for long.
    async fn give_up(&self, attempt: &Attempt, dispatch: &Dispatch, cause: Cause) -> Option<ChildNews> {
        let duty = Duty::of_dispatch(&attempt.handle, dispatch, attempt.handle.kit().store().now());
        self.turned_away(&duty, cause).await
    }

    /// Looks for the task of a message that a foreign agent may have got, and follows it. It is not sent again:
    /// such an agent would take it twice. How long this goes on is the attempt's deadline's business.
    async fn adopt(&self, attempt: &Attempt, dispatch: &Dispatch) {
        let duty = Duty::of_dispatch(&attempt.handle, dispatch, attempt.handle.kit().store().now());
        for tries in 1.. {
            if let Ok(Some(task)) = self.search(&duty).await {
                return self.pursue(attempt, task, Seq::ZERO).await;
            }
            pause(tries).await;
        }
    }

    async fn send_once(&self, attempt: &Attempt, work: Work) -> Try {
        let following = match Follow::sent(self, attempt, work) {
            Ok(following) => following,
            Err(barred) => return stopped(barred),
        };
        match following.run().await {
            None => Try::Told,
            Some(Unheard::Moved) => Try::Unknown(ClientError::Ambiguous(Status::unavailable(MOVED))),
            Some(Unheard::Failed(error)) => {
                let tried =
                    if attempt.is_shut(&error) { Try::Unseen(Cause::new(Code::Refused, REFUSED)) } else { sort(error) };
                // A refusal of the work is an answer.
                if matches!(tried, Try::Unreached(_) | Try::Busy(_) | Try::Unknown(_)) {
                    self.directory.saw(&attempt.route, Seen::Failed);
                }
                tried
            }
        }
    }
}

impl Attempt {
    /// Whether an agent of ours refuses the operator rather than the work. The caller cannot mend that, and must not take
    /// it for a word about itself; what is missing is for whoever runs the operator.
    fn is_shut(&self, error: &ClientError) -> bool {
        let Some(refusal) = refuses_us(error).filter(|_| self.route.store_id.is_some()) else { return false };
        tracing::error!(
            step = %self.step,
            agent = %self.route.endpoint,
            refusal,
            "an agent refuses the operator's own token: among those of the agent's --tokens, the token of the \
             operator's --token-file needs the roles caller and delegate"
        );
        true
    }
}

/// In which words the guard of an agent of ours did not let somebody in. An agent's own logic that denies something has
/// something to say about the work.
fn refuses_us(error: &ClientError) -> Option<&str> {
    match error {
        ClientError::Refused(a2a::Error::Other { reason: Some(reason), message, .. }) if reason == NOT_ADMITTED => {
            Some(message)
        }
        _ => None,
    }
}

/// What it says about the message that its agent is not asked. Who is not signed now may be in a moment, and may have
/// the message from before.
fn stopped(barred: Barred) -> Try {
    match barred {
        Barred::Address => Try::Unseen(Cause::new(Code::Unreachable, barred.to_string())),
        Barred::Unsigned => Try::Unreached(barred.into()),
    }
}

/// What an error before the first frame says about the message.
fn sort(error: ClientError) -> Try {
    match &error {
        ClientError::Unreachable(_) => Try::Unreached(error),
        ClientError::Address(_) | ClientError::NoInterface | ClientError::NoCard => {
            Try::Unseen(Cause::new(Code::Unreachable, error.to_string()))
        }
        // The store has moved, or its registration is old news: where it is now the view will say.
        ClientError::Refused(a2a::Error::WrongStore | a2a::Error::Overloaded { .. }) => Try::Busy(error),
        ClientError::Refused(refusal @ (a2a::Error::DispatchFenced | a2a::Error::DispatchExpired)) => {
            Try::Declined(Cause::new(Code::Timeout, refusal.to_string()))
        }
        // Without a reason it may be of whatever is between, which knows nothing of the agent's work: ours give one.
        ClientError::Refused(refusal) if is_for_now(refusal) => Try::Busy(error),
        ClientError::Refused(refusal @ a2a::Error::Other { reason: None, .. }) if !error.outcome_unknown() => {
            Try::Unseen(Cause::new(Code::Refused, refusal.to_string()))
        }
        ClientError::Refused(refusal) if !error.outcome_unknown() => {
            Try::Declined(Cause::new(Code::Refused, refusal.to_string()))
        }
        ClientError::Refused(_) | ClientError::Timeout | ClientError::Ambiguous(_) | ClientError::Invalid(_) => {
            Try::Unknown(error)
        }
    }
}

/// Whether somebody has too much to do, and does not say for how long.
fn is_for_now(refusal: &a2a::Error) -> bool {
    let exhausted = matches!(refusal, a2a::Error::Other { code: tonic::Code::ResourceExhausted, reason: None, .. });
    exhausted && !refusal.is_for_size()
}

/// Why an attempt that nobody took has failed.
fn unreached(error: &ClientError) -> Cause {
    match error {
        ClientError::Refused(refusal) if is_for_now(refusal) || matches!(refusal, a2a::Error::Overloaded { .. }) => {
            Cause::new(Code::Overloaded, refusal.to_string())
        }
        ClientError::Refused(refusal) => Cause::new(Code::Unreachable, refusal.to_string()),
        error => Cause::new(Code::Unreachable, error.to_string()),
    }
}

#[cfg(test)]
mod tests;
