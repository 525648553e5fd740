//! What is sent while nothing happens, and how much is asked for ahead of the client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{StreamExt as _, stream};

use super::{Error, KEEP_ALIVE, events};

fn plain(frame: Result<String, Error>) -> (Option<&'static str>, String) {
    (None, frame.unwrap_or_else(|error| error.to_http().to_string()))
}

#[tokio::test(start_paused = true)]
async fn c10_a_quiet_stream_is_kept_alive_by_comments() {
    let begun = tokio::time::Instant::now();
    let mut body = events(stream::pending(), plain).into_body().into_data_stream();
    for _ in 0..3 {
        let part = body.next().await.unwrap().unwrap();
        assert!(part.starts_with(b":"), "{part:?}");
    }
    assert!(begun.elapsed() >= 3 * KEEP_ALIVE);
}

#[tokio::test]
async fn c11_frames_are_asked_for_as_the_client_takes_them() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = asked.clone();
    let frames = stream::repeat_with(move || {
        counting.fetch_add(1, Ordering::SeqCst);
        Ok(bytes::Bytes::new())
    });
    let mut body = events(frames, plain).into_body().into_data_stream();
    for taken in 1..=3 {
        body.next().await.unwrap().unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), taken);
    }
}

#[tokio::test]
async fn nothing_follows_on_an_error() {
    let frames = stream::iter([Err(Error::Internal), Ok(bytes::Bytes::new())]);
    let body = events(frames, plain).into_body().into_data_stream();
    assert_eq!(body.count().await, 1);
}
