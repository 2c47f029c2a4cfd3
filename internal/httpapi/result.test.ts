import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { reportPath, reportSecret } from '../apis/index.ts';
import { StoreError } from '../store/errors.ts';
import { harness, startTask, storeJob } from './testing/harness.ts';
import { RawClient, serving } from './testing/raw-client.ts';

const MIB = 1024 * 1024;

function reportOf(stdout: string, more: object = {}) {
  const task_result = { stdout, stderr: '', ...more };
  return { task_name: 'one', task_status: 3, task_result };
}

async function started() {
  const setup = harness();
  const uid = await storeJob(setup.store, ['one', 'two']);
  return { ...setup, uid, path: startTask(setup.store, uid) };
}

/** Posts these bytes, declared to be of a type; none when it is empty. */
function raw({ api, path }: Pick<Started, 'api' | 'path'>, body: string | Buffer, type = '') {
  const call = api.post(path).serialize((text) => text);
  return (type === '' ? call : call.set('Content-Type', type)).send(body);
}

type Started = Awaited<ReturnType<typeof started>>;

const CLIENT = { task_name: 'one', task_result: { stderr: null, stdout: null }, task_status: null };
const NOTHING_SAID = {
  state: 'unavailable',
  reason: expect.stringContaining('says nothing of its'),
};

describe('a report of much output', () => {
  it('is cut to what a process has room for, whatever its job may keep of a log', async () => {
    const { api, store } = harness();
    const uid = await storeJob(store, ['one'], 64 * MIB);
    const path = startTask(store, uid);
    await api
      .post(path)
      .send(reportOf(`${'a'.repeat(9 * MIB)}end`))
      .expect(204);
    const { stdout, summary } = store.report(uid, 0)?.output ?? {};
    expect(stdout?.length).toBe(8 * MIB);
    expect(stdout?.subarray(-3).toString()).toBe('end');
    expect(summary).toMatchObject({
      stdout: { bytes: 9 * MIB + 3, truncated: true },
      log: { state: 'truncated' },
    });
  });
});

