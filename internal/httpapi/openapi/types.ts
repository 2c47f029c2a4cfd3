import type { JsonSchema } from '../../apis/validation/index.ts';
import type { Route } from '../access/route.ts';

/** What the operations are grouped by, in the order in which they are shown. */
export const TOPICS = {
  Jobs: 'Jobs of `swarmer/v1`, by name or by uid: what is wanted of them, and how they stand.',
  'Tasks and output': 'What the tasks of a job came to, their output, its timeline, its callback.',
  'Cron jobs': 'Jobs that are made on a schedule.',
  'Original API': 'The calls of the original Swarmer, and the reports of tasks.',
  Operation: 'For whoever runs Swarmer: the swarm, jobs set aside, services of other stores.',
  Server: 'The server itself.',
} as const;
export type Topic = keyof typeof TOPICS;

export interface Parameter {
  name: string;
  in: 'query' | 'header' | 'path';
  description: string;
  required?: boolean;
  schema: JsonSchema;
  /** Name of the flag without which it has no effect, so that it is refused. */
  'x-only-with'?: string;
  /** Name of the flag with which it has no effect, so that it is refused. */
  'x-not-with'?: string;
}

/** One kind of server-sent event. OpenAPI 3.1 has no words for them. */
export interface EventKind {
  event: string;
  description: string;
  /** Of its `data`. */
  schema: JsonSchema;
}

export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
  /** Of `text/event-stream`. */
  'x-events'?: readonly EventKind[];
}

export interface Header {
  description: string;
  schema: JsonSchema;
}

export interface Answer {
  description: string;
  headers?: Readonly<Record<string, Header>>;
  content?: Readonly<Record<string, MediaType>>;
}

/**
 * One call, as the tables have it. What follows from it is filled in by `document.ts`: the parameters
 * of its path, and the refusals that all calls of its sort have. Requests are held against it
 * (`declared-input.ts`): what it does not have of query parameters, and a body where it has none, is refused.
 */
export interface Operation {
  id: string;
  method: Route['method'];
  /** With its parameters in braces. */
  path: string;
  topic: Topic;
  summary: string;
  description?: string;
  parameters?: readonly Parameter[];
  /** Query parameters that it does not have are passed over. */
  anyQuery?: true;
  /** What it takes; an `optional` one may be left out, which is as `{}`. */
  body?: { schema: JsonSchema; example: unknown; optional?: true };
  /** By status: success, and whatever is no `application/problem+json`. */
  answers: Readonly<Record<number, Answer>>;
  /** By status: why it is refused, where that is not the same for all. */
  refusals?: Readonly<Record<number, string>>;
  /** Whose token is needed: a user's, that of a task's attempt, or nobody's. */
  token: 'user' | 'report' | 'none';
  /** Id of the call that does the same under another path. */
  aliasOf?: string;
}
