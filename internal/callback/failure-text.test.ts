import { errors } from 'undici';
import { describe, expect, it } from 'vitest';
import { RefusedAddressError } from './address-guard.ts';
import { DeliveryTimeoutError } from './deadline.ts';
import { failureText } from './failure-text.ts';
import { replyOutcome } from './outcome.ts';

const HOST = 'receiver:9000';

function failure(code: string, message = 'm'): Error {
  return Object.assign(new Error(message), { code });
}

describe('the text of a failure', () => {
  it.each([
    ['ENOTFOUND', 'not known to DNS'],
    ['EAI_AGAIN', 'cannot be resolved at present'],
    ['ETIMEOUT', 'DNS did not answer in time'],
    ['ECONNREFUSED', 'refused the connection'],
    ['ECONNRESET', 'closed the connection before it answered'],
    ['EPIPE', 'before it had the whole body'],
    ['UND_ERR_SOCKET', 'closed the connection before it answered'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
    ['ETIMEDOUT', 'no connection in time'],
    ['EHOSTUNREACH', 'no route'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'valid for that name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'changed while it was being sent'],
  ])('for %s names the host, the code and what to do', (code, words) => {
    const text = failureText(failure(code), HOST);
    expect(text).toContain(`POST to ${HOST} failed: `);
    expect(text).toContain(words);
    expect(text).toContain(`(${code})`);
  });

  it('tells of an answer that is not HTTP, with and without the code of the parser', () => {
    const error = new errors.HTTPParserError('m');
    expect(failureText(error, HOST)).toContain('it answered something that is not HTTP.');
    const coded = Object.assign(error, { code: 'HPE_INVALID_CONSTANT' });
    expect(failureText(coded, HOST)).toMatch(/not HTTP\. \(HPE_INVALID_CONSTANT\)$/);
  });

  it('finds the code behind another error', () => {
    const error = new Error('fetch failed', { cause: failure('ECONNREFUSED') });
    expect(failureText(error, HOST)).toContain('(ECONNREFUSED)');
  });

  it('shows the message of what it does not know', () => {
    expect(failureText(new Error('odd'), HOST)).toBe(`POST to ${HOST} failed: odd`);
    expect(failureText('odd', HOST)).toBe(`POST to ${HOST} failed: odd`);
  });

  it('for a time limit says which one', () => {
    expect(failureText(new DeliveryTimeoutError('too slow.'), HOST)).toContain('too slow.');
  });

  it('for a refused address tells how to allow it', () => {
    const text = failureText(
      new RefusedAddressError('localhost', ['127.0.0.1 is a loopback']),
      HOST,
    );
    expect(text).toContain('"localhost" to SWARMER_CALLBACK_ALLOW');
  });
});

describe('what an answer means', () => {
  const outcome = (status: number) => replyOutcome({ status, retryAfter: undefined }, HOST, 0);

  it.each([200, 201, 202, 204, 299])('%i is success', (status) => {
    expect(outcome(status)).toEqual({ kind: 'delivered', status });
  });

  it('410 ends it', () => {
    expect(outcome(410)).toMatchObject({ kind: 'dead', status: 410 });
  });

  it.each([
    [301, 'redirects are not followed'],
    [308, 'redirects are not followed'],
    [401, 'credentials'],
    [404, 'path'],
    [413, 'larger bodies'],
    [429, '2xx was expected'],
    [500, '2xx was expected'],
  ])('%i is tried again, and the text says what to do', (status, words) => {
    const { kind, error } = { error: '', ...outcome(status) };
    expect(kind).toBe('retry');
    expect(error).toContain(`${HOST} answered ${status}`);
    expect(error).toContain(words);
  });
});
