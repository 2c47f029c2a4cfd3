import type { Request, Response } from 'express';
import { ownName, parseTraceparent, TRACE_ANNOTATION } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { SpecWriter, Submission } from '../store/ports.ts';
import type { RequestTraces } from './options.ts';
import { routeOf, statusOf } from './request-metrics.ts';

/** The trace that a request carries on: the jobs that it creates belong to it. */
export class RequestTrace {
  readonly #traces: RequestTraces;
  readonly #clock: Clock;
  readonly #request: Request;
  readonly #response: Response;
  readonly #begunAt: number;

  constructor(
    { traces, clock }: { traces: RequestTraces; clock: Clock },
    request: Request,
    response: Response,
  ) {
    this.#traces = traces;
    this.#clock = clock;
    this.#request = request;
    this.#response = response;
    this.#begunAt = clock.now();
  }

  /** Stores a job with the trace that it belongs to. @returns as `SpecWriter.submitJob` does. */
  async submitJob(jobs: SpecWriter, submission: Submission): Promise<string> {
    const given = this.#given(submission);
    const traceparent = this.#traces.traceparentOfJob(submission.uid, given);
    if (traceparent === undefined) return jobs.submitJob(submission);
    const over = new Promise<void>((resolve) => this.#response.once('close', () => resolve()));
    const uid = await jobs.submitJob(annotated(submission, traceparent));
    if (uid === submission.uid) void over.then(() => this.#tell(uid, given));
    return uid;
  }

  /** The header, or what a manifest says of itself. */
  #given({ meta }: Submission): string | undefined {
    const header = this.#request.get('traceparent');
    return parseTraceparent(header) === undefined ? meta?.annotations?.[TRACE_ANNOTATION] : header;
  }

  #tell(uid: string, traceparent: string | undefined): void {
    this.#traces.submitted({
      ...{ uid, method: this.#request.method, route: routeOf(this.#request) },
      ...{ status: statusOf(this.#response), begunAt: this.#begunAt, endedAt: this.#clock.now() },
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }
}

/** Not among what was applied: a later apply must not take it for a field that its user gave. */
function annotated(submission: Submission, traceparent: string): Submission {
  const { uid, meta = ownName(uid) } = submission;
  const annotations = { ...meta.annotations, [TRACE_ANNOTATION]: traceparent };
  return { ...submission, meta: { ...meta, annotations } };
}
