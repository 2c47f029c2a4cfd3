import type { Evidence, Reason, TaskTrace } from '../apis/index.ts';
import type { ObservedNode, ObservedTask } from './engine.ts';
import { faultOf, isOfStart } from './start-failure.ts';
import { isGivenUp, isTerminal } from './task-state.ts';

/**
 * What one look says of an attempt. Swarm normally makes one task per service of ours; where it made
 * more, one whose process ran to its end decides, else the newest.
 *
 * @param nodes by id; empty when they were not asked for, which says nothing of any node.
 */
export function classifyAttempt(
  tasks: readonly ObservedTask[],
  nodes: ReadonlyMap<string, ObservedNode>,
): Evidence {
  const byAge = tasks.toSorted((a, b) => a.createdAt - b.createdAt);
  const task = byAge.find(ranToItsEnd) ?? byAge.at(-1);
  return task === undefined ? { kind: 'unseen' } : classifyTask(task, nodes);
}

function ranToItsEnd(task: ObservedTask): boolean {
  return task.state === 'complete' || (task.state === 'failed' && Boolean(task.exitCode));
}

function classifyTask(task: ObservedTask, nodes: ReadonlyMap<string, ObservedNode>): Evidence {
  switch (task.state) {
    case 'complete':
      return cutShort(task, nodes) ?? ended(task, task.exitCode ?? 0);
    case 'failed':
      return cutShort(task, nodes) ?? failed(task);
    case 'rejected':
      return rejected(task);
    case 'shutdown':
    case 'remove':
      return stopped(task);
    case 'orphaned':
      return lost(task, 'NodeLost', `the node of the task has left the swarm: ${words(task)}`);
    default:
      return unfinished(task, nodes);
  }
}

function ended(task: ObservedTask, exitStatus: number): Evidence {
  const message = exitStatus === 0 ? {} : { message: words(task) };
  const killed = task.oomKilled ? { oomKilled: true as const } : {};
  return { kind: 'ended', exitStatus, ...message, ...killed, trace: trace(task) };
}

/**
 * A process that ran has an exit code. A start that failed has one of the engine's making: 126 and 127 are
 * those of a program that is not there, or cannot be executed, as of a shell; it says them of other faults
 * too, and 128 of all the rest (moby: daemon/errors.go, daemon/start.go).
 */
function failed(task: ObservedTask): Evidence {
  const message = words(task);
  const { exitCode = 0 } = task;
  if (exitCode !== 0 && !isOfStart(message)) return ended(task, exitCode);
  const isOfShell = exitCode === 126 || exitCode === 127;
  if (isOfShell && faultOf(message) === 'command') return ended(task, exitCode);
  return notStarted(task);
}

function notStarted(task: ObservedTask): Evidence {
  const said = words(task);
  const message = NODE_DEFAULTS.test(said) ? said + NODE_DEFAULTS_ADVICE : said;
  switch (faultOf(said)) {
    case 'restart':
      return lost(task, 'EngineRestarted', message);
    case 'node':
      return lost(task, 'NodeFault', message);
    default:
      return { kind: 'rejected', message, trace: trace(task) };
  }
}

/** An engine has merged a default of its own into the options of a log, and then refuses them (moby: logger/factory.go). */
const NODE_DEFAULTS = /max-buffer-size option is only supported with 'mode=non-blocking'/;
const NODE_DEFAULTS_ADVICE =
  "; its node has max-buffer-size among the defaults of that log driver: set the server's SWARMER_LOG_DRIVER to local or engine";

/** From the start of an engine until it tells the manager what became of its containers, in ms. */
const RESTART_MS = 5000;

/**
 * An engine that is killed and started again ends its containers, and tells of ordinary exits: 0 for a
 * process that ends in order on SIGTERM. Such an end is a loss. Where the start of the engine is known, it is
 * what was told by an engine that is younger than the task. Elsewhere it shows by the order of things: the
 * process ended, its node was registered anew, and only then its end was told (measured: 0.1 to 1.1 s
 * after it with Engine 20.10). The end of a task with a network changes its node in the same way, so of
 * such a task that can be told only where this process is connected to the engine; and of another task that
 * ends within seconds before it, on a node of another engine, it is taken for a loss. A node tells of its last change
 * only: one before that counts where this process saw it.
 *
 * A new leader of the managers registers every node anew: an end of the seconds before, of which the old
 * one was not told, looks the same and is taken for a loss too. To run a task once more is what the
 * budget of losses is for; to tell of a success that was none is not.
 */
