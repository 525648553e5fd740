//! The plans of lists and of retention, and what brings a store of schema 1 to them.

use rusqlite::Connection;
use types::{Scope, TaskState, Timestamp};

use crate::embedded::{list, retain, schema};
use crate::read::Query;

fn empty() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    schema::migrate(&conn, 0).unwrap();
    conn
}

fn plan_of(conn: &Connection, sql: &str) -> String {
    let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = explain.raw_query();
    let mut steps = String::new();
    while let Some(row) = rows.next().unwrap() {
        steps += row.get_ref(3).unwrap().as_str().unwrap();
    }
    steps
}

/// Whether a plan reads more than it gives, or sorts.
fn is_wasteful(plan: &str) -> bool {
    ["SCAN", "TEMP B-TREE", "AUTOMATIC"].iter().any(|waste| plan.contains(waste))
}

#[test]
fn no_statement_of_a_list_scans_or_sorts() {
    let conn = empty();
    for (what, sql) in list::STATEMENTS.into_iter().filter(|(_, sql)| *sql != list::EVERYBODY) {
        let plan = plan_of(&conn, sql);
        assert!(plan.contains("SEARCH") && !is_wasteful(&plan), "{what}: {plan}");
    }
    // All of them are in scope.
    assert!(plan_of(&conn, list::EVERYBODY).starts_with("SCAN owner"));
}

#[test]
fn pages_and_totals_are_ranges_of_an_index_by_all_that_they_filter() {
    let conn = empty();
    let plans = list::plans(&conn).unwrap();
    let of =
        |what: &'static str| plans.iter().filter(move |plan| plan.what.contains(what)).map(|plan| plan.steps.concat());
    let mut listed = 0;
    for plan in of("in one state") {
        assert!(plan.contains("task_list (owner=? AND state=? AND changed_at>?"), "{plan}");
        listed += 1;
    }
    for plan in of("one conversation") {
        assert!(plan.contains("task_context (owner=? AND context=? AND state=? AND changed_at>?"), "{plan}");
        listed += 1;
    }
    assert_eq!(listed, 4);
    let aged = plan_of(&conn, retain::AGED);
    assert!(aged.contains("task_list (owner=? AND state=? AND changed_at>?") && !is_wasteful(&aged), "{aged}");
}

/// A statement that comes to lists must come to those whose plans are held.
#[test]
fn no_statement_of_a_list_is_left_out() {
    let asked =
        include_str!("../list.rs").matches("SELECT ").count() + include_str!("../tally.rs").matches("SELECT ").count();
    assert_eq!(asked, list::STATEMENTS.len());
}

#[test]
fn a_store_of_schema_1_is_listed_and_counted_as_before() {
    let conn = Connection::open_in_memory().unwrap();
    schema::migrate_to(&conn, 0, 1).unwrap();
    conn.execute_batch("INSERT INTO owner VALUES (1, '', 'anonymous', 1), (2, 't', 'a', 0);").unwrap();
    for no in 1..=9_i64 {
        let (owner, state) = (1 + no % 2, [2, 3, 3][no as usize % 3]);
        // Schema 1 kept a checksum of the conversation above the state.
        let row = (no, [no as u8; 16], owner, format!("c{}", no % 2), (0xdead_beef_i64 << 8) | state, no / 2);
        let sql = "INSERT INTO task (no, id, owner, context, tag, head, seq, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, ?6)";
        conn.execute(sql, row).unwrap();
    }
    schema::migrate(&conn, 1).unwrap();
    assert_eq!(schema::version(&conn).unwrap(), schema::KNOWN);
    let listed = |query: Query| {
        let listing = list::list(&conn, &Scope::Service, &Query { limit: 100, ..query }).unwrap();
        assert_eq!(listing.tasks.len() as u64, listing.total);
        listing.tasks.iter().map(|task| task.id.as_bytes()[0]).collect::<Vec<u8>>()
    };
    assert_eq!(listed(Query::default()), [8, 9, 6, 7, 4, 5, 2, 3, 1]);
    assert_eq!(listed(Query { state: Some(TaskState::Working), ..Query::default() }), [9, 6, 3]);
    let odd = Query { context: Some("c1".parse().unwrap()), ..Query::default() };
    assert_eq!(listed(Query { state: Some(TaskState::Completed), ..odd.clone() }), [7, 5, 1]);
    assert_eq!(listed(Query { changed_since: Some(Timestamp::from_millis(3)), ..odd }), [9, 7]);
}
