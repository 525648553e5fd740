"""An A2A agent that is not one of ours: the official server over gRPC, its tasks in memory alone.

usage: foreign_agent.py ADDRESS DIRECTORY
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
Each beginning is a line of DIRECTORY/begun. DIRECTORY/address has the address once it is served.
Ends when its standard input does.
"""

import asyncio
import os
import sys
from pathlib import Path

import grpc

from a2a.helpers.proto_helpers import get_message_text, new_task_from_user_message, new_text_message, new_text_part
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler, GrpcHandler
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
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
        if mode in ("slow", "quiet"):
            await self.gate()
        if mode in ("hang", "deaf"):
            await asyncio.Event().wait()
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


def card_of(address):
    skill = AgentSkill(id="anything", name="Anything", description="Whatever it is told", tags=["test"])
    return AgentCard(
        name="Foreign Agent",
        description="Made with the official SDK",
        version="1",
        supported_interfaces=[AgentInterface(url=address, protocol_binding="GRPC", protocol_version="1.0")],
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/plain"],
        skills=[skill],
    )


async def parent_is_gone():
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


async def main(address, directory):
    directory = Path(directory)
    server = grpc.aio.server()
    port = server.add_insecure_port(address)
    address = f"{address.rsplit(':', 1)[0]}:{port}"
    handler = Handler(Executor(directory), InMemoryTaskStore(), card_of(address))
    a2a_pb2_grpc.add_A2AServiceServicer_to_server(GrpcHandler(handler), server)
    await server.start()
    beside = directory / "address.new"
    beside.write_text(address)
    beside.rename(directory / "address")
    await parent_is_gone()
    # Like a process that dies: nothing is put in order.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
