import { fitPolicy, makePolicies, makeTemplate, SECRET } from './make-policies.ts';
import type { Rng } from './rng.ts';
import type { Afterwards, Answer, Fate, JobPlan, TaskPlan } from './scenario.ts';

/** What a job must have so that a side effect of that kind happens. */
interface Needs {
  failing: boolean;
  rejected: boolean;
  reporting: boolean;
  refused: boolean;
  later: boolean;
  lost: boolean;
  pinned: boolean;
  referring: boolean;
  slow: boolean;
  timed: boolean;
  cancelled: boolean;
  suspended: boolean;
  deadline: boolean;
  deleted: boolean;
  expired: boolean;
  retried: boolean;
  redelivered: boolean;
  answers: Answer[] | undefined;
}

/** One to four jobs that have, among them, what the wanted side effects need. */
export function makeJobs(rng: Rng, wanted: readonly string[]): JobPlan[] {
  // Each has a job of its own: a job that is cancelled at once does nothing else.
  const special = wanted.map(needsOf).filter(isSpecial);
  const count = Math.max(special.length, rng.pick([1, 1, 2, 2, 3, 4]));
  return Array.from({ length: count }, (_, i) => makeJob(rng, i, special[i] ?? needsOf('')));
}

/** Now and then, or where it is wanted, a job that no node can hold, until one gets more memory. */
export function bigJob(
  rng: Rng,
  number: number,
  wanted: readonly string[],
): { job: JobPlan; roomAtMs: number }[] {
  if (!rng.chance(0.08) && !wanted.some((kind) => kind.endsWith('wakeReturned'))) return [];
  const { wish: _, later: __, ...job } = makeJob(rng, number, needsOf(''));
  const resources = { reservations: { memory: '100g' } };
  const priority = rng.pick([0, 0, 1000]);
  const spec = { ...job.spec, resources, priority, lossLimit: 10 };
  delete spec.activeDeadlineSeconds;
  // What the engine does not get rid of keeps its memory for ever, and the next attempt would find none.
  const unstuck = ({ stuck: _, ...fate }: Fate): Fate => fate;
  const tasks = job.tasks.map((task) => ({ ...task, fates: task.fates.map(unstuck) }));
  return [{ job: { ...job, tasks, spec }, roomAtMs: rng.int(15_000, 60_000) }];
}

function isSpecial(needs: Needs): boolean {
  return Object.values(needs).some((need) => need !== undefined && need !== false);
}

function needsOf(kind: string): Needs {
  const any = (text: RegExp) => text.test(kind);
  const answers: Answer[] = any(/:dead/) ? ['gone'] : ['error', 'take'];
  return {
    failing: any(/:Failed|:retry|retryFailed|readCallback/),
    rejected: any(/:Rejected/),
    reporting: any(/:output|[rR]eport/),
    refused: any(/refuseReport/),
    later: any(/addTasks/),
    lost: any(/:Lost|:replace/),
    pinned: any(/pinImage/),
    referring: any(/engine.resolve/),
    slow: any(
      /:Lost|:replace|isCurrent|findTask|:TimedOut|:stopped|:note|:Cancelled|ndJob|cancel|suspend/,
    ),
    timed: any(/:TimedOut|:stopped|:note|findTask/),
    cancelled: any(/:Cancelled|cancelJob|store.endJob|findService/),
    suspended: any(/suspend/),
    deadline: any(/startJob/),
    deleted: any(/deleteJob/),
    expired: any(/expireJob/),
    retried: any(/retryFailed|readCallback/),
    redelivered: any(/redeliver|api.getJob/),
    answers: any(/recordDelivery:(dead|retry)/) ? answers : undefined,
  };
}

