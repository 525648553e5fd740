//! The agent that plays the behaviours.

use std::time::Duration;

use a2a::Heard;
use a2a::metadata::{number, object, text};
use agent::{Agent, Chunk, Context, Failure, Finish, Profile, Setup, words};
use bytes::Bytes;
use proto::a2a::{AgentSkill, Artifact, Message, Part, part::Content};
use service::Fatal;
use tokio::time::timeout;
use types::Owner;

use super::command::Flags;
use super::script::{Behaviour, Out, is_done};

/// Does what messages ask for.
#[derive(Debug)]
pub(crate) struct Player(Flags);

impl Agent for Player {
    const NAME: &'static str = "conformance";
    const ABOUT: &'static str = "The kit with scripted behaviour, for conformance suites; for tests only";
    const PORT: u16 = 7495;
    const ADMIN_PORT: u16 = 8495;
    type Args = Flags;

    async fn open(flags: Flags, _: &Setup) -> Result<Self, Fatal> {
        Ok(Self(flags))
    }

    fn profile(&self) -> Profile {
        Profile {
            name: "Conformance Agent".to_owned(),
            description: "Behaves as the id of a message says".to_owned(),
            skills: vec![skill("script", "Plays the behaviour that the id of a message names")],
            required_extensions: self.0.required(),
            without: self.0.without(),
            ..Profile::default()
        }
    }

    fn private_skills(&self) -> Vec<AgentSkill> {
        vec![skill("private", "Only known callers are told of it")]
    }

    async fn reply(&self, _: &Owner, message: &Heard) -> Option<Message> {
        (Behaviour::of(message) == Behaviour::Reply).then(|| words::say("Direct message response"))
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        match Behaviour::of(&task.history()[0]) {
            // A reply was asked for within a task: it is said there.
            Behaviour::Complete | Behaviour::Reply => Ok(completed()),
            Behaviour::Artifact(out) => {
                task.artifact(artifact(vec![part(out)]));
                Ok(completed())
            }
            Behaviour::Stream(out) => {
                task.working("working");
                task.artifact(artifact(vec![part(out)]));
                Ok(completed())
            }
            Behaviour::Chunks => {
                task.working("working");
                task.chunk(artifact(vec![words::text_part("chunk-1 ")]), Chunk::First);
                task.chunk(artifact(vec![words::text_part("chunk-2")]), Chunk::Last);
                Ok(completed())
            }
            Behaviour::Converse if task.turn() > 1 && is_done(task.message()) => Ok(completed()),
            Behaviour::Converse => {
                Ok(Finish::InputRequired { message: words::say("Input required; say done to end"), reason: "script" })
            }
            Behaviour::AskAuth if task.turn() > 1 => Ok(completed()),
            Behaviour::AskAuth => Ok(Finish::AuthRequired(words::say("Authorisation required"))),
            Behaviour::Reject => Ok(Finish::Rejected(words::say("rejected"))),
            Behaviour::Fail => Err(Failure("failed as asked".to_owned())),
            Behaviour::Work(time) => work(task, time).await,
        }
    }
}

async fn work(task: &mut Context, time: Duration) -> Result<Finish, Failure> {
    task.working("working");
    match timeout(time, task.canceled().cancelled_owned()).await {
        Ok(()) => Err(Failure("canceled".to_owned())),
        Err(_) => Ok(completed()),
    }
}

fn completed() -> Finish {
    Finish::Completed(words::say("Hello from TCK"))
}

fn artifact(parts: Vec<Part>) -> Artifact {
    words::artifact("output", "output", parts)
}

fn part(out: Out) -> Part {
    let file = |content| Part {
        content: Some(content),
        filename: "output.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        ..Part::default()
    };
    match out {
        Out::Text(text) => words::text_part(text),
        Out::File => file(Content::Raw(Bytes::from_static(b"Generated text content"))),
        Out::FileUrl => file(Content::Url("https://example.com/output.txt".to_owned())),
        Out::Data => {
            words::data_part(object([("key".to_owned(), text("value")), ("count".to_owned(), number(42))].into()))
        }
    }
}

fn skill(id: &str, description: &str) -> AgentSkill {
    AgentSkill {
        id: id.to_owned(),
        name: id.to_owned(),
        description: description.to_owned(),
        tags: vec!["test".to_owned()],
        ..AgentSkill::default()
    }
}
