//! Our client, our operator and our command line with an agent made with the official Python SDK, over each binding
//! that its card lists.

use a2a::frame::{Event, Update};
use a2a::{Binding, Client, ClientError, Error, Followed, History, Reply};
use futures::StreamExt as _;
use proto::a2a::{ListTasksRequest, SendMessageRequest, Task, TaskState};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{Plan, RunState, StartRunRequest, Step, WatchRunRequest};
use tests::{Cluster, Foreign, Run, Service, binary, eventually, request, state, text};
use types::RemoteTask;

/// The orders of a card's interfaces that put each binding first.
const ORDERS: [[Binding; 3]; 3] = [
    [Binding::Grpc, Binding::JsonRpc, Binding::HttpJson],
    [Binding::JsonRpc, Binding::HttpJson, Binding::Grpc],
    [Binding::HttpJson, Binding::Grpc, Binding::JsonRpc],
];

struct Scene {
    foreign: Foreign,
    client: Client,
    first: Binding,
    /// Where the agent writes; removed at the end.
    _home: tempfile::TempDir,
}

impl Scene {
    async fn open(order: [Binding; 3]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let foreign = Foreign::listing(home.path(), &order).await;
        let client = Client::discover(&foreign.published()).await.unwrap();
        Self { foreign, client, first: order[0], _home: home }
    }

    fn told(&self, words: &str) -> SendMessageRequest {
        request(&format!("{} {words}", self.first), words)
    }

    /// The next turn of a task. It names the conversation too: the SDK does not take it from the task.
    fn answer(&self, task: &Task, words: &str) -> SendMessageRequest {
        let mut answer = self.told(words);
        let message = answer.message.as_mut().unwrap();
        message.task_id.clone_from(&task.id);
        message.context_id.clone_from(&task.context_id);
        answer
    }

    async fn send(&self, words: &str) -> Task {
        match self.client.send(self.told(words)).await.unwrap() {
            Reply::Task(snapshot) => snapshot.task,
            Reply::Message(message) => panic!("{message:?}"),
        }
    }
}

fn id(task: &Task) -> RemoteTask {
    task.id.parse().unwrap()
}

type Stream = futures::stream::BoxStream<'static, Result<Followed, ClientError>>;

/// The task as its followed stream made it.
async fn followed(stream: Stream) -> Task {
    followed_from(Task::default(), stream).await
}

/// The same of a task that is known: the SDK does not begin the stream of a later turn with it.
async fn followed_from(mut task: Task, mut stream: Stream) -> Task {
    while let Some(item) = stream.next().await {
        match item.unwrap() {
            Followed::Event(Event { update: Update::Task(whole), .. }) => task = whole,
            Followed::Event(event) => a2a::fold::apply(&mut task, event.update).unwrap(),
            Followed::Gap(snapshot) => task = snapshot.task,
            Followed::Lost(error) => panic!("{error:?}"),
        }
    }
    task
}

