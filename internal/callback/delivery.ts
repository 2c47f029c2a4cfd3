import querystring from 'node:querystring';
import { isFinished, type Job } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError } from '../store/errors.ts';
import type { JobReader, OutboxEntry } from '../store/ports.ts';
import { pageTasks, renderBody } from '../wire/index.ts';
import { type MeasuredBody, measureBody } from './body.ts';
import { failureText } from './failure-text.ts';
import { type DeliveryTrace, type Outcome, replyOutcome } from './outcome.ts';
import type { SendPost } from './post.ts';
import { type Sign, webhookId } from './signature.ts';

/**
 * Tries once to deliver a job's result.
 * @param onSend called when all that is still waited for is the receiver.
 * @throws StoreError `Unavailable` when the job cannot be read, and the reason of `signal` when that
 *   aborted the try: in both cases nothing is known of the receiver. All else is an Outcome.
 */
export type Deliver = (
  entry: OutboxEntry,
  signal: AbortSignal,
  onSend: () => void,
) => Promise<Outcome>;

export interface DeliverOptions {
  jobs: JobReader;
  send: SendPost;
  sign: Sign | undefined;
  clock: Clock;
  /** Version of Swarmer, for `user-agent`. */
  version: string;
  traces?: CallbackTraces;
}

/** What is told of the traces that jobs belong to. Calls must be cheap and must not throw. */
export interface CallbackTraces {
  /**
   * A try to deliver begins.
   * @param of its number from 1, the receiver's host, and its beginning (Unix ms)
   * @returns undefined when the job belongs to no trace.
   */
  delivery(job: Job, of: { attempt: number; host: string; at: number }): DeliveryTrace | undefined;
}

export function createDeliver(options: DeliverOptions): Deliver {
  return async (entry, signal, onSend) => {
    const job = await readJob(options.jobs, entry.jobUid);
    if (typeof job === 'string') return { kind: 'retry', error: job };
    if (job === undefined) return { kind: 'dead', error: 'The job is not in the store any more.' };
    if (!isResultOf(job, entry)) return RUN_AGAIN;
    const url = httpUrl(entry.url);
    if (url === undefined) return { kind: 'dead', error: 'The callback URL is no http(s) URL.' };
    const begun = { attempt: entry.attempts + 1, host: url.host, at: options.clock.now() };
    const trace = options.traces?.delivery(job, begun);
    const outcome = await tried(options, { entry, job, url, trace, onSend }, signal);
    return trace === undefined ? outcome : { ...outcome, trace };
  };
}

/** What is to be delivered, and where to. */
interface Delivery {
  entry: OutboxEntry;
  job: Job;
  url: URL;
  trace: DeliveryTrace | undefined;
  onSend: () => void;
}

async function tried(
  options: DeliverOptions,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await post(options, delivery, signal);
  } catch (error) {
    if (signal.aborted || isUnavailable(error)) throw error;
    return { kind: 'retry', error: unsentText(error, delivery.url) };
  }
}

/** Not recorded as the fate of the callback: the store sees that its job has gone on. */
const RUN_AGAIN: Outcome = { kind: 'retry', error: 'The job was run again meanwhile.' };

/** The entry was put there by the job's end, not by one before it was run again. */
function isResultOf({ metadata, status }: Job, { generation = 1 }: OutboxEntry): boolean {
  return isFinished(status.phase) && (metadata.generation ?? 1) === generation;
}

async function post(
  { jobs, send, sign, clock, version }: DeliverOptions,
  { entry, job, url, trace, onSend }: Delivery,
  signal: AbortSignal,
): Promise<Outcome> {
  const { uid, generation, namespace } = job.metadata;
  const id = webhookId(uid, generation);
  const render = () => renderBody(job, pageTasks(jobs, uid));
  const timestamp = Math.floor(clock.now() / 1000);
  const signer = sign?.(id, timestamp);
  const measured: MeasuredBody = await measureBody(render(), signer, signal);
  // The tasks were read one page after the other: of one result they are only if it still stands.
  const now = await readJob(jobs, uid);
  if (typeof now !== 'object' || !isResultOf(now, entry)) return RUN_AGAIN;
  const headers = {
    'content-type': 'application/json',
    'content-length': String(measured.bytes),
    'user-agent': `swarmer/${version}`,
    ...credentials(url),
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signer === undefined ? {} : { 'webhook-signature': signer.digest() }),
    ...(trace === undefined ? {} : { traceparent: trace.traceparent }),
  };
  const body = measured.kept ?? render();
  onSend();
  const reply = await send({ namespace, url, headers, bytes: measured.bytes, body }, signal);
  return replyOutcome(reply, url.host, clock.now());
}

/** The job; undefined when there is none; or why its record cannot be read. */
async function readJob(jobs: JobReader, uid: string): Promise<Job | undefined | string> {
  try {
    return await jobs.getJob(uid);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return recordText(error);
  }
}

function unsentText(error: unknown, url: URL): string {
  return error instanceof StoreError ? recordText(error) : failureText(error, url.host);
}

function recordText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `The result was not sent, its record cannot be read: ${message}`;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'Unavailable';
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** `http://user:password@host/` means HTTP Basic authentication. */
function credentials(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const pair = `${querystring.unescape(url.username)}:${querystring.unescape(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}
