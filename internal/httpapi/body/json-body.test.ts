import { request } from 'node:http';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../clock/fake-clock.ts';
import { baseApp } from '../base-app.ts';
import { harness, startTask, storeJob } from '../testing/harness.ts';
import { RawClient, serving } from '../testing/raw-client.ts';
import { jsonBody } from './json-body.ts';
import { SPEC_BODY_BYTES } from './limits.ts';

const MIB = 1024 * 1024;
const JSON_HEADERS = { 'Content-Type': 'application/json' };

function post(text: string | Buffer, type = 'application/json') {
  const { api } = harness();
  return api
    .post('/submit')
    .set('Content-Type', type)
    .serialize((raw) => raw)
    .send(text);
}

describe('a request body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
  ])('may have the content type %s', async (type) => {
    await post('{"image_name":"alpine","callback_url":null}', type).expect(201);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/json; charset=latin1',
    'application/merge-patch+json',
  ])('is refused with the content type %s', async (type) => {
    await post('{}', type).expect(415);
  });

  it('is refused when it is compressed', async () => {
    const { api } = harness();
    await api
      .post('/submit')
      .set(JSON_HEADERS)
      .set('Content-Encoding', 'gzip')
      .send('x')
      .expect(415);
  });

  it('is refused with the place at which it breaks off being JSON', async () => {
    const response = await post('{\n  "image_name": alpine\n}');
    expect(response.status).toBe(400);
    expect(response.body.detail).toContain('line 2, column 17: found "a" instead of a value');
  });

  it('is refused with the path of a member given twice', async () => {
    const response = await post('{"tasks": [{"task_name": "a", "task_name": "b"}]}');
    expect(response.status).toBe(400);
    expect(response.body.detail).toContain('line 1, column 31');
    expect(response.body.errors[0].path).toBe('tasks[0].task_name');
  });

  it.each([
    ['is empty', ''],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['is nested too deep', `{"tasks":${'['.repeat(100_000)}`],
    ['names __proto__', '{"__proto__":{"image_name":"alpine"}}'],
    ['is no object', '[]'],
  ])('is refused when it %s', async (_, text) => {
    const response = await post(text);
    expect(response.status).toBe(400);
    expect(response.type).toBe('application/problem+json');
  });
});

describe('the limit of a body', () => {
  it('is told of before any of a larger one is sent', async () => {
    const { app } = harness();
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.head('POST /submit', { ...JSON_HEADERS, 'Content-Length': SPEC_BODY_BYTES + 1 });
      await expect.poll(() => client.received).toContain('HTTP/1.1 413 ');
      await expect.poll(() => client.received).toContain(`larger than ${SPEC_BODY_BYTES} bytes`);
    });
  });

  it('holds for a body that does not declare its length, before its end', async () => {
    const log = pino({ level: 'silent' });
    const app = baseApp({ log, clock: new FakeClock(), requests: { handled() {} } }, [
      {
        path: '/',
        method: 'post',
        handler: async (req, res) => {
          res.json(await jsonBody(req, 10));
        },
      },
    ]);
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.head('POST /', { ...JSON_HEADERS, 'Transfer-Encoding': 'chunked' });
      client.socket.write('b\r\n[1,2,3,4,5]\r\n');
      await expect.poll(() => client.received).toContain('HTTP/1.1 413 ');
    });
  });
});

describe('a request without a right to it', () => {
  const announced = { ...JSON_HEADERS, 'Content-Length': 1_000_000 };

  it('is refused before its body is read', async () => {
    const { app, store } = harness({ tokens: ['secret'] });
    const uid = await storeJob(store, ['one']);
    const wrong = startTask(store, uid).replace(/.$/, '');
    await serving(app, async (server) => {
      for (const path of ['/submit', `/submit/${uid}/tasks`, wrong, `/result/${uid}`]) {
        const client = await RawClient.connect(server);
        client.head(`POST ${path}`, announced);
        await expect.poll(() => client.received).toContain('HTTP/1.1 401 ');
        client.socket.destroy();
      }
    });
  });

  it('gets its answer although it sends a large body first', async () => {
    const { app } = harness({ tokens: ['secret'] });
    await serving(app, async ({ address }) => {
      const status = new Promise((resolve, reject) => {
        const options = {
          port: address.port,
          path: '/submit',
          method: 'POST',
          headers: JSON_HEADERS,
        };
        const sent = request(options, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end(Buffer.alloc(32 * MIB, 'x'));
      });
      expect(await status).toBe(401);
    });
  });

  it('is cut off when it will not stop sending', async () => {
    const { app } = harness({ tokens: ['secret'] });
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.head('POST /submit', { ...JSON_HEADERS, 'Content-Length': 1e12 });
      const block = Buffer.alloc(4 * MIB);
      // Node calls back with the error before it destroys the socket: to write on then never ends.
      const more = (error?: Error | null) => {
        if (!error && !client.socket.destroyed) client.socket.write(block, more);
      };
      more();
      await expect.poll(() => client.socket.destroyed, { timeout: 10_000 }).toBe(true);
      expect(client.socket.bytesWritten).toBeGreaterThan(64 * MIB);
    });
  });
});