describe('a report of whatever form', () => {
  it('without an exit status and streams, as the original client has it, is taken for that', async () => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(CLIENT).expect(204);
    expect(store.report(uid, 0)).toMatchObject({
      exitStatus: null,
      output: { stdout: Buffer.alloc(0), summary: { log: NOTHING_SAID } },
    });
  });

  it.each([
    ['the status as text', { ...CLIENT, task_status: '3' }],
    [
      'members that nobody knows',
      { ...reportOf('x'), signal: 'SIGKILL', error: { a: [1] }, x: '' },
    ],
    ['no result', { task_name: 'one', task_status: 3 }],
    ['a result of null', { task_name: 'one', task_status: 3, task_result: null }],
    ['a result that is a text', { task_name: 'one', task_status: 3, task_result: 'all fine' }],
    ['no name', { task_status: 3, task_result: { stdout: '', stderr: '' } }],
    ['a name of null', { ...reportOf(''), task_name: null }],
    ['counts that make no sense', reportOf('', { stdout_bytes: 'many', stderr_bytes: -1 })],
  ])('with %s is taken', async (_what, body) => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(body).expect(204);
    expect(store.report(uid, 0)?.exitStatus).toBe(3);
    expect(store.refusals).toEqual([]);
  });

  it('with one stream only shows that, and says that it tells nothing of the other', async () => {
    const { api, store, uid, path } = await started();
    const body = { task_name: 'one', task_status: 3, task_result: { stdout: 'out' } };
    await api.post(path).send(body).expect(204);
    expect(store.report(uid, 0)?.output).toMatchObject({
      stdout: Buffer.from('out'),
      summary: { log: { state: 'unavailable', reason: expect.stringContaining('its stderr') } },
    });
  });

  it.each([
    [7, '7'],
    [true, 'true'],
    [['a', 1], '["a",1]'],
    [{ a: 1 }, '{"a":1}'],
  ])('with the stream %j keeps its JSON', async (stdout, text) => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(reportOf('', { stdout })).expect(204);
    expect(store.report(uid, 0)?.output.stdout.toString()).toBe(text);
  });

  it.each([
    ['no type', ''],
    ['a type of text', 'text/plain'],
    ['the type of a form, as curl -d has it', 'application/x-www-form-urlencoded'],
    ['the type of a form with files', 'multipart/form-data; boundary=x'],
    ['a charset that nobody knows', 'application/json; charset=klingon'],
    ['a type that is none', ';;;'],
  ])('with %s is taken', async (_what, type) => {
    const setup = await started();
    await raw(setup, JSON.stringify(reportOf('ü')), type).expect(204);
    expect(setup.store.report(setup.uid, 0)?.output.stdout.toString()).toBe('ü');
  });

  it.each([
    ['latin1', Buffer.from(JSON.stringify(reportOf('ü')), 'latin1')],
    ['utf-16le', Buffer.from(`\ufeff${JSON.stringify(reportOf('ü'))}`, 'utf16le')],
    ['utf-8', Buffer.from(`\ufeff${JSON.stringify(reportOf('ü'))}`)],
  ])('in %s is read as that', async (charset, body) => {
    const setup = await started();
    await raw(setup, body, `application/json; charset="${charset}"`).expect(204);
    expect(setup.store.report(setup.uid, 0)?.output.stdout.toString()).toBe('ü');
  });

  it('is cut, not refused, however long it is', async () => {
    const { app, store, uid, path } = await started();
    const piece = 'x'.repeat(MIB - 2);
    await serving(app, async ({ address }) => {
      const begin = '{"task_name":"one","task_result":{"stderr":"err","stdout":"';
      const chunks = [begin, ...Array(40).fill(piece), 'theend"},"task_status":3}'];
      expect(await sendChunks(address.port, path, chunks)).toBe(204);
    });
    expect(store.report(uid, 0)?.output).toMatchObject({
      stdout: Buffer.from('xxtheend'),
      summary: {
        stdout: { bytes: 40 * piece.length + 6, truncated: true },
        stderr: { bytes: 3, truncated: false },
      },
    });
  });

  it('shows nothing of its token', async () => {
    const setup = harness();
    const { api, store } = setup;
    const uid = await storeJob(store, ['one'], 1000);
    const path = startTask(store, uid);
    const secret = reportSecret(store.key, { jobUid: uid, index: 0, attempt: 1 });
    const stdout = `posting to http://host${path}\n`;
    const stderr = `${'.'.repeat(2000)}${path}${'.'.repeat(975)}`;
    await api.post(path).send(reportOf(stdout, { stderr })).expect(204);
    const output = store.report(uid, 0)?.output;
    expect(output?.stdout.toString()).toBe(stdout.replace(secret, '*'.repeat(secret.length)));
    expect(output?.stderr.toString()).toBe(`${'*'.repeat(25)}${'.'.repeat(975)}`);
    expect(output?.summary).toMatchObject({
      stdout: { bytes: stdout.length },
      stderr: { bytes: stderr.length },
    });
  });
});

