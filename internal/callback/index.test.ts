import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { Policy } from '../policy/index.ts';
import { MemoryJob, UID } from '../wire/testing/jobs.ts';
import { type CallbackOptions, createCallbackDispatcher } from './index.ts';
import { JOB, SMALL } from './testing/deliver.ts';
import { MemoryOutbox } from './testing/outbox.ts';
import { Receiver } from './testing/receiver.ts';

function options(outbox = new MemoryOutbox()): CallbackOptions {
  const jobs = new MemoryJob(JOB, SMALL);
  const log = pino({ level: 'silent' });
  return {
    outbox,
    jobs,
    clock: systemClock,
    log,
    version: '1',
    policy: new Policy({}, ['127.0.0.1']),
  };
}

describe('the dispatcher as it is put together', () => {
  it('delivers over the network, and tries again with the same bytes', async () => {
    const receiver = await Receiver.withStatuses(503, 204);
    const outbox = new MemoryOutbox();
    outbox.add(UID, receiver.url);
    const dispatcher = createCallbackDispatcher({ ...options(outbox), backoff: { firstMs: 1 } });
    const stop = new AbortController();
    const run = dispatcher.run(stop.signal, { token: 1 });
    await vi.waitFor(() => expect(outbox.records).toHaveLength(2), { timeout: 10_000 });
    stop.abort();
    await run;
    expect(outbox.records).toMatchObject([
      { result: { kind: 'retry', status: 503 } },
      { result: { kind: 'delivered', status: 204 } },
    ]);
    const bodies = receiver.requests.map(({ body }) => body.toString());
    expect(bodies[0]).toContain('hello €');
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('refuses the machine itself unless it is allowed, and says so in the record', async () => {
    const receiver = await Receiver.withStatuses(204);
    const outbox = new MemoryOutbox();
    outbox.add(UID, receiver.url);
    const dispatcher = createCallbackDispatcher({ ...options(outbox), policy: new Policy() });
    const stop = new AbortController();
    const run = dispatcher.run(stop.signal, { token: 1 });
    await vi.waitFor(() => expect(outbox.records).toHaveLength(1), { timeout: 10_000 });
    stop.abort();
    await run;
    const error = expect.stringContaining('SWARMER_CALLBACK_ALLOW');
    expect(outbox.records).toMatchObject([{ result: { kind: 'retry', error } }]);
    expect(receiver.connections).toBe(0);
  });

  it('names the setting of secrets when it cannot be read', () => {
    const make = () => createCallbackDispatcher({ ...options(), secrets: [''] });
    expect(make).toThrow('SWARMER_CALLBACK_SECRET');
  });
});
