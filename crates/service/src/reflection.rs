//! Reflection in both versions, so that every grpcurl works and prints error details readably.

use tonic::service::Routes;
use tonic_reflection::pb;
use tonic_reflection::server::Builder;

use crate::Fatal;

const V1: &str = "grpc.reflection.v1.ServerReflection";
const V1ALPHA: &str = "grpc.reflection.v1alpha.ServerReflection";

/// The sets that every listener has: health, and the details of rich errors.
pub(crate) const COMMON: [&[u8]; 2] = [tonic_health::pb::FILE_DESCRIPTOR_SET, tonic_types::pb::FILE_DESCRIPTOR_SET];

/// Adds both versions, which list `services` and themselves, and describe all of `descriptors`.
pub(crate) fn add<'n>(
    routes: Routes,
    services: impl Iterator<Item = &'n String> + Clone,
    descriptors: &[&[u8]],
) -> Result<Routes, Fatal> {
    let failed = |error| Fatal::internal("cannot build the reflection service", error);
    let builder = || {
        let mut builder = Builder::configure()
            .register_encoded_file_descriptor_set(pb::v1::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(pb::v1alpha::FILE_DESCRIPTOR_SET)
            .with_service_name(V1)
            .with_service_name(V1ALPHA);
        for set in descriptors {
            builder = builder.register_encoded_file_descriptor_set(set);
        }
        services.clone().fold(builder, Builder::with_service_name)
    };
    let v1 = builder().build_v1().map_err(failed)?;
    let v1alpha = builder().build_v1alpha().map_err(failed)?;
    Ok(routes.add_service(v1).add_service(v1alpha))
}
