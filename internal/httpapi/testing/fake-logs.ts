import type { LogChunk, LogEntry, LogReader, LogSnapshot } from '../../store/ports.ts';
import type { FakeStore } from './fake-store.ts';

/** The logs of tasks in memory: what a controller would relay is put in by the test. */
export class FakeLogs implements LogReader {
  /** Every want, in order. */
  readonly wants: string[] = [];
  /** What a controller answers who asks; nobody answers while it is undefined. */
  snapshot: LogSnapshot | undefined;
  readonly #store: FakeStore;
  readonly #entries: LogEntry[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(store: FakeStore) {
    this.#store = store;
  }

  /** How many readers wait for more. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Adds to the relay; without a chunk it only wakes. */
  relay(chunk?: Omit<LogChunk, 'data'> & { text: string }): void {
    const id = String(this.#entries.length + 1);
    if (chunk === undefined) this.#entries.push({ id });
    else {
      const { text, ...rest } = chunk;
      this.#entries.push({ id, chunk: { ...rest, data: Buffer.from(text) } });
    }
    for (const wake of [...this.#waiting]) wake();
  }

  async findTask(uid: string, name: string): Promise<number | undefined> {
    const index = this.#store.taskNames(uid).indexOf(name);
    return index === -1 ? undefined : index;
  }

  async earlierOutput(_uid: string, _index: number, attempt: number) {
    return { stdout: Buffer.from(`of attempt ${attempt}`), stderr: Buffer.alloc(0) };
  }

  async wantLog(uid: string, index: number): Promise<void> {
    this.wants.push(`${uid}/${index}`);
  }

  async readLog(_uid: string, _index: number, after: string): Promise<LogEntry[]> {
    return this.#entries.slice(Number(after));
  }

  awaitLog(_uid: string, _index: number, after: string, signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#entries.length > Number(after), signal);
  }

  async askLog(
    _uid: string,
    _index: number,
    signal: AbortSignal,
  ): Promise<LogSnapshot | undefined> {
    await this.#until(() => this.snapshot !== undefined, signal);
    return this.snapshot;
  }

  #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    if (holds() || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
