//! The fire brigade's agent: its card; the work is that of every dispatching service.

use agent::{Agent, Context, Failure, Finish, Profile, Setup};
use service::Fatal;
use tonic::service::Routes;
use triage::Service;

use crate::dispatch::{Args, Desk, skills};

/// The fire brigade's agent.
#[derive(Debug)]
pub struct Fire(Desk);

impl Agent for Fire {
    const NAME: &'static str = "fire";
    const ABOUT: &'static str = "The fire brigade: sends engines and rescue units, redirects and releases them";
    const PORT: u16 = 7411;
    const ADMIN_PORT: u16 = 8411;
    const EAGER: bool = true;
    type Args = Args;

    async fn open(args: Args, setup: &Setup) -> Result<Self, Fatal> {
        Desk::open(Service::Fire, &args, setup).await.map(Self)
    }

    fn profile(&self) -> Profile {
        Profile {
            name: "Fire Agent".to_owned(),
            description: "Dispatches fire and rescue units, redirects and releases them".to_owned(),
            skills: skills(Service::Fire, "Fire at 14 Acacia Avenue"),
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