function makeJob(rng: Rng, number: number, needs: Needs): JobPlan {
  const name = `J${number + 1}`;
  // No two jobs within one ms: their uids would be in no certain order.
  const atMs = number * 20 + rng.int(0, 4000) * (number > 0 ? 1 : 0.1);
  const backoffLimit = needs.retried ? 0 : needs.failing ? rng.int(1, 2) : rng.pick([0, 0, 1, 2]);
  const later = needs.later || rng.chance(0.2);
  const callback = needs.answers !== undefined || rng.chance(0.9);
  // What a job must do, a rule of its own must not keep it from.
  const policies = isSpecial(needs) ? {} : makePolicies(rng);
  const tasks = (count: number, prefix: string, special?: Needs) =>
    fitPolicy(makeTasks(rng, count, prefix, special), policies);
  const wish = makeWish(rng, needs);
  // By chance of its own: what it decides changes nothing else of a seed.
  const chance = isSpecial(needs) ? {} : makeTemplate(rng.fork('template'));
  const template = needs.referring ? { secrets: [SECRET] } : chance;
  const made = {
    name,
    atMs,
    image: needs.pinned || rng.chance(0.3) ? 'registry.test/busybox:1' : 'busybox',
    tasks: stuckNowAndThen(rng.fork('stuck'), tasks(rng.pick([1, 2, 2, 3, 4, 6]), 't', needs)),
    ...(later
      ? {
          later: {
            afterMs: rng.int(0, rng.pick([1500, 8000])),
            tasks: tasks(rng.int(1, 3), 'u'),
          },
        }
      : {}),
    spec: {
      ...policies,
      ...template,
      backoffLimit,
      lossLimit: needs.lost ? 10 : rng.pick([10, 10, 10, 1, 0]),
      outputLimitBytes: rng.pick([1024, 1024, 64]),
      // The default wait of ten seconds would make every run long.
      ...(rng.chance(0.7) ? { retryBackoff: { baseMs: 500, maxMs: 4000 } } : {}),
      ...(needs.timed || rng.chance(0.08) ? { timeoutSeconds: rng.int(1, 4) } : {}),
      ...(needs.deadline || rng.chance(0.05) ? { activeDeadlineSeconds: rng.int(2, 20) } : {}),
      ...(needs.expired || rng.chance(0.08) ? { ttlSecondsAfterFinished: rng.int(0, 4) } : {}),
      ...(rng.chance(0.4) ? { parallelism: rng.int(1, 3) } : {}),
      ...(callback ? { callback: { url: `http://receiver.test/${name}` } } : {}),
    },
    idempotent: rng.chance(0.6),
    answers: needs.answers ?? makeAnswers(rng),
    afterwards: makeAfterwards(rng, needs, wish.wish?.what === 'suspend'),
    ...wish,
  };
  const own = named(rng.fork('named'), made);
  return replaced(rng.fork('again'), limited(rng.fork('grace'), own));
}

/** Now and then the engine does not get rid of what it is told to remove. The next attempt is another one. */
function stuckNowAndThen(rng: Rng, [first, ...others]: TaskPlan[]): TaskPlan[] {
  if (first === undefined) return others;
  const [fate, ...rest] = first.fates;
  if (fate === undefined || !rng.chance(0.06)) return [first, ...others];
  const stuck: Fate = { ...fate, runMs: 20_000, stuck: rng.pick(['record', 'container']) };
  return [{ ...first, fates: [stuck, ...(rest.length > 0 ? rest : [fate])] }, ...others];
}

/** Who removes a job may put another one in its place. Its tasks may have begun, and have no hurry to end. */
function replaced(rng: Rng, job: JobPlan): JobPlan {
  if (job.wish?.what !== 'delete' || !rng.chance(0.8)) return job;
  const afterMs = rng.int(1000, 6000);
  const stubborn = (fate: Fate): Fate => ({ ...fate, runMs: 20_000, ignoresTerm: true });
  const tasks = rng.chance(0.6)
    ? job.tasks.map((task) => ({ ...task, fates: task.fates.map(stubborn) }))
    : job.tasks;
  const wish = { what: 'delete', afterMs, again: true } as const;
  return { ...job, tasks, wish, called: job.name.toLowerCase(), idempotent: true };
}

/** Now and then only one task is to run again, mostly one that has failed. */
function named(rng: Rng, job: JobPlan): JobPlan {
  const fails = job.tasks.flatMap(({ fates }, i) => (fates.at(-1)?.exitCode === 0 ? [] : [i]));
  const some = rng.chance(0.8) && fails.length > 0 ? fails : job.tasks.map((_, i) => i);
  const tasks = [rng.pick(some)];
  const afterwards = job.afterwards.map((wish) =>
    wish.what === 'retry' && rng.chance(0.4) ? { ...wish, tasks } : wish,
  );
  return { ...job, afterwards };
}

/** A grace of its own; and what no signal ends has a limit, for the swarm never tells its end. */
function limited(rng: Rng, job: JobPlan): JobPlan {
  const driver = rng.fork('log').chance(0.15) ? { logDriver: lossyDriver(rng.fork('driver')) } : {};
  const grace = rng.chance(0.3) ? { terminationGracePeriodSeconds: rng.int(1, 3) } : {};
  const isStuck = job.tasks.some(({ fates }) => fates.some(({ stuck }) => stuck === 'container'));
  const limit = isStuck ? { timeoutSeconds: rng.int(1, 4), backoffLimit: 1 } : {};
  return { ...job, spec: { ...job.spec, ...driver, ...grace, ...limit } };
}

/** One by which what a task writes may get lost. */
function lossyDriver(rng: Rng): NonNullable<JobPlan['spec']['logDriver']> {
  const files = {
    'max-size': rng.pick(['200b', '300b', '1k']),
    'max-file': rng.pick(['1', '2', '3']),
  };
  return rng.pick([
    { name: 'none' },
    { name: 'json-file', options: { mode: 'non-blocking' } },
    { name: 'json-file', options: files },
    { name: 'json-file', options: files },
  ]);
}

