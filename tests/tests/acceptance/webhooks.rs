//! `watchroom webhook`: the webhooks of a task of one's own, over every binding, and what they are told from then on.

use a2a::Reply;
use proto::a2a::TaskState;
use serde_json::Value;
use tests::{Cluster, Receiver, Run, Service, binary, eventually, finished, request, state};

/// A call that the operator asks back about, so that its task stays open.
const VAGUE: &str = "There is a fire, come quickly!";

/// An operator whose address is named with a binding.
struct Desk {
    cluster: Cluster,
    binding: &'static str,
}

impl Desk {
    async fn run(&self, args: &[&str]) -> Run {
        let agent = format!("http://{}", self.cluster.node(Service::Operator).address());
        let args = [&["webhook"], args, &["--agent", &agent, "--binding", self.binding]].concat();
        Run::of(&binary("watchroom"), &args).await
    }

    async fn ok(&self, args: &[&str]) -> String {
        self.run(args).await.expect_ok(&args.join(" "))
    }

    async fn json(&self, args: &[&str]) -> Vec<Value> {
        let out = self.ok(&[args, &["--json"]].concat()).await;
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A task that waits for an answer.
    async fn task(&self) -> String {
        let asked = self
            .cluster
            .a2a(Service::Operator)
            .send(request(&types::TaskId::fresh().to_string(), VAGUE))
            .await
            .unwrap();
        let Reply::Task(asked) = asked else { panic!("{asked:?}") };
        assert_eq!(state(&asked.task), TaskState::InputRequired);
        asked.task.id
    }
}

async fn desk() -> Desk {
    let mut cluster = Cluster::empty();
    cluster.add(Service::Registry, Vec::new()).await;
    // There is nobody to be sent: that is told soon, and then the question is open.
    let flags = ["--push-allow", "127.0.0.1", "--endpoint-wait", "200ms"];
    cluster.add(Service::Operator, flags.map(str::to_owned).to_vec()).await;
    Desk { cluster, binding: "grpc" }
}

async fn from_the_first_to_the_last(desk: &Desk) {
    let (kept, gone, task) = (Receiver::start().await, Receiver::start().await, desk.task().await);
    let keys = ["--notification-token", "t0ken", "--scheme", "Bearer", "--credentials", "w0rd"];
    let told = desk.ok(&[&["add", &task, &kept.url(), "--id", "kept"], &keys[..]].concat()).await;
    assert!(told.contains(&kept.url()) && told.contains("webhook kept"), "{told}");
    let made = desk.json(&["add", &task, &gone.url()]).await.remove(0);
    let id = made["id"].as_str().unwrap().to_owned();

    let listed = desk.json(&["list", &task]).await;
    let mut urls: Vec<&str> = listed.iter().map(|one| one["url"].as_str().unwrap()).collect();
    urls.sort_unstable();
    let mut wanted = [kept.url(), gone.url()];
    wanted.sort_unstable();
    assert_eq!(urls, wanted, "{}", desk.binding);
    let shown = desk.ok(&["show", &task, "kept"]).await;
    assert!(shown.contains("kept") && shown.contains(&kept.url()) && shown.contains("Bearer"), "{shown}");
    let all = format!("{shown}{listed:?}{}", desk.ok(&["list", &task]).await);
    assert!(!all.contains("t0ken") && !all.contains("w0rd"), "keys are not read back: {all}");

    let told = desk.ok(&["remove", &task, &id]).await;
    assert!(told.contains(&id) && told.contains("nothing more"), "{told}");
    assert_eq!(desk.json(&["remove", &task, &id]).await[0]["removed"], false, "there is none any more");
    assert_eq!(desk.json(&["list", &task]).await.len(), 1);
    let none = desk.run(&["show", &task, &id]).await;
    assert!(!none.ok && none.err.contains(&format!("has no webhook {id}")), "{none:?}");

    let operator = desk.cluster.a2a(Service::Operator);
    operator.cancel(&task.parse().unwrap(), None).await.unwrap();
    let end = eventually("the end is told", async || kept.told().into_iter().find(|told| finished(&told.event))).await;
    for header in ["x-a2a-notification-token: t0ken", "authorization: bearer w0rd"] {
        assert!(end.head.contains(header), "{header} in {}", end.head);
    }
    assert!(!gone.told().iter().any(|told| finished(&told.event)), "{}", desk.binding);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_a_task_are_added_listed_shown_and_removed_over_every_binding() {
    let mut desk = desk().await;
    for binding in ["grpc", "jsonrpc", "http+json"] {
        desk.binding = binding;
        from_the_first_to_the_last(&desk).await;
        let task = desk.task().await;
        let refused = desk.run(&["add", &task, "http://10.0.0.1/"]).await;
        assert!(!refused.ok && refused.err.contains("--push-allow"), "{refused:?}");
        let none = desk.ok(&["list", &task]).await;
        assert_eq!(none, "no webhook is told of it\n", "{binding}");
    }
}
