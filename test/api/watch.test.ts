import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SPEC, SUCCEEDED } from '../store/harness.ts';
import { SseClient } from '../support/sse-client.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi();
const OUTPUT = {
  stdout: { bytes: 0, truncated: false },
  stderr: { bytes: 0, truncated: false },
  log: { state: 'complete' },
} as const;

let proxy: Server;
const sockets = new Set<Socket>();

/** Ends every connection through the proxy, wherever it stands. */
function cut(): void {
  for (const socket of sockets) socket.destroy();
}

function proxyUrl(): string {
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return `http://127.0.0.1:${address.port}`;
}

beforeAll(async () => {
  proxy = createServer((client) => {
    const server = connect(Number(new URL(api().url).port), '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  cut();
  proxy.close();
});

/** Runs all tasks of a job, one after the other, as the controller would. */
async function runAll(uid: string, after: (index: number) => void): Promise<void> {
  const { stores, fence } = api();
  const claim = { limit: 1, maxConcurrent: 1000, now: 1 };
  for (;;) {
    const [task] = await stores.controller.claimTasks(fence, uid, claim);
    if (task === undefined) break;
    const { index, record } = task;
    const result = { verdict: SUCCEEDED, output: OUTPUT, attempts: 1, losses: 0 };
    const settlement = { kind: 'final', succeeded: true, result } as const;
    await stores.controller.settleAttempt(fence, uid, index, { from: record, settlement });
    after(index);
  }
  await stores.controller.completeJob(fence, uid, 1);
}

describe('a watch', () => {
  test('that is cut again and again misses nothing and tells nothing twice', async () => {
    const { stores } = api();
    const from = await stores.catalog.version();
    const spec = { completions: 200 };
    const { body } = await api().api.post('/v1/namespaces/w/jobs').send(manifest('cut', spec));
    const { uid } = body.metadata;
    const path = `/v1/namespaces/w/jobs?watch=true&resourceVersion=${from}`;
    const client = new SseClient(proxyUrl() + path);
    const events = client.until(({ data }) => data.object.status?.phase === 'Complete');
    let cuts = 0;
    await runAll(uid, (index) => {
      if (index % 7 !== 0) return;
      cuts += 1;
      cut();
    });
    const seen = (await events).filter(({ event }) => event !== 'BOOKMARK');
    const log = await stores.catalog.changesAfter(from, 10_000);
    const told = seen.map(({ id, event, data }) => [id, event, data.object.status?.counts]);
    const known = log?.filter((change) => change.uid === uid) ?? [];
    expect(told).toEqual(
      known.map(({ version, change, status }) => [String(version), change, status?.counts]),
    );
    expect(told.length).toBe(402);
    expect(cuts).toBeGreaterThan(20);
    expect(client.connections).toBeGreaterThan(5);
  });

  test('without a version begins with what there is, and goes on from there', async () => {
    const { stores, fence } = api();
    await stores.jobs.submitJob({
      ...{ uid: '01JGFJJZ000000000000000001', spec: SPEC, tasks: [{ name: 'a', args: [] }] },
      meta: { namespace: 'x', name: 'old' },
    });
    const client = new SseClient(`${api().url}/v1/namespaces/x/jobs?watch=true`);
    const events = client.until(({ event }) => event === 'DELETED');
    await client.first(({ event }) => event === 'BOOKMARK');
    const uid = '01JGFJJZ000000000000000001';
    await stores.jobs.cancelJob(uid);
    const ending = { phase: 'Cancelled', reason: 'CancelRequested', message: 'x' } as const;
    await stores.controller.endJob(fence, uid, ending);
    await stores.controller.completeJob(fence, uid, 1);
    await stores.jobs.deleteJob(uid);
    await stores.controller.expireJob(fence, uid, 1);
    const kinds = (await events).map(({ event, data }) => [event, data.object.status?.phase]);
    expect(kinds).toEqual([
      ['ADDED', 'Running'],
      ['BOOKMARK', undefined],
      ['MODIFIED', 'Running'],
      ['MODIFIED', 'Running'],
      ['MODIFIED', 'Cancelled'],
      ['MODIFIED', 'Cancelled'],
      ['DELETED', 'Cancelled'],
    ]);
  });

  test('from a version that is no longer kept is 410', async () => {
    const { redis, stores } = api();
    await redis.xtrim('swarmer:watch', 'MAXLEN', 1);
    expect(await stores.catalog.version()).toBeGreaterThan(2);
    await api().api.get('/v1/jobs?watch=true&resourceVersion=0').expect(410);
  });

  test('from a version that the store has never had is 410: it was emptied since', async () => {
    const next = (await api().stores.catalog.version()) + 1;
    await api().api.get(`/v1/jobs?watch=true&resourceVersion=${next}`).expect(410);
  });

  test('of a timeline ends with the job, and has every entry once', async () => {
    const { body } = await api()
      .api.post('/v1/namespaces/w/jobs')
      .send(manifest('timeline', { completions: 20 }));
    const client = new SseClient(`${proxyUrl()}/v1/namespaces/w/jobs/timeline/events?watch=true`);
    const events = client.until(({ event }) => event === 'end');
    await runAll(body.metadata.uid, (index) => {
      if (index % 3 === 0) cut();
    });
    const seen = (await events).filter(({ event }) => event === 'event').map(({ data }) => data);
    const log = await api().api.get('/v1/namespaces/w/jobs/timeline/events?limit=1000');
    expect(seen).toEqual(log.body.items);
  });
});
