import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { injectLab } from './inject.ts';
import { cleanLeftovers, cleanLocked } from './leftovers.ts';
import { withLock } from './lock.ts';
import { startOneShot, taskReaches } from './one-shot.ts';
import { readProcesses } from './state.ts';
import { noTraces, tracesOf, type Whereabouts, whereaboutsOf } from './traces.ts';
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
  where: Whereabouts;
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
  return { child, id, where: whereaboutsOf(dir) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Under the lock another test run, which cleans before it starts, does not come first. */
test('cleanLeftovers() ends what a SIGKILLed run left running, and removes the rest', async () => {
  const other = await startElsewhere('--unbound');
  expect(
    readProcesses(other.where.dir)
      .map(({ role }) => role)
      .sort(),
  ).toEqual(['network', 'node init', 'node supervisor', 'redis']);
  await withLock(async () => {
    await end(other.child, 'SIGKILL');
    const left = await tracesOf(other.where);
    expect(left.processes.length).toBeGreaterThan(3);
    expect(left.links).toEqual([`swl${other.id.slice(3)}-host`]);
    expect((await cleanLocked()).map(({ lab }) => lab.id)).toContain(other.id);
  });
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('the processes of a SIGKILLed run die with it, and cleanLeftovers() removes the rest', async () => {
  const other = await startElsewhere();
  expect((await tracesOf(other.where)).processes.length).toBeGreaterThan(3);
  await withLock(async () => {
    await end(other.child, 'SIGKILL');
    const ended = async () => {
      const { processes, links } = await tracesOf(other.where);
      return processes.length === 0 && links.length === 0;
    };
    await waitFor(ended, { what: 'the processes of the killed lab to end, and its links' });
    const left = await tracesOf(other.where);
    expect(left.cgroups).not.toEqual([]);
    expect(left.folders).toEqual([other.where.dir]);

    const cleaned = (await cleanLocked()).find(({ lab }) => lab.id === other.id);
    expect(cleaned?.removed).toContain(`folder ${other.where.dir}`);
  });
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('a run ended by SIGTERM removes all of its lab itself', async () => {
  const other = await startElsewhere();
  await end(other.child, 'SIGTERM');
  expect(other.child.signalCode).toBe('SIGTERM');
  expect(await tracesOf(other.where)).toEqual(noTraces);
});

test('cleanLeftovers() leaves the lab of a living owner alone', async () => {
  expect((await cleanLeftovers()).map(({ lab }) => lab.id)).not.toContain(shared.id);
  expect(String(await shared.docker.ping())).toBe('OK');
});
