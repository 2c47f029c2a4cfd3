import type { DeliveryResult } from '../store/ports.ts';
import { retryAfterMs } from './retry-after.ts';

/** The part of one try in the trace of its job. */
export interface DeliveryTrace {
  /** Sent on to the receiver. */
  traceparent: string;
  /** The try was recorded. */
  ended(result: DeliveryResult): void;
}

/** What came of one try. `error` is shown to users: it names the host and says what to do. */
export type Outcome = { reply?: Buffer; trace?: DeliveryTrace } & (
  | { kind: 'delivered'; status: number }
  | { kind: 'retry'; error: string; status?: number; retryAfterMs?: number }
  | { kind: 'dead'; error: string; status?: number }
);

/** The receiver's answer, as far as it matters. */
export interface Reply {
  status: number;
  retryAfter: string | string[] | undefined;
  /** Beginning of the body. */
  body?: Buffer;
}

/**
 * What a reply means: any 2xx is success, 410 ends it (Standard Webhooks), all else is tried again.
 * The reply's body decides nothing; it goes into the log of the callback, for users of the API only.
 *
 * @param now Unix ms.
 */
export function replyOutcome(reply: Reply, host: string, now: number): Outcome {
  const { status } = reply;
  const kept = reply.body === undefined ? {} : { reply: reply.body };
  if (status >= 200 && status < 300) return { kind: 'delivered', status, ...kept };
  if (status === 410) {
    return { kind: 'dead', status, error: `${host} answered 410 (Gone).`, ...kept };
  }
  const wait = retryAfterMs(status, reply.retryAfter, now);
  const error = `${host} answered ${status}${advice(status)}`;
  return {
    kind: 'retry',
    status,
    error,
    ...kept,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function advice(status: number): string {
  if (status >= 300 && status < 400) {
    return ': redirects are not followed. Use the final address as callback URL.';
  }
  if (status === 401 || status === 403) {
    return '. Check the credentials in the callback URL and the signing secret.';
  }
  if (status === 404 || status === 405) {
    return '. Check the path of the callback URL: it has to accept POST.';
  }
  if (status === 413) return '. Let the receiver accept larger bodies, or lower the output limit.';
  return '; a 2xx was expected. See the log of the receiver.';
}
