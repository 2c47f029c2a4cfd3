export type EngineErrorCode = 'Unavailable' | 'Invalid' | 'NameConflict';

/** A call to the engine failed. `message` holds the engine's own words. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** HTTP status of the engine's answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(
    code: EngineErrorCode,
    message: string,
    options: ErrorOptions & { status?: number } = {},
  ) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
    this.status = options.status;
  }
}

/** Statuses with which the engine refuses a request for what is in it. */
const REFUSED: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 413, 422]);
/** Too large for swarm's gRPC or raft: answered as a 500, and never going to fit. */
const TOO_LARGE = /larger than max|message is too large|ResourceExhausted/i;

/** The engine came back as another version: agreed on anew with the next connection for events. */
const OTHER_VERSION = /client version \S+ is too (?:old|new)/;

/**
 * Any failure of a call as an `EngineError`. No answer, a timeout and the engine's own troubles are
 * `Unavailable`: nothing is known of the outcome.
 * @param what was tried, to begin the message with.
 */
export function toEngineError(what: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const status = statusOf(error);
  const words = wordsOf(error);
  const refused =
    status !== undefined &&
    (REFUSED.has(status) || TOO_LARGE.test(words)) &&
    !OTHER_VERSION.test(words);
  return new EngineError(refused ? 'Invalid' : 'Unavailable', `${what}: ${words}`, {
    cause: error,
    ...(status === undefined ? {} : { status }),
  });
}

/** HTTP status of a dockerode error. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The engine's message without what dockerode puts around it. */
function wordsOf(error: unknown): string {
  const json = error instanceof Error && 'json' in error ? error.json : undefined;
  if (typeof json === 'object' && json !== null && 'message' in json) return String(json.message);
  return error instanceof Error ? error.message : String(error);
}