#[tokio::test(flavor = "multi_thread")]
async fn c93_each_operation_works_with_an_official_python_agent_over_each_binding() {
    for order in ORDERS {
        let scene = Scene::open(order).await;
        let client = &scene.client;
        let done = scene.send("work").await;
        assert_eq!((state(&done), text(&done.artifacts[0].parts)), (TaskState::Completed, "result of work".into()));
        let reply = client.send(scene.told("reply")).await.unwrap();
        let Reply::Message(message) = reply else { panic!("{reply:?}") };
        assert_eq!(text(&message.parts), "replied at once");
        let got = client.get(&id(&done), History::All).await.unwrap().task;
        assert_eq!((got.artifacts, got.status), (done.artifacts.clone(), done.status.clone()));
        let query = ListTasksRequest { context_id: done.context_id.clone(), ..ListTasksRequest::default() };
        let page = client.list(query).await.unwrap();
        assert_eq!(page.tasks.iter().map(|task| &task.id).collect::<Vec<_>>(), [&done.id], "{}", scene.first);
        let streamed = followed(client.send_following(scene.told("work streamed"))).await;
        assert_eq!((state(&streamed), streamed.artifacts.len()), (TaskState::Completed, 1), "{streamed:?}");
        println!("{}: send, reply, get, list, stream", scene.first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c93_a_task_of_an_official_python_agent_is_subscribed_to_and_stopped_over_each_binding() {
    for order in ORDERS {
        let scene = Scene::open(order).await;
        let client = &scene.client;
        let mut begun = scene.told("hang");
        begun.configuration.get_or_insert_default().return_immediately = true;
        let Reply::Task(snapshot) = client.send(begun).await.unwrap() else { panic!("no task") };
        let task = id(&snapshot.task);
        let mut following = client.follow(task.clone(), None);
        let first = following.next().await.unwrap().unwrap();
        assert!(matches!(first, Followed::Event(Event { update: Update::Task(_), .. })), "{first:?}");
        let canceled = client.cancel(&task, None).await.unwrap().task;
        assert_eq!(state(&canceled), TaskState::Canceled, "{}", scene.first);
        while let Some(item) = following.next().await {
            assert!(item.is_ok(), "{item:?}");
        }
        // Another stream of a task that has ended, and one that never was.
        assert_eq!(state(&followed(client.follow(task.clone(), None)).await), TaskState::Canceled);
        let refused = client.cancel(&task, None).await;
        assert!(matches!(refused, Err(ClientError::Refused(Error::TaskNotCancelable))), "{refused:?}");
        let nobody: RemoteTask = "nobody".parse().unwrap();
        for error in [client.get(&nobody, History::All).await.err(), client.subscribe(&nobody, None).await.err()] {
            // What gRPC's stream is refused with comes with its first frame.
            let fine = matches!(&error, None | Some(ClientError::Refused(Error::TaskNotFound)));
            assert!(fine, "{}: {error:?}", scene.first);
        }
        println!("{}: subscribe, cancel, resubscribe, refusals", scene.first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_of_many_turns_is_led_over_each_binding() {
    for order in ORDERS {
        let scene = Scene::open(order).await;
        let asked = scene.send("ask").await;
        assert_eq!(state(&asked), TaskState::InputRequired, "{}", scene.first);
        for turn in ["one", "two", "three"] {
            let answer = scene.answer(&asked, turn);
            let Reply::Task(snapshot) = scene.client.send(answer).await.unwrap() else { panic!("no task") };
            assert_eq!((&snapshot.task.id, state(&snapshot.task)), (&asked.id, TaskState::InputRequired), "{turn}");
        }
        let answer = scene.answer(&asked, "done");
        let ended = followed_from(asked.clone(), scene.client.send_following(answer)).await;
        assert_eq!((&ended.id, state(&ended)), (&asked.id, TaskState::Completed), "{}", scene.first);
        println!("{}: five turns", scene.first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_done_by_a_foreign_agent_of_each_binding_found_by_its_card() {
    for order in ORDERS {
        let mut cluster = Cluster::empty();
        let foreign = Foreign::listing(cluster.dir(), &order).await;
        cluster.add(Service::Registry, Vec::new()).await;
        let plumber = format!("Plumber=http://{}", foreign.published());
        cluster.add(Service::Operator, vec!["--foreign-agent".to_owned(), plumber]).await;
        let part = tests::request("", "work").message.unwrap().parts;
        let step = Step { id: "pipes".into(), agent: "Plumber".into(), input: part, ..Step::default() };
        let plan = Plan { title: "Pipes".into(), steps: vec![step], ..Plan::default() };
        let request =
            StartRunRequest { request_id: "r".into(), source: Some(Source::Plan(plan)), ..StartRunRequest::default() };
        let mut client = cluster.orchestrator();
        let id = client.start_run(request).await.unwrap().into_inner().id;
        let mut events = client.watch_run(WatchRunRequest { id: id.clone(), after_seq: 0 }).await.unwrap().into_inner();
        while events.message().await.unwrap().is_some() {}
        let request = proto::watchroom::orchestrator::v1::GetRunRequest { id };
        let run = client.get_run(request).await.unwrap().into_inner();
        assert_eq!(run.state(), RunState::Completed, "{order:?}: {run:?}");
        assert!(text(&run.steps[0].response).contains("result of work"), "{order:?}: {run:?}");
        assert_eq!(foreign.begun().len(), 1, "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reaches_an_agent_by_its_card_or_over_a_binding_of_its_choice() {
    let scene = Scene::open(ORDERS[1]).await;
    let http = scene.foreign.published();
    let ways = [
        vec![format!("http://{http}")],
        vec![format!("grpc://{}", scene.foreign.address())],
        vec![scene.foreign.address().to_owned()],
        vec![format!("http://{http}/rpc"), "--binding".into(), "jsonrpc".into()],
        // The path is in the card.
        vec![http.clone(), "--binding".into(), "jsonrpc".into()],
        vec![format!("http://{http}/"), "--binding".into(), "http+json".into()],
        vec![format!("{http}/rest"), "--binding".into(), "http+json".into()],
        vec![scene.foreign.address().to_owned(), "--binding".into(), "grpc".into()],
    ];
    for way in ways {
        let way: Vec<&str> = std::iter::once("--agent").chain(way.iter().map(String::as_str)).collect();
        let watchroom = async |command: &[&str]| {
            Run::of(&binary("watchroom"), &[command, &way[..]].concat())
                .await
                .expect_ok(&format!("{command:?} {way:?}"))
        };
        let sent = watchroom(&["send", "work"]).await;
        assert!(sent.contains("result of work") && sent.contains("done"), "{way:?}: {sent}");
        let listed = eventually("it is listed", async || {
            let listed = watchroom(&["tasks", "--json"]).await;
            listed.contains("TASK_STATE_COMPLETED").then_some(listed)
        });
        let listed: serde_json::Value = serde_json::from_str(listed.await.lines().next().unwrap()).unwrap();
        let id = listed["id"].as_str().unwrap();
        assert!(watchroom(&["task", id]).await.contains("result of"), "{way:?}");
        assert!(watchroom(&["watch", id]).await.contains("result of"), "{way:?}");
    }
}
