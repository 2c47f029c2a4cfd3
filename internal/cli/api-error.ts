import { CliError, EXIT, type ExitCode } from './errors.ts';
import type { Problem } from './resources.ts';

/** What the server says of a request that it refuses; see RFC 9457. A proxy may say less. */
type ProblemBody = Partial<Pick<Problem, 'title' | 'detail' | 'errors'>>;

const EXIT_OF_STATUS: Readonly<Record<number, ExitCode>> = {
  401: EXIT.notAuthorised,
  403: EXIT.notAuthorised,
  404: EXIT.notFound,
  408: EXIT.timedOut,
  504: EXIT.timedOut,
};

/** An answer that is no success. */
export class ApiError extends CliError {
  override name = 'ApiError';
  readonly status: number;
  readonly problem: ProblemBody;

  constructor(status: number, problem: ProblemBody, hint?: string) {
    const said = problem.detail ?? problem.title ?? `the server answered ${status}`;
    const errors = problem.errors ?? [];
    const details = errors.map(({ path, message }) => `${path}: ${message}`);
    super(hint === undefined ? said : `${said} (${hint})`, exitOf(status), details);
    this.status = status;
    this.problem = problem;
  }
}

/** The error of an answer. A body that is no problem, as of a proxy, is quoted by its first line. */
export function apiError(status: number, body: string): ApiError {
  const hint =
    status === 401 ? 'set SWARMER_TOKEN, or --token, or the token of the context' : undefined;
  return new ApiError(status, problemOf(status, body), hint);
}

function exitOf(status: number): ExitCode {
  return EXIT_OF_STATUS[status] ?? EXIT.error;
}

const QUOTED_CHARS = 200;

function problemOf(status: number, body: string): ProblemBody {
  const parsed = parsedObject(body);
  if (parsed === undefined) {
    const line = body.trim().split('\n', 1)[0]?.slice(0, QUOTED_CHARS) ?? '';
    return { detail: `the server answered ${status}${line === '' ? '' : `: ${line}`}` };
  }
  const { title, detail, errors } = parsed;
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(Array.isArray(errors) ? { errors: errors.filter(isFieldError) } : {}),
  };
}

function parsedObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldError(entry: unknown): entry is { path: string; message: string } {
  return (
    isObject(entry) && typeof entry['path'] === 'string' && typeof entry['message'] === 'string'
  );
}
