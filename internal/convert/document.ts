import { API_VERSION, quoted } from '../apis/validation/index.ts';
import { convertCronJob } from './cron-job.ts';
import { DOCUMENT } from './fields/job.ts';
import { convertJob } from './job.ts';
import type { Notes } from './notes.ts';
import { Origins } from './origins.ts';
import { Source } from './source.ts';
import { verify } from './verify.ts';

const BATCH = 'batch/v1';
const CONVERTERS = new Map([
  ['Job', convertJob],
  ['CronJob', convertCronJob],
]);

/** What is said of objects that people try. */
const OTHER_VERSIONS: ReadonlyMap<unknown, string> = new Map([
  [API_VERSION, 'this is a manifest of Swarmer already'],
  ['batch/v1beta1', `write ${BATCH}: the fields are the same`],
]);
const OTHER_KINDS: ReadonlyMap<unknown, string> = new Map([
  ['List', 'convert its items one by one'],
  ['Pod', 'put its spec into spec.template.spec of a Job'],
]);

/** @returns undefined, or what must not be used, when there are errors among the notes. */
export function convertDocument(document: unknown, notes: Notes): object | undefined {
  const source = Source.of(document, [], notes);
  if (source === undefined) return undefined;
  const convert = converterOf(source);
  if (convert === undefined) return undefined;
  source.noteOthers(DOCUMENT);
  const origins = new Origins();
  const manifest = convert(source, origins);
  if (manifest !== undefined && !notes.hasErrors) verify(manifest, origins, notes);
  return manifest;
}

function converterOf(source: Source) {
  const { notes } = source;
  const version = source.value('apiVersion');
  const kind = source.value('kind');
  const convert = typeof kind === 'string' ? CONVERTERS.get(kind) : undefined;
  // A list or a pod is of another version too: its kind says more.
  if (convert === undefined) {
    const hint = OTHER_KINDS.get(kind) ?? 'other objects have no equivalent';
    notes.error(source.at('kind'), `must be Job or CronJob${found(kind)}: ${hint}`);
    return undefined;
  }
  if (version !== BATCH) {
    const hint = OTHER_VERSIONS.get(version) ?? `only objects of ${BATCH} are converted`;
    notes.error(source.at('apiVersion'), `must be ${BATCH}${found(version)}: ${hint}`);
    return undefined;
  }
  return convert;
}

function found(value: unknown): string {
  return typeof value === 'string' ? `, not ${quoted(value)}` : '';
}
