import { serviceName } from '../../internal/apis/index.ts';
import { waitFor } from '../lab/wait.ts';
import { bodyViolations } from './body-invariants.ts';
import type { Injection } from './injections.ts';
import type { AcceptedJob, Ledger } from './ledger.ts';
import { miscounts, nodeFaultsOf, type StoreContents } from './store-recount.ts';
import { INSTANCE, type World } from './world.ts';

/** All that is known at the end, from outside of the code under test. */
export interface Evidence {
  world: World;
  ledger: Ledger;
  injections: readonly Injection[];
  store: StoreContents;
  /** Names of the services that were created, one entry for each creation. */
  created: readonly string[];
}

/** Orphans are collected every 30 s. */
const CLEAN_UP_MS = 45_000;
/** An attempt that a fault cut short may be found so a while after the fault. */
const AFTERMATH_MS = 20_000;

/** What does not hold that always must. One line each; none is the aim. */
export async function findViolations(evidence: Evidence): Promise<string[]> {
  const { ledger, store } = evidence;
  return [
    ...ledger.jobs.flatMap((job) => jobViolations(evidence, job)),
    ...storeViolations(ledger, store),
    ...createdTwice(evidence),
    ...endedByThemselves(evidence.world),
    ...(await servicesLeft(evidence.world)),
  ];
}

function jobViolations(evidence: Evidence, job: AcceptedJob): string[] {
  const { ledger, store, injections } = evidence;
  if (job.endedAt === undefined) return [`job ${job.key} (${job.uid}) has not ended`];
  const stored = store.jobs.get(job.uid);
  if (stored === undefined) return [`job ${job.key} (${job.uid}) is not in the store`];
  const costly = metCostlyFault(job, injections);
  const wrong = [
    ...miscounts(job, stored),
    ...bodyViolations(job, ledger.deliveries(job), {
      outputMayBeLost: costly,
      wasHit: (index) => ledger.wasHit(job, index),
    }),
    ...stored.results.flatMap(({ attempts, losses, index }) => {
      const task = `job ${job.key} (${job.uid}) task ${index}`;
      // What a node could not start has a budget of its own.
      const counted = losses + nodeFaultsOf(stored, index);
      if (attempts !== counted + 1) return [`${task} spent backoffLimit: ${attempts}, ${counted}`];
      return counted > 0 && !costly ? [`${task} ran ${attempts} times with nothing lost`] : [];
    }),
  ];
  return wrong.length === 0 ? [] : [[...wrong, ...stored.timeline].join('\n    ')];
}

/** True when something that can lose attempts happened while the job was under way. */
function metCostlyFault(job: AcceptedJob, injections: readonly Injection[]): boolean {
  return injections.some(
    ({ fault, from, until }) =>
      fault.costsAttempts && job.sentAt < until + AFTERMATH_MS && (job.endedAt ?? from) > from,
  );
}

/** A submission that was sent again made one job; nothing is current any more. */
function storeViolations(ledger: Ledger, { uids, slots, active }: StoreContents): string[] {
  const accepted = new Set(ledger.jobs.map(({ uid }) => uid));
  const wrong = uids
    .filter((uid) => !accepted.has(uid))
    .map((uid) => `job ${uid} is in the store and was not accepted`);
  if (accepted.size !== ledger.jobs.length) wrong.push('two submissions were given the same job');
  if (slots !== 0) wrong.push(`${slots} slots are in use and no attempt is current`);
  if (active !== 0) wrong.push(`${active} jobs count as active and none is`);
  return wrong;
}

/** No more was started than first attempts and those that took the place of lost ones. */
function createdTwice({ ledger, store, created }: Evidence): string[] {
  const due = new Set(
    ledger.jobs.flatMap(({ uid }) =>
      (store.jobs.get(uid)?.results ?? []).flatMap(({ attempts, index }) =>
        Array.from({ length: attempts }, (_, i) =>
          serviceName({ jobUid: uid, index, attempt: i + 1 }),
        ),
      ),
    ),
  );
  const seen = new Set<string>();
  return created.flatMap((name) => {
    if (!due.has(name)) return [`service ${name} was created and is no attempt of a task`];
    if (seen.has(name)) return [`service ${name} was created twice`];
    seen.add(name);
    return [];
  });
}

function endedByThemselves({ apis, controllers }: World): string[] {
  const named = [
    ...apis.map((process, i) => ({ process, name: `API ${i}` })),
    ...controllers.map((process, i) => ({ process, name: `controller ${i}` })),
  ];
  return named
    .filter(({ process }) => !process.running)
    .map(({ name, process }) => `${name} ended by itself: ${process.lastLines()}`);
}

async function servicesLeft({ lab }: World): Promise<string[]> {
  const filters = { label: [`swarmer.instance=${INSTANCE}`] };
  let names: string[] = [];
  const none = async () => {
    const services = await lab.docker.listServices({ filters });
    names = services.map(({ Spec }) => Spec?.Name ?? '');
    return names.length === 0;
  };
  const wait = { what: 'the services to be gone', timeoutMs: CLEAN_UP_MS, intervalMs: 200 };
  return waitFor(none, wait).then(
    () => [],
    async () => {
      const tasks = JSON.stringify(await lab.docker.listTasks({ filters: { service: names } }));
      return names.map((name) => `service ${name} is left; the tasks are ${tasks}`);
    },
  );
}
