import { describe, expect, it } from 'vitest';
import { unavailableOutput, type Verdict } from '../apis/index.ts';
import { StoreError } from '../store/index.ts';
import { type Harness, harness, storeJob } from './testing/harness.ts';
import { RawClient, serving } from './testing/raw-client.ts';

const OUTPUT = {
  stdout: { bytes: 3, truncated: false },
  stderr: { bytes: 0, truncated: false },
  log: { state: 'complete' },
} as const;

/** Counts the task of a job. */
function count(store: Harness['store'], uid: string, text = 'abc', attempts = 1): void {
  const verdict = { outcome: 'Failed', exitStatus: 3, source: 'service' } as const;
  store.settle(uid, 0, { verdict, output: OUTPUT, attempts, losses: 0 }, Buffer.from(text));
}

/** Lets the task of a job wait for its next attempt. */
function wait(store: Harness['store'], uid: string): void {
  const verdict = { outcome: 'Failed', exitStatus: 3, source: 'service' } as const;
  store.wait(uid, 0, { verdict, output: OUTPUT, attempts: 1, losses: 0 }, Buffer.from('abc'));
}

/** The events of a stream so far, each with its data. */
function eventsOf(text: string): [string, Record<string, unknown>][] {
  return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = '', data = '']) => {
    return [event, JSON.parse(data) as Record<string, unknown>];
  });
}

/** Follows the log of a job's one task while `use` runs. */
async function following(
  parts: Harness,
  uid: string,
  use: (client: RawClient, events: () => ReturnType<typeof eventsOf>) => Promise<void>,
): Promise<void> {
  await serving(parts.app, async (server) => {
    const client = await RawClient.connect(server);
    client.head(`GET /v1/jobs/${uid}/logs?follow=true`);
    await use(client, () => eventsOf(client.received));
    client.socket.destroy();
  });
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const names = { task: 'one', index: 0 };

describe('GET /v1/jobs/<id>/logs', () => {
  it('has what was stored of a task that has ended', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one', 'two']);
    count(store, uid);
    for (const task of ['one', '0']) {
      const { status, body } = await api.get(`/v1/jobs/${uid}/logs`).query({ task });
      expect([status, body]).toEqual([
        200,
        {
          ...names,
          ...{ attempt: 1, stdout: 'abc', stderr: '', truncated: false, log: 'complete' },
          ...{ phase: 'Failed', exitStatus: 3 },
        },
      ]);
    }
  });

  it('has what there is so far of a task that runs', async () => {
    const { api, store, logs } = harness();
    const uid = await storeJob(store, ['one']);
    store.start(uid, 0, 2);
    const output = { summary: OUTPUT, stdout: Buffer.from('abc'), stderr: Buffer.alloc(0) };
    logs.snapshot = { attempt: 2, output };
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({ attempt: 2, stdout: 'abc', log: 'running' });
  });

  it.each([
    ['cannot be read', { unknown: 'the engine is away' }, 'the engine is away'],
    [
      'broke off',
      {
        attempt: 1,
        output: {
          summary: unavailableOutput('broken'),
          stdout: Buffer.alloc(0),
          stderr: Buffer.alloc(0),
        },
      },
      'broken',
    ],
  ])(
    'is unavailable and not empty when the log of a running task %s',
    async (_, snapshot, reason) => {
      const { api, store, logs } = harness();
      const uid = await storeJob(store, ['one']);
      store.start(uid, 0, 1);
      logs.snapshot = snapshot;
      const { body } = await api.get(`/v1/jobs/${uid}/logs`);
      expect(body).toMatchObject({ log: 'unavailable', log_reason: reason });
    },
  );

  it('is unavailable when no controller answers in time', async () => {
    const { api, store, logs, clock } = harness();
    const uid = await storeJob(store, ['one']);
    store.start(uid, 0, 1);
    const asked = api.get(`/v1/jobs/${uid}/logs`).then(({ body }) => body);
    await expect.poll(() => logs.waiting).toBe(1);
    clock.advance(5000);
    expect(await asked).toMatchObject({
      log: 'unavailable',
      stdout: null,
      log_reason: expect.stringContaining('no controller'),
    });
  });

  it('is pending for a task that was not started, and asks nobody', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({ attempt: 0, stdout: null, log: 'pending', phase: 'Pending' });
    expect(body.log_reason).toBe('the task has not been started');
  });

  it('is pending, and says why, for a task of a job that is suspended', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    await store.suspendJob(uid, true);
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({
      log: 'pending',
      log_reason: expect.stringMatching(/suspended.*resumed/),
    });
  });

  it('is pending for a task whose process was not started', async () => {
    const { api, store, logs } = harness();
    const uid = await storeJob(store, ['one']);
    store.start(uid, 0, 1);
    logs.snapshot = { unknown: 'its process has not been started', pending: true };
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({
      ...{ log: 'pending', log_reason: 'its process has not been started' },
      ...{ attempt: 1, phase: 'Active', exitStatus: null },
    });
  });

  it('says what became of a task that has no output', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    const verdict: Verdict = {
      outcome: 'Rejected',
      exitStatus: null,
      source: 'service',
      reason: 'Rejected',
      message: 'No such image: nothing:1',
    };
    const output = unavailableOutput('the task never started');
    store.settle(uid, 0, { verdict, output, attempts: 1, losses: 0 }, Buffer.alloc(0));
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({
      ...{ stdout: null, stderr: null, log: 'unavailable', log_reason: 'the task never started' },
      ...{ phase: 'Rejected', reason: 'Rejected', message: 'No such image: nothing:1' },
    });
  });

  it('is that of the last attempt of a task that waits for the next one', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one']);
    wait(store, uid);
    const { body } = await api.get(`/v1/jobs/${uid}/logs`);
    expect(body).toMatchObject({ attempt: 1, stdout: 'abc', log: 'complete' });
  });

  it.each([
    ['no task is named of several', '', 400, /2 tasks.*task=<name>/],
    ['the task is none of the job', 'task=three', 404, /no task "three"/],
    ['there is no such index', 'task=2', 404, /no task "2"/],
    ['follow is no truth value', 'task=one&follow=maybe', 400, /"follow"/],
  ])('is refused when %s', async (_what, query, status, detail) => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one', 'two']);
    const response = await api.get(`/v1/jobs/${uid}/logs?${query}`);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.text)).toMatchObject({ detail: expect.stringMatching(detail) });
  });

  it('needs a token where tokens are set', async () => {
    const { api, store } = harness({ tokens: ['secret'] });
    const uid = await storeJob(store, ['one']);
    expect((await api.get(`/v1/jobs/${uid}/logs?follow=true`)).status).toBe(401);
  });
});

