import { EventEmitter, once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../../clock/clock.ts';
import type { Env } from '../io.ts';
import { runCli } from '../main.ts';
import { NOW } from './objects.ts';

export interface RunOptions {
  /** Its address becomes SWARMER_SERVER. */
  api?: { url: string };
  env?: Env;
  stdin?: string;
  /** Whether stdout and stderr are terminals; no unless given. */
  tty?: boolean;
  clock?: Clock;
}

/** It is always {@link NOW}, and sleep takes no time. */
export const stillClock: Clock = {
  ...systemClock,
  now: () => NOW,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

/** What a stream was given, and the means to wait for it. */
class Sink extends Writable {
  text = '';
  isTTY?: boolean;
  columns = 100;
  readonly #grown = new EventEmitter();

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    this.#grown.emit('grown');
    done();
  }

  /** Resolves as soon as the text so far matches. */
  async until(pattern: RegExp | string): Promise<void> {
    const matches = () =>
      typeof pattern === 'string' ? this.text.includes(pattern) : pattern.test(this.text);
    while (!matches()) await once(this.#grown, 'grown');
  }
}

export interface Run {
  stdout: Sink;
  stderr: Sink;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** The exit code. */
  code: Promise<number>;
}

/** Starts a command line, for tests that act while it runs. */
export function start(argv: readonly string[], options: RunOptions = {}): Run {
  const [stdout, stderr] = [new Sink(), new Sink()];
  if (options.tty) for (const sink of [stdout, stderr]) sink.isTTY = true;
  const signals = new EventEmitter();
  const server = options.api === undefined ? {} : { SWARMER_SERVER: options.api.url };
  const code = runCli({
    argv,
    // No test may read the configuration of whoever runs it.
    env: { SWARMER_CONFIG: '/nonexistent/swarmer.yaml', ...server, ...options.env },
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout,
    stderr,
    signals,
    clock: options.clock ?? stillClock,
    version: '1.2.3',
  });
  return { stdout, stderr, interrupt: () => signals.emit('SIGINT'), code };
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line to its end. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const started = start(argv, options);
  const code = await started.code;
  return { code, stdout: started.stdout.text, stderr: started.stderr.text };
}
