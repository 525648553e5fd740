//! The ambulance service's agent: its card; the work is that of every dispatching service.

use agent::{Agent, Context, Failure, Finish, Profile, Setup};
use service::Fatal;
use tonic::service::Routes;
use triage::Service;

use crate::dispatch::{Args, Desk, skills};

/// The ambulance service's agent.
#[derive(Debug)]
pub struct Ambulance(Desk);

impl Agent for Ambulance {
    const NAME: &'static str = "ambulance";
    const ABOUT: &'static str = "The ambulance service: sends ambulances, redirects and releases them";
    const PORT: u16 = 7413;
    const ADMIN_PORT: u16 = 8413;
    const EAGER: bool = true;
    type Args = Args;

    async fn open(args: Args, setup: &Setup) -> Result<Self, Fatal> {
        Desk::open(Service::Ambulance, &args, setup).await.map(Self)
    }

    fn profile(&self) -> Profile {
        Profile {
            name: "Ambulance Agent".to_owned(),
            description: "Dispatches ambulances, redirects and releases them".to_owned(),
            skills: skills(Service::Ambulance, "A man has collapsed at 14 Acacia Avenue"),
            role: "responder",
            domain: "emergency",
            ..Profile::default()
        }
    }

    fn extend(&self, routes: Routes) -> Routes {
        self.0.extend(routes)
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.0.serve(task).await
    }
}
