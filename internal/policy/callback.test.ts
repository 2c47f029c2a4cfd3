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
    // Other services of clouds.
    'http://192.0.0.192/latest/meta-data/',
    'http://[fd00:ec2::23]/v1/credentials',
    'http://[fd00:ec2::253]/',
    'http://[fd20:ce::254]/',
    'http://[fd00:c1::a9fe:a9fe]/',
    'http://[fd00:42::42]/',
    // IPv4 addresses within IPv6 ones: translated, NAT64, 6to4, Teredo (server, and client), ISATAP.
    'http://[::ffff:0:7f00:1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[64:ff9b:1:7f00:0:100::]/',
    'http://[64:ff9b:1:7f:0:1::]/',
    'http://[64:ff9b:1:0:7f:0:100:0]/',
    'http://[2002:7f00:1::]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[2001:0:7f00:1::]/',
    'http://[2001:0:a9fe:a9fe::1]/',
    'http://[2001:0:808:808:0:0:80ff:fffe]/',
    'http://[2001:db8::5efe:7f00:1]/',
    'http://[fd12:3456::200:5efe:a9fe:a9fe]/',
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
  'http://[2001:db8::1]/',
  'http://[fd12:3456::1]/',
  'http://[2002:a00:1::1]/',
  'http://[2001:0:808:808:0:0:f7f7:f7f7]/',
  'http://[64:ff9b::8.8.8.8]/',
])('by default a callback is accepted to %s', (url) => expect(refused(url)).toEqual([]));

it('the operator opens what is private, by name or by address', () => {
  expect(refused('http://127.0.0.1/', { private: ['127.0.0.0/8'] })).toEqual([]);
  expect(refused('http://localhost/', { private: ['localhost'] })).toEqual([]);
  expect(refused('http://localhost/', { private: ['127.0.0.1'] })).toEqual([]);
  expect(refused('http://127.0.0.1/', { private: ['10.0.0.1'] })).toHaveLength(1);
});

it('a callback is not accepted to the machine that delivers it, unless the operator opens that', () => {
  const own = ['10.0.0.5', '172.17.0.1', 'fd00::5', 'fe80::1'];
  for (const url of [
    'http://10.0.0.5:2375/',
    'http://[fd00:0::5]/',
    'http://[::ffff:172.17.0.1]/',
  ]) {
    expect(refused(url, { own })).toEqual([
      expect.stringMatching(/is an address of this machine.*SWARMER_CALLBACK_ALLOW/),
    ]);
    expect(refused(url, { own, private: ['10.0.0.0/8', '172.16.0.0/12', 'fd00::/8'] })).toEqual([]);
  }
  expect(refused('http://10.0.0.6/', { own })).toEqual([]);
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
