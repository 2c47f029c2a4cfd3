import type { JobSpec } from '../../internal/apis/index.ts';
import type { NodeTrouble } from '../model/node-trouble.ts';
import { coincidences } from './make-coincidences.ts';
import { engineCrashes, engineFaults, lateCreations } from './make-engine-faults.ts';
import { lateCompletion, lateWrites, makeFaults, staleWrites } from './make-faults.ts';
import { bigJob, makeJobs } from './make-jobs.ts';
import { Rng } from './rng.ts';
import { type Target, targetsOf } from './targets.ts';

/** What the process of one attempt does when nothing comes between. */
export interface Fate {
  startMs: number;
  runMs: number;
  exitCode: number;
  /** Bytes of padding before the line that names the attempt, in lines of 40. */
  padding: number;
  report?: {
    afterMs: number;
    /** Null when its client says that the command was killed. */
    exitStatus: number | null;
    again: boolean;
    /** Its client has a wrong name for the task; or nobody hears it. */
    how?: 'refused' | 'unheard';
  };
  reject?: string;
  failStart?: string;
  ignoresTerm?: boolean;
  /** It ends in order when it is told to stop, and says so by this status. */
  exitOnTerm?: number;
  /** It has something to say when it is told to stop. */
  lastWords?: boolean;
  /** What the engine does not get rid of. */
  stuck?: 'record' | 'container';
}

export interface TaskPlan {
  name: string;
  /** By attempt; the last one is that of all further attempts. */
  fates: Fate[];
}

export interface JobPlan {
  name: string;
  atMs: number;
  /** The model's registry has what is called `registry.test/…`, and is silent on all others. */
  image: string;
  tasks: TaskPlan[];
  /** Tasks that are added later, in one call. */
  later?: { afterMs: number; tasks: TaskPlan[] };
  spec: Pick<JobSpec, 'backoffLimit' | 'lossLimit' | 'outputLimitBytes'> & Partial<JobSpec>;
  idempotent: boolean;
  /** The name that it shares with the job that is put in its place. */
  called?: string;
  /** What its user asks for after it was accepted. */
  wish?:
    | { what: 'cancel'; afterMs: number }
    /** `again`: another job takes its name at once. */
    | { what: 'delete'; afterMs: number; again?: boolean }
    | { what: 'suspend'; afterMs: number; forMs: number };
  /** What its user asks for once it has finished, one after the other. */
  afterwards: Afterwards[];
  /** How the receiver answers its first POSTs; then it takes them. */
  answers: Answer[];
}

/** Asked for `afterMs` after the job was seen to be finished. */
export interface Afterwards {
  what: 'retry' | 'redeliver' | 'delete';
  afterMs: number;
  /** Of a retry: positions of the tasks that are named; all that did not succeed where it is absent. */
  tasks?: number[];
}

export type Answer = 'take' | 'error' | 'busy' | 'refuse' | 'lost' | 'gone';

/** Something that goes wrong. Plain data, so that one can be left out to see whether it matters. */
export type Fault =
  | { type: 'crash'; kind: string; nth: number; side: 'before' | 'after'; backMs: number }
  | { type: 'kill'; atMs: number; who: Who; backMs: number }
  | { type: 'pause'; atMs: number; who: Who; forMs: number }
  | { type: 'stop'; atMs: number; who: Who; backMs: number }
  | { type: 'add'; atMs: number }
  | { type: 'wall'; atMs: number; who: Who; ms: number }
  | { type: 'outage'; atMs: number; of: 'store' | 'engine'; forMs: number; lost: number }
  | { type: 'call'; kind: string; nth: number; how: 'refused' | 'lost' }
  | { type: 'slow'; kind: string; nth: number; way: 'request' | 'reply'; ms: number }
  | { type: 'node'; atMs: number; what: NodeFault; node: string; forMs: number }
  | { type: 'manager'; atMs: number; forMs: number }
  | { type: 'service'; atMs: number; pick: number }
  /** Its process is killed, or the container removed by force. */
  | { type: 'container'; atMs: number; pick: number; removed: boolean }
  /** Lists are empty and untrue. */
  | { type: 'lists'; atMs: number; forMs: number; of: ('tasks' | 'services')[] }
  /** The swarm is left and made anew. */
  | { type: 'renew'; atMs: number; forMs: number }
  /** A node starts nothing, for a while or for good. */
  | { type: 'trouble'; atMs: number; what: NodeTrouble; node: string; forMs?: number }
  /** A node gets the memory that big jobs ask for. */
  | { type: 'room'; atMs: number; node: string }
  /** A process stands still at a call: when that has taken effect. */
  | { type: 'halt'; kind: string; nth: number; forMs: number }
  | { type: 'hints'; drop: number; repeat: number; stale: number };
export type NodeFault = 'kill' | 'partition' | 'drain' | 'remove' | 'crash' | 'restart';
/** Which controller process: that which leads, as far as the lease says, or another one. */
export type Who = 'leader' | 'other';

/** A whole run, but for the chance within it. */
export interface Scenario {
  seed: number;
  controllers: number;
  nodes: string[];
  maxConcurrent: number;
  jobs: JobPlan[];
  faults: Fault[];
}

/** The scenario of a seed. */
export function makeScenario(seed: number): Scenario {
  const rng = new Rng(seed).fork('scenario');
  const targets: Target[] = targetsOf(seed);
  const nodes = Array.from({ length: rng.int(2, 3) }, (_, i) => `n${i + 1}`);
  const controllers = rng.chance(0.6) ? 2 : 1;
  const maxConcurrent = rng.int(1, 6);
  const wanted = targets.map(({ kind }) => kind);
  const jobs = makeJobs(rng, wanted);
  const late = [...lateCompletion(rng, jobs), ...lateWrites(rng), ...staleWrites(rng)];
  const big = bigJob(rng.fork('big'), jobs.length, wanted);
  const room: Fault[] = big.map(({ roomAtMs }) => ({ type: 'room', atMs: roomAtMs, node: 'n1' }));
  jobs.push(...big.map(({ job }) => job));
  const ordinary = [...makeFaults(rng, targets, nodes), ...late];
  // By chance of their own: what they decide changes nothing else of a seed.
  const ofEngine = [
    ...engineFaults(rng.fork('engine'), nodes),
    ...lateCreations(rng.fork('creations'), jobs),
    ...engineCrashes(rng.fork('crashes'), jobs, nodes),
    ...coincidences(rng.fork('coincidences'), jobs, nodes),
  ];
  const faults = [...ordinary, ...ofEngine, ...room];
  return { seed, controllers, nodes, maxConcurrent, jobs, faults };
}
