import { Pool } from 'undici';
import type { OpenApi } from '../api/open-api.ts';
import { Rng } from '../sim/rng.ts';
import { audit } from './audit.ts';
import { type FuzzRequest, fuzzRequest } from './requests.ts';

export interface FuzzResult {
  /** How often each status was answered. */
  statuses: Map<number, number>;
  /** What must not be; the first of many. */
  faults: string[];
}

const SIDE_BY_SIDE = 8;
const MOST_FAULTS = 20;
/** Memory of this process, the API and its clients: what the stack gives the API alone, in bytes. */
const MOST_MEMORY = 512 * 2 ** 20;
/** Jobs that requests are about. */
const MOST_UIDS = 200;

/** Sends random requests, each of a seed of its own, and looks at every answer. */
export async function runFuzz(
  { url, stores }: Pick<OpenApi, 'url' | 'stores'>,
  { seed, count }: { seed: number; count: number },
  progress: (done: number) => void = () => undefined,
): Promise<FuzzResult> {
  const pool = new Pool(url, { connections: SIDE_BY_SIDE });
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  const uids: string[] = [];
  let next = 0;
  let memory = 0;
  const worker = async () => {
    while (next < count && faults.length < MOST_FAULTS) {
      const number = next++;
      const rng = new Rng(seed * 1_000_003 + number);
      const request = fuzzRequest(rng, uids);
      const { status, fault, uid } = await send(pool, request);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (fault !== undefined) faults.push(`${fault}: ${describe(request)}`);
      if (uid !== undefined) uids[uids.length < MOST_UIDS ? uids.length : number % MOST_UIDS] = uid;
      memory = Math.max(memory, process.memoryUsage.rss());
      if (number > 0 && number % 5000 === 0) progress(number);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  await pool.close();
  if (memory > MOST_MEMORY) faults.push(`it took ${Math.round(memory / 2 ** 20)} MiB`);
  faults.push(...(await audit(stores)).slice(0, MOST_FAULTS));
  return { statuses, faults };
}

async function send(
  pool: Pool,
  { method, path, headers, body }: FuzzRequest,
): Promise<{ status: number; fault?: string; uid?: string }> {
  try {
    const answer = await pool.request({ method, path, headers, body: body ?? null });
    const text = await answer.body.text();
    const { statusCode: status } = answer;
    const type = String(answer.headers['content-type'] ?? '');
    const fault = faultOf(status, type, text);
    const uid = /"(?:id|uid)":"([0-7][0-9A-Z]{25})"/.exec(text)?.[1];
    return {
      status,
      ...(fault === undefined ? {} : { fault }),
      ...(uid === undefined ? {} : { uid }),
    };
  } catch (error) {
    return { status: 0, fault: `no answer (${error})` };
  }
}

/** What is wrong with an answer. */
function faultOf(status: number, type: string, text: string): string | undefined {
  if (status >= 500) return `answered ${status} ${text}`;
  if (status < 400) return undefined;
  if (!type.startsWith('application/problem+json')) return `answered ${status} as ${type}`;
  const problem = JSON.parse(text) as { status?: number; detail?: string };
  const isWhole = problem.status === status && typeof problem.detail === 'string';
  return isWhole ? undefined : `answered ${text}`;
}

function describe({ method, path, headers, body }: FuzzRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${JSON.stringify(body?.toString('latin1'))}`;
}
