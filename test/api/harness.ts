import type { Redis } from 'ioredis';
import supertest from 'supertest';
import { afterAll, beforeAll } from 'vitest';
import type { ApiOptions } from '../../internal/httpapi/index.ts';
import type { Fence, Stores } from '../../internal/store/index.ts';
import { injectLab } from '../lab/inject.ts';
import type { Redis as Server } from '../lab/redis.ts';
import { type OpenApi, openApi } from './open-api.ts';

/** The API on a real Redis, with nobody to run what is submitted: a test is the controller itself. */
export interface TestApi {
  stores: Stores;
  redis: Redis;
  /** Base URL of the listening API. */
  url: string;
  api: ReturnType<typeof supertest>;
  fence: Fence;
}

/** An API for the calling test file, with a store of its own. @param options in place of those that it has. */
export function useApi(options: Partial<ApiOptions> = {}): () => TestApi {
  let made: TestApi | undefined;
  let server: Server;
  let open: OpenApi;
  beforeAll(async () => {
    server = await injectLab().startRedis();
    open = await openApi(server.socketPath, options);
    const { stores, redis, url } = open;
    const fence = await stores.lease.acquireLease('test', await stores.lease.readLease());
    if (fence === undefined) throw new Error('somebody else leads');
    made = { stores, redis, url, api: supertest(url), fence };
  });
  afterAll(async () => {
    await open.close();
    await server.stop();
  });
  return () => {
    if (made === undefined) throw new Error('the API is made before the first test');
    return made;
  };
}

/** A Job manifest of this name. */
export function manifest(name: string, spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: 'swarmer/v1',
    kind: 'Job',
    metadata: { name, ...metadata },
    spec: { image: 'busybox', ...spec },
  };
}
