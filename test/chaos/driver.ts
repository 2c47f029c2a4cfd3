import type { TaskResult } from '../../internal/apis/index.ts';
import { waitFor } from '../lab/wait.ts';
import { KILLED } from './body-invariants.ts';
import { CreatedServices } from './created-services.ts';
import type { Injection } from './injections.ts';
import { type Evidence, findViolations } from './invariants.ts';
import { type AcceptedJob, Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { nodeFaults } from './node-faults.ts';
import { processFaults } from './process-faults.ts';
import { Random } from './random.ts';
import { ChaosReceiver } from './receiver.ts';
import { runSchedule } from './schedule.ts';
import { nodeFaultsOf, readStore, type StoreContents } from './store-recount.ts';
import type { World } from './world.ts';
import { worldFaults } from './world-faults.ts';

export interface ChaosOptions {
  world: World;
  seed: string;
  /** How long faults are begun, in ms. */
  lastsMs: number;
  say: (line: string) => void;
  /** Kinds of faults; all without it. */
  only?: RegExp;
}

export interface ChaosOutcome {
  injections: Injection[];
  jobs: number;
  tasks: number;
  /** Attempts beyond the first of each task. */
  rerun: number;
  /** Of those, how many had a node that could not start them. */
  notStarted: number;
  /** Tasks that ended because somebody removed their container. */
  killed: number;
  /** Creations of services that were seen; less than all attempts where the engine forgot its events. */
  created: number;
  /** Submissions that were sent again, and callbacks that were. */
  resent: number;
  redelivered: number;
  /** Outputs that a loss took with it, each flagged as unavailable. */
  outputsLost: number;
  /** What is wrong; empty when every invariant holds. */
  wrong: string[];
}

/** Longest time from the last fault until every accepted job has ended and all is cleaned up. */
const SETTLE_MS = 150_000;

/** Runs load and faults side by side for a time, heals everything, and checks the invariants. */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { world, say } = options;
  const random = new Random(options.seed);
  const ledger = new Ledger(world.receiver);
  const receiver = new ChaosReceiver(world.receiver, ledger, random.of('receiver'));
  const { apis, images } = world;
  const load = new Load({ apis, images, ledger, random: random.of('load') });
  const created = new CreatedServices();
  const [submitting, following] = [new AbortController(), new AbortController()];
  const followed = created.follow(world.lab, following.signal);
  const submitted = load.run(submitting.signal);

  const all = [
    ...processFaults(world),
    ...worldFaults(world, receiver, ledger),
    ...nodeFaults(world),
  ];
  const faults = all.filter(({ kind }) => options.only?.test(kind) ?? true);
  const stage = { load, ledger, say };
  const { lastsMs } = options;
  const { injections, wrong } = await runSchedule({ stage, faults, random, lastsMs });
  submitting.abort();
  await submitted.catch((error: unknown) => wrong.push(String(error)));
  say(`faults are over; ${ledger.unfinished().length} jobs are under way`);
  await settled(world, ledger).catch((error: Error) => wrong.push(error.message));
  following.abort();
  await followed;

  const evidence = { world, ledger, injections, store: await readStore(world.client, ledger.jobs) };
  const found = await findViolations({ ...evidence, created: created.names });
  const figures = { ...summary(evidence, load), created: created.names.length };
  return { ...figures, injections, wrong: [...wrong, ...found] };
}

/** Every job has ended, every callback is off the list, and no service is left. */
async function settled({ client }: World, ledger: Ledger): Promise<void> {
  const look = async () =>
    ledger.unfinished().length === 0 && (await client.zcard('swarmer:outbox')) === 0;
  const detail = () => `unfinished: ${ledger.unfinished().map(({ uid }) => uid)}`;
  await waitFor(look, { what: 'all jobs to end', timeoutMs: SETTLE_MS, detail });
}

function summary({ ledger, store }: Omit<Evidence, 'created'>, load: Load) {
  const stored = [...store.jobs.values()];
  const results = stored.flatMap((job) => job.results);
  const deliveries = ledger.jobs.map((job) => ledger.deliveries(job));
  return {
    jobs: ledger.jobs.length,
    tasks: results.length,
    notStarted: stored.reduce((sum, job) => sum + nodeFaultsOf(job), 0),
    killed: ledger.jobs.reduce((sum, job) => sum + killed(ledger, job, store), 0),
    rerun: results.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    resent: load.resent,
    redelivered: deliveries.reduce((sum, list) => sum + list.length - 1, 0),
    outputsLost: results.filter(({ output }) => output.log.state === 'unavailable').length,
  };
}

function killed(ledger: Ledger, job: AcceptedJob, { jobs }: StoreContents): number {
  const isKilled = ({ verdict }: TaskResult, index: number) =>
    ledger.wasHit(job, index) && verdict.exitStatus === KILLED;
  return jobs.get(job.uid)?.results.filter(isKilled).length ?? 0;
}
