import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../internal/clock/clock.ts';
import {
  loadSettings,
  type Settings,
  SettingsError,
  settingsHelp,
} from '../internal/config/index.ts';
import type { Role } from '../internal/server/index.ts';
import manifest from '../package.json' with { type: 'json' };
import { addBackup } from './backup.ts';
import { boundGarbage } from './heap.ts';
import { addRedisAcl } from './redis-acl.ts';
import { stopOnSignals } from './stop-signals.ts';
import { addTokenCommand } from './token-command.ts';

const ROLES: Record<Role, string> = {
  serve: 'Run the API and the controller in one process (the default)',
  api: 'Run the API alone: needs Redis, not Docker',
  controller: 'Run the controller alone; of several, one leads and the others wait',
};

/** Runs one role until a signal. The exit code is set, not forced: logs still have to get out. */
async function run(role: Role, env: NodeJS.ProcessEnv): Promise<void> {
  const { signal, forget, onReload } = stopOnSignals();
  boundGarbage();
  try {
    const settings = settingsOf(env);
    // What serves is loaded when it serves: `health` is run every few seconds.
    const [{ createLogger }, { Server }] = await Promise.all([
      import('../internal/log/index.ts'),
      import('../internal/server/index.ts'),
    ]);
    const log = createLogger({
      level: settings.logLevel,
      monotonic: systemClock.monotonic,
    });
    const { version } = manifest;
    log.info({ version, role }, 'swarmer starts');
    const options = { role, settings, clock: systemClock, log, version, onReload };
    await Server.run(options, signal);
    log.info('swarmer has stopped');
  } catch (error) {
    process.stderr.write(`swarmer: ${explain(error)}\n`);
    process.exitCode = error instanceof SettingsError ? 2 : 1;
  } finally {
    forget();
  }
}

function settingsOf(env: NodeJS.ProcessEnv): Settings {
  return loadSettings(env, (path) => readFileSync(path, 'utf8'));
}

/** Asks the server that has the same settings, as a container's health check does. */
async function health({ ready }: { ready?: boolean }): Promise<void> {
  try {
    const { askHealth } = await import('../internal/server/ask-health.ts');
    await askHealth(settingsOf(process.env), ready ? '/readyz' : '/healthz', systemClock);
  } catch (error) {
    process.stderr.write(`swarmer: ${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** The environment with what an option says in its place. */
function envWith({ apply }: { apply?: string }): NodeJS.ProcessEnv {
  if (apply === undefined) return process.env;
  return { ...process.env, SWARMER_APPLY_DIR: apply, SWARMER_APPLY_DIR_FILE: '' };
}

function directory(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Name a directory of manifests.');
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const program = new Command('swarmer')
  .description('Batch jobs of one-shot container tasks on Docker Swarm')
  .version(manifest.version);
for (const [role, description] of Object.entries(ROLES)) {
  const command = program
    .command(role, { isDefault: role === 'serve' })
    .description(description)
    .addHelpText('after', `\n${settingsHelp()}`)
    .action((options) => run(role as Role, envWith(options)));
  if (role !== 'controller') {
    command.option(
      '--apply <dir>',
      'keep the jobs and cron jobs of its manifests applied',
      directory,
    );
  }
}
addRedisAcl(program);
addBackup(program);
addTokenCommand(program);
program
  .command('health')
  .description('Ask the server of the same settings on this machine whether it answers')
  .option('--ready', 'whether all that it needs answers too: not what to end a container for')
  .action(health);
await program.parseAsync();
