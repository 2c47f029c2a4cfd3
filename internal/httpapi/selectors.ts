import type { CronJob, Job, ObjectMeta } from '../apis/index.ts';
import { quoted } from '../apis/validation/index.ts';
import { ApiProblem } from './problem.ts';

type Match<T> = (of: T) => boolean;

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '[-A-Za-z0-9_.]*';
const EQUALITY = new RegExp(`^(${KEY}) *(==?|!=) *(${VALUE})$`);
const SET = new RegExp(`^(${KEY}) +(in|notin) +\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?) *(${KEY})$`);
/** Commas that are not within parentheses. */
const BETWEEN = /,(?![^(]*\))/;

/**
 * A label selector as kubectl has it: `a=b,c!=d,e in (x,y),f notin (z),g,!h`; all must hold.
 * @throws ApiProblem 400.
 */
export function labelSelector(text: unknown): Match<Pick<ObjectMeta, 'labels'>> {
  const terms = termsOf('labelSelector', text).map(labelTerm);
  return ({ labels = {} }) => terms.every((matches) => matches(labels));
}

type Labels = Record<string, string>;

/** The value of a label, never what any object has by its prototype. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function labelTerm(term: string): Match<Labels> {
  const [, key = '', operator, value = ''] = EQUALITY.exec(term) ?? [];
  if (operator === '!=') return (labels) => labelOf(labels, key) !== value;
  if (operator !== undefined) return (labels) => labelOf(labels, key) === value;
  const [, name = '', set, list = ''] = SET.exec(term) ?? [];
  const values = new Set(list.split(',').map((it) => it.trim()));
  const isAmong = (labels: Labels) => {
    const given = labelOf(labels, name);
    return given !== undefined && values.has(given);
  };
  if (set === 'in') return isAmong;
  if (set === 'notin') return (labels) => !isAmong(labels);
  const [, not, existing = ''] = EXISTS.exec(term) ?? [];
  if (not !== undefined) return (labels) => Object.hasOwn(labels, existing) === (not === '');
  throw new ApiProblem(
    400,
    `"labelSelector" cannot be read at ${quoted(term)}. Write it as in "a=b,c!=d,e in (x,y),f,!g".`,
  );
}

type Fields<T> = Record<string, (of: T) => string>;

const META_FIELDS: Fields<{ metadata: ObjectMeta & { uid: string } }> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace,
  'metadata.uid': ({ metadata }) => metadata.uid,
};
const JOB_FIELDS: Fields<Job> = {
  ...META_FIELDS,
  'metadata.ownerReference.name': ({ metadata }) => metadata.ownerReference?.name ?? '',
  'status.phase': ({ status }) => status.phase,
};

/** A selector such as `status.phase=Failed,metadata.name!=x`; all must hold. @throws ApiProblem 400. */
export function jobFieldSelector(text: unknown): Match<Job> {
  return fieldSelector(text, JOB_FIELDS);
}

/** The same for cron jobs. @throws ApiProblem 400. */
export function cronFieldSelector(text: unknown): Match<CronJob> {
  return fieldSelector(text, META_FIELDS);
}

function fieldSelector<T>(text: unknown, fields: Fields<T>): Match<T> {
  const terms = termsOf('fieldSelector', text).map((term) => fieldTerm(term, fields));
  return (object) => terms.every((matches) => matches(object));
}

function fieldTerm<T>(term: string, fields: Fields<T>): Match<T> {
  const [, field = '', operator, value] = EQUALITY.exec(term) ?? [];
  const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (read !== undefined) return (object) => (read(object) === value) === (operator !== '!=');
  const known = Object.keys(fields).join(', ');
  throw new ApiProblem(
    400,
    `"fieldSelector" cannot be read at ${quoted(term)}. Write field=value or field!=value; the fields are ${known}.`,
  );
}

function termsOf(name: string, text: unknown): string[] {
  if (text === undefined || text === '') return [];
  if (typeof text === 'string' && text.length <= 4096) {
    return text.split(BETWEEN).map((term) => term.trim());
  }
  throw new ApiProblem(400, `"${name}" must be given once, with at most 4096 characters.`);
}