describe('a log that is followed', () => {
  it('is said to be pending once the task has waited for a second, and why, anew when that changes', async () => {
    const parts = harness();
    const { store, logs, clock } = parts;
    const uid = await storeJob(store, ['one']);
    const second = async () => {
      await expect.poll(() => logs.waiting).toBe(1);
      clock.advance(1000);
    };
    await following(parts, uid, async (_client, events) => {
      await second();
      await second();
      await expect
        .poll(events)
        .toEqual([['pending', { ...names, log_reason: 'the task has not been started' }]]);
      await store.suspendJob(uid, true);
      await second();
      await expect.poll(() => events().length).toBe(2);
      await store.suspendJob(uid, false);
      store.start(uid, 0, 1);
      await second();
      await expect.poll(() => events().at(-1)).toEqual(['attempt', { ...names, attempt: 1 }]);
      expect(events()[1]?.[1]['log_reason']).toContain('suspended');
    });
  });

  it('is what the relay has as it comes, then what was stored beyond it, then the end', async () => {
    const parts = harness();
    const { store, logs } = parts;
    const uid = await storeJob(store, ['one']);
    store.start(uid, 0, 1);
    await following(parts, uid, async (client, events) => {
      await expect.poll(events).toEqual([['attempt', { ...names, attempt: 1 }]]);
      logs.relay({ attempt: 1, stream: 'stdout', offset: 0, text: 'ab' });
      await expect.poll(() => events().length).toBe(2);
      count(store, uid);
      logs.relay();
      await expect.poll(() => client.received).toMatch(/\r\n0\r\n\r\n$/);
      const output = { ...names, attempt: 1, stream: 'stdout' };
      expect(events().slice(1)).toEqual([
        ['output', { ...output, offset: 0, data: base64('ab') }],
        ['output', { ...output, offset: 2, data: base64('c') }],
        ['end', { ...names, phase: 'Failed', exitStatus: 3, log: 'complete', truncated: false }],
      ]);
      expect(new Set(logs.wants)).toEqual(new Set([`${uid}/0`]));
    });
  });

  it('is that of the last attempt while the task waits for the next one, and goes on with that', async () => {
    const parts = harness();
    const { store, logs, clock } = parts;
    const uid = await storeJob(store, ['one']);
    wait(store, uid);
    await following(parts, uid, async (_client, events) => {
      const output = { ...names, stream: 'stdout', offset: 0 };
      const first = [
        ['attempt', { ...names, attempt: 1 }],
        ['output', { ...output, attempt: 1, data: base64('abc') }],
      ];
      await expect.poll(events).toEqual(first);
      store.start(uid, 0, 2);
      logs.relay({ attempt: 2, stream: 'stdout', offset: 0, text: 'again' });
      await expect
        .poll(() => events().slice(2))
        .toEqual([
          ['attempt', { ...names, attempt: 2 }],
          ['output', { ...output, attempt: 2, data: base64('again') }],
        ]);
      count(store, uid, 'again', 2);
      clock.advance(1000);
      await expect.poll(() => events().at(-1)?.[0]).toBe('end');
    });
  });

  it('ends with what the last attempt came to, when its job ends before it is tried again', async () => {
    const parts = harness();
    const { store } = parts;
    const uid = await storeJob(store, ['one']);
    wait(store, uid);
    store.finish(uid);
    await following(parts, uid, async (_client, events) => {
      await expect.poll(events).toMatchObject([
        ['attempt', { attempt: 1 }],
        ['output', { data: base64('abc') }],
        ['end', { phase: 'Cancelled', exitStatus: 3, log: 'complete' }],
      ]);
    });
  });

  it('ends also when nothing tells that the task was counted', async () => {
    const parts = harness();
    const { store, logs, clock } = parts;
    const uid = await storeJob(store, ['one']);
    store.start(uid, 0, 1);
    await following(parts, uid, async (_client, events) => {
      await expect.poll(() => logs.waiting).toBe(1);
      count(store, uid);
      clock.advance(1000);
      await expect.poll(() => events().at(-1)?.[0]).toBe('end');
    });
  });

  it('is wanted again every few seconds', async () => {
    const parts = harness();
    const uid = await storeJob(parts.store, ['one']);
    await following(parts, uid, async () => {
      for (let second = 0; second < 12; second++) {
        await expect.poll(() => parts.logs.waiting).toBe(1);
        parts.clock.advance(1000);
      }
      await expect.poll(() => parts.logs.wants.length).toBe(3);
    });
  });

  it('waits for a store that is away, and goes on', async () => {
    const parts = harness();
    const { store, logs, clock } = parts;
    const uid = await storeJob(store, ['one']);
    await following(parts, uid, async (_client, events) => {
      await expect.poll(() => logs.waiting).toBe(1);
      store.failure = new StoreError('Unavailable', 'away');
      clock.advance(1000);
      await expect
        .poll(() => parts.lines.map(({ msg }) => msg))
        .toContain('the follower of a log waits for the store');
      store.failure = undefined;
      count(store, uid);
      clock.advance(1000);
      await expect.poll(() => events().at(-1)?.[0]).toBe('end');
    });
  });

  it('ends without an end when the server fails, so that its client comes again', async () => {
    const parts = harness();
    const { store, logs, clock } = parts;
    const uid = await storeJob(store, ['one']);
    await following(parts, uid, async (client, events) => {
      await expect.poll(() => logs.waiting).toBe(1);
      store.failure = new StoreError('Corrupt', 'broken record');
      clock.advance(1000);
      await expect.poll(() => client.received).toMatch(/\r\n0\r\n\r\n$/);
      expect(events().map(([event]) => event)).not.toContain('end');
    });
  });

  it('tells of a job that is over that the task was cancelled, if it never ran', async () => {
    const parts = harness();
    const uid = await storeJob(parts.store, ['one']);
    parts.store.finish(uid);
    await following(parts, uid, async (_client, events) => {
      await expect
        .poll(events)
        .toMatchObject([['end', { phase: 'Cancelled', exitStatus: null, log: 'unavailable' }]]);
    });
  });

  it('is given up when its client goes', async () => {
    const parts = harness();
    const uid = await storeJob(parts.store, ['one']);
    await following(parts, uid, async (client) => {
      await expect.poll(() => parts.logs.waiting).toBe(1);
      client.socket.destroy();
      await expect.poll(() => parts.logs.waiting).toBe(0);
    });
  });
});
