//! Units of the real binaries: their life goes on over kill -9, none is sent twice, and their times never go back.

use std::collections::BTreeSet;

use proto::watchroom::emergency::v1::{ListUnitsRequest, UnitStatus};
use tests::{Cluster, Lives, Lookout, Service, call, eventually, request, units};

/// Fast enough that a unit's life fits a test, slow enough that a kill comes in the middle of it.
const SPEED: &str = "300";

async fn cluster() -> Cluster {
    Cluster::start_with(|service| match service {
        Service::Fire | Service::Police | Service::Ambulance => vec!["--clock-speed".to_owned(), SPEED.to_owned()],
        Service::Registry | Service::Operator => Vec::new(),
    })
    .await
}

async fn statuses(cluster: &Cluster, agent: Service) -> Vec<UnitStatus> {
    let request = ListUnitsRequest { page_size: Some(100), ..ListUnitsRequest::default() };
    let page = units(cluster.node(agent).address()).list_units(request).await.unwrap().into_inner();
    page.units.iter().map(|unit| unit.status()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn units_live_on_over_kill_9_and_none_is_sent_twice() {
    let mut cluster = cluster().await;
    let lookout = Lookout::start(cluster.node(Service::Fire).address()).await;
    let operator = cluster.a2a(Service::Operator);
    for number in 0..3 {
        operator.send(request(&format!("call-{number}"), call())).await.unwrap();
    }
    for wanted in [UnitStatus::EnRoute, UnitStatus::OnScene] {
        eventually("a unit is in the middle of its life", async || {
            statuses(&cluster, Service::Fire).await.contains(&wanted).then_some(())
        })
        .await;
        cluster.crash(Service::Fire).await;
    }
    eventually("every unit is available again", async || {
        let all = statuses(&cluster, Service::Fire).await;
        all.iter().all(|status| *status == UnitStatus::Available).then_some(())
    })
    .await;
    let seen: Lives = lookout.finish().await;
    assert_eq!(seen.violations(), Vec::<String>::new());
    assert!(seen.lost >= 2, "the watch was cut by each kill");
    let sent: BTreeSet<(String, String)> = seen.sent();
    let engines: BTreeSet<&String> = sent.iter().map(|(unit, _)| unit).collect();
    assert!(sent.len() >= 3 && engines.len() == sent.len(), "{sent:?}");
    let cleared = seen.changes.iter().filter(|change| change.to() == UnitStatus::Cleared).count();
    assert_eq!(cleared, sent.len(), "each that was sent has cleared once");
}
