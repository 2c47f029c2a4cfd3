import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createSign, webhookId } from './signature.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ....').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another secret').toString('base64')}`;
const BODY = '{"name":"€"}';

/** Headers of a message now, signed with these secrets in two pieces. */
function headers(...secrets: string[]): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signer = createSign(secrets)?.(webhookId('J'), timestamp);
  const bytes = Buffer.from(BODY);
  signer?.update(bytes.subarray(0, 10));
  signer?.update(bytes.subarray(10));
  return {
    'webhook-id': webhookId('J'),
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signer?.digest() ?? '',
  };
}

it('has an id that stays on redelivery, and another one when failed tasks ran again', () => {
  expect(webhookId('J')).toBe('msg_J');
  expect(webhookId('J', 1)).toBe('msg_J');
  expect(webhookId('J', 2)).toBe('msg_J_2');
});

describe('a signature', () => {
  it('is accepted by the library of Standard Webhooks', () => {
    expect(new Webhook(SECRET).verify(BODY, headers(SECRET))).toEqual({ name: '€' });
  });

  it('is refused for another body or another secret', () => {
    expect(() => new Webhook(SECRET).verify('{"name":"x"}', headers(SECRET))).toThrow();
    expect(() => new Webhook(OTHER).verify(BODY, headers(SECRET))).toThrow();
  });

  it('of several secrets is accepted with each of them', () => {
    const signed = headers(SECRET, OTHER);
    expect(new Webhook(SECRET).verify(BODY, signed)).toEqual({ name: '€' });
    expect(new Webhook(OTHER).verify(BODY, signed)).toEqual({ name: '€' });
  });

  it('of a secret without prefix takes its text as the key', () => {
    const webhook = new Webhook(Buffer.from('plain text ü'), { format: 'raw' });
    expect(webhook.verify(BODY, headers('plain text ü'))).toEqual({ name: '€' });
  });
});

describe('secrets', () => {
  it('need not be', () => {
    expect(createSign([])).toBeUndefined();
  });

  it.each(['', 'whsec_', 'whsec_not base64!'])('like %j are refused, by number', (secret) => {
    expect(() => createSign([SECRET, secret])).toThrow('SWARMER_CALLBACK_SECRET: secret 2');
  });

  it('are never shown', () => {
    expect(() => createSign(['whsec_p@ss'])).toThrow(/^(?!.*p@ss)/s);
  });
});
