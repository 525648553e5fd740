//! The baseline of a dispatch: what a good engineer writes by hand, with no engine. One message in, one message to each
//! of three servers, their answers in one task; nothing is stored, or a row with a sync at each point that matters.

use std::path::PathBuf;

use futures::future::try_join_all;
use proto::a2a::a2a_service_client::A2aServiceClient;
use proto::a2a::{Artifact, SendMessageRequest, Task, TaskState, send_message_response};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::Mode;
use super::journal::Journal;
use crate::args::ServeArgs;
use crate::error::Error;
use crate::raw::{Work, answer, prepared_task};

/// What the hand-written fan-out is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    serve: ServeArgs,
    /// The servers that a message goes out to.
    #[arg(long, value_delimiter = ',', required = true)]
    agents: Vec<String>,
    /// In which order.
    #[arg(long, value_enum)]
    mode: Mode,
    /// File that gets a row with a sync before the first call, after each of a sequence, and before the answer.
    #[arg(long)]
    journal: Option<PathBuf>,
}

/// Serves until it is killed.
pub(crate) fn serve(args: &Args) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    runtime.block_on(async {
        let mut agents = Vec::new();
        for agent in &args.agents {
            let channel = Endpoint::from_shared(format!("http://{agent}"))?.connect().await?;
            agents.push(A2aServiceClient::new(channel));
        }
        let journal = args.journal.as_deref().map(Journal::open).transpose()?;
        answer("fanout", &args.serve, Fanout { agents, mode: args.mode, journal }).await
    })
}

struct Fanout {
    agents: Vec<A2aServiceClient<Channel>>,
    mode: Mode,
    journal: Option<Journal>,
}

impl Work for Fanout {
    async fn task(&self, request: SendMessageRequest) -> Result<Task, Status> {
        self.note().await?;
        let artifacts = match self.mode {
            Mode::Parallel => try_join_all(self.agents.iter().map(|agent| call(agent, &request))).await?.concat(),
            Mode::Sequential => self.sequence(&request).await?,
        };
        self.note().await?;
        Ok(prepared_task(TaskState::Completed, artifacts))
    }
}

impl Fanout {
    async fn sequence(&self, request: &SendMessageRequest) -> Result<Vec<Artifact>, Status> {
        let mut artifacts = Vec::new();
        for agent in &self.agents {
            artifacts.extend(call(agent, request).await?);
            self.note().await?;
        }
        Ok(artifacts)
    }

    async fn note(&self) -> Result<(), Status> {
        match &self.journal {
            Some(journal) => journal.append().await,
            None => Ok(()),
        }
    }
}

async fn call(agent: &A2aServiceClient<Channel>, request: &SendMessageRequest) -> Result<Vec<Artifact>, Status> {
    let answer = agent.clone().send_message(Request::new(request.clone())).await?.into_inner();
    match answer.payload {
        Some(send_message_response::Payload::Task(task)) => Ok(task.artifacts),
        Some(send_message_response::Payload::Message(_)) | None => Err(Status::internal("it is no task")),
    }
}
