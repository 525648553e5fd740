//! What every store promises. Each test runs on each implementation, on a bed that makes, and makes again, a store.

/// Declares these tests for every implementation.
macro_rules! on_every_store {
    ($($test:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() { super::$test($crate::suite::bed::Bed::memory()).await; })*
        }
        mod embedded {
            $(#[tokio::test] async fn $test() { super::$test($crate::suite::bed::Bed::embedded()).await; })*
        }
    };
}

pub(crate) mod bed;
mod clock;
mod conditions;
mod crowd;
mod due;
mod generations;
mod list;
mod log;
pub(crate) mod make;
mod model;
mod paging;
mod retention;
mod rows;
mod scope;
