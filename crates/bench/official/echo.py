"""The benchmarks' echo agent on the official Python SDK, in memory, over its three bindings: what ours is measured against.

usage: echo.py --announce FILE
"""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import grpc
import uvicorn
from starlette.applications import Starlette

from a2a.helpers.proto_helpers import get_message_text, new_task_from_user_message, new_text_part
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.routes.jsonrpc_routes import create_jsonrpc_routes
from a2a.server.routes.rest_routes import create_rest_routes
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types import a2a_pb2_grpc
from a2a.types.a2a_pb2 import AgentCapabilities, AgentCard, AgentInterface, AgentSkill


class Echo(AgentExecutor):
    """Says what it was told, in two chunks."""

    async def execute(self, context, queue):
        text = get_message_text(context.message)
        half = len(text) // 2
        await queue.enqueue_event(new_task_from_user_message(context.message))
        updater = TaskUpdater(queue, context.task_id, context.context_id)
        await updater.start_work()
        await updater.add_artifact([new_text_part(text[:half])], artifact_id="echo", name="echo", append=False)
        await updater.add_artifact(
            [new_text_part(text[half:])], artifact_id="echo", name="echo", append=True, last_chunk=True
        )
        await updater.complete()

    async def cancel(self, context, queue):
        await TaskUpdater(queue, context.task_id, context.context_id).cancel()


def card_of(grpc_address, http_address):
    urls = {"GRPC": grpc_address, "JSONRPC": f"http://{http_address}/rpc", "HTTP+JSON": f"http://{http_address}"}
    return AgentCard(
        name="Echo Agent",
        description="Made with the official SDK",
        version="1",
        supported_interfaces=[
            AgentInterface(url=url, protocol_binding=binding, protocol_version="1.0") for binding, url in urls.items()
        ],
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[AgentSkill(id="echo", name="Echo", description="Says what it was told", tags=["bench"])],
    )


def announce(path, grpc_address, http_address):
    draft = path.with_suffix(".draft")
    told = {"name": "official Python SDK", "pid": os.getpid(), "protocol": grpc_address, "http": http_address}
    draft.write_text(json.dumps(told))
    draft.rename(path)


async def main(path):
    server = grpc.aio.server()
    grpc_address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    # Named as TCP: asyncio sets TCP_NODELAY on no other connection, and answers would wait 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    http_address = f"127.0.0.1:{listener.getsockname()[1]}"
    handler = DefaultRequestHandler(Echo(), InMemoryTaskStore(), card_of(grpc_address, http_address))
    a2a_pb2_grpc.add_A2AServiceServicer_to_server(GrpcHandler(handler), server)
    await server.start()
    routes = [*create_jsonrpc_routes(handler, "/rpc"), *create_rest_routes(handler)]
    config = uvicorn.Config(Starlette(routes=routes), log_level="warning", access_log=False, lifespan="off")
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
    announce(path, grpc_address, http_address)
    await serving


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[sys.argv.index("--announce") + 1])))
