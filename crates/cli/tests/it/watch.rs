//! `watch` of tasks that wait for an answer, and from places that are not in the log.

use proto::a2a::TaskState;

use crate::answers::{Agent, Answer, all};
use crate::frames::{TASK, begun, plan, resumed, status};
use crate::support::run;

const QUESTION: &str = "which house?";

#[tokio::test]
async fn a_question_ends_it_with_2_although_the_stream_stays_open() {
    let frames = all([begun(3), status(4, TaskState::InputRequired, QUESTION)]);
    let (_agent, url) = Agent::start([Answer::Hang(frames)]).await;
    let ended = run(&["watch", "waiting", "--agent", &url]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.out.ends_with("input required: which house?\n"), "{ended:?}");
    assert!(ended.err.contains(&format!("watchroom send --task {TASK} --agent {url}")), "{ended:?}");
}

#[tokio::test]
async fn a_question_that_was_shown_before_is_shown_again() {
    let (_agent, url) = Agent::start([]).await;
    let ended = run(&["watch", "waiting", "--from", "4", "--agent", &url]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.out.contains(QUESTION) && ended.err.contains("answer with"), "{ended:?}");
}

#[tokio::test]
async fn a_question_that_was_answered_since_is_part_of_the_story() {
    let asked = status(3, TaskState::InputRequired, QUESTION);
    let frames = [begun(1), status(2, TaskState::Working, "looking"), asked, status(4, TaskState::Completed, "found")];
    let (_agent, url) = Agent::start([Answer::Frames(all(frames))]).await;
    let ended = run(&["watch", TASK, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("input required: which house?\ncompleted: found\n"), "{ended:?}");
}

#[tokio::test]
async fn a_place_beyond_the_end_is_the_end() {
    let (_agent, url) = Agent::start([Answer::Frames(all([resumed(4, TaskState::InputRequired)]))]).await;
    let ended = run(&["watch", "waiting", "--from", "99", "--agent", &url]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("frame 99 is not there yet: the log ends at frame 4"), "{ended:?}");
    assert!(!ended.err.contains("no longer"), "{ended:?}");
}

#[tokio::test]
async fn nothing_to_tell_is_told() {
    let (_agent, url) = Agent::start([Answer::Frames(all([resumed(8, TaskState::Completed)]))]).await;
    let ended = run(&["watch", TASK, "--from", "8", "--agent", &url]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.err.contains("nothing follows; the task's state is: completed"), "{ended:?}");
}

#[tokio::test]
async fn a_question_of_a_story_that_has_ended_is_not_to_be_answered() {
    let frames = [begun(1), plan(2, Some("location")), status(3, TaskState::Completed, "found")];
    let (_agent, url) = Agent::start([Answer::Frames(all(frames))]).await;
    let ended = run(&["watch", "ended", "--from", "0", "--agent", &url]).await;
    assert!(ended.code == Some(0) && !ended.err.contains("answer"), "{ended:?}");
}
