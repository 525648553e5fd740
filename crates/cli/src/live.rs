//! Watches that go on over lost connections: from the last version seen, or with a new snapshot where that is gone.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use prost::{Message, Name};
use tokio::time::{Instant, sleep};
use tonic::{Code, Status, Streaming};

use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::follow::PATIENCE;

/// Before another try.
const PAUSE: Duration = Duration::from_secs(1);

/// One item of a watch.
pub(crate) trait Item: Message + Name + Default + 'static {
    /// 0 for an item of a snapshot.
    fn version(&self) -> u64;
    /// The store that counts, where the item says that all has been told.
    fn synced(&self) -> Option<&str>;
}

/// What a watch brings.
#[derive(Debug)]
pub(crate) enum News<A> {
    /// An item.
    Item(A),
    /// A snapshot follows, at the beginning and wherever what was shown before no longer holds.
    Anew,
    /// The service has not answered for so long, which is zero when it is told first; it is tried again.
    Lost { why: Failure, since: Duration },
    /// It cannot be watched; nothing follows.
    Failed(Failure),
}

/// How long a service may be away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// It must answer the first call, and is given up later when it is away for [`PATIENCE`].
    Bounded,
    /// It is one of many: the others are watched on without it.
    Endless,
}

/// Up to where a watch has told; the default asks for a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) version: u64,
    /// The store that counted.
    pub(crate) store: String,
}

impl Position {
    /// Moves on to an item.
    pub(crate) fn see(&mut self, item: &impl Item) {
        self.version = self.version.max(item.version());
        if let Some(store) = item.synced() {
            store.clone_into(&mut self.store);
        }
    }
}

/// Follows `method` from a position on; `request` makes the request from one. Dropped, it lets go of the service.
pub(crate) fn follow<Q, A>(
    endpoint: Endpoint,
    method: &'static str,
    from: Position,
    patience: Patience,
    request: impl Fn(Position) -> Q + Send + 'static,
) -> BoxStream<'static, News<A>>
where
    Q: Message + 'static,
    A: Item,
{
    let watch = Watch { endpoint, method, request, patience, at: from, items: None, lost: None, heard: false };
    stream::unfold(Some(watch), async |watch| {
        let mut watch = watch?;
        Some(match watch.news().await {
            Ok(news) => (news, Some(watch)),
            Err(failure) => (News::Failed(failure), None),
        })
    })
    .boxed()
}

/// One watch over all its connections.
struct Watch<A, R> {
    endpoint: Endpoint,
    method: &'static str,
    request: R,
    patience: Patience,
    at: Position,
    /// The connection, while there is one.
    items: Option<Streaming<A>>,
    /// Since when the service does not answer.
    lost: Option<Instant>,
    heard: bool,
}

impl<A: Item, R> Watch<A, R> {
    /// What comes next; an error is the end.
    async fn news<Q: Message + 'static>(&mut self) -> Result<News<A>, Failure>
    where
        R: Fn(Position) -> Q,
    {
        loop {
            let failure = match self.item().await {
                Ok(news) => return Ok(news),
                Err(failure) => failure,
            };
            self.items = None;
            match failure.grpc() {
                // What came after that version is forgotten: a new snapshot.
                Some(Code::OutOfRange) if self.at.version > 0 => self.at.version = 0,
                Some(Code::Unavailable) if self.heard || self.patience == Patience::Endless => {
                    let since = self.lost.map_or(Duration::ZERO, |lost| lost.elapsed());
                    self.lost = self.lost.or_else(|| Some(Instant::now()));
                    if self.patience == Patience::Bounded && since > PATIENCE {
                        return Err(failure);
                    }
                    return Ok(News::Lost { why: failure, since });
                }
                _ => return Err(failure),
            }
        }
    }

    /// The next item, over a new connection where there is none.
    async fn item<Q: Message + 'static>(&mut self) -> Result<News<A>, Failure>
    where
        R: Fn(Position) -> Q,
    {
        if self.items.is_none() {
            if self.lost.is_some() {
                sleep(PAUSE).await;
            }
            let request = (self.request)(self.at.clone());
            let mut caller = Caller::new(&self.endpoint)?.quietly(self.lost.is_some());
            self.items = Some(caller.streaming(self.method, request).await?);
            if self.at.version == 0 {
                return Ok(News::Anew);
            }
        }
        let next = match &mut self.items {
            Some(items) => items.message().await,
            None => Ok(None),
        };
        let ended = || Status::unavailable("the watch has ended");
        let item = next.and_then(|item| item.ok_or_else(ended));
        let item = item.map_err(|status| Failure::of_status(&self.endpoint, status))?;
        (self.heard, self.lost) = (true, None);
        self.at.see(&item);
        Ok(News::Item(item))
    }
}
