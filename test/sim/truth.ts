import { type AttemptId, attemptKey } from '../../internal/apis/index.ts';
import type { Behaviour } from '../model/behaviour.ts';
import type { ProcessEnd } from '../model/process.ts';
import type { Fate, JobPlan, TaskPlan } from './scenario.ts';

/** What a process writes. Every text names its attempt, so that none can be taken for another's. */
export interface Written {
  stdout: string;
  stderr: string;
}

interface NodeTrouble {
  nodeId: string;
  from: number;
  to: number;
  /** The managers could not reach it. */
  cut: boolean;
}

/** An engine that restarts may tell late of what ended before, and be believed late: ms around it. */
const TROUBLE_BEFORE_MS = 12_000;
const TROUBLE_AFTER_MS = 30_000;
/** After a change of managers nodes are unknown for so long at most, in ms. */
const NODES_UNKNOWN_MS = 35_000;

/** What every attempt really does, and which of them something was done to. */
export class Truth {
  readonly #jobs = new Map<string, JobPlan>();
  readonly #hit = new Set<string>();
  readonly #renewed = new Set<string>();
  readonly #troubles: NodeTrouble[] = [];
  readonly #begun = new Map<string, number>();
  readonly #broken = new Map<string, number>();
  readonly #changes: { from: number; to: number }[] = [];
  readonly #looks: number[] = [];
  /** How the processes of an attempt ended; mostly there is one. */
  readonly #ends = new Map<string, (ProcessEnd & { at: number })[]>();

  register(uid: string, plan: JobPlan): void {
    this.#jobs.set(uid, plan);
  }

  get uids(): string[] {
    return [...this.#jobs.keys()];
  }

  planOf(uid: string): JobPlan {
    const plan = this.#jobs.get(uid);
    if (plan === undefined) throw new Error(`nobody has submitted job ${uid}`);
    return plan;
  }

  fateOf({ jobUid, index, attempt }: AttemptId): Fate {
    const task = tasksOf(this.planOf(jobUid))[index];
    const fate = task?.fates[Math.min(attempt, task.fates.length) - 1];
    if (fate === undefined) throw new Error(`job ${jobUid} has no task ${index}`);
    return fate;
  }

  /**
   * What each process of the attempt has written; of one that was told to stop with its last words. Of one that
   * lives on nobody has all.
   */
  writtenBy(id: AttemptId): Written[] {
    const ends = this.#ends.get(attemptKey(id)) ?? [];
    if (ends.length === 0 && this.beganAt(id) !== undefined) return [];
    const { stdout, stderr } = this.#writtenAtOnce(id);
    const last = this.#lastWords(id);
    if (ends.length === 0) return [{ stdout, stderr }];
    return ends.map(({ told }) => ({ stdout: told ? stdout + last : stdout, stderr }));
  }

  #writtenAtOnce(id: AttemptId): Written {
    if (this.fateOf(id).failStart !== undefined) return { stdout: '', stderr: '' };
    return written(this.planOf(id.jobUid).name, id, this.fateOf(id), 'log');
  }

