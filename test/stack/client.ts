import { randomUUID } from 'node:crypto';
import type { LabHandle } from '../lab/handle.ts';
import { GiveUp, waitFor } from '../lab/wait.ts';

export const TOKEN = 'a-token-of-the-stack-test-0123456789';

/** Somebody outside of the swarm who knows the addresses of its nodes, and tries them in turn. */
export class Client {
  readonly #addresses: string[];
  readonly #token: () => string;
  #next = 0;

  /** @param token of each request, as it is then. */
  constructor({ nodes }: LabHandle, token: () => string = () => TOKEN) {
    this.#addresses = nodes.map(({ address }) => `http://${address}:8500`);
    this.#token = token;
  }

  /** Submits a job of `swarmer/v1` until an API takes it. @returns its id. */
  async submit(spec: object, namespace = 'default'): Promise<string> {
    const path = `/v1/namespaces/${namespace}/jobs`;
    const metadata = { generateName: 'job-' };
    const body = JSON.stringify({ apiVersion: 'swarmer/v1', kind: 'Job', metadata, spec });
    // The same key all the while: an answer that was lost makes no second job.
    const headers = { 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
    const job = await this.ask<{ metadata: { uid: string } }>(path, {
      ...{ method: 'POST', headers, body },
    });
    return job.metadata.uid;
  }

  /** What the first API answers that is there and ready. @throws Error when one refuses. */
  ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const signal = () => AbortSignal.timeout(5000);
    let refused: string | undefined;
    const attempt = async () => {
      const address = this.#addresses[this.#next++ % this.#addresses.length];
      const headers = { ...init.headers, authorization: `Bearer ${this.#token()}` };
      const response = await fetch(`${address}${path}`, { ...init, headers, signal: signal() });
      if (response.ok) return (await response.json()) as T;
      refused = `${response.status} ${await response.text()}`;
      if (response.status < 500) throw new GiveUp(refused);
      return undefined;
    };
    const detail = () => `last refusal: ${refused}`;
    return waitFor(attempt, { what: `an API to answer ${path}`, timeoutMs: 90_000, detail });
  }
}
