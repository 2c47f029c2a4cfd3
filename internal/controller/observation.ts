import {
  type AttemptId,
  attemptKey,
  attemptOfLabels,
  type Evidence,
  LABELS,
  type Owner,
} from '../apis/index.ts';
import type { NodeCapacity, NodeLoad } from '../planner/index.ts';
import {
  classifyAttempt,
  containersGone,
  isActive,
  isEnforced,
  isGivenUp,
  isTerminal,
  isUnheard,
  type ObservedNode,
  type ObservedTask,
} from '../swarm/index.ts';
import type { Tracked } from './tracker.ts';

const NO_NODES: ReadonlyMap<string, ObservedNode> = new Map();

/** One complete look at the swarm. Later looks have higher numbers. */
export class Observation {
  readonly number: number;
  /** When the look began, in ms of the monotonic clock. */
  readonly takenAt: number;
  readonly #tasks = new Map<string, ObservedTask[]>();
  #nodes: ReadonlyMap<string, ObservedNode> | undefined;
  #services: ReadonlySet<string> | undefined;
  /** Attempts of which the engine itself says that there is neither service nor task. */
  readonly #nothingOf = new Set<string>();
  /** Attempts whose service is there although its removal had returned. */
  readonly #remaining = new Set<string>();
  #counts: Map<string, Map<string, number>> | undefined;

  constructor(number: number, takenAt: number, owner: Owner, tasks: readonly ObservedTask[]) {
    this.number = number;
    this.takenAt = takenAt;
    for (const task of tasks) {
      const id = attemptOfLabels(task.labels);
      if (id === undefined || task.labels[LABELS.store] !== owner.storeId) continue;
      const key = attemptKey(id);
      const others = this.#tasks.get(key);
      if (others === undefined) this.#tasks.set(key, [task]);
      else others.push(task);
    }
  }

  /**
   * The nodes that take tasks, with how many tasks of the job each has that have not ended. Undefined when
   * the nodes were not listed.
   */
  loads(jobUid: string): NodeLoad[] | undefined {
    const active = this.activeNodes() ?? [];
    if (active.length === 0) return undefined;
    const counts = this.#countsOf(jobUid);
    return active.map(({ id }) => ({ id, tasks: counts?.get(id) ?? 0 }));
  }

  /** What the nodes that take tasks have in all. Undefined when the nodes were not listed. */
  capacities(): NodeCapacity[] | undefined {
    const active = this.activeNodes() ?? [];
    return active.length === 0 ? undefined : active;
  }

  /** The nodes that take tasks; undefined when they were not listed. */
  activeNodes(): ObservedNode[] | undefined {
    return this.#nodes && [...this.#nodes.values()].filter(isActive);
  }

