import { describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { FollowedLog } from '../support/followed-log.ts';
import { served } from '../support/served.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const { swarmer } = await served(lab, { SWARMER_INSTANCE: 'logs' });

/** Waits within a task until the test lets it go on. The trap is there before anything is written. */
const HOLDS = 'trap go=1 USR1;';
const HELD = 'while [ -z "$go" ]; do sleep 0.05; done';

/** A job of one task that runs a script. */
async function run(script: string, more: object = {}): Promise<string> {
  const tasks = [{ name: 'one', args: ['sh', '-c', `${HOLDS} ${script}`] }];
  return swarmer.create({ image, tasks, ...more });
}

/** Lets the held task of a job go on. */
async function letGo(id: string): Promise<void> {
  const filters = { label: [`swarmer.job=${id}`], status: ['running'] };
  const [container] = await lab.docker.listContainers({ filters });
  if (container === undefined) throw new Error(`no container of job ${id} runs`);
  await lab.docker.getContainer(container.Id).kill({ signal: 'SIGUSR1' });
}

async function output(id: string, task = 'one') {
  const response = await swarmer.request(`/v1/jobs/${id}/logs?task=${task}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a log that is followed', () => {
  test('has each line before its task ends, both streams apart, and then the end', async () => {
    const script = `echo early; echo oops >&2; ${HELD}; printf last; exit 3`;
    const id = await run(script, { backoffLimit: 0 });
    const log = new FollowedLog(swarmer, id, 'one');
    await log.shows('early\n');
    await log.shows('oops\n', 'stderr');
    expect(log.events[0]).toEqual({
      event: 'attempt',
      data: { task: 'one', index: 0, attempt: 1 },
    });
    await letGo(id);
    expect(await log.end()).toMatchObject({
      ...{ task: 'one', index: 0, phase: 'Failed', exitStatus: 3 },
      ...{ log: 'complete', truncated: false },
    });
    expect(log.text('stdout')).toBe('early\nlast');
    expect(log.text('stderr')).toBe('oops\n');
  });

  test('goes on with the next attempt, after all that the first one wrote', async () => {
    const script = `echo begin $SWARMER_ATTEMPT; ${HELD}; echo end; [ $SWARMER_ATTEMPT = 2 ]`;
    const id = await run(script, { backoffLimit: 1, retryBackoff: { baseMs: 10, maxMs: 20 } });
    const log = new FollowedLog(swarmer, id);
    await log.shows('begin 1\n');
    await letGo(id);
    await log.shows('begin 2\n', 'stdout', 2);
    await letGo(id);
    expect(await log.end()).toMatchObject({ phase: 'Succeeded', exitStatus: 0 });
    expect(log.text('stdout', 1)).toBe('begin 1\nend\n');
    expect(log.text('stdout', 2)).toBe('begin 2\nend\n');
    const kinds = log.events.map(({ event, data }) => `${event} ${data.attempt}`);
    expect(kinds.indexOf('attempt 2')).toBeGreaterThan(kinds.lastIndexOf('output 1'));
  });

  test('is the same for two followers, also for one that comes late', async () => {
    const id = await run(`echo one; echo two; ${HELD}; echo three`);
    const first = new FollowedLog(swarmer, id);
    await first.shows('two\n');
    const second = new FollowedLog(swarmer, id);
    await second.shows('two\n');
    await letGo(id);
    for (const log of [first, second]) {
      await log.end();
      expect(log.text('stdout')).toBe('one\ntwo\nthree\n');
    }
  });

  test('is what was stored for a follower that comes after the end', async () => {
    const id = await run('echo all; echo wrong >&2');
    await swarmer.finished(id);
    const log = new FollowedLog(swarmer, id);
    expect(await log.end()).toMatchObject({ phase: 'Succeeded', log: 'complete' });
    expect([log.text('stdout'), log.text('stderr')]).toEqual(['all\n', 'wrong\n']);
  });

  test('of which only the end was kept begins with a gap', async () => {
    const id = await run('seq 1 1000', { outputLimitBytes: 10 });
    await swarmer.finished(id);
    const log = new FollowedLog(swarmer, id);
    expect(await log.end()).toMatchObject({ truncated: true, log: 'truncated' });
    const [, gap, rest] = log.events;
    expect(gap).toMatchObject({ event: 'gap', data: { stream: 'stdout', offset: 0, bytes: 3883 } });
    expect(rest).toMatchObject({ event: 'output', data: { offset: 3883 } });
    expect(Buffer.from(rest?.data.data ?? '', 'base64').toString()).toBe('\n999\n1000\n');
  });

  test('of 3 MB comes whole to a follower that was there from the beginning', async () => {
    const id = await run(
      `${HELD}; yes $(head -c 999 /dev/zero | tr '\\0' x) | head -c 3000000; echo done`,
    );
    const log = new FollowedLog(swarmer, id);
    await waitFor(() => log.events.length > 0, { what: 'the follower to be there' });
    await waitFor(async () => (await output(id)).body['log'] === 'running', {
      what: 'the task to run',
    });
    await letGo(id);
    await log.end();
    const gaps = log.events.filter(({ event }) => event === 'gap');
    const bytes = log.events.reduce((sum, { event, data }) => {
      return event === 'output' ? sum + Buffer.from(data.data, 'base64').length : sum;
    }, 0);
    const missing = gaps.reduce((sum, { data }) => sum + Number(data['bytes']), 0);
    expect(bytes + missing).toBe(3_000_005);
    expect(missing).toBe(0);
  });

  test('ends with its job when the job is cancelled', async () => {
    const id = await run(`echo here; ${HELD}`, { terminationGracePeriodSeconds: 1 });
    const log = new FollowedLog(swarmer, id);
    await log.shows('here\n');
    await swarmer.post(`/v1/jobs/${id}/cancel`, {});
    expect(await log.end()).toMatchObject({ phase: 'Cancelled', exitStatus: null });
  });
});

describe('the log of a task that runs', () => {
  test('is what there is so far, and is marked as such', async () => {
    const id = await run(`echo so far; ${HELD}; echo more`);
    const found = await waitFor(
      async () => {
        const { body } = await output(id);
        return body['stdout'] === 'so far\n' ? body : undefined;
      },
      { what: 'the first line' },
    );
    expect(found).toEqual({
      ...{ task: 'one', index: 0, attempt: 1, stdout: 'so far\n', stderr: '' },
      ...{ truncated: false, log: 'running', phase: 'Active', exitStatus: null },
    });
    await letGo(id);
    await swarmer.finished(id);
    expect((await output(id, '0')).body).toMatchObject({
      stdout: 'so far\nmore\n',
      log: 'complete',
    });
  });

  test('is 404 for a task that the job has not, and 400 where one has to be chosen', async () => {
    const tasks = ['a', 'b'].map((name) => ({ name, args: ['true'] }));
    const id = await swarmer.create({ image, tasks });
    expect((await output(id, 'none')).status).toBe(404);
    expect((await output(id, '2')).status).toBe(404);
    const response = await swarmer.request(`/v1/jobs/${id}/logs`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('task=<name>') },
    ]);
    await swarmer.finished(id);
  });
});

describe('a follower', () => {
  test('loses and repeats no byte when the controller is killed and started again', async () => {
    const redis = await lab.startRedis({ appendfsync: 'always' });
    const env = { SWARMER_INSTANCE: 'logs-crash', REDIS_URL: `redis+unix://${redis.socketPath}` };
    const api = await new Swarmer(lab, { role: 'api', env }).start();
    const controller = await new Swarmer(lab, { role: 'controller', env }).start();
    const script = `${HOLDS} for i in $(seq 1 240); do echo line $i; sleep 0.02; done; ${HELD}; echo end`;
    const id = await api.create({ image, tasks: [{ name: 'one', args: ['sh', '-c', script] }] });
    const log = new FollowedLog(api, id);
    for (const seen of [20, 120]) {
      await log.shows(`line ${seen}\n`);
      await controller.end('SIGKILL');
      await controller.start();
    }
    await log.shows('line 240\n');
    await letGo(id);
    await log.end();
    const lines = Array.from({ length: 240 }, (_, i) => `line ${i + 1}\n`).join('');
    expect(log.text('stdout')).toBe(`${lines}end\n`);
    await api.end();
    await controller.end();
    await redis.stop();
  });

  test('waits while no controller leads, and keeps no server from ending', async () => {
    const env = { SWARMER_INSTANCE: 'logs-end' };
    const redis = await lab.startRedis();
    const url = {
      REDIS_URL: `redis+unix://${redis.socketPath}`,
      SWARMER_SHUTDOWN_GRACE_SECONDS: '60',
    };
    const api = await new Swarmer(lab, { role: 'api', env: { ...env, ...url } }).start();
    const id = await api.create({ image, tasks: [{ name: 'one', args: ['true'] }] });
    const log = new FollowedLog(api, id);
    const socket = fetch(`${api.url}/v1/jobs/${id}/logs?follow=true`);
    expect((await socket).headers.get('content-type')).toContain('text/event-stream');
    const asked = performance.now();
    expect(await api.end('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(20_000);
    await log.over;
    expect(log.events).toEqual([]);
    await redis.stop();
  });
});
