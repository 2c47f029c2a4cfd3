import {
  type AttemptId,
  type AttemptRecord,
  attemptKey,
  type Output,
  type OutputSummary,
  STOPPED,
} from '../apis/index.ts';
import { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import { type EncodedBytes, type Engine, LogTails } from '../swarm/index.ts';

interface LastOutputsOptions {
  engine: Pick<Engine, 'followLogs'>;
  clock: Clock;
  /** Ends all following. */
  signal: AbortSignal;
}

/** Most logs that are followed so at one time: of further ones what they write at their end stays unknown. */
const MOST_FOLLOWED = 200;
/** How long the following may take to come as far as the log was read, in ms; the removal waits for it. */
const CATCH_UP_MS = 2000;
/** The same where nothing was read, so that nothing can tell whether it has begun. */
const BEGIN_MS = 150;
/** A log that is silent for so long once its container is gone has come to its end, in ms. */
const QUIET_MS = 300;
/** How long that is waited for, in ms. */
const END_MS = 10_000;
/** From the removal until nobody asks for it any more, beside the grace, in ms. */
const FORGOTTEN_MS = 90_000;

/** What was read of a log over the end of its service. */
export interface LastOutput {
  output: Output;
  encoded: EncodedBytes;
  /** It was read from its first byte to its last, as far as can be told. */
  isWhole: boolean;
}

/**
 * The logs of attempts that are being stopped. Their removal destroys them, but a follow that was opened before it
 * still delivers what a process writes after SIGTERM (seen with Engine 20.10). It is only remembered: when the
 * leader dies what was stored before stays, which says of itself that its end may be missing.
 */
export class LastOutputs {
  readonly #options: LastOutputsOptions;
  readonly #followed = new Map<string, { log: FollowedEnd; until: number }>();

  constructor(options: LastOutputsOptions) {
    this.#options = options;
  }

  /** Begins to follow the log of an attempt whose service is about to be removed; resolves when it may be. */
  async begin(
    id: AttemptId,
    { verdict, output }: AttemptRecord,
    { limitBytes, graceMs }: { limitBytes: number; graceMs: number },
  ): Promise<void> {
    const key = attemptKey(id);
    const swarmTaskId = verdict?.source === 'controller' ? verdict.swarmTaskId : undefined;
    const isRead = output !== undefined && output.log.state !== 'unavailable';
    if (swarmTaskId === undefined || !isRead || this.#followed.has(key)) return;
    const { clock, signal } = this.#options;
    const now = clock.monotonic();
    // Those of jobs that were removed meanwhile: nobody tells of them.
    for (const [old, { until }] of this.#followed) if (until < now) this.#forget(old);
    if (this.#followed.size >= MOST_FOLLOWED) return;
    const log = new FollowedEnd(this.#options, { swarmTaskId, limitBytes });
    this.#followed.set(key, { log, until: now + graceMs + FORGOTTEN_MS });
    await log.caughtUp(bytesOf(output), signal);
  }

  /** Its container is gone. @returns undefined when the log was not followed. */
  end(id: AttemptId): Promise<LastOutput> | undefined {
    return this.#followed.get(attemptKey(id))?.log.end();
  }

  forget(id: AttemptId): void {
    this.#forget(attemptKey(id));
  }

  #forget(key: string): void {
    this.#followed.get(key)?.log.stop();
    this.#followed.delete(key);
  }
}

/** Bytes that a task wrote to both streams. */
export function bytesOf({ stdout, stderr }: OutputSummary): number {
  return stdout.bytes + stderr.bytes;
}

/** True for an output of which what came after SIGTERM may be missing, and nothing else. */
export function lacksItsEnd({ log }: OutputSummary): boolean {
  return log.state === 'partial' && log.reason === STOPPED;
}

class FollowedEnd {
  readonly #clock: Clock;
  readonly #tails: LogTails;
  readonly #stop = new AbortController();
  readonly #bell = new Bell();
  #bytes = 0;
  #broke = false;
  #ended: Promise<LastOutput> | undefined;

  constructor(
    { engine, clock, signal }: LastOutputsOptions,
    { swarmTaskId, limitBytes }: { swarmTaskId: string; limitBytes: number },
  ) {
    this.#clock = clock;
    this.#tails = new LogTails(limitBytes);
    const take = (stream: 'stdout' | 'stderr', bytes: Buffer) => {
      this.#tails.push(stream, bytes);
      this.#bytes += bytes.length;
      this.#bell.ring();
    };
    const until = AbortSignal.any([signal, this.#stop.signal]);
    const broken = () => {
      this.#broke = !this.#stop.signal.aborted;
      this.#bell.ring();
    };
    // However it ends before it is told to, there may have been more.
    engine.followLogs(swarmTaskId, take, until).then(broken, broken);
  }

  /** Resolves when as much has come as was read before, or that takes too long. */
  async caughtUp(bytes: number, signal: AbortSignal): Promise<void> {
    const patienceMs = bytes === 0 ? BEGIN_MS : CATCH_UP_MS;
    const isThere = () => this.#broke || (bytes > 0 && this.#bytes >= bytes);
    await this.#until(isThere, patienceMs, signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  end(): Promise<LastOutput> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<LastOutput> {
    const begun = this.#clock.monotonic();
    const { signal } = this.#stop;
    let isQuiet = false;
    while (!isQuiet && !this.#broke && this.#clock.monotonic() - begun < END_MS) {
      const before = this.#bytes;
      isQuiet = !(await this.#until(() => this.#broke || this.#bytes > before, QUIET_MS, signal));
    }
    const isWhole = isQuiet && !this.#broke;
    this.stop();
    return { output: this.#tails.output(), encoded: this.#tails.encoded, isWhole };
  }

  /** @returns false when it is not so within that time. */
  async #until(isSo: () => boolean, forMs: number, signal: AbortSignal): Promise<boolean> {
    const begun = this.#clock.monotonic();
    for (let left = forMs; !isSo(); left = begun + forMs - this.#clock.monotonic()) {
      if (left <= 0 || signal.aborted) return false;
      await this.#bell.wait(this.#clock, left, signal);
    }
    return true;
  }
}
