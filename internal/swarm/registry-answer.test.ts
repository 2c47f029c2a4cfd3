import { expect, it } from 'vitest';
import { EngineError } from './engine-error.ts';
import { registryAnswer, registryRefusal } from './registry-answer.ts';

const HEX = 'a'.repeat(64);

it('takes the digest', () => {
  const Descriptor = { digest: `sha256:${HEX}` };
  expect(registryAnswer({ Descriptor })).toEqual({ kind: 'found', digest: `sha256:${HEX}` });
});

it.each([{}, { Descriptor: {} }, { Descriptor: { digest: 'sha256:no' } }])(
  'takes %j for no digest',
  (raw) => {
    expect(registryAnswer(raw)).toMatchObject({ kind: 'silent' });
  },
);

/** Seen of an engine 20.10 with Debian's docker-registry, and with servers that answer as they like. */
it.each([
  [401, 'unauthorized: authentication required', 'denied'],
  [403, 'denied: requested access to the resource is denied', 'denied'],
  [500, 'Head "http://r:5000/v2/a/manifests/1": no basic auth credentials', 'denied'],
  [500, 'error parsing HTTP 403 response body: invalid character', 'denied'],
  [404, 'manifest unknown: manifest unknown', 'missing'],
  [429, 'toomanyrequests: You have reached your pull rate limit', 'busy'],
  [500, 'error parsing HTTP 429 response body: invalid character', 'busy'],
  [500, 'received unexpected HTTP status: 503 Service Unavailable', 'busy'],
  [500, 'received unexpected HTTP status: 500 Internal Server Error', 'busy'],
  [500, 'Get "https://r/v2/": dial tcp: lookup r on 127.0.0.1:53: connection refused', 'silent'],
  [500, 'Get "http://r:5998/v2/": context deadline exceeded (Client.Timeout exceeded)', 'silent'],
  [500, 'Get "https://r/v2/": x509: certificate signed by unknown authority', 'silent'],
  [undefined, 'cannot ask the registry: the engine did not answer within 5000 ms', 'silent'],
])('%s %s means %s', (status, message, kind) => {
  const error = new EngineError('Unavailable', message, status === undefined ? {} : { status });
  expect(registryRefusal(error)).toEqual({ kind, message });
});
