"""Goes through every operation of one agent with the official A2A client, for the matrix of `make interop`.

usage: interop.py SCENE BINDING
SCENE is JSON: the agent's name and URL, the token of its callers, and the words that make it do things; see
docs/interop.md. BINDING is GRPC, JSONRPC or HTTP+JSON.
Prints one line of JSON for each of the scene's operations: whether it was as A2A 1.0 says, and if not, why.
"""

import asyncio
import json
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import grpc
import httpx
from google.protobuf import json_format

from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.client.client import ClientCallContext
from a2a.client.interceptors import ClientCallInterceptor
from a2a.types.a2a_pb2 import (
    AuthenticationInfo,
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    StreamResponse,
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
from client import all_of, raises, request_of

SDK = f"a2a-sdk {version('a2a-sdk')} (Python)"
# An operation that takes longer hangs.
PATIENCE = 20
COMPLETED = TaskState.TASK_STATE_COMPLETED
CANCELED = TaskState.TASK_STATE_CANCELED
ASKS = TaskState.TASK_STATE_INPUT_REQUIRED


class Bearer(ClientCallInterceptor):
    def __init__(self, token):
        self.token = token

    async def before(self, args):
        args.context = ClientCallContext(service_parameters={"Authorization": f"Bearer {self.token}"})

    async def after(self, args):
        pass


class Webhook:
    """Receives notifications on a port of its own, and keeps their headers and what the SDK reads in them."""

    def __init__(self):
        told = self.told = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.append((self.headers, json_format.Parse(body, StreamResponse())))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


def update_of(event):
    return getattr(event, event.WhichOneof("payload"))


def state_of(event):
    """The state that an event tells of; None for an artifact."""
    update = update_of(event)
    return update.status.state if hasattr(update, "status") else None


def shows(condition, what):
    assert condition, what


class Operations:
    def __init__(self, scene, binding, card):
        self.scene, self.binding, self.card = scene, binding, card
        bearer = [Bearer(scene["token"])]
        self.client = self.made(False, bearer)
        self.streaming = self.made(True, bearer)

    def made(self, streaming, interceptors):
        config = ClientConfig(
            streaming=streaming,
            grpc_channel_factory=grpc.aio.insecure_channel,
            supported_protocol_bindings=[self.binding],
        )
        return ClientFactory(config).create(self.card, interceptors=interceptors)

    async def sent(self, text, task=None, **configuration):
        """The task that a message becomes, or goes on with, by the task's id alone."""
        request = request_of(text, **configuration)
        if task:
            request.message.task_id = task.id
        [answer] = await all_of(self.client.send_message(request))
        return answer.task

    async def done(self):
        task = await self.sent(self.scene["work"])
        shows(task.status.state == COMPLETED, task)
        return task

    async def opened(self):
        task = await self.sent(self.scene["open"], return_immediately=True)
        shows(task.id and task.status.state not in (COMPLETED, CANCELED), task)
        return task

    async def ended(self, task, state):
        """Polls until the task has this state."""
        until = time.monotonic() + PATIENCE
        while True:
            got = await self.client.get_task(GetTaskRequest(id=task.id))
            if got.status.state == state:
                return got
            shows(time.monotonic() < until, got)
            await asyncio.sleep(0.02)

    async def op_card(self):
        capabilities = self.card.capabilities
        shows(self.card.name and self.card.skills and capabilities.streaming, self.card)
        shows(capabilities.push_notifications and capabilities.extended_agent_card, capabilities)
        shows(self.binding in [one.protocol_binding for one in self.card.supported_interfaces], self.card)

    async def op_send(self):
        task = await self.done()
        shows(task.artifacts and task.context_id, task)

    async def op_nowait(self):
        task = await self.sent(self.scene["work"], return_immediately=True)
        shows((await self.ended(task, COMPLETED)).artifacts, task)

    async def op_reply(self):
        [answer] = await all_of(self.client.send_message(request_of(self.scene["reply"])))
        shows(answer.HasField("message") and answer.message.parts[0].text, answer)

    async def op_stream(self):
        events = await all_of(self.streaming.send_message(request_of(self.scene["work"])))
        shows(events[0].HasField("task"), events[0])
        shows(state_of(events[-1]) == COMPLETED, events[-1])
        shows(any(event.HasField("artifact_update") for event in events), events)

    async def op_get(self):
        task = await self.done()
        got = await self.client.get_task(GetTaskRequest(id=task.id))
        shows((got.id, got.context_id, got.artifacts) == (task.id, task.context_id, task.artifacts), got)
        shows(got.history, got)
        bare = await self.client.get_task(GetTaskRequest(id=task.id, history_length=0))
        shows(not bare.history, bare)

    async def op_list(self):
        task, other = await self.done(), await self.done()
        page = await self.client.list_tasks(ListTasksRequest(context_id=task.context_id, include_artifacts=True))
        shows([listed.id for listed in page.tasks] == [task.id] and page.total_size == 1, page)
        shows(page.tasks[0].artifacts == task.artifacts and not page.next_page_token, page)
        first = await self.client.list_tasks(ListTasksRequest(page_size=1))
        shows([listed.id for listed in first.tasks] == [other.id] and first.next_page_token, first)
        rest = await self.client.list_tasks(ListTasksRequest(page_size=1, page_token=first.next_page_token))
        shows([listed.id for listed in rest.tasks] == [task.id], rest)

    async def watched(self, task):
        """A stream of the task, its first event taken."""
        events = self.streaming.subscribe(SubscribeToTaskRequest(id=task.id))
        first = await anext(events)
        shows(first.task.id == task.id, first)
        return events

    async def op_subscribe(self):
        task = await self.opened()
        events = await self.watched(task)
        await self.client.cancel_task(CancelTaskRequest(id=task.id))
        rest = await all_of(events)
        shows(state_of(rest[-1]) == CANCELED, rest)

    async def op_resubscribe(self):
        task = await self.opened()
        cut = await self.watched(task)
        await cut.aclose()
        one, other = await self.watched(task), await self.watched(task)
        await self.client.cancel_task(CancelTaskRequest(id=task.id))
        rest, same = await all_of(one), await all_of(other)
        shows(state_of(rest[-1]) == CANCELED, rest)
        # The later one begins later, and then says the same.
        shows(same and same == rest[-len(same) :], (rest, same))

    async def op_cancel(self):
        task = await self.opened()
        canceled = await self.client.cancel_task(CancelTaskRequest(id=task.id))
        shows(canceled.id == task.id, canceled)
        await self.ended(task, CANCELED)

    async def op_turns(self):
        ask = self.scene["ask"]
        task = await self.sent(ask["first"])
        shows(task.status.state == ASKS and task.status.message.parts, task)
        for words in ask["again"]:
            again = await self.sent(words, task)
            shows((again.id, again.status.state) == (task.id, ASKS), again)
        last = await self.sent(ask["last"], task)
        shows((last.id, last.context_id, last.status.state) == (task.id, task.context_id, COMPLETED), last)

    async def turn(self, words, task=None):
        request = request_of(words)
        if task:
            request.message.task_id = task.id
        return await all_of(self.streaming.send_message(request))

    async def op_turns_stream(self):
        ask = self.scene["ask"]
        events = await self.turn(ask["first"])
        task = events[0].task
        shows(task.id and state_of(events[-1]) == ASKS, events)
        for words in ask["again"]:
            again = await self.turn(words, task)
            shows(again[0].task.id == task.id and state_of(again[-1]) == ASKS, again)
        last = await self.turn(ask["last"], task)
        shows(last[0].task.id == task.id and state_of(last[-1]) == COMPLETED, last)

    async def op_push_config(self):
        task = await self.done()
        hook = TaskPushNotificationConfig(task_id=task.id, url="https://example.com/hook", token="secret")
        made = await self.client.create_task_push_notification_config(hook)
        shows(made.id and (made.task_id, made.url) == (task.id, hook.url), made)
        get = GetTaskPushNotificationConfigRequest(task_id=task.id, id=made.id)
        shows(await self.client.get_task_push_notification_config(get) == made, made)
        asked = ListTaskPushNotificationConfigsRequest(task_id=task.id)
        listed = await self.client.list_task_push_notification_configs(asked)
        shows(list(listed.configs) == [made], listed)
        delete = DeleteTaskPushNotificationConfigRequest(task_id=task.id, id=made.id)
        for _ in range(2):
            await self.client.delete_task_push_notification_config(delete)
        await raises(TaskNotFoundError, self.client.get_task_push_notification_config(get))

    async def op_push_delivery(self):
        hook = Webhook()
        authentication = AuthenticationInfo(scheme="Bearer", credentials="w0rd")
        config = TaskPushNotificationConfig(url=hook.url, token="t0ken", authentication=authentication)
        task = await self.sent(self.scene["work"], return_immediately=True, task_push_notification_config=config)
        until = time.monotonic() + PATIENCE
        while not any(state_of(event) == COMPLETED for _, event in hook.told):
            shows(time.monotonic() < until, f"{len(hook.told)} notifications, and none of the end")
            await asyncio.sleep(0.02)
        for headers, event in hook.told:
            update = update_of(event)
            shows(getattr(update, "task_id", None) or update.id == task.id, event)
            shows((headers["Authorization"], headers["X-A2A-Notification-Token"]) == ("Bearer w0rd", "t0ken"), str(headers))

    async def op_extended_card(self):
        extended = await self.client.get_extended_agent_card(GetExtendedAgentCardRequest())
        shows(extended.name == self.card.name and extended.skills, extended)

    async def op_token(self):
        stranger = self.made(False, [])
        said = await raises(Exception, all_of(stranger.send_message(request_of(self.scene["work"]))))
        shows("who they are" in said or "401" in said, said)

    async def op_unknown_task(self):
        nobody = str(uuid.uuid4())
        await raises(TaskNotFoundError, self.client.get_task(GetTaskRequest(id=nobody)))
        await raises(TaskNotFoundError, self.client.cancel_task(CancelTaskRequest(id=nobody)))
        await raises(TaskNotFoundError, all_of(self.streaming.subscribe(SubscribeToTaskRequest(id=nobody))))

    async def op_ended_task(self):
        task = await self.done()
        await raises(TaskNotCancelableError, self.client.cancel_task(CancelTaskRequest(id=task.id)))
        again = all_of(self.streaming.subscribe(SubscribeToTaskRequest(id=task.id)))
        await raises(UnsupportedOperationError, again)
        await raises(UnsupportedOperationError, self.sent(self.scene["work"], task))

    async def op_bad_request(self):
        await raises(InvalidParamsError, self.client.list_tasks(ListTasksRequest(page_size=101)))
        task = await self.done()
        inside = TaskPushNotificationConfig(task_id=task.id, url="http://169.254.169.254/")
        await raises(InvalidParamsError, self.client.create_task_push_notification_config(inside))


async def outcome(operations, name):
    method = getattr(operations, "op_" + name.replace("-", "_"))
    try:
        await asyncio.wait_for(method(), PATIENCE)
    except Exception as error:
        return {"result": "failed", "why": f"{type(error).__name__}: {error}"[:400]}
    return {"result": "ok"}


async def main(scene, binding):
    scene = json.loads(scene)
    async with httpx.AsyncClient() as http:
        card = await A2ACardResolver(http, scene["url"]).get_agent_card()
    operations = Operations(scene, binding, card)
    for name in scene["operations"]:
        cell = {"client": "python", "sdk": SDK, "server": scene["server"], "binding": binding, "operation": name}
        print(json.dumps(cell | await outcome(operations, name)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
