const MAX_CAUSES = 5;

/**
 * What a log line shows of an error. Only these members: errors of HTTP and Redis clients carry
 * requests, headers, commands and payloads as members of their own.
 */
export interface LoggedError {
  name: string;
  message: string;
  code?: string | number;
  statusCode?: number;
  stack?: string;
  cause?: LoggedError | string;
}

/** Turns whatever was thrown into what a log line shows. */
export function serializeError(thrown: unknown): LoggedError | string {
  return serialize(thrown, MAX_CAUSES);
}

function serialize(thrown: unknown, causes: number): LoggedError | string {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? thrown : typeName(thrown);
  const shown: LoggedError = { name: thrown.name, message: messageOf(thrown) };
  if ('code' in thrown && isPlain(thrown.code)) shown.code = thrown.code;
  if ('statusCode' in thrown && typeof thrown.statusCode === 'number') {
    shown.statusCode = thrown.statusCode;
  }
  if (thrown.stack !== undefined) shown.stack = thrown.stack;
  if (thrown.cause !== undefined && causes > 0) shown.cause = serialize(thrown.cause, causes - 1);
  return shown;
}

/** A failed connection to a name with several addresses has its messages one level down. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message;
  return error.errors.map((inner) => (inner instanceof Error ? inner.message : '')).join('; ');
}

function isPlain(code: unknown): code is string | number {
  return typeof code === 'string' || typeof code === 'number';
}

function typeName(thrown: unknown): string {
  return `thrown: ${Object.prototype.toString.call(thrown)}`;
}
