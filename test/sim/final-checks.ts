import {
  type AttemptId,
  attemptKey,
  attemptOf,
  isFinished,
  type Job,
  type TaskResult,
  type Verdict,
} from '../../internal/apis/index.ts';
import type { TaskView } from '../../internal/store/index.ts';
import { endedTask, pageTasks, renderBody } from '../../internal/wire/index.ts';
import type { JobEntry } from './ledger.ts';
import { POLICY_STATUS } from './make-policies.ts';
import { type Truth, tasksOf, type Written } from './truth.ts';
import type { World } from './world.ts';

/** Checks what is left when everything has ended: Redis, the swarm and the receiver must agree. */
export async function checkEnd(world: World): Promise<void> {
  const { users, monitor, violations, swarm, redis, keys } = world;
  for (const [uid, total] of users.accepted) {
    const known = monitor.ledger.jobs.get(uid)?.total;
    // Tasks whose adding was not answered may be there all the same, but all of them or none.
    const { tasks, later } = world.truth.planOf(uid);
    const whole = known === tasks.length || known === tasks.length + (later?.tasks.length ?? 0);
    const there = known !== undefined && known >= total && whole;
    violations.check(there, 'what was acknowledged is stored', () => `${uid}: ${known}`);
  }
  for (const job of monitor.ledger.jobs.values()) await checkJob(world, job);
  checkIdempotency(world);
  const services = swarm.actual.services.map(({ Spec }) => Spec.Name);
  violations.check(services.length === 0, 'no service is left', () => services.join());
  const slots = Number((await redis.get(keys.slots)) ?? 0);
  violations.check(slots === 0, 'no slot is left taken', () => `slots is ${slots}`);
  const due = await redis.zcard(keys.outbox);
  violations.check(due === 0, 'no callback is left', () => `${due} are in the outbox`);
}

function checkIdempotency({ scenario, monitor, truth, violations }: World): void {
  const uids = [...monitor.ledger.jobs.keys()];
  for (const plan of scenario.jobs) {
    const made = uids.filter((uid) => truth.planOf(uid) === plan).length;
    const invariant = 'a repeated submission is the same job';
    violations.check(made === 1 || !plan.idempotent, invariant, () => `${plan.name}: ${made}`);
  }
}

async function checkJob(world: World, entry: JobEntry): Promise<void> {
  const { stores, violations } = world;
  const { uid } = entry;
  checkCallbacks(world, entry);
  if (isToGo(entry, world.truth)) return checkGone(world, uid);
  const job = await stores.jobs.getJob(uid);
  if (job === undefined) {
    violations.add('an accepted job is there', uid);
    return;
  }
  const ended = isFinished(job.status.phase);
  violations.check(ended, '4: every accepted job ends', () => `${uid} is ${job.status.phase}`);
  const tasks = await stores.jobs.readTasks(uid, 0, entry.total + 1);
  checkCounts(world, job, tasks, entry);
  checkPhase(world, job);
  for (const task of tasks) checkTask(world, entry, job, task);
  await checkLastCallback(world, entry, job);
}

/** True when a job does not outlive its end. */
export function isToGo({ uid, deleting }: JobEntry, truth: Truth): boolean {
  return deleting || truth.planOf(uid).spec.ttlSecondsAfterFinished !== undefined;
}

async function checkGone({ redis, keys, violations }: World, uid: string): Promise<void> {
  const left = await redis.keys(`*${uid}*`);
  const active = await redis.sismember(keys.activeJobs, uid);
  violations.check(left.length === 0 && active === 0, 'nothing of a removed job is left', () =>
    [uid, ...left].join(' '),
  );
}

