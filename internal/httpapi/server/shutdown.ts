import type { ServerResponse } from 'node:http';

const SHUTDOWN = Symbol('shutdown');

/** Tells a response what aborts when its server begins to close. */
export function tellShutdown(response: ServerResponse, signal: AbortSignal): void {
  Object.defineProperty(response, SHUTDOWN, { value: signal });
}

/**
 * Aborts when the server of a response begins to close: a response that has no end of its own has to
 * end then, or it would hold the server up until its grace is over. Undefined outside `listen`.
 */
export function shutdownOf(response: ServerResponse): AbortSignal | undefined {
  const signal: unknown = Reflect.get(response, SHUTDOWN);
  return signal instanceof AbortSignal ? signal : undefined;
}