  #lastWords(id: AttemptId): string {
    return this.fateOf(id).lastWords ? `last words of ${attemptKey(id)}\n` : '';
  }

  reportedBy(id: AttemptId): Written {
    return written(this.planOf(id.jobUid).name, id, this.fateOf(id), 'report');
  }

  behaviourOf(id: AttemptId): Partial<Behaviour> {
    const { padding: _, report: __, lastWords: ___, ...behaviour } = this.fateOf(id);
    return { ...behaviour, ...this.#writtenAtOnce(id), stdoutOnTerm: this.#lastWords(id) };
  }

  /** @param at in ms of virtual time. */
  began(id: AttemptId, at: number): void {
    const key = attemptKey(id);
    if (!this.#begun.has(key)) this.#begun.set(key, at);
  }

  /** When its first process began, in ms of virtual time; undefined where there was none. */
  beganAt(id: AttemptId): number | undefined {
    return this.#begun.get(attemptKey(id));
  }

  /** @param at in ms of virtual time. */
  ended(id: AttemptId, end: ProcessEnd, at: number): void {
    const key = attemptKey(id);
    this.#ends.set(key, [...(this.#ends.get(key) ?? []), { ...end, at }]);
  }

  /** When its process ended by itself, in ms of virtual time; undefined where none did. */
  endedAt(id: AttemptId): number | undefined {
    return this.#ends.get(attemptKey(id))?.find(({ by }) => by === 'itself')?.at;
  }

  /** A process of the attempt came to its end by itself, with that status. */
  endedItself(id: AttemptId, exitCode: number): boolean {
    const ends = this.#ends.get(attemptKey(id)) ?? [];
    return ends.some((end) => end.by === 'itself' && end.exitCode === exitCode);
  }

  /** Somebody removes the service of an attempt by hand, or kills its process. */
  hit(id: AttemptId): void {
    this.#hit.add(attemptKey(id));
  }

  /** The swarm that its service was in is left and made anew. */
  renewed(id: AttemptId): void {
    this.hit(id);
    this.#renewed.add(attemptKey(id));
  }

  /** There is a service of it in the present swarm. */
  isMadeAnew(id: AttemptId): void {
    this.#renewed.delete(attemptKey(id));
  }

  /** Its service went with its swarm. */
  wentWithSwarm(id: AttemptId): boolean {
    return this.#renewed.has(attemptKey(id));
  }

  /** Nothing happened to any node, and the managers stayed the same. */
  get isQuiet(): boolean {
    return this.#troubles.length + this.#changes.length === 0;
  }

  /** Something happens to a node, between two points of virtual time. */
  trouble(nodeId: string, from: number, to: number, cut: boolean): void {
    this.#troubles.push({ nodeId, from, to, cut });
  }

  /** True when, in that time, the managers may not have reached the node. */
  wasCut(nodeId: string, from: number, to: number): boolean {
    const cut = this.#troubles.some(
      (it) => it.cut && it.nodeId === nodeId && from <= it.to && to >= it.from,
    );
    return cut || this.nodesWereUnknown(from, to);
  }

  /** True when the managers could not reach the node at that time, nor for as long after it, in ms. */
  wasCutFor(nodeId: string | undefined, at: number, forMs: number): boolean {
    const isOver = ({ from, to }: NodeTrouble) => from <= at && to >= at + forMs;
    return this.#troubles.some((it) => it.cut && it.nodeId === nodeId && isOver(it));
  }

  /** Somebody who leads has listed the nodes. */
  nodesListed(at: number): void {
    this.#looks.push(at);
  }

  /** True when, after that time, something happened to the node before anybody listed the nodes. */
  changedUnseen(nodeId: string | undefined, after: number): boolean {
    const look = this.#looks.find((at) => at >= after) ?? Number.POSITIVE_INFINITY;
    return this.#troubles.some((it) => it.nodeId === nodeId && it.from > after && it.from <= look);
  }

  /** A node starts nothing from now on. */
  startsNothing(nodeId: string, from: number): void {
    this.#broken.set(nodeId, from);
  }

  /** Some node starts nothing, or did. */
  get hasBroken(): boolean {
    return this.#broken.size > 0;
  }

  /** The node was seen to start nothing before that time. */
  wasBroken(nodeId: string | undefined, by: number): boolean {
    return nodeId !== undefined && (this.#broken.get(nodeId) ?? Number.POSITIVE_INFINITY) <= by;
  }

  /** The managers change: for a while no node is known, and no log can be read. */
  managersChange(from: number, to: number): void {
    this.#changes.push({ from, to: to + NODES_UNKNOWN_MS });
  }

  /** True when, in that time, the managers may not have known the nodes. */
  nodesWereUnknown(from: number, to: number): boolean {
    return this.#changes.some((it) => from <= it.to && to >= it.from);
  }

  /** True when something was done to an attempt, or to its node while it may have been on it. */
  wasHit(id: AttemptId, nodeId: string | undefined, from: number, to: number): boolean {
    if (this.#hit.has(attemptKey(id))) return true;
    return this.#troubles.some(
      (it) =>
        it.nodeId === nodeId &&
        from <= it.to + TROUBLE_AFTER_MS &&
        to >= it.from - TROUBLE_BEFORE_MS,
    );
  }
}

/** The tasks of a job in submission order, those that are added later included. */
export function tasksOf({ tasks, later }: JobPlan): TaskPlan[] {
  return [...tasks, ...(later?.tasks ?? [])];
}

function written(job: string, { index, attempt }: AttemptId, fate: Fate, what: string): Written {
  const name = `${what} of ${job}/${index}/${attempt}`;
  const padding = `${'x'.repeat(39)}\n`.repeat(fate.padding / 40);
  return { stdout: `${padding}stdout: ${name}\n`, stderr: `stderr: ${name}\n` };
}
