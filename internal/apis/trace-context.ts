/** Where in a trace something belongs: W3C Trace Context, without its `tracestate`. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** Of the span that is the parent of what follows: 16 hexadecimal digits. */
  spanId: string;
  /** Whether whoever began the trace wants its spans kept. */
  sampled: boolean;
}

/** Annotation of a job with the `traceparent` that it belongs to. */
export const TRACE_ANNOTATION = 'swarmer/traceparent';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * Reads a `traceparent`. Of a version to come, what version 00 has is read (section 3.2.4 of the
 * recommendation).
 * @returns undefined for what is none: it is then as if it had not been sent.
 */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '', 16) & SAMPLED) !== 0 };
}

/** The `traceparent` of version 00 that says so. */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
