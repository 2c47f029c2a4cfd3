import { ref } from '../../../apis/answers/schema.ts';
import type { Answer, EventKind, Header } from '../types.ts';

type Headers = Readonly<Record<string, Header>>;

/** An answer in JSON. @param schema one of `components.schemas`. */
export function json(description: string, schema: string, headers?: Headers): Answer {
  const content = { 'application/json': { schema: ref(schema) } };
  return { description, ...(headers === undefined ? {} : { headers }), content };
}

/** The same answer, which may also be a stream of events. */
export function orEvents(answer: Answer, events: readonly EventKind[]): Answer {
  const description = 'Server-sent events; a comment every 15 s while there is nothing to tell.';
  const stream = { schema: { type: 'string', description }, 'x-events': events };
  return { ...answer, content: { ...answer.content, 'text/event-stream': stream } };
}

/** The events of a watch of objects. */
export function changes(kind: 'Job' | 'CronJob'): EventKind[] {
  const schema = ref(`${kind}Change`);
  return [
    { event: 'ADDED', description: 'It is new, or was there already.', schema },
    { event: 'MODIFIED', description: 'It has changed.', schema },
    { event: 'DELETED', description: 'It is gone.', schema },
    {
      event: 'BOOKMARK',
      description: 'All that was there, or all changes up to this version, were sent.',
      schema: ref('Bookmark'),
    },
  ];
}

const text = { type: 'string' };
export const etag: Headers = {
  ETag: { description: 'Its resourceVersion, for If-Match.', schema: text },
};
export const location: Headers = {
  Location: { description: 'Path of what was made.', schema: text },
};
export const replayed: Headers = {
  ...location,
  'Idempotent-Replayed': {
    description: '`true` when the key was known, and the job is the one of then.',
    schema: text,
  },
};
