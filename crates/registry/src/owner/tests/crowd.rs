//! R9: a thousand agents before a hundred watchers, of whom one does not read.

use super::*;

const AGENTS: u64 = 1000;
const WATCHERS: usize = 100;

/// As many batches as a watch may be behind, each of one registration here.
const BEHIND: u64 = 256;

fn numbered(number: u64) -> crate::catalog::Wish {
    let wish = wish(0, &["dispatch"], Some(Duration::from_secs(60)));
    let instance = format!("instance-{number:04}").parse().unwrap();
    crate::catalog::Wish { identity: Identity { instance, ..wish.identity }, ..wish }
}

#[tokio::test(start_paused = true)]
async fn r9_a_slow_watcher_among_a_hundred_of_a_thousand_agents_is_cut_and_delays_nobody() {
    let registry = Registry::over(Arc::new(MemoryStore::new())).await;
    let mut slow = registry.handle.watch(Filter::default(), 0).await.unwrap();
    let mut quick = Vec::new();
    for _ in 1..WATCHERS {
        let mut watch = registry.handle.watch(Filter::default(), 0).await.unwrap();
        assert_eq!(told(&mut watch), Some(Event::Synced { version: 0 }));
        quick.push(watch);
    }
    for number in 1..=AGENTS {
        registry.handle.register(numbered(number)).await.unwrap();
        for watch in &mut quick {
            let event = told(watch);
            assert!(matches!(event, Some(Event::Upsert { version, .. }) if version == number), "{event:?}");
        }
    }
    assert_eq!(told(&mut slow), Some(Event::Synced { version: 0 }));
    let mut kept = 0;
    let end = loop {
        match slow.next().await {
            Some(Ok(_)) => kept += 1,
            other => break other,
        }
    };
    assert_eq!((kept, end), (BEHIND, Some(Err(Error::SlowWatch))), "no more was held for it");
    let mut again = registry.handle.watch(Filter::default(), kept).await.unwrap();
    for version in kept + 1..=AGENTS {
        assert!(matches!(told(&mut again), Some(Event::Upsert { version: told, .. }) if told == version));
    }
    registry.stop().await;
}
