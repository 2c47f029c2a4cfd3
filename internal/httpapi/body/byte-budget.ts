import { ApiProblem } from '../problem.ts';

interface Waiting {
  bytes: number;
  admit(): void;
}

/** Most bodies of one sender that are read at one time. */
const PER_SENDER = 2;

/**
 * How much of the bodies that are being read a process keeps at one time. Who comes when all is taken waits
 * without being read, in the order of coming: a task that reports once must not be told to come again.
 */
export class ByteBudget {
  readonly #total: number;
  readonly #senders = new Map<string, number>();
  #waiting: Waiting[] = [];
  #taken = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /**
   * Does work that keeps up to `bytes` of a body of `sender`.
   * @param gone aborts when the sender has gone.
   * @throws ApiProblem 429 when too many of the same sender are read already, 400 when it has gone.
   */
  async run<T>(
    sender: string,
    bytes: number,
    gone: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    const others = this.#senders.get(sender) ?? 0;
    if (others >= PER_SENDER) throw tooMany();
    this.#senders.set(sender, others + 1);
    try {
      // What is larger than all there is gets all of it.
      return await this.#within(Math.min(bytes, this.#total), gone, work);
    } finally {
      const left = (this.#senders.get(sender) ?? 1) - 1;
      if (left === 0) this.#senders.delete(sender);
      else this.#senders.set(sender, left);
    }
  }

  async #within<T>(bytes: number, gone: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || this.#taken + bytes > this.#total) {
      await this.#turn(bytes, gone);
    } else this.#taken += bytes;
    try {
      return await work();
    } finally {
      this.#taken -= bytes;
      this.#admit();
    }
  }

  #turn(bytes: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((it) => it !== place);
        this.#admit();
        reject(new ApiProblem(400, 'The connection broke off before the body was read.'));
      };
      const admit = () => {
        gone.removeEventListener('abort', leave);
        resolve();
      };
      const place: Waiting = { bytes, admit };
      this.#waiting.push(place);
      if (gone.aborted) leave();
      else gone.addEventListener('abort', leave, { once: true });
    });
  }

  #admit(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#taken + next.bytes > this.#total) return;
      this.#waiting.shift();
      this.#taken += next.bytes;
      next.admit();
    }
  }
}

function tooMany(): ApiProblem {
  const detail = `${PER_SENDER} requests of this attempt are being read already. Send one at a time.`;
  return new ApiProblem(429, detail, { headers: { 'Retry-After': '1' } });
}
