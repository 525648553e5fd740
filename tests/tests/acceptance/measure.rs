//! Triage is measured from the command line, and meets its targets on the labelled calls.

use std::path::PathBuf;

use serde_json::Value;
use tests::{Run, binary, repository};

/// The labelled calls that the rules were written beside, and how many they are.
const LABELLED: [(&str, u64); 2] = [("calls.jsonl", 120), ("fresh.jsonl", 150)];

fn labelled(name: &str) -> PathBuf {
    repository().join("tests/data").join(name)
}

async fn eval(arguments: &[&str]) -> Run {
    Run::of(&binary("watchroom"), &[&["eval"], arguments].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn triage_meets_its_targets_on_the_labelled_calls() {
    for (name, calls) in LABELLED {
        meets_its_targets(&labelled(name).display().to_string(), calls).await;
    }
}

async fn meets_its_targets(file: &str, calls: u64) {
    let out = eval(&[file, "--json", "--failures"]).await.expect_ok("eval");
    let measure: Value = serde_json::from_str(&out).unwrap();
    let rate = |name: &str| measure[name].as_f64().filter(|rate| (0.0..=1.0).contains(rate)).unwrap();
    let failures = &measure["failures"];
    assert_eq!(measure["calls"], calls);
    assert!(rate("under_dispatch") <= 0.05, "{failures:#}");
    assert!(rate("over_dispatch") <= 0.25, "{failures:#}");
    assert!(rate("exact_set") >= 0.80, "{failures:#}");
    assert!(rate("location_exact") >= 0.85, "{failures:#}");
    for service in ["fire", "police", "ambulance"] {
        let of = &measure["per_service"][service];
        for figure in ["precision", "recall", "f1"] {
            assert!(of[figure].as_f64().is_some_and(|rate| (0.5..=1.0).contains(&rate)), "{service}: {of}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_not_met_is_listed_under_its_cause() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("calls.jsonl");
    let met = r#"{"text": "My shed is on fire, 4 Mill Lane", "services": ["fire"], "location": "4 Mill Lane"}"#;
    let not = r#"{"text": "My shed is on fire, 9 Mill Lane", "services": ["police"], "location": "9 Mill Lane"}"#;
    std::fs::write(&file, format!("{met}\n{not}\n")).unwrap();
    let file = file.display().to_string();
    let shown = eval(&[&file, "--failures"]).await.expect_ok("eval");
    for words in ["OF 2 CALLS", "50.0 %", "police missed: what was found sends only others: 1", "line 2: My shed"] {
        assert!(shown.contains(words), "{words:?} is not in\n{shown}");
    }
    std::fs::write(&file, format!("{met}\n{{}}\n")).unwrap();
    let refused = eval(&[&file]).await;
    assert!(!refused.ok);
    assert!(refused.err.contains("line 2: not a labelled call: missing field"), "{}", refused.err);
}
