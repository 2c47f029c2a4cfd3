import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from './client.ts';
import { EXIT } from './errors.ts';
import { FakeApi } from './testing/fake-api.ts';
import { problem } from './testing/http-fake.ts';
import { stillClock } from './testing/run.ts';

let api: FakeApi;
let client: Client;

beforeEach(async () => {
  api = await FakeApi.start();
  client = new Client({
    server: new URL(api.url),
    token: undefined,
    requestTimeoutMs: 0,
    clock: stillClock,
    signal: new AbortController().signal,
    agentName: 'test',
  });
});

afterEach(async () => {
  client.close();
  await api.close();
});

/** The data of events until one is called `end`. */
async function read(path = '/stream'): Promise<string[]> {
  const seen: string[] = [];
  for await (const { event, data } of client.events(path)) {
    if (event === 'end') return seen;
    seen.push(data);
  }
  return seen;
}

/** Serves numbers from the last id on, so many per connection, each time with half of the next. */
function serveNumbers(total: number, perConnection: number, leave: 'cut' | 'end'): void {
  api.route('GET', '/stream', ({ headers }, stream) => {
    const from = Number(headers['last-event-id'] ?? 0) + 1;
    const last = Math.min(total, from + perConnection - 1);
    for (let number = from; number <= last; number++) {
      stream.send({ id: String(number), data: number });
    }
    if (last === total) stream.send({ id: 'end', event: 'end', data: {} });
    else stream.raw(`id: ${last + 1}\ndata: ${last + 1}`);
    stream[leave]();
    return undefined;
  });
}

describe('a stream of events', () => {
  it.each(['cut', 'end'] as const)(
    'misses nothing and repeats nothing when the server leaves (%s)',
    async (leave) => {
      serveNumbers(50, 7, leave);
      const numbers = Array.from({ length: 50 }, (_, at) => String(at + 1));
      expect(await read()).toEqual(numbers);
      expect(api.requests.length).toBe(8);
    },
  );

  it('goes on after the id that it was given', async () => {
    serveNumbers(3, 10, 'end');
    const { value } = await client.events('/stream', { lastEventId: '2' }).next();
    expect(value).toEqual({ id: '3', event: 'message', data: '3' });
  });

  it('tells of every new connection', async () => {
    serveNumbers(4, 2, 'cut');
    let reconnects = 0;
    const events = client.events('/stream', { onReconnect: () => reconnects++ });
    for await (const { event } of events) if (event === 'end') break;
    expect(reconnects).toBe(1);
  });

  it('outlasts a server that is busy', async () => {
    serveNumbers(3, 10, 'end');
    api.once('GET', '/stream', () => problem(503, 'starting'));
    expect(await read()).toEqual(['1', '2', '3']);
  });

  it('ends with an error when the server refuses it', async () => {
    api.route('GET', '/stream', () => problem(410, 'version 3 is no longer kept'));
    await expect(read()).rejects.toMatchObject({ status: 410, exitCode: EXIT.error });
  });

  it('gives up on a server that brings nothing', async () => {
    api.route('GET', '/stream', (_, stream) => void stream.end());
    await expect(read()).rejects.toThrow('was lost and does not come back');
    expect(api.requests.length).toBe(11);
  });

  it('fails at once when nobody listens from the first', async () => {
    await api.close();
    await expect(read()).rejects.toThrow('nothing listens there');
    await api.listen();
  });

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController();
    api.route('GET', '/stream', (_, stream) => void stream.raw('data: 1\n\n'));
    const events = client.events('/stream', { signal: abort.signal });
    await events.next();
    const next = events.next();
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });
});
