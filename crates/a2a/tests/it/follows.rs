//! Following a task through every kind of broken connection.

use std::time::Duration;

use a2a::frame::{self, Update};
use a2a::{ClientError, Error, Followed};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use proto::a2a::{Role, StreamResponse, Task, stream_response::Payload};
use types::{RemoteTask, Seq, TaskState};

use crate::stage::{Act, Asked, IDS, Served, Stage, TASK, folded, message, request, script, status};

type Stream = BoxStream<'static, Result<Followed, ClientError>>;

/// What a listener held in the end, and how it came to it.
#[derive(Default)]
struct Heard {
    seqs: Vec<u64>,
    gaps: Vec<Option<Seq>>,
    losses: usize,
    task: Task,
    error: Option<ClientError>,
}

/// Listens to the end; under [`Act::Hang`] it cuts the connection after every frame.
async fn listen(served: &Served, stream: Stream) -> Heard {
    let begun = Task { id: TASK.into(), ..Task::default() };
    tokio::time::timeout(Duration::from_secs(20), listen_from(served, begun, stream)).await.expect("the task ends")
}

async fn listen_from(served: &Served, task: Task, mut stream: Stream) -> Heard {
    let mut heard = Heard { task, ..Heard::default() };
    while let Some(item) = stream.next().await {
        match item {
            Ok(Followed::Event(event)) => {
                heard.seqs.extend(event.cursor.map(|cursor| cursor.seq.0));
                a2a::fold::apply(&mut heard.task, event.update).unwrap();
                served.cut_if_hanging();
            }
            Ok(Followed::Gap(snapshot)) => {
                heard.gaps.push(snapshot.seq);
                heard.task = snapshot.task;
                served.cut_if_hanging();
            }
            Ok(Followed::Lost(_)) => heard.losses += 1,
            Err(error) => heard.error = Some(error),
        }
    }
    heard
}

fn task() -> RemoteTask {
    TASK.parse().unwrap()
}

#[tokio::test]
async fn c115_a_stream_cut_at_every_event_brings_each_frame_once_and_in_order() {
    for act in [Act::Close(1), Act::Fail(1), Act::Hang(1)] {
        let served = Served::start(Stage::acting(5, [act])).await;
        let heard = listen(&served, served.client().follow(task(), Some(Seq::ZERO))).await;
        assert_eq!(heard.seqs, (1..=8).collect::<Vec<_>>(), "{act:?}");
        assert_eq!(heard.gaps, [], "{act:?}");
        assert!(heard.error.is_none(), "{act:?}: {:?}", heard.error);
        assert_eq!(heard.task, folded(&served.stage.log), "{act:?}");
    }
}

#[tokio::test]
async fn a_stream_cut_before_its_first_frame_is_tried_again() {
    let acts = [Act::Kill, Act::Refuse, Act::Fail(0), Act::Close(0), Act::Fail(2), Act::Whole];
    let served = Served::start(Stage::acting(2, acts)).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq::ZERO))).await;
    assert_eq!(heard.seqs, [1, 2, 3, 4, 5]);
    assert!(heard.losses >= 3, "{}", heard.losses);
    assert_eq!(heard.gaps, []);
}

#[tokio::test]
async fn following_begins_after_any_frame() {
    for from in 0..=5 {
        let served = Served::start(Stage::acting(2, [Act::Fail(1), Act::Whole])).await;
        let begun = folded(&served.stage.log[..usize::try_from(from).unwrap()]);
        let heard = listen_from(&served, begun, served.client().follow(task(), Some(Seq(from)))).await;
        assert_eq!(heard.seqs, (from + 1..=5).collect::<Vec<_>>());
        assert!(heard.error.is_none());
    }
}

#[tokio::test]
async fn a_sent_message_is_followed_by_its_task_and_sent_once() {
    for act in [Act::Close(1), Act::Fail(1), Act::Hang(1)] {
        let served = Served::start(Stage::acting(3, [act])).await;
        let heard = listen(&served, served.client().send_following(request(message("go")))).await;
        assert_eq!(heard.seqs, [1, 2, 3, 4, 5, 6], "{act:?}");
        let sent = served.asked().iter().filter(|asked| matches!(asked, Asked::Send(..))).count();
        assert_eq!(sent, 1, "{act:?}");
    }
}

#[tokio::test]
async fn a_message_whose_stream_brings_nothing_is_not_sent_again() {
    let served = Served::start(Stage::acting(3, [Act::Fail(0)])).await;
    let heard = listen(&served, served.client().send_following(request(message("go")))).await;
    assert!(matches!(heard.error, Some(ClientError::Refused(Error::Unavailable { .. }))), "{:?}", heard.error);
    assert_eq!(served.asked().len(), 1);
}

#[tokio::test]
async fn a_frame_that_is_missing_once_is_fetched_by_the_next_connection() {
    let served = Served::start(Stage::acting(3, [Act::Without(4), Act::Whole])).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq::ZERO))).await;
    assert_eq!(heard.seqs, [1, 2, 3, 4, 5, 6]);
    assert_eq!(heard.gaps, []);
}

#[tokio::test]
async fn a_frame_that_is_lost_for_good_is_a_gap_with_the_whole_task() {
    let served = Served::start(Stage::acting(3, [Act::Without(4)])).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq::ZERO))).await;
    assert_eq!(heard.seqs, [1, 2, 3]);
    assert_eq!(heard.gaps, [Some(Seq(6))]);
    assert_eq!(heard.task, folded(&served.stage.log));
}

