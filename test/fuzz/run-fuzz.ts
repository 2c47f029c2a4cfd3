import { Pool } from 'undici';
import { reportPath } from '../../internal/apis/index.ts';
import { type Fence, StoreError } from '../../internal/store/index.ts';
import type { OpenApi } from '../api/open-api.ts';
import { Rng } from '../sim/rng.ts';
import { PlayedJob } from '../support/played-job.ts';
import { audit } from './audit.ts';
import { type FuzzRequest, fuzzRequest } from './requests.ts';

export interface FuzzResult {
  /** How often each status was answered. */
  statuses: Map<number, number>;
  /** How often each call of the OpenAPI document was answered, by `METHOD /path`, and how often with success. */
  calls: Map<string, { all: number; succeeded: number }>;
  /** What must not be; the first of many. */
  faults: string[];
}

const SIDE_BY_SIDE = 8;
/** Of all requests: they are sent one by one, so that what each has changed is seen. */
const ALONE = 0.2;
const MOST_FAULTS = 20;
/** How long an answer may take, in ms: one that never comes is told with its request. */
const PATIENCE = { headersTimeout: 30_000, bodyTimeout: 30_000 };
/** Memory of this process, the API and its clients: what the stack gives the API alone, in bytes. */
const MOST_MEMORY = 512 * 2 ** 20;
/** Jobs that requests are about, and attempts that may report. */
const [MOST_UIDS, MOST_REPORTS] = [200, 20];

const ENDING = { phase: 'Failed', reason: 'TasksFailed', message: 'x' } as const;

interface Sent {
  status: number;
  fault?: string;
  /** Of a job in the answer. */
  uid?: string;
  /** Of the object that is answered, as `namespace/name`. */
  named?: string;
}

