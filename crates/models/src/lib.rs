//! Two small models of what the system rests on, checked in every reachable state: the dispatch protocol and the
//! commit pipeline. Models of the design, not of the code: what they leave out is in `docs/models.md`.
//!
//! ```
//! use models::{Dispatch, DispatchRule, Kind};
//! use stateright::{Checker, Model};
//!
//! let careless = Dispatch { kind: Kind::OrFail, dropped: Some(DispatchRule::OwnStoreOnly) };
//! let checker = careless.checker().finish_when(stateright::HasDiscoveries::AnyFailures).spawn_bfs().join();
//! assert!(checker.discovery("no effect happens twice").is_some());
//! ```

mod dispatch;

pub use dispatch::{
    Action as DispatchAction, Attempt, Child, Dispatch, DispatchRule, How, Kind, Message, Net, Operator, Row, Step,
    Store, View, World,
};
