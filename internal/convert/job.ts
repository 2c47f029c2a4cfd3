import { API_VERSION } from '../apis/validation/index.ts';
import { convertJobSpec } from './job-spec.ts';
import { convertMetadata } from './metadata.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** A Job of `batch/v1`. */
export function convertJob(source: Source, origins: Origins) {
  const { names, ...metadata } = convertMetadata(source, origins);
  const spec = source.object('spec');
  if (spec === undefined) {
    source.notes.error(source.at('spec'), 'is required: a JobSpec with "template"');
    return undefined;
  }
  const { name: jobName, namespace } = names;
  const converted = convertJobSpec(spec, origins, { jobName, namespace });
  return { apiVersion: API_VERSION, kind: 'Job', ...metadata, spec: converted };
}
