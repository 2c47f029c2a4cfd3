import { describe, expect, it } from 'vitest';
import { refusals } from './testing/judged.ts';

type Callbacks = NonNullable<Parameters<typeof refusals>[0]>['callbacks'];

function refused(url: string, callbacks: Callbacks = {}): string[] {
  return refusals({ callbacks }, { callback: { url } });
}

describe('by default a callback is not accepted to', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1:8080/x',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://localhost/',
    'http://LOCALHOST:9000/',
    'http://a.localhost./',
    'http://user:password@127.0.0.1/',
    'http://①②⑦.0.0.1/',
  ])('%s', (url) => {
    expect(refused(url)).toEqual([
      expect.stringMatching(/^spec\.callback\.url: policy: callbacks\.private: .* is a/),
    ]);
  });
});

it.each([
  'http://10.0.0.1/',
  'https://receiver.example.com/x',
  'http://192.168.1.1:80/',
  'http://service/',
])('by default a callback is accepted to %s', (url) => expect(refused(url)).toEqual([]));

it('the operator opens what is private, by name or by address', () => {
  expect(refused('http://127.0.0.1/', { private: ['127.0.0.0/8'] })).toEqual([]);
  expect(refused('http://localhost/', { private: ['localhost'] })).toEqual([]);
  expect(refused('http://localhost/', { private: ['127.0.0.1'] })).toEqual([]);
  expect(refused('http://127.0.0.1/', { private: ['10.0.0.1'] })).toHaveLength(1);
});

it('the operator names hosts, and nothing else is accepted', () => {
  const callbacks = { hosts: ['*.example.com', '10.0.0.0/8'] };
  expect(refused('https://a.example.com/', callbacks)).toEqual([]);
  expect(refused('https://10.1.2.3/', callbacks)).toEqual([]);
  expect(refused('https://example.com/', callbacks)).toHaveLength(1);
  expect(refused('https://example.com.evil.org/', callbacks)).toHaveLength(1);
  expect(refused('https://a.example.com@evil.org/', callbacks)).toEqual([
    expect.stringContaining('callbacks.hosts: callbacks may not be sent to "evil.org"'),
  ]);
});

it('the operator names networks, and no address outside them is accepted', () => {
  const callbacks = { networks: ['10.0.0.0/8'] };
  expect(refused('http://10.0.0.1/', callbacks)).toEqual([]);
  expect(refused('http://8.8.8.8/', callbacks)).toEqual([
    expect.stringContaining('callbacks.networks'),
  ]);
  expect(refused('http://name.example.com/', callbacks)).toEqual([]);
});
