import type { Identity } from '../access/index.ts';
import { digestOf } from '../apis/canonical-json.ts';
import type { Submission } from '../store/ports.ts';
import { ApiProblem } from './problem.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws ApiProblem 400 when the key is malformed. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header;
  throw new ApiProblem(
    400,
    'The Idempotency-Key must be 1 to 255 visible ASCII characters. Send another one, or none.',
  );
}

/** What a key is of, beside its caller. */
export interface KeyScope {
  /** Name of the route; of whatever else its path names, too. Without ":". */
  route: string;
  namespace: string;
}

/**
 * What is remembered of a submission: one caller's keys are not another's, nor are those of another route
 * or namespace, where the same key and body ask for another job.
 */
export function idempotencyOf(
  key: string | undefined,
  { id }: Identity,
  { route, namespace }: KeyScope,
  body: unknown,
): Pick<Submission, 'idempotency'> {
  if (key === undefined) return {};
  // The key comes last: nothing else can hold a ":". No caller's id is "2", so none is a former key.
  const scoped = ['2', id, route, namespace, key].join(':');
  return { idempotency: { key: scoped, formerKey: `${id}:${key}`, digest: digestOf(body) } };
}
