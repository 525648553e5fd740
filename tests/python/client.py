"""Drives one agent with the official A2A client: send, stream, get, list, subscribe, cancel.

usage: client.py BINDING ADDRESS TEXT [OPEN_TEXT]
BINDING is GRPC, JSONRPC or HTTP+JSON; its interface is taken from the card that the agent publishes.
TEXT is a message whose task completes, OPEN_TEXT one whose task stays open until it is cancelled;
an agent whose tasks all end by themselves at once has none.
Exits with 0 when every answer is what A2A 1.0 says it should be; the first that is not raises.
"""

import asyncio
import sys
import uuid

import grpc
import httpx

from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types.a2a_pb2 import (
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    Message,
    Part,
    Role,
    SendMessageConfiguration,
    SendMessageRequest,
    SubscribeToTaskRequest,
    TaskPushNotificationConfig,
    TaskState,
)
from a2a.utils.errors import (
    InvalidParamsError,
    TaskNotCancelableError,
    TaskNotFoundError,
    UnsupportedOperationError,
)

CURSOR = "urn:watchroom:ext:cursor:v1"
OPEN = (TaskState.TASK_STATE_SUBMITTED, TaskState.TASK_STATE_WORKING, TaskState.TASK_STATE_INPUT_REQUIRED)


async def card_of(address):
    """The card as the agent publishes it; the client lets nobody ask for what a card does not promise, so it promises."""
    async with httpx.AsyncClient() as http:
        card = await A2ACardResolver(http, f"http://{address}").get_agent_card()
    assert [one.protocol_binding for one in card.supported_interfaces] == ["GRPC", "JSONRPC", "HTTP+JSON"], card
    card.capabilities.extended_agent_card = True
    return card


def client_of(card, binding, streaming):
    config = ClientConfig(
        streaming=streaming,
        grpc_channel_factory=grpc.aio.insecure_channel,
        supported_protocol_bindings=[binding],
    )
    return ClientFactory(config).create(card)


def request_of(text, **configuration):
    message = Message(message_id=str(uuid.uuid4()), role=Role.ROLE_USER, parts=[Part(text=text)])
    return SendMessageRequest(message=message, configuration=SendMessageConfiguration(**configuration))


async def all_of(events):
    return [event async for event in events]


async def raises(error, call):
    """Awaits `call`, which must raise `error`; returns its message."""
    try:
        await call
    except error as caught:
        return str(caught)
    raise AssertionError(f"{error.__name__} was not raised")


def check_stream(events):
    """The task first, COMPLETED last, positions without a gap."""
    assert events[0].HasField("task"), events[0]
    last = events[-1]
    assert last.status_update.status.state == TaskState.TASK_STATE_COMPLETED, last
    assert any(event.HasField("artifact_update") for event in events), "no artifact"
    position = None
    for event in events:
        update = getattr(event, event.WhichOneof("payload"))
        mark = update.metadata[CURSOR]
        assert position is None or mark["prev"] == position, (position, mark)
        position = mark["seq"]


async def sends(client, text):
    [answer] = await all_of(client.send_message(request_of(text)))
    assert answer.task.status.state == TaskState.TASK_STATE_COMPLETED, answer
    assert answer.task.artifacts, "a completed task without artifacts"
    return answer.task


async def gets(client, task):
    got = await client.get_task(GetTaskRequest(id=task.id))
    assert got.id == task.id and got.context_id == task.context_id
    assert got.artifacts == task.artifacts
    assert got.history, "no history"
    bare = await client.get_task(GetTaskRequest(id=task.id, history_length=0))
    assert not bare.history, "a history that was not asked for"
    await raises(TaskNotFoundError, client.get_task(GetTaskRequest(id=str(uuid.uuid4()))))


async def lists(client, task):
    page = await client.list_tasks(ListTasksRequest(context_id=task.context_id, include_artifacts=True))
    assert [listed.id for listed in page.tasks] == [task.id], page
    assert page.tasks[0].artifacts == task.artifacts
    assert page.total_size == 1 and page.next_page_token == ""
    first = await client.list_tasks(ListTasksRequest(page_size=1))
    assert len(first.tasks) == 1 and first.page_size == 1 and first.next_page_token, first
    rest = await client.list_tasks(ListTasksRequest(page_size=1, page_token=first.next_page_token))
    assert rest.tasks[0].id != first.tasks[0].id, "a task on two pages"
    await raises(InvalidParamsError, client.list_tasks(ListTasksRequest(page_size=101)))


async def subscribes_and_cancels(client, streaming, text):
    [answer] = await all_of(client.send_message(request_of(text, return_immediately=True)))
    task = answer.task
    assert task.status.state in OPEN, task
    events = streaming.subscribe(SubscribeToTaskRequest(id=task.id))
    first = await anext(events)
    assert first.task.id == task.id and first.task.status.state in OPEN, first
    cancelled = await client.cancel_task(CancelTaskRequest(id=task.id))
    assert cancelled.id == task.id
    rest = await all_of(events)
    assert rest[-1].status_update.status.state == TaskState.TASK_STATE_CANCELED, rest[-1]
    await raises(TaskNotCancelableError, client.cancel_task(CancelTaskRequest(id=task.id)))
    await raises(UnsupportedOperationError, all_of(streaming.subscribe(SubscribeToTaskRequest(id=task.id))))


async def keeps_webhooks(client, task):
    hook = TaskPushNotificationConfig(task_id=task.id, url="https://example.com/hook", token="secret")
    made = await client.create_task_push_notification_config(hook)
    assert made.id and made.task_id == task.id and made.url == hook.url and not made.token, made
    get = GetTaskPushNotificationConfigRequest(task_id=task.id, id=made.id)
    assert await client.get_task_push_notification_config(get) == made
    listed = await client.list_task_push_notification_configs(ListTaskPushNotificationConfigsRequest(task_id=task.id))
    assert list(listed.configs) == [made], listed
    delete = DeleteTaskPushNotificationConfigRequest(task_id=task.id, id=made.id)
    for _ in range(2):
        await client.delete_task_push_notification_config(delete)
    await raises(TaskNotFoundError, client.get_task_push_notification_config(get))
    inside = TaskPushNotificationConfig(task_id=task.id, url="http://169.254.169.254/")
    await raises(InvalidParamsError, client.create_task_push_notification_config(inside))


async def refuses_what_it_does_not_offer(client):
    await raises(UnsupportedOperationError, client.get_extended_agent_card(GetExtendedAgentCardRequest()))


async def main(binding, address, text, open_text=None):
    card = await card_of(address)
    async with client_of(card, binding, False) as client, client_of(card, binding, True) as streaming:
        task = await sends(client, text)
        print("send", task.id)
        await gets(client, task)
        print("get")
        await sends(client, text)
        await lists(client, task)
        print("list")
        if open_text:
            await subscribes_and_cancels(client, streaming, open_text)
            print("subscribe, cancel")
        await keeps_webhooks(client, task)
        print("webhooks")
        await refuses_what_it_does_not_offer(client)
        print("refusals")
        events = await all_of(streaming.send_message(request_of(text)))
        check_stream(events)
        print("stream", len(events))


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(*sys.argv[1:5]), timeout=120))
