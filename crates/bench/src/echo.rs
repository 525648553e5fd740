//! The kit under load: an agent that reports working, puts out one text artifact in two chunks, and completes.

use agent::{Agent, Chunk, Context, Failure, Finish, Profile, Setup, words};
use proto::a2a::AgentSkill;
use service::Fatal;

/// Says what it was told.
#[derive(Debug)]
pub struct Echo;

/// It has no settings.
#[derive(Debug, clap::Args)]
pub struct EchoArgs {}

impl Agent for Echo {
    const NAME: &'static str = "echo";
    const ABOUT: &'static str = "Says what it was told; the benchmarks' agent on the kit.";
    const PORT: u16 = 7490;
    const ADMIN_PORT: u16 = 8490;
    // It touches nothing outside the store.
    const EAGER: bool = true;
    type Args = EchoArgs;

    async fn open(EchoArgs {}: EchoArgs, _: &Setup) -> Result<Self, Fatal> {
        Ok(Self)
    }

    fn profile(&self) -> Profile {
        let skill = AgentSkill {
            id: "echo".to_owned(),
            name: "Echo".to_owned(),
            description: "Says what it was told.".to_owned(),
            tags: vec!["bench".to_owned()],
            ..AgentSkill::default()
        };
        Profile {
            name: "Echo Agent".to_owned(),
            description: "The benchmarks' agent.".to_owned(),
            skills: vec![skill],
            extensions: Vec::new(),
        }
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        let text = task.text();
        let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
        let chunk = |part: &str| words::artifact("echo", "echo", vec![words::text_part(part)]);
        task.working("echoing");
        task.chunk(chunk(first), Chunk::First);
        task.chunk(chunk(second), Chunk::Last);
        Ok(Finish::Completed(words::say("echoed")))
    }
}
