import { describe, expect, it } from 'vitest';
import { harness, type LogLine, startTask, storeJob } from './testing/harness.ts';
import { RawClient, serving } from './testing/raw-client.ts';

const INFO = 30;
const DEBUG = 20;

function requestLines(lines: LogLine[]): LogLine[] {
  return lines.filter(({ msg }) => msg === 'request completed');
}

describe('the request log', () => {
  it('has one line per request with method, path, status, time and request id', async () => {
    const { api, lines } = harness();
    const response = await api.get('/nowhere?x=1');
    await expect.poll(() => requestLines(lines)).toHaveLength(1);
    const [line] = requestLines(lines);
    expect(Object.keys(line ?? {}).sort()).toEqual(
      [
        'hostname',
        'level',
        'method',
        'ms',
        'msg',
        'path',
        'pid',
        'request',
        'status',
        'time',
      ].sort(),
    );
    expect(line).toMatchObject({
      level: INFO,
      method: 'GET',
      path: '/nowhere',
      status: 404,
      ms: expect.any(Number),
      request: response.headers['x-request-id'],
    });
  });

  it('tells of a client that went before its answer as of that, and not as of success', async () => {
    const { app, lines } = harness();
    await serving(app, async (server) => {
      const client = await RawClient.connect(server);
      client.head('POST /submit', { 'Content-Type': 'application/json', 'Content-Length': 100 });
      await expect.poll(() => client.socket.bytesWritten).toBeGreaterThan(0);
      client.socket.destroy();
      await expect
        .poll(() => lines.filter(({ msg }) => msg === 'request aborted'))
        .toMatchObject([{ path: '/submit', status: 499 }]);
    });
  });

  it('never has a token, a header or a body', async () => {
    const { api, store, lines } = harness({ tokens: ['user-token'] });
    const uid = await storeJob(store, ['one']);
    const path = startTask(store, uid);
    const task_result = { stdout: 'some-output', stderr: '' };
    await api.post(path).send({ task_name: 'one', task_status: 0, task_result }).expect(204);
    await api.get(`/status/${uid}`).set('Authorization', 'Bearer user-token').expect(200);
    await api.post(`/result/${uid}?token=wrong-token`).expect(401);
    await expect.poll(() => requestLines(lines)).toHaveLength(3);
    const token = path.split('token=')[1] ?? '';
    expect(token).not.toBe('');
    for (const secret of [token, 'user-token', 'wrong-token', 'some-output', 'Bearer']) {
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
  });

  it.each(['/healthz', '/readyz', '/metrics'])('has %s at debug level', async (path) => {
    const { api, lines } = harness();
    await api.get(path);
    await expect.poll(() => requestLines(lines)).toMatchObject([{ level: DEBUG, path }]);
  });
});
