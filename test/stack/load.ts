import { setTimeout as delay } from 'node:timers/promises';
import { IMAGE } from './image.ts';
import type { StackLab } from './stack-lab.ts';

/** Between submissions, in ms. */
const PACE_MS = 700;

/** Submits jobs of two tasks, one after the other, until it is stopped. */
export class Load {
  /** Ids of the accepted jobs, by the path of their callback. */
  readonly accepted = new Map<string, string>();
  readonly #stack: StackLab;
  readonly #over: Promise<void>;
  #stopped = false;

  constructor(stack: StackLab) {
    this.#stack = stack;
    this.#over = this.#submit();
    // Nobody may be waiting for it yet.
    this.#over.catch(() => {});
  }

  /** @throws Error when a job was not accepted for longer than any update takes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#over;
  }

  async #submit(): Promise<void> {
    const { client, receiver } = this.#stack;
    for (let i = 0; !this.#stopped; i++) {
      const path = `/load-${i}`;
      const tasks = ['a', 'b'].map((name) => ({
        ...{ name, command: ['sh', '-c'] },
        args: ['sleep 0.2; echo "ran $TASK_NAME"'],
      }));
      const id = await client.submit({
        image: IMAGE,
        tasks,
        callback: { url: receiver.url(path) },
      });
      this.accepted.set(path, id);
      await delay(PACE_MS);
    }
  }
}
