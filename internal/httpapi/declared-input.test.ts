import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredInput } from './declared-input.ts';
import { harness } from './testing/harness.ts';

describe('a route that the description of the API does not have', () => {
  it('cannot be served: nothing would say what it takes', () => {
    const undeclared = () => declaredInput({ method: 'post', path: '/v1/jobs/:id/explode' });
    expect(undeclared).toThrow('post /v1/jobs/:id/explode is not in openapi/operations');
  });
});

describe('what a route does not take', () => {
  const { app } = harness();
  const server = createServer(app);
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  /** Sends a body whose length nobody has declared. */
  function sendInParts(method: string, path: string, parts: string[]): Promise<number> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const headers = { 'Transfer-Encoding': 'chunked' };
      const request = send({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.once('error', reject);
      for (const part of parts) request.write(part);
      request.end();
    });
  }

  it.each([
    ['GET', ['{"a":', '1}'], 400],
    ['GET', [], 200],
    ['GET', ['{', '}'], 200],
    ['DELETE', ['x'], 405],
  ])('is refused also when it comes in parts: %s %j', async (method, parts, status) => {
    expect(await sendInParts(method, '/v1/whoami', parts)).toBe(status);
  });

  it('is refused of a HEAD as of a GET', async () => {
    await harness().api.head('/v1/jobs?nonsense=1').expect(400);
    await harness().api.head('/v1/jobs?limit=1').expect(200);
  });

  it('is named, the first ten of them, and names that every object has are none', async () => {
    const { api } = harness();
    const names = ['__proto__', 'constructor', ...Array.from({ length: 20 }, (_, i) => `x${i}`)];
    const { status, body } = await api.get(`/v1/jobs?${names.join('=1&')}=1`);
    expect(status).toBe(400);
    for (const name of ['__proto__', 'constructor', 'x7']) {
      expect(body.detail).toContain(`"${name}"`);
    }
    expect(body.detail).not.toContain('"x8"');
  });
});