function checkCounts(world: World, job: Job, tasks: TaskView[], entry: JobEntry): void {
  const outcomes = tasks.map(({ result }) => result?.verdict.outcome);
  const succeeded = outcomes.filter((outcome) => outcome === 'Succeeded').length;
  const cancelled = outcomes.filter((it) => it === undefined || it === 'Cancelled').length;
  const recount = {
    ...{ total: entry.total, pending: 0, active: 0, succeeded },
    ...{ failed: entry.total - succeeded - cancelled, cancelled },
  };
  const { counts } = job.status;
  const told: Record<string, number> = { ...counts };
  const same = Object.entries(recount).every(([name, value]) => (told[name] ?? 0) === value);
  world.violations.check(same && tasks.length === entry.total, '5: counts equal the recount', () =>
    JSON.stringify({ uid: entry.uid, counts, recount, tasks: tasks.length }),
  );
}

/** A job is complete when all its tasks succeeded, or as many as its success policy asks for. */
function checkPhase({ violations }: World, { metadata, spec, status }: Job): void {
  const { total, succeeded } = status.counts;
  const wanted = spec.successPolicy?.succeededCount ?? total;
  const enough = succeeded >= Math.min(total, wanted);
  const fine = status.phase !== 'Complete' || enough;
  const done = status.phase === 'Complete' || succeeded < total || status.ending !== undefined;
  violations.check(fine && done, 'a job is complete when enough tasks succeeded', () =>
    JSON.stringify({ uid: metadata.uid, status }),
  );
}

function checkTask(world: World, entry: JobEntry, job: Job, task: TaskView): void {
  const { violations, truth } = world;
  const books = entry.tasks.get(task.index);
  const { result } = task;
  const name = `${entry.uid}/${task.index}`;
  const isParked = entry.parked.has(task.index);
  if (result === undefined || isParked) {
    const isLeft = entry.ending || isParked;
    violations.check(isLeft, '4: every task of a job that ran out ends', () => name);
    checkUntried(world, entry, job, task);
    return;
  }
  const told = JSON.stringify(books?.result) === JSON.stringify(result);
  violations.check(told, 'a result is stored once', () => name);
  const plan = tasksOf(truth.planOf(entry.uid))[task.index];
  violations.check(plan?.name === task.spec.name, 'tasks keep their order', () => name);
  checkBudgets(world, entry, job, task.index, result);
  checkOutput(world, entry, task, result);
}

/** A task that was not tried again because its job ended shows what its last attempt came to. */
function checkUntried(world: World, entry: JobEntry, job: Job, task: TaskView): void {
  const all = entry.tasks.get(task.index)?.verdicts ?? [];
  const counted = all.filter(isAttempt);
  const last = counted.filter(({ reason }) => reason !== 'PlacementOutdated').at(-1);
  const shown = endedTask(task, job.status);
  const { result } = shown;
  const told =
    last === undefined
      ? (result?.attempts ?? 0) === 0
      : result?.attempts === counted.length && result.verdict.exitStatus === last.exitStatus;
  const invariant = '11: attempts, last exit status and output of failed attempts survive';
  world.violations.check(told, invariant, () => `${entry.uid}/${task.index}`);
  if (result !== undefined) checkOutput(world, entry, shown, result);
}

/**
 * Tries on the budget of losses until a task fails for such a reason: an end with 0 whose report is missing repeats
 * what it does with each, and a pull that fails although the registry has the image may do so for good.
 */
const TRIES: Record<string, number> = { NoReport: 3, PullFailed: 3 };

