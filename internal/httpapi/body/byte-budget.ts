import { ApiProblem } from '../problem.ts';

interface BudgetLimits {
  /** Bytes at one time. */
  total: number;
  /** Of these, those of one group; a body that is larger counts for as many. */
  share: number;
  /** Most bodies of one sender, those that wait too. */
  most: number;
}

/** A body that is to be kept, and whose it is. */
interface Wanted {
  /** Who is told to come again when too many of theirs are there already. */
  sender: string;
  /** Who has one share together; the sender unless given. */
  group?: string;
  bytes: number;
  /** Aborts when the sender has gone. */
  gone: AbortSignal;
}

interface Waiting {
  group: string;
  bytes: number;
  admit(): void;
}

/**
 * How much of bodies a process keeps at one time. Who comes when all is taken waits without being read, in the order
 * of coming: a task that reports once must not be told to come again. No group waits for another's share.
 */
export class ByteBudget {
  readonly #limits: BudgetLimits;
  readonly #senders = new Counts();
  readonly #groups = new Counts();
  #waiting: Waiting[] = [];
  #taken = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /**
   * Does work that keeps up to as many bytes.
   * @throws ApiProblem 429 when too many of the same sender are there already, 400 when it has gone.
   */
  async run<T>(
    { sender, group = sender, bytes, gone }: Wanted,
    work: () => Promise<T>,
  ): Promise<T> {
    const { most, share } = this.#limits;
    if (this.#senders.of(sender) >= most) throw tooMany(most);
    this.#senders.add(sender, 1);
    try {
      return await this.#within({ group, bytes: Math.min(bytes, share) }, gone, work);
    } finally {
      this.#senders.add(sender, -1);
    }
  }

  async #within<T>(
    wanted: { group: string; bytes: number },
    gone: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    await this.#turn(wanted, gone);
    try {
      return await work();
    } finally {
      this.#taken -= wanted.bytes;
      this.#groups.add(wanted.group, -wanted.bytes);
      this.#admit();
    }
  }

  #turn(wanted: { group: string; bytes: number }, gone: AbortSignal): Promise<void> {
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
      const place: Waiting = { ...wanted, admit };
      this.#waiting.push(place);
      if (gone.aborted) leave();
      else {
        gone.addEventListener('abort', leave, { once: true });
        this.#admit();
      }
    });
  }

  #admit(): void {
    const { total, share } = this.#limits;
    const passed = new Set<string>();
    let isFull = false;
    this.#waiting = this.#waiting.filter(({ group, bytes, admit }) => {
      if (isFull || passed.has(group)) return true;
      if (this.#groups.of(group) + bytes > share) {
        passed.add(group);
        return true;
      }
      isFull = this.#taken + bytes > total;
      if (isFull) return true;
      this.#taken += bytes;
      this.#groups.add(group, bytes);
      admit();
      return false;
    });
  }
}

/** Numbers by name, of which those that are 0 take no room. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, count: number): void {
    const now = this.of(name) + count;
    if (now === 0) this.#counts.delete(name);
    else this.#counts.set(name, now);
  }
}

function tooMany(most: number): ApiProblem {
  const detail = `${most} bodies of this sender are being read already. Send fewer at a time.`;
  return new ApiProblem(429, detail, { headers: { 'Retry-After': '1' } });
}
