// Goes through every operation of one agent with the official JavaScript client, for the matrix of `make interop`.
//
// usage: client.js SCENE BINDING
// SCENE is JSON: the agent's name and URL, the token of its callers, and the words that make it do things; see
// docs/interop.md. BINDING is GRPC, JSONRPC or HTTP+JSON.
// Prints one line of JSON for each of the scene's operations: whether it was as A2A 1.0 says, and if not, why.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { Role, StreamResponse, TaskState } from '@a2a-js/sdk';
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import { TaskNotCancelableError, TaskNotFoundError, RequestMalformedError, UnsupportedOperationError } from '@a2a-js/sdk/errors';

import { sdk } from './sdk.js';

// An operation that takes longer hangs.
const PATIENCE = 20_000;
const { TASK_STATE_COMPLETED: COMPLETED, TASK_STATE_CANCELED: CANCELED, TASK_STATE_INPUT_REQUIRED: ASKS } = TaskState;

function shows(condition, what) {
  if (!condition) throw new Error(JSON.stringify(what));
}

/** Awaits `call`, which must fail with `error`; returns its message. */
async function raises(error, call) {
  try {
    await call;
  } catch (caught) {
    shows(caught instanceof error, `${caught?.name}: ${caught?.message} instead of ${error.name}`);
    return caught.message;
  }
  throw new Error(`${error.name} was not raised`);
}

async function all(events) {
  const kept = [];
  for await (const event of events) kept.push(event);
  return kept;
}

const caseOf = (event) => event.payload?.$case;

/** The state that an event tells of; none for an artifact. */
const stateOf = (event) => event.payload?.value.status?.state;

