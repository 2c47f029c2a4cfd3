import type { Logger } from 'pino';
import { type AttemptId, maskOutput, SecretMask } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { LogRelayStore } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import { RelayWriter } from './relay-writer.ts';

interface RelayedLogOptions {
  id: AttemptId;
  swarmTaskId: string;
  /** What no reader may see. */
  secret: string;
  engine: Pick<Engine, 'followLogs' | 'taskLogs'>;
  logs: LogRelayStore;
  clock: Clock;
  log: Logger;
}

/** What is read of each stream when the service is about to be removed. */
const TAIL_BYTES = 1024 * 1024;
/** First pause before a log that broke off, or ended, is followed again, in ms; it doubles. */
const RETRY_MS = 250;
const MAX_RETRY_MS = 5000;

/**
 * The log of one attempt on its way into its relay. Every byte carries its place in the attempt's
 * stream, so that a log that is read from its beginning again, by this process or by the next leader,
 * repeats nothing for who has read it.
 */
export class RelayedLog {
  readonly #options: RelayedLogOptions;
  readonly #writer: RelayWriter;
  readonly #stop = new AbortController();
  /** Ends the following under way, for another to begin. */
  #cutOff = () => {};

  constructor(options: RelayedLogOptions) {
    const { id, logs } = options;
    this.#options = options;
    this.#writer = new RelayWriter({
      ...{ logs, uid: id.jobUid, index: id.index, attempt: id.attempt },
      onFailure: () => this.#cutOff(),
    });
  }

  /** Follows the log until `stop` or `signal`. A failure is logged, and the log followed again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, id } = this.#options;
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    for (let pauseMs = RETRY_MS; !ended.aborted; pauseMs = Math.min(2 * pauseMs, MAX_RETRY_MS)) {
      await this.#follow(ended).catch((err: unknown) => {
        log.warn({ err, job: id.jobUid, task: id.index }, 'a log cannot be relayed for now');
      });
      await clock.sleep(pauseMs, ended);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /**
   * Ends the following, and relays what is left of a log whose service is about to be removed.
   * @throws EngineError, StoreError
   */
  async finish(): Promise<void> {
    const { engine, swarmTaskId, log, id } = this.#options;
    this.stop();
    await this.#writer.flushed().catch((err: unknown) => {
      log.debug({ err, job: id.jobUid, task: id.index }, 'the end of a log is written once more');
    });
    const output = await engine.taskLogs(swarmTaskId, TAIL_BYTES);
    const { summary, stdout, stderr } = maskOutput(output, this.#options.secret);
    await this.#writer.take('stdout', summary.stdout.bytes - stdout.length, stdout);
    await this.#writer.take('stderr', summary.stderr.bytes - stderr.length, stderr);
    await this.#writer.flushed();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { engine, swarmTaskId, secret } = this.#options;
    const read = { stdout: 0, stderr: 0 };
    const masks = { stdout: new SecretMask(secret), stderr: new SecretMask(secret) };
    const take = (stream: keyof typeof read, bytes: Buffer) => {
      const offset = read[stream];
      read[stream] += bytes.length;
      return this.#writer.take(stream, offset, bytes);
    };
    const cut = new AbortController();
    this.#cutOff = () => cut.abort();
    await engine.followLogs(
      swarmTaskId,
      (stream, bytes) => {
        if (signal.aborted) return undefined;
        return take(stream, masks[stream].push(bytes));
      },
      AbortSignal.any([signal, cut.signal]),
    );
    await take('stdout', masks.stdout.flush());
    await take('stderr', masks.stderr.flush());
    await this.#writer.flushed();
  }
}