/** Sends random requests, each of a seed of its own, and looks at every answer. */
export async function runFuzz(
  api: Pick<OpenApi, 'url' | 'stores' | 'redis'>,
  { seed, count }: { seed: number; count: number },
  progress: (done: number) => void = () => undefined,
): Promise<FuzzResult> {
  const { url, stores, redis } = api;
  const fence = await stores.lease.acquireLease('fuzz', await stores.lease.readLease());
  if (fence === undefined) throw new Error('somebody else leads');
  await publishNodes(api, fence);
  const pool = new Pool(url, { connections: SIDE_BY_SIDE, ...PATIENCE });
  const statuses: FuzzResult['statuses'] = new Map();
  const calls: FuzzResult['calls'] = new Map();
  const faults: string[] = [];
  const none = (): string[] => [];
  const known = { uids: none(), jobs: none(), cronJobs: none(), reports: none() };
  let next = 0;
  let memory = 0;

  const one = async (alone: boolean) => {
    const number = next++;
    const request = fuzzRequest(new Rng(seed * 1_000_003 + number), known);
    const before = alone ? await changesOf(redis) : 0;
    const sent = await send(pool, request);
    const { status, uid, named } = sent;
    const changes = alone ? (await changesOf(redis)) - before : 0;
    const fault = sent.fault ?? writing(request, status, changes);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (request.operation !== undefined) tally(calls, request.operation, status < 400);
    if (fault !== undefined) faults.push(`${fault}: ${describe(request)}`);
    if (named !== undefined) {
      const list = request.operation?.includes('/cronjobs') ? known.cronJobs : known.jobs;
      keep(list, named, number, MOST_UIDS);
    }
    if (uid !== undefined) {
      keep(known.uids, uid, number, MOST_UIDS);
      const report = status === 201 ? await played(api, fence, uid, number) : undefined;
      if (report !== undefined) keep(known.reports, report, number, MOST_REPORTS);
    }
    memory = Math.max(memory, process.memoryUsage.rss());
    if (number > 0 && number % 5000 === 0) progress(number);
  };
  const together = Math.floor(count * (1 - ALONE));
  const worker = async () => {
    while (next < together && faults.length < MOST_FAULTS) await one(false);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  while (next < count && faults.length < MOST_FAULTS) await one(true);
  await pool.close();
  if (memory > MOST_MEMORY) faults.push(`it took ${Math.round(memory / 2 ** 20)} MiB`);
  faults.push(...(await audit(stores)).slice(0, MOST_FAULTS));
  return { statuses, calls, faults };
}

/** How many changes Redis has made in its life. */
async function changesOf(redis: OpenApi['redis']): Promise<number> {
  return Number(/rdb_changes_since_last_save:(\d+)/.exec(await redis.info('persistence'))?.[1]);
}

/** What a refusal leaves behind, the timeline has of a report; and a read, for a while, that a log is wanted. */
const LEAVING = { refused: 'POST /result/{id}', read: /\/logs$/ };

/** A request that reads, or is refused, stores nothing. */
function writing(
  { method, operation = '' }: FuzzRequest,
  status: number,
  changes: number,
): string | undefined {
  const mayWrite =
    status >= 400
      ? operation === LEAVING.refused
      : method !== 'GET' || LEAVING.read.test(operation);
  return changes > 0 && !mayWrite ? `answered ${status}, and stored ${changes} changes` : undefined;
}

function tally(calls: FuzzResult['calls'], name: string, success: boolean): void {
  const { all, succeeded } = calls.get(name) ?? { all: 0, succeeded: 0 };
  calls.set(name, { all: all + 1, succeeded: succeeded + (success ? 1 : 0) });
}

function keep(list: string[], value: string, number: number, most: number): void {
  list[list.length < most ? list.length : number % most] = value;
}

async function publishNodes({ stores }: Pick<OpenApi, 'stores'>, fence: Fence): Promise<void> {
  const node = { id: 'n1', hostname: 'node-1', state: 'ready', availability: 'active', active: 0 };
  await stores.controller.publishCluster(fence, {
    ...{ nodes: [node], maxConcurrentTasks: 12, updatedAt: 1 },
  });
}

/** Lets the first task of a job run, and ends every third job. @returns where the task may report, if it runs. */
async function played(
  { stores }: Pick<OpenApi, 'stores'>,
  fence: Fence,
  jobUid: string,
  number: number,
): Promise<string | undefined> {
  const { controller, jobs } = stores;
  try {
    if (number % 3 === 0) {
      await controller.endJob(fence, jobUid, ENDING);
      await controller.completeJob(fence, jobUid, 1000);
      return undefined;
    }
    const [task] = await new PlayedJob(controller, fence, jobUid).claim(1);
    if (task === undefined) return undefined;
    const { index, record } = task;
    return reportPath(await jobs.reportKey(), { jobUid, index, attempt: record.attempt });
  } catch (error) {
    // Another request has ended or removed it meanwhile.
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

async function send(pool: Pool, request: FuzzRequest): Promise<Sent> {
  const { method, path, headers, body } = request;
  try {
    const answer = await pool.request({ method, path, headers, body: body ?? null });
    const { statusCode: status } = answer;
    const type = String(answer.headers['content-type'] ?? '');
    if (type.startsWith('text/event-stream')) {
      // It has no end. That it is cut off here is no fault of anybody.
      answer.body.on('error', () => {}).destroy();
      return { status };
    }
    const text = await answer.body.text();
    const fault = faultOf(request, { status, type, text });
    const uid = /"(?:id|uid)":"([0-7][0-9A-Z]{25})"/.exec(text)?.[1];
    const [, namespace, name] = /"namespace":"([^"]+)","name":"([^"]+)","uid"/.exec(text) ?? [];
    return {
      status,
      ...(fault === undefined ? {} : { fault }),
      ...(uid === undefined ? {} : { uid }),
      ...(name === undefined ? {} : { named: `${namespace}/${name}` }),
    };
  } catch (error) {
    return { status: 0, fault: `no answer (${error})` };
  }
}

interface Told {
  status: number;
  type: string;
  text: string;
}

/** What is wrong with an answer. */
function faultOf({ onlyBody }: FuzzRequest, { status, type, text }: Told): string | undefined {
  if (status >= 500) return `answered ${status} ${text}`;
  if (status < 400) return undefined;
  if (!type.startsWith('application/problem+json')) return `answered ${status} as ${type}`;
  const { errors, ...problem } = JSON.parse(text) as {
    status?: number;
    detail?: string;
    errors?: { path?: unknown; message?: unknown }[];
  };
  const isWhole = problem.status === status && typeof problem.detail === 'string';
  const tells = errors?.every((it) => isText(it.path) && isText(it.message)) ?? !onlyBody;
  const isTold = status !== 400 || (tells && errors?.length !== 0);
  return isWhole && isTold ? undefined : `answered ${text}`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function describe({ method, path, headers, body }: FuzzRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${JSON.stringify(body?.toString('latin1').slice(0, 2000))}`;
}
