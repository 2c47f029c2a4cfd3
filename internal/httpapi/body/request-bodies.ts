import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock/clock.ts';
import { ByteBudget } from './byte-budget.ts';
import { SPEC_BODY_BYTES } from './limits.ts';
import { hasBody, keepBody } from './read-body.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Most bodies are smaller by far: what large ones do must not keep them waiting. */
const SMALL_BYTES = 64 * KIB;
/** How long a body may take to arrive: so many ms, and what it takes at so many bytes a ms. */
const PATIENCE_MS = 20_000;
const SLOWEST = 128;
/** Between looks at whether more of it has come: twice in a row nothing is too long. */
const LOOK_MS = 3000;

interface Lane {
  /** On their way, by what they were announced with. */
  arriving: ByteBudget;
  /** Of which it is found out what they say: that takes many times their bytes, for as long as it lasts. */
  handled: ByteBudget;
}

const budget = (total: number, share: number, most: number) =>
  new ByteBudget({ total, share, most });

/**
 * The bodies of users' requests that a process has in memory. They are read here, in full, before anybody looks at
 * them: one that stalls takes up no more than the bytes that it was announced with, of its sender's share.
 */
export class RequestBodies {
  readonly #small: Lane = {
    arriving: budget(16 * MIB, 8 * MIB, 256),
    handled: budget(2 * MIB, MIB, 256),
  };
  readonly #large: Lane = {
    arriving: budget(2 * SPEC_BODY_BYTES, SPEC_BODY_BYTES, 8),
    handled: budget(SPEC_BODY_BYTES, SPEC_BODY_BYTES, 8),
  };

  /**
   * Reads the body of a request, if it has one, and handles it then.
   * @throws ApiProblem 400, 413 when it cannot be read, 429 when too many of the same sender are being read.
   */
  async run(
    sender: string,
    {
      request,
      response,
      clock,
    }: { request: IncomingMessage; response: ServerResponse; clock: Clock },
    handle: () => Promise<void>,
  ): Promise<void> {
    const declared = Number(request.headers['content-length'] ?? SPEC_BODY_BYTES);
    // Refused by whoever would read it, before any byte.
    if (!hasBody(request) || declared > SPEC_BODY_BYTES) return handle();
    const { arriving, handled } = declared <= SMALL_BYTES ? this.#small : this.#large;
    const gone = goneOf(response);
    await arriving.run({ sender, bytes: declared, gone }, async () => {
      const cancel = cutWhenSlow(request, clock, PATIENCE_MS + declared / SLOWEST);
      const bytes = await keepBody(request, SPEC_BODY_BYTES).finally(cancel);
      await handled.run({ sender, bytes, gone }, handle);
    });
  }
}

/** @returns what ends the watch. */
function cutWhenSlow(request: IncomingMessage, clock: Clock, mostMs: number): () => void {
  const until = clock.monotonic() + mostMs;
  let seen = request.socket.bytesRead;
  let still = 0;
  const look = () => {
    const { bytesRead } = request.socket;
    still = bytesRead === seen ? still + 1 : 0;
    seen = bytesRead;
    if (still === 2 || clock.monotonic() > until) {
      request.destroy(new Error('the body comes too slowly'));
    } else cancel = clock.after(LOOK_MS, look);
  };
  let cancel = clock.after(LOOK_MS, look);
  return () => cancel();
}

/** Aborts when the connection of a response is over. */
export function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
