/** A span that is over, as it is told: all of it is known. */
export interface FinishedSpan {
  traceId: string;
  spanId: string;
  /** Absent for the first of a trace. */
  parentSpanId?: string;
  name: string;
  kind: 'internal' | 'server' | 'client';
  /** Unix ms. */
  start: number;
  /** Unix ms. */
  end: number;
  /** Why what it stands for did not come off. */
  error?: string;
  attributes: Record<string, string | number>;
}

/** Takes spans, to be sent some time later. */
export interface SpanSink {
  /** Cheap; never throws. */
  add(spans: readonly FinishedSpan[]): void;
  /** Sends what there is; resolves when that is done or given up. */
  close(): Promise<void>;
}
