import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Identity } from '../../access/index.ts';
import type { AttemptId } from '../../apis/index.ts';
import type { Clock } from '../../clock/clock.ts';
import { ByteBudget } from '../body/byte-budget.ts';
import { RequestBodies } from '../body/request-bodies.ts';
import { ApiProblem } from '../problem.ts';
import { addressKey, isLoopback } from './address-key.ts';

export interface RateLimitOptions {
  /** Requests a second of one token, or of one address where no token is needed; 0: any number. */
  perCaller: number;
  /** Whether callers at loopback addresses are counted too. */
  countLoopback: boolean;
  /** Requests a second with wrong tokens from one address; 0: any number. */
  perIntruder: number;
}

/** Reports a second of one attempt: it has one thing to say, and repeats it when it got no answer. */
const PER_ATTEMPT = 10;

/** Of all reports that are being read, those of one namespace the half; of one attempt no more than two. */
const REPORT_BYTES = 32 * 1024 * 1024;
const REPORTS = { total: REPORT_BYTES, share: REPORT_BYTES / 2, most: 2 };

/**
 * How much of one kind of sender a second brings at most, in this process. Senders are counted apart, so
 * that nobody is refused for what another does: a token is not counted at its address, nor the report of
 * an attempt with any token.
 */
export class RateLimits {
  readonly #callers: RateLimiterMemory | undefined;
  readonly #intruders: RateLimiterMemory | undefined;
  readonly #attempts = perSecond(PER_ATTEMPT);
  /** How much of reports is kept while they are read. */
  readonly reports = new ByteBudget(REPORTS);
  readonly #bodies = new RequestBodies();
  readonly #countLoopback: boolean;

  constructor({ perCaller, countLoopback, perIntruder }: RateLimitOptions) {
    this.#callers = perSecond(perCaller);
    this.#intruders = perSecond(perIntruder);
    this.#countLoopback = countLoopback;
  }

  /** @throws ApiProblem 429. */
  async caller(identity: Identity, request: IncomingMessage): Promise<void> {
    if (!this.#isCounted(request)) return;
    const whence = isAnonymous(identity) ? FROM_ADDRESS : 'with your token';
    await spend(this.#callers, keyOf(identity, request), whence);
  }

  /** Reads the body of a request, and handles it when there is room for what it comes to. @throws ApiProblem 429. */
  withBody(
    identity: Identity,
    of: { request: IncomingMessage; response: ServerResponse; clock: Clock },
    handle: () => Promise<void>,
  ): Promise<void> {
    return this.#bodies.run(keyOf(identity, of.request), of, handle);
  }

  /** For what is open to anyone. @throws ApiProblem 429. */
  async anyone(request: IncomingMessage): Promise<void> {
    if (this.#isCounted(request)) await spend(this.#callers, addressOf(request), FROM_ADDRESS);
  }

  /** For who has sent a wrong token, or none where one is needed. @throws ApiProblem 429. */
  async intruder(request: IncomingMessage): Promise<void> {
    await spend(this.#intruders, addressOf(request), 'without a valid token from your address');
  }

  /** For the report of an attempt whose token is right. @throws ApiProblem 429. */
  async attempt({ jobUid, index, attempt }: AttemptId): Promise<void> {
    await spend(this.#attempts, `${jobUid}/${index}/${attempt}`, 'of this attempt');
  }

  #isCounted({ socket }: IncomingMessage): boolean {
    return this.#countLoopback || !isLoopback(socket.remoteAddress ?? '');
  }
}

const FROM_ADDRESS = 'from your address';

/** Undefined where nothing is limited. */
function perSecond(points: number): RateLimiterMemory | undefined {
  return points === 0 ? undefined : new RateLimiterMemory({ points, duration: 1 });
}

function isAnonymous({ id }: Identity): boolean {
  return id === 'anonymous';
}

/** What a caller is counted under. */
function keyOf(identity: Identity, request: IncomingMessage): string {
  return isAnonymous(identity) ? addressOf(request) : identity.id;
}

function addressOf({ socket }: IncomingMessage): string {
  return addressKey(socket.remoteAddress ?? '');
}

async function spend(
  limiter: RateLimiterMemory | undefined,
  key: string,
  whose: string,
): Promise<void> {
  try {
    await limiter?.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    const detail =
      `More than ${limiter?.points} requests a second ${whose}. Wait for ${seconds} s, as Retry-After ` +
      'says, and send fewer at a time.';
    throw new ApiProblem(429, detail, { headers: { 'Retry-After': String(seconds) } });
  }
}
