//! Watches that go on over lost connections: from the last version seen, or with a new snapshot where that is gone.

use std::time::Duration;

use prost::{Message, Name};
use tokio::sync::mpsc;
use tonic::Code;

use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// News that wait for the screen; the service has a bound of its own and cuts who reads too slowly.
const WAITING: usize = 256;

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
    /// What was shown before no longer holds: a snapshot follows.
    Anew,
    /// The connection is lost; it is tried again.
    Lost(String),
    /// It cannot be watched.
    Failed(Failure),
}

/// Starts to follow `method`; `request` makes the request from a version and the store that counted it.
pub(crate) fn follow<Q, A>(
    endpoint: Endpoint,
    method: &'static str,
    request: impl Fn(u64, String) -> Q + Send + 'static,
) -> mpsc::Receiver<News<A>>
where
    Q: Message + 'static,
    A: Item,
{
    let (tx, rx) = mpsc::channel(WAITING);
    let watch = Watch { endpoint, method, tx, version: 0, store: String::new(), lost: false };
    tokio::spawn(watch.run(request));
    rx
}

struct Watch<A> {
    endpoint: Endpoint,
    method: &'static str,
    tx: mpsc::Sender<News<A>>,
    version: u64,
    store: String,
    /// Whether the loss of the connection was told.
    lost: bool,
}

impl<A: Item> Watch<A> {
    /// Until nobody listens or the service refuses.
    async fn run<Q: Message + 'static>(mut self, request: impl Fn(u64, String) -> Q) {
        while !self.tx.is_closed() {
            let failure = match self.once(request(self.version, self.store.clone())).await {
                Ok(()) => return,
                Err(failure) => failure,
            };
            let told = match failure.refusal() {
                Some(Code::OutOfRange) => {
                    self.version = 0;
                    News::Anew
                }
                Some(Code::Unavailable) | None if !self.lost => {
                    self.lost = true;
                    News::Lost(failure.to_string())
                }
                Some(Code::Unavailable) | None => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Some(_) => News::Failed(failure),
            };
            let ended = matches!(told, News::Failed(_));
            if self.tx.send(told).await.is_err() || ended {
                return;
            }
        }
    }

    /// One connection; `Ok` when nobody listens any more.
    async fn once<Q: Message + 'static>(&mut self, request: Q) -> Result<(), Failure> {
        let mut items = Caller::new(&self.endpoint)?.streaming::<Q, A>(self.method, request).await?;
        while let Some(item) = items.message().await.map_err(|status| Failure::of_status(&self.endpoint, status))? {
            self.lost = false;
            self.version = self.version.max(item.version());
            if let Some(store) = item.synced() {
                store.clone_into(&mut self.store);
            }
            if self.tx.send(News::Item(item)).await.is_err() {
                return Ok(());
            }
        }
        let (what, why, hint) = (self.endpoint.to_string(), "the watch has ended".to_owned(), self.endpoint.hint());
        Err(Failure::Unreachable { what, why, hint })
    }
}
