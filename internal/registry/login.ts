import { createHash } from 'node:crypto';
import type { LoginResult, RegistryAuth, RegistryLogin } from '../apis/index.ts';
import { serverAddress } from './image-reference.ts';

/** Who logs in, as the sources of credentials have it. */
export type Secret = Omit<RegistryAuth, 'serveraddress'>;

/** A login that shows where it came from, and of itself nothing: not in JSON, not when inspected. */
export function loginOf(registry: string, source: string, secret: Secret): RegistryLogin {
  const auth = { ...secret, serveraddress: serverAddress(registry) };
  return Object.defineProperty({ registry, source }, 'auth', {
    value: auth,
    enumerable: false,
  }) as RegistryLogin;
}

export function found(registry: string, source: string, secret: Secret): LoginResult {
  return { kind: 'found', login: loginOf(registry, source, secret) };
}

/** Tells logins apart, also two of the same name, without holding what is secret in them. */
export function fingerprint(login: RegistryLogin | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(login?.auth ?? null))
    .digest('hex');
}
