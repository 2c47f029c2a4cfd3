import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import { BasicAuth, type BasicAuthSettings } from './basic-auth.ts';
import { CredentialHelper } from './credential-helper.ts';
import { RegistryCredentials } from './credentials.ts';
import { DockerConfigFile } from './docker-config.ts';
import { type EcrSettings, EcrTokens } from './ecr.ts';
import { type AskRegistry, ImageResolver } from './image-resolver.ts';
import { Images } from './images.ts';
import { NamedCredentials } from './named-credentials.ts';
import type { CredentialSource } from './source.ts';

/** Where credentials come from; each may be absent. */
export interface RegistrySettings {
  /** The operator's file of named credentials. */
  credentialsPath?: string;
  /** Folder of Docker's config.json. */
  dockerConfig?: string;
  basicAuth?: BasicAuthSettings;
  ecr?: EcrSettings;
}

/** Puts the sources together, in the order in which they are asked. */
export function openImages(
  settings: RegistrySettings,
  { ask, clock, log }: { ask: AskRegistry; clock: Clock; log: Logger },
): Images {
  const { credentialsPath, dockerConfig, basicAuth, ecr } = settings;
  const helper = new CredentialHelper(clock);
  const named =
    credentialsPath === undefined ? undefined : new NamedCredentials(credentialsPath, log);
  const others: CredentialSource[] = [
    ...(dockerConfig === undefined ? [] : [new DockerConfigFile(dockerConfig, helper)]),
    ...(basicAuth === undefined ? [] : [new BasicAuth(basicAuth)]),
    ...(ecr === undefined ? [] : [new EcrTokens(ecr, clock)]),
  ];
  return new Images({
    credentials: new RegistryCredentials(named, others),
    resolver: new ImageResolver(ask, clock),
    onDenied: () => helper.forget(),
  });
}

/** What is wrong with the operator's file, one line each; none when there is no such setting. */
export async function credentialFileProblems({ credentialsPath }: RegistrySettings, log: Logger) {
  if (credentialsPath === undefined) return [];
  return new NamedCredentials(credentialsPath, log).problems();
}
