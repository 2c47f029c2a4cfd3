import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import {
  type AttemptId,
  attemptKey,
  reportSecret,
  verifyReportToken,
  withoutSecret,
} from '../../apis/index.ts';
import { parseReport } from '../../apis/validation/index.ts';
import type { Clock } from '../../clock/clock.ts';
import { StoreError } from '../../store/errors.ts';
import type { ReportWriter } from '../../store/ports.ts';
import { discardRest } from '../body/discard-rest.ts';
import { readReport } from '../body/report-body.ts';
import { goneOf } from '../body/request-bodies.ts';
import { jobId } from '../job-id.ts';
import type { ApiOptions } from '../options.ts';
import { ApiProblem, invalidBody, notFound, unauthorized } from '../problem.ts';
import { reportedOutput } from '../reported-output.ts';

type ResultOptions = Pick<ApiOptions, 'reports' | 'clock' | 'limits'>;

/**
 * `POST /result/<id>?token=…`: stores what a task says of itself, before it answers. What has to be refused
 * is stored too, as that: the exit of its process proves nothing then.
 */
export function result(options: ResultOptions): RequestHandler {
  const { reports, clock, limits } = options;
  const attemptOf = tokenVerifier(reports, clock);
  return async (request, response) => {
    const uid = jobId(request.params['id']);
    const sender = await attemptOf(uid, request.query['token']);
    if (sender === undefined) {
      await limits.intruder(request);
      throw refused();
    }
    await limits.attempt(sender.id);
    const job = await reports.getJob(uid);
    if (job === undefined) throw notFound('The job of this report is gone. Do not send it again.');
    const keep = Math.min(job.spec.outputLimitBytes, MOST_KEPT);
    const wanted = {
      ...{ sender: attemptKey(sender.id), group: job.metadata.namespace },
      ...{ bytes: keptBytes(request, keep), gone: goneOf(response) },
    };
    try {
      await requireAwaited(reports, sender.id);
      await limits.reports.run(wanted, () => store(options, request, sender, keep));
    } catch (error) {
      await noteRefusal(reports, sender, error);
      throw error;
    }
    response.status(204).end();
  };
}

/** Bytes of a stream that are kept of a report, whatever the job may have kept of its log. */
const MOST_KEPT = 8 * 1024 * 1024;

/**
 * Nothing is read of an attempt that is over: its token is genuine for ever.
 * @throws StoreError as `refuseReport`, by which it is told in the timeline.
 */
async function requireAwaited(reports: ReportWriter, id: AttemptId): Promise<void> {
  if (!(await reports.awaitsReport(id))) {
    await reports.refuseReport({ id, why: 'it came when the attempt was over' });
  }
}

/** Who reports, by a token that was genuine. */
interface Sender {
  id: AttemptId;
  /** The part of the token that must not be shown. */
  secret: string;
}

async function store(
  { reports, clock }: ResultOptions,
  request: IncomingMessage,
  { id, secret }: Sender,
  outputLimitBytes: number,
): Promise<void> {
  const body = await readReport(request, { outputLimitBytes, clock });
  const parsed = parseReport(body.members, body.hasResult && body.whole);
  if (!parsed.ok) throw body.whole ? invalidBody(parsed) : brokeOff();
  const { taskName, exitStatus, interrupted, stdoutBytes, stderrBytes } = parsed.value;
  const stdout = body.stdout && { tail: body.stdout, bytes: stdoutBytes };
  const stderr = body.stderr && { tail: body.stderr, bytes: stderrBytes };
  const output = reportedOutput({ stdout, stderr }, { broken: !body.whole, secret });
  const report: Parameters<ReportWriter['storeReport']>[0] = {
    ...{ id, exitStatus, output, digest: body.digest },
  };
  if (interrupted) report.interrupted = true;
  if (!body.whole) report.partial = true;
  await reports.storeReport(report, taskName);
  discardRest(request);
}

/** Bytes of a report that are kept while it is read, at most. */
function keptBytes({ headers }: IncomingMessage, ofStream: number): number {
  const length = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  return Math.min(2 * ofStream, length);
}

/** The statuses with which what was sent is refused for what it is. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 415]);

/** The controller is to know of a report that was refused, whatever becomes of its sender. */
async function noteRefusal(
  reports: ReportWriter,
  { id, secret }: Sender,
  error: unknown,
): Promise<void> {
  const why = refusalOf(error);
  if (why === undefined) return;
  try {
    await reports.refuseReport({ id, why: withoutSecret(why, secret) });
  } catch (failure) {
    // Of an attempt that is over, or has said better, the timeline tells; the answer is the refusal itself.
    const isTold = failure instanceof StoreError && TOLD.has(failure.code);
    if (!isTold) throw failure;
  }
}

const TOLD: ReadonlySet<string> = new Set(['NotFound', 'Superseded', 'ReportConflict']);
const MAX_REASONS = 3;

/** Why a report was refused for what it says; undefined for any other failure. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof StoreError && error.code === 'TaskMismatch') {
    return `task_name must be ${JSON.stringify(error.details[0] ?? '')}`;
  }
  if (!(error instanceof ApiProblem) || !REFUSALS.has(error.status)) return undefined;
  const reasons = (error.errors ?? []).map(({ path, message }) => `${path} ${message}`);
  return reasons.length === 0 ? error.message : reasons.slice(0, MAX_REASONS).join('; ');
}

function brokeOff(): ApiProblem {
  return new ApiProblem(400, 'The body broke off before its end. Send all of it.');
}

/** Between readings of the key because of tokens that it does not fit, in ms. */
const KEY_INTERVAL_MS = 1000;

/**
 * Finds the attempt that a token was made for. The key is remembered; it is read again when a token
 * does not fit it, now and then: a Redis that was emptied has another one.
 */
function tokenVerifier(reports: ReportWriter, clock: Clock) {
  let known: { key: Buffer; readAt: number } | undefined;
  const read = async () => {
    known = { key: await reports.reportKey(), readAt: clock.monotonic() };
    return known.key;
  };
  const senderOf = (key: Buffer, uid: string, token: string): Sender | undefined => {
    const id = verifyReportToken(key, uid, token);
    return id && { id, secret: reportSecret(key, id) };
  };
  return async (uid: string, token: unknown): Promise<Sender | undefined> => {
    if (typeof token !== 'string') return undefined;
    const sender = senderOf(known?.key ?? (await read()), uid, token);
    if (sender !== undefined) return sender;
    const isOld = clock.monotonic() - (known?.readAt ?? 0) >= KEY_INTERVAL_MS;
    return isOld ? senderOf(await read(), uid, token) : undefined;
  };
}

function refused(): Error {
  return unauthorized('The token is missing or wrong. POST to SWARMER_ADDRESS exactly as it is.');
}
