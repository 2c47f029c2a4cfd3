import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import type { OperatorFile } from '../httpapi/index.ts';
import { checkLogin, credentialFileProblems, type Images, openImages } from '../registry/index.ts';
import type { Engine } from '../swarm/index.ts';

/** @throws SettingsError when the file of registry credentials cannot be used. */
export async function checkCredentials({ registry }: Settings, log: Logger): Promise<void> {
  const problems = await credentialFileProblems(registry, log);
  const name = 'SWARMER_REGISTRY_CREDENTIALS';
  if (problems.length > 0) throw new SettingsError(problems.map((line) => `${name}: ${line}`));
}

/** The file of registry credentials, if the settings name one. */
export function credentialFiles({ registry }: Settings, log: Logger): OperatorFile[] {
  if (registry.credentialsPath === undefined) return [];
  const problems = () => credentialFileProblems(registry, log);
  return [{ name: 'registry-credentials', problems }];
}

/** The images of jobs, with the credentials of the settings. Registries are asked by the engine. */
export function jobImages(
  { registry }: Settings,
  engine: Engine,
  { clock, log }: { clock: Clock; log: Logger },
): Images {
  return openImages(registry, {
    ask: (image, auth) => engine.askRegistry(image, auth),
    ...{ clock, log },
  });
}

/** Tries the login of `BASIC_AUTH_*`, if there is one, as often as the settings say, until `signal` aborts. */
export async function checkBasicAuth(
  { registry: { basicAuth } }: Settings,
  engine: Engine,
  { clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal },
): Promise<void> {
  if (basicAuth === undefined) return;
  await checkLogin({ basicAuth, check: (auth) => engine.tryLogin(auth), clock, log }, signal);
}
