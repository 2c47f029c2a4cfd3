import type { CliIo } from '../io.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import type { LogPending } from '../resources.ts';
import type { OutputSink } from './follow-task.ts';
import type { StreamName } from './reassemble.ts';
import { SkipLines } from './tail-lines.ts';
import { WholeLines } from './whole-lines.ts';
import { writeBytes } from './write-bytes.ts';

export interface OutputOptions {
  /** This stream alone. */
  only?: StreamName | undefined;
  /** Put before every line. */
  prefix?: string | undefined;
  /** Pass on whole lines, so that those of several tasks can stand together. */
  byLine?: boolean;
  /** Say why there is no output yet, and so what is waited for. */
  tellsPending?: boolean;
  /** Lines at the beginning of an attempt that are left out. */
  skip?: { attempt: number; lines: Readonly<Record<StreamName, number>> } | undefined;
}

/** Brings a task's output to stdout and stderr: the bytes as they are, unless lines are asked for. */
export class OutputWriter implements OutputSink {
  readonly #io: CliIo;
  readonly #signal: AbortSignal;
  readonly #options: OutputOptions;
  readonly #lines: Record<StreamName, WholeLines> | undefined;
  readonly #skip: Record<StreamName, SkipLines> | undefined;
  #isSilent = true;

  /** @param signal ends the waiting for a reader that is slow. */
  constructor(io: CliIo, signal: AbortSignal, options: OutputOptions = {}) {
    this.#io = io;
    this.#signal = signal;
    this.#options = options;
    const { prefix, byLine, skip } = options;
    const whole = () => new WholeLines(prefix === undefined ? '' : terminalSafe(prefix));
    if (byLine || prefix !== undefined) this.#lines = { stdout: whole(), stderr: whole() };
    if (skip === undefined) return;
    const { stdout, stderr } = skip.lines;
    this.#skip = { stdout: new SkipLines(stdout), stderr: new SkipLines(stderr) };
  }

  async write(stream: StreamName, bytes: Uint8Array, attempt = 0): Promise<void> {
    const { only, skip } = this.#options;
    if (only !== undefined && only !== stream) return;
    if (bytes.length > 0) this.#isSilent = false;
    const left = attempt === skip?.attempt ? (this.#skip?.[stream].add(bytes) ?? bytes) : bytes;
    await this.#out(stream, this.#lines?.[stream].add(left) ?? left);
  }

  /** True until there is output to show, even if none of it is among the last lines. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  pending({ task, log_reason }: LogPending): void {
    if (this.#options.tellsPending) this.note(`task ${task}: ${log_reason}`);
  }

  note(line: string): void {
    this.#io.stderr.write(`swarmerctl: ${terminalSafe(line)}\n`);
  }

  /** Writes what is left of lines that have not ended. */
  async end(): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const) {
      await this.#out(stream, this.#lines?.[stream].end() ?? new Uint8Array());
    }
  }

  #out(stream: StreamName, bytes: Uint8Array): Promise<void> {
    return writeBytes(this.#io[stream], bytes, this.#signal);
  }
}
