import type { Problem } from '../apis/validation/index.ts';
import { quotaProblems } from '../policy/index.ts';
import type { StoreError, StoreErrorCode } from '../store/errors.ts';
import { ApiProblem } from './problem.ts';

interface Answer {
  status: number;
  detail: string;
  headers?: Record<string, string>;
  errors?: (error: StoreError) => Problem[];
}

/** What the store refused, as an answer; null for what no request can bring about. */
const ANSWERS: Record<StoreErrorCode, Answer | null> = {
  NotFound: { status: 404, detail: 'There is no such job. Check the id.' },
  Finished: {
    status: 409,
    detail: 'The job is finished. Submit a new one with these tasks.',
  },
  Running: {
    status: 409,
    detail: 'The job is not finished. Wait for its end, or cancel it.',
  },
  NothingToRetry: { status: 409, detail: 'Every task of the job has succeeded.' },
  NoCallback: { status: 409, detail: 'The job was submitted without a callback.' },
  DuplicateTask: {
    status: 400,
    detail: 'The job has tasks of these names already. Give every task its own name.',
  },
  Busy: {
    status: 503,
    detail: 'Other tasks are being added to the job all the while. Send these again in a moment.',
    headers: { 'Retry-After': '1' },
  },
  IdempotencyConflict: {
    status: 409,
    detail: 'This Idempotency-Key was sent before with another body. Use a new key for a new job.',
  },
  Superseded: {
    status: 409,
    detail:
      'This attempt of the task is no longer current: it was judged, or the task was started ' +
      'again. Do not send the report again.',
  },
  ReportConflict: {
    status: 409,
    detail:
      'Another report of this attempt is stored already, and the first one stands. Do not send ' +
      'the report again.',
  },
  TaskMismatch: {
    status: 400,
    detail: 'The token is that of another task. Report only as the task it was given to.',
    errors: ({ details }) => [
      { path: 'task_name', message: `must be ${JSON.stringify(details[0] ?? '')}` },
    ],
  },
  NameTaken: {
    status: 409,
    detail:
      'There is an object of this name already. Choose another name, or use "generateName", or ' +
      'apply with "replace=true" to put this one in its place.',
  },
  QuotaExceeded: {
    status: 403,
    detail: 'The namespace would have more than its quota. Wait until other jobs have finished.',
    errors: ({ details }) => quotaProblems(details),
  },
  VersionMismatch: {
    status: 412,
    detail: 'The object has changed since the version that If-Match names. Read it again.',
  },
  Unavailable: {
    status: 503,
    detail:
      'The store did not answer, so it is not known whether the request took effect. Send it ' +
      'again in a moment.',
    headers: { 'Retry-After': '1' },
  },
  Corrupt: null,
  Fenced: null,
  Conflict: {
    status: 409,
    detail: 'Others have changed the object all the while. Send the request again.',
  },
  NotDone: null,
};

/** The answer to a store error, or undefined when it is a fault of the server. */
export function storeProblem(error: StoreError): ApiProblem | undefined {
  const [reason] = error.details;
  if (error.code === 'Unavailable' && reason !== undefined) {
    const detail = `Nothing can be stored at present. ${reason}`;
    return new ApiProblem(503, detail, { headers: { 'Retry-After': '10' }, cause: error });
  }
  const answer = ANSWERS[error.code];
  if (answer === null) return undefined;
  const { status, detail, headers = {}, errors } = answer;
  const extras = errors === undefined ? {} : { errors: errors(error) };
  return new ApiProblem(status, detail, { headers, cause: error, ...extras });
}