function requestOf(text, task, configuration = {}) {
  return {
    tenant: '',
    message: {
      messageId: randomUUID(),
      contextId: '',
      taskId: task?.id ?? '',
      role: Role.ROLE_USER,
      parts: [{ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' }],
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    },
    configuration: {
      acceptedOutputModes: [],
      taskPushNotificationConfig: undefined,
      returnImmediately: false,
      ...configuration,
    },
    metadata: undefined,
  };
}

const bearer = (token) => ({
  before: async (args) => {
    const serviceParameters = { ...args.options?.serviceParameters, Authorization: `Bearer ${token}` };
    args.options = { ...args.options, serviceParameters };
  },
  after: async () => {},
});

/** Receives notifications on a port of its own, and keeps their headers and what the SDK reads in them. */
async function webhook() {
  const told = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    told.push({ headers: request.headers, event: StreamResponse.fromJSON(JSON.parse(body)) });
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { told, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
}

class Operations {
  constructor(scene, binding, card, client, stranger) {
    Object.assign(this, { scene, binding, card, client, stranger });
  }

  /** The task that a message becomes, or goes on with, by the task's id alone. */
  async sent(text, task, configuration) {
    const answer = await this.client.sendMessage(requestOf(text, task, configuration));
    shows(answer.id && answer.status, answer);
    return answer;
  }

  async done() {
    const task = await this.sent(this.scene.work);
    shows(task.status.state === COMPLETED, task);
    return task;
  }

  async opened() {
    const task = await this.sent(this.scene.open, undefined, { returnImmediately: true });
    shows(![COMPLETED, CANCELED].includes(task.status.state), task);
    return task;
  }

  get(id, more = {}) {
    return this.client.getTask({ tenant: '', id, ...more });
  }

  cancels(id) {
    return this.client.cancelTask({ tenant: '', id, metadata: undefined });
  }

  subscribed(id) {
    return this.client.resubscribeTask({ tenant: '', id });
  }

  lists(query) {
    const all = { tenant: '', contextId: '', status: TaskState.TASK_STATE_UNSPECIFIED, pageToken: '' };
    return this.client.listTasks({ ...all, statusTimestampAfter: undefined, ...query });
  }

  /** Polls until the task has this state. */
  async ended(task, state) {
    for (const until = Date.now() + PATIENCE; ; await pause(20)) {
      const got = await this.get(task.id);
      if (got.status.state === state) return got;
      shows(Date.now() < until, got);
    }
  }

  async card_() {
    const { name, skills, capabilities, supportedInterfaces } = this.card;
    shows(name && skills.length > 0 && capabilities.streaming, this.card);
    shows(capabilities.pushNotifications && capabilities.extendedAgentCard, capabilities);
    shows(supportedInterfaces.some((one) => one.protocolBinding === this.binding), supportedInterfaces);
  }

  async send() {
    const task = await this.done();
    shows(task.artifacts.length > 0 && task.contextId, task);
  }

  async nowait() {
    const task = await this.sent(this.scene.work, undefined, { returnImmediately: true });
    shows((await this.ended(task, COMPLETED)).artifacts.length > 0, task);
  }

  async reply() {
    const answer = await this.client.sendMessage(requestOf(this.scene.reply));
    shows(answer.messageId && answer.parts[0].content.value, answer);
  }

  async stream() {
    const events = await all(this.client.sendMessageStream(requestOf(this.scene.work)));
    shows(caseOf(events[0]) === 'task', events[0]);
    shows(stateOf(events.at(-1)) === COMPLETED, events.at(-1));
    shows(events.some((event) => caseOf(event) === 'artifactUpdate'), events);
  }

  async get_() {
    const task = await this.done();
    const got = await this.get(task.id);
    shows(got.id === task.id && got.contextId === task.contextId && isDeepStrictEqual(got.artifacts, task.artifacts), got);
    shows(got.history.length > 0, got);
    const bare = await this.get(task.id, { historyLength: 0 });
    shows(bare.history.length === 0, bare);
  }

  async list() {
    const [task, other] = [await this.done(), await this.done()];
    const page = await this.lists({ contextId: task.contextId, includeArtifacts: true });
    shows(page.tasks.length === 1 && page.tasks[0].id === task.id && page.totalSize === 1, page);
    shows(isDeepStrictEqual(page.tasks[0].artifacts, task.artifacts) && !page.nextPageToken, page);
    const first = await this.lists({ pageSize: 1 });
    shows(first.tasks.length === 1 && first.tasks[0].id === other.id && first.nextPageToken, first);
    const rest = await this.lists({ pageSize: 1, pageToken: first.nextPageToken });
    shows(rest.tasks.length === 1 && rest.tasks[0].id === task.id, rest);
  }

  /** A stream of the task, its first event taken. */
  async watched(task) {
    const events = this.subscribed(task.id);
    const { value: first } = await events.next();
    shows(caseOf(first) === 'task' && first.payload.value.id === task.id, first);
    return events;
  }

  async subscribe() {
    const task = await this.opened();
    const events = await this.watched(task);
    await this.cancels(task.id);
    const rest = await all(events);
    shows(stateOf(rest.at(-1)) === CANCELED, rest);
  }

  async resubscribe() {
    const task = await this.opened();
    const cut = await this.watched(task);
    await cut.return();
    const [one, other] = [await this.watched(task), await this.watched(task)];
    await this.cancels(task.id);
    const [rest, same] = [await all(one), await all(other)];
    shows(stateOf(rest.at(-1)) === CANCELED, rest);
    // The later one begins later, and then says the same.
    shows(same.length > 0 && isDeepStrictEqual(same, rest.slice(-same.length)), [rest, same]);
  }

  async cancel() {
    const task = await this.opened();
    const canceled = await this.cancels(task.id);
    shows(canceled.id === task.id, canceled);
    await this.ended(task, CANCELED);
  }

  async turns() {
    const { first, again, last } = this.scene.ask;
    const task = await this.sent(first);
    shows(task.status.state === ASKS && task.status.message.parts.length > 0, task);
    for (const words of again) {
      const asked = await this.sent(words, task);
      shows(asked.id === task.id && asked.status.state === ASKS, asked);
    }
    const ended = await this.sent(last, task);
    shows(ended.id === task.id && ended.contextId === task.contextId && ended.status.state === COMPLETED, ended);
  }

  async turns_stream() {
    const { first, again, last } = this.scene.ask;
    const turn = (words, task) => all(this.client.sendMessageStream(requestOf(words, task)));
    const events = await turn(first);
    const task = events[0].payload.value;
    shows(caseOf(events[0]) === 'task' && stateOf(events.at(-1)) === ASKS, events);
    for (const words of again) {
      const asked = await turn(words, task);
      shows(asked[0].payload.value.id === task.id && stateOf(asked.at(-1)) === ASKS, asked);
    }
    const ended = await turn(last, task);
    shows(ended[0].payload.value.id === task.id && stateOf(ended.at(-1)) === COMPLETED, ended);
  }

  hook(taskId, url, token = '', authentication = undefined) {
    return { tenant: '', id: '', taskId, url, token, authentication };
  }

  async push_config() {
    const taskId = (await this.done()).id;
    const made = await this.client.createTaskPushNotificationConfig(this.hook(taskId, 'https://example.com/hook', 'secret'));
    shows(made.id && made.taskId === taskId && made.url === 'https://example.com/hook', made);
    const named = { tenant: '', taskId, id: made.id };
    const got = await this.client.getTaskPushNotificationConfig(named);
    shows(isDeepStrictEqual(got, made), got);
    const listed = await this.client.listTaskPushNotificationConfig({ tenant: '', taskId, pageSize: 0, pageToken: '' });
    shows(isDeepStrictEqual(listed.configs, [made]), listed);
    await this.client.deleteTaskPushNotificationConfig(named);
    await this.client.deleteTaskPushNotificationConfig(named);
    await raises(TaskNotFoundError, this.client.getTaskPushNotificationConfig(named));
  }

  async push_delivery() {
    const { told, url, close } = await webhook();
    const hook = this.hook('', url, 't0ken', { scheme: 'Bearer', credentials: 'w0rd' });
    const task = await this.sent(this.scene.work, undefined, { returnImmediately: true, taskPushNotificationConfig: hook });
    for (const until = Date.now() + PATIENCE; !told.some(({ event }) => stateOf(event) === COMPLETED); await pause(20)) {
      shows(Date.now() < until, `${told.length} notifications, and none of the end`);
    }
    close();
    for (const { headers, event } of told) {
      const update = event.payload.value;
      shows((update.taskId ?? update.id) === task.id, event);
      shows(headers.authorization === 'Bearer w0rd' && headers['x-a2a-notification-token'] === 't0ken', headers);
    }
  }

  async extended_card() {
    const extended = await this.client.getAgentCard();
    shows(extended !== this.card && extended.name === this.card.name && extended.skills.length > 0, extended);
  }

  async token() {
    const said = await raises(Error, this.stranger.sendMessage(requestOf(this.scene.work)));
    shows(said.includes('who they are') || said.includes('401'), said);
  }

  async unknown_task() {
    const nobody = randomUUID();
    await raises(TaskNotFoundError, this.get(nobody));
    await raises(TaskNotFoundError, this.cancels(nobody));
    await raises(TaskNotFoundError, all(this.subscribed(nobody)));
  }

  async ended_task() {
    const task = await this.done();
    await raises(TaskNotCancelableError, this.cancels(task.id));
    await raises(UnsupportedOperationError, all(this.subscribed(task.id)));
    await raises(UnsupportedOperationError, this.sent(this.scene.work, task));
  }

  async bad_request() {
    await raises(RequestMalformedError, this.lists({ pageSize: 101 }));
    const inside = this.hook((await this.done()).id, 'http://169.254.169.254/');
    await raises(RequestMalformedError, this.client.createTaskPushNotificationConfig(inside));
  }
}

async function outcome(operations, name) {
  const own = name.replaceAll('-', '_');
  // `card` and `get` are what the operations themselves need.
  const method = operations[`${own}_`] ?? operations[own];
  const late = pause(PATIENCE, undefined, { ref: false }).then(() => Promise.reject(new Error('timed out')));
  try {
    await Promise.race([method.call(operations), late]);
  } catch (error) {
    return { result: 'failed', why: `${error?.name}: ${error?.message}`.slice(0, 400) };
  }
  return { result: 'ok' };
}

async function main(scene, binding) {
  scene = JSON.parse(scene);
  const card = await new DefaultAgentCardResolver().resolve(scene.url);
  const transports = [new GrpcTransportFactory(), new JsonRpcTransportFactory(), new RestTransportFactory()];
  const made = (interceptors) => {
    const options = { transports, preferredTransports: [binding], clientConfig: { interceptors } };
    return new ClientFactory(options).createFromAgentCard(card);
  };
  const operations = new Operations(scene, binding, card, await made([bearer(scene.token)]), await made([]));
  for (const operation of scene.operations) {
    const cell = { client: 'js', sdk, server: scene.server, binding, operation };
    console.log(JSON.stringify({ ...cell, ...(await outcome(operations, operation)) }));
  }
  // Streams that were left open.
  process.exit(0);
}

await main(...process.argv.slice(2));
