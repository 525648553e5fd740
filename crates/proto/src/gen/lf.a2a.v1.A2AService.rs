/// Generated server implementations.
pub mod a2_a_service_server {
    #![allow(
        unused_variables,
        dead_code,
        missing_docs,
        clippy::wildcard_imports,
        clippy::let_unit_value,
    )]
    use tonic::codegen::*;
    /// Generated trait containing gRPC methods that should be implemented for use with A2AServiceServer.
    #[async_trait]
    pub trait A2AService: std::marker::Send + std::marker::Sync + 'static {
        async fn send_message(
            &self,
            request: tonic::Request<crate::raw::SendMessageRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        /// Server streaming response type for the SendStreamingMessage method.
        type SendStreamingMessageStream: tonic::codegen::tokio_stream::Stream<
                Item = std::result::Result<bytes::Bytes, tonic::Status>,
            >
            + std::marker::Send
            + 'static;
        async fn send_streaming_message(
            &self,
            request: tonic::Request<crate::raw::SendMessageRequest>,
        ) -> std::result::Result<
            tonic::Response<Self::SendStreamingMessageStream>,
            tonic::Status,
        >;
        async fn get_task(
            &self,
            request: tonic::Request<crate::a2a::GetTaskRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn list_tasks(
            &self,
            request: tonic::Request<crate::a2a::ListTasksRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn cancel_task(
            &self,
            request: tonic::Request<crate::a2a::CancelTaskRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        /// Server streaming response type for the SubscribeToTask method.
        type SubscribeToTaskStream: tonic::codegen::tokio_stream::Stream<
                Item = std::result::Result<bytes::Bytes, tonic::Status>,
            >
            + std::marker::Send
            + 'static;
        async fn subscribe_to_task(
            &self,
            request: tonic::Request<crate::a2a::SubscribeToTaskRequest>,
        ) -> std::result::Result<
            tonic::Response<Self::SubscribeToTaskStream>,
            tonic::Status,
        >;
        async fn create_task_push_notification_config(
            &self,
            request: tonic::Request<crate::a2a::TaskPushNotificationConfig>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn get_task_push_notification_config(
            &self,
            request: tonic::Request<crate::a2a::GetTaskPushNotificationConfigRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn list_task_push_notification_configs(
            &self,
            request: tonic::Request<crate::a2a::ListTaskPushNotificationConfigsRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn get_extended_agent_card(
            &self,
            request: tonic::Request<crate::a2a::GetExtendedAgentCardRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
        async fn delete_task_push_notification_config(
            &self,
            request: tonic::Request<crate::a2a::DeleteTaskPushNotificationConfigRequest>,
        ) -> std::result::Result<tonic::Response<bytes::Bytes>, tonic::Status>;
    }
    #[derive(Debug)]
    pub struct A2AServiceServer<T> {
        inner: Arc<T>,
        accept_compression_encodings: EnabledCompressionEncodings,
        send_compression_encodings: EnabledCompressionEncodings,
        max_decoding_message_size: Option<usize>,
        max_encoding_message_size: Option<usize>,
    }
    impl<T> A2AServiceServer<T> {
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
    impl<T, B> tonic::codegen::Service<http::Request<B>> for A2AServiceServer<T>
    where
        T: A2AService,
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
                "/lf.a2a.v1.A2AService/SendMessage" => {
                    #[allow(non_camel_case_types)]
                    struct SendMessageSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<crate::raw::SendMessageRequest>
                    for SendMessageSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::raw::SendMessageRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::send_message(&inner, request).await
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
                        let method = SendMessageSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/SendStreamingMessage" => {
                    #[allow(non_camel_case_types)]
                    struct SendStreamingMessageSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::ServerStreamingService<
                        crate::raw::SendMessageRequest,
                    > for SendStreamingMessageSvc<T> {
                        type Response = bytes::Bytes;
                        type ResponseStream = T::SendStreamingMessageStream;
                        type Future = BoxFuture<
                            tonic::Response<Self::ResponseStream>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::raw::SendMessageRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::send_streaming_message(&inner, request)
                                    .await
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
                        let method = SendStreamingMessageSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/GetTask" => {
                    #[allow(non_camel_case_types)]
                    struct GetTaskSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<crate::a2a::GetTaskRequest>
                    for GetTaskSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::a2a::GetTaskRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::get_task(&inner, request).await
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
                        let method = GetTaskSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/ListTasks" => {
                    #[allow(non_camel_case_types)]
                    struct ListTasksSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<crate::a2a::ListTasksRequest>
                    for ListTasksSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::a2a::ListTasksRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::list_tasks(&inner, request).await
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
                        let method = ListTasksSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/CancelTask" => {
                    #[allow(non_camel_case_types)]
                    struct CancelTaskSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<crate::a2a::CancelTaskRequest>
                    for CancelTaskSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::a2a::CancelTaskRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::cancel_task(&inner, request).await
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
                        let method = CancelTaskSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/SubscribeToTask" => {
                    #[allow(non_camel_case_types)]
                    struct SubscribeToTaskSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::ServerStreamingService<
                        crate::a2a::SubscribeToTaskRequest,
                    > for SubscribeToTaskSvc<T> {
                        type Response = bytes::Bytes;
                        type ResponseStream = T::SubscribeToTaskStream;
                        type Future = BoxFuture<
                            tonic::Response<Self::ResponseStream>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<crate::a2a::SubscribeToTaskRequest>,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::subscribe_to_task(&inner, request).await
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
                        let method = SubscribeToTaskSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/CreateTaskPushNotificationConfig" => {
                    #[allow(non_camel_case_types)]
                    struct CreateTaskPushNotificationConfigSvc<T: A2AService>(
                        pub Arc<T>,
                    );
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<crate::a2a::TaskPushNotificationConfig>
                    for CreateTaskPushNotificationConfigSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::a2a::TaskPushNotificationConfig,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::create_task_push_notification_config(
                                        &inner,
                                        request,
                                    )
                                    .await
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
                        let method = CreateTaskPushNotificationConfigSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/GetTaskPushNotificationConfig" => {
                    #[allow(non_camel_case_types)]
                    struct GetTaskPushNotificationConfigSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<
                        crate::a2a::GetTaskPushNotificationConfigRequest,
                    > for GetTaskPushNotificationConfigSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::a2a::GetTaskPushNotificationConfigRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::get_task_push_notification_config(
                                        &inner,
                                        request,
                                    )
                                    .await
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
                        let method = GetTaskPushNotificationConfigSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/ListTaskPushNotificationConfigs" => {
                    #[allow(non_camel_case_types)]
                    struct ListTaskPushNotificationConfigsSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<
                        crate::a2a::ListTaskPushNotificationConfigsRequest,
                    > for ListTaskPushNotificationConfigsSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::a2a::ListTaskPushNotificationConfigsRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::list_task_push_notification_configs(
                                        &inner,
                                        request,
                                    )
                                    .await
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
                        let method = ListTaskPushNotificationConfigsSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/GetExtendedAgentCard" => {
                    #[allow(non_camel_case_types)]
                    struct GetExtendedAgentCardSvc<T: A2AService>(pub Arc<T>);
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<
                        crate::a2a::GetExtendedAgentCardRequest,
                    > for GetExtendedAgentCardSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::a2a::GetExtendedAgentCardRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::get_extended_agent_card(&inner, request)
                                    .await
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
                        let method = GetExtendedAgentCardSvc(inner);
                        let codec = crate::Prepared::default();
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
                "/lf.a2a.v1.A2AService/DeleteTaskPushNotificationConfig" => {
                    #[allow(non_camel_case_types)]
                    struct DeleteTaskPushNotificationConfigSvc<T: A2AService>(
                        pub Arc<T>,
                    );
                    impl<
                        T: A2AService,
                    > tonic::server::UnaryService<
                        crate::a2a::DeleteTaskPushNotificationConfigRequest,
                    > for DeleteTaskPushNotificationConfigSvc<T> {
                        type Response = bytes::Bytes;
                        type Future = BoxFuture<
                            tonic::Response<Self::Response>,
                            tonic::Status,
                        >;
                        fn call(
                            &mut self,
                            request: tonic::Request<
                                crate::a2a::DeleteTaskPushNotificationConfigRequest,
                            >,
                        ) -> Self::Future {
                            let inner = Arc::clone(&self.0);
                            let fut = async move {
                                <T as A2AService>::delete_task_push_notification_config(
                                        &inner,
                                        request,
                                    )
                                    .await
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
                        let method = DeleteTaskPushNotificationConfigSvc(inner);
                        let codec = crate::Prepared::default();
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
    impl<T> Clone for A2AServiceServer<T> {
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
    pub const SERVICE_NAME: &str = "lf.a2a.v1.A2AService";
    impl<T> tonic::server::NamedService for A2AServiceServer<T> {
        const NAME: &'static str = SERVICE_NAME;
    }
}
