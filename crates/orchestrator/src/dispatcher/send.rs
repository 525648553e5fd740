//! Sends one attempt until it is known what became of it: the same message, to the same store.

use a2a::ClientError;
use a2a::metadata::{Dispatch as Mark, object, structure, text};
use agent::words::data_part;
use discovery::Seen;
use engine::{Cause, ChildNews, Code, Dispatch, Sent};
use proto::a2a::{Message, Part, Role, SendMessageRequest};
use tokio::time::Instant;
use tonic::Status;
use types::{MessageId, Seq, TaskId};

use super::follow::{Follow, Unheard};
use super::{Attempt, Barred, Dispatcher, pause};
use crate::duty::Duty;

/// What callers are told where the operator is not let in.
const REFUSED: &str = "its agent does not accept the operator's token: that is for whoever runs the operator to mend, \
                       whose log says what it lacks";

/// Why an agent that has not answered yet is not waited for.
const MOVED: &str = "its store is served elsewhere now, or by nobody who may be called";

/// What one try to send an attempt came to.
enum Try {
    /// What became of it has been told.
    Told,
    /// Certainly never accepted, and never will be.
    Declined(Cause),
    /// It did not get through.
    Unreached(ClientError),
    /// It was turned away for now. Another copy of it may not have been.
    Busy(ClientError),
    /// The operator was not let in, before the message was looked at: whether another copy of it was taken before
    /// that does not say.
    Shut(ClientError),
    /// It may have got through.
    Unknown(ClientError),
}

impl Dispatcher {
    /// Sends an attempt and follows it to its end.
    pub(super) async fn dispatch(&self, attempt: Attempt, dispatch: Dispatch) {
        let (began, mut sent) = (Instant::now(), dispatch.sent);
        if sent == Sent::Perhaps && attempt.route.store_id.is_none() {
            return self.adopt(&attempt, &dispatch).await;
        }
        for failures in 1.. {
            match self.send_once(&attempt, request(&attempt, &dispatch)).await {
                Try::Told => return,
                Try::Declined(cause) => {
                    tracing::info!(step = %attempt.step, agent = %attempt.route.endpoint, %cause, "not taken");
                    return attempt.tell(vec![ChildNews::NotAccepted(cause)]).await;
                }
                Try::Unreached(error) if sent == Sent::Never && began.elapsed() >= self.reach => {
                    tracing::info!(step = %attempt.step, error = why(&error), "not reached; giving up");
                    return attempt.tell(vec![ChildNews::NotAccepted(unreached(&error))]).await;
                }
                Try::Unreached(error) => {
                    tracing::info!(step = %attempt.step, error = why(&error), "sending again");
                }
                Try::Shut(error) if sent == Sent::Never => {
                    return attempt.tell(vec![ChildNews::NotAccepted(unreached(&error))]).await;
                }
                Try::Busy(error) | Try::Shut(error) if began.elapsed() >= self.reach => {
                    if let Some(news) = self.give_up(&attempt, &dispatch, &error).await {
                        return attempt.tell(vec![news]).await;
                    }
                }
                Try::Busy(error) | Try::Shut(error) => {
                    // What was turned away somewhere is taken for not sent only where nobody can be asked for a fence.
                    if attempt.route.store_id.is_some() {
                        sent = Sent::Perhaps;
                    }
                    tracing::info!(step = %attempt.step, error = why(&error), "turned away for now; sending again");
                }
                Try::Unknown(error) if attempt.route.store_id.is_none() => {
                    tracing::info!(step = %attempt.step, error = why(&error), "no answer; looking for the message at its agent");
                    return self.adopt(&attempt, &dispatch).await;
                }
                Try::Unknown(error) => {
                    sent = Sent::Perhaps;
                    tracing::info!(step = %attempt.step, error = why(&error), "no answer; sending the same message again");
                }
            }
            pause(failures).await;
        }
    }

