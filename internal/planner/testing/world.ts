import {
  type AttemptId,
  type AttemptRecord,
  attemptKey,
  type CompletionPolicy,
  DEFAULT_OUTPUT_LIMIT_BYTES,
  type JobSpec,
} from '../../apis/index.ts';
import type { AttemptAction } from '../actions.ts';
import { EngineModel, type Look } from './engine-model.ts';
import type { Entry } from './journal.ts';
import { StoreModel } from './store-model.ts';

export const JOB = '01JGFJJZ000000000000000000';

/** The limits of a job, and of the installation that runs it. */
export interface Setup {
  tasks: number;
  parallelism: number | undefined;
  backoffLimit: number;
  lossLimit: number;
  completionPolicy: CompletionPolicy;
  /** Most current attempts over all jobs. */
  capacity: number;
  /** Containers whose service was removed never go. */
  stuck: boolean;
}

/** Planned steps of one task, and the record they were planned on. */
export interface Steps {
  id: AttemptId;
  record: AttemptRecord;
  left: AttemptAction[];
}

/** What the controller holds in memory: a crash loses all of it. */
export interface Memory {
  /** Number of the last look begun, and the look last published with its number. */
  begun: number;
  look: { number: number; found: Look };
  /** A look that was taken and is not published yet. */
  pending: { number: number; found: Look } | undefined;
  /** Number of the first look that can tell that an attempt's service is gone. */
  visibleFrom: Map<string, number>;
  /** Number of the first look that can tell that the container of a removed service is gone. */
  removedFrom: Map<string, number>;
  reportSeenAt: Map<string, number>;
  underWay: Map<number, Steps>;
}

/** One job, the store and the swarm around it, and one controller. Nothing moves by itself. */
export interface World {
  readonly spec: JobSpec;
  readonly capacity: number;
  readonly stuck: boolean;
  readonly store: StoreModel;
  readonly engine: EngineModel;
  /** A user wants the job to end. */
  cancelled: boolean;
  /** Slots that other jobs hold. */
  others: number;
  /** Unix time in ms; may jump. */
  wall: number;
  /** Ms from an arbitrary start. */
  elapsed: number;
  memory: Memory;
  /** The steps begun last, as they were planned; kept over a crash, for a controller out of step. */
  lastBegun: Steps | undefined;
  /** What truly happened to each attempt, whoever noticed, and when. By attempt key. */
  readonly facts: Map<string, Map<Fact, number>>;
  /** Attempts whose process has started. */
  readonly processes: AttemptId[];
  readonly journal: Entry[];
}

/** What a report says: a status, that there was none, or nothing that can be understood. */
export type Told = number | 'none' | 'nonsense';

export type Fact =
  | `ended ${number}`
  | `reported ${Told}`
  | 'rejected'
  | 'node fault'
  | 'lost'
  | 'removed';

export function makeWorld(setup: Setup): World {
  const { tasks, parallelism, backoffLimit, lossLimit, capacity, stuck } = setup;
  const { completionPolicy } = setup;
  return {
    spec: {
      image: 'alpine:3.20',
      backoffLimit,
      lossLimit,
      completionPolicy,
      outputLimitBytes: DEFAULT_OUTPUT_LIMIT_BYTES,
      ...(parallelism === undefined ? {} : { parallelism }),
    },
    capacity,
    stuck,
    store: new StoreModel(tasks),
    engine: new EngineModel(),
    cancelled: false,
    others: 0,
    wall: Date.UTC(2026, 0, 1),
    elapsed: 0,
    memory: freshMemory(),
    lastBegun: undefined,
    facts: new Map(),
    processes: [],
    journal: [],
  };
}

export function freshMemory(): Memory {
  return {
    begun: 0,
    look: { number: 0, found: new Map() },
    pending: undefined,
    visibleFrom: new Map(),
    removedFrom: new Map(),
    reportSeenAt: new Map(),
    underWay: new Map(),
  };
}

export function idOf(index: number, { attempt }: { attempt: number }): AttemptId {
  return { jobUid: JOB, index, attempt };
}

/** Notes what happened to an attempt, with the time of its first time. */
export function note(world: World, id: AttemptId, fact: Fact): void {
  const facts = factsOf(world, id);
  if (!facts.has(fact)) world.facts.set(attemptKey(id), new Map(facts).set(fact, world.elapsed));
}

export function factsOf(world: World, id: AttemptId): ReadonlyMap<Fact, number> {
  return world.facts.get(attemptKey(id)) ?? new Map<Fact, number>();
}
