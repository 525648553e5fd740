//! The kit under load: an agent that reports working, puts out one text artifact in two chunks, and completes.

use std::time::Duration;

use a2a::{Heard, metadata};
use agent::{Agent, Chunk, Context, Failure, Finish, Profile, Setup, words};
use proto::a2a::{AgentSkill, Message};
use service::Fatal;
use types::Owner;

/// Events that one commit may hold.
const BURST: u64 = 16;

/// Says what it was told. `emit N` makes it a writer of N events, `sleep N` one that works for N ms,
/// `wait` a task that stays open until it is cancelled, `ask` one that asks, and asks again until it is told `done`;
/// `reply WORDS` is answered directly, without a task.
#[derive(Debug)]
pub struct Echo(EchoArgs);

/// What it calls itself.
#[derive(Debug, Clone, clap::Args)]
pub struct EchoArgs {
    /// The name on its card.
    #[arg(long, default_value = "Echo Agent")]
    agent_name: String,
    /// The skill on its card.
    #[arg(long, default_value = "echo")]
    skill: String,
}

impl Echo {
    /// With this name and this one skill on its card.
    pub fn new(name: &str, skill: &str) -> Self {
        Self(EchoArgs { agent_name: name.to_owned(), skill: skill.to_owned() })
    }
}

impl Agent for Echo {
    const NAME: &'static str = "echo";
    const ABOUT: &'static str = "Says what it was told; the benchmarks' agent on the kit.";
    const PORT: u16 = 7490;
    const ADMIN_PORT: u16 = 8490;
    // It touches nothing outside the store.
    const EAGER: bool = true;
    type Args = EchoArgs;

    async fn open(args: EchoArgs, _: &Setup) -> Result<Self, Fatal> {
        Ok(Self(args))
    }

    fn profile(&self) -> Profile {
        let skill = AgentSkill {
            id: self.0.skill.clone(),
            name: "Echo".to_owned(),
            description: "Says what it was told.".to_owned(),
            tags: vec!["bench".to_owned()],
            ..AgentSkill::default()
        };
        Profile {
            name: self.0.agent_name.clone(),
            description: "The benchmarks' agent.".to_owned(),
            skills: vec![skill],
            ..Profile::default()
        }
    }

    async fn reply(&self, _: &Owner, message: &Heard) -> Option<Message> {
        message.text().strip_prefix("reply ").map(words::say)
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        let text = task.text();
        if let Some(count) = text.strip_prefix("emit ").and_then(|count| count.parse().ok()) {
            return emit(task, count).await;
        }
        if let Some(millis) = text.strip_prefix("sleep ").and_then(|millis| millis.parse().ok()) {
            task.working("sleeping");
            let canceled = task.canceled();
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(millis)) => {}
                () = canceled.cancelled() => return Err(Failure("canceled".to_owned())),
            }
            return Ok(Finish::Completed(words::say("slept")));
        }
        if text == "wait" {
            task.working("waiting");
            task.canceled().cancelled().await;
            return Err(Failure("canceled".to_owned()));
        }
        if text == "ask" || (task.turn() > 1 && text != "done") {
            return Ok(Finish::InputRequired { message: words::say("what else?"), reason: "clarification" });
        }
        let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
        let chunk = |part: &str| words::artifact("echo", "echo", vec![words::text_part(part)]);
        task.working("echoing");
        task.chunk(chunk(first), Chunk::First);
        task.chunk(chunk(second), Chunk::Last);
        Ok(Finish::Completed(words::say("echoed")))
    }
}

/// Emits small events as fast as they become durable.
async fn emit(task: &mut Context, count: u64) -> Result<Finish, Failure> {
    for number in 0..count {
        let metadata = metadata::structure([("urn:watchroom:bench:event", metadata::count(number))]);
        task.progress(None, metadata);
        if number % BURST == 0 {
            task.durable().await?;
        }
    }
    Ok(Finish::Completed(words::say("emitted")))
}
