import type { Identity } from '../access/index.ts';
import { digestOf } from '../apis/canonical-json.ts';
import type { Idempotency } from '../store/ports.ts';
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

/** The key under which a submission is remembered: one caller's keys are not another's. */
export function idempotencyOf(key: string, { id }: Identity, body: unknown): Idempotency {
  return { key: `${id}:${key}`, digest: digestOf(body) };
}
