import { CliError, systemCode } from './errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
};

/** What happens to a connection that was there; the same request may well succeed the next time. */
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Whether asking again may help. */
export function isLost(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && LOST.has(code);
}

/** There was no answer, and there may be one later. */
export class Unreachable extends CliError {
  override name = 'Unreachable';
}

/** A failure below HTTP, with what the user can do about it. */
export function connectionError(server: URL, error: unknown): CliError {
  if (error instanceof CliError) return error;
  const words = WORDS[systemCode(error) ?? ''] ?? messageOf(error);
  return new Unreachable(
    `the server at ${server.origin} cannot be reached: ${words}. ` +
      'Is this its address? Set SWARMER_SERVER, or --server, or a context: ' +
      'swarmerctl config set-context NAME --server URL',
  );
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) {
    const [first] = error.errors as unknown[];
    return messageOf(first);
  }
  return error instanceof Error ? error.message : String(error);
}
