import type { RegistryAnswer, RegistryLogin } from '../apis/index.ts';

/** A registry's own words, which may repeat what it was sent, without what is secret in the login. */
export function withoutSecrets(
  answer: RegistryAnswer,
  login: RegistryLogin | undefined,
): RegistryAnswer {
  if (answer.kind === 'found' || login === undefined) return answer;
  const message = secretForms(login).reduce(
    (text, it) => text.replaceAll(it, '***'),
    answer.message,
  );
  return { ...answer, message };
}

/** Secrets as they may be written: as they are, as Basic authentication has them, in a URL. */
function secretForms({ auth }: RegistryLogin): string[] {
  const { username = '', password, identitytoken, registrytoken } = auth;
  const secrets = [password, identitytoken, registrytoken].filter((it) => it !== undefined);
  return secrets.flatMap((secret) => [
    secret,
    Buffer.from(`${username}:${secret}`).toString('base64'),
    encodeURIComponent(secret),
  ]);
}
