//! `ListTasks`: order, pages, filters, and how much of each task.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::Wire;

use crate::stage::{Stage, message};

fn ids(page: &Value) -> Vec<String> {
    page["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect()
}

/// Every page, by the token of the one before.
async fn pages(stage: &Stage, wire: Wire, size: u32) -> Vec<Value> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = stage.ask(wire, "ListTasks", json!({"pageSize": size, "pageToken": token})).await.one();
        token = page["nextPageToken"].as_str().expect("there is always a token").to_owned();
        pages.push(page);
        if token.is_empty() {
            return pages;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c109_a_list_has_every_task_once_newest_first_over_every_binding() {
    let stage = Stage::start(&[]).await;
    for number in 0..7 {
        let prefix = if number % 2 == 0 { "tck-artifact-text" } else { "tck-input-required" };
        stage.task(Wire::Grpc, message(prefix, "hello")).await;
    }
    let whole = stage.ask(Wire::Grpc, "ListTasks", json!({"includeArtifacts": true})).await.one();
    assert_eq!(whole["totalSize"], 7);
    let key = |task: &Value| (task["status"]["timestamp"].as_str().unwrap().to_owned(), task["id"].clone());
    let times: Vec<_> = whole["tasks"].as_array().unwrap().iter().map(|task| key(task).0).collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
    for wire in Wire::ALL {
        let pages = pages(&stage, wire, 3).await;
        assert_eq!(pages.iter().map(|page| ids(page).len()).collect::<Vec<_>>(), [3, 3, 1], "{wire:?}");
        let listed: Vec<String> = pages.iter().flat_map(ids).collect();
        assert_eq!(listed, ids(&whole), "{wire:?}");
        assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), 7, "{wire:?}");
        assert!(pages.iter().all(|page| page["totalSize"] == 7 && page["pageSize"] == 3), "{wire:?}");
        let artifacts = pages.iter().flat_map(|page| page["tasks"].as_array().unwrap());
        assert!(artifacts.map(|task| task.get("artifacts")).all(|artifacts| artifacts.is_none()), "{wire:?}");
        let included = stage.ask(wire, "ListTasks", json!({"includeArtifacts": true})).await.one();
        assert_eq!(included, whole, "{wire:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c109_a_list_is_filtered_and_refuses_what_does_not_fit_over_every_binding() {
    let stage = Stage::start(&[]).await;
    let mut asking = message("tck-input-required", "hello");
    asking["contextId"] = json!("ward-7");
    let waiting = stage.task(Wire::Grpc, asking).await;
    let ended = stage.task(Wire::Grpc, message("m-1", "hello")).await;
    let newest = ended["status"]["timestamp"].clone();
    let found = [
        (json!({}), vec![&ended["id"], &waiting["id"]]),
        (json!({"contextId": "ward-7"}), vec![&waiting["id"]]),
        (json!({"contextId": "ward-8"}), vec![]),
        (json!({"status": "TASK_STATE_COMPLETED"}), vec![&ended["id"]]),
        (json!({"status": "TASK_STATE_INPUT_REQUIRED", "contextId": "ward-7"}), vec![&waiting["id"]]),
        (json!({"status": "TASK_STATE_FAILED"}), vec![]),
        (json!({"statusTimestampAfter": newest}), vec![&ended["id"]]),
    ];
    let refused = [
        (json!({"pageSize": 0}), "page_size"),
        (json!({"pageSize": 101}), "page_size"),
        (json!({"pageSize": -1}), "page_size"),
        (json!({"pageToken": "no-token"}), "page_token"),
        (json!({"statusTimestampAfter": "1960-01-01T00:00:00Z"}), "status_timestamp_after"),
    ];
    for wire in Wire::ALL {
        for (query, expected) in &found {
            let page = stage.ask(wire, "ListTasks", query.clone()).await.one();
            let listed: Vec<&Value> = page["tasks"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
            assert_eq!((&listed, &page["nextPageToken"]), (expected, &json!("")), "{wire:?} {query}");
            assert_eq!(page["totalSize"], expected.len(), "{wire:?} {query}");
        }
        for (query, field) in &refused {
            let refused = stage.ask(wire, "ListTasks", query.clone()).await.refused();
            assert_eq!(refused.fields, [*field], "{wire:?} {query}");
        }
    }
}