  /** Made once a look, and only when somebody asks. */
  #countsOf(jobUid: string): ReadonlyMap<string, number> | undefined {
    this.#counts ??= countByJob([...this.#tasks.values()].flat());
    return this.#counts.get(jobUid);
  }

  /** Adds the services, listed after the tasks were. Without them nothing is ever absent. */
  addServices(ids: ReadonlySet<string>): void {
    this.#services = ids;
  }

  /** Adds the nodes, listed after the tasks were: a node is ready before its tasks tell. */
  addNodes(nodes: readonly ObservedNode[]): void {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
  }

  hasTask(entry: Tracked): boolean {
    return this.#tasks.has(entry.key);
  }

  /** Notes what the look tells of an attempt for later ones. */
  teach(entry: Tracked): void {
    entry.lookedForSince ??= this.takenAt;
    const tasks = this.#tasks.get(entry.key) ?? [];
    const task = tasks.at(-1);
    if (task === undefined) {
      if (this.#services?.has(entry.serviceId ?? '')) entry.hiddenSince ??= this.takenAt;
      return;
    }
    delete entry.hiddenSince;
    entry.taskId = task.id;
    if (tasks.some(isEnforced)) entry.enforced = true;
    const unheard = tasks.some(({ nodeId = '' }) => isUnheard(this.#nodes?.get(nodeId)));
    if (!unheard) delete entry.unheardSince;
    else entry.unheardSince ??= this.takenAt;
  }

  /**
   * True when the lists have neither a task nor a service of an attempt that is to have one, or had one: of
   * that the engine is to be asked by their ids, for a list may be empty and untrue.
   */
  lacks(entry: Tracked): boolean {
    if (this.#tasks.has(entry.key)) return false;
    if (entry.removed !== undefined) return this.number >= entry.removed.from;
    if (entry.serviceId === undefined || this.number < entry.visibleFrom) return false;
    return this.#services !== undefined && !this.#services.has(entry.serviceId);
  }

  /**
   * True when the swarm still wants a task of an attempt whose service was removed before the look: a creation
   * that was not answered may have taken effect after that.
   */
  mayRemain(entry: Tracked): boolean {
    if (entry.removed === undefined || this.number < entry.removed.from) return false;
    const tasks = this.#tasks.get(entry.key) ?? [];
    return tasks.some((task) => !isTerminal(task.state) && !isGivenUp(task.desiredState));
  }

  /** The engine says that the service of an attempt is there, although its removal had returned. */
  addRemaining(entry: Tracked): void {
    this.#remaining.add(entry.key);
  }

  remains(entry: Tracked): boolean {
    // Not once it was removed again.
    return this.#remaining.has(entry.key) && this.number >= (entry.removed?.from ?? 0);
  }

  /** The engine says that there is nothing of an attempt that the look lacks. */
  confirm(entry: Tracked): void {
    this.#nothingOf.add(entry.key);
  }

  /** Puts a task into the look that its list had left out. */
  add(entry: Tracked, task: ObservedTask): void {
    this.#tasks.set(entry.key, [task]);
  }

  /** True when no container of the attempt runs any more: see `containersGone`. */
  isGone(entry: Tracked): boolean {
    const tasks = this.#tasks.get(entry.key);
    if (tasks === undefined) return this.#nothingOf.has(entry.key);
    const unheardMs = this.takenAt - (entry.unheardSince ?? this.takenAt);
    return containersGone(tasks, this.#nodes ?? NO_NODES, unheardMs);
  }

  /** True when it is gone only with its node, whose engine has not told of its end. */
  isAway(entry: Tracked): boolean {
    const tasks = this.#tasks.get(entry.key) ?? [];
    const seen = tasks.filter(({ state }) => state !== 'orphaned');
    return this.isGone(entry) && (seen.length < tasks.length || !containersGone(seen, NO_NODES));
  }

  /**
   * True when the nodes say what to make of an attempt: swarm has given it up or tells of its end, and its
   * node may be gone, or its engine was restarted.
   */
  dependsOnNodes(entry: Tracked): boolean {
    return (this.#tasks.get(entry.key) ?? []).some(isDoubtful);
  }

  /** The swarm shows an end of the attempt, by its `attemptKey`; or nothing of it. */
  hasEnded(key: string): boolean {
    return this.#tasks.get(key)?.every(({ state }) => isTerminal(state)) ?? true;
  }

  /** Tasks that have not ended, by node. */
  activeByNode(): Map<string, number> {
    const active = new Map<string, number>();
    for (const { nodeId, state } of [...this.#tasks.values()].flat()) {
      if (nodeId === undefined || isTerminal(state)) continue;
      active.set(nodeId, (active.get(nodeId) ?? 0) + 1);
    }
    return active;
  }

  /** The swarm task of an attempt whose process was started, the newest one: its log is the attempt's. */
  startedTask(id: AttemptId): string | undefined {
    const tasks = this.#tasks.get(attemptKey(id)) ?? [];
    const started = tasks.filter(({ state, containerId }) => {
      return state === 'running' || (isTerminal(state) && containerId !== undefined);
    });
    return started.sort((a, b) => b.createdAt - a.createdAt)[0]?.id;
  }

  /** What this look says of an attempt. Absence counts only where the engine itself says so. */
  evidence(entry: Tracked): Evidence {
    const tasks = this.#tasks.get(entry.key);
    if (tasks !== undefined) {
      // One that was not tracked when the nodes could have been listed.
      if (this.#nodes === undefined && tasks.some(isDoubtful)) return { kind: 'unseen' };
      return withStart(classifyAttempt(tasks, this.#nodes ?? NO_NODES), entry);
    }
    if (entry.serviceId === undefined || this.#services === undefined) return { kind: 'unseen' };
    if (this.#services.has(entry.serviceId)) return { kind: 'waiting' };
    return this.#nothingOf.has(entry.key) ? { kind: 'absent' } : { kind: 'unseen' };
  }
}

function isDoubtful({ desiredState, state, witnessed }: ObservedTask): boolean {
  return isTerminal(state) ? !witnessed : isGivenUp(desiredState);
}

/** Tasks that have not ended, by job and node. */
function countByJob(tasks: readonly ObservedTask[]): Map<string, Map<string, number>> {
  const byJob = new Map<string, Map<string, number>>();
  for (const { nodeId, state, labels } of tasks) {
    const uid = labels[LABELS.job];
    if (uid === undefined || nodeId === undefined || isTerminal(state)) continue;
    const counts = byJob.get(uid) ?? new Map<string, number>();
    counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
    byJob.set(uid, counts);
  }
  return byJob;
}

/** An ended task no longer tells when it was started. */
function withStart(evidence: Evidence, { startedAt }: Tracked): Evidence {
  if (startedAt === undefined || !('trace' in evidence)) return evidence;
  return { ...evidence, trace: { startedAt, ...evidence.trace } };
}
