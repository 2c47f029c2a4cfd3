import { isFinished, type Job } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { AttemptView, Snapshot } from '../planner/index.ts';
import {
  type Action,
  type AttemptAction,
  behindOthersMs,
  graceSeconds,
  holdsNoSlot,
  isAttemptAction,
  isHeld,
  isStanding,
  isUnsuited,
  type JobAction,
  plan,
  roomForTasks,
  waitsForNode,
} from '../planner/index.ts';
import type { ControllerStore, CurrentAttempt, JobState } from '../store/index.ts';
import { suits } from '../swarm/index.ts';
import type { Term } from './elector.ts';
import type { Executor } from './executor.ts';
import type { FaultyNodes } from './faulty-nodes.ts';
import type { Observer } from './observer.ts';
import { PlacementPace, StandingJobs } from './placement-pace.ts';
import type { MostOf, Slots } from './slots.ts';
import type { SwarmWatch } from './swarm-watch.ts';
import type { ControllerTraces } from './traces.ts';
import type { Tracked, Tracker } from './tracker.ts';

interface ReconcilerOptions {
  store: ControllerStore;
  term: Term;
  clock: Clock;
  observer: Observer;
  swarm: Pick<SwarmWatch, 'isOfEarlier'>;
  tracker: Tracker;
  executor: Executor;
  slots: Slots;
  faultyNodes: Pick<FaultyNodes, 'some' | 'closed'>;
  maxConcurrent: number;
  /** Most tasks at one time of a namespace. */
  mostOf: MostOf;
  enqueue: (uid: string) => void;
  /** The same, before the jobs that wait: one that has slots keeps others from having them. */
  enqueueFirst: (uid: string) => void;
  /** A job has finished: its callback is in the outbox, and the cron job that made it is to be planned. */
  onFinished: (job: Job) => void;
  traces: Pick<ControllerTraces, 'wants' | 'jobFinished'>;
}

/** When to look again at what could not be done just now, in ms. */
const UNCERTAIN_DELAY_MS = 200;

/** Age in ms from which a look says too little of the present to end an attempt by a time limit. */
const STALE_LOOK_MS = 3000;

/** What comes after a reconcile. */
interface Reconciled {
  /** In how many ms to look again even if nothing happens. */
  againAfterMs?: number | undefined;
  /** For how many ms to leave the job alone whatever happens. */
  restMs: number;
}

/**
 * A reconcile reads all current attempts of its job. So that many of them cost no more than few do, a job
 * rests the longer the more it has: 1 ms each 16.
 */
const ATTEMPTS_PER_REST_MS = 16;
const MAX_REST_MS = 250;

