import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { waitFor } from '../lab/wait.ts';

export interface StreamOptions {
  /** Submissions begun in a second, as long as connections are free. */
  perSecond: number;
  connections: number;
}

const JOB = {
  image_name: 'none:1',
  callback_url: null,
  tasks: [{ task_name: 'one', task_args: ['true'] }],
};

/** Submits jobs at a steady pace over a few kept connections, and remembers the accepted ones. */
export class SubmitStream {
  /** Uids of the jobs that were answered with 201, in the order of the answers. */
  readonly accepted: string[] = [];
  /** Submissions answered otherwise, or not at all. */
  refused = 0;
  /** Submissions that could not begin in time because every connection was busy. */
  missed = 0;
  readonly #url: string;
  readonly #agent: Agent;
  readonly #connections: number;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #pending = 0;
  #refusedInARow = 0;

  constructor(url: string, { perSecond, connections }: StreamOptions) {
    this.#url = url;
    this.#connections = connections;
    this.#agent = new Agent({ connections, pipelining: 1 });
    this.#running = this.#run(1000 / perSecond);
  }

  /** Awaits that Redis is seen to be away: every submission that was accepted is known then. */
  async refusing(): Promise<void> {
    const away = () => this.#refusedInARow > 2 * this.#connections;
    await waitFor(away, { what: 'the API to refuse submissions', timeoutMs: 10_000 });
  }

  /** Awaits that submissions are accepted (again). */
  async flowing(): Promise<void> {
    const before = this.accepted.length;
    const more = () => this.accepted.length > before;
    await waitFor(more, {
      what: 'the API to accept submissions',
      timeoutMs: 10_000,
      intervalMs: 5,
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await waitFor(() => this.#pending === 0, { what: 'the last submissions to be answered' });
    await this.#agent.close();
  }

  async #run(intervalMs: number): Promise<void> {
    let due = performance.now();
    while (!this.#stop.signal.aborted) {
      for (; due <= performance.now(); due += intervalMs) {
        if (this.#pending < this.#connections) void this.#submit();
        else this.missed++;
      }
      await delay(Math.max(1, due - performance.now()));
    }
  }

  async #submit(): Promise<void> {
    this.#pending++;
    const uid = await this.#post().catch(() => undefined);
    this.#pending--;
    if (uid === undefined) {
      this.refused++;
      this.#refusedInARow++;
    } else {
      this.accepted.push(uid);
      this.#refusedInARow = 0;
    }
  }

  /** @returns the job's uid when it was accepted. */
  async #post(): Promise<string | undefined> {
    const { statusCode, body } = await request(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(JOB),
      dispatcher: this.#agent,
    });
    if (statusCode === 201) return ((await body.json()) as { id: string }).id;
    await body.dump();
    return undefined;
  }
}
