import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../internal/clock/clock.ts';
import { loadSettings, SettingsError } from '../internal/config/index.ts';
import { createLogger } from '../internal/log/index.ts';
import { withBackups } from '../internal/server/index.ts';
import type { Backups } from '../internal/store/index.ts';
import manifest from '../package.json' with { type: 'json' };

const BACKUP_HELP = `
Reads the Redis of the settings, REDIS_URL or the embedded one, while servers run. Each job is in the file
as it was at one moment. The file takes the place of one of its name when it is whole; keep it as you keep
a secret: it holds what jobs were given, and the key of report tokens.
`;
const RESTORE_HELP = `
Stop all servers of the store before. The file is read to its end first: one that was altered, or cut off,
changes nothing. The store keeps the identity it had, so that services which still run are its own again:
a task whose service ended since the backup runs once more, and a service of a job that is younger than the
backup is removed. --hold suspends every job that is not finished, for you to resume.
`;

interface RestoreFlags {
  replace?: true;
  hold?: true;
  newIdentity?: true;
}

/** Adds `swarmer backup` and `swarmer restore`. */
export function addBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('Write what is stored into a file')
    .addHelpText('after', BACKUP_HELP)
    .action((file: string) => run((backups) => backup(backups, resolve(file))));
  program
    .command('restore <file>')
    .description('Put the store to what a file of `backup` holds')
    .option('--replace', 'remove the jobs that are in the store')
    .option('--hold', 'suspend jobs that are not finished')
    .option('--new-identity', 'make it another store than the one that was backed up')
    .addHelpText('after', RESTORE_HELP)
    .action((file: string, flags: RestoreFlags) =>
      run((backups, leaseMs) => restore(backups, resolve(file), { ...flags, leaseMs })),
    );
}

async function backup(backups: Backups, path: string): Promise<string> {
  const { jobs, unfinished, cronJobs } = await backups.backup(path, manifest.version);
  return `${path}: ${jobs} jobs, ${unfinished} of them not finished, and ${cronJobs} cron jobs`;
}

async function restore(
  backups: Backups,
  path: string,
  { replace = false, hold = false, newIdentity = false, leaseMs }: Flags & { leaseMs: number },
): Promise<string> {
  const options = { path, replace, hold, newIdentity, leaseMs };
  const { header, jobs, unfinished } = await backups.restore(options);
  const state = hold ? 'suspended' : 'going on when a controller starts';
  return `restored ${jobs} jobs of ${header.createdAt}; ${unfinished} are not finished, ${state}`;
}

type Flags = { [K in keyof RestoreFlags]?: boolean };

/** Runs a verb on the store of the settings, and says what it came to, or why it did not. */
async function run(verb: (backups: Backups, leaseMs: number) => Promise<string>): Promise<void> {
  try {
    const settings = loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
    const log = createLogger({ level: 'silent' });
    const options = { settings, clock: systemClock, log };
    const said = await withBackups(options, (backups) => verb(backups, settings.leaseMs));
    process.stdout.write(`${said}\n`);
  } catch (error) {
    process.stderr.write(`swarmer: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof SettingsError ? 2 : 1;
  }
}
