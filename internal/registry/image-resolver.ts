import type { RegistryAnswer, RegistryAuth, RegistryLogin } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { registryOf } from './image-reference.ts';
import { fingerprint } from './login.ts';
import { withoutSecrets } from './redact.ts';

/** Asks the registry of an image through an engine. Never rejects. */
export type AskRegistry = (
  image: string,
  auth: RegistryAuth | undefined,
) => Promise<RegistryAnswer>;

/** How long an answer other than `found` is not asked for again, in ms. */
const KEPT_MS = 15_000;
/** As long as a registry keeps everybody waiting and says nothing, in ms. */
const SILENCE_MS = 60_000;
/** From this on, in ms, waiting for a silent registry is worth avoiding for all its images. */
const SLOW_MS = 1000;

interface Kept {
  until: number;
  answer: RegistryAnswer;
}

/**
 * What registries say of images. Jobs wait for it before they start, so a registry that gives no answer
 * is asked once in a while only. What was found is not kept: somebody may push right after.
 */
export class ImageResolver {
  readonly #ask: AskRegistry;
  readonly #clock: Clock;
  readonly #asking = new Map<string, Promise<RegistryAnswer>>();
  /** By registry, and by image and login: another login, another answer. */
  readonly #kept = new Map<string, Kept>();

  constructor(ask: AskRegistry, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  resolve(image: string, login: RegistryLogin | undefined): Promise<RegistryAnswer> {
    const key = `${image} ${fingerprint(login)}`;
    const known = this.#recall(registryOf(image)) ?? this.#recall(key);
    if (known !== undefined) return Promise.resolve(known);
    const under = this.#asking.get(key);
    if (under !== undefined) return under;
    const asking = this.#askNow(image, login, key).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #askNow(image: string, login: RegistryLogin | undefined, key: string) {
    const since = this.#clock.monotonic();
    const answer = withoutSecrets(await this.#ask(image, login?.auth), login);
    const slow = this.#clock.monotonic() - since >= SLOW_MS;
    if (answer.kind === 'silent' && slow) this.#keep(registryOf(image), answer, SILENCE_MS);
    else if (answer.kind !== 'found') this.#keep(key, answer, KEPT_MS);
    return answer;
  }

  #recall(key: string): RegistryAnswer | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && this.#clock.monotonic() < kept.until ? kept.answer : undefined;
  }

  #keep(key: string, answer: RegistryAnswer, ms: number): void {
    const now = this.#clock.monotonic();
    for (const [other, { until }] of this.#kept) if (until <= now) this.#kept.delete(other);
    this.#kept.set(key, { until: now + ms, answer });
  }
}
