//! The interfaces of one agent, in the order in which they are tried.

use std::sync::atomic::{AtomicUsize, Ordering};

use outbound::Dialer;
use proto::a2a::{AgentCard, AgentInterface, StreamResponse};

use crate::call::VERSION;
use crate::client::Events;
use crate::client::ask::Ask;
use crate::client::binding::Binding;
use crate::client::grpc::Grpc;
use crate::client::rest::Rest;
use crate::client::rpc::Rpc;
use crate::client::terms::Terms;
use crate::client::web;
use crate::client_error::ClientError;

/// Interfaces of an agent; at least one.
#[derive(Debug)]
pub(super) struct Interfaces {
    each: Vec<Interface>,
    /// The one that answered last: it is tried first.
    current: AtomicUsize,
}

/// One way to the agent.
#[derive(Debug, Clone)]
pub(super) struct Interface {
    transport: Transport,
    /// What the card says that every request there has to name.
    tenant: String,
}

#[derive(Debug, Clone)]
enum Transport {
    Grpc(Grpc),
    Rpc(Rpc),
    Rest(Rest),
}

impl Interfaces {
    /// One interface without a card.
    pub(super) fn of_one(binding: Binding, address: &str, dialer: &Dialer) -> Result<Self, ClientError> {
        let transport = Transport::connect(binding, address, dialer)?;
        Ok(Self::new(vec![Interface { transport, tenant: String::new() }]))
    }

    /// Those of a card that this client speaks and can reach by their addresses, in the card's order. A card that came
    /// by TLS says where TLS is spoken: to an address without a scheme too.
    pub(super) fn of_card(card: &AgentCard, secure: bool, dialer: &Dialer) -> Result<Self, ClientError> {
        let spoken = |interface| Interface::spoken(interface, secure, dialer);
        let each: Vec<Interface> = card.supported_interfaces.iter().filter_map(spoken).collect();
        if each.is_empty() { Err(ClientError::NoInterface) } else { Ok(Self::new(each)) }
    }

    /// One interface at the address itself: where the card has this binding, at its path and for its tenant.
    pub(super) fn placed(
        card: &AgentCard,
        binding: Binding,
        address: &str,
        dialer: &Dialer,
    ) -> Result<Self, ClientError> {
        let of_binding = |one: &&AgentInterface| one.protocol_binding.parse::<Binding>().is_ok_and(|it| it == binding);
        let mut spoken = card.supported_interfaces.iter().filter(|one| is_spoken(&one.protocol_version));
        let Some(interface) = spoken.find(of_binding) else { return Self::of_one(binding, address, dialer) };
        let (base, there) = (web::base(address), service::client::target(&interface.url));
        let url = format!("{}{}", base.map_err(ClientError::Address)?, there.map_err(ClientError::Address)?.path());
        let transport = Transport::connect(binding, &url, dialer)?;
        Ok(Self::new(vec![Interface { transport, tenant: interface.tenant.clone() }]))
    }

    fn new(each: Vec<Interface>) -> Self {
        Self { each, current: AtomicUsize::new(0) }
    }

    /// Adds the last resort of a card with a gRPC interface: the address where the card itself was found. What the
    /// card names may be reachable only where the agent is.
    pub(super) fn or_at(mut self, address: &str, dialer: &Dialer) -> Self {
        let grpc = self.each.iter().find(|one| matches!(one.transport, Transport::Grpc(_)));
        let tenant = grpc.map(|one| one.tenant.clone());
        let own = tenant.zip(Transport::connect(Binding::Grpc, address, dialer).ok());
        self.each.extend(own.map(|(tenant, transport)| Interface { transport, tenant }));
        self
    }

    /// The first one of gRPC, for what the other bindings do not have, with its tenant.
    pub(super) fn grpc(&self) -> Option<(&Grpc, &str)> {
        self.each.iter().find_map(|interface| match &interface.transport {
            Transport::Grpc(grpc) => Some((grpc, interface.tenant.as_str())),
            Transport::Rpc(_) | Transport::Rest(_) => None,
        })
    }

    /// The only one, where that is gRPC's, with its tenant.
    pub(super) fn only_grpc(&self) -> Option<(&Grpc, &str)> {
        match &self.each[..] {
            [Interface { transport: Transport::Grpc(grpc), tenant }] => Some((grpc, tenant)),
            _ => None,
        }
    }

