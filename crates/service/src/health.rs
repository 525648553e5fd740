//! `grpc.health.v1`, fed by the process's readiness.

use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::readiness::Board;

/// The service's full name.
pub(crate) const NAME: &str = "grpc.health.v1.Health";

/// The health of the process and of each service that it serves.
#[derive(Debug, Clone)]
pub(crate) struct Health(HealthReporter);

impl Health {
    pub(crate) fn new() -> Self {
        Self(HealthReporter::new())
    }

    pub(crate) fn add_to(&self, routes: Routes) -> Routes {
        routes.add_service(HealthServer::new(HealthService::from_health_reporter(self.0.clone())))
    }

    /// Says the same of the process (the empty name) and of each service.
    pub(crate) async fn set(&self, ready: bool, services: &[String]) {
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.0.set_service_status("", status).await;
        for service in services {
            self.0.set_service_status(service, status).await;
        }
    }

    /// Says what the board says, until dropped.
    pub(crate) async fn follow(&self, board: &Board, services: &[String]) {
        let mut changes = board.changes();
        loop {
            changes.mark_unchanged();
            self.set(board.is_ready(), services).await;
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}
