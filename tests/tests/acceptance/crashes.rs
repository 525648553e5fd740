//! `kill -9` at every point of a run: nobody was told anything that is not so afterwards, and nothing happens twice.

use a2a::Events;
use a2a::frame::{Event, Update};
use a2a::metadata::{PROGRESS, as_integer, as_text, member};
use proto::a2a::TaskState;
use proto::value::Kind;
use tests::{Cluster, Service, Traffic, call, eventually, request, state};
use types::RemoteTask;

use crate::story::{assert_told_once, read_until, task_of, tasks};

/// A run that has just been started, and what its client has seen so far.
struct Scene {
    cluster: Cluster,
    events: Events,
    task: RemoteTask,
    seen: Vec<Event>,
}

impl Scene {
    /// Sends the call and reads the first event. `held` agents get nothing yet.
    async fn open(held: &[Service], traffic: Traffic) -> Self {
        let cluster = Cluster::start_proxied().await;
        for agent in held {
            cluster.proxy(*agent).set(traffic);
        }
        let mut events = cluster.a2a(Service::Operator).stream(request("call-1", call()), None).await.unwrap();
        let seen = read_until(&mut events, |_| true).await;
        Self { task: task_of(&seen[0]), cluster, events, seen }
    }

    async fn read_until(&mut self, wanted: impl Fn(&Event) -> bool) {
        self.seen.extend(read_until(&mut self.events, wanted).await);
    }

    /// Lets everything through again; what was held back is lost with its connections.
    fn release(&self) {
        for agent in Service::AGENTS {
            let proxy = self.cluster.proxy(agent);
            proxy.cut();
            proxy.set(Traffic::Flows);
        }
    }

    async fn crash(&mut self, service: Service) {
        self.cluster.node_mut(service).kill();
        self.release();
        self.cluster.node_mut(service).start().await;
    }

    async fn check(self) {
        assert_told_once(&self.cluster, &self.task, &self.seen).await;
    }

    /// Waits until an agent has committed its answer, whether or not anybody has heard it.
    async fn committed(&self, agent: Service) {
        eventually("the agent has committed its answer", async || {
            tasks(&self.cluster, agent).await.iter().any(|task| state(task) == TaskState::Completed).then_some(())
        })
        .await;
    }
}

fn is_plan(event: &Event) -> bool {
    matches!(&event.update, Update::Artifact(update) if update.artifact.as_ref().is_some_and(|it| it.name == "plan"))
}

/// Whether this is the progress of step `k` having completed.
fn completes(event: &Event, k: u64) -> bool {
    let Update::Status(update) = &event.update else { return false };
    let Some(Kind::StructValue(progress)) = member(update.metadata.as_ref(), PROGRESS).and_then(|it| it.kind.as_ref())
    else {
        return false;
    };
    as_integer(progress.fields.get("k")) == Some(k) && as_text(progress.fields.get("state")) == Some("completed")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_killed_after_accept_goes_on() {
    let mut scene = Scene::open(&[], Traffic::Flows).await;
    scene.crash(Service::Operator).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_killed_after_the_plan_goes_on() {
    let mut scene = Scene::open(&Service::AGENTS, Traffic::Stops).await;
    scene.read_until(is_plan).await;
    scene.crash(Service::Operator).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_killed_between_steps_goes_on() {
    let mut scene = Scene::open(&[Service::Police, Service::Ambulance], Traffic::Stops).await;
    scene.read_until(|event| completes(event, 1)).await;
    scene.crash(Service::Operator).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_killed_before_it_hears_an_answer_goes_on() {
    let mut scene = Scene::open(&[Service::Fire], Traffic::NoAnswers).await;
    scene.committed(Service::Fire).await;
    scene.crash(Service::Operator).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_killed_after_the_last_answer_goes_on() {
    let mut scene = Scene::open(&[], Traffic::Flows).await;
    scene.read_until(|event| completes(event, 3)).await;
    scene.crash(Service::Operator).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_after_accept_is_not_sent_twice() {
    let mut scene = Scene::open(&[Service::Fire], Traffic::NoAnswers).await;
    eventually("the agent has accepted", async || {
        (!tasks(&scene.cluster, Service::Fire).await.is_empty()).then_some(())
    })
    .await;
    scene.crash(Service::Fire).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_after_the_plan_is_dispatched_when_it_is_back() {
    let mut scene = Scene::open(&Service::AGENTS, Traffic::Stops).await;
    scene.read_until(is_plan).await;
    scene.crash(Service::Fire).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_killed_between_steps_are_not_sent_twice() {
    let mut scene = Scene::open(&[Service::Police], Traffic::Stops).await;
    scene.read_until(|event| completes(event, 1)).await;
    scene.cluster.crash(Service::Fire).await;
    scene.crash(Service::Police).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_killed_between_its_commit_and_its_answer_assigns_its_units_once() {
    let mut scene = Scene::open(&[Service::Fire], Traffic::NoAnswers).await;
    scene.committed(Service::Fire).await;
    scene.crash(Service::Fire).await;
    scene.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_killed_after_the_last_answer_keep_what_they_did() {
    let mut scene = Scene::open(&[], Traffic::Flows).await;
    scene.read_until(|event| completes(event, 3)).await;
    for agent in Service::AGENTS {
        scene.crash(agent).await;
    }
    scene.check().await;
}

/// The points between the named ones, a few at random: the seed is printed, and `SEED` repeats a run.
#[tokio::test(flavor = "multi_thread")]
async fn everything_killed_at_random_moments_goes_on() {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed: u64 = std::env::var("SEED").map_or(clock.as_millis() as u64, |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    let mut random = seed;
    for victim in [Service::Operator, Service::Fire, Service::Operator, Service::Police, Service::Operator] {
        // Knuth's MMIX generator; its high bits are the good ones.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let frames = usize::try_from((random >> 33) % 8).unwrap();
        println!("{} after {frames} more frames", victim.name());
        let mut scene = Scene::open(&[], Traffic::Flows).await;
        for _ in 0..frames {
            if scene.seen.last().is_some_and(tests::finished) {
                break;
            }
            scene.read_until(|_| true).await;
        }
        scene.crash(victim).await;
        scene.check().await;
    }
}
