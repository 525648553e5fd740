//! Which gRPC services a set of routes serves, and what their descriptors say.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, Uri};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::Status;
use tonic::service::Routes;
use tower::ServiceExt as _;

use crate::Fatal;

/// The served services with their methods, by full name.
pub(crate) type Catalogue = BTreeMap<String, Vec<String>>;

/// Marks the answer of the fallback.
#[derive(Debug, Clone, Copy)]
struct Unknown;

/// Routes that answer calls to unknown services with a readable UNIMPLEMENTED, and what they serve.
///
/// A descriptor set may describe more than this binary serves, and routes do not tell what is in them;
/// so each service is asked for a method that none has, and the fallback's answer means that it is not served.
pub(crate) async fn read(routes: Routes, descriptors: &[&[u8]]) -> Result<(Routes, Catalogue), Fatal> {
    let router = routes.into_axum_router().fallback(unknown);
    let mut catalogue = Catalogue::new();
    for (service, methods) in described(descriptors)? {
        if serves(router.clone(), &service).await {
            catalogue.insert(service, methods);
        }
    }
    Ok((Routes::from(router), catalogue))
}

async fn unknown(uri: Uri) -> Response<Body> {
    let status = Status::unimplemented(format!("this server serves nothing at {}", uri.path()));
    let mut response = status.into_http::<Body>();
    response.extensions_mut().insert(Unknown);
    response
}

async fn serves(router: Router, service: &str) -> bool {
    let mut probe = Request::new(Body::empty());
    *probe.method_mut() = http::Method::POST;
    let Ok(uri) = format!("/{service}/-").parse() else { return false };
    *probe.uri_mut() = uri;
    match router.oneshot(probe).await {
        Ok(response) => response.extensions().get::<Unknown>().is_none(),
        Err(never) => match never {},
    }
}

fn described(descriptors: &[&[u8]]) -> Result<Catalogue, Fatal> {
    let mut all = Catalogue::new();
    for encoded in descriptors {
        let set = FileDescriptorSet::decode(*encoded)
            .map_err(|error| Fatal::internal("a descriptor set does not decode", error))?;
        for file in set.file {
            let package = file.package().to_owned();
            for service in &file.service {
                let methods = service.method.iter().map(|method| method.name().to_owned()).collect();
                all.insert(format!("{package}.{}", service.name()), methods);
            }
        }
    }
    Ok(all)
}
