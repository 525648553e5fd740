//! The police's agent: its card; the work is that of every dispatching service.

use agent::{Agent, Context, Failure, Finish, Profile, Setup};
use service::Fatal;
use tonic::service::Routes;
use triage::Service;

use crate::dispatch::{Args, Desk, skills};

/// The police's agent.
#[derive(Debug)]
pub struct Police(Desk);

impl Agent for Police {
    const NAME: &'static str = "police";
    const ABOUT: &'static str = "The police: sends cars, redirects and releases them";
    const PORT: u16 = 7412;
    const ADMIN_PORT: u16 = 8412;
    const EAGER: bool = true;
    type Args = Args;

    async fn open(args: Args, setup: &Setup) -> Result<Self, Fatal> {
        Desk::open(Service::Police, &args, setup).await.map(Self)
    }

    fn profile(&self) -> Profile {
        Profile {
            name: "Police Agent".to_owned(),
            description: "Dispatches police units, redirects and releases them".to_owned(),
            skills: skills(Service::Police, "A break-in at 14 Acacia Avenue"),
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
