import type { RequestHandler } from 'express';
import { digestOf } from '../../apis/canonical-json.ts';
import { type AttemptId, verifyReportToken } from '../../apis/index.ts';
import { parseReport } from '../../apis/validation/index.ts';
import type { Clock } from '../../clock/clock.ts';
import type { ReportWriter } from '../../store/ports.ts';
import { jsonBody } from '../body/json-body.ts';
import { reportBodyBytes } from '../body/limits.ts';
import { jobId } from '../job-id.ts';
import type { ApiOptions } from '../options.ts';
import { invalidBody, notFound, unauthorized } from '../problem.ts';
import { reportedOutput } from '../reported-output.ts';

/** `POST /result/<id>?token=…`: stores what a task says of itself, before it answers. */
export function result({
  reports,
  clock,
  limits,
}: Pick<ApiOptions, 'reports' | 'clock' | 'limits'>): RequestHandler {
  const attemptOf = tokenVerifier(reports, clock);
  return async (request, response) => {
    const uid = jobId(request.params['id']);
    const id = await attemptOf(uid, request.query['token']);
    if (id === undefined) {
      await limits.intruder(request);
      throw refused();
    }
    await limits.attempt(id);
    const job = await reports.getJob(uid);
    if (job === undefined) throw notFound('The job of this report is gone. Do not send it again.');
    const { outputLimitBytes } = job.spec;
    const limit = reportBodyBytes(outputLimitBytes);
    const parsed = parseReport(await jsonBody(request, { limit, badText: 'replace' }));
    if (!parsed.ok) throw invalidBody(parsed);
    const { taskName, exitStatus, stdout, stderr, interrupted } = parsed.value;
    const output = reportedOutput(stdout, stderr, outputLimitBytes);
    const report = { id, exitStatus, output, digest: digestOf(parsed.value) };
    await reports.storeReport(interrupted ? { ...report, interrupted } : report, taskName);
    response.status(204).end();
  };
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
  return async (uid: string, token: unknown): Promise<AttemptId | undefined> => {
    if (typeof token !== 'string') return undefined;
    const id = verifyReportToken(known?.key ?? (await read()), uid, token);
    if (id !== undefined) return id;
    const isOld = clock.monotonic() - (known?.readAt ?? 0) >= KEY_INTERVAL_MS;
    return isOld ? verifyReportToken(await read(), uid, token) : undefined;
  };
}

function refused(): Error {
  return unauthorized('The token is missing or wrong. POST to SWARMER_ADDRESS exactly as it is.');
}
