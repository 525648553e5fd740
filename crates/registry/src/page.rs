//! Queries: pages that all show the version of the first one.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::catalog::{Catalog, Standing};
use crate::filter::Filter;
use crate::history::{History, OutOfRange};
use crate::identity::Identity;
use crate::record::Entry;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) filter: Filter,
    /// Most instances of the page, at least 1.
    pub(crate) size: usize,
    pub(crate) from: Option<Cursor>,
}

/// Where the next page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The version that all pages show.
    pub(crate) version: u64,
    /// The last instance of the page before.
    pub(crate) after: Identity,
}

/// One page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    pub(crate) next: Option<Cursor>,
    pub(crate) version: u64,
    pub(crate) standing: Standing,
}

/// The page that `query` asks for. Health is that of now, since no version counts it.
pub(crate) fn page(
    catalog: &Catalog,
    history: &History,
    standing: Standing,
    query: &Query,
) -> Result<Page, OutOfRange> {
    let version = query.from.as_ref().map_or(catalog.version(), |cursor| cursor.version);
    let start = match &query.from {
        Some(cursor) => Bound::Excluded(&cursor.after),
        None => Bound::Unbounded,
    };
    let then = Then { catalog, undone: history.undone(version)? };
    // One more than the page tells whether another page follows.
    let mut entries = then.matching(start, &query.filter, query.size + 1);
    let more = entries.len() > query.size;
    entries.truncate(query.size);
    let last = entries.last().filter(|_| more);
    let next = last.map(|entry| Cursor { version, after: entry.record.identity.clone() });
    Ok(Page { entries, next, version, standing })
}

/// The catalogue as it was at a version.
struct Then<'c> {
    catalog: &'c Catalog,
    undone: BTreeMap<&'c Identity, Option<&'c Entry>>,
}

impl Then<'_> {
    fn matching(&self, start: Bound<&Identity>, filter: &Filter, limit: usize) -> Vec<Entry> {
        let range = (start, Bound::Unbounded);
        let kept = self.catalog.entries().range::<Identity, _>(range);
        if self.undone.is_empty() {
            return pick(kept.map(|(_, entry)| entry), filter, limit);
        }
        let mut then: BTreeMap<&Identity, &Entry> =
            kept.filter(|(identity, _)| !self.undone.contains_key(identity)).collect();
        let back = self.undone.range::<Identity, _>(range);
        then.extend(back.filter_map(|(identity, entry)| entry.map(|entry| (*identity, entry))));
        pick(then.into_values(), filter, limit)
    }
}

fn pick<'e>(entries: impl Iterator<Item = &'e Entry>, filter: &Filter, limit: usize) -> Vec<Entry> {
    entries.filter(|entry| filter.admits(entry)).take(limit).cloned().collect()
}
