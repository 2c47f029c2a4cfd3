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

interface KeepOptions {
  policy: PolicySource;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** @throws SettingsError when the directory of manifests cannot be used. */
export async function checkApplyDir({ applyDir }: Settings): Promise<void> {
  const problem = applyDir === undefined ? undefined : await directoryProblem(applyDir, files);
  if (problem !== undefined) throw new SettingsError([problem]);
}

/** Keeps the manifests of the settings' directory, if there is one, applied until `signal` aborts. */
export async function keepApplied(
  { applyDir, outputLimitBytes }: Settings,
  stores: Stores,
  { policy, clock, log, signal }: KeepOptions,
): Promise<void> {
  if (applyDir === undefined) return;
  const { jobs, catalog, crons, applied } = stores;
  log.info({ directory: applyDir }, 'keeping the manifests of a directory applied');
  const applier = new DirectoryApplier({
    ...{ directory: applyDir, files, watch: watchDirectory, clock, log },
    stores: { jobs, applier: jobs, catalog, crons, applied },
    ...{ outputLimitBytes, policy },
  });
  await applier.run(signal);
}
