export type { SpanSink } from './finished-span.ts';
export { otlpSink } from './otlp-sink.ts';
export { Traces } from './traces.ts';
