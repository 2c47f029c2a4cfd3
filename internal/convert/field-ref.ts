import { quoted } from '../apis/validation/index.ts';
import type { Template } from './expansion.ts';
import { FIELD_REF, FIELD_REFS } from './fields/container.ts';
import type { PodFacts } from './pod-facts.ts';
import type { Source } from './source.ts';
import { indexValue } from './variables.ts';

/** The label, and annotation, that Kubernetes gives the pods of an indexed job. */
const INDEX_KEY = 'batch.kubernetes.io/job-completion-index';
const JOB_NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];
/** A member of a map: `metadata.labels['app']`. */
const MEMBER = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The value of a `fieldRef`. @returns undefined when it is not known here, which is noted. */
export function fieldValue(source: Source, facts: PodFacts): Template | undefined {
  source.noteOthers(FIELD_REF);
  source.require('fieldPath', 'a text');
  const path = source.text('fieldPath');
  if (path === undefined) return undefined;
  const [, map, key = ''] = MEMBER.exec(path) ?? [];
  if (map !== undefined) {
    const value = memberValue(map === 'labels' ? 'labels' : 'annotations', key, facts);
    if (value === undefined) {
      const message = `the pods are not known to have ${quoted(key)}: give the value in "env"`;
      source.notes.dropped(source.path, message);
    }
    return value;
  }
  if (path === 'metadata.namespace' && facts.namespace !== undefined) return [facts.namespace];
  const known = Object.hasOwn(FIELD_REFS, path) ? FIELD_REFS[path] : undefined;
  const message = known ?? `a task has no ${quoted(path)}: give the value in "env"`;
  source.notes.dropped(source.path, message);
  return undefined;
}

function memberValue(
  map: 'labels' | 'annotations',
  key: string,
  { indexed, jobName, [map]: members }: PodFacts,
): Template | undefined {
  if (key === INDEX_KEY && indexed) return indexValue();
  const isJobName = map === 'labels' && JOB_NAME_LABELS.includes(key);
  if (isJobName && jobName !== undefined) return [jobName];
  return Object.hasOwn(members, key) ? [members[key] ?? ''] : undefined;
}
