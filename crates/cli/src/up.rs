//! `up`: a cluster on this machine, as child processes.

mod child;
mod keeper;
mod layout;
mod tokens;

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use proto::watchroom::registry::v1::Filter;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::agents;
use crate::args::{Common, ServiceName, Up};
use crate::endpoints::{Cluster, Endpoint, Running};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note};
use crate::show;
use crate::supervisor::lock_file;
use crate::up::child::Child;
use crate::up::keeper::Keeper;
use crate::up::layout::{Layout, Recipe};

/// How long the agents get to register; the cluster works without, and says so.
const GATHER: Duration = Duration::from_secs(10);

/// Between looks at the registry.
const LOOK: Duration = Duration::from_millis(20);

/// Changes that wait to be written down; more cannot happen at once than there are services.
const CHANGES: usize = 8;

/// Starts the services, keeps them running, and stops them on a signal.
pub(crate) async fn run<W: Write>(args: &Up, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let layout = Layout::new(args, common)?;
    let lock = lock(&layout)?;
    let mut stop = StopSignals::new()?;
    let mut control = Control::new(layout);
    let end = tokio::select! {
        end = control.serve(screen) => end,
        () = stop.recv() => Ok(()),
    };
    note("stopping");
    let forget = tokio::select! {
        forget = control.stop() => forget,
        // A second signal: the children see the end of this process, and end too.
        () = stop.recv() => Ok(()),
    };
    drop(lock);
    end.and(forget).map(|()| Outcome::Done)
}

/// The running cluster.
struct Control {
    layout: Layout,
    /// In groups, in the order of their start.
    keepers: Vec<Vec<Keeper>>,
    cluster: Cluster,
    /// Services that are back, or stay down.
    changed: mpsc::Receiver<Running>,
    changes: mpsc::Sender<Running>,
}

impl Control {
    fn new(layout: Layout) -> Self {
        let (changes, changed) = mpsc::channel(CHANGES);
        let cluster = Cluster { pid: std::process::id(), services: Vec::new() };
        Self { layout, keepers: Vec::new(), cluster, changed, changes }
    }

    /// Starts everything, says where it is, and keeps what it said true; ends only if it cannot.
    async fn serve<W: Write>(&mut self, screen: &mut Screen<W>) -> Result<(), Failure> {
        for group in ServiceName::GROUPS {
            self.start(group).await?;
        }
        self.gather().await;
        self.write()?;
        self.show(screen)?;
        while let Some(running) = self.changed.recv().await {
            for service in self.cluster.services.iter_mut().filter(|service| service.name == running.name) {
                service.clone_from(&running);
            }
            self.write()?;
        }
        Ok(())
    }

    /// Starts a group together. The first that fails stops the whole.
    async fn start(&mut self, group: &[ServiceName]) -> Result<(), Failure> {
        let recipes: Vec<Recipe> = self.layout.wanted(group).map(|service| self.layout.recipe(service)).collect();
        let children = futures::future::try_join_all(recipes.iter().map(Child::start)).await?;
        let mut keepers = Vec::with_capacity(children.len());
        for (recipe, child) in recipes.into_iter().zip(children) {
            if recipe.name == ServiceName::Registry.program() {
                self.layout.found_registry(&child.running);
            }
            self.cluster.services.push(child.running.clone());
            keepers.push(Keeper::new(recipe, child, self.changes.clone()));
        }
        self.keepers.push(keepers);
        Ok(())
    }

    /// Waits until the agents are registered, so that the first call finds them.
    async fn gather(&self) {
        let Some(registry) = self.running(ServiceName::Registry) else { return };
        let registry = Endpoint::of_running_registry(registry, self.layout.credential.clone());
        let agents = self.layout.wanted(ServiceName::GROUPS[1]).filter_map(|name| self.running(name));
        let mut missing: Vec<&str> = agents.map(|agent| agent.protocol.as_str()).collect();
        let since = Instant::now();
        while !missing.is_empty() && since.elapsed() < GATHER {
            match agents::query(&registry, Filter::default()).await {
                Ok(found) => missing.retain(|address| !found.iter().any(|agent| agents::is_at(agent, address))),
                Err(Failure::Unreachable { .. }) => {}
                Err(failure) => return note(&format!("the registry does not tell who is registered: {failure}")),
            }
            sleep(LOOK).await;
        }
        if !missing.is_empty() {
            note("not every agent is registered yet; calls wait for them");
        }
    }

    fn running(&self, service: ServiceName) -> Option<&Running> {
        self.cluster.services.iter().find(|running| running.name == service.program())
    }

    fn show<W: Write>(&self, screen: &mut Screen<W>) -> Result<(), Failure> {
        if screen.is_for_script() {
            return Ok(screen.object(&self.cluster)?);
        }
        let row = |it: &Running| [it.name.clone(), it.protocol.clone(), it.admin.clone(), it.pid.to_string()];
        let table = show::table(["SERVICE", "GRPC", "ADMIN", "PID"], self.cluster.services.iter().map(row));
        screen.say(Mark::None, &table)?;
        let ready = format!("ready; {}; Ctrl-C stops everything", self.layout.way_to_find());
        Ok(screen.say(Mark::Success, &ready)?)
    }

    fn write(&self) -> Result<(), Failure> {
        let file = Cluster::file(&self.layout.data_dir);
        let text = serde_json::to_string_pretty(&self.cluster).map_err(|error| Failure::Internal(error.to_string()))?;
        replace(&file, &text).map_err(|error| Failure::io(format_args!("cannot write {}", file.display()), error))
    }

    /// Stops the services, those first that depend on others.
    async fn stop(&mut self) -> Result<(), Failure> {
        while let Some(group) = self.keepers.pop() {
            group.iter().for_each(Keeper::stop);
            futures::future::join_all(group.into_iter().map(Keeper::stopped)).await;
        }
        match fs::remove_file(Cluster::file(&self.layout.data_dir)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::io("cannot remove endpoints.json", error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Holds the data directory for this process alone.
fn lock(layout: &Layout) -> Result<File, Failure> {
    let failed = |error| Failure::io(format_args!("cannot use {}", layout.data_dir.display()), error);
    // For its owner alone, as the services make theirs.
    DirBuilder::new().recursive(true).mode(0o700).create(layout.run_dir()).map_err(failed)?;
    let file = File::create(lock_file(&layout.data_dir)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let dir = layout.data_dir.display();
            Err(Failure::Busy(format!("another `watchroom up` uses {dir}; stop it, or choose another --data-dir")))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Writes beside the file and renames, so that a reader sees all or nothing.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("json.tmp");
    fs::write(&beside, format!("{text}\n"))?;
    fs::rename(&beside, file)
}

/// Everything that asks this process to stop, a closed terminal included.
struct StopSignals([Signal; 3]);

impl StopSignals {
    fn new() -> Result<Self, Failure> {
        let watch =
            |kind| signal(kind).map_err(|error| Failure::Internal(format!("cannot watch for signals: {error}")));
        Ok(Self([watch(SignalKind::interrupt())?, watch(SignalKind::terminate())?, watch(SignalKind::hangup())?]))
    }

    async fn recv(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {}, _ = hangup.recv() => {} }
    }
}
