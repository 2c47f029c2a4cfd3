import type { Reason } from './conditions.ts';

/** Times and places of a swarm task, as far as the engine tells them. */
export interface TaskTrace {
  swarmTaskId: string;
  nodeId?: string;
  /** Unix time in ms. */
  startedAt?: number;
  /** Unix time in ms. */
  finishedAt?: number;
}

/**
 * What one look at the swarm says of one attempt.
 * - `unseen`: no complete look was taken since its service was created. Says nothing.
 * - `absent`: the engine says that there is neither service nor task. `swarmReplaced` says that it belongs to
 *   another swarm than the one in which the service was created.
 * - `waiting`: the service exists and its process has not started; `message` is swarm's reason, and
 *   `stuck` says that it is an error, such as no suitable node. `nodeId` is where it will run, once swarm
 *   has decided; `excluded` are nodes that its constraints keep it from.
 * - `running`: the process runs, or may.
 * - `ended`: the process ran to its end.
 * - `rejected`: it never started and never will.
 * - `lost`: it was cut short by the swarm, not by itself.
 */
export type Evidence =
  | { kind: 'unseen' }
  | { kind: 'absent'; swarmReplaced?: true }
  | { kind: 'waiting'; message?: string; stuck?: true; nodeId?: string; excluded?: string[] }
  | { kind: 'running'; trace: TaskTrace }
  | { kind: 'ended'; exitStatus: number; message?: string; oomKilled?: true; trace: TaskTrace }
  | { kind: 'rejected'; message: string; trace: TaskTrace }
  | { kind: 'lost'; reason: Reason; message: string; trace: TaskTrace };