    /// What is said of an attempt that its agent has turned away for long.
    async fn give_up(&self, attempt: &Attempt, dispatch: &Dispatch, error: &ClientError) -> Option<ChildNews> {
        let duty = Duty::of_dispatch(&attempt.handle, dispatch, attempt.handle.kit().store().now());
        self.turned_away(&duty, unreached(error)).await
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

    async fn send_once(&self, attempt: &Attempt, request: SendMessageRequest) -> Try {
        let following = match Follow::sent(self, attempt, request) {
            Ok(following) => following,
            Err(barred) => return stopped(barred),
        };
        match following.run().await {
            None => Try::Told,
            Some(Unheard::Moved) => Try::Unknown(ClientError::Ambiguous(Status::unavailable(MOVED))),
            Some(Unheard::Failed(error)) => {
                let tried = if attempt.is_shut(&error) { Try::Shut(error) } else { sort(error) };
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

/// In which words somebody was not let in. The guard gives no reason beside them; an agent's own logic that does has
/// something to say about the work.
fn refuses_us(error: &ClientError) -> Option<&str> {
    match error {
        ClientError::Refused(a2a::Error::Other {
            code: tonic::Code::PermissionDenied | tonic::Code::Unauthenticated,
            reason: None,
            message,
        }) => Some(message),
        _ => None,
    }
}

/// An error as logs show it: with its causes, which callers are not told.
fn why(error: &ClientError) -> &(dyn std::error::Error + 'static) {
    error
}

/// What it says about the message that its agent is not asked. Who is not signed now may be in a moment, and may have
/// the message from before.
fn stopped(barred: Barred) -> Try {
    match barred {
        Barred::Address => Try::Declined(Cause::new(Code::Unreachable, barred.to_string())),
        Barred::Unsigned => Try::Unreached(barred.into()),
    }
}

/// What an error before the first frame says about the message.
fn sort(error: ClientError) -> Try {
    match &error {
        ClientError::Unreachable(_) => Try::Unreached(error),
        ClientError::Address(_) | ClientError::NoInterface | ClientError::NoCard => {
            Try::Declined(Cause::new(Code::Unreachable, error.to_string()))
        }
        // The store has moved, or its registration is old news: where it is now the view will say.
        ClientError::Refused(a2a::Error::WrongStore | a2a::Error::Overloaded { .. }) => Try::Busy(error),
        ClientError::Refused(refusal @ (a2a::Error::DispatchFenced | a2a::Error::DispatchExpired)) => {
            Try::Declined(Cause::new(Code::Timeout, refusal.to_string()))
        }
        ClientError::Refused(refusal) if !error.outcome_unknown() => {
            Try::Declined(Cause::new(Code::Refused, refusal.to_string()))
        }
        ClientError::Refused(_) | ClientError::Timeout | ClientError::Ambiguous(_) | ClientError::Invalid(_) => {
            Try::Unknown(error)
        }
    }
}

/// Why an attempt that nobody took has failed.
fn unreached(error: &ClientError) -> Cause {
    match error {
        refused if refuses_us(refused).is_some() => Cause::new(Code::Refused, REFUSED),
        ClientError::Refused(refusal @ a2a::Error::Overloaded { .. }) => {
            Cause::new(Code::Overloaded, refusal.to_string())
        }
        ClientError::Refused(refusal) => Cause::new(Code::Unreachable, refusal.to_string()),
        error => Cause::new(Code::Unreachable, error.to_string()),
    }
}

/// What the agent gets: the step's input, or the name of the dispatch that is taken back.
fn parts(run: TaskId, dispatch: &Dispatch) -> Vec<Part> {
    match &dispatch.undoes {
        None => crate::plan::parts(&dispatch.input),
        Some(done) => {
            let named = ("dispatch".to_owned(), text(format!("{}/{done}", dispatch.done_by.unwrap_or(run))));
            vec![data_part(object([named].into()))]
        }
    }
}

/// The message of an attempt: every time the same, so that its agent takes it once.
fn request(attempt: &Attempt, dispatch: &Dispatch) -> SendMessageRequest {
    let (run, launch) = (attempt.handle.id(), &dispatch.launch);
    let mark = Mark {
        run,
        step: dispatch.step.clone(),
        attempt: launch.attempt,
        turn: launch.turn,
        not_after: launch.not_after,
        store_id: launch.route.store_id,
        at_most_once: launch.at_most_once,
    };
    let mut metadata = mark.to_metadata();
    if let Some(skill) = &dispatch.skill {
        metadata.fields.extend(structure([("skill", text(skill.as_str()))]).fields);
    }
    let message = Message {
        message_id: MessageId::of_dispatch(run, &dispatch.step, launch.attempt, launch.turn).to_string(),
        context_id: attempt.handle.context().to_string(),
        role: Role::User.into(),
        parts: parts(run, dispatch),
        metadata: Some(metadata),
        ..Message::default()
    };
    SendMessageRequest { message: Some(message), ..SendMessageRequest::default() }
}
