//! Pages under writes: whatever happens between two pages and beside them, no task is shown twice, and what is not
//! touched is shown once if it matches.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use store::{PageKey, Query, Store, Summary};
use types::{Owner, Scope, TaskId, TaskState, Timestamp};

use super::bed::{Bed, START};
use super::make::{Task, context, owner};

const STATES: [TaskState; 4] = [TaskState::Working, TaskState::InputRequired, TaskState::Completed, TaskState::Failed];
/// Tasks that nobody touches, and as many that are.
const CALM: usize = 40;

/// New tasks of one writer, so that a listing has an end.
const MOST_NEW: usize = 100;

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Write {
    /// A task that is listed already goes on to another state.
    Touch { task: usize, state: usize },
    /// A task is new.
    Create { state: usize },
    /// The clock goes on.
    Wait(u64),
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        (0..CALM, 0..STATES.len()).prop_map(|(task, state)| Write::Touch { task, state }),
        (0..STATES.len()).prop_map(|state| Write::Create { state }),
        (0..3_u64).prop_map(Write::Wait),
    ]
}

/// One listing: its filter, and for each page how long it may be and what happens before it.
#[derive(Debug, Clone)]
struct Story {
    of_context: bool,
    state: Option<usize>,
    since: Option<u64>,
    pages: Vec<(usize, Vec<Write>)>,
}

fn story() -> impl Strategy<Value = Story> {
    let page = (1..9_usize, proptest::collection::vec(write(), 0..6));
    let filter = (any::<bool>(), proptest::option::of(0..STATES.len()), proptest::option::of(0..12_u64));
    (filter, proptest::collection::vec(page, 1..40)).prop_map(|((of_context, state, since), pages)| Story {
        of_context,
        state,
        since,
        pages,
    })
}

fn owners() -> [Owner; 2] {
    [owner("t", "a"), owner("t", "b")]
}

/// Calm tasks, and restless ones between them; several in one millisecond.
async fn populate(bed: &Bed, store: &dyn Store) -> (Vec<TaskId>, Vec<Task>) {
    let (mut calm, mut restless) = (Vec::new(), Vec::new());
    for at in 0..2 * CALM {
        bed.set_clock(Timestamp::from_millis(START + at as u64 / 7));
        let mut task = Task::of(store, owners()[at % 3 % 2].clone()).await;
        task.context = context(if at % 5 < 3 { "c" } else { "d" });
        task.step(store, STATES[at / 2 % STATES.len()]).await;
        if at % 2 == 0 { calm.push(task.id) } else { restless.push(task) }
    }
    (calm, restless)
}

fn query(story: &Story) -> Query {
    Query {
        context: story.of_context.then(|| context("c")),
        state: story.state.map(|state| STATES[state]),
        changed_since: story.since.map(|since| Timestamp::from_millis(START + since)),
        ..Query::default()
    }
}

fn scope() -> Scope {
    Scope::Tenant(owners()[0].tenant.clone())
}

/// The calm tasks that a listing must show.
async fn expected(store: &dyn Store, calm: &[TaskId], query: &Query) -> HashSet<TaskId> {
    let all = store.list(scope(), Query { limit: 10_000, ..query.clone() }).await.unwrap().tasks;
    all.into_iter().map(|task| task.id).filter(|id| calm.contains(id)).collect()
}

async fn apply(bed: &Bed, store: &dyn Store, restless: &mut Vec<Task>, write: &Write) {
    match write {
        Write::Touch { task, state } => restless[*task].step(store, STATES[*state]).await,
        Write::Create { state } => {
            let mut task = Task::of(store, owners()[*state % 2].clone()).await;
            task.step(store, STATES[*state]).await;
            restless.push(task);
        }
        Write::Wait(millis) => bed.set_clock(Timestamp::from_millis(store.now().as_millis() + millis)),
    }
}

/// What a listing has shown so far.
#[derive(Default)]
struct Shown {
    ids: HashMap<TaskId, Summary>,
    last: Option<PageKey>,
}

