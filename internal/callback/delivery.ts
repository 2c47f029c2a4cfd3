import querystring from 'node:querystring';
import type { Job } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { StoreError } from '../store/errors.ts';
import type { JobReader, OutboxEntry } from '../store/ports.ts';
import { pageTasks, renderBody } from '../wire/index.ts';
import { type MeasuredBody, measureBody } from './body.ts';
import { failureText } from './failure-text.ts';
import { type Outcome, replyOutcome } from './outcome.ts';
import type { SendPost } from './post.ts';
import { type Sign, webhookId } from './signature.ts';

/**
 * Tries once to deliver a job's result.
 * @throws StoreError `Unavailable` when the job cannot be read, and the reason of `signal` when that
 *   aborted the try: in both cases nothing is known of the receiver. All else is an Outcome.
 */
export type Deliver = (entry: OutboxEntry, signal: AbortSignal) => Promise<Outcome>;

export interface DeliverOptions {
  jobs: JobReader;
  send: SendPost;
  sign: Sign | undefined;
  clock: Clock;
  /** Version of Swarmer, for `user-agent`. */
  version: string;
}

export function createDeliver(options: DeliverOptions): Deliver {
  return async (entry, signal) => {
    const job = await readJob(options.jobs, entry.jobUid);
    if (typeof job === 'string') return { kind: 'retry', error: job };
    if (job === undefined) return { kind: 'dead', error: 'The job is not in the store any more.' };
    const url = httpUrl(entry.url);
    if (url === undefined) return { kind: 'dead', error: 'The callback URL is no http(s) URL.' };
    try {
      return await post(options, job, url, signal);
    } catch (error) {
      if (signal.aborted || isUnavailable(error)) throw error;
      return { kind: 'retry', error: unsentText(error, url) };
    }
  };
}

async function post(
  { jobs, send, sign, clock, version }: DeliverOptions,
  job: Job,
  url: URL,
  signal: AbortSignal,
): Promise<Outcome> {
  const { uid } = job.metadata;
  const render = () => renderBody(job, pageTasks(jobs, uid));
  const timestamp = Math.floor(clock.now() / 1000);
  const signer = sign?.(webhookId(uid), timestamp);
  const measured: MeasuredBody = await measureBody(render(), signer);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(measured.bytes),
    'user-agent': `swarmer/${version}`,
    ...credentials(url),
    'webhook-id': webhookId(uid),
    'webhook-timestamp': String(timestamp),
    ...(signer === undefined ? {} : { 'webhook-signature': signer.digest() }),
  };
  const body = measured.kept ?? render();
  const reply = await send({ url, headers, bytes: measured.bytes, body }, signal);
  return replyOutcome(reply, url.host, clock.now());
}

/** The job; undefined when there is none; or why its record cannot be read. */
async function readJob(jobs: JobReader, uid: string): Promise<Job | undefined | string> {
  try {
    return await jobs.getJob(uid);
  } catch (error) {
    if (!(error instanceof StoreError) || isUnavailable(error)) throw error;
    return recordText(error);
  }
}

function unsentText(error: unknown, url: URL): string {
  return error instanceof StoreError ? recordText(error) : failureText(error, url.host);
}

function recordText(error: StoreError): string {
  return `The result was not sent, its record cannot be read: ${error.message}`;
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
