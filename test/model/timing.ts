/** How long swarm's own steps take, in ms. */
export const TIMING = {
  /** From the service to its task. */
  createTask: 2,
  schedule: 20,
  /** From a change on a node until the manager shows it. */
  report: 10,
  /** From the end of a task until swarm no longer wants it to run. */
  settle: 30,
  /** From the end of a task whose service was removed until the task is gone. */
  reap: 100,
  /** SIGTERM to SIGKILL, unless the service says otherwise. */
  grace: 10_000,
  /** Silence after which a node is down. */
  heartbeatLimit: 15_000,
  /** From the end of a silence until the node is ready. */
  rejoin: 500,
  /** From then until it has told of what a daemon that was asked to stop left. */
  toldAnew: 10,
  /** After a change of managers nodes are unknown for up to this. */
  unknownAtMost: 33_000,
} as const;
