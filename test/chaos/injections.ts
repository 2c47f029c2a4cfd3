import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../lab/wait.ts';
import type { Fault } from './fault.ts';
import type { AcceptedJob, Ledger } from './ledger.ts';
import type { Load } from './load.ts';
import type { Random } from './random.ts';

/** One fault that happened. Times in ms of this process. */
export interface Injection {
  fault: Fault;
  from: number;
  /** When the part that was hit was back. */
  until: number;
  /**
   * From the injection until every job that was under way then had ended, and one that was submitted
   * right after it; undefined when that did not come about in time.
   */
  recoveryMs: number | undefined;
}

/** What a lane needs to bring faults about and to see the world recover. */
export interface Stage {
  load: Load;
  ledger: Ledger;
  say: (line: string) => void;
}

const RECOVERY_TIMEOUT_MS = 120_000;

/** Brings one fault about, lets it last, ends it, and awaits that the world has recovered. */
export async function injectOne(
  { load, ledger, say }: Stage,
  fault: Fault,
  random: Random,
): Promise<Injection> {
  const underWay = ledger.unfinished();
  const from = performance.now();
  let probe: Promise<AcceptedJob> | undefined;
  try {
    await fault.inject(random);
    probe = load.probe();
    probe.catch(ignoreUntilAwaited);
    await delay(random.pick(fault.lastsMs));
  } finally {
    await fault.recovered();
  }
  const until = performance.now();
  const recoveryMs = await recovery([...underWay, await probe], from);
  const lasted = `lasted ${seconds(until - from)}, recovered ${seconds(recoveryMs)}`;
  say(`${fault.kind}: ${lasted} after its start`);
  return { fault, from, until, recoveryMs };
}

/** Awaits the ends of jobs. @returns the time from `from` to the last of them. */
async function recovery(jobs: AcceptedJob[], from: number): Promise<number | undefined> {
  const ended = () => jobs.every(({ endedAt }) => endedAt !== undefined);
  const wait = { what: 'the jobs to end', timeoutMs: RECOVERY_TIMEOUT_MS };
  if (!(await waitFor(ended, wait).catch(() => false))) return undefined;
  return Math.max(...jobs.map(({ endedAt }) => endedAt ?? Number.NaN)) - from;
}

/** It is awaited when the fault is over; a rejection before that is not unhandled. */
function ignoreUntilAwaited(): void {}

export function seconds(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}
