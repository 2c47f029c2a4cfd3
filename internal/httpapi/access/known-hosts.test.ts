import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { KnownHosts } from './known-hosts.ts';

type Headers = readonly (readonly [name: string, value: string])[];

function request(headers: Headers, method = 'GET', url = '/v1/jobs'): IncomingMessage {
  const made = Object.assign(new IncomingMessage(new Socket()), { method, url });
  const headersDistinct: NodeJS.Dict<string[]> = {};
  for (const [name, value] of headers) {
    made.headers[name] ??= value;
    headersDistinct[name] = [...(headersDistinct[name] ?? []), value];
  }
  return Object.assign(made, { headersDistinct });
}

const passes = (hosts: KnownHosts, made: IncomingMessage) => {
  try {
    hosts.check(made);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ status: 403 });
    return false;
  }
};

describe('a host is known', () => {
  it.each([
    ['127.0.0.1', [], 'localhost:8500', true],
    ['10.0.0.5', [], '10.0.0.5:8500', true],
    ['10.0.0.5', [], '10.0.0.6:8500', false],
    ['Swarmer.Internal', [], 'swarmer.internal', true],
    ['fd00::5', [], '[fd00:0::5]:8500', true],
    ['0.0.0.0', [], '10.0.0.6', true],
    ['::', [], '[fd00::5]', true],
    ['0.0.0.0', [], 'evil.example', false],
    ['127.0.0.1', ['*.a.example'], 'b.a.example', true],
    ['127.0.0.1', ['*.a.example'], 'ba.example', false],
    ['127.0.0.1', ['A.example.'], 'a.example', true],
    ['127.0.0.1', [], '[::ffff:127.0.0.1]', true],
    ['127.0.0.1', [], '[::ffff:7f:1]', false],
    ['127.0.0.1', [], '', false],
    ['127.0.0.1', [], '2130706433', true],
    ['127.0.0.1', [], 'a b', false],
  ])('on %s, told of %j: %j: %s', (listensOn, allowed, host, known) => {
    const made = request([['host', host]]);
    expect(passes(new KnownHosts(listensOn, allowed), made)).toBe(known);
  });

  it('where none is named, as no browser leaves it out', () => {
    expect(passes(new KnownHosts('127.0.0.1', []), request([]))).toBe(true);
  });

  it('only where all that are named are', () => {
    const twice = request([
      ['host', 'localhost'],
      ['host', 'evil.example'],
    ]);
    expect(passes(new KnownHosts('127.0.0.1', []), twice)).toBe(false);
  });
});

describe('a write is taken', () => {
  const hosts = new KnownHosts('127.0.0.1', ['swarmer.example']);
  it.each([
    ['http://localhost:8500', 'localhost:8500', true],
    ['http://localhost', 'localhost:80', true],
    ['https://swarmer.example', 'swarmer.example:443', true],
    ['https://swarmer.example', '127.0.0.1:8500', true],
    ['http://localhost:8501', 'localhost:8500', false],
    ['http://127.0.0.1:8500', 'localhost:8500', false],
    ['file://', 'localhost:8500', false],
    ['null', 'localhost:8500', false],
    ['', 'localhost:8500', false],
  ])('of a page of %j by %s: %s', (origin, host, taken) => {
    const made = (method: string) =>
      request(
        [
          ['host', host],
          ['origin', origin],
        ],
        method,
      );
    expect(['POST', 'PUT', 'DELETE'].map((it) => passes(hosts, made(it)))).toEqual(
      Array.from({ length: 3 }, () => taken),
    );
    expect(passes(hosts, made('GET'))).toBe(true);
  });
});
