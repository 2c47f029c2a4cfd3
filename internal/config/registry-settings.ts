import { Refused } from './errors.ts';
import type { Values } from './settings-table.ts';

/** A value that may change while the server runs: its file is read again at every use. */
export interface HeldText {
  value: string;
  file?: string;
}

/** Where credentials for registries of images come from. Has the form of the registry package's settings. */
export interface RegistrySettings {
  /** Absolute. The operator's file of named credentials. */
  credentialsPath?: string;
  /** Absolute. Folder of Docker's config.json. */
  dockerConfig?: string;
  basicAuth?: BasicAuthSettings;
  ecr?: EcrSettings;
}

interface BasicAuthSettings {
  registry: string;
  username: HeldText;
  password: HeldText;
  /** How often the login is tried; once at the start when absent. */
  reauthMs?: number;
}

interface EcrSettings {
  keys?: { accessKeyId: HeldText; secretAccessKey: HeldText; sessionToken?: HeldText };
  region?: string;
  endpoint?: string;
}

/** Names the file that a variable was read from, if it was. */
export type FileOf = (name: string) => string | undefined;

/** Reads the registry of a login: a host with or without a port, or a URL of it. */
export function registryHost(text: string): string {
  const [, host] =
    /^(?:https?:\/\/)?([\w.-]+(?::\d{1,5})?|\[[\da-fA-F:]+\](?::\d{1,5})?)(?:\/.*)?$/.exec(text) ??
    [];
  if (host === undefined) {
    throw new Refused(
      `${JSON.stringify(text)} is not a registry: a host, and a port if it has one`,
    );
  }
  return host;
}

const YES = ['yes', 'y', 'true', 't', '1'];
const NO = ['no', 'n', 'false', 'f', '0'];

/** Takes a yes or no as the original does. */
export function yesOrNo(text: string): boolean {
  const word = text.toLowerCase();
  if (YES.includes(word) || NO.includes(word)) return YES.includes(word);
  throw new Refused(`${JSON.stringify(text)} is not one of ${[...YES, ...NO].join(', ')}`);
}

/** Takes text that is never shown. */
export function secretText(text: string): string {
  if (/[\0\r\n]/.test(text)) throw new Refused('it has more than one line');
  return text;
}

export function registryOf(values: Values, fileOf: FileOf): RegistrySettings {
  const { registryCredentials, dockerConfig } = values;
  const basicAuth = basicAuthOf(values, fileOf);
  const ecr = ecrOf(values, fileOf);
  return {
    ...(registryCredentials === undefined ? {} : { credentialsPath: registryCredentials }),
    ...(dockerConfig === undefined ? {} : { dockerConfig }),
    ...(basicAuth === undefined ? {} : { basicAuth }),
    ...(ecr === undefined ? {} : { ecr }),
  };
}

function basicAuthOf(values: Values, fileOf: FileOf): RegistrySettings['basicAuth'] {
  const { basicAuthRegistry: registry } = values;
  const username = held(values.basicAuthUser, fileOf('BASIC_AUTH_USER'));
  const password =
    held(values.basicAuthPassword, fileOf('BASIC_AUTH_PASSWORD')) ??
    held(values.basicAuthPass, fileOf('BASIC_AUTH_PASS'));
  if (registry === undefined || username === undefined || password === undefined) return undefined;
  const { shouldReauth, reauthHours } = values;
  const again = shouldReauth ? { reauthMs: reauthHours * 3_600_000 } : {};
  return { registry, username, password, ...again };
}

/** Keys turn it on, or a region alone: then the SDK looks for keys itself. */
function ecrOf(values: Values, fileOf: FileOf): EcrSettings | undefined {
  const { awsRegion: region, awsEcrEndpoint: endpoint } = values;
  const accessKeyId = held(values.awsAccessKeyId, fileOf('AWS_ACCESS_KEY_ID'));
  const secretAccessKey = held(values.awsSecretAccessKey, fileOf('AWS_SECRET_ACCESS_KEY'));
  const sessionToken = held(values.awsSessionToken, fileOf('AWS_SESSION_TOKEN'));
  const keys =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  if (keys === undefined && region === undefined) return undefined;
  return {
    ...(keys === undefined ? {} : { keys }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function held(value: string | undefined, file: string | undefined): HeldText | undefined {
  if (value === undefined) return undefined;
  return file === undefined ? { value } : { value, file };
}
