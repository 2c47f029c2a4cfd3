import { TASK_PHASES } from '../../../apis/index.ts';
import type { Parameter } from '../types.ts';

function query(name: string, description: string, schema: Parameter['schema']): Parameter {
  return { name, in: 'query', description, schema };
}

function header(name: string, description: string, schema: Parameter['schema']): Parameter {
  return { name, in: 'header', description, schema };
}

const text = { type: 'string' };
const flag = { type: 'boolean', default: false };

export const labelSelector = query(
  'labelSelector',
  'Labels, all of which must fit, such as `a=b,c!=d,e in (x,y),f notin (z),g,!h`.',
  { ...text, maxLength: 4096 },
);
export const jobFields = query(
  'fieldSelector',
  'Fields, all of which must fit, such as `status.phase=Failed,metadata.name!=x`. The fields are ' +
    'metadata.name, metadata.namespace, metadata.uid, metadata.ownerReference.name, status.phase.',
  { ...text, maxLength: 4096 },
);
export const cronJobFields = query(
  'fieldSelector',
  'As for jobs. The fields are metadata.name, metadata.namespace, metadata.uid.',
  { ...text, maxLength: 4096 },
);
export const watch = query('watch', 'An event stream of changes, not a page.', flag);
export const resourceVersion: Parameter = {
  ...query(
    'resourceVersion',
    'Of a watch: the version that is known already. Without it, everything there is comes first.',
    { type: 'integer', minimum: 0 },
  ),
  'x-only-with': 'watch',
};
export const lastVersion = header(
  'Last-Event-ID',
  'Of a watch: the id of the last event that was received. Goes before resourceVersion.',
  text,
);
export const lastEntry = header(
  'Last-Event-ID',
  'Of a watch: the id of the last entry that was received. Goes before after.',
  text,
);
export const after = query('after', 'Id of an entry: only later ones.', {
  ...text,
  pattern: '^\\d{1,16}-\\d{1,10}$',
});
export const continued = query('continue', 'Of an earlier answer, its metadata.continue.', text);
export const dryRun = query('dryRun', 'Checks and answers, and changes nothing.', {
  ...text,
  enum: ['All'],
});
export const replace = query(
  'replace',
  'Where the job cannot be changed so, it is removed and a new one takes its place.',
  flag,
);
export const withTasks = query('tasks', 'Shows the tasks that were listed, in spec.tasks.', flag);
export const taskPhase = query('phase', 'Only tasks in this phase.', {
  ...text,
  enum: [...TASK_PHASES],
});
export const whichTask = query(
  'task',
  'Name of the task, or its index. May be left out where the job has one task.',
  text,
);
export const attempt = query(
  'attempt',
  'Number of an attempt, from 1, instead of the last one. Not with follow.',
  { type: 'integer', minimum: 1, maximum: 1e9 },
);
export const follow = query('follow', 'An event stream, until the task is counted.', flag);
export const ifMatch = header(
  'If-Match',
  'The ETag of an earlier answer: the object must not have changed since.',
  text,
);
export const idempotencyKey = header(
  'Idempotency-Key',
  'Makes the call safe to repeat: the same key and body give the same job again, for a day. A key is of ' +
    'its token, route and namespace.',
  { ...text, pattern: '^[\\x21-\\x7e]{1,255}$' },
);

export const traceparent = header(
  'traceparent',
  'The trace that the job belongs to (W3C Trace Context): its tasks and its callback carry it on. ' +
    'What is none is ignored.',
  text,
);

/** Of a page, which a watch is not. */
export function notOfWatch(parameter: Parameter): Parameter {
  const description = `${parameter.description} Not of a watch.`;
  return { ...parameter, description, 'x-not-with': 'watch' };
}

export function limit(most: number, otherwise: number): Parameter {
  const schema = { type: 'integer', minimum: 1, maximum: most, default: otherwise };
  return query('limit', 'Most items of one answer.', schema);
}

export function state(values: readonly string[]): Parameter {
  return query('state', 'Only those in this state.', { ...text, enum: [...values] });
}
