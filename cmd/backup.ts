import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { Command } from 'commander';
import { systemClock } from '../internal/clock/clock.ts';
import { loadSettings, type Settings, SettingsError } from '../internal/config/index.ts';
import type { Backups } from '../internal/store/index.ts';
import manifest from '../package.json' with { type: 'json' };

const BACKUP_HELP = `
Reads the Redis of the settings, REDIS_URL or the embedded one, while servers run. Each job is in the file
as it was at one moment. The file takes the place of one of its name when it is whole; keep it as you keep
a secret: it holds what jobs were given, and the key of report tokens. For "-" it goes to the standard output,
and is whole only if the exit status is 0.
`;
const RESTORE_HELP = `
Stop all servers of the store before. The file is read to its end first: one that was altered, or cut off,
changes nothing. The store keeps the identity it had, so that services which still run are its own again:
a task whose service ended since the backup runs once more, and a service of a job that is younger than the
backup is removed. --hold suspends every job that is not finished, for you to resume.
`;

const NEW_STORE_HELP = `
A server does not begin with an empty store where one has been: its folder may be gone, or not mounted. This
says that it shall. What is left of the data is put aside, beside its folder. Services of the store that was are
then another store's: the server tells of them and leaves them alone until it is told what to do.
`;

interface RestoreFlags {
  replace?: true;
  hold?: true;
  newIdentity?: true;
}

/** Adds what is done to a store from outside of a server. */
export function addBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('Write what is stored into a file')
    .addHelpText('after', BACKUP_HELP)
    .action((file: string) =>
      file === '-'
        ? run((backups) => backup(backups, process.stdout), process.stderr)
        : run((backups) => backup(backups, resolve(file))),
    );
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
  program
    .command('new-store')
    .description(
      'Let the next start begin with an empty store where the data of the embedded one is lost',
    )
    .addHelpText('after', NEW_STORE_HELP)
    .action(() => saying(newStore));
}

async function newStore({ redis, dataDir }: Settings): Promise<string> {
  if (redis !== undefined) {
    throw new Error(
      'REDIS_URL names a Redis, of which nothing needs to be said: just start swarmer',
    );
  }
  const { beginNewStore } = await import('../internal/store/index.ts');
  const aside = await beginNewStore(dataDir, systemClock);
  return `the next start begins with an empty store; what was left of the one before is in ${aside}`;
}

async function backup(backups: Backups, to: string | WriteStream): Promise<string> {
  if (typeof to !== 'string' && to.isTTY) {
    throw new Error('a backup is no text: send it into a file, as in "swarmer backup - > FILE"');
  }
  const { jobs, unfinished, cronJobs } = await backups.backup(to, manifest.version);
  const what = typeof to === 'string' ? to : 'the backup';
  return `${what}: ${jobs} jobs, ${unfinished} of them not finished, and ${cronJobs} cron jobs`;
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

/** Runs a verb on the store of the settings. */
function run(
  verb: (backups: Backups, leaseMs: number) => Promise<string>,
  words: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  return saying(async (settings) => {
    const [{ createLogger }, { withBackups }] = await Promise.all([
      import('../internal/log/index.ts'),
      import('../internal/server/index.ts'),
    ]);
    const options = { settings, clock: systemClock, log: createLogger({ level: 'silent' }) };
    return withBackups(options, (backups) => verb(backups, settings.leaseMs));
  }, words);
}

/** Runs a verb, and says what it came to, or why it did not. */
async function saying(
  verb: (settings: Settings) => Promise<string>,
  words: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  try {
    const settings = loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
    words.write(`${await verb(settings)}\n`);
  } catch (error) {
    process.stderr.write(`swarmer: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof SettingsError ? 2 : 1;
  }
}
