import type { Output } from '../../apis/index.ts';
import type { LogChunk, LogRelayStore, LogSnapshot, LogWant } from '../../store/index.ts';
import { type Engine, EngineError, type OnLogBytes } from '../../swarm/index.ts';

/** The relays of logs in memory, as internal/store/log-ports.ts describes them. */
export class RelaysInMemory implements LogRelayStore {
  readonly wants: LogWant[] = [];
  readonly chunks: LogChunk[] = [];
  readonly answers: { want: LogWant; snapshot: LogSnapshot }[] = [];
  readonly trims: string[] = [];
  wakes = 0;
  /** How often what is wanted was looked at. */
  looks = 0;
  /** While set, every call fails with it. */
  failure: Error | undefined;
  /** While set, writes wait for it. */
  held: Promise<void> | undefined;
  writes = 0;

  /** What a reader makes of a stream of an attempt: its bytes by their places. */
  text(stream: LogChunk['stream'], attempt = 1): string {
    const bytes: number[] = [];
    for (const chunk of this.chunks) {
      if (chunk.stream !== stream || chunk.attempt !== attempt) continue;
      for (const [i, byte] of chunk.data.entries()) bytes[chunk.offset + i] = byte;
    }
    return Buffer.from(bytes).toString();
  }

  async wantedLogs(): Promise<LogWant[]> {
    this.looks++;
    if (this.failure !== undefined) throw this.failure;
    return [...this.wants];
  }

  async appendLog(_uid: string, _index: number, chunks: readonly LogChunk[]): Promise<string> {
    this.writes++;
    await this.held;
    if (this.failure !== undefined) throw this.failure;
    this.chunks.push(...chunks);
    return `${this.chunks.length}-0`;
  }

  async wakeLogReaders(): Promise<void> {
    this.wakes++;
  }

  async trimLog(_uid: string, _index: number, before: string): Promise<void> {
    this.trims.push(before);
  }

  async answerLog(want: LogWant, snapshot: LogSnapshot): Promise<void> {
    this.wants.splice(this.wants.indexOf(want), 1);
    this.answers.push({ want, snapshot });
  }
}

/** The logs of an engine: texts that grow, and are followed. */
export class EngineLogs implements Pick<Engine, 'followLogs' | 'taskLogs'> {
  readonly #logs = new Map<string, { stdout: string; stderr: string }>();
  readonly #followers = new Map<OnLogBytes, { id: string; fail: (error: Error) => void }>();
  /** While set, every call fails with it. */
  failure: EngineError | undefined;
  follows = 0;

  /** Swarm tasks whose log is followed now. */
  get followed(): string[] {
    return [...this.#followers.values()].map(({ id }) => id);
  }

  /** A task writes; who follows its log hears of it unless `unheard`. */
  async write(id: string, text: string, stream: 'stdout' | 'stderr' = 'stdout', unheard = false) {
    this.#log(id)[stream] += text;
    if (unheard) return;
    for (const [onBytes, follower] of this.#followers) {
      if (follower.id === id) await onBytes(stream, Buffer.from(text));
    }
  }

  /** All that follow the log of a task are cut off. */
  cut(id: string): void {
    for (const follower of this.#followers.values()) {
      if (follower.id === id) follower.fail(new EngineError('Unavailable', 'cut off'));
    }
  }

  async followLogs(id: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    this.follows++;
    if (this.failure !== undefined) throw this.failure;
    const { stdout, stderr } = this.#log(id);
    if (stdout !== '') await onBytes('stdout', Buffer.from(stdout));
    if (stderr !== '') await onBytes('stderr', Buffer.from(stderr));
    try {
      await new Promise<void>((resolve, reject) => {
        this.#followers.set(onBytes, { id, fail: reject });
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
    } finally {
      this.#followers.delete(onBytes);
    }
  }

  async taskLogs(id: string, limitBytes: number): Promise<Output> {
    if (this.failure !== undefined) throw this.failure;
    const { stdout, stderr } = this.#log(id);
    const summary = (text: string) => {
      return { bytes: text.length, truncated: text.length > limitBytes };
    };
    return {
      summary: { stdout: summary(stdout), stderr: summary(stderr), log: { state: 'complete' } },
      stdout: Buffer.from(stdout.slice(-limitBytes)),
      stderr: Buffer.from(stderr.slice(-limitBytes)),
    };
  }

  #log(id: string) {
    const log = this.#logs.get(id) ?? { stdout: '', stderr: '' };
    this.#logs.set(id, log);
    return log;
  }
}
