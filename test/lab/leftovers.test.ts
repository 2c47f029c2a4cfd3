import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { injectLab } from './inject.ts';
import { cleanLeftovers } from './leftovers.ts';
import { startOneShot, taskReaches } from './one-shot.ts';
import { readProcesses } from './state.ts';
import { netnsOf, noTraces, tracesOf } from './traces.ts';
import { waitFor } from './wait.ts';

const shared = injectLab();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await cleanLeftovers();
});

interface OtherLab {
  child: ChildProcess;
  id: string;
  where: { dir: string; netns: string[] };
}

/** Starts a lab (swarm, Redis, a running task) owned by another process. */
async function startElsewhere(...args: string[]): Promise<OtherLab> {
  const script = fileURLToPath(new URL('up.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--redis', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const facts: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = '', value = ''] = line.split('=');
    facts[name] = value;
    if (line.startsWith('ready')) break;
  }
  const { id, dir } = facts;
  if (!id || !dir) throw new Error(`up.ts said nothing of its lab, only ${JSON.stringify(facts)}`);
  const engine = new Docker({ socketPath: `${dir}/n1/docker.sock` });
  const task = { image: 'swarmer-lab/busybox:1', command: ['sleep', '600'] };
  await taskReaches(engine, await startOneShot(engine, 'occupy', task), ['running']);
  const inits = readProcesses(dir).filter(({ role }) => role === 'node init');
  return { child, id, where: { dir, netns: inits.map(({ pid }) => netnsOf(pid)) } };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

test('cleanLeftovers() ends what a SIGKILLed run left running, and removes the rest', async () => {
  const other = await startElsewhere('--unbound');
  expect(
    readProcesses(other.where.dir)
      .map(({ role }) => role)
      .sort(),
  ).toEqual(['node init', 'node supervisor', 'redis']);
  await end(other.child, 'SIGKILL');
  const left = await tracesOf(other.where);
  expect(left.processes.length).toBeGreaterThan(3);

  const cleaned = await cleanLeftovers();
  expect(cleaned.map(({ lab }) => lab.id)).toEqual([other.id]);
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('the processes of a SIGKILLed run die with it, and cleanLeftovers() removes the rest', async () => {
  const other = await startElsewhere();
  expect((await tracesOf(other.where)).processes.length).toBeGreaterThan(3);
  await end(other.child, 'SIGKILL');
  const ended = async () => (await tracesOf(other.where)).processes.length === 0;
  await waitFor(ended, { what: 'the processes of the killed lab to end' });
  const left = await tracesOf(other.where);
  expect(left.links).toContain(`swl${other.id.slice(3)}-br`);
  expect(left.cgroups).not.toEqual([]);
  expect(left.folders).toEqual([other.where.dir]);

  const [cleaned] = await cleanLeftovers();
  expect(cleaned?.lab.id).toBe(other.id);
  expect(cleaned?.removed).toContain(`folder ${other.where.dir}`);
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('a run ended by SIGTERM removes all of its lab itself', async () => {
  const other = await startElsewhere();
  await end(other.child, 'SIGTERM');
  expect(other.child.signalCode).toBe('SIGTERM');
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('cleanLeftovers() leaves the lab of a living owner alone', async () => {
  expect(await cleanLeftovers()).toEqual([]);
  expect(String(await shared.docker.ping())).toBe('OK');
});
