import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { REDIS_TUNING } from '../../internal/store/embedded-child.ts';
import { type JobKeys, makeKeys } from '../../internal/store/keys.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { Redis as RedisServer } from '../lab/redis.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { Swarmer } from '../support/swarmer.ts';
import { ModelProcess, type TaskBehaviour } from './model-client.ts';

/** Tasks that one call takes; the limit is 100,000 and 16 MiB. */
const TASKS_PER_CALL = 50_000;

/** Most tasks at one time where rates are measured. */
export const CONCURRENCY = 1000;

/** Tasks that end at once, as soon as they have said so. */
export const PRINTS_A_LINE: TaskBehaviour = { stdout: 'done\n' };

interface InstallationOptions {
  behaviour: TaskBehaviour;
  /** Most tasks at one time. */
  concurrency: number;
  /** Further settings of both roles. */
  env?: Record<string, string>;
  /** Further arguments of Redis. */
  redisArgs?: readonly string[];
}

/** API, controller, Redis and model engine, each a process of its own. Begins with no controller. */
export class Installation {
  readonly model: ModelProcess;
  readonly redis: RedisServer;
  readonly db: Redis;
  readonly api: Swarmer;
  readonly controller: Swarmer;

  private constructor(parts: Pick<Installation, 'model' | 'redis' | 'db' | 'api' | 'controller'>) {
    this.model = parts.model;
    this.redis = parts.redis;
    this.db = parts.db;
    this.api = parts.api;
    this.controller = parts.controller;
  }

  /** Lends some to `work`, one for each of `count`; nothing of them is left after. */
  static async several<T>(
    count: number,
    options: InstallationOptions,
    work: (installations: Installation[]) => Promise<T>,
  ): Promise<T> {
    const lab = await startLab();
    const forgetSignals = stopOnSignals(() => lab.stop());
    const started: Installation[] = [];
    try {
      for (let i = 0; i < count; i++) started.push(await Installation.#start(lab, options));
      return await work(started);
    } finally {
      forgetSignals();
      for (const installation of started) await installation.#stop();
      await lab.stop();
    }
  }

  /** Lends one to `work`. */
  static with<T>(
    options: InstallationOptions,
    work: (installation: Installation) => Promise<T>,
  ): Promise<T> {
    return Installation.several(1, options, async ([installation]) => {
      if (installation === undefined) throw new Error('there is no installation');
      return await work(installation);
    });
  }

  static async #start(
    lab: Lab,
    { behaviour, concurrency, env, redisArgs = [] }: InstallationOptions,
  ): Promise<Installation> {
    const socketPath = join(mkdtempSync(join(lab.dir, 'model-')), 'engine.sock');
    const model = await ModelProcess.start(socketPath, behaviour);
    // As the embedded Redis.
    const redis = await lab.startRedis({
      appendfsync: 'always',
      args: [...REDIS_TUNING, ...redisArgs],
    });
    const settings = {
      DOCKER_HOST: `unix://${socketPath}`,
      REDIS_URL: `redis+unix://${redis.socketPath}`,
      SWARMER_MAX_CONCURRENT_TASKS: String(concurrency),
      // As by default; the tests are impatient.
      SWARMER_LEASE_SECONDS: '5',
      ...env,
    };
    const api = await new Swarmer(lab, { role: 'api', env: settings }).start();
    const controller = new Swarmer(lab, { role: 'controller', env: settings });
    return new Installation({ model, redis, db: new Redis(redis.socketPath), api, controller });
  }

  /** Submits a job of tasks with a short name and two short arguments. @returns its uid. */
  async submit(count: number, callbackUrl: string | null = null): Promise<string> {
    const body = { image_name: 'busybox', callback_url: callbackUrl, tasks: [] };
    const uid = await this.api.submit(body);
    await this.add(uid, 0, count);
    return uid;
  }

  /** Adds tasks to a job that has `from` of them. */
  async add(uid: string, first: number, count: number): Promise<void> {
    const end = first + count;
    for (let from = first; from < end; from += TASKS_PER_CALL) {
      const tasks = Array.from({ length: Math.min(TASKS_PER_CALL, end - from) }, (_, i) => ({
        task_name: `t${from + i}`,
        task_args: ['run', 'it'],
      }));
      const answer = await this.api.post(`/submit/${uid}/tasks`, { tasks });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    }
  }

  /** Names of the keys of a job. */
  keysOf(uid: string): JobKeys {
    return makeKeys('swarmer:').job(uid);
  }

  /** Tasks of a job that are recorded as succeeded. */
  async succeeded(uid: string): Promise<number> {
    return Number(await this.db.hget(this.keysOf(uid).job, 'succeeded'));
  }

  /** The processes, by what they are. */
  get pids(): Record<'api' | 'controller' | 'redis' | 'engine', number> {
    const { api, controller, redis, model } = this;
    return {
      api: api.pid ?? 0,
      controller: controller.pid ?? 0,
      redis: redis.pid,
      engine: model.pid,
    };
  }

  async #stop(): Promise<void> {
    await this.controller.end();
    await this.api.end();
    this.db.disconnect();
    await this.redis.stop();
    await this.model.stop();
  }
}
