import type { ServerDefaults } from '../apis/validation/index.ts';
import { parseCronJob, parseJob } from '../apis/validation/index.ts';
import type { Notes } from './notes.ts';
import type { Origins } from './origins.ts';

/** They say nothing of what is accepted. */
const DEFAULTS: ServerDefaults = { outputLimitBytes: 0 };

/** Notes as errors what the parser of our manifests does not accept: its rules are not repeated here. */
export function verify(manifest: { kind: string }, origins: Origins, notes: Notes): void {
  const parse = manifest.kind === 'Job' ? parseJob : parseCronJob;
  const parsed = parse(manifest, DEFAULTS);
  if (parsed.ok) return;
  for (const { path, message } of parsed.problems) {
    const { at, rest } = origins.of(path);
    notes.error(at, message, rest);
  }
}
