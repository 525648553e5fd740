//! What is listed: every filter, alone and with others, from the start and from the middle.

use store::{Listing, PageKey, Query, Store};
use types::{ContextId, Owner, Principal, Scope, TaskId, TaskState, Timestamp};

use crate::error::Error;
use crate::fill::Kind;

/// Tasks of a page.
pub(super) const PAGE: usize = 50;
/// Tasks that a narrow filter leaves, however many are stored.
pub(super) const FEW: usize = 10;

/// One list.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) scope: Scope,
    pub(super) query: Query,
    /// Whether its total has to be counted, and grows with what is stored.
    pub(super) counts_many: bool,
}

/// Where the narrow filters' tasks are: all over the store.
fn is_one_of_few(number: usize, count: usize, at: usize) -> bool {
    number % (count / FEW) == at
}

fn small() -> ContextId {
    context("conversation-of-a-few")
}

fn large() -> ContextId {
    context("conversation-of-many")
}

fn context(name: &str) -> ContextId {
    name.parse().expect("a name is an id")
}

/// The kind of the task `number` of `count`: nearly all are completed, each in a conversation of its own, but a quarter
/// that is in one; one in sixteen is another principal's. Ten are FAILED, five of them in the large conversation, and ten
/// are in a conversation of their own.
pub(super) fn kind(number: usize, count: usize) -> Kind {
    let kind = match number % 16 {
        15 => Kind { owner: Owner { principal: Principal::new("another"), ..Owner::anonymous() }, ..Kind::echoed() },
        _ => Kind::echoed(),
    };
    if is_one_of_few(number, count, 3) {
        return Kind { context: small(), owner: Owner::anonymous(), ..kind };
    }
    let kind = if number.is_multiple_of(4) { Kind { context: large(), ..kind } } else { kind };
    let state = match number % (count / 5) {
        8 | 9 => TaskState::Failed,
        _ => kind.state,
    };
    Kind { state, ..kind }
}

/// The lists that are measured; `half` is a task from the middle of the store and `newest` one of the last few.
pub(super) fn all(half: PageKey, newest: Timestamp) -> Vec<Case> {
    let own = Scope::Owner(Owner::anonymous());
    let query = Query { limit: PAGE, ..Query::default() };
    let case = |name, query| Case { name, scope: own.clone(), query, counts_many: false };
    let counting = |name, query| Case { counts_many: true, ..case(name, query) };
    let (completed, failed) = (Some(TaskState::Completed), Some(TaskState::Failed));
    let (after, since) = (Some(half), Some(half.changed_at));
    vec![
        case("first page", query.clone()),
        case("page from the middle", Query { after, ..query.clone() }),
        Case { scope: Scope::Tenant(Owner::anonymous().tenant), ..case("first page of a tenant", query.clone()) },
        case("status of nearly all", Query { state: completed, ..query.clone() }),
        case("status of nearly all, from the middle", Query { state: completed, after, ..query.clone() }),
        case("status of ten", Query { state: failed, ..query.clone() }),
        case("conversation of ten", Query { context: Some(small()), ..query.clone() }),
        case(
            "status of five in a conversation of a quarter",
            Query { context: Some(large()), state: failed, ..query.clone() },
        ),
        case("since the newest", Query { changed_since: Some(newest), ..query.clone() }),
        case(
            "status and conversation since the newest",
            Query { context: Some(large()), state: completed, changed_since: Some(newest), ..query.clone() },
        ),
        counting("conversation of a quarter", Query { context: Some(large()), ..query.clone() }),
        counting("since the middle", Query { changed_since: since, ..query }),
    ]
}

/// The task in the middle of one owner's, by halving the time: there is no other way to a place that is not a page's end.
pub(super) async fn middle(store: &dyn Store) -> Result<PageKey, Error> {
    let (mut low, mut high) = (0, store.now().as_millis());
    let whole = list(store, Query { limit: 1, ..Query::default() }).await?.total;
    while low + 1 < high {
        let at = u64::midpoint(low, high);
        let since = Query { changed_since: Some(Timestamp::from_millis(at)), limit: 1, ..Query::default() };
        if list(store, since).await?.total > whole / 2 { low = at } else { high = at }
    }
    Ok(PageKey { changed_at: Timestamp::from_millis(high), id: TaskId::from_bytes([0; 16]) })
}

/// The time of the oldest of the newest few.
pub(super) async fn newest(store: &dyn Store) -> Result<Timestamp, Error> {
    let page = list(store, Query { limit: FEW, ..Query::default() }).await?;
    page.tasks.last().map(|task| task.changed_at).ok_or(Error::Answer { work: "a list", what: "it is empty" })
}

async fn list(store: &dyn Store, query: Query) -> Result<Listing, Error> {
    let listed = store.list(Scope::Owner(Owner::anonymous()), query).await;
    listed.map_err(|error| Error::Store(Box::new(error)))
}
