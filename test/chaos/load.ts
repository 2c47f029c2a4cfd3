import { setTimeout as delay } from 'node:timers/promises';
import type { Swarmer } from '../support/swarmer.ts';
import type { AcceptedJob, Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { type ChaosTask, type Client, makeTask, probeTask } from './tasks.ts';

/** An image for each client that tasks may have in it. */
export type Images = Record<Client, string>;

interface LoadOptions {
  apis: readonly Swarmer[];
  images: Images;
  ledger: Ledger;
  random: Random;
}

/** Jobs that are unfinished at one time, probes not counted: more would only queue. */
const MOST_UNFINISHED = 5;
const ANSWER_TIMEOUT_MS = 3000;
/** Longer than any fault lasts. */
const GIVE_UP_AFTER_MS = 90_000;

/** Submits jobs through either API, and remembers what was accepted. */
export class Load {
  readonly #options: LoadOptions;
  #jobs = 0;
  /** Submissions that were sent again because no answer came. */
  resent = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Submits until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { ledger, random } = this.#options;
    while (!signal.aborted) {
      if (ledger.unfinished().length < MOST_UNFINISHED) await this.#submitOne();
      await delay(random.int(100, 500));
    }
  }

  /** A job of one short task. */
  probe(): Promise<AcceptedJob> {
    const key = `p${++this.#jobs}`;
    return this.#submit(key, 'none', [probeTask(key)]);
  }

  #submitOne(): Promise<AcceptedJob> {
    const { random } = this.#options;
    const key = `j${++this.#jobs}`;
    const client = random.pick(['none', 'none', 'swarmer-run'] as const);
    const count = random.int(1, 4);
    const tasks = Array.from({ length: count }, (_, i) => makeTask(key, i, client, random));
    return this.#submit(key, client, tasks);
  }

  /** A submission without an answer is sent again under its key, maybe through the other API. */
  async #submit(key: string, client: Client, tasks: ChaosTask[]): Promise<AcceptedJob> {
    const { images, ledger, random, apis } = this.#options;
    const body = {
      image_name: images[client],
      callback_url: ledger.callbackUrl(key),
      tasks: tasks.map(({ name, args }) => ({ task_name: name, task_args: args })),
    };
    const sentAt = performance.now();
    while (performance.now() - sentAt < GIVE_UP_AFTER_MS) {
      const uid = await send(random.pick(apis), key, body);
      if (uid !== undefined) {
        const job = { key, uid, tasks, sentAt };
        ledger.accepted(job);
        return job;
      }
      this.resent++;
      await delay(random.int(50, 300));
    }
    throw new Error(`job ${key} was not accepted within ${GIVE_UP_AFTER_MS} ms`);
  }
}

/** @returns the job's uid; undefined when nothing is known of the outcome. */
async function send(api: Swarmer, key: string, body: unknown): Promise<string | undefined> {
  const answer = await post(api, key, body);
  if (answer === undefined || answer.status === 503) return undefined;
  if (answer.status === 201) return (JSON.parse(answer.text) as { id: string }).id;
  throw new Error(`job ${key} was answered with ${answer.status}: ${answer.text}`);
}

async function post(api: Swarmer, key: string, body: unknown) {
  try {
    const response = await api.request('/submit', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
}

/** A connection refused or broken, or the time limit. */
function isNoAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || error instanceof TypeError;
}
