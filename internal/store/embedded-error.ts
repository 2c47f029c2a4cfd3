/** The embedded Redis cannot be had. The message is for the operator and says what to do. */
export class EmbeddedRedisError extends Error {
  override name = 'EmbeddedRedisError';
}

/** True for a system error with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
