import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock/fake-clock.ts';
import { Client, type ClientOptions } from './client.ts';
import { EXIT, Interrupted } from './errors.ts';
import { FakeApi } from './testing/fake-api.ts';
import { type Handler, problem } from './testing/http-fake.ts';
import { stillClock } from './testing/run.ts';

let api: FakeApi;
const made: Client[] = [];

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(async () => {
  for (const client of made.splice(0)) client.close();
  await api.close();
});

function connect(options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    server: new URL(api.url),
    token: 'secret',
    requestTimeoutMs: 0,
    clock: stillClock,
    signal: new AbortController().signal,
    agentName: 'test',
    retryDelayMs: 1,
    ...options,
  });
  made.push(client);
  return client;
}

const reset: Handler = (_, stream) => void stream.cut();

describe('the client', () => {
  it('sends the token, and says who it is', async () => {
    await connect().get('/v1/version');
    expect(api.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'user-agent': 'test',
    });
  });

  it('keeps to the path of a proxy', async () => {
    api.route('GET', '/swarm/v1/version', () => ({ body: { version: '1' } }));
    const client = connect({ server: new URL(`${api.url}/swarm/`) });
    expect(await client.get('/v1/version')).toEqual({ version: '1' });
  });

  it.each([
    [401, EXIT.notAuthorised],
    [403, EXIT.notAuthorised],
    [404, EXIT.notFound],
    [408, EXIT.timedOut],
    [409, EXIT.error],
    [500, EXIT.error],
  ])('ends with the exit code of the status %i', async (status, exitCode) => {
    api.route('GET', '/v1/x', () =>
      problem(status, 'no', [{ path: 'spec.image', message: 'bad' }]),
    );
    const error = { status, exitCode, details: ['spec.image: bad'] };
    await expect(connect().get('/v1/x')).rejects.toMatchObject(error);
  });

  it('quotes an answer that is no problem, as of a proxy', async () => {
    api.route('GET', '/v1/x', () => ({ status: 418, text: '<h1>teapot</h1>\nmore' }));
    await expect(connect().get('/v1/x')).rejects.toThrow('answered 418: <h1>teapot</h1>');
  });

  it('says when the server is none of ours', async () => {
    api.route('GET', '/v1/x', () => ({ text: '<html>' }));
    await expect(connect().get('/v1/x')).rejects.toThrow('is it a Swarmer server?');
  });

  it('asks again when the server is busy or the connection is lost', async () => {
    api.once('GET', '/v1/version', () => problem(503, 'busy'));
    api.once('GET', '/v1/version', reset);
    expect(await connect().get('/v1/version')).toEqual({ version: api.version });
    expect(api.requests.length).toBe(3);
  });

  it('asks four times, then gives up', async () => {
    api.route('GET', '/v1/version', () => problem(503, 'busy'));
    await expect(connect().get('/v1/version')).rejects.toMatchObject({ status: 503 });
    expect(api.requests.length).toBe(4);
  });

  it('sends what changes something once', async () => {
    api.route('POST', '/v1/x', reset);
    await expect(connect().send('POST', '/v1/x')).rejects.toThrow('the connection was lost');
    expect(api.requests.length).toBe(1);
  });

  it('gives up at the request timeout, whether head or body is late', async () => {
    for (const late of [
      () => undefined,
      (_: unknown, stream: { raw(t: string): void }) => stream.raw('{'),
    ]) {
      const clock = new FakeClock();
      const asked = new Promise<void>((resolve) => {
        api.route('GET', '/v1/late', (request, stream) => {
          late(request, stream);
          resolve();
          return undefined;
        });
      });
      const answer = connect({ clock, requestTimeoutMs: 5000 }).get('/v1/late');
      await asked;
      clock.advance(5000);
      await expect(answer).rejects.toMatchObject({
        exitCode: EXIT.timedOut,
        message: expect.stringContaining('within 5 s'),
      });
    }
  });

  it('ends with the signal of the run', async () => {
    const abort = new AbortController();
    api.route('GET', '/v1/late', () => {
      abort.abort(new Interrupted());
      return undefined;
    });
    await expect(connect({ signal: abort.signal }).get('/v1/late')).rejects.toThrow(Interrupted);
  });
});
