//! The registry as a process: open the store, bind, serve, close.

use std::sync::Arc;

use proto::registry_server::RegistryServer;
use service::{Fatal, Process, Role, Rule, limits};
use store::{EmbeddedStore, MemoryStore, Options, Store};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tracing::Instrument;

use crate::args::Args;
use crate::fetch::OverHttp;
use crate::meters::Meters;
use crate::owner::{Lost, Opened, Owner};
use crate::rpc::Rpc;
use crate::trust::Trust;
use crate::verifier::Verifier;

/// Who may call what, where callers must say who they are. To look is for everybody with a token.
const RULES: [Rule; 7] = [
    Rule { path: agent::Admin::PATH, roles: &[] },
    Rule { path: "/watchroom.registry.v1.Registry/Register", roles: &[Role::Agent] },
    Rule { path: "/watchroom.registry.v1.Registry/KeepAlive", roles: &[Role::Agent] },
    Rule { path: "/watchroom.registry.v1.Registry/Deregister", roles: &[Role::Agent] },
    Rule { path: "/watchroom.registry.v1.Registry/ReportOutcome", roles: &[Role::Agent] },
    Rule { path: "/watchroom.registry.v1.Registry/SetDraining", roles: &[] },
    Rule { path: "", roles: &[Role::Caller, Role::Agent] },
];

/// Runs the registry until it is drained.
///
/// # Errors
/// [`Fatal`] when it cannot start, or cannot go on.
pub async fn run(args: Args, process: Process) -> Result<(), Fatal> {
    if let Some(file) = &args.restore {
        return agent::restore(file, process.name(), &args.data_dir);
    }
    let store = open_store(&args)?;
    serve(&args, &process, store).await
}

/// As [`run`], over a store that is open already; it is closed at the end.
///
/// # Errors
/// As [`run`].
pub async fn serve(args: &Args, process: &Process, store: Arc<dyn Store>) -> Result<(), Fatal> {
    let served = serve_until_drained(args, process, store.clone()).await;
    let closed = store.close().await.map_err(|error| Fatal::internal("cannot close the store", error));
    served.and(closed)
}

async fn serve_until_drained(args: &Args, process: &Process, store: Arc<dyn Store>) -> Result<(), Fatal> {
    let meters = Meters::default();
    meters.register(process.metrics());
    // There are no tasks here whose entries could be described.
    let admin = agent::Admin::service(process.clone(), store.clone(), |_| ("unknown", String::new()));
    let trust = Arc::new(Trust::open(args.trust.as_deref())?);
    let opened = Owner::open(store, args.terms(), meters, &trust).await;
    let Opened { owner, handle, registry_id } =
        opened.map_err(|error| Fatal::internal("the registry cannot start from its store", error))?;
    let bound = process.bind()?;
    let stop = CancellationToken::new();
    let mut owning = tokio::spawn(owner.run(stop.clone()).instrument(tracing::info_span!("owner")));
    let verifier = Verifier::new(
        handle.clone(),
        trust.clone(),
        args.fetch_cards.map(|reach| OverHttp(reach.dialer(process.roots()))),
    );
    let verifying = tokio::spawn(verifier.run(stop.clone()).instrument(tracing::info_span!("verifier")));
    let server =
        RegistryServer::new(Rpc::new(handle.clone(), registry_id, trust)).max_decoding_message_size(limits::DECODE);
    let descriptors = [proto::DESCRIPTORS];
    let serving = bound.ruled(&RULES).serve(Routes::new(server).add_service(admin), &descriptors);
    let served = tokio::select! {
        served = serving => served,
        lost = &mut owning => return Err(broken(lost)),
    };
    stop.cancel();
    verifying.await.map_err(|error| Fatal::internal("the registry's verifier failed", error))?;
    // Held until here: the owner ends when it is told to, not when the listener lets go of the last handle.
    drop(handle);
    let owned = owning.await.map_err(|error| Fatal::internal("the registry's owner failed", error))?;
    served.and(owned.map_err(|lost| Fatal::internal("the registry stopped", lost)))
}

/// The owner ends before the listeners only when something is wrong.
fn broken(end: Result<Result<(), Lost>, tokio::task::JoinError>) -> Fatal {
    let what = "the registry cannot go on";
    match end {
        Ok(Ok(())) => Fatal::internal(what, "its owner ended without being asked to"),
        Ok(Err(lost)) => Fatal::internal(what, lost),
        Err(error) => Fatal::internal(what, error),
    }
}

fn open_store(args: &Args) -> Result<Arc<dyn Store>, Fatal> {
    if args.in_memory {
        tracing::warn!("registrations are kept in memory only: after a restart every instance registers again");
        return Ok(Arc::new(MemoryStore::new()));
    }
    // The commit that failed tells the owner, and the owner ends the process.
    let fatal = store::Fatal::new(|reason| tracing::error!(reason, "the store failed"));
    let options = Options { fatal, ..Options::at(&args.data_dir) };
    let store = EmbeddedStore::open(options).map_err(|error| Fatal::io("cannot open --data-dir", error))?;
    Ok(Arc::new(store))
}
