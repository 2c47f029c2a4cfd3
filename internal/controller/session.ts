import type { Logger } from 'pino';
import {
  type AttemptId,
  attemptKey,
  type Evidence,
  type Owner,
  type OwnLogDriver,
  reportSecret,
} from '../apis/index.ts';
import type { CallbackDispatcher } from '../callback/index.ts';
import { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import { steadyClock } from '../clock/steady-clock.ts';
import type { PolicySource } from '../policy/index.ts';
import type {
  ChangeSource,
  ChangeTopic,
  ControllerStore,
  CronControllerStore,
  LogRelayStore,
  StoreError,
} from '../store/index.ts';
import type { Engine, EngineEvent } from '../swarm/index.ts';
import { WorkQueue } from '../workqueue/workqueue.ts';
import { AttemptSteps, type StepListener } from './attempt-steps.ts';
import { type CronJobsOptions, runCronJobs } from './cron-jobs.ts';
import type { Term } from './elector.ts';
import { Executor } from './executor.ts';
import { removeExpired } from './expiry.ts';
import { FaultyNodes, type NodeChange } from './faulty-nodes.ts';
import { publishInventory } from './inventory.ts';
import { type ImageSource, JobImages } from './job-images.ts';
import { type Work, workOf } from './live-tasks.ts';
import { LogRelay } from './log-relay.ts';
import { type ControllerMetrics, UNMEASURED } from './metrics.ts';
import { Observer } from './observer.ts';
import { OrphanCollector } from './orphans.ts';
import { OwnParts } from './own-parts.ts';
import { quarantineIn } from './quarantine.ts';
import { Reconciler } from './reconciler.ts';
import { Slots, type Weights } from './slots.ts';
import { watchEngine, watchJobs } from './sources.ts';
import { SwarmWatch } from './swarm-watch.ts';
import { tendNodes } from './tend-nodes.ts';
import { Timeline } from './timeline.ts';
import { type ControllerTraces, UNTRACED } from './traces.ts';
import { Tracker } from './tracker.ts';

/** What a controller works with. */
export interface SessionOptions {
  store: ControllerStore;
  changes: ChangeSource;
  /** Where the logs that somebody wants are relayed to. */
  logs: LogRelayStore;
  engine: Engine;
  /** What registries are asked. */
  images: ImageSource;
  callbacks: Pick<CallbackDispatcher, 'run' | 'wake'>;
  clock: Clock;
  log: Logger;
  crons: CronControllerStore;
  /** Writes what a user could write: cron jobs end and remove their jobs so. */
  wishes: CronJobsOptions['jobs'];
  /** What jobs may use. */
  policy: PolicySource;
  /** Label value that separates installations on one swarm. */
  instance: string;
  /** Most attempts at one time, over all jobs. */
  maxConcurrentTasks: number;
  /** How many times the slots of another namespace each of these gets; 1 where it is not named. */
  namespaceWeights?: Weights;
  /** Base URL under which tasks reach the report endpoint; without it they are told of none. */
  reportBaseUrl?: string;
  /** Network that every task is attached to. */
  network?: string;
  /** Name of Swarmer's own stack. */
  stack?: string | undefined;
  /** Where the output of tasks is kept whose job does not say. */
  logDriver?: OwnLogDriver;
  metrics?: ControllerMetrics;
  traces?: ControllerTraces;
}

/** The parts of one session, and the loops that run as long as it lasts. */
export interface Session {
  queue: WorkQueue<string>;
  reconciler: Reconciler;
  /** What is under way. */
  work(): Work;
  /** Sets a job aside. */
  quarantine: (uid: string, error: StoreError) => Promise<void>;
  /** Sources, observation, callbacks, collection: each ends when the term does. */
  loops: (() => Promise<void>)[];
  /** Resolves when the steps under way are over. */
  settled(): Promise<void>;
}

/** Failures to read a log, between looks that succeeded, after which it is given up. */
const MAX_LOG_FAILURES = 8;

/** Puts the parts of one term of leadership together. Nothing of an earlier term is kept. */
export async function openSession(options: SessionOptions, term: Term): Promise<Session> {
  const { store, changes, engine, callbacks, clock, log, instance, policy } = options;
  const { maxConcurrentTasks } = options;
  const { traces = UNTRACED } = options;
  const owner: Owner = { instance, storeId: await store.storeId() };
  const queue = new WorkQueue<string>(clock);
  const enqueue = (uid: string) => queue.add(uid);
  const tracker = new Tracker();
  const steady = steadyClock(clock);
  const timeline = new Timeline(store, log);
  const faultyNodes = new FaultyNodes(clock);
  const onNews = (id: AttemptId, evidence: Evidence) => {
    enqueue(id.jobUid);
    timeline.observed(id, evidence);
    const change = faultyNodes.observed(attemptKey(id), evidence);
    if (change !== undefined) tellOfNode(log, change);
    relay.observed();
  };
  const swarm = new SwarmWatch({ store, engine, term, clock: steady, log });
  const observer = new Observer({ engine, owner, tracker, swarm, clock, log, onNews });
  const settings = await taskSettings(options, owner);
  const relay = new LogRelay({
    ...{ logs: options.logs, engine, clock, log },
    attempts: () => tracker.ids(),
    swarmTask: (id) => observer.current.startedTask(id),
    secretOf: (id) => reportSecret(settings.reportKey, id),
  });
  const listener = stepListener({ tracker, observer, relay, options });
  const images = new JobImages({ images: options.images, store, term });
  const own = new OwnParts({ ...options, clock: steady });
  const steps = new AttemptSteps({
    ...{ store, engine, images, own, settings, policy, listener, faultyNodes, traces, term },
    clock: steady,
  });
  const setAside = quarantineIn(store, term, log);
  const quarantine = async (uid: string, error: StoreError) => {
    await setAside(uid, error);
    tracker.forgetJob(uid);
  };
  const executor = new Executor({
    ...{ steps, term, clock, log },
    onCorrupt: quarantine,
    onOver: enqueue,
  });
  const mostOf = (namespace: string) =>
    policy.rulesOf(namespace).quotas.concurrentTasks ?? Number.POSITIVE_INFINITY;
  const bells: Record<ChangeTopic, Bell> = {
    ...{ cronJobs: new Bell(), nodes: new Bell(), removals: new Bell(), inventory: new Bell() },
  };
  const slots = new Slots(maxConcurrentTasks, options.namespaceWeights, mostOf);
  const reconciler = new Reconciler({
    ...{ store, term, observer, swarm, tracker, executor, enqueue, slots, faultyNodes },
    enqueueFirst: (uid) => queue.addFirst(uid),
    clock: steady,
    mostOf,
    maxConcurrent: maxConcurrentTasks,
    onFinished: ({ metadata, spec }) => {
      callbacks.wake();
      if (metadata.ownerReference !== undefined) bells.cronJobs.ring();
      const isToGo = metadata.deletionTimestamp !== undefined || spec.ttlSecondsAfterFinished === 0;
      if (isToGo) bells.removals.ring();
    },
    traces,
  });
  const activeByNode = () => observer.activeByNode();
  // Whether a new job is to have a slot is decided at its first look: it does not wait for those of others.
  const onChange = (uid: string) => (slots.knows(uid) ? queue.add(uid) : queue.addFirst(uid));
  const onTopic = (topic: ChangeTopic) => bells[topic].ring();
  const onActive = (uids: readonly string[]) => reconciler.expect(uids);
  const orphans = new OrphanCollector({ engine, store, owner, term, clock, log });
  const onEvent = ({ attempt, action, at }: EngineEvent) => {
    if (attempt !== undefined && action === 'start') tracker.noteStart(attempt, at);
    if (attempt !== undefined && action === 'die') observer.expectEnd(attempt);
    else observer.hurry();
  };
  const { signal, fence } = term;
  return {
    queue,
    reconciler,
    work: () =>
      workOf({ attempts: tracker.values(), slots, maxConcurrentTasks, now: clock.monotonic() }),
    quarantine,
    loops: [
      () => observer.run(signal),
      () => watchJobs({ store, changes, clock, log, enqueue, onChange, onTopic, onActive }, signal),
      () => watchEngine({ engine, clock, log, onEvent }, signal),
      () => orphans.run(),
      () => tendNodes({ ...options, owner, bell: bells.nodes, clock: steady, term, activeByNode }),
      () => publishInventory({ ...options, own, bell: bells.inventory, clock: steady, term }),
      // By the clock on the wall: a machine that slept, or was put right, must not fire late ever after.
      () => runCronJobs({ ...options, jobs: options.wishes, bell: bells.cronJobs, term }),
      () => removeExpired({ store, term, bell: bells.removals, clock: steady, log }),
      () => callbacks.run(signal, fence),
      () => relay.run(signal),
    ],
    settled: async () => {
      await executor.settled();
      await timeline.written();
    },
  };
}

function tellOfNode(log: Logger, change: NodeChange): void {
  const { node } = change;
  if ('open' in change) log.info({ node }, 'a node starts tasks again');
  else log.warn({ node, delay: change.closedForMs }, 'a node cannot start tasks: it gets none');
}

async function taskSettings(options: SessionOptions, owner: Owner) {
  const { store, reportBaseUrl, network, logDriver = 'json-file' } = options;
  return {
    owner,
    reportKey: await store.reportKey(),
    logDriver,
    ...(reportBaseUrl === undefined ? {} : { reportBaseUrl }),
    ...(network === undefined ? {} : { network }),
  };
}

function stepListener({
  tracker,
  observer,
  relay,
  options: { clock, metrics = UNMEASURED, traces = UNTRACED },
}: {
  tracker: Tracker;
  observer: Observer;
  relay: LogRelay;
  options: SessionOptions;
}): StepListener {
  return {
    created(id: AttemptId, serviceId: string) {
      tracker.track(id, serviceId, observer.nextLook);
      observer.hurry();
    },
    unanswered: (id) => tracker.noteUnanswered(id),
    removing: (id, record) => relay.removing(id, record),
    removed(id: AttemptId) {
      tracker.noteRemoved(id, observer.nextLook, clock.monotonic());
      observer.hurry();
    },
    settled(id: AttemptId, record, { metadata }) {
      tracker.settled(id, observer.nextLook);
      relay.settled(id);
      metrics.attemptSettled(record);
      traces.attemptSettled(metadata, id, record, clock.now());
    },
    logFailed: (id) => tracker.countLogFailure(id, observer.current.number) >= MAX_LOG_FAILURES,
  };
}
