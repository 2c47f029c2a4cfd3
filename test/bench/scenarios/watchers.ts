import { get, type IncomingMessage } from 'node:http';
import { waitFor } from '../../lab/wait.ts';
import { cpuSeconds, memoryMiB, resetPeak } from '../cost.ts';
import { Installation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const WATCHERS = 1000;
const TASKS = 200;
const CHANGES_PER_ROUND = 10;

export const watchers: Scenario = {
  name: 'watchers',
  about: `${WATCHERS} clients watch a running job: from a change until the last of them has it`,
  run: ({ rounds, shrink }) =>
    Installation.with({ concurrency: 1, behaviour: {} }, async (at) => {
      const uid = await at.submit(TASKS);
      resetPeak(at.pids.api);
      const audience = await Audience.of(WATCHERS / shrink, watchUrl(at.api.url, uid));
      const delays: number[] = [];
      const before = cpuSeconds(at.pids.api);
      for (let change = 0; change < rounds * CHANGES_PER_ROUND; change++) {
        const begun = performance.now();
        const verb = change % 2 === 0 ? 'suspend' : 'resume';
        const answer = await at.api.post(`/v1/jobs/${uid}/${verb}`, {});
        const version = /"(\d+)"/.exec(answer.headers.get('etag') ?? '')?.[1];
        if (!answer.ok || version === undefined) throw new Error(`${verb}: ${answer.status}`);
        delays.push((await audience.allHave(Number(version))) - begun);
      }
      const cost = (cpuSeconds(at.pids.api) - before) / delays.length;
      const { peak } = memoryMiB(at.pids.api);
      audience.leave();
      return {
        figures: [
          {
            ...{ name: 'until the last has it', unit: 'ms', values: delays },
            aim: { of: 'max', atMost: 500 },
          },
          {
            ...{ name: 'memory of the API', unit: 'MiB', values: [peak] },
            aim: { of: 'max', atMost: 300 },
          },
          { name: 'processor of the API for a change', unit: 'ms', values: [cost * 1000] },
        ],
      };
    }),
};

function watchUrl(url: string, uid: string): string {
  return `${url}/v1/namespaces/default/jobs?watch=true&fieldSelector=metadata.uid=${uid}`;
}

/** Clients that watch the same. They look at nothing but the ids of events. */
class Audience {
  readonly #answers: IncomingMessage[] = [];
  readonly #seen: { version: number; at: number }[] = [];

  static async of(count: number, url: string): Promise<Audience> {
    const audience = new Audience();
    // Some at a time: the queue of connections that are not taken yet is short.
    for (let i = 0; i < count; i += 50) {
      const some = Array.from({ length: Math.min(50, count - i) }, () => audience.#join(url));
      await Promise.all(some);
    }
    await waitFor(() => audience.#seen.every(({ version }) => version > 0), {
      what: 'every watcher to have begun',
    });
    return audience;
  }

  /** @returns when the last of them had it, as `performance.now()` has it. */
  async allHave(version: number): Promise<number> {
    await waitFor(() => this.#seen.every((it) => it.version >= version), {
      ...{ what: `all watchers to have version ${version}`, intervalMs: 5, timeoutMs: 60_000 },
    });
    return Math.max(...this.#seen.map(({ at }) => at));
  }

  leave(): void {
    for (const answer of this.#answers) answer.destroy();
  }

  #join(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false }, (answer) => {
        const seen = { version: 0, at: 0 };
        this.#seen.push(seen);
        this.#answers.push(answer);
        answer.setEncoding('latin1').on('data', (text: string) => {
          for (const [, id] of text.matchAll(/^id: (\d+)$/gm)) seen.version = Number(id);
          seen.at = performance.now();
        });
        answer.on('error', () => undefined);
        resolve();
      });
      request.on('error', reject);
    });
  }
}
