import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TokenAccess } from '../../internal/access/index.ts';
import { useApi } from '../api/harness.ts';

/** S11: what is sent before it is known who sends it. */

const TOKEN = 'the-token-of-an-operator';
const api = useApi({ access: new TokenAccess([TOKEN]) });
const BODY = JSON.stringify({ image_name: 'busybox', callback_url: null });

/** Sends the head of a request that waits to be asked for its body. */
async function expecting(path: string, headers: string, body = BODY) {
  const { port } = new URL(api().url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  const closed = once(socket, 'close');
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const head = ['Host: localhost', 'Expect: 100-continue', length, headers].join('\r\n');
  socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n`);
  return { socket, closed, received: () => received };
}

const JSON_TYPE = 'Content-Type: application/json';

describe('a body that waits to be asked for', () => {
  test.each([
    ['without a token', '/submit', JSON_TYPE, 401],
    ['with a wrong one', '/v1/jobs', `${JSON_TYPE}\r\nAuthorization: Bearer x`, 401],
    ['of a report without a token', `/result/${'0'.repeat(26)}`, JSON_TYPE, 401],
    ['for nothing', '/nowhere', JSON_TYPE, 404],
    ['too large', '/submit', `${JSON_TYPE}\r\nAuthorization: Bearer ${TOKEN}`, 413],
  ])('is not asked for: %s', async (_, path, headers, status) => {
    const body = status === 413 ? 'x'.repeat(17 * 1024 * 1024) : BODY;
    const { closed, received } = await expecting(path, headers, body);
    // What the client would send next is not known: the connection ends.
    await closed;
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(received()).toContain('Connection: close');
    expect(received()).not.toContain('100 Continue');
  });

  test('is asked for once its sender is known, and the connection goes on', async () => {
    const headers = `${JSON_TYPE}\r\nAuthorization: Bearer ${TOKEN}`;
    const { socket, received, closed } = await expecting('/submit', headers);
    await once(socket, 'data');
    expect(received()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(BODY);
    await once(socket, 'data');
    expect(received()).toContain('HTTP/1.1 201 ');
    expect(received()).not.toContain('Connection: close');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await closed;
    expect(received()).toContain('{"status":"ok"}');
  });
});
