import { createHash } from 'node:crypto';
import { type AttemptId, verifyReportToken } from '../../internal/apis/index.ts';
import type { Clock } from '../../internal/clock/clock.ts';
import { reportedOutput } from '../../internal/httpapi/reported-output.ts';
import { StoreError } from '../../internal/store/index.ts';
import { Tail } from '../../internal/tail/tail.ts';
import type { ModelSwarm } from '../model/swarm.ts';
import type { ApiServer } from './api-process.ts';
import type { Fate } from './scenario.ts';
import { lives } from './swarm-view.ts';
import { type Truth, tasksOf } from './truth.ts';
import { answerOf } from './users.ts';

/** A client in a container tries so often, this many ms apart. */
const TRIES = 6;
const RETRY_MS = 400;
/** How often, and how many times, it is looked whether a process has been started. */
const LOOK_MS = 50;
const LOOKS = 400;
const ADDRESS = 'SWARMER_ADDRESS=';

interface ReportersOptions {
  api: ApiServer;
  clock: Clock;
  truth: Truth;
  swarm: ModelSwarm;
}

/** The processes that report: each posts to the address that it was started with. */
export class Reporters {
  readonly #options: ReportersOptions;

  constructor(options: ReportersOptions) {
    this.#options = options;
  }

  /** A service is made: its process reports once it runs, if it is one that does. */
  onCreate(id: AttemptId, env: readonly string[]): void {
    const address = env.find((entry) => entry.startsWith(ADDRESS))?.slice(ADDRESS.length);
    const { report } = this.#options.truth.fateOf(id);
    if (report !== undefined && address !== undefined) void this.#report(id, report, address);
  }

  async #report(id: AttemptId, report: NonNullable<Fate['report']>, address: string) {
    const { clock, swarm } = this.#options;
    for (let looks = 0; !lives(swarm, id); looks++) {
      if (looks > LOOKS) return;
      await clock.sleep(LOOK_MS);
    }
    await clock.sleep(report.afterMs);
    if (report.how === 'unheard') return;
    await this.#post(id, address);
    if (report.again) await this.#post(id, address);
  }

  async #post(id: AttemptId, address: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await answerOf(() => this.#send(id, address));
      if (answer !== undefined) return;
      await this.#options.clock.sleep(RETRY_MS);
    }
  }

  /** What the API's handler does with a report. */
  #send(id: AttemptId, address: string): Promise<void> {
    const { api, truth } = this.#options;
    const { stdout, stderr } = truth.reportedBy(id);
    const plan = truth.planOf(id.jobUid);
    const { exitStatus = 0, how } = truth.fateOf(id).report ?? {};
    const refused = how === 'refused';
    const url = new URL(address);
    return api.request(async (jobs) => {
      const jobUid = url.pathname.split('/')[2] ?? '';
      const token = url.searchParams.get('token') ?? '';
      const genuine = verifyReportToken(await jobs.reportKey(), jobUid, token);
      if (genuine === undefined) throw new Error(`the address ${address} holds no genuine token`);
      const streamOf = (text: string) => {
        const tail = new Tail(plan.spec.outputLimitBytes);
        tail.push(Buffer.from(text));
        return { tail };
      };
      const streams = { stdout: streamOf(stdout), stderr: streamOf(stderr) };
      const output = reportedOutput(streams, { secret: token });
      const digest = createHash('sha256').update(stdout).digest('hex');
      const known = tasksOf(plan)[id.index]?.name ?? '';
      const name = refused ? `not ${known}` : known;
      try {
        await jobs.storeReport({ id: genuine, exitStatus, output, digest }, name);
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'TaskMismatch') throw error;
        await jobs.refuseReport({ id: genuine, why: `task_name must be "${known}"` });
        throw error;
      }
    });
  }
}
