import { type Parsed, parseCronJob, parseJob } from '../../apis/validation/index.ts';
import { checkManifest } from '../check.ts';
import type { ManifestDocument } from '../document.ts';
import { formatFault, type ManifestFault } from '../fault.ts';
import { type ManifestKind, manifestKind } from '../kind.ts';
import { readManifests } from '../read.ts';

const DEFAULTS = { outputLimitBytes: 1024 };
const PARSERS: Record<ManifestKind, (value: unknown) => Parsed<unknown>> = {
  Job: (value) => parseJob(value, DEFAULTS),
  CronJob: (value) => parseCronJob(value, DEFAULTS),
};

/** Everything that is wrong with a file, one line each, as `swarmerctl` shows it. */
export function faultLines(text: string, source: string): string[] {
  const { documents, faults } = readManifests(text, source);
  return [...faults, ...documents.flatMap(documentFaults)].map(formatFault);
}

function documentFaults(document: ManifestDocument): ManifestFault[] {
  const kind = manifestKind(document.value);
  if (typeof kind !== 'string') return [document.fault(kind)];
  const checked = checkManifest(document, PARSERS[kind]);
  return checked.ok ? [] : checked.faults;
}
