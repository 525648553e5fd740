"""An A2A agent that is not one of ours: the official server over gRPC, its tasks in memory alone.

usage: foreign_agent.py ADDRESS DIRECTORY [BINDINGS]
With BINDINGS, names of cards with commas between them, it publishes a card that lists these, in this order, and serves
JSON-RPC and HTTP+JSON beside it on a port of their own, DIRECTORY/published.
The first word of a message says what becomes of it:
  work    a task that completes
  reply   a message and no task
  slow    a task that completes once DIRECTORY/gate exists
  quiet   like slow, but says nothing meanwhile, so that its task has no time yet
  late    like slow, but even that there is a task is only said then
  twice   a task that completes, and says so twice
  hang    a task that never ends, and stops when it is told to
  deaf    a task that never ends, whoever says what
  mute    begins, and never says anything
  ask     a task that asks, and asks again, until it is told "done"
Each beginning is a line of DIRECTORY/begun. DIRECTORY/address has the address once it is served.
Ends when its standard input does.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

import grpc
import httpx
import uvicorn
from starlette.applications import Starlette

from a2a.helpers.proto_helpers import get_message_text, new_task_from_user_message, new_text_message, new_text_part
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.routes.agent_card_routes import create_agent_card_routes
from a2a.server.routes.jsonrpc_routes import create_jsonrpc_routes
from a2a.server.routes.rest_routes import create_rest_routes
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import a2a_pb2_grpc
from a2a.types.a2a_pb2 import (
    AgentCapabilities,
    AgentCard,
    AgentInterface,
    AgentSkill,
    TaskState,
    TaskStatus,
    TaskStatusUpdateEvent,
)
from a2a.utils.errors import TaskNotCancelableError


class Executor(AgentExecutor):
    def __init__(self, directory):
        self.directory = directory

    async def execute(self, context, queue):
        mode = context.get_user_input().split()[0]
        self.begin(mode, context.message.message_id)
        if context.current_task:
            return await self.answered(mode, context, queue)
        if mode == "reply":
            return await queue.enqueue_event(new_text_message("replied at once", context_id=context.context_id))
        if mode == "mute":
            await asyncio.Event().wait()
        if mode == "late":
            await self.gate()
        await queue.enqueue_event(new_task_from_user_message(context.message))
        updater = TaskUpdater(queue, context.task_id, context.context_id)
        if mode != "quiet":
            await updater.start_work(updater.new_agent_message([new_text_part("at work")]))
        if mode == "ask":
            return await updater.requires_input(updater.new_agent_message([new_text_part("what else?")]))
        if mode in ("slow", "quiet"):
            await self.gate()
        if mode in ("hang", "deaf"):
            await asyncio.Event().wait()
        await self.complete(mode, context, queue, updater)

    async def answered(self, mode, context, queue):
        """Another turn of a task that has asked."""
        updater = TaskUpdater(queue, context.task_id, context.context_id)
        if mode != "done":
            return await updater.requires_input(updater.new_agent_message([new_text_part("what else?")]))
        await self.complete(mode, context, queue, updater)

    async def complete(self, mode, context, queue, updater):
        await updater.add_artifact([new_text_part(f"result of {mode}")], name="result")
        await updater.complete(updater.new_agent_message([new_text_part("done")]))
        if mode == "twice":
            # What the helper would refuse to say.
            status = TaskStatus(state=TaskState.TASK_STATE_FAILED)
            event = TaskStatusUpdateEvent(task_id=context.task_id, context_id=context.context_id, status=status)
            await queue.enqueue_event(event)

    async def cancel(self, context, queue):
        await TaskUpdater(queue, context.task_id, context.context_id).cancel()

    def begin(self, mode, message_id):
        with open(self.directory / "begun", "a") as file:
            file.write(f"{mode} {message_id}\n")

    async def gate(self):
        while not (self.directory / "gate").exists():
            await asyncio.sleep(0.02)


class Handler(DefaultRequestHandler):
    """Refuses to cancel the tasks of `deaf`: those that an executor refuses, the SDK ends itself."""

    async def on_cancel_task(self, params, context):
        task = await self.task_store.get(params.id, context)
        if task and get_message_text(task.history[0]).startswith("deaf"):
            raise TaskNotCancelableError
        return await super().on_cancel_task(params, context)


def card_of(interfaces):
    skill = AgentSkill(id="anything", name="Anything", description="Whatever it is told", tags=["test"])
    return AgentCard(
        name="Foreign Agent",
        description="Made with the official SDK",
        version="1",
        supported_interfaces=[
            AgentInterface(url=url, protocol_binding=binding, protocol_version="1.0") for binding, url in interfaces
        ],
        capabilities=AgentCapabilities(streaming=True, push_notifications=True, extended_agent_card=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[skill],
    )


async def parent_is_gone():
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


async def publish(card, handler, listener):
    """Serves the card, JSON-RPC below /rpc and HTTP+JSON below /rest."""
    routes = [
        *create_agent_card_routes(card, cache_control="max-age=60"),
        *create_jsonrpc_routes(handler, "/rpc"),
        *create_rest_routes(handler, path_prefix="/rest"),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning", lifespan="off"))
    await server.serve(sockets=[listener])


def announce(directory, name, address):
    beside = directory / f"{name}.new"
    beside.write_text(address)
    beside.rename(directory / name)


async def main(address, directory, bindings=""):
    directory = Path(directory)
    server = grpc.aio.server()
    port = server.add_insecure_port(address)
    address = f"{address.rsplit(':', 1)[0]}:{port}"
    listener = socket.create_server(("127.0.0.1", 0))
    http = f"127.0.0.1:{listener.getsockname()[1]}"
    urls = {"GRPC": address, "JSONRPC": f"http://{http}/rpc", "HTTP+JSON": f"http://{http}/rest"}
    card = card_of([(binding, urls[binding]) for binding in bindings.split(",") if binding] or [("GRPC", address)])
    hooks = InMemoryPushNotificationConfigStore()
    handler = Handler(
        Executor(directory),
        InMemoryTaskStore(),
        card,
        push_config_store=hooks,
        push_sender=BasePushNotificationSender(httpx.AsyncClient(), hooks),
        extended_agent_card=card,
    )
    a2a_pb2_grpc.add_A2AServiceServicer_to_server(GrpcHandler(handler), server)
    await server.start()
    published = asyncio.create_task(publish(card, handler, listener)) if bindings else None
    announce(directory, "published", http)
    announce(directory, "address", address)
    await parent_is_gone()
    # Like a process that dies: nothing is put in order.
    os._exit(0 if published is None or not published.done() else 1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
