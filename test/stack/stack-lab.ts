import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, startLab } from '../lab/lab.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { run } from '../lab/spawn.ts';
import { waitFor } from '../lab/wait.ts';
import { Receiver } from '../support/receiver.ts';
import { Client, TOKEN } from './client.ts';
import { docker, REPOSITORY } from './docker-cli.ts';
import { buildImage, IMAGE } from './image.ts';

export const STACK = 'swarmer';
/** Three managers, as an operator has prepared them; nothing is deployed. */
export interface StackLab {
  lab: Lab;
  client: Client;
  receiver: Receiver;
  /** The variables with which the stack is deployed. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** @throws Error when a part does not start; nothing of it is left then. */
export async function startStackLab(): Promise<StackLab> {
  const lab = await startLab({ swarm: { managers: 3 } });
  const forgetSignals = stopOnSignals(() => lab.stop());
  const stopLab = async () => {
    forgetSignals();
    await lab.stop();
  };
  try {
    return await prepare(lab, stopLab);
  } catch (error) {
    await stopLab();
    throw error;
  }
}

async function prepare(lab: Lab, stopLab: () => Promise<void>): Promise<StackLab> {
  await buildImage(lab);
  const env = {
    SWARMER_IMAGE: IMAGE,
    SWARMER_REDIS_IMAGE: await lab.ensureImage('redis'),
    SWARMER_DOCKER_GID: String(statSync(lab.dockerSocket).gid),
    SWARMER_CALLBACK_ALLOW: lab.hostAddress,
  };
  const { manager } = lab;
  for (const [name, stdin] of Object.entries(await secrets(lab))) {
    await docker(manager, ['secret', 'create', name, '-'], { stdin });
  }
  await docker(manager, ['node', 'update', '--label-add', 'swarmer.redis=true', manager.hostname]);
  const receiver = await Receiver.start(lab.hostAddress);
  const stop = async () => {
    await receiver.stop();
    await stopLab();
  };
  return { lab, client: new Client(lab), receiver, env, stop };
}

/** The stack's secrets, each by its name. */
async function secrets({ dir }: Lab): Promise<Record<string, string>> {
  const passwords = {
    api: 'the-password-of-the-api',
    controller: 'and-that-of-the-controller',
    operator: 'and-that-of-the-operator',
  };
  const args = Object.entries(passwords).flatMap(([user, password]) => {
    const file = join(dir, `${user}.txt`);
    writeFileSync(file, password);
    return [`--${user}-password-file`, file];
  });
  const swarmer = join(REPOSITORY, 'dist/cmd/swarmer.js');
  return {
    swarmer_api_tokens: TOKEN,
    swarmer_callback_secret: 'a-callback-secret-of-the-stack-test',
    swarmer_redis_acl: await run(process.execPath, [swarmer, 'redis-acl', ...args]),
    swarmer_redis_api: passwords.api,
    swarmer_redis_controller: passwords.controller,
    swarmer_redis_operator: passwords.operator,
  };
}

/** Deploys the stack. */
export async function deploy({ lab, env }: StackLab, ...overrides: string[]): Promise<void> {
  const files = ['manifests/stack.yml', ...overrides].flatMap((file) => ['-c', file]);
  // What the nodes have is not to be looked up in a registry.
  const args = ['stack', 'deploy', '--resolve-image', 'never', ...files, STACK];
  await docker(lab.manager, args, { env });
}

/** Awaits that every service of the stack has all of its replicas, and that they are healthy. */
export async function converged(lab: Lab): Promise<void> {
  let seen = '';
  const format = '{{.Name}} {{.Replicas}}';
  const look = async () => {
    seen = await docker(lab.manager, ['stack', 'services', STACK, '--format', format]);
    const lines = seen.trim().split('\n');
    return lines.length >= 3 && lines.every((line) => / (\d+)\/\1(\s|$)/.test(line));
  };
  const what = 'the services of the stack to be up';
  try {
    await waitFor(look, { what, timeoutMs: 240_000, intervalMs: 500, detail: () => seen });
  } catch (error) {
    const tasks = await docker(lab.manager, ['stack', 'ps', '--no-trunc', STACK]);
    throw new Error(`${String(error)}\n${tasks}`, { cause: error });
  }
}
