import type { LoginResult, RegistryLogin } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { fetchToken, type Token } from './ecr-token.ts';
import { type HeldText, textOf } from './held-text.ts';
import { fingerprint, loginOf } from './login.ts';
import type { CredentialSource, LoginRequest } from './source.ts';

/** The settings `AWS_*`. Without keys the SDK looks for them itself: a role of the machine, say. */
export interface EcrSettings {
  keys?: { accessKeyId: HeldText; secretAccessKey: HeldText; sessionToken?: HeldText };
  /** Of registries whose name does not tell it. */
  region?: string;
  /** Instead of AWS's own address; tests have theirs. */
  endpoint?: string;
}

/** Keys as they are now. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** `<account>.dkr.ecr.<region>.amazonaws.com`, in its spellings for China, FIPS and dual stack. */
const ECR_HOST =
  /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/** A token is asked for anew so long before it expires, in ms; a short-lived one at half its life. */
const EARLY_MS = 30 * 60_000;
const SOURCE = 'the AWS ECR token of AWS_*';

interface Held {
  login: RegistryLogin;
  /** Unix time in ms from which a new one is asked for. */
  renewAt: number;
  expiresAt: number;
}

/**
 * Tokens of AWS ECR. Each is kept until shortly before it expires; one that cannot be renewed is used
 * until then.
 */
export class EcrTokens implements CredentialSource {
  readonly #settings: EcrSettings;
  readonly #clock: Clock;
  /** By region and keys: other keys give other tokens. */
  readonly #held = new Map<string, Held>();
  readonly #asking = new Map<string, Promise<LoginResult>>();

  constructor(settings: EcrSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async find({ registry }: LoginRequest): Promise<LoginResult> {
    const [host, region = this.#settings.region] = ECR_HOST.exec(registry) ?? [];
    if (host === undefined || region === undefined) return { kind: 'none' };
    let keys: Keys | undefined;
    try {
      keys = await this.#keys();
    } catch {
      const message = 'a file of AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY cannot be read';
      return { kind: 'failed', message, passing: true };
    }
    const key = `${registry} ${keys === undefined ? '' : fingerprint(loginOf('', '', { password: JSON.stringify(keys) }))}`;
    const held = this.#held.get(key);
    const now = this.#clock.now();
    if (held !== undefined && now < held.renewAt) return { kind: 'found', login: held.login };
    const asked = await this.#askOnce(key, registry, region, keys);
    if (asked.kind === 'found' || held === undefined || now >= held.expiresAt) return asked;
    return { kind: 'found', login: held.login };
  }

  /** The attempts that start together ask once. */
  #askOnce(key: string, registry: string, region: string, keys: Keys | undefined) {
    const under = this.#asking.get(key);
    if (under !== undefined) return under;
    const asking = this.#ask(key, registry, region, keys).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(
    key: string,
    registry: string,
    region: string,
    keys: Keys | undefined,
  ): Promise<LoginResult> {
    const { endpoint } = this.#settings;
    const answer = await fetchToken({
      region,
      ...(keys === undefined ? {} : { keys }),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    if (answer.kind === 'failed') return answer;
    const login = loginOf(registry, SOURCE, answer.token.secret);
    this.#hold(key, login, answer.token);
    return { kind: 'found', login };
  }

  #hold(key: string, login: RegistryLogin, { expiresAt }: Token): void {
    const now = this.#clock.now();
    for (const [other, held] of this.#held) if (held.expiresAt <= now) this.#held.delete(other);
    const renewAt = expiresAt - Math.min(EARLY_MS, (expiresAt - now) / 2);
    this.#held.set(key, { login, renewAt, expiresAt });
  }

  async #keys(): Promise<Keys | undefined> {
    const { keys } = this.#settings;
    if (keys === undefined) return undefined;
    const [accessKeyId, secretAccessKey] = await Promise.all([
      textOf(keys.accessKeyId),
      textOf(keys.secretAccessKey),
    ]);
    const { sessionToken } = keys;
    return {
      ...{ accessKeyId, secretAccessKey },
      ...(sessionToken === undefined ? {} : { sessionToken: await textOf(sessionToken) }),
    };
  }
}
