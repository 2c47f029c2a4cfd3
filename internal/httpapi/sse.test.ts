import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { type Listening, listen } from './server/listen.ts';
import { openSse, type SseStream } from './sse.ts';
import { RawClient } from './testing/raw-client.ts';

const log = pino({ level: 'silent' });

/** A server of one event stream at a time, with a client that has asked for it. */
async function opened(use: (parts: Parts) => Promise<void>, line = 'GET /'): Promise<void> {
  const clock = new FakeClock();
  let take: (stream: SseStream) => void = () => {};
  const open = new Promise<SseStream>((resolve) => {
    take = resolve;
  });
  const app: RequestListener = (request, response) =>
    take(openSse(request, response, { clock, log }));
  const server = await listen(app, { host: '127.0.0.1', port: 0, log, clock });
  const client = await RawClient.connect(server);
  try {
    client.head(line);
    await use({ clock, server, client, stream: await open });
  } finally {
    client.socket.destroy();
    await server.close(0);
  }
}

interface Parts {
  clock: FakeClock;
  server: Listening;
  client: RawClient;
  stream: SseStream;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return once(signal, 'abort').then(() => {});
}

describe('an event stream', () => {
  it('has its headers before the first event', () =>
    opened(async ({ client }) => {
      await expect.poll(() => client.received).toContain('\r\n\r\n');
      expect(client.received).toContain('HTTP/1.1 200');
      expect(client.received).toContain('Content-Type: text/event-stream; charset=utf-8');
      expect(client.received).toContain('Cache-Control: no-store');
      expect(client.received).toContain('X-Accel-Buffering: no');
    }));

  it('sends each event with its data in one line of JSON', () =>
    opened(async ({ client, stream }) => {
      await stream.send({ id: '7', event: 'ADDED', data: { text: 'a\nb' } });
      await stream.send({ event: 'end', data: null });
      stream.end();
      await expect.poll(() => client.received).toMatch(/\r\n0\r\n\r\n$/);
      expect(client.received).toContain('id: 7\nevent: ADDED\ndata: {"text":"a\\nb"}\n\n');
      expect(client.received).toContain('event: end\ndata: null\n\n');
    }));

  it('sends a comment every 15 s', () =>
    opened(async ({ clock, client }) => {
      clock.advance(14_999);
      clock.advance(1);
      clock.advance(15_000);
      await expect.poll(() => client.received.match(/^:$/gm)?.length).toBe(2);
    }));

  it('makes its sender wait while the client does not read', () =>
    opened(async ({ client, stream }) => {
      client.socket.pause();
      const text = 'x'.repeat(1024 * 1024);
      let sent = 0;
      const sending = (async () => {
        while (sent < 64) {
          await stream.send({ event: 'output', data: text });
          sent += 1;
        }
      })();
      // 64 MiB fit into no socket's buffers.
      await expect.poll(() => sent).toBeGreaterThan(0);
      expect(sent).toBeLessThan(64);
      client.socket.resume();
      await sending;
      expect(sent).toBe(64);
    }));

  it('aborts its signal when the client goes, and takes further events quietly', () =>
    opened(async ({ client, stream }) => {
      client.socket.destroy();
      await aborted(stream.signal);
      await stream.send({ event: 'late', data: 1 });
    }));

  it('lets a sender go that waits for a client that goes', () =>
    opened(async ({ client, stream }) => {
      client.socket.pause();
      const sending = stream.send({ event: 'output', data: 'x'.repeat(32 * 1024 * 1024) });
      client.socket.destroy();
      await sending;
      expect(stream.signal.aborted).toBe(true);
    }));

  it('is ended at once to a HEAD request', () =>
    opened(async ({ client, stream }) => {
      expect(stream.signal.aborted).toBe(true);
      await expect.poll(() => client.received).toContain('text/event-stream');
      await stream.send({ event: 'never', data: 1 });
    }, 'HEAD /'));
});

describe('a server that closes', () => {
  it('ends an event stream in order, and does not wait for its grace', () =>
    opened(async ({ server, client, stream }) => {
      await stream.send({ event: 'one', data: 1 });
      await server.close(60_000);
      expect(stream.signal.aborted).toBe(true);
      // The last chunk: the client knows that the answer is whole.
      await expect.poll(() => client.received).toMatch(/\r\n0\r\n\r\n$/);
    }));

  it('cuts an event stream whose client does not read', () =>
    opened(async ({ server, client, stream }) => {
      client.socket.pause();
      const sending = stream.send({ event: 'output', data: 'x'.repeat(32 * 1024 * 1024) });
      await server.close(60_000);
      await sending;
    }));
});
