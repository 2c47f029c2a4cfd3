import type { ModelSpec } from './raw.ts';

/** What the one process of a service does, as far as the swarm can tell. */
export interface Behaviour {
  /** From the node's taking of the task until its process runs, in ms. */
  startMs: number;
  /** From the start of the process until it ends by itself, in ms; `Infinity` for never. */
  runMs: number;
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The process goes on after SIGTERM, until SIGKILL ends it at the end of its grace. */
  ignoresTerm?: boolean;
  /** What it writes to stdout when it is told to stop. */
  stdoutOnTerm?: string;
  /** Exit code of a process that handles SIGTERM; without it SIGTERM kills it (143). */
  exitOnTerm?: number;
  /** The node refuses the task before it starts, in these words, as `No such image: x`. */
  reject?: string;
  /** The start fails in these words, as `exec: "/x": no such file or directory`; exit code 127. */
  failStart?: string;
  /** No node suits the task. */
  never?: 'pending';
  /**
   * What the engine does not get rid of when it is told to (moby 35908, 36527, 37320, 42215): the record of
   * the task, which stays as it was with `desired: remove`; or its container, which no signal ends.
   */
  stuck?: 'record' | 'container';
}

export type BehaviourOf = (spec: ModelSpec) => Partial<Behaviour>;

const TRUE: Behaviour = { startMs: 0, runMs: 0, exitCode: 0, stdout: '', stderr: '' };

/** What is left out is the behaviour of `true`: it ends at once with 0 and writes nothing. */
export function withDefaults(behaviour: Partial<Behaviour>): Behaviour {
  return { ...TRUE, ...behaviour };
}
