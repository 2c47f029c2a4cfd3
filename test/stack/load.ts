import { setTimeout as delay } from 'node:timers/promises';
import type { Receiver } from '../support/receiver.ts';
import type { Client } from './client.ts';

interface LoadOptions {
  client: Client;
  receiver: Receiver;
  /** What the tasks run in. */
  image: string;
}

/** Between submissions, in ms. */
const PACE_MS = 700;
/** Jobs whose callbacks have not come: more would only wait for each other, and all nodes are one machine. */
const MOST_UNDER_WAY = 3;

/** Submits jobs of two tasks, so that a few are always under way, until it is stopped. */
export class Load {
  /** Ids of the accepted jobs, by the path of their callback. */
  readonly accepted = new Map<string, string>();
  readonly #options: LoadOptions;
  readonly #over: Promise<void>;
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#over = this.#submit();
    // Nobody may be waiting for it yet.
    this.#over.catch(() => {});
  }

  /** What the callback of a job has to say: each task ran once. */
  result(id: string): object {
    const ran = (name: string) => ({
      name,
      status: 0,
      attempts: 1,
      result: { stdout: `ran ${name}\n` },
    });
    return { __job_id: id, tasks: [ran('a'), ran('b')] };
  }

  /** @throws Error when a job was not accepted for longer than any update takes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#over;
  }

  #underWay(): number {
    const { receiver } = this.#options;
    return [...this.accepted.keys()].filter((path) => receiver.at(path).length === 0).length;
  }

  async #submit(): Promise<void> {
    const { client, receiver, image } = this.#options;
    for (let i = 0; !this.#stopped; i++) {
      const path = `/load-${i}`;
      const tasks = ['a', 'b'].map((name) => ({
        ...{ name, command: ['sh', '-c'] },
        args: ['sleep 0.2; echo "ran $TASK_NAME"'],
      }));
      const id = await client.submit({
        image,
        tasks,
        callback: { url: receiver.url(path) },
      });
      this.accepted.set(path, id);
      do await delay(PACE_MS);
      while (!this.#stopped && this.#underWay() >= MOST_UNDER_WAY);
    }
  }
}
