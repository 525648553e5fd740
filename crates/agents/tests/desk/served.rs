//! The Units service on a port, and a client of it.

use proto::watchroom::emergency::v1::units_client::UnitsClient;
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{
    ListUnitsRequest, ListUnitsResponse, UnitChange, UnitFilter, WatchUnitsRequest, WatchUnitsResponse,
};
use service::Identity;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::{InterceptorLayer, Routes};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Status, Streaming};

use crate::town::Town;

/// What a client takes in before it reads, in bytes: little, so that one that does not read is noticed.
const WINDOW: u32 = 64 << 10;

pub(crate) type Client = UnitsClient<Channel>;

/// Serves a town's units as the process does where nobody is asked who they are, until the test ends.
pub(crate) async fn client(town: &Town) -> Client {
    served(town, None).await
}

/// The same to a caller that the guard knows.
pub(crate) async fn client_as(town: &Town, caller: Identity) -> Client {
    served(town, Some(caller)).await
}

async fn served(town: &Town, caller: Option<Identity>) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = town.driver().agent().0.extend(Routes::default());
    let guard = InterceptorLayer::new(move |mut request: Request<()>| {
        caller.clone().map(|caller| request.extensions_mut().insert(caller));
        Ok(request)
    });
    let server = Server::builder().layer(guard).add_routes(routes);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    Client::new(endpoint.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW).connect_lazy())
}

pub(crate) async fn list(client: &mut Client, filter: UnitFilter) -> ListUnitsResponse {
    let request = ListUnitsRequest { filter: Some(filter), page_size: Some(100), ..ListUnitsRequest::default() };
    client.list_units(request).await.unwrap().into_inner()
}

pub(crate) async fn watch(client: &mut Client, from_version: u64) -> Result<Streaming<WatchUnitsResponse>, Status> {
    let request = WatchUnitsRequest { from_version, ..WatchUnitsRequest::default() };
    client.watch_units(request).await.map(tonic::Response::into_inner)
}

/// Reads up to and including the first synced.
pub(crate) async fn synced(items: &mut Streaming<WatchUnitsResponse>) -> Vec<WatchUnitsResponse> {
    let mut read = Vec::new();
    loop {
        let item = items.message().await.unwrap().unwrap();
        let over = matches!(item.event, Some(Event::Synced(_)));
        read.push(item);
        if over {
            return read;
        }
    }
}

/// The next change.
pub(crate) async fn change(items: &mut Streaming<WatchUnitsResponse>) -> UnitChange {
    let item = items.message().await.unwrap().unwrap();
    match item.event {
        Some(Event::Change(change)) => {
            assert_eq!(item.version, change.seq);
            change
        }
        other => panic!("no change but {other:?}"),
    }
}
