import { CLUSTER_KEYS, JOB_TEMPLATE_META, OBJECT_META } from './fields/metadata.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** What a Kubernetes object is called. */
export interface ObjectNames {
  name?: string | undefined;
  namespace?: string | undefined;
}

/** `metadata` of a Job or CronJob, under that key; nothing when there is none. */
export function convertMetadata(
  object: Source,
  origins: Origins,
): { metadata?: object; names: ObjectNames } {
  origins.set(['metadata'], object.at('metadata'));
  const source = object.object('metadata');
  if (source === undefined) return { names: {} };
  source.noteOthers(OBJECT_META);
  const namespace = source.text('namespace');
  const name = source.text('name');
  const metadata = {
    ...(namespace === undefined ? {} : { namespace }),
    ...dashed(source, 'name', name),
    ...dashed(source, 'generateName', source.text('generateName')),
    ...tags(source),
  };
  return { metadata, names: { name, namespace } };
}

/** `metadata` of the jobs of a cron job, under that key. */
export function convertJobTemplateMetadata(object: Source): { metadata?: object } {
  const source = object.object('metadata');
  source?.noteOthers(JOB_TEMPLATE_META);
  const metadata = source === undefined ? {} : tags(source);
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

/** Kubernetes allows dots in names of jobs. */
function dashed(source: Source, field: string, name: string | undefined) {
  if (name === undefined) return {};
  const ours = name.replaceAll('.', '-');
  if (ours !== name) source.notes.changed(source.at(field), `becomes ${ours}: a name has no dots`);
  return { [field]: ours };
}

function tags(source: Source) {
  return { ...ownTags(source, 'labels'), ...ownTags(source, 'annotations') };
}

/** Labels or annotations without those that the cluster has written. */
function ownTags(source: Source, field: 'labels' | 'annotations') {
  const entries = Object.entries(source.map(field) ?? {}).filter(([key]) => {
    if (!CLUSTER_KEYS.includes(key)) return true;
    source.notes.dropped(source.at(field, key), 'is written by the cluster: nothing to do');
    return false;
  });
  return entries.length === 0 ? {} : { [field]: Object.fromEntries(entries) };
}
