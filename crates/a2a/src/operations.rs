//! The eleven operations, whichever binding they came by: each checks, asks the backend and names what is activated.
//! What an operation means is the backend's business.

use std::future::{Future, ready};
use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt as _, TryFutureExt as _};
use http::HeaderMap;
use prost::Message as _;
use proto::a2a::{
    AgentCapabilities, AgentCard, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest, GetTaskPushNotificationConfigRequest, GetTaskRequest,
    ListTaskPushNotificationConfigsRequest, ListTasksRequest, SubscribeToTaskRequest, TaskPushNotificationConfig,
};

use crate::backend::Backend;
use crate::call::{Call, Extensions};
use crate::error::Error;
use crate::parse::{self, Sending};
use crate::push;
use crate::who::Who;

/// The operations of a backend. Cheap to clone.
#[derive(Debug)]
pub(crate) struct Operations<B>(Arc<B>);

/// Who asks, and what the metadata or the headers of the request are.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) headers: HeaderMap,
    pub(crate) who: Who,
}

/// An answer, and the extensions that are active in it.
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) activated: Extensions,
}

pub(crate) type Answered<T> = Result<Answer<T>, Error>;

/// A request whose metadata has been read.
struct Opened {
    call: Call,
    card: Arc<AgentCard>,
}

impl<T> Answer<T> {
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: convert(self.value), activated: self.activated }
    }
}

impl<B> Clone for Operations<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B: Backend> Operations<B> {
    pub(crate) fn new(backend: Arc<B>) -> Self {
        Self(backend)
    }

    fn open(&self, caller: Caller, tenant: &str) -> Result<Opened, Error> {
        let card = self.0.card();
        let Caller { headers, who } = caller;
        let call = Call::parse(&headers, who.principal.clone(), who.tenant(tenant)?, &card)?;
        Ok(Opened { call, card })
    }

    pub(crate) fn send(&self, caller: Caller, request: Sending) -> impl Future<Output = Answered<Bytes>> + Send {
        let read = || {
            let Opened { call, card } = self.open(caller, &request.tenant)?;
            Ok((call, parse::send(request, &card)?))
        };
        unless_refused(read().map(|(call, request)| ask(call, move |call| self.0.send(call, request))))
    }

    pub(crate) fn stream(&self, caller: Caller, request: Sending) -> impl Future<Output = Answered<B::Frames>> + Send {
        let read = || {
            let Opened { call, card } = self.open(caller, &request.tenant)?;
            let request = parse::send(request, &card)?;
            require_streaming(&card).map(|()| (call, request))
        };
        unless_refused(read().map(|(call, request)| ask(call, move |call| self.0.stream(call, request))))
    }

    pub(crate) fn get(&self, caller: Caller, request: GetTaskRequest) -> impl Future<Output = Answered<Bytes>> + Send {
        let read = || {
            let Opened { call, .. } = self.open(caller, &request.tenant)?;
            let history = parse::history_length(request.history_length)?;
            Ok((call, parse::named_task("id", &request.id)?, history))
        };
        unless_refused(read().map(|(call, task, history)| ask(call, move |call| self.0.get(call, task, history))))
    }

    pub(crate) async fn list(&self, caller: Caller, request: ListTasksRequest) -> Answered<Bytes> {
        let Opened { call, .. } = self.open(caller, &request.tenant)?;
        let query = parse::list(request)?;
        ask(call, |call| self.0.list(call, query)).await
    }

    pub(crate) async fn cancel(&self, caller: Caller, request: CancelTaskRequest) -> Answered<Bytes> {
        let Opened { call, .. } = self.open(caller, &request.tenant)?;
        let task = parse::named_task("id", &request.id)?;
        ask(call, |call| self.0.cancel(call, task, request.metadata)).await
    }

    pub(crate) async fn subscribe(&self, caller: Caller, request: SubscribeToTaskRequest) -> Answered<B::Frames> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        let task = parse::named_task("id", &request.id)?;
        require_streaming(&card)?;
        ask(call, |call| self.0.subscribe(call, task)).await
    }

    pub(crate) async fn create_push(&self, caller: Caller, request: TaskPushNotificationConfig) -> Answered<Bytes> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        let (task, config) = push::create(request, &card)?;
        ask(call, |call| self.0.create_push(call, task, config)).await
    }

    pub(crate) async fn get_push(
        &self,
        caller: Caller,
        request: GetTaskPushNotificationConfigRequest,
    ) -> Answered<Bytes> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        let (task, id) = push::get(&request, &card)?;
        ask(call, |call| self.0.get_push(call, task, id)).await
    }

    pub(crate) async fn list_push(
        &self,
        caller: Caller,
        request: ListTaskPushNotificationConfigsRequest,
    ) -> Answered<Bytes> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        let (task, page) = push::list(&request, &card)?;
        ask(call, |call| self.0.list_push(call, task, page)).await
    }

    pub(crate) async fn delete_push(
        &self,
        caller: Caller,
        request: DeleteTaskPushNotificationConfigRequest,
    ) -> Answered<Bytes> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        let (task, id) = push::delete(&request, &card)?;
        let deleted = ask(call, |call| self.0.delete_push(call, task, id)).await?;
        Ok(deleted.map(|()| Bytes::new()))
    }

    pub(crate) async fn extended_card(&self, caller: Caller, request: GetExtendedAgentCardRequest) -> Answered<Bytes> {
        let Opened { call, card } = self.open(caller, &request.tenant)?;
        if !can(&card, AgentCapabilities::extended_agent_card) {
            return Err(Error::UnsupportedOperation("this agent has no extended card".into()));
        }
        let extended = self.0.extended_card().ok_or(Error::ExtendedAgentCardNotConfigured)?;
        Ok(Answer { value: extended.encode_to_vec().into(), activated: call.extensions })
    }
}

/// Asks the backend, and names what is active in its answer.
fn ask<T, F>(call: Call, question: impl FnOnce(Call) -> F) -> impl Future<Output = Answered<T>>
where
    F: Future<Output = Result<T, Error>>,
{
    let activated = call.extensions.clone();
    question(call).map_ok(|value| Answer { value, activated })
}

/// The answer to a request that was read before anybody waits for it. A future that held the request too, as an
/// `async fn` does, would be copied with it from layer to layer, and it is the largest thing that a call allocates.
fn unless_refused<T>(asked: Result<impl Future<Output = Answered<T>>, Error>) -> impl Future<Output = Answered<T>> {
    match asked {
        Ok(answer) => answer.left_future(),
        Err(error) => ready(Err(error)).right_future(),
    }
}

fn require_streaming(card: &AgentCard) -> Result<(), Error> {
    if can(card, AgentCapabilities::streaming) {
        return Ok(());
    }
    Err(Error::UnsupportedOperation("this agent does not stream".into()))
}

/// Whether the card promises it; what it does not mention it does not promise.
fn can(card: &AgentCard, capability: fn(&AgentCapabilities) -> bool) -> bool {
    card.capabilities.as_ref().is_some_and(capability)
}
