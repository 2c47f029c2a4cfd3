import type { Logger } from 'pino';
import type { LoginAnswer, RegistryAuth } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { BasicAuth, type BasicAuthSettings } from './basic-auth.ts';
import { registryName } from './image-reference.ts';

interface LoginCheckOptions {
  basicAuth: BasicAuthSettings;
  /** Logs in at a registry, through an engine. Never rejects. */
  check: (auth: RegistryAuth) => Promise<LoginAnswer>;
  clock: Clock;
  log: Logger;
}

/**
 * Tries the login of the settings at the start, and again as often as they say, so that the operator
 * hears of one that has expired before a job does. Every attempt logs in by itself: nothing depends on it.
 */
export async function checkLogin(options: LoginCheckOptions, signal: AbortSignal): Promise<void> {
  const { reauthMs } = options.basicAuth;
  for (;;) {
    await checkOnce(options);
    if (reauthMs === undefined) return;
    await options.clock.sleep(reauthMs, signal);
    if (signal.aborted) return;
  }
}

async function checkOnce({ basicAuth, check, log }: LoginCheckOptions): Promise<void> {
  const registry = registryName(basicAuth.registry);
  const found = await new BasicAuth(basicAuth).find({ registry, namespace: '' });
  if (found.kind !== 'found') {
    const reason = 'message' in found ? found.message : found.kind;
    log.error({ registry, reason }, 'the login of BASIC_AUTH_USER cannot be read');
    return;
  }
  const { kind } = await check(found.login.auth);
  if (kind === 'taken') log.info({ registry }, 'the registry takes the login of BASIC_AUTH_USER');
  else if (kind === 'denied') {
    log.error({ registry }, 'the registry refuses the login of BASIC_AUTH_USER');
  } else log.warn({ registry, reason: kind }, 'the login of BASIC_AUTH_USER could not be tried');
}