/** Brings one job a step nearer to its end: observe, plan, execute. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #unknown = new Set<string>();
  readonly #pace = new PlacementPace();
  readonly #standing = new StandingJobs();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /**
   * These jobs are there. Until those that are not known yet have been looked at nothing is started: nobody
   * knows who is to go first.
   */
  expect(uids: readonly string[]): void {
    for (const uid of uids) if (!this.#options.slots.knows(uid)) this.#unknown.add(uid);
  }

  async reconcile(uid: string): Promise<Reconciled> {
    try {
      return await this.#reconcile(uid);
    } finally {
      // One that cannot be read does not keep the others waiting.
      if (this.#unknown.delete(uid)) this.#shareSlots();
    }
  }

  async #reconcile(uid: string): Promise<Reconciled> {
    const { store, executor, observer, slots, clock, tracker } = this.#options;
    // The order matters: what is busy, then the look, then the store. A record read after its steps
    // ended is fresh, and a report read after the look was there, if at all, when the task ended.
    const busy = executor.busy(uid);
    const look = observer.current;
    const now = clock.now();
    const state = await store.loadJob(uid, now);
    if (state === undefined || isFinished(state.job.status.phase)) {
      slots.drop(uid);
      tracker.forgetJob(uid);
      this.#pace.forget(uid);
      this.#standing.forget(uid);
      this.#shareSlots();
      return { restMs: 0 };
    }
    // Attempts that an earlier leader started: nobody has looked for them yet.
    if (tracker.size === 0 && state.attempts.length > 0) observer.hurry();
    const limited = state.job.spec.placement?.maxPerNode !== undefined;
    const attempts = state.attempts.map((attempt) => {
      const view = this.#view(state.job, attempt, look);
      return limited && !busy.has(view.index) ? this.#withDoubt(uid, view, look) : view;
    });
    tracker.keepOnly(uid, attempts);
    const closedNodes = this.#closedNodes(state, attempts, look);
    const loads = this.#loads(uid, state, look, closedNodes);
    const placed = { ...state, attempts, busy, ...loads, closedNodes };
    const waits = waitsForNode(placed);
    const unsuited = attempts.some(isUnsuited);
    if (unsuited) observer.askNodes();
    const others = slots.standing() - slots.standingOf(uid);
    const standingRoom = Math.max(0, this.#options.maxConcurrent - others);
    const isKnown = this.#standing.note(uid, state.job.spec, attempts.some(isStanding));
    const othersStand = isKnown ? { othersStand: true as const } : {};
    const unplaced = { pace: this.#pace.of(uid), standingRoom, ...othersStand };
    const isBehind = behindOthersMs({ ...placed, ...unplaced, now, slots: 0 }) !== undefined;
    this.#noteDemand(uid, placed, waits || isBehind ? 0 : roomForTasks(placed));
    this.#shareSlots();
    const capacities = unsuited ? look.capacities() : undefined;
    const staleLook = clock.monotonic() - look.takenAt > STALE_LOOK_MS;
    const slotCount = slots.granted(uid);
    const seen = capacities === undefined ? placed : { ...placed, capacities };
    const actions = plan({ ...seen, ...unplaced, now, slots: slotCount, staleLook });
    const restMs = Math.min(MAX_REST_MS, Math.floor(attempts.length / ATTEMPTS_PER_REST_MS));
    return { againAfterMs: await this.#execute(uid, state, actions), restMs };
  }

  /** What each node has of a job that limits that, if the look shows all of it. */
  #loads(
    uid: string,
    { job }: JobState,
    look: Observer['current'],
    closed: readonly string[],
  ): Pick<Snapshot, 'nodes'> {
    const { observer, tracker, enqueue } = this.#options;
    if (job.spec.placement?.maxPerNode === undefined) return {};
    const nodes = look.number >= tracker.settledFrom(uid) ? look.loads(uid) : undefined;
    if (nodes !== undefined) {
      observer.askNodes();
      return { nodes: nodes.filter(({ id }) => !closed.includes(id)) };
    }
    observer.askNodes(() => enqueue(uid));
    observer.hurry();
    return {};
  }

  /** The nodes that services of the job are kept from, as they fail to start tasks. */
  #closedNodes(
    { job }: JobState,
    attempts: readonly AttemptView[],
    look: Observer['current'],
  ): string[] {
    const { faultyNodes, observer } = this.#options;
    if (!faultyNodes.some) return [];
    const { placement = {} } = job.spec;
    // Whether others are left for it matters only where it waits for one.
    const waits = attempts.some(({ evidence }) => evidence.kind === 'waiting' && evidence.stuck);
    if (waits) observer.askNodes();
    const nodes = look.activeNodes()?.filter((node) => suits(node, placement));
    return faultyNodes.closed(nodes?.map(({ id }) => id));
  }

  /** @param room how many tasks the nodes can take. */
  #noteDemand(
    uid: string,
    { job, attempts, runnable }: JobState & { attempts: readonly AttemptView[] },
    room: number,
  ): void {
    const { parallelism = Number.POSITIVE_INFINITY } = job.spec;
    // A job that is not to start anything must not hold slots that others could use.
    const held = isHeld(job) || job.status.ending !== undefined;
    const startable = held ? 0 : Math.min(runnable, room);
    const { priority = 0 } = job.spec;
    const { namespace } = job.metadata;
    const { pending, total } = job.status.counts;
    const standing = attempts.filter(holdsNoSlot).length;
    const active = attempts.length - standing;
    const demand = { active, standing, runnable: startable, parallelism };
    this.#options.slots.update(uid, {
      ...demand,
      priority,
      namespace,
      untouched: pending === total,
    });
  }

  #shareSlots(): void {
    if (this.#unknown.size > 0) return;
    for (const uid of this.#options.slots.distribute()) this.#options.enqueueFirst(uid);
  }

  #view(
    { metadata: { uid }, spec }: Job,
    attempt: CurrentAttempt,
    look: Observer['current'],
  ): AttemptView {
    const { tracker, observer, clock, swarm } = this.#options;
    const { record, report } = attempt;
    const id = { jobUid: uid, index: attempt.index, attempt: record.attempt };
    // An earlier leader may have been about to create its service.
    const inherited = !tracker.has(id) && record.serviceId === undefined;
    const entry = tracker.track(id, record.serviceId, observer.nextLook);
    entry.graceMs = graceSeconds(spec) * 1000;
    tracker.noteSeen(id, record);
    if (inherited) tracker.noteUnanswered(id);
    // By a leader before this one. A look that begins now can tell what became of the container.
    if (record.removedAt !== undefined && entry.removed === undefined) {
      tracker.noteRemoved(id, observer.nextLook, clock.monotonic());
    }
    const evidence = look.evidence(entry);
    const swarmReplaced = evidence.kind === 'absent' && swarm.isOfEarlier(record.claimedAt);
    const seen: AttemptView = {
      ...attempt,
      evidence: swarmReplaced ? { kind: 'absent', swarmReplaced } : evidence,
    };
    const unsuitedMs = this.#notePlacement(uid, seen, entry, look.takenAt);
    const view = {
      ...seen,
      ...(look.isGone(entry) ? { gone: true as const } : {}),
      ...(look.isAway(entry) ? { away: true as const } : {}),
      ...(look.remains(entry) ? { remains: true as const } : {}),
      ...(unsuitedMs === undefined ? {} : { unsuitedMs }),
    };
    const reportAgeMs = tracker.reportAge(entry, report, clock.monotonic());
    return reportAgeMs === undefined ? view : { ...view, reportAgeMs };
  }

  /** @returns for how long swarm has found no node for an attempt, in ms. */
  #notePlacement(
    uid: string,
    view: AttemptView,
    entry: Tracked,
    takenAt: number,
  ): number | undefined {
    if (isUnsuited(view)) {
      // Only the first time: what stands for its job slows it down no more than that.
      if (entry.unsuitedSince === undefined) this.#pace.unsuited(uid);
      entry.unsuitedSince ??= takenAt;
      return takenAt - entry.unsuitedSince;
    }
    const { kind } = view.evidence;
    const hasNode = kind === 'waiting' ? view.evidence.nodeId !== undefined : kind !== 'unseen';
    if (!hasNode || entry.placed) return undefined;
    entry.placed = true;
    if (entry.unsuitedSince === undefined) this.#pace.placed(uid);
    return undefined;
  }

  #withDoubt(uid: string, view: AttemptView, look: Observer['current']): AttemptView {
    const { tracker, observer } = this.#options;
    const { index, record } = view;
    const { nextLook } = observer;
    const id = { jobUid: uid, index, attempt: record.attempt };
    const entry = tracker.track(id, record.serviceId, nextLook);
    const uncertain = tracker.isUncertain(entry, look.number, nextLook);
    return uncertain && record.serviceId === undefined ? { ...view, uncertain } : view;
  }

  async #execute(uid: string, state: JobState, actions: Action[]): Promise<number | undefined> {
    const { executor, tracker } = this.#options;
    const steps = new Map<number, AttemptAction[]>();
    for (const action of actions.filter(isAttemptAction)) {
      const earlier = steps.get(action.index);
      if (earlier === undefined) steps.set(action.index, [action]);
      else earlier.push(action);
    }
    for (const { index, record } of state.attempts) {
      const own = steps.get(index);
      if (own === undefined) continue;
      if (own[0]?.type === 'CreateService') {
        tracker.noteCreating({ jobUid: uid, index, attempt: record.attempt });
      }
      executor.start(uid, state.job, index, record, own);
    }
    const delays: (number | undefined)[] = [];
    for (const action of actions) {
      if (!isAttemptAction(action)) delays.push(await this.#executeJobAction(uid, state, action));
    }
    const known = delays.filter((delay) => delay !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  /** @returns in how many ms to look again, if the action says so. */
  async #executeJobAction(
    uid: string,
    state: JobState,
    action: JobAction,
  ): Promise<number | undefined> {
    if (action.type === 'RequeueAfter') return action.afterMs;
    const { clock, term } = this.#options;
    if (!term.mayAct()) return UNCERTAIN_DELAY_MS;
    switch (action.type) {
      case 'StartTasks':
        return this.#startTasks(uid, state, action.count);
      case 'StartJob':
        return this.#mark(uid, (store, fence) => store.startJob(fence, uid, clock.now()));
      case 'EndJob':
        return this.#mark(uid, (store, fence) => store.endJob(fence, uid, action.ending));
      case 'CompleteJob':
        return this.#complete(uid, state);
    }
  }

  /** Stores a fact about the job, and plans it again with that. */
  async #mark(
    uid: string,
    write: (store: ControllerStore, fence: Term['fence']) => Promise<void>,
  ): Promise<undefined> {
    const { store, term, enqueue } = this.#options;
    await write(store, term.fence);
    enqueue(uid);
  }

  async #startTasks(uid: string, state: JobState, limit: number): Promise<number | undefined> {
    const { store, term, clock, maxConcurrent, executor, slots, tracker, observer, enqueue } =
      this.#options;
    const { namespace } = state.job.metadata;
    const mostOfIt = this.#options.mostOf(namespace) + slots.standing(namespace);
    const ofNamespace = { namespace, most: mostOfIt };
    // The store counts all current attempts; those that wait for a node hold no slot.
    const most = maxConcurrent + slots.standing();
    const claim = { limit, maxConcurrent: most, ofNamespace, now: clock.now() };
    const claimed = await store.claimTasks(term.fence, uid, claim);
    slots.use(uid, claimed.length);
    // Where these may run, or whether, depends on the others: that is for the next plan.
    const spread = state.job.spec.placement?.maxPerNode !== undefined;
    for (const { index, record, task } of claimed) {
      const id = { jobUid: uid, index, attempt: record.attempt };
      tracker.track(id, undefined, observer.nextLook);
      if (spread || record.takenBack) {
        enqueue(uid);
        continue;
      }
      const known = task === undefined ? {} : { task };
      const create = { type: 'CreateService', index, record, ...known } as const;
      executor.start(uid, state.job, index, record, [create]);
    }
    // The store counts attempts of jobs that this process has not come across yet.
    return claimed.length < limit ? UNCERTAIN_DELAY_MS : undefined;
  }

  async #complete(uid: string, { job }: JobState): Promise<undefined> {
    const { store, term, clock, onFinished, enqueue, traces } = this.#options;
    const finished = await store.completeJob(term.fence, uid, clock.now());
    if (finished) onFinished(job);
    enqueue(uid);
    if (!finished || !traces.wants(job.metadata)) return;
    const ended = await store.loadJob(uid, clock.now());
    if (ended !== undefined) traces.jobFinished(ended.job);
  }
}
