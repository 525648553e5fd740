//! Bodies that do not come, or come too long.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::HeaderMap;
use tonic::Code;

use super::{ARRIVAL, Error, FORGOTTEN, limits, read};

fn chunks(count: usize) -> Body {
    let chunk = Bytes::from(vec![b'x'; 1 << 20]);
    Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone())).take(count))
}

#[tokio::test(start_paused = true)]
async fn c12_a_body_that_does_not_arrive_is_waited_for_so_long_and_no_longer() {
    let begun = tokio::time::Instant::now();
    let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
    let error = read(&HeaderMap::new(), Body::from_stream(first.chain(stream::pending()))).await.unwrap_err();
    assert!(matches!(error, Error::Other { code: Code::DeadlineExceeded, .. }), "{error:?}");
    assert_eq!((error.http_status().as_u16(), begun.elapsed()), (504, ARRIVAL));
}

#[tokio::test]
async fn c13_a_body_without_a_length_is_bounded_too_and_not_read_for_ever() {
    let whole = read(&HeaderMap::new(), chunks(4)).await.unwrap();
    assert_eq!(whole.len(), limits::REQUEST);
    for count in [5, 1000] {
        let Err(Error::TooLarge { size, limit, .. }) = read(&HeaderMap::new(), chunks(count)).await else {
            panic!("{count} MiB are taken")
        };
        assert_eq!((size, limit), ((count << 20).min(FORGOTTEN + (1 << 20)), limits::REQUEST));
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_caller_s_fault() {
    let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]);
    let error = read(&HeaderMap::new(), Body::from_stream(broken)).await.unwrap_err();
    assert!(matches!(error, Error::Validation(_)), "{error:?}");
}