describe('a report that cannot be relied on', () => {
  it.each([
    ['is no JSON', 'task_status=0', 400, 'The body is not JSON: byte 1'],
    ['is empty', '', 400, 'The body is empty'],
    ['is no object', '[0]', 400, 'task_status is required'],
    ['says nothing', '{}', 400, 'task_status is required'],
    ['has a status that is none', '{"task_status":"abc"}', 400, 'not "abc"'],
    ['has a broken status', '{"task_status":1.5}', 400, 'task_status must be an exit status'],
    ['has a status out of range', '{"task_status":4294967296}', 400, 'task_status must be'],
    ['has two statuses', '{"task_status":1,"task_status":0}', 400, 'task_status is given twice'],
    [
      'has the name of another',
      '{"task_name":"two","task_status":0}',
      400,
      'task_name must be "one"',
    ],
    ['breaks off before its status', '{"task_name":"one","task_result":{}', 400, 'broke off'],
    ['breaks off within its status', '{"task_name":"one","task_status":0', 400, 'broke off'],
  ])('because it %s is refused, which is stored', async (_what, body, status, why) => {
    const setup = await started();
    await raw(setup, body, 'application/json').expect(status);
    expect(setup.store.report(setup.uid, 0)).toBeUndefined();
    expect(setup.store.refusals).toEqual([
      { id: { jobUid: setup.uid, index: 0, attempt: 1 }, why: expect.stringContaining(why) },
    ]);
  });

  it('because it is compressed is refused, which is stored', async () => {
    const { api, store, path } = await started();
    await api.post(path).set('Content-Encoding', 'gzip').send({}).expect(415);
    expect(store.refusals).toHaveLength(1);
  });

  it('leaves its token out of what is told', async () => {
    const { api, store, uid, path } = await started();
    await api
      .post(path)
      .send({ ...reportOf(''), task_status: path })
      .expect(400);
    const secret = reportSecret(store.key, { jobUid: uid, index: 0, attempt: 1 });
    expect(store.refusals[0]?.why).toContain('task_status must be');
    expect(store.refusals[0]?.why).not.toContain(secret.slice(0, 20));
  });

  it('is told as it was when the attempt is over', async () => {
    const { api, store, path } = await started();
    store.refusing = new StoreError('Superseded', 'not current');
    await api.post(path).send({}).expect(400);
    store.refusing = new StoreError('Unavailable', 'down');
    await api.post(path).send({}).expect(503);
  });

  it('is stored when the connection breaks before the status has come', async () => {
    const setup = await started();
    await breakOff(setup, '{"task_name":"one","task_result":{"stdout":"half of');
    await expect
      .poll(() => setup.store.refusals)
      .toMatchObject([{ why: expect.stringContaining('broke off') }]);
    expect(setup.store.report(setup.uid, 0)).toBeUndefined();
  });

  it('is taken as far as it came when the connection breaks behind the status', async () => {
    const setup = await started();
    const { store, uid } = setup;
    await breakOff(setup, '{"task_status":3,"task_name":"one","task_result":{"stdout":"half');
    await expect
      .poll(() => store.report(uid, 0))
      .toMatchObject({
        exitStatus: 3,
        partial: true,
        output: {
          stdout: Buffer.from('half'),
          summary: { log: { state: 'unavailable', reason: 'the report of the task broke off' } },
        },
      });
    expect(store.refusals).toEqual([]);
  });

  it('because nothing more of it comes is given up, as if its connection had broken', async () => {
    const setup = await started();
    const { store, uid, clock, app, path } = setup;
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.head(`POST ${path}`, { 'Content-Length': 1000 });
      client.socket.write('{"task_status":3,');
      await expect
        .poll(() => {
          clock.advance(30_000);
          return store.report(uid, 0);
        })
        .toMatchObject({ exitStatus: 3, partial: true });
    });
  });
});

describe('many reports at one time', () => {
  it('are read two of one attempt at a time', async () => {
    const { app, path } = await started();
    await serving(app, async (server) => {
      const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(server)));
      for (const client of clients) client.head(`POST ${path}`, { 'Content-Length': 10 });
      await expect
        .poll(() => clients.filter((it) => it.received.includes('HTTP/1.1 429')).length)
        .toBe(1);
    });
  });
});

async function breakOff({ app, path }: Started, body: string): Promise<void> {
  await serving(app, async (server) => {
    const client = await RawClient.connect(server);
    client.head(`POST ${path}`, { 'Content-Length': 1000 });
    await new Promise((resolve) => client.socket.write(body, resolve));
    client.socket.end();
    await once(client.socket, 'close');
  });
}

/** Sends a body in chunks. @returns the status of the answer. */
function sendChunks(port: number, path: string, chunks: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    Readable.from(chunks).pipe(sent);
  });
}

