import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import { FileProblems, type ParseValue, readValue } from './read-value.ts';

/** Between looks at the file, in ms. */
const LOOK_MS = 1000;
/** Looks in a row that must show the same: who writes a file in two writes a second apart has not ended. */
const EQUAL_LOOKS = 3;
/** Between words about a file that cannot be used, in ms. */
const REMIND_MS = 60_000;

export interface LiveFileOptions<T> {
  /** Absolute. */
  path: string;
  parse: ParseValue<T>;
  clock: Clock;
  log: Logger;
  /** Told of each value that comes in force after the first. */
  changed?(value: T): void;
  /**
   * Why a right file is not to be taken by itself, although all looks have shown it: it looks as if it were cut off.
   * A reload takes it all the same.
   */
  doubt?(next: T, inForce: T): string | undefined;
}

/**
 * What an operator's file says. It is read again when it changes; one that became faulty, or has
 * vanished, leaves in force what it said before.
 */
export class LiveFile<T> {
  readonly #options: LiveFileOptions<T>;
  #value: T;
  /** Of the file that was judged last. */
  #judged: string;
  /** Of the file as it was seen last, and in how many looks: it may still be being written. */
  #seen = { fingerprint: '', looks: 0 };
  #problem: FileProblems | undefined;
  /** When that was last told, in ms of the monotonic clock. */
  #toldAt = 0;

  private constructor(options: LiveFileOptions<T>, value: T, judged: string) {
    this.#options = options;
    this.#value = value;
    this.#judged = judged;
  }

  /** @throws FileProblems when there is nothing yet that could be in force. */
  static async open<T>(options: LiveFileOptions<T>): Promise<LiveFile<T>> {
    // Looked at first: a change that comes while it is read is seen by the next look.
    const judged = await fingerprintOf(options.path);
    return new LiveFile(options, await readValue(options.path, options.parse), judged);
  }

  /** What is in force. */
  get value(): T {
    return this.#value;
  }

  /** What is wrong with the file as it is now; undefined when it is in force. */
  get problem(): FileProblems | undefined {
    return this.#problem;
  }

  /** Keeps it up to date until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await untilBeat(this.#options.clock, LOOK_MS, signal);
      if (!signal.aborted) await this.look();
    }
  }

  /**
   * Looks at the file once. A change is taken when three looks in a row have shown the same: what is half
   * written is left alone.
   */
  async look(): Promise<void> {
    const fingerprint = await fingerprintOf(this.#options.path);
    const { looks } = this.#seen;
    this.#seen = { fingerprint, looks: fingerprint === this.#seen.fingerprint ? looks + 1 : 1 };
    if (fingerprint !== this.#judged) {
      if (this.#seen.looks < EQUAL_LOOKS) return;
      this.#judged = fingerprint;
      await this.#read(this.#options.doubt);
    } else if (this.#problem !== undefined) {
      this.#remind(this.#problem);
    }
  }

  /** Takes the file as it is now, at once, whatever is to be doubted of it: a person has said so. */
  async reload(): Promise<void> {
    this.#judged = await fingerprintOf(this.#options.path);
    await this.#read();
  }

  async #read(doubt?: LiveFileOptions<T>['doubt']): Promise<void> {
    const { path, parse, log, changed } = this.#options;
    try {
      const next = await readValue(path, parse);
      const doubted = doubt?.(next, this.#value);
      if (doubted !== undefined) throw new FileProblems([`${path}: ${doubted}`]);
      this.#value = next;
      this.#problem = undefined;
      changed?.(next);
      log.info({ file: path }, 'a changed file is in force');
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      this.#problem = error;
      this.#tell(error);
    }
  }

  #remind(problem: FileProblems): void {
    if (this.#options.clock.monotonic() - this.#toldAt >= REMIND_MS) this.#tell(problem);
  }

  #tell({ problems }: FileProblems): void {
    const { path: file, log, clock } = this.#options;
    this.#toldAt = clock.monotonic();
    log.error({ file, problems }, 'a changed file is refused; the one before stays in force');
  }
}

/** Differs when the file was changed or replaced. */
async function fingerprintOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return `absent: ${(error as NodeJS.ErrnoException).code}`;
  }
}