impl Shown {
    fn take(&mut self, page: Vec<Summary>, query: &Query) {
        for task in page {
            let key = PageKey { changed_at: task.changed_at, id: task.id };
            let follows = |last: PageKey| {
                key.changed_at < last.changed_at || (key.changed_at == last.changed_at && key.id > last.id)
            };
            assert!(self.last.is_none_or(follows), "{key:?} does not follow {:?}", self.last);
            assert!(query.state.is_none_or(|state| state == task.state));
            assert!(query.context.as_ref().is_none_or(|context| *context == task.context));
            assert!(query.changed_since.is_none_or(|since| task.changed_at >= since));
            assert!(self.ids.insert(task.id, task.clone()).is_none(), "{} is shown twice", task.id);
            self.last = Some(key);
        }
    }
}

async fn tell(bed: &Bed, story: &Story) {
    let store = bed.store();
    let (calm, mut restless) = populate(bed, &*store).await;
    let mut query = query(story);
    let expected = expected(&*store, &calm, &query).await;
    let mut shown = Shown::default();
    for at in 0.. {
        // Once the story is over, the listing is read to its end.
        let (limit, writes) = story.pages.get(at).map_or((50, &[][..]), |(limit, writes)| (*limit, &writes[..]));
        for write in writes {
            apply(bed, &*store, &mut restless, write).await;
        }
        query.limit = limit;
        let listing = store.list(scope(), query.clone()).await.unwrap();
        shown.take(listing.tasks, &query);
        let Some(next) = listing.next else { break };
        query.after = Some(next);
    }
    assert!(expected.iter().all(|id| shown.ids.contains_key(id)), "a task that was not touched is left out");
}

fn tell_on(bed: &Bed, story: &Story) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(tell(bed, story));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_pages_hold_between_writes(story in story()) {
        tell_on(&Bed::memory(), &story);
    }

    #[test]
    fn embedded_pages_hold_between_writes(story in story()) {
        tell_on(&Bed::embedded(), &story);
    }
}

/// Steps tasks that go on and makes new ones, some of which have ended, until it is told to stop.
async fn stir(store: Arc<dyn Store>, mut tasks: Vec<Task>, stop: Arc<AtomicBool>) {
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let count = tasks.len();
        tasks[round % count].step(&*store, STATES[round % 2]).await;
        if round % 7 == 0 && round < MOST_NEW * 7 {
            Task::of(&*store, owners()[0].clone()).await.step(&*store, STATES[round / 7 % STATES.len()]).await;
        }
        tokio::task::yield_now().await;
    }
}

async fn pages_hold_beside_writers(bed: Bed) {
    let store = bed.store();
    let (calm, mut restless) = populate(&bed, &*store).await;
    bed.set_clock(Timestamp::from_millis(START + 1_000));
    let (stop, mut writers) = (Arc::new(AtomicBool::new(false)), tokio::task::JoinSet::new());
    while !restless.is_empty() {
        let tasks = restless.split_off(restless.len().saturating_sub(CALM / 4));
        writers.spawn(stir(Arc::clone(&store), tasks, Arc::clone(&stop)));
    }
    for round in 0..12 {
        let state = (round % 3 == 0).then(|| STATES[round / 3 % STATES.len()]);
        let of_context = round % 2 == 0;
        let filter = Query { state, context: of_context.then(|| context("c")), ..Query::default() };
        let expected = expected(&*store, &calm, &filter).await;
        let (mut shown, mut query) = (Shown::default(), Query { limit: 1 + round % 6, ..filter });
        loop {
            bed.set_clock(Timestamp::from_millis(store.now().as_millis() + 1));
            let listing = store.list(scope(), query.clone()).await.unwrap();
            shown.take(listing.tasks, &query);
            let Some(next) = listing.next else { break };
            query.after = Some(next);
        }
        assert!(expected.iter().all(|id| shown.ids.contains_key(id)), "round {round} leaves out what nobody touched");
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory() {
    pages_hold_beside_writers(Bed::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn embedded() {
    pages_hold_beside_writers(Bed::embedded()).await;
}
