import type { LogEntry, LogReader, LogSnapshot } from '../../store/ports.ts';
import type { Admission } from './admission.ts';

/** The logs of the jobs of some namespaces. */
export class ScopedLogs implements LogReader {
  readonly #logs: LogReader;
  readonly #admission: Admission;

  constructor(logs: LogReader, admission: Admission) {
    this.#logs = logs;
    this.#admission = admission;
  }

  async findTask(uid: string, name: string): Promise<number | undefined> {
    await this.#admission.requireJob(uid);
    return this.#logs.findTask(uid, name);
  }

  async earlierOutput(uid: string, index: number, attempt: number) {
    await this.#admission.requireJob(uid);
    return this.#logs.earlierOutput(uid, index, attempt);
  }

  async wantLog(uid: string, index: number): Promise<void> {
    await this.#admission.requireJob(uid);
    return this.#logs.wantLog(uid, index);
  }

  async readLog(uid: string, index: number, after: string): Promise<LogEntry[]> {
    await this.#admission.requireJob(uid);
    return this.#logs.readLog(uid, index, after);
  }

  async awaitLog(uid: string, index: number, after: string, signal: AbortSignal): Promise<void> {
    await this.#admission.requireJob(uid);
    return this.#logs.awaitLog(uid, index, after, signal);
  }

  async askLog(uid: string, index: number, signal: AbortSignal): Promise<LogSnapshot | undefined> {
    await this.#admission.requireJob(uid);
    return this.#logs.askLog(uid, index, signal);
  }
}
