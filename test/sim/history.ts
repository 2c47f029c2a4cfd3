import { createHash } from 'node:crypto';

/** Effects that happen all the time and rarely matter to who reads. */
const NOISE =
  / (lease\.(read|renew)|changes\.|engine\.(list|watch)|outbox\.(due|next)|store\.(loadJob|readTask|activeJobs|isCurrent|expiredJobs|addEvent)|jobs\.)/;

/** What happened in a run, line by line. Equal runs have equal hashes. */
export class History {
  readonly #lines: string[] = [];
  readonly #hash = createHash('sha256');
  /** Names of jobs instead of their uids, which are long. */
  readonly #aliases = new Map<string, string>();

  alias(uid: string, name: string): void {
    this.#aliases.set(uid, name);
  }

  nameOf(uid: string): string {
    return this.#aliases.get(uid) ?? uid;
  }

  add(ms: number, text: string): void {
    const line = `${ms.toFixed(3).padStart(11)} ${text}`;
    this.#lines.push(line);
    this.#hash.update(`${line}\n`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** The last lines without those that happen all the time. */
  tail(count: number): string[] {
    return this.#lines.filter((line) => !NOISE.test(line)).slice(-count);
  }
}
