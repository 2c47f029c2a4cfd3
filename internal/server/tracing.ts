import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import { otlpSink, Traces } from '../tracing/index.ts';

/** Longest wait for a collector that does not answer, when the process is to stop, in ms. */
const CLOSE_LIMIT_MS = 2000;

/** The traces of a process, and how they end. */
export interface Tracing {
  traces: Traces;
  /** Sends what is still there, for a moment. */
  close(): Promise<void>;
}

/** Sends traces where the settings say, or nowhere. */
export async function openTracing(
  { otlp, instance, shutdownGraceMs }: Settings,
  { version, clock, log }: { version: string; clock: Clock; log: Logger },
): Promise<Tracing> {
  if (otlp === undefined) return { traces: new Traces(), close: async () => {} };
  const sink = await otlpSink({ ...otlp, version, instance, log });
  return {
    traces: new Traces(sink),
    async close() {
      const sent = new AbortController();
      const limit = clock.sleep(Math.min(shutdownGraceMs, CLOSE_LIMIT_MS), sent.signal);
      await Promise.race([sink.close(), limit]);
      sent.abort();
    },
  };
}
