import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A stream to write to; a terminal says so, and how large it is. */
export type OutStream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** All that the program touches of its process. Tests pass their own. */
export interface CliIo {
  /** Without node and the script. */
  argv: readonly string[];
  env: Env;
  stdin: Readable & { isTTY?: boolean };
  stdout: OutStream;
  stderr: OutStream;
  signals: SignalSource;
  clock: Clock;
  /** Of this program. */
  version: string;
}
