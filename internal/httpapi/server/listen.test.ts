import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { RawClient, serving } from '../testing/raw-client.ts';
import { type Listening, listen } from './listen.ts';

const HOST = '127.0.0.1';
const log = pino({ level: 'silent' });

function start(app: RequestListener, clock = new FakeClock()): Promise<Listening> {
  return listen(app, { host: HOST, port: 0, log, clock });
}

/** A handler that answers when told to. */
function held() {
  let begun = () => {};
  let finish = () => {};
  const reached = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const app: RequestListener = (_request, response) => {
    finish = () => response.end('late');
    begun();
  };
  return { app, reached, finish: () => finish() };
}

describe('listen', () => {
  it('says which port it got', async () => {
    await serving(
      (_request, response) => response.end('here'),
      async (server) => {
        expect(server.address).toEqual({ host: HOST, port: expect.any(Number) });
        const response = await fetch(`http://${HOST}:${server.address.port}/`);
        expect(await response.text()).toBe('here');
      },
    );
  });

  it('rejects with one clear sentence when the port is in use', async () => {
    await serving(
      () => {},
      async ({ address }) => {
        await expect(listen(() => {}, { ...address, log })).rejects.toThrow(
          `Port ${address.port} on ${HOST} is in use: stop the program that listens there, or choose another port.`,
        );
      },
    );
  });

  it('rejects with one clear sentence when the machine does not have the address', async () => {
    // RFC 5737: an address for documentation.
    await expect(listen(() => {}, { host: '192.0.2.1', port: 0, log })).rejects.toThrow(
      'This machine does not have the address 192.0.2.1',
    );
  });
});

describe('close', () => {
  it('lets a running request end, and takes no new connection meanwhile', async () => {
    const { app, reached, finish } = held();
    const server = await start(app);
    const client = await RawClient.connect(server);
    client.head('GET /');
    await reached;
    const closed = server.close(1000);
    await expect(RawClient.connect(server)).rejects.toThrow('ECONNREFUSED');
    finish();
    await closed;
    await expect.poll(() => client.received).toContain('late');
    expect(client.received).toContain('Connection: close');
  });

  it('ends idle connections at once', async () => {
    const server = await start((_request, response) => response.end('done'));
    const used = await RawClient.connect(server);
    const silent = await RawClient.connect(server);
    used.head('GET /');
    await expect.poll(() => used.received).toContain('done');
    await server.close(1000);
    await expect.poll(() => used.socket.destroyed && silent.socket.destroyed).toBe(true);
  });

  it('cuts what still runs when the grace is over', async () => {
    const { app, reached } = held();
    const clock = new FakeClock();
    const server = await start(app, clock);
    const client = await RawClient.connect(server);
    client.head('GET /');
    await reached;
    const closed = server.close(1000);
    clock.advance(999);
    expect(client.socket.destroyed).toBe(false);
    clock.advance(1);
    await closed;
    expect(client.received).toBe('');
  });

  it('waits for no request of which no more comes', async () => {
    const { app, reached } = held();
    const clock = new FakeClock();
    const server = await start(app, clock);
    const client = await RawClient.connect(server);
    client.head('POST /', { 'Content-Length': 10 });
    await reached;
    let over = false;
    const closed = server.close(10_000).then(() => {
      over = true;
    });
    const comes = async () => {
      const before = client.socket.bytesWritten;
      client.socket.write('x');
      await expect.poll(() => client.socket.bytesWritten).toBe(before + 1);
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(500);
    };
    for (let i = 0; i < 3; i++) await comes();
    expect([over, client.socket.destroyed]).toEqual([false, false]);
    clock.advance(500);
    await closed;
    expect(client.received).toBe('');
  });

  it('does not cut a response that is ended but not yet read', async () => {
    const body = Buffer.alloc(24 * 1024 * 1024, 'x');
    let ended = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const server = await start((_request, response) => {
      response.end(body);
      ended();
    });
    const client = await RawClient.connect(server);
    client.socket.pause();
    client.head('GET /');
    await end;
    const closed = server.close(1000);
    client.socket.resume();
    await Promise.all([closed, once(client.socket, 'close')]);
    expect(client.received.length).toBeGreaterThan(body.length);
  });

  it('may be called twice', async () => {
    const server = await start(() => {});
    await Promise.all([server.close(0), server.close(0)]);
    await expect(RawClient.connect(server)).rejects.toThrow('ECONNREFUSED');
  });
});