/** An attempt more than the first needs a reason, and reasons are limited. */
function checkBudgets(
  { violations }: World,
  entry: JobEntry,
  { spec }: Job,
  index: number,
  result: TaskResult,
): void {
  const { uid } = entry;
  const books = entry.tasks.get(index);
  const told = (verdicts: readonly Verdict[] = []) => verdicts.filter(isAttempt);
  const all = told(books?.verdicts);
  const verdicts = told(books?.verdicts.slice(books.budgetFrom));
  const count = (...of: string[]) => verdicts.filter(({ outcome }) => of.includes(outcome)).length;
  const ignored = verdicts.filter((verdict) => ruleOf(spec, verdict) === 'Ignore').length;
  const failures = count('Failed', 'TimedOut') - ignored;
  const losses = verdicts.filter((it, i) => isLoss(it, i === verdicts.length - 1)).length;
  const why = () => `${uid}/${index}: ${verdicts.map(({ outcome }) => outcome).join()}`;
  const one = all.length === result.attempts;
  violations.check(one, 'every attempt is judged once', why);
  const within = failures <= spec.backoffLimit + 1 && losses <= spec.lossLimit + 1;
  violations.check(within, 'attempts ≤ 1 + backoffLimit + lossLimit', why);
  if (entry.ending) return;
  const { outcome } = result.verdict;
  const rule = ruleOf(spec, result.verdict);
  violations.check(rule !== 'Ignore', 'a failure that is ignored is tried again', why);
  if (rule === 'FailTask') {
    const first = verdicts.findIndex((verdict) => ruleOf(spec, verdict) === rule);
    violations.check(
      first === verdicts.length - 1,
      'a task that its policy fails is not retried',
      why,
    );
    return;
  }
  // What may have run on a node that is lost must not run again, whatever its budgets.
  if (spec.onNodeLost === 'fail' && result.verdict.reason === 'NodeLost') return;
  const { reason = '' } = result.verdict;
  if (reason in TRIES) {
    const tried = losses >= Math.min(TRIES[reason] ?? 0, spec.lossLimit);
    violations.check(tried, 'the budgets are used up before a task fails', why);
    return;
  }
  const used =
    outcome === 'Failed' || outcome === 'TimedOut'
      ? failures > spec.backoffLimit
      : outcome !== 'Lost' || losses > spec.lossLimit;
  violations.check(used, 'the budgets are used up before a task fails', why);
}

/** What was taken back before it had a node counts for nothing. */
function isAttempt({ reason }: Verdict): boolean {
  return reason !== 'Unplaced';
}

/**
 * True when an attempt was paid for by the budget of losses. What a node cannot start has a budget of its own, and
 * what swarm could not take costs nothing; a pull that may work later costs what a loss does once it is tried again.
 */
function isLoss({ outcome, reason }: Verdict, isLast: boolean): boolean {
  if (outcome === 'Lost') return reason !== 'NodeFault' && reason !== 'PlacementOutdated';
  const isOfPull = reason === 'PullFailed' || reason === 'RegistryUnavailable';
  return isOfPull && outcome === 'Rejected' && !isLast;
}

/** What the failure policy says of a verdict; scenarios have one rule, for one exit status. */
function ruleOf({ failurePolicy }: Job['spec'], { outcome, exitStatus }: Verdict) {
  if (outcome === 'Succeeded' || exitStatus !== POLICY_STATUS) return undefined;
  return failurePolicy?.[0]?.action;
}

function checkOutput(world: World, entry: JobEntry, task: TaskView, result: TaskResult): void {
  const { truth, violations } = world;
  const { verdict, output } = result;
  const id = { jobUid: entry.uid, index: task.index, attempt: attemptOf(result) };
  const what = () =>
    `${attemptKey(id)}: ${JSON.stringify(output)} ${task.stdout?.toString()} ${JSON.stringify(verdict)}`;
  checkComplete(world, id, task, result);
  if (verdict.source === 'controller') return;
  const since = entry.tasks.get(task.index)?.since ?? 0;
  const hit = truth.wasHit(id, verdict.nodeId, since, world.timeline.now);
  if (output.log.state === 'unavailable') {
    const unread = truth.nodesWereUnknown(since, world.timeline.now);
    const cutShort = verdict.outcome === 'Rejected' || verdict.outcome === 'Lost';
    // Between the removal for a retry and its settlement the job may be ended: README, Known.
    const isNone = truth.planOf(id.jobUid).spec.logDriver?.name === 'none';
    const never = truth.fateOf(id).failStart !== undefined;
    const reason = cutShort || hit || unread || entry.ending || isNone || never;
    violations.check(reason, 'a log that was there is not given up', what);
    return;
  }
  if (output.log.state === 'partial') {
    const isLossy = truth.planOf(id.jobUid).spec.logDriver !== undefined;
    const whole = !hit && !isLossy && verdict.outcome !== 'Lost';
    violations.check(!whole, 'a log that is all there is told so', what);
    return;
  }
  const all = verdict.source === 'report' ? [truth.reportedBy(id)] : truth.writtenBy(id);
  const right = hit && verdict.source === 'service' ? ownWords : wholly;
  const limit = truth.planOf(id.jobUid).spec.outputLimitBytes;
  const same = all.some((expected) => right(expected, task, limit));
  violations.check(same && marked(output), 'an output is that of its attempt', what);
}

