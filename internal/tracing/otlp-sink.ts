import type { DiagLogger, HrTime } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { FinishedSpan, SpanSink } from './finished-span.ts';

export interface OtlpOptions {
  /** Of OTLP over HTTP, without `/v1/traces`. */
  endpoint: string;
  headers: Record<string, string>;
  /** Version of Swarmer. */
  version: string;
  /** Label value that separates installations. */
  instance: string;
  log: Logger;
}

/** Between sendings, in ms: spans are told long after they began anyway. */
const DELAY_MS = 500;
/** How long the exporter tries to send a batch, in ms: a stop of the process waits for it. */
const SEND_LIMIT_MS = 2000;
const KINDS = { internal: 0, server: 1, client: 2 } as const;

/**
 * Sends spans over OTLP/HTTP as JSON, in batches; what does not fit into its bounded queue is dropped.
 * OpenTelemetry is loaded here and nowhere else: who does not trace pays nothing for it.
 */
export async function otlpSink({
  endpoint,
  headers,
  version,
  instance,
  log,
}: OtlpOptions): Promise<SpanSink> {
  const [
    { diag, DiagLogLevel, SpanStatusCode, TraceFlags },
    { BatchSpanProcessor },
    exporters,
    resources,
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  // The only way by which the exporter tells that a collector has taken a part of a batch and no more.
  const told = { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true };
  diag.setLogger(warningsTo(log), told);
  const url = `${endpoint}/v1/traces`;
  const exporter = new exporters.OTLPTraceExporter({ url, headers, timeoutMillis: SEND_LIMIT_MS });
  const processor = new BatchSpanProcessor({
    exporter: telling(exporter, log),
    scheduledDelayMillis: DELAY_MS,
    // The exporter's own limit comes first: it knows why.
    exportTimeoutMillis: 2 * SEND_LIMIT_MS,
  });
  const resource = resources.resourceFromAttributes({
    ...{ 'service.name': 'swarmer', 'service.version': version },
    'service.namespace': instance,
  });
  const readable = (span: FinishedSpan): ReadableSpan => {
    const context = (spanId: string) => ({
      ...{ traceId: span.traceId, spanId, traceFlags: TraceFlags.SAMPLED },
    });
    const { name, kind, error, attributes, parentSpanId } = span;
    const code = error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR;
    return {
      ...{ name, kind: KINDS[kind], attributes, resource },
      spanContext: () => context(span.spanId),
      ...(parentSpanId === undefined ? {} : { parentSpanContext: context(parentSpanId) }),
      ...{ startTime: hrTime(span.start), endTime: hrTime(span.end), ended: true },
      duration: hrTime(span.end - span.start),
      status: error === undefined ? { code } : { code, message: error },
      ...{ links: [], events: [], instrumentationScope: { name: 'swarmer', version } },
      ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
    };
  };
  return {
    add(spans) {
      for (const span of spans) processor.onEnd(readable(span));
    },
    async close() {
      await processor.shutdown().catch((err: unknown) => {
        log.warn({ err }, 'the last traces could not be sent');
      });
    },
  };
}

/** Passes warnings of OpenTelemetry on, each once until it is another one: they come with every batch. */
function warningsTo(log: Logger): DiagLogger {
  let last = '';
  const none = () => {};
  const warn = (...words: unknown[]) => {
    const detail = words.map(String).join(' ').slice(0, 500);
    if (detail !== last) log.warn({ detail }, 'the exporter of traces warns');
    last = detail;
  };
  return { warn, error: none, info: none, debug: none, verbose: none };
}

/** Logs when traces cannot be sent, and when they can again: not each time. */
function telling(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { code, error: err } = result;
        const failed = code !== 0;
        if (failed && !failing) log.warn({ err }, 'traces cannot be sent, and are lost meanwhile');
        if (failing && !failed) log.info('traces are sent again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

/** @param ms with their fraction. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
