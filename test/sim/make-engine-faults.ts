import type { Rng } from './rng.ts';
import type { Fault, JobPlan } from './scenario.ts';

/** Nothing of it begins after so long, in ms. */
const UNTIL_MS = 12_000;

/** What an engine does now and then that no test can tell a real one to do. */
export function engineFaults(rng: Rng, nodes: readonly string[]): Fault[] {
  return [
    ...rarely(rng, 0.12, () => untrueLists(rng)),
    ...rarely(rng, 0.04, () => renewal(rng)),
    ...rarely(rng, 0.15, () => nodeTrouble(rng, nodes)),
    ...rarely(rng, 0.1, () => slowRenewals(rng)),
    ...rarely(rng, 0.1, () => halt(rng)),
  ];
}

/**
 * A creation takes effect long after it was given up, and meanwhile its job is cancelled, to be removed, or over its
 * time: it was removed by its name before it was there. Or it takes effect and is never answered.
 */
export function lateCreations(rng: Rng, jobs: readonly JobPlan[]): Fault[] {
  const job = jobs.find(({ wish, spec }) => wish === undefined && spec.callback !== undefined);
  if (job === undefined || !rng.chance(0.12)) return [];
  const isLost = rng.chance(0.5);
  const afterMs = rng.int(1000, isLost ? 4000 : 20_000);
  const soonMs = Math.min(afterMs, 12_000);
  if (rng.chance(0.6))
    job.wish = { what: rng.pick(['cancel', 'cancel', 'delete']), afterMs: soonMs };
  else job.spec.activeDeadlineSeconds ??= Math.ceil(afterMs / 1000);
  if (isLost) {
    return Array.from({ length: 20 }, (_, i) => {
      return { type: 'call', kind: 'engine.createService', nth: i + 1, how: 'lost' };
    });
  }
  return [1, 2, 3, 4, 5, 6].map((nth) => {
    // Given up after 15 s, removed by its name then, and looked for during 2 s.
    const ms = rng.int(15_100, rng.pick([17_000, 30_000]));
    return { type: 'slow', kind: 'engine.createService', nth, way: 'request', ms };
  });
}

/**
 * Engines are killed and started again while tasks run that end in order when they are told to stop: they were
 * cut short, whatever their exit status is.
 */
export function engineCrashes(
  rng: Rng,
  jobs: readonly JobPlan[],
  nodes: readonly string[],
): Fault[] {
  const [job] = jobs.filter(({ wish }) => wish === undefined);
  if (job === undefined || !rng.chance(0.12)) return [];
  for (const { fates } of job.tasks) {
    const [first] = fates;
    if (first === undefined) continue;
    const { ignoresTerm: _, ...fate } = first;
    fates[0] = { ...fate, startMs: 10, runMs: 8000, exitOnTerm: 0 };
  }
  const some = rng.chance(0.3) ? nodes : nodes.slice(1);
  return some.map((node) => {
    return { type: 'node', what: 'crash', node, atMs: job.atMs + rng.int(800, 5000), forMs: 2000 };
  });
}

function rarely<T>(rng: Rng, probability: number, make: () => T | T[]): T[] {
  return rng.chance(probability) ? ([make()].flat() as T[]) : [];
}

function untrueLists(rng: Rng): Fault {
  const of = rng.pick([['tasks'], ['services'], ['tasks', 'services']] as const);
  return {
    type: 'lists',
    atMs: rng.int(0, UNTIL_MS),
    forMs: rng.pick([500, 3000, 12_000]),
    of: [...of],
  };
}

function renewal(rng: Rng): Fault {
  return { type: 'renew', atMs: rng.int(500, UNTIL_MS), forMs: rng.pick([200, 3000]) };
}

/** For good only where there are other nodes. */
function nodeTrouble(rng: Rng, nodes: readonly string[]): Fault {
  const what = rng.pick(['bridge', 'disk'] as const);
  const atMs = rng.int(0, UNTIL_MS);
  if (rng.chance(0.3)) return { type: 'trouble', what, atMs, node: rng.pick(nodes.slice(1)) };
  return {
    type: 'trouble',
    what,
    atMs,
    node: rng.pick(nodes),
    forMs: rng.pick([1000, 3000, 10_000]),
  };
}

/** A leader hears late that its lease was renewed, while another one may take it over. */
function slowRenewals(rng: Rng): Fault[] {
  const first = rng.int(1, 8);
  const way = rng.pick(['reply', 'reply', 'request'] as const);
  return [first, first + 1].map((nth) => {
    return { type: 'slow', kind: 'lease.renewLease', nth, way, ms: rng.int(3500, 4900) };
  });
}

/** A process stands still beyond its lease, between what it has read and what it does. */
function halt(rng: Rng): Fault {
  const kinds = ['store.isCurrent', 'store.readTask', 'store.loadJob', 'engine.taskLogs'];
  const kind = rng.pick([...kinds, 'engine.listServices', 'engine.listNodes', 'jobs.getJob']);
  return { type: 'halt', kind, nth: rng.int(1, 3), forMs: rng.pick([7000, 12_000]) };
}