describe('POST /result/<id>', () => {
  it('stores the report and answers 204', async () => {
    const { api, store, uid, path } = await started();
    const response = await api.post(path).send(reportOf('héllo'));
    expect(response.status).toBe(204);
    expect(response.text).toBe('');
    expect(store.report(uid, 0)).toMatchObject({
      id: { jobUid: uid, index: 0, attempt: 1 },
      exitStatus: 3,
      output: {
        stdout: Buffer.from('héllo'),
        stderr: Buffer.alloc(0),
        summary: {
          stdout: { bytes: 6, truncated: false },
          stderr: { bytes: 0, truncated: false },
          log: { state: 'complete' },
        },
      },
    });
  });

  it("keeps the last bytes up to the job's limit, with the true count", async () => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(reportOf('0123456789')).expect(204);
    expect(store.report(uid, 0)?.output).toMatchObject({
      stdout: Buffer.from('23456789'),
      summary: { stdout: { bytes: 10, truncated: true }, log: { state: 'truncated' } },
    });
  });

  it('takes the count of bytes from the task when it is larger than what was sent', async () => {
    const { api, store, uid, path } = await started();
    await api
      .post(path)
      .send(reportOf('tail', { stdout_bytes: 900, stderr_bytes: 0 }))
      .expect(204);
    expect(store.report(uid, 0)?.output.summary.stdout).toEqual({ bytes: 900, truncated: true });
  });

  it('does not believe a count smaller than what was sent', async () => {
    const { api, store, uid, path } = await started();
    await api
      .post(path)
      .send(reportOf('tail', { stdout_bytes: 1 }))
      .expect(204);
    expect(store.report(uid, 0)?.output.summary.stdout).toEqual({ bytes: 4, truncated: false });
  });

  it('replaces bytes that are not UTF-8 instead of losing the report', async () => {
    const { api, store, uid, path } = await started();
    const [before, after] = JSON.stringify(reportOf('|')).split('|');
    const body = Buffer.concat([
      Buffer.from(`${before}`),
      Buffer.from([0xff]),
      Buffer.from(`${after}`),
    ]);
    await api
      .post(path)
      .type('json')
      .serialize((raw) => raw)
      .send(body)
      .expect(204);
    expect(store.report(uid, 0)?.output.stdout.toString()).toBe('\ufffd');
  });

  it('needs no token of a user', async () => {
    const setup = harness({ tokens: ['secret'] });
    const uid = await storeJob(setup.store, ['one']);
    await setup.api.post(startTask(setup.store, uid)).send(reportOf('')).expect(204);
  });

  it('takes the same report twice, and refuses a second, different one', async () => {
    const { api, store, uid, path } = await started();
    await api.post(path).send(reportOf('a')).expect(204);
    await api.post(path).send(reportOf('a')).expect(204);
    await api.post(path).send(reportOf('b')).expect(409);
    expect(store.report(uid, 0)?.output.stdout.toString()).toBe('a');
  });

  it('refuses the report of an attempt that was replaced', async () => {
    const { api, store, uid, path } = await started();
    store.start(uid, 0, 2);
    await api.post(path).send(reportOf('late')).expect(409);
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('refuses a report in the name of another task', async () => {
    const { api, store, uid, path } = await started();
    const response = await api.post(path).send({ ...reportOf(''), task_name: 'two' });
    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([{ path: 'task_name', message: 'must be "one"' }]);
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('answers 404 when the job is gone', async () => {
    const { api, store } = harness();
    const id = { jobUid: ulid(), index: 0, attempt: 1 };
    await api.post(reportPath(store.key, id)).send(reportOf('')).expect(404);
  });

  it('refuses a missing, a wrong, a doubled and a foreign token', async () => {
    const { api, store, uid, path } = await started();
    const foreign = startTask(store, await storeJob(store, ['one'])).split('?')[1];
    const token = path.split('?')[1];
    for (const query of ['', 'token=', 'token=0.1.x', `${token}&${token}`, foreign]) {
      const response = await api.post(`/result/${uid}?${query}`).send(reportOf(''));
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
    expect(store.report(uid, 0)).toBeUndefined();
  });

  it('reads the key again after a failure, and once only after a success', async () => {
    const { api, store, path } = await started();
    store.failure = new StoreError('Unavailable', 'down');
    await api.post(path).send(reportOf('')).expect(503);
    store.failure = undefined;
    await api.post(path).send(reportOf('')).expect(204);
    await api.post(path).send(reportOf('')).expect(204);
    expect(store.keyReads).toBe(1);
  });

  it('reads the key again for a token that does not fit it, at most once a second', async () => {
    const { api, store, clock } = harness();
    const uid = await storeJob(store, ['one']);
    const path = startTask(store, uid);
    const body = { task_name: 'one', task_status: 0, task_result: { stdout: '', stderr: '' } };
    const other = path.replace(/token=(\d+)\.(\d+)/, 'token=$1.9');
    expect((await api.post(other).send(body)).status).toBe(401);
    expect((await api.post(other).send(body)).status).toBe(401);
    expect(store.keyReads).toBe(1);
    store.key = Buffer.alloc(32, 8);
    clock.advance(1000);
    expect((await api.post(startTask(store, uid)).send(body)).status).toBe(204);
    expect(store.keyReads).toBe(2);
  });
});