/** Whoever ended it, and whatever was done to it. */
function checkComplete(
  { truth, violations }: World,
  id: AttemptId,
  task: TaskView,
  { verdict, output }: TaskResult,
): void {
  const { state } = output.log;
  if (verdict.source === 'report' || (state !== 'complete' && state !== 'truncated')) return;
  const limit = truth.planOf(id.jobUid).spec.outputLimitBytes;
  const same = truth.writtenBy(id).some((expected) => wholly(expected, task, limit));
  violations.check(same, '9: a log is complete only if every byte written and kept is there', () =>
    [
      attemptKey(id),
      JSON.stringify(output),
      task.stdout?.toString(),
      JSON.stringify(verdict),
    ].join(),
  );
}

/** All that the attempt wrote, up to the limit. */
function wholly(expected: Written, task: TaskView, limit: number): boolean {
  const kept = (text: string) => Buffer.from(text).subarray(-limit).toString();
  return (
    task.stdout?.toString() === kept(expected.stdout) &&
    task.stderr?.toString() === kept(expected.stderr)
  );
}

/** What an attempt wrote that was cut short, perhaps nothing. */
function ownWords(expected: Written, task: TaskView, limit: number): boolean {
  const text = task.stdout?.toString() ?? '';
  return text === '' || expected.stdout.includes(text) || wholly(expected, task, limit);
}

function marked({ stdout, stderr, log }: TaskResult['output']): boolean {
  return (log.state === 'truncated') === (stdout.truncated || stderr.truncated);
}

/** Each generation of a job that has finished has its own message, and that has one body. */
function checkCallbacks({ receiver, violations, truth }: World, entry: JobEntry): void {
  const { uid, callbacks } = entry;
  const gone = truth.planOf(uid).answers.includes('gone');
  for (const [generation, wanted] of callbacks) {
    const { bodies, taken, posts } = receiver.of(messageId(uid, generation));
    const none = posts === 0;
    const one = bodies.size === 1 && (taken > 0 || gone);
    const fine = { none, one, 'at most one': bodies.size <= 1 }[wanted];
    const ended = [...bodies].every((body) => !body.includes('"__phase":"Running"'));
    violations.check(fine && ended, '6: one callback body per finished job', () =>
      JSON.stringify({ uid, generation, wanted, posts, taken, bodies: [...bodies] }),
    );
  }
  const messages = new Set([...callbacks.keys()].map((number) => messageId(uid, number)));
  const others = receiver.ids.filter((id) => id.startsWith(`msg_${uid}`) && !messages.has(id));
  violations.check(others.length === 0, '6: only what has finished is told', () => others.join());
}

function messageId(uid: string, generation: number): string {
  return generation === 1 ? `msg_${uid}` : `msg_${uid}_${generation}`;
}

async function checkLastCallback(world: World, entry: JobEntry, job: Job): Promise<void> {
  const { receiver, violations, stores } = world;
  const { uid, generation } = entry;
  const { bodies } = receiver.of(messageId(uid, generation));
  if (entry.callbacks.get(generation) !== 'one') return;
  violations.check(entry.called, '6: a callback is delivered or given up', () => uid);
  let status = '';
  for await (const chunk of renderBody(job, pageTasks(stores.jobs, uid))) status += chunk;
  violations.check(bodies.has(status), '6: the callback is what GET status shows', () =>
    JSON.stringify({ uid, status, bodies: [...bodies] }),
  );
}