function makeWish(rng: Rng, needs: Needs): Pick<JobPlan, 'wish'> {
  const afterMs = rng.int(0, 4000);
  if (needs.cancelled || rng.chance(0.06)) return { wish: { what: 'cancel', afterMs } };
  if (needs.deleted || rng.chance(0.04)) return { wish: { what: 'delete', afterMs } };
  if (!needs.suspended && !rng.chance(0.06)) return {};
  return { wish: { what: 'suspend', afterMs, forMs: rng.int(500, 6000) } };
}

const SEQUENCES = [
  ...[['retry'], ['retry', 'retry'], ['redeliver'], ['delete'], ['retry', 'delete']],
  ...[
    ['redeliver', 'retry'],
    ['delete', 'retry'],
    ['retry', 'redeliver'],
    ['redeliver', 'delete'],
  ],
] as const;

/** A job that is resumed too late would stay suspended when it is retried. */
function makeAfterwards(rng: Rng, needs: Needs, suspended: boolean): Afterwards[] {
  const afterMs = () => rng.pick([0, rng.int(1, 200), rng.int(200, 4000)]);
  if (needs.retried) return [{ what: 'retry', afterMs: afterMs() }];
  if (needs.redelivered) return [{ what: 'redeliver', afterMs: afterMs() }];
  if (suspended || isSpecial(needs) || !rng.chance(0.25)) return [];
  return rng.pick(SEQUENCES).map((what) => ({ what, afterMs: afterMs() }));
}

function makeAnswers(rng: Rng): Answer[] {
  if (rng.chance(0.6)) return [];
  const bad = ['error', 'busy', 'refuse', 'lost', 'lost'] as const;
  const answers: Answer[] = Array.from({ length: rng.int(1, 3) }, () => rng.pick(bad));
  return rng.chance(0.1) ? [...answers, 'gone'] : answers;
}

function makeTasks(rng: Rng, count: number, prefix: string, needs?: Needs): TaskPlan[] {
  return Array.from({ length: count }, (_, i) => {
    const special = i === 0 ? needs : undefined;
    const attempts = special?.failing || rng.chance(0.3) ? rng.int(1, 3) : 1;
    const fates = Array.from({ length: attempts }, (_, n) =>
      makeFate(rng, n === 0 ? special : undefined),
    );
    return { name: `${prefix}${i}`, fates };
  });
}

function makeFate(rng: Rng, needs: Needs | undefined): Fate {
  const fails = needs?.failing || rng.chance(0.3);
  const runMs = needs?.slow ? 20_000 : rng.pick([0, rng.int(1, 300), rng.int(300, 4000)]);
  const fate: Fate = {
    startMs: rng.pick([0, rng.int(1, 50), rng.int(50, 1500)]),
    runMs,
    exitCode: fails ? rng.pick([1, 2, 42]) : 0,
    padding: rng.pick([0, 0, 200]),
    ...(rng.chance(0.2) ? { ignoresTerm: true } : {}),
    ...(rng.chance(0.25) ? { exitOnTerm: 0 } : {}),
    ...(rng.fork('last words').chance(0.5) ? { lastWords: true } : {}),
  };
  if (needs?.rejected || rng.chance(0.06)) return { ...fate, ...refusal(rng) };
  return needs?.reporting || rng.chance(0.25) ? withReport(rng, fate, needs) : fate;
}

function refusal(rng: Rng): Partial<Fate> {
  return rng.chance(0.7)
    ? { reject: 'No such image: nothing:1' }
    : { failStart: 'exec: "/nothing": no such file or directory' };
}

/** Now and then the process lives on after its report, and its exit code says something else. */
function withReport(rng: Rng, fate: Fate, needs: Needs | undefined): Fate {
  const livesOn = rng.chance(0.08);
  const runMs = livesOn ? 60_000 : fate.runMs + 50;
  const afterMs = rng.int(0, livesOn ? 1000 : runMs);
  const exitStatus = rng.chance(0.3) ? 7 : fate.exitCode;
  const exitCode = rng.chance(0.3) ? 0 : fate.exitCode;
  const report = { afterMs, exitStatus, again: rng.chance(0.3) };
  const chance = rng.fork('report');
  const unheeded = { ...fate, runMs: Math.min(runMs, 5000), exitCode };
  if (needs?.refused) return { ...unheeded, report: { ...report, how: 'refused' } };
  if (needs?.reporting || chance.chance(0.7)) return { ...fate, runMs, exitCode, report };
  // A client whose command was killed ends with 0 all the same.
  if (chance.chance(0.3)) {
    return { ...fate, runMs, exitCode: 0, report: { ...report, exitStatus: null } };
  }
  const how = chance.pick(['refused', 'unheard'] as const);
  return { ...unheeded, report: { ...report, how } };
}
