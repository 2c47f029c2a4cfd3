import { describe, expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';

describe('the allow list', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    [' 169.254.0.0/16 ', '169.254.169.254', true],
    ['169.254.0.0/16', '169.253.0.1', false],
    ['::1', '::1', true],
    ['FE80::/10', 'fe80::1', true],
    ['FE80::/10', 'fe80::1%eth0', true],
    ['0.0.0.0/0', '127.0.0.1', true],
    ['receiver.local', '127.0.0.1', false],
  ])('with %j: the address %s is allowed: %s', (entry, address, allowed) => {
    expect(parseAllowList([entry]).allowsAddress(address)).toBe(allowed);
  });

  it.each([
    ['receiver.local', 'receiver.local', true],
    ['Receiver.Local', 'receiver.LOCAL.', true],
    ['receiver.local.', 'receiver.local', true],
    ['receiver.local', 'a.receiver.local', false],
    ['*.internal', 'a.internal', true],
    ['*.internal', 'a.b.internal', true],
    ['*.internal', 'internal', false],
    ['*.internal', 'ainternal', false],
    ['bücher.example', 'xn--bcher-kva.example', true],
    ['my_service', 'my_service', true],
    ['127.0.0.1', 'receiver.local', false],
  ])('with %j: the name %s is allowed: %s', (entry, name, allowed) => {
    expect(parseAllowList([entry]).allowsHost(name)).toBe(allowed);
  });

  it('allows nothing when it is empty', () => {
    const list = parseAllowList(['', ' ']);
    expect(list.allowsAddress('127.0.0.1')).toBe(false);
    expect(list.allowsHost('')).toBe(false);
  });

  it.each([
    'http://receiver/',
    'receiver:8080',
    '127.0.0.1:8080',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    'a b',
    'user@host',
    '*',
    '*.',
    'a..b',
    '*.*.a',
    '-',
    '1.2.3.4.5',
    '[::1]',
    'fe80::1%eth0',
  ])('refuses %j and says what to write', (entry) => {
    const parse = () => parseAllowList(['10.0.0.0/8', entry]);
    expect(parse).toThrow(`SWARMER_CALLBACK_ALLOW: ${JSON.stringify(entry)} is no address`);
  });

  it('names every wrong entry', () => {
    expect(() => parseAllowList(['a b', 'ok.example', 'c/d'])).toThrow('"a b", "c/d" is no');
  });
});
