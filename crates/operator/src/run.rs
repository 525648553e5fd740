//! From arguments to a serving process.

use std::time::Duration;

use agent::{Profile, Setup};
use discovery::{Filter, Outcomes, View};
use orchestrator::{Api, Runs, Settings};
use outbound::Dialer;
use proto::a2a::AgentSkill;
use service::client::Peer;
use service::{Fatal, Process};
use tracing::Instrument;

use crate::Args;

/// How long a start waits for a registry that neither answers nor refuses, before it goes on with what it knows:
/// the stores of what is in flight, which are in the log.
const REGISTRY_PATIENCE: Duration = Duration::from_secs(3);

/// Serves A2A, the API of runs and the log on one port until the process is drained.
pub async fn run(args: Args, process: Process) -> Result<(), Fatal> {
    if args.kit.restored(process.name())? {
        return Ok(());
    }
    let mut setup = Setup::open(&args.kit, &process).await?;
    let credential = args.kit.credential()?;
    let registry = Peer::new(&args.kit.registry, credential.clone()).via(Dialer::anywhere(process.roots().clone()));
    let view = watch(registry.clone(), &process)?;
    let outcomes = Outcomes::report(registry, process.drain().streams_end());
    let outcomes = outcomes.map_err(|error| Fatal::usage(format!("--registry: {error}")))?;
    let settings = Settings { credential, roots: process.roots().clone(), ..args.runs.settings() };
    let runs = Runs::new(settings, view, outcomes);
    runs.register(process.metrics());
    let kit = setup.start(runs, profile()).await?;
    let unreadable = |error| Fatal::internal("the store cannot be read", error);
    orchestrator::take_up(&kit).await.map_err(unreadable)?;
    let incidents = orchestrator::incidents(&kit).await.map_err(unreadable)?;
    let api = Api::service(kit.clone());
    setup.serve(kit, |routes| routes.add_service(api).add_service(incidents)).await
}

/// Follows the registry. Its loss stops the discovery of new agents and nothing else, so also not the start.
fn watch(registry: Peer, process: &Process) -> Result<View, Fatal> {
    let stop = process.drain().streams_end();
    let view =
        View::watch(registry, Filter::default(), stop).map_err(|error| Fatal::usage(format!("--registry: {error}")))?;
    let (ready, seen) = (process.readiness("registry"), view.clone());
    let wait = async move {
        let tried = seen.until(|view| view.tried().then_some(()));
        // What could not be asked in time is not synced either.
        tokio::time::timeout(REGISTRY_PATIENCE, tried).await.ok();
        if !seen.synced() {
            tracing::warn!("the registry is out of reach; steps wait for endpoints until it is back");
        }
        ready.ready();
    };
    tokio::spawn(wait.instrument(tracing::debug_span!("registry")));
    Ok(view)
}

fn profile() -> Profile {
    let skill = AgentSkill {
        id: "emergency-call".to_owned(),
        name: "Emergency call".to_owned(),
        description: "Takes a call in plain words, plans which services are needed, dispatches them and reports"
            .to_owned(),
        tags: ["emergency", "dispatch", "orchestration"].map(str::to_owned).to_vec(),
        examples: vec!["Fire at 12 Mill Lane, two people are hurt".to_owned()],
        ..AgentSkill::default()
    };
    Profile {
        name: "Emergency Operator".to_owned(),
        description: "Runs plans over agents: each call becomes a visible plan that is followed to its end".to_owned(),
        skills: vec![skill],
        extensions: vec![a2a::metadata::PROGRESS, a2a::metadata::PLAN, a2a::metadata::REASON],
        role: "orchestrator",
        domain: "emergency",
        ..Profile::default()
    }
}
