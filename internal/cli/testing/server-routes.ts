import type { FakeApi } from './fake-api.ts';

/** What is not about one object. */
export function addServerRoutes(api: FakeApi): void {
  api.route('GET', '/v1/version', () => ({ body: { version: api.version } }));
  api.route('GET', '/v1/whoami', () => ({ body: api.caller }));
  api.route('GET', '/v1/cluster', () => ({ body: api.cluster }));
  api.route('GET', '/v1/callbacks', ({ query }) => {
    const state = query.get('state');
    const items = api.callbacks.filter((callback) => state === null || callback.state === state);
    return { body: { items, metadata: {} } };
  });
}