    /// Asks once, at the first interface that can be reached.
    pub(super) async fn once<A: Ask>(
        &self,
        mut request: Tenanted<'_, A>,
        terms: &Terms,
    ) -> Result<A::Answer, ClientError> {
        let mut missed = ClientError::NoInterface;
        for (left, at) in self.in_turn() {
            let interface = &self.each[at];
            match interface.once::<A>(request.to(interface, left), terms).await {
                Err(error @ ClientError::Unreachable(_)) => missed = error,
                answered => return self.settle(at, answered),
            }
        }
        Err(missed)
    }

    /// Begins a stream at the first interface that can be reached.
    pub(super) async fn stream<A>(&self, mut request: Tenanted<'_, A>, terms: &Terms) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        let mut missed = ClientError::NoInterface;
        for (left, at) in self.in_turn() {
            let interface = &self.each[at];
            match interface.stream::<A>(request.to(interface, left), terms).await {
                Err(error @ ClientError::Unreachable(_)) => missed = error,
                answered => return self.settle(at, answered),
            }
        }
        Err(missed)
    }

    /// Each one, with how many are left after it.
    fn in_turn(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (first, count) = (self.current.load(Ordering::Relaxed), self.each.len());
        (0..count).map(move |turn| (count - turn - 1, (first + turn) % count))
    }

    fn settle<T>(&self, at: usize, answered: Result<T, ClientError>) -> Result<T, ClientError> {
        self.current.store(at, Ordering::Relaxed);
        answered
    }
}

/// A request that is yet to name its tenant: the caller's, or else the interface's.
pub(super) struct Tenanted<'a, A: Ask> {
    pub(super) request: A::Request,
    pub(super) tenant: Option<&'a str>,
}

impl<A: Ask> Tenanted<'_, A> {
    /// The request for an interface, after which so many are left to try.
    fn to(&mut self, interface: &Interface, left: usize) -> A::Request {
        let mut request = if left == 0 { std::mem::take(&mut self.request) } else { self.request.clone() };
        self.tenant.unwrap_or(&interface.tenant).clone_into(A::tenant(&mut request));
        request
    }
}

impl Interface {
    fn spoken(interface: &AgentInterface, secure: bool, dialer: &Dialer) -> Option<Self> {
        if !is_spoken(&interface.protocol_version) {
            return None;
        }
        let binding = interface.protocol_binding.parse().ok()?;
        let bare = !interface.url.contains("://");
        let url = if secure && bare { format!("https://{}", interface.url) } else { interface.url.clone() };
        let transport = Transport::connect(binding, &url, dialer).ok()?;
        Some(Self { transport, tenant: interface.tenant.clone() })
    }

    async fn once<A: Ask>(&self, request: A::Request, terms: &Terms) -> Result<A::Answer, ClientError> {
        match &self.transport {
            Transport::Grpc(grpc) => grpc.once::<A>(request, terms).await,
            Transport::Rpc(rpc) => rpc.once::<A>(&request, terms).await,
            Transport::Rest(rest) => rest.once::<A>(request, terms).await,
        }
    }

    async fn stream<A>(&self, request: A::Request, terms: &Terms) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        match &self.transport {
            Transport::Grpc(grpc) => grpc.stream::<A>(request, terms).await,
            Transport::Rpc(rpc) => rpc.stream::<A>(&request, terms).await,
            Transport::Rest(rest) => rest.stream::<A>(request, terms).await,
        }
    }
}

impl Transport {
    fn connect(binding: Binding, address: &str, dialer: &Dialer) -> Result<Self, ClientError> {
        let dialer = dialer.clone();
        Ok(match binding {
            Binding::Grpc => Self::Grpc(Grpc::connect(address, dialer)?),
            Binding::JsonRpc => Self::Rpc(Rpc::connect(address, dialer)?),
            Binding::HttpJson => Self::Rest(Rest::connect(address, dialer)?),
        })
    }
}

/// Whether a card's version is ours; a patch number says nothing about the wire.
fn is_spoken(version: &str) -> bool {
    let patch = version.strip_prefix(VERSION);
    patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
}
