/// Generated server implementations.
pub mod registry_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value,
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with RegistryServer.
    #[async_trait]
    pub trait Registry: std::marker::Send + std::marker::Sync + 'static {
        async fn register(
            &self,
            request: tonic::Request<crate::raw::RegisterRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::watchroom::registry::v1::RegisterResponse>,
            tonic::Status,
        >;
        /// Server streaming response type for the KeepAlive method.
        type KeepAliveStream: tonic::codegen::tokio_stream::Stream<
                Item = std::result::Result<
                    crate::watchroom::registry::v1::KeepAliveResponse,
                    tonic::Status,
                >,
            >
            + std::marker::Send
            + 'static;
        async fn keep_alive(
            &self,
            request: tonic::Request<
                tonic::Streaming<crate::watchroom::registry::v1::KeepAliveRequest>,
            >,
        ) -> std::result::Result<tonic::Response<Self::KeepAliveStream>, tonic::Status>;
        async fn deregister(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::DeregisterRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::watchroom::registry::v1::DeregisterResponse>,
            tonic::Status,
        >;
        async fn set_draining(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::SetDrainingRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::watchroom::registry::v1::SetDrainingResponse>,
            tonic::Status,
        >;
        async fn get_agent(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::GetAgentRequest>,
        ) -> std::result::Result<tonic::Response<crate::raw::Agent>, tonic::Status>;
        async fn query_agents(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::QueryAgentsRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::raw::QueryAgentsResponse>,
            tonic::Status,
        >;
        /// Server streaming response type for the WatchAgents method.
        type WatchAgentsStream: tonic::codegen::tokio_stream::Stream<
                Item = std::result::Result<
                    crate::raw::WatchAgentsResponse,
                    tonic::Status,
                >,
            >
            + std::marker::Send
            + 'static;
        async fn watch_agents(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::WatchAgentsRequest>,
        ) -> std::result::Result<
            tonic::Response<Self::WatchAgentsStream>,
            tonic::Status,
        >;
        async fn resolve(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::ResolveRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::watchroom::registry::v1::ResolveResponse>,
            tonic::Status,
        >;
        async fn report_outcome(
            &self,
            request: tonic::Request<crate::watchroom::registry::v1::ReportOutcomeRequest>,
        ) -> std::result::Result<
            tonic::Response<crate::watchroom::registry::v1::ReportOutcomeResponse>,
            tonic::Status,
        >;
    }
    #[derive(Debug)]
    pub struct RegistryServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> RegistryServer<T> {
        pub fn new(inner: T) -> Self {
            Self::from_arc(Arc::new(inner))
        }
        pub fn from_arc(inner: Arc<T>) -> Self {
            Self {
                inner,
                accept_compression_encodings: Default::default(),
                send_compression_encodings: Default::default(),
                max_decoding_message_size: None,
                max_encoding_message_size: None,
            }
        }
        pub fn with_interceptor<F>(
            inner: T,
            interceptor: F,
        ) -> InterceptedService<Self, F>
        where
            F: tonic::service::Interceptor,
        {
            InterceptedService::new(Self::new(inner), interceptor)
        }
        /// Enable decompressing requests with the given encoding.
        #[must_use]
        pub fn accept_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.accept_compression_encodings.enable(encoding);
            self
        }
        /// Compress responses with the given encoding, if the client supports it.
        #[must_use]
        pub fn send_compressed(mut self, encoding: CompressionEncoding) -> Self {
            self.send_compression_encodings.enable(encoding);
            self
        }
        /// Limits the maximum size of a decoded message.
        ///
        /// Default: `4MB`
        #[must_use]
        pub fn max_decoding_message_size(mut self, limit: usize) -> Self {
            self.max_decoding_message_size = Some(limit);
            self
        }
        /// Limits the maximum size of an encoded message.
        ///
        /// Default: `usize::MAX`
        #[must_use]
        pub fn max_encoding_message_size(mut self, limit: usize) -> Self {
            self.max_encoding_message_size = Some(limit);
            self
        }
    }
    impl<T, B> tonic::codegen::Service<http::Request<B>> for RegistryServer<T>
    where
        T: Registry,
        B: Body + std::marker::Send + 'static,
        B::Error: Into<StdError> + std::marker::Send + 'static,
    {
        type Response = http::Response<tonic::body::Body>;
        type Error = std::convert::Infallible;
        type Future = BoxFuture<Self::Response, Self::Error>;
        fn poll_ready(
            &mut self,
            _cx: &mut Context<'_>,
        ) -> Poll<std::result::Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, req: http::Request<B>) -> Self::Future {
            match req.uri().path() {
                "/watchroom.registry.v1.Registry/Register" => {
                    #[allow(non_camel_case_types)]
                    struct RegisterSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<crate::raw::RegisterRequest>
                    for RegisterSvc<T> {
                        type Response = crate::watchroom::registry::v1::RegisterResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::raw::RegisterRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::register(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = RegisterSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/KeepAlive" => {
                    #[allow(non_camel_case_types)]
                    struct KeepAliveSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::StreamingService<
                        crate::watchroom::registry::v1::KeepAliveRequest,
                    > for KeepAliveSvc<T> {
                        type Response = crate::watchroom::registry::v1::KeepAliveResponse;
                        type ResponseStream = T::KeepAliveStream;
                        type Future = BoxFuture<
                            tonic::Response<Self::ResponseStream>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                tonic::Streaming<
                                    crate::watchroom::registry::v1::KeepAliveRequest,
                                >,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::keep_alive(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = KeepAliveSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.streaming(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/Deregister" => {
                    #[allow(non_camel_case_types)]
                    struct DeregisterSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::DeregisterRequest,
                    > for DeregisterSvc<T> {
                        type Response = crate::watchroom::registry::v1::DeregisterResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::DeregisterRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::deregister(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = DeregisterSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/SetDraining" => {
                    #[allow(non_camel_case_types)]
                    struct SetDrainingSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::SetDrainingRequest,
                    > for SetDrainingSvc<T> {
                        type Response = crate::watchroom::registry::v1::SetDrainingResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::SetDrainingRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::set_draining(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = SetDrainingSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/GetAgent" => {
                    #[allow(non_camel_case_types)]
                    struct GetAgentSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::GetAgentRequest,
                    > for GetAgentSvc<T> {
                        type Response = crate::raw::Agent;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::GetAgentRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::get_agent(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = GetAgentSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/QueryAgents" => {
                    #[allow(non_camel_case_types)]
                    struct QueryAgentsSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::QueryAgentsRequest,
                    > for QueryAgentsSvc<T> {
                        type Response = crate::raw::QueryAgentsResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::QueryAgentsRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::query_agents(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = QueryAgentsSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/WatchAgents" => {
                    #[allow(non_camel_case_types)]
                    struct WatchAgentsSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::ServerStreamingService<
                        crate::watchroom::registry::v1::WatchAgentsRequest,
                    > for WatchAgentsSvc<T> {
                        type Response = crate::raw::WatchAgentsResponse;
                        type ResponseStream = T::WatchAgentsStream;
                        type Future = BoxFuture<
                            tonic::Response<Self::ResponseStream>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::WatchAgentsRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::watch_agents(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = WatchAgentsSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.server_streaming(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/Resolve" => {
                    #[allow(non_camel_case_types)]
                    struct ResolveSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::ResolveRequest,
                    > for ResolveSvc<T> {
                        type Response = crate::watchroom::registry::v1::ResolveResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::ResolveRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::resolve(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ResolveSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                "/watchroom.registry.v1.Registry/ReportOutcome" => {
                    #[allow(non_camel_case_types)]
                    struct ReportOutcomeSvc<T: Registry>(pub Arc<T>);
                    impl<
                        T: Registry,
                    > tonic::server::UnaryService<
                        crate::watchroom::registry::v1::ReportOutcomeRequest,
                    > for ReportOutcomeSvc<T> {
                        type Response = crate::watchroom::registry::v1::ReportOutcomeResponse;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::watchroom::registry::v1::ReportOutcomeRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as Registry>::report_outcome(&inner, request).await
                            };
                            Box::pin(fut)
                        }
                    }
                    let accept_compression_encodings = self.accept_compression_encodings;
                    let send_compression_encodings = self.send_compression_encodings;
                    let max_decoding_message_size = self.max_decoding_message_size;
                    let max_encoding_message_size = self.max_encoding_message_size;
                    let inner = self.inner.clone();
                    let fut = async move {
                        let method = ReportOutcomeSvc(inner);
                        let codec = crate::Strict::default();
                        let mut grpc = tonic::server::Grpc::new(codec)
                            .apply_compression_config(
                                accept_compression_encodings,
                                send_compression_encodings,
                            )
                            .apply_max_message_size_config(
                                max_decoding_message_size,
                                max_encoding_message_size,
                            );
                        let res = grpc.unary(method, req).await;
                        Ok(res)
                    };
                    Box::pin(fut)
                }
                _ => {
                    Box::pin(async move {
                        let mut response = http::Response::new(
                            tonic::body::Body::default(),
                        );
                        let headers = response.headers_mut();
                        headers
                            .insert(
                                tonic::Status::GRPC_STATUS,
                                (tonic::Code::Unimplemented as i32).into(),
                            );
                        headers
                            .insert(
                                http::header::CONTENT_TYPE,
                                tonic::metadata::GRPC_CONTENT_TYPE,
                            );
                        Ok(response)
                    })
                }
            }
        }
    }
    impl<T> Clone for RegistryServer<T> {
        fn clone(&self) -> Self {
            let inner = self.inner.clone();
            Self {
                inner,
                accept_compression_encodings: self.accept_compression_encodings,
                send_compression_encodings: self.send_compression_encodings,
                max_decoding_message_size: self.max_decoding_message_size,
                max_encoding_message_size: self.max_encoding_message_size,
            }
        }
    }
    /// Generated gRPC service name
    pub const SERVICE_NAME: &str = "watchroom.registry.v1.Registry";
    impl<T> tonic::server::NamedService for RegistryServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
