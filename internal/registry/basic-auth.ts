import type { LoginResult } from '../apis/index.ts';
import { type HeldText, textOf } from './held-text.ts';
import { registryName } from './image-reference.ts';
import { found } from './login.ts';
import type { CredentialSource, LoginRequest } from './source.ts';

/** The one login of the settings `BASIC_AUTH_*`. */
export interface BasicAuthSettings {
  registry: string;
  username: HeldText;
  password: HeldText;
  /** How often the login is tried, to tell of one that has expired; once when absent. In ms. */
  reauthMs?: number;
}

export class BasicAuth implements CredentialSource {
  readonly #registry: string;
  readonly #settings: BasicAuthSettings;

  constructor(settings: BasicAuthSettings) {
    this.#registry = registryName(settings.registry);
    this.#settings = settings;
  }

  async find({ registry }: LoginRequest): Promise<LoginResult> {
    if (registry !== this.#registry) return { kind: 'none' };
    try {
      const { username, password } = this.#settings;
      const secret = { username: await textOf(username), password: await textOf(password) };
      return found(registry, 'the login of BASIC_AUTH_USER', secret);
    } catch {
      const message = 'the file of BASIC_AUTH_USER or BASIC_AUTH_PASSWORD cannot be read';
      return { kind: 'failed', message, passing: true };
    }
  }
}
