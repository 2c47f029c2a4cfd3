import {
  type AttemptId,
  type AttemptRecord,
  type Job,
  parseTraceparent,
  TRACE_ANNOTATION,
  traceparentOf,
} from '../apis/index.ts';
import type { CallbackTraces, DeliveryTrace } from '../callback/index.ts';
import type { ControllerTraces, TracedJob } from '../controller/index.ts';
import type { RequestTraces, SubmittedRequest } from '../httpapi/index.ts';
import type { SpanSink } from './finished-span.ts';
import { spanIdOf, traceIdOf } from './ids.ts';
import {
  attemptSpanId,
  attemptSpans,
  deliverySpan,
  jobSpan,
  jobSpanId,
  type Parent,
  submitSpan,
  submitSpanId,
} from './spans.ts';

/** The trace of a job, and whether its spans are kept. */
interface JobTrace extends Parent {
  sampled: boolean;
}

/**
 * The traces that jobs belong to. A job carries the `traceparent` that it was given; spans are made from
 * what is stored once it is over, so that no process need remember a beginning.
 *
 * Without a sink nothing is told, and what a client has sent is handed on as it came.
 */
export class Traces implements RequestTraces, ControllerTraces, CallbackTraces {
  readonly #sink: SpanSink | undefined;

  constructor(sink?: SpanSink) {
    this.#sink = sink;
  }

  traceparentOfJob(uid: string, given: string | undefined): string | undefined {
    const context = parseTraceparent(given);
    if (this.#sink === undefined) return context && traceparentOf(context);
    const { traceId, sampled } = context ?? { traceId: traceIdOf(uid), sampled: true };
    return traceparentOf({ traceId, spanId: submitSpanId(uid), sampled });
  }

  submitted(request: SubmittedRequest): void {
    const context = parseTraceparent(request.traceparent);
    if (context?.sampled === false) return;
    const parent = context ?? { traceId: traceIdOf(request.uid) };
    this.#sink?.add([submitSpan(request, parent)]);
  }

  traceparent(job: TracedJob, id: AttemptId): string | undefined {
    return this.#handedOn(job, () => attemptSpanId(id));
  }

  attemptSettled(job: TracedJob, id: AttemptId, record: AttemptRecord, now: number): void {
    if (!this.wants(job)) return;
    const { traceId } = traceOf(job);
    const parent = { traceId, spanId: jobSpanId(job.uid, job.generation ?? 1) };
    this.#sink?.add(attemptSpans(id, record, now, parent));
  }

  wants(job: TracedJob): boolean {
    return this.#sink !== undefined && traceOf(job).sampled;
  }

  jobFinished(job: Job): void {
    const span = this.wants(job.metadata) ? jobSpan(job, traceOf(job.metadata)) : undefined;
    if (span !== undefined) this.#sink?.add([span]);
  }

  /** A span of its own for each try, also for one that is made again because its result was lost. */
  delivery(
    { metadata }: Job,
    { attempt, host, at }: { attempt: number; host: string; at: number },
  ): DeliveryTrace | undefined {
    const { uid, generation = 1 } = metadata;
    const spanId = spanIdOf('callback', uid, generation, attempt, at);
    const traceparent = this.#handedOn(metadata, () => spanId);
    if (traceparent === undefined) return undefined;
    const parent = { traceId: traceOf(metadata).traceId, spanId: jobSpanId(uid, generation) };
    return {
      traceparent,
      ended: (result) => {
        if (!this.wants(metadata)) return;
        this.#sink?.add([deliverySpan(spanId, { jobUid: uid, attempt, host }, result, parent)]);
      },
    };
  }

  #handedOn(job: TracedJob, spanId: () => string): string | undefined {
    if (this.#sink === undefined) {
      const context = contextOf(job);
      return context && traceparentOf(context);
    }
    const { traceId, sampled } = traceOf(job);
    return traceparentOf({ traceId, spanId: spanId(), sampled });
  }
}

function contextOf({ annotations }: TracedJob) {
  return parseTraceparent(annotations?.[TRACE_ANNOTATION]);
}

/** A job that nobody sent, such as a cron job's, begins a trace of its own. */
function traceOf(job: TracedJob): JobTrace {
  return contextOf(job) ?? { traceId: traceIdOf(job.uid), sampled: true };
}
