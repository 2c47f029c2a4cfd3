import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Policy } from '../policy/index.ts';
import { finishedJob, MemoryJob, UID } from '../wire/testing/jobs.ts';
import { addressGuards } from './address-guard.ts';
import type { Outcome } from './outcome.ts';
import { type DeliverSetup, delivering, resolvesTo } from './testing/deliver.ts';
import { Receiver } from './testing/receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.withStatuses(204);
});

/** Tries to deliver to the receiver by another name of its host. */
function deliverTo(host: string, setup: DeliverSetup): Promise<Outcome> {
  const deliver = delivering(new MemoryJob(finishedJob()), setup);
  const url = `http://${host}:${receiver.port}/`;
  return deliver({ jobUid: UID, url, attempts: 0 }, new AbortController().signal, () => {});
}

/** Expects a refusal with this reason, and that nothing reached the receiver. */
async function expectRefused(trying: Promise<Outcome>, reason: string): Promise<void> {
  expect(await trying).toEqual({ kind: 'retry', error: expect.stringContaining(reason) });
  expect(receiver.connections).toBe(0);
}

describe('a callback is refused', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1 is a loopback address'],
    ['127.0.0.2', '127.0.0.2 is a loopback address'],
    ['127.1', '127.0.0.1 is a loopback address'],
    ['0x7f.1', '127.0.0.1 is a loopback address'],
    ['2130706433', '127.0.0.1 is a loopback address'],
    ['017700000001', '127.0.0.1 is a loopback address'],
    ['127.0.0.1.', '127.0.0.1 is a loopback address'],
    ['[::1]', '::1 is a loopback address'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1 is a loopback address'],
    ['0.0.0.0', '0.0.0.0 is an unspecified address'],
    ['[::]', ':: is an unspecified address'],
    ['169.254.169.254', '169.254.169.254 is a cloud metadata address'],
    ['[::ffff:169.254.169.254]', 'is a cloud metadata address'],
    ['169.254.1.1', '169.254.1.1 is a link-local address'],
    ['[fe80::1]', 'fe80::1 is a link-local address'],
  ])('to the host %s: %s', async (host, reason) => {
    await expectRefused(deliverTo(host, { allow: [] }), reason);
  });

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254'])(
    'to a name that resolves to %s, and told how to allow it',
    async (address) => {
      const setup = { allow: [], resolve: resolvesTo(address) };
      await expectRefused(deliverTo('receiver.test', setup), `${address} is a `);
      const outcome = await deliverTo('receiver.test', setup);
      expect(outcome).toMatchObject({ error: expect.stringContaining('SWARMER_CALLBACK_ALLOW') });
    },
  );

  it('to localhost, by the resolver of the machine', async () => {
    await expectRefused(deliverTo('localhost', { allow: [] }), 'is a loopback address');
  });

  it('to a name without any address', async () => {
    const setup = { allow: [], resolve: resolvesTo() };
    await expectRefused(deliverTo('receiver.test', setup), 'the name has no address');
  });

  it('to a name that turns to another address once it was checked', async () => {
    // Nothing listens on the first one; the receiver is on those of every later look.
    const answers = ['127.0.0.9'];
    const setup: DeliverSetup = {
      allow: ['127.0.0.9'],
      resolve: (...args) => resolvesTo(answers.shift() ?? '127.0.0.1')(...args),
    };
    await expectRefused(deliverTo('rebinding.test', setup), 'ECONNREFUSED');
    await expectRefused(deliverTo('rebinding.test', setup), '127.0.0.1 is a loopback address');
  });
});

describe('a callback reaches', () => {
  const local = resolvesTo('127.0.0.1');

  it.each<[string, string, DeliverSetup]>([
    ['an allowed address', '127.0.0.1', { allow: ['127.0.0.1'] }],
    ['an allowed network', '0x7f.1', { allow: ['127.0.0.0/8'] }],
    ['a name with an allowed address', 'a.test', { allow: ['127.0.0.1'], resolve: local }],
    ['an allowed name', 'a.test', { allow: ['a.test'], resolve: local }],
    ['a name below an allowed one', 'a.b.test', { allow: ['*.test'], resolve: local }],
    [
      'the open address of a name that has refused ones too',
      'a.test',
      { allow: ['127.0.0.1'], resolve: resolvesTo('::1', '169.254.169.254', '127.0.0.1') },
    ],
  ])('%s', async (_, host, setup) => {
    expect(await deliverTo(host, setup)).toMatchObject({ kind: 'delivered', status: 204 });
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('the guard', () => {
  const { checkHost } = addressGuards(new Policy(), resolvesTo())('default');

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    '128.0.0.1',
    'fd00::1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    'receiver.test',
  ])('lets %s pass', (host) => {
    expect(() => checkHost(host)).not.toThrow();
  });

  it.each(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'])(
    'knows %s as the metadata service of a cloud',
    (host) => {
      expect(() => checkHost(host)).toThrow(`${host} is a cloud metadata address`);
    },
  );

  it.each(['224.0.0.1', '255.255.255.255', '240.0.0.1', 'ff02::1', 'fe80::1%eth0'])(
    'refuses %s',
    (host) => {
      expect(() => checkHost(host)).toThrow('is refused');
    },
  );

  it('sees through every form in which IPv6 carries a loopback address', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, (b, c, d) => {
        const low = `${((0x7f << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const forms = [`127.${b}.${c}.${d}`, `::ffff:127.${b}.${c}.${d}`, `::ffff:${low}`];
        const gateways = [`64:ff9b::${low}`, `64:ff9b:1::${low}`, `2002:${low}::1`, `::${low}`];
        for (const form of [...forms, `::ffff:0:${low}`, ...gateways]) {
          expect(() => checkHost(form), form).toThrow('a loopback address');
        }
      }),
    );
  });
});