function cutShort(
  task: ObservedTask,
  nodes: ReadonlyMap<string, ObservedNode>,
): Evidence | undefined {
  const node = nodes.get(task.nodeId ?? '');
  if (node === undefined) return undefined;
  const { connectedSince, startedAt } = node;
  const message = `the engine of node ${node.hostname} was restarted while the task ran`;
  if (startedAt !== undefined && task.createdAt < startedAt && startedAt <= task.updatedAt) {
    return lost(task, 'EngineRestarted', message);
  }
  const isAnew = [node, ...(node.earlier ?? [])].some(({ version, updatedAt }) => {
    const after = updatedAt - task.updatedAt;
    return version <= task.version && after >= 0 && after <= RESTART_MS;
  });
  if (!isAnew) return undefined;
  if (connectedSince === undefined && task.attached) return undefined;
  // An engine that only hung is registered anew too, but its connections stay.
  if (connectedSince !== undefined && connectedSince < task.createdAt) return undefined;
  return lost(task, 'EngineRestarted', message);
}

/**
 * A task that could not be prepared; it may have a container all the same, as one that cannot be connected
 * to a network has. The enforcer of constraints rejects tasks that run, too, when labels or resources of
 * their node change; no text of a job is in the message (swarmkit: constraintenforcer; an old one has the
 * error there).
 */
function rejected(task: ObservedTask): Evidence {
  const isEnforced = ENFORCED.has(task.message ?? '');
  return isEnforced
    ? lost(task, 'TaskStopped', `swarm rejected the task: ${words(task)}`)
    : notStarted(task);
}

const ENFORCED: ReadonlySet<string> = new Set([
  'task rejected by constraint enforcer',
  'assigned node no longer meets constraints',
]);

/**
 * A task keeps its last state when its node dies, and nothing replaces it. An unknown or disconnected
 * node is no loss: after a change of managers every node is unknown for a while.
 */
function unfinished(task: ObservedTask, nodes: ReadonlyMap<string, ObservedNode>): Evidence {
  if (isGivenUp(task.desiredState) && task.nodeId !== undefined && nodes.size > 0) {
    const node = nodes.get(task.nodeId);
    if (node === undefined) return lost(task, 'NodeLost', 'the node of the task was removed');
    if (node.state === 'down') return lost(task, 'NodeLost', `node ${node.hostname} is down`);
  }
  // Before its verdict no service of a current attempt is removed by Swarmer.
  if (task.desiredState === 'remove') return stopped(task);
  if (task.state === 'running') return { kind: 'running', trace: trace(task) };
  return {
    ...{ kind: 'waiting', message: words(task) },
    ...(task.error === undefined ? {} : { stuck: true as const }),
    ...(task.nodeId === undefined ? {} : { nodeId: task.nodeId }),
    ...(task.excluded === undefined ? {} : { excluded: task.excluded }),
  };
}

function lost(task: ObservedTask, reason: Reason, message: string): Evidence {
  return { kind: 'lost', reason, message, trace: trace(task) };
}

function stopped(task: ObservedTask): Evidence {
  return task.desiredState === 'remove'
    ? lost(task, 'ServiceRemoved', 'the service was removed, and not by Swarmer')
    : lost(task, 'TaskStopped', `swarm stopped the task: ${words(task)}`);
}

/** The engine's own words: its error where there is one, else its status. */
function words({ error, message, state }: ObservedTask): string {
  return error ?? message ?? state;
}

function trace(task: ObservedTask): TaskTrace {
  const time = task.state === 'running' ? 'startedAt' : 'finishedAt';
  return {
    swarmTaskId: task.id,
    ...(task.nodeId === undefined ? {} : { nodeId: task.nodeId }),
    ...(task.state === 'running' || isTerminal(task.state) ? { [time]: task.updatedAt } : {}),
  };
}
