//! `watchroom.orchestrator.v1.Orchestrator` over the kit's tasks: parse, call, convert.

mod duties;
mod fault;
mod page;
mod parse;
mod show;
mod watch;

use std::pin::Pin;

use a2a::{Backend, Call, Error, SendRequest, Who};
use agent::Kit;
use futures::Stream;
use prost::Message as _;
use proto::a2a::SendMessageResponse;
use proto::a2a::send_message_response::Payload;
use proto::watchroom::orchestrator::v1 as wire;
use proto::watchroom::orchestrator::v1::orchestrator_server::{Orchestrator, OrchestratorServer};
use tonic::{Request, Response, Status};
use types::{Owner, Scope, TaskId};

use crate::driver::Runs;
use crate::{call, plan, read};

type Events = Pin<Box<dyn Stream<Item = Result<wire::RunEvent, Status>> + Send>>;

/// The API of runs.
#[derive(Debug)]
pub struct Api(Kit<Runs>);

impl Api {
    /// Serves the runs of `kit`.
    pub fn service(kit: Kit<Runs>) -> OrchestratorServer<Self> {
        OrchestratorServer::new(Self(kit)).max_decoding_message_size(service::limits::DECODE)
    }

    async fn run(&self, owner: Owner, id: TaskId) -> Result<wire::Run, Error> {
        let found = read::load(&self.0, Scope::Owner(owner.clone()), id).await?;
        // Only a run that handed an attempt over can have duties; whether it still has them its rows say.
        let handed_over = found.run.duties().next().is_some();
        let duties = if handed_over { duties::of_run(&self.0, &owner, id).await? } else { Vec::new() };
        Ok(show::run(&found, duties))
    }

    async fn start(&self, call: Call, request: &wire::StartRunRequest) -> Result<wire::Run, Error> {
        let send = parse::start(request, self.0.driver().settings())?;
        self.begin(call, send, &request.request_id).await
    }

    async fn resume(&self, call: Call, request: &wire::ResumeRunRequest) -> Result<wire::Run, Error> {
        self.begin(call, parse::resume(request)?, &request.request_id).await
    }

    async fn begin(&self, call: Call, send: SendRequest, request_id: &str) -> Result<wire::Run, Error> {
        let answer = self.0.send(call.clone(), send).await.map_err(|error| parse::about_request(error, request_id))?;
        let response = SendMessageResponse::decode(answer).map_err(|_| Error::Internal)?;
        match response.payload {
            Some(Payload::Task(task)) => self.run(call.owner, parse::run_id(&task.id)?).await,
            Some(Payload::Message(_)) | None => Err(Error::Internal),
        }
    }

    async fn page(&self, call: Call, request: &wire::ListRunsRequest) -> Result<wire::ListRunsResponse, Error> {
        let (scope, query) = (Scope::Owner(call.owner.clone()), parse::query(request)?);
        let listing = read::page(&self.0, scope, query).await?;
        let (mut page, mut next) = (page::Page::default(), listing.next);
        for summary in &listing.tasks {
            let run = match self.run(call.owner.clone(), summary.id).await {
                Ok(run) => run,
                // Retention took it between the page and this read.
                Err(Error::TaskNotFound) => continue,
                Err(error) => return Err(error),
            };
            if let Err(page::Full { last }) = page.push(page::key(summary), run) {
                next = Some(last);
                break;
            }
        }
        Ok(wire::ListRunsResponse {
            runs: page.into_runs(),
            next_page_token: next.map(|key| page::token(key, request)).unwrap_or_default(),
            total_size: i32::try_from(listing.total).unwrap_or(i32::MAX),
        })
    }
}

#[tonic::async_trait]
impl Orchestrator for Api {
    type WatchRunStream = Events;

    async fn plan_only(
        &self,
        request: Request<wire::PlanOnlyRequest>,
    ) -> Result<Response<wire::PlanOnlyResponse>, Status> {
        let request = request.into_inner();
        let mode = plan::mode(request.mode, "mode")?;
        let call = call::Call::new(parse::words("text", &request.text)?);
        let plan = call.plan(mode, self.0.driver().settings());
        Ok(Response::new(show::planned(&call, &plan)))
    }

    async fn start_run(&self, request: Request<wire::StartRunRequest>) -> Result<Response<wire::Run>, Status> {
        let call = caller(&request);
        self.start(call, request.get_ref()).await.map(Response::new).map_err(fault::status)
    }

    async fn resume_run(&self, request: Request<wire::ResumeRunRequest>) -> Result<Response<wire::Run>, Status> {
        let call = caller(&request);
        self.resume(call, request.get_ref()).await.map(Response::new).map_err(fault::status)
    }

    async fn get_run(&self, request: Request<wire::GetRunRequest>) -> Result<Response<wire::Run>, Status> {
        let id = parse::run_id(&request.get_ref().id).map_err(fault::status)?;
        self.run(caller(&request).owner, id).await.map(Response::new).map_err(fault::status)
    }

    async fn list_runs(
        &self,
        request: Request<wire::ListRunsRequest>,
    ) -> Result<Response<wire::ListRunsResponse>, Status> {
        let call = caller(&request);
        self.page(call, request.get_ref()).await.map(Response::new).map_err(fault::status)
    }

    async fn watch_run(&self, request: Request<wire::WatchRunRequest>) -> Result<Response<Events>, Status> {
        let wire::WatchRunRequest { id, after_seq } = request.get_ref();
        let (id, call) = (parse::run_id(id).map_err(fault::status)?, caller(&request));
        let call = Call { cursor: Some(types::Seq(*after_seq)), ..call };
        let frames = self.0.subscribe(call, id).await.map_err(fault::status)?;
        Ok(Response::new(watch::events(frames, *after_seq)))
    }

    async fn cancel_run(&self, request: Request<wire::CancelRunRequest>) -> Result<Response<wire::Run>, Status> {
        let (id, call) = (parse::run_id(&request.get_ref().id).map_err(fault::status)?, caller(&request));
        self.0.cancel(call.clone(), id, None).await.map_err(fault::status)?;
        self.run(call.owner, id).await.map(Response::new).map_err(fault::status)
    }

    async fn list_duties(
        &self,
        request: Request<wire::ListDutiesRequest>,
    ) -> Result<Response<wire::ListDutiesResponse>, Status> {
        let owner = caller(&request).owner;
        duties::page(&self.0, &owner, request.get_ref()).await.map(Response::new).map_err(fault::status)
    }
}

/// Who calls, as authentication established it. What has a request id begins once, whatever the policy for messages.
pub(crate) fn caller<T>(request: &Request<T>) -> Call {
    let owner = Who::of(request.extensions()).own();
    Call { owner, extensions: a2a::Extensions::activating([a2a::metadata::IDEMPOTENCY]), cursor: None, store: None }
}
