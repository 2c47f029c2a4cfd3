import { ulid } from 'ulid';
import { isFinished } from '../../internal/apis/index.ts';
import { parseSubmission, parseTasks } from '../../internal/apis/validation/index.ts';
import type { Clock } from '../../internal/clock/clock.ts';
import { StoreError, type StoreErrorCode } from '../../internal/store/index.ts';
import { type ApiServer, ConnectionLost } from './api-process.ts';
import type { History } from './history.ts';
import type { Rng } from './rng.ts';
import type { JobPlan, TaskPlan } from './scenario.ts';
import type { Truth } from './truth.ts';

/** Between two tries of a client whose request had no answer, in ms. */
const RETRY_MS = 300;
/** Between two looks whether a job has finished, in ms. */
const LOOK_MS = 1000;

interface UsersOptions {
  api: ApiServer;
  clock: Clock;
  rng: Rng;
  truth: Truth;
  history: History;
}

/** Those who submit jobs. They try again until they have an answer, where that can do no harm. */
export class Users {
  readonly #options: UsersOptions;
  /** Uids of the jobs whose submission was answered, with how many tasks were accepted. */
  readonly accepted = new Map<string, number>();

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  /** Submits a job and all that follows. Resolves when all of it has been answered. */
  async submit(plan: JobPlan): Promise<void> {
    await this.#options.clock.sleep(plan.atMs);
    const uid = await this.#submitOnce(plan);
    if (uid === undefined) return;
    this.accepted.set(uid, plan.tasks.length);
    await Promise.all([
      this.#addTasks(uid, plan),
      this.#wish(uid, plan),
      this.#afterwards(uid, plan),
    ]);
  }

  async #wish(uid: string, plan: JobPlan): Promise<void> {
    const { clock, api } = this.#options;
    const { wish } = plan;
    if (wish === undefined) return;
    await clock.sleep(wish.afterMs);
    if (wish.what !== 'suspend') {
      const method = wish.what === 'cancel' ? 'cancelJob' : 'deleteJob';
      await this.#insist(() => api.request((jobs) => jobs[method](uid)));
      if (wish.what === 'delete' && wish.again) await this.#submitAgain(plan);
      return;
    }
    await this.#insist(() => api.request((jobs) => jobs.suspendJob(uid, true)));
    await clock.sleep(wish.forMs);
    await this.#insist(() => api.request((jobs) => jobs.suspendJob(uid, false)));
  }

  async #submitAgain({ later: _, wish: __, ...plan }: JobPlan): Promise<void> {
    const again = { ...plan, name: `${plan.name}-again`, afterwards: [] };
    const uid = await this.#submitOnce(again);
    if (uid !== undefined) this.accepted.set(uid, plan.tasks.length);
  }

  async #afterwards(uid: string, { afterwards }: JobPlan): Promise<void> {
    const { clock, api } = this.#options;
    for (const { what, afterMs, tasks } of afterwards) {
      if (!(await this.#finishes(uid))) return;
      await clock.sleep(afterMs);
      await this.#insist(() =>
        api.request((jobs): Promise<unknown> => {
          if (what === 'retry') return jobs.retryFailed(uid, undefined, tasks);
          return what === 'redeliver' ? jobs.redeliver(uid) : jobs.deleteJob(uid);
        }),
      );
    }
  }

  /** Waits until a job has finished. False when it was removed. */
  async #finishes(uid: string): Promise<boolean> {
    const { clock, api } = this.#options;
    for (;;) {
      const answer = await this.#insist(() => api.request((jobs) => jobs.getJob(uid)));
      if (!answer.ok) throw new Error(`a job cannot be read: ${answer.code}`);
      if (answer.value === undefined) return false;
      if (isFinished(answer.value.status.phase)) return true;
      await clock.sleep(LOOK_MS);
    }
  }

  async #addTasks(uid: string, plan: JobPlan): Promise<void> {
    const { clock, api } = this.#options;
    if (plan.later === undefined) return;
    await clock.sleep(plan.later.afterMs);
    const tasks = parsed(parseTasks({ tasks: bodyOf(plan.later.tasks) }));
    const added = await this.#insist(() => api.request((jobs) => jobs.addTasks(uid, tasks)));
    // A repeated call whose first answer was lost finds its own tasks there.
    const there = added.ok || added.code === 'DuplicateTask';
    if (there) this.accepted.set(uid, plan.tasks.length + tasks.length);
  }

  async #submitOnce(plan: JobPlan): Promise<string | undefined> {
    const { api, truth, clock, rng, history } = this.#options;
    const submission = submissionOf(plan);
    // Without a key every try may make another job.
    const most = plan.idempotent ? Number.POSITIVE_INFINITY : 2;
    for (let tries = 1; tries <= most; tries++) {
      const uid = ulid(clock.now(), () => rng.next());
      truth.register(uid, plan);
      history.alias(uid, plan.name + "'".repeat(tries - 1));
      const key = plan.idempotent ? { idempotency: { key: plan.name, digest: 'd' } } : {};
      const sent = await answerOf(() =>
        api.request((jobs) => jobs.submitJob({ uid, ...submission, ...key })),
      );
      if (sent?.ok) return sent.value;
      if (sent !== undefined) throw new Error(`a good submission was refused: ${sent.code}`);
      await clock.sleep(RETRY_MS);
    }
    return undefined;
  }

  /** Tries until there is an answer. */
  async #insist<T>(call: () => Promise<T>) {
    for (;;) {
      const answer = await answerOf(call);
      if (answer !== undefined) return answer;
      await this.#options.clock.sleep(RETRY_MS);
    }
  }
}

/** What a request was answered with; undefined when there was no answer, or none yet (503). */
export async function answerOf<T>(
  call: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; code: StoreErrorCode } | undefined> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    if (error instanceof ConnectionLost) return undefined;
    if (!(error instanceof StoreError)) throw error;
    return error.code === 'Unavailable' ? undefined : { ok: false, code: error.code };
  }
}

function submissionOf({ image, tasks, spec, called }: JobPlan) {
  const { callback, outputLimitBytes, ...rest } = spec;
  const body = {
    image_name: image,
    callback_url: callback?.url ?? 'http://none.test',
    tasks: bodyOf(tasks),
  };
  const request = parsed(parseSubmission(body, { outputLimitBytes }));
  const { callback: given, ...others } = request.spec;
  const url = callback === undefined || given === undefined ? {} : { callback: given };
  const meta = called === undefined ? {} : { meta: { namespace: 'default', name: called } };
  return { spec: { ...others, ...url, ...rest }, tasks: request.tasks, ...meta };
}

function bodyOf(tasks: readonly TaskPlan[]) {
  return tasks.map(({ name }) => ({ task_name: name, task_args: [] }));
}

function parsed<T>(result: { ok: true; value: T } | { ok: false }): T {
  if (result.ok) return result.value;
  throw new Error(`a good body was refused: ${JSON.stringify(result)}`);
}
