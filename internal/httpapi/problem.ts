import type { Problem, Problems } from '../apis/validation/index.ts';

export interface ProblemExtras {
  /** What is wrong with the body, each with its path. */
  errors?: readonly Problem[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An answer other than success, as RFC 9457 has it. Thrown by handlers, sent in one place. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly errors: readonly Problem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what was wrong, and what to do. */
  constructor(status: number, detail: string, { errors, headers, cause }: ProblemExtras = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'ApiProblem';
    this.status = status;
    this.errors = errors;
    this.headers = headers ?? {};
  }
}

export function notFound(detail: string): ApiProblem {
  return new ApiProblem(404, detail);
}

export function unauthorized(detail: string): ApiProblem {
  return new ApiProblem(401, detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** The answer to a body that has problems. */
export function invalidBody({ problems, more }: Problems): ApiProblem {
  const count = problems.length + more;
  const are = count === 1 ? 'is 1 problem' : `are ${count} problems`;
  const shown =
    more === 0 ? '' : ` (the first ${problems.length} are listed, ${more} more are not)`;
  const detail = `There ${are} with the body${shown}. Correct what "errors" lists and send it again.`;
  return new ApiProblem(400, detail, { errors: problems });
}
