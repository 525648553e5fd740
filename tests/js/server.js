// An agent of the official JavaScript SDK, over each binding, its tasks in memory alone.
//
// usage: server.js DIRECTORY
// The first word of a message says what becomes of it:
//   work    a task that completes
//   reply   a message and no task
//   hang    a task that never ends, and stops when it is told to
//   ask     a task that asks, and asks again, until it is told "done"
// DIRECTORY/published has the address of its card once it is served. Ends when its standard input does.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { A2A_PROTOCOL_VERSION, AGENT_CARD_PATH, Role, TaskState } from '@a2a-js/sdk';
import {
  AgentEvent,
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from '@a2a-js/sdk/server';
import { UserBuilder, agentCardHandler, jsonRpcHandler, restHandler } from '@a2a-js/sdk/server/express';
import { A2AService, grpcService } from '@a2a-js/sdk/server/grpc';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import express from 'express';

const part = (text) => ({ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' });

/** What an executor says of one task. */
class Task {
  constructor({ taskId, contextId, userMessage }, bus) {
    Object.assign(this, { taskId, contextId, userMessage, bus });
  }

  message(text) {
    const { taskId, contextId } = this;
    const rest = { metadata: undefined, extensions: [], referenceTaskIds: [] };
    return { messageId: randomUUID(), role: Role.ROLE_AGENT, parts: [part(text)], taskId, contextId, ...rest };
  }

  statusOf(state, text) {
    return { state, message: text && this.message(text), timestamp: new Date().toISOString() };
  }

  opens() {
    const status = this.statusOf(TaskState.TASK_STATE_SUBMITTED);
    const { taskId: id, contextId, userMessage } = this;
    const task = { id, contextId, status, artifacts: [], history: [userMessage], metadata: undefined };
    this.bus.publish(AgentEvent.task(task));
  }

  is(state, text) {
    const { taskId, contextId } = this;
    const status = this.statusOf(state, text);
    this.bus.publish(AgentEvent.statusUpdate({ taskId, contextId, status, metadata: undefined }));
  }

  completes(mode) {
    const { taskId, contextId } = this;
    const named = { artifactId: randomUUID(), name: 'result', description: '', metadata: undefined, extensions: [] };
    const artifact = { ...named, parts: [part(`result of ${mode}`)] };
    const rest = { append: false, lastChunk: true, metadata: undefined };
    this.bus.publish(AgentEvent.artifactUpdate({ taskId, contextId, artifact, ...rest }));
    this.is(TaskState.TASK_STATE_COMPLETED, 'done');
  }
}

class Executor {
  /** What ends the tasks that hang. */
  hanging = new Map();

  async execute(context, bus) {
    const mode = context.userMessage.parts[0].content.value.split(' ')[0];
    const task = new Task(context, bus);
    if (mode === 'reply') {
      bus.publish(AgentEvent.message({ ...task.message('replied at once'), taskId: '' }));
      return bus.finished();
    }
    // A turn begins with the task, or the SDK has nothing to say of it.
    context.task ? bus.publish(AgentEvent.task(context.task)) : task.opens();
    task.is(TaskState.TASK_STATE_WORKING, 'at work');
    if (mode === 'hang') {
      await new Promise((stop) => this.hanging.set(context.taskId, stop));
      task.is(TaskState.TASK_STATE_CANCELED);
    } else if (mode === 'ask' || (context.task && mode !== 'done')) {
      task.is(TaskState.TASK_STATE_INPUT_REQUIRED, 'what else?');
    } else {
      task.completes(mode);
    }
    bus.finished();
  }

  async cancelTask(taskId, bus) {
    this.hanging.get(taskId)?.();
    this.hanging.delete(taskId);
  }
}

function cardOf(grpc, http) {
  const interfaces = { GRPC: grpc, JSONRPC: `http://${http}/rpc`, 'HTTP+JSON': `http://${http}/rest` };
  const skill = { id: 'anything', name: 'Anything', description: 'Whatever it is told', tags: ['test'] };
  return {
    name: 'JavaScript Agent',
    description: 'Made with the official SDK',
    version: '1',
    supportedInterfaces: Object.entries(interfaces).map(([protocolBinding, url]) => {
      return { url, protocolBinding, protocolVersion: A2A_PROTOCOL_VERSION, tenant: '' };
    }),
    provider: undefined,
    capabilities: { streaming: true, pushNotifications: true, extensions: [], extendedAgentCard: true },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [{ ...skill, examples: [], inputModes: [], outputModes: [], securityRequirements: [] }],
    documentationUrl: '',
    signatures: [],
  };
}

async function main(directory) {
  const [app, grpc] = [express(), new Server()];
  const port = await promisify(grpc.bindAsync.bind(grpc))('127.0.0.1:0', ServerCredentials.createInsecure());
  const listening = app.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const http = `127.0.0.1:${listening.address().port}`;

  const card = cardOf(`127.0.0.1:${port}`, http);
  const hooks = new InMemoryPushNotificationStore();
  const sender = new DefaultPushNotificationSender(hooks);
  const executor = new Executor();
  const requestHandler = new DefaultRequestHandler(card, new InMemoryTaskStore(), executor, undefined, hooks, sender, card);
  const shared = { requestHandler, userBuilder: UserBuilder.noAuthentication };
  app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
  app.use('/rpc', jsonRpcHandler(shared));
  app.use('/rest', restHandler(shared));
  grpc.addService(A2AService, grpcService(shared));

  writeFileSync(join(directory, 'published.new'), http);
  renameSync(join(directory, 'published.new'), join(directory, 'published'));
  process.stdin.resume();
  await once(process.stdin, 'end');
  process.exit(0);
}

await main(process.argv[2]);
