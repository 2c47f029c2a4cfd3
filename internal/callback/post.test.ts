import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { Outcome } from './outcome.ts';
import { type DeliverSetup, deliver, LARGE, SMALL, sending } from './testing/deliver.ts';
import { Receiver } from './testing/receiver.ts';

/** A listener on 127.0.0.1 that does with connections what it is told. Gives its URL. */
async function listening(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/`;
}

function expectRetry(outcome: Outcome, words: string): void {
  expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringContaining(words) });
}

describe('an answer', () => {
  it.each([301, 302, 303, 307, 308])('of %i is tried again, and not followed', async (status) => {
    const target = await Receiver.withStatuses(200);
    const receiver = await Receiver.start((response) => {
      response.writeHead(status, { location: target.url }).end();
    });
    expectRetry(await deliver(receiver.url), 'redirects are not followed');
    expect(receiver.requests).toHaveLength(1);
    expect(target.connections).toBe(0);
  });

  it('of 410 ends it', async () => {
    const receiver = await Receiver.withStatuses(410);
    expect(await deliver(receiver.url)).toMatchObject({ kind: 'dead', status: 410 });
  });

  it.each([
    ['in seconds', '120', 120_000],
    ['as a date', 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ])('of 429 may say when to come back, %s', async (_, value, retryAfterMs) => {
    const receiver = await Receiver.start((response) => {
      response.writeHead(429, { 'retry-after': value }).end();
    });
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    expect(await deliver(receiver.url, { clock })).toMatchObject({ status: 429, retryAfterMs });
  });

  it('is kept for the log, and is no part of the words', async () => {
    const receiver = await Receiver.start((response) => response.writeHead(500).end('s3cret'));
    const { reply, ...outcome } = await deliver(receiver.url);
    expect(reply?.toString()).toBe('s3cret');
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });

  it('that comes before the whole body was taken counts', async () => {
    const receiver = await Receiver.unread((_, response) => {
      response.writeHead(413, { 'content-length': 0 }).end();
    });
    expectRetry(await deliver(receiver.url, { tasks: LARGE }), 'answered 413');
  });

  it.each([
    ['without end', {}],
    ['said to be huge', { 'content-length': 1e12 }],
  ])('%s is read to its limit, and then the connection is closed', async (_, headers) => {
    const responses: ServerResponse[] = [];
    const receiver = await Receiver.start((response) => {
      responses.push(response.writeHead(200, headers));
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    // Time stands still, so only the bytes can end it.
    const outcome = await deliver(receiver.url);
    expect(outcome).toMatchObject({ kind: 'delivered', status: 200 });
    expect(outcome.reply?.toString()).toBe('x'.repeat(64 * 1024));
    await vi.waitFor(() => expect(responses).toMatchObject([{ destroyed: true }]));
  });

  it('whose body stalls counts all the same', async () => {
    const receiver = await Receiver.start((response) => response.writeHead(200).write('half'));
    const outcome = await deliver(receiver.url, { time: { replyMs: 1 }, clock: systemClock });
    expect(outcome).toMatchObject({ kind: 'delivered', status: 200 });
  });

  it('whose body breaks off counts all the same', async () => {
    const receiver = await Receiver.start((response) => {
      response.writeHead(200).write('half', () => response.destroy());
    });
    expect(await deliver(receiver.url)).toMatchObject({ kind: 'delivered', status: 200 });
  });

  it('counts although the try is cut off while its body is read', async () => {
    const cut = new AbortController();
    const clock = new FakeClock();
    const after = (ms: number, fn: () => void) => {
      // The reply's own limit starts when the status is known.
      if (ms === 77) cut.abort();
      return clock.after(ms, fn);
    };
    const receiver = await Receiver.start((response) => response.writeHead(200).write('half'));
    const setup = { signal: cut.signal, time: { replyMs: 77 } };
    const outcome = await deliver(receiver.url, { ...setup, clock: { ...clockOf(clock), after } });
    expect(outcome).toMatchObject({ kind: 'delivered', status: 200 });
  });
});

/** The methods of a fake clock, to replace some of them. */
function clockOf(clock: FakeClock) {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
}

describe('without an answer a callback is tried again', () => {
  it.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('when the connection is reset, with a %s body', async (_, tasks) => {
    const url = await listening((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const outcome = await deliver(url, { tasks });
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(outcome).toMatchObject({ error: expect.stringMatching(/closed the connection before/) });
  });

  it('when the connection is closed without a word', async () => {
    const url = await listening((socket) => socket.once('data', () => socket.end()));
    expectRetry(await deliver(url), 'closed the connection before it answered');
  });

  it('when what comes is not HTTP', async () => {
    const url = await listening((socket) => socket.end('220 mail.example ESMTP\r\n'));
    expectRetry(await deliver(url), 'something that is not HTTP');
  });

  it('when nobody listens', async () => {
    const receiver = await Receiver.withStatuses(200);
    const { url } = receiver;
    await receiver.close();
    expectRetry(await deliver(url, { tasks: LARGE }), 'refused the connection');
  });

  it.each([
    ['says nothing', {}, 30_000, 'answered nothing for 30000 ms'],
    ['is slow in all', { idleMs: 1e9 }, 61_000, 'answer within 60'],
  ])('when the receiver %s', async (_, time, ms, words) => {
    const clock = new FakeClock();
    const receiver = await Receiver.start(() => clock.advance(ms));
    expectRetry(await deliver(receiver.url, { clock, time }), words);
  });

  it('when the receiver stops taking the body', async () => {
    const clock = new FakeClock();
    const receiver = await Receiver.unread(() => clock.advance(30_000));
    expectRetry(
      await deliver(receiver.url, { tasks: LARGE, clock }),
      'took nothing and answered nothing',
    );
  });

  it('when its name is not known to DNS', async () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const resolve: DeliverSetup['resolve'] = (_name, _options, done) => done(error, []);
    expectRetry(await deliver('http://a.test/', { resolve, tasks: LARGE }), 'not known to DNS');
  });

  it('when no connection comes about in time', async () => {
    const setup = { resolve: () => undefined, time: { connectMs: 5 } };
    expectRetry(await deliver('http://a.test/', setup), 'no connection in time');
  });

  it('when the receiver does not speak TLS', async () => {
    const receiver = await Receiver.withStatuses(200);
    expectRetry(await deliver(receiver.url.replace('http', 'https')), 'does not speak TLS');
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('a POST that was cut off before it began', () => {
  it('ends at once, although its name would not be resolved for an hour', async () => {
    const send = sending({ resolve: () => undefined, time: { connectMs: 3_600_000 } });
    const url = new URL('http://a.test/');
    const post = { namespace: 'default', url, headers: {}, bytes: 1, body: Buffer.from('1') };
    const reason = new Error('stop');
    await expect(send(post, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
