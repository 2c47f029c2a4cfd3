import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoginResult } from '../apis/index.ts';
import type { CredentialHelper } from './credential-helper.ts';
import { registryName, serverAddress } from './image-reference.ts';
import { found, type Secret } from './login.ts';
import type { CredentialSource, LoginRequest } from './source.ts';

/** Docker's config.json, as far as it is of logins. Any member may be of another type: people edit it. */
interface DockerConfig {
  auths: Record<string, Record<string, unknown>>;
  credHelpers: Record<string, unknown>;
  credsStore: string;
}

/**
 * What `docker login` keeps: of a registry its own helper, else the store of all, else the file itself.
 * The order is that of Docker's command line (cli/config/configfile, `GetAuthConfig`).
 */
export class DockerConfigFile implements CredentialSource {
  readonly #file: string;
  readonly #helper: CredentialHelper;

  /** @param folder Docker's `DOCKER_CONFIG`. */
  constructor(folder: string, helper: CredentialHelper) {
    this.#file = join(folder, 'config.json');
    this.#helper = helper;
  }

  async find({ registry }: LoginRequest): Promise<LoginResult> {
    const config = await this.#read();
    if (config === 'absent') return { kind: 'none' };
    if (config === 'broken') {
      const message = `Docker's ${this.#file} cannot be read as JSON`;
      return { kind: 'failed', message, passing: true };
    }
    const program = memberFor(config.credHelpers, registry) ?? config.credsStore;
    if (typeof program === 'string' && program !== '') {
      const answer = await this.#helper.get(program, serverAddress(registry), registry);
      // A store that does not know the registry leaves it to what the file itself has.
      if (answer.kind !== 'none') return answer;
    }
    const secret = secretIn(memberFor(config.auths, registry));
    return secret === undefined
      ? { kind: 'none' }
      : found(registry, "the login of Docker's config.json", secret);
  }

  async #read(): Promise<DockerConfig | 'absent' | 'broken'> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return absent ? 'absent' : 'broken';
    }
    try {
      const { auths = {}, credHelpers = {}, credsStore = '' } = JSON.parse(text);
      return { auths, credHelpers, credsStore };
    } catch {
      return 'broken';
    }
  }
}

/** Keys are hosts or URLs, as whoever logged in wrote them. */
function memberFor<T>(map: Record<string, T>, registry: string): T | undefined {
  return Object.entries(map).find(([key]) => registryName(key) === registry)?.[1];
}

/** `auth` is base64 of `user:password`; an identity token stands in the password's place. */
function secretIn(entry: Record<string, unknown> | undefined): Secret | undefined {
  const text = (name: string) => {
    const value = entry?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const pair = Buffer.from(text('auth') ?? '', 'base64')
    .toString()
    .replace(/\0+$/, '');
  const colon = pair.indexOf(':');
  const username = colon > 0 ? pair.slice(0, colon) : text('username');
  const password = colon > 0 ? pair.slice(colon + 1) : text('password');
  const [identitytoken, registrytoken] = [text('identitytoken'), text('registrytoken')];
  const secret = {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(identitytoken ? { identitytoken } : {}),
    ...(registrytoken ? { registrytoken } : {}),
  };
  return password || identitytoken || registrytoken ? secret : undefined;
}