#[tokio::test]
async fn frames_that_come_again_are_passed_over() {
    let served = Served::start(Stage::acting(3, [Act::Fail(3), Act::Again])).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq::ZERO))).await;
    assert_eq!(heard.seqs, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn c115_a_cursor_past_the_head_is_a_gap() {
    let served = Served::start(Stage::acting(3, [Act::Whole])).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq(99)))).await;
    assert_eq!((heard.seqs, heard.gaps), (vec![], vec![Some(Seq(6))]));
    assert_eq!(heard.task, folded(&served.stage.log));
}

#[tokio::test]
async fn c115_an_agent_without_cursors_is_synchronised_by_its_task() {
    for act in [Act::Close(2), Act::Fail(2), Act::Hang(2)] {
        let stage = Stage { numbered: false, ..Stage::acting(3, [act, Act::Fail(3), Act::Whole]) };
        let served = Served::start(stage).await;
        let heard = listen(&served, served.client().follow(task(), None)).await;
        assert!(heard.seqs.is_empty());
        // Each connection begins with the task as it was created, which is not where the listener stands.
        assert!(!heard.gaps.is_empty(), "{act:?}");
        let task = folded(&served.stage.log);
        assert_eq!((heard.task.status, heard.task.artifacts), (task.status, task.artifacts), "{act:?}");
    }
}

#[tokio::test]
async fn c115_an_ended_task_that_cannot_be_subscribed_to_is_fetched() {
    for numbered in [true, false] {
        let mut stage = Stage { numbered, ..Stage::acting(3, [Act::Whole]) };
        // Not to stream has the same answer as a task that has ended.
        stage.card.capabilities.as_mut().unwrap().streaming = None;
        let served = Served::start(stage).await;
        let heard = listen(&served, served.client().follow(task(), None)).await;
        assert_eq!(heard.gaps, []);
        assert_eq!(heard.task, folded(&served.stage.log));
    }
}

#[tokio::test]
async fn a_refusal_that_will_not_change_ends_the_following() {
    let served = Served::start(Stage::failing(Error::TaskNotFound)).await;
    let heard = listen(&served, served.client().follow(task(), Some(Seq(3)))).await;
    assert!(matches!(heard.error, Some(ClientError::Refused(Error::TaskNotFound))));
    assert_eq!(heard.losses, 0);
}

#[tokio::test]
async fn an_agent_that_is_away_is_waited_for() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = a2a::Client::connect(&closed.to_string()).unwrap();
    let mut stream = client.follow(task(), Some(Seq::ZERO));
    for _ in 0..3 {
        let item = stream.next().await.unwrap();
        assert!(matches!(item, Ok(Followed::Lost(ClientError::Unreachable(_)))), "{item:?}");
    }
}

#[tokio::test]
async fn a_direct_reply_ends_the_stream() {
    let reply = StreamResponse { payload: Some(Payload::Message(message("reply"))) };
    let stage = Stage { log: vec![prost::Message::encode_to_vec(&reply).into()], ..Stage::new() };
    let served = Served::start(stage).await;
    let items: Vec<_> = served.client().send_following(request(message("go"))).collect().await;
    let [Ok(Followed::Event(event))] = &items[..] else { panic!("{items:?}") };
    assert!(matches!(event.update, Update::Message(_)));
}

#[tokio::test]
async fn work_that_ends_at_once_takes_one_call_if_the_answer_holds_all_that_was_said() {
    let wordless = |mut log: Vec<Bytes>| {
        log.remove(1);
        log
    };
    let plain = |mut log: Vec<Bytes>| {
        log[1] = frame::status(IDS, &status(TaskState::Working, Some("begun")), None, Seq(2));
        log
    };
    for log in [wordless(script(1)), plain(script(1))] {
        let ended = log.len() as u64;
        let served = Served::start(Stage { log, ..Stage::new() }).await;
        let heard = listen(&served, served.client().delegate((&message("go")).into())).await;
        assert_eq!(heard.seqs, [ended]);
        let mut whole = folded(&served.stage.log);
        whole.history.retain(|message| message.role != i32::from(Role::User));
        assert_eq!(heard.task, whole, "all but what the caller said itself");
        let [Asked::Send(_, sent)] = &served.asked()[..] else { panic!("{:?}", served.asked()) };
        assert_eq!(sent.wait, a2a::Wait::Immediately);
    }
}

#[tokio::test]
async fn work_that_says_more_than_its_answer_holds_is_streamed_from_its_first_frame() {
    for act in [Act::Whole, Act::Close(1), Act::Fail(1), Act::Hang(1)] {
        let served = Served::start(Stage::acting(3, [act])).await;
        let heard = listen(&served, served.client().delegate((&message("go")).into())).await;
        assert_eq!(heard.seqs, [1, 2, 3, 4, 5, 6], "{act:?}");
        assert_eq!((heard.gaps, heard.task), (vec![], folded(&served.stage.log)), "{act:?}");
        let sent = served.asked().iter().filter(|asked| matches!(asked, Asked::Send(..))).count();
        assert_eq!(sent, 1, "{act:?}");
    }
}

#[tokio::test]
async fn work_whose_stream_cannot_begin_is_for_its_sender_to_send_again() {
    for act in [Act::Refuse, Act::Fail(0), Act::Close(0)] {
        let served = Served::start(Stage::acting(3, [act])).await;
        let heard = listen(&served, served.client().delegate((&message("go")).into())).await;
        // Not the stream's own error: that one may say that nothing was accepted.
        assert!(matches!(heard.error, Some(ClientError::Invalid(_))), "{act:?}");
        assert_eq!((heard.seqs, heard.losses), (vec![], 0), "{act:?}");
    }
}
