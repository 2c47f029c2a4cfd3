import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { DirectoryApplier, directoryProblem, watchDirectory } from '../applydir/index.ts';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import { nodeFiles } from '../manifest/index.ts';
import type { PolicySource } from '../policy/index.ts';
import type { Stores } from '../store/index.ts';

/** A directory has no standard input. */
const files = nodeFiles(Readable.from([]));

interface ApplierOptions {
  policy: PolicySource;
  clock: Clock;
  log: Logger;
}

/** @throws SettingsError when the directory of manifests cannot be used. */
export async function checkApplyDir({ applyDir }: Settings): Promise<void> {
  const problem = applyDir === undefined ? undefined : await directoryProblem(applyDir, files);
  if (problem !== undefined) throw new SettingsError([problem]);
}

/** What keeps the manifests of the settings' directory applied, if there is one. */
export function openApplier(
  { applyDir, outputLimitBytes }: Settings,
  stores: Stores,
  { policy, clock, log }: ApplierOptions,
): DirectoryApplier | undefined {
  if (applyDir === undefined) return undefined;
  const { jobs, catalog, crons, applied } = stores;
  log.info({ directory: applyDir }, 'keeping the manifests of a directory applied');
  return new DirectoryApplier({
    ...{ directory: applyDir, files, watch: watchDirectory, clock, log },
    stores: { jobs, applier: jobs, catalog, crons, applied },
    ...{ outputLimitBytes, policy },
  });
}
