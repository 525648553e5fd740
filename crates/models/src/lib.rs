//! Two small models of what the system rests on, checked in every reachable state: the dispatch protocol and the
//! commit pipeline. Models of the design, not of the code: what they leave out is in `docs/models.md`.
//!
//! ```
//! use models::{Dispatch, DispatchRule, Kind};
//! use stateright::{Checker, HasDiscoveries, Model};
//!
//! let careless = Dispatch { kind: Kind::OrFail, dropped: Some(DispatchRule::OwnStoreOnly) };
//! let twice = "no effect happens twice";
//! let checker = careless.checker().finish_when(HasDiscoveries::AllOf([twice].into())).spawn_bfs().join();
//! assert!(checker.discovery(twice).is_some());
//! ```

mod dispatch;
mod pipeline;

pub use dispatch::{
    Action as DispatchAction, Attempt, Child, Dispatch, DispatchRule, How, Kind, Message, Net, Operator, Row, Step,
    Store, View, World as DispatchWorld,
};
pub use pipeline::{
    Action as PipelineAction, Counts, Disk, Head, Input, Item, Outcome, Pipeline, PipelineRule, Waiting,
    World as PipelineWorld,
};
