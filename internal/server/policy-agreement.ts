import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { PolicyHolder } from '../apis/index.ts';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import type { ReadinessCheck } from '../httpapi/index.ts';
import type { Stores } from '../store/index.ts';

interface AgreementOptions {
  role: string;
  policy: { readonly hash: string };
  holders: Pick<Stores['policies'], 'publish' | 'withdraw'>;
  clock: Clock;
  log: Logger;
}

/** Between two times that a process says what it holds, in ms. */
const BEAT_MS = 3000;
/** Beats after which a difference is no change under way. */
const LASTING_BEATS = 3;
/** As much of a hash as tells two apart. */
const SHOWN = 12;

/**
 * Whether all processes of Swarmer hold the same policy: what one of them refuses, another one might do. APIs judge
 * what is submitted, controllers what is started and where callbacks go.
 */
export class PolicyAgreement {
  readonly #options: AgreementOptions;
  readonly #process: string;
  #holders: PolicyHolder[] = [];
  #told: string | undefined;
  /** As it was at the last beats: processes take a changed file over within seconds of each other. */
  #seen: { difference: string | undefined; beats: number } = { difference: undefined, beats: 0 };

  constructor(options: AgreementOptions) {
    this.#options = options;
    this.#process = `${options.role}@${hostname()}/${process.pid}/${ulid()}`;
  }

  /** Of this process and the others. */
  get holders(): readonly PolicyHolder[] {
    return this.#holders;
  }

  /** Which processes hold another policy; undefined when none does, as far as is known. */
  get difference(): string | undefined {
    const { hash } = this.#options.policy;
    const others = this.#holders.filter((it) => it.process !== this.#process && it.hash !== hash);
    if (others.length === 0) return undefined;
    const named = others.map((it) => `${it.process} holds ${it.hash.slice(0, SHOWN)}`).sort();
    return (
      `this process holds the policy ${hash.slice(0, SHOWN)}, ${named.join(', ')}: give all of them the same ` +
      'SWARMER_POLICY and SWARMER_CALLBACK_ALLOW'
    );
  }

  get check(): ReadinessCheck {
    return {
      ...{ name: 'policy-agreement', advisory: true, quiet: true },
      check: async () => {
        if (this.difference !== undefined) throw new Error(this.difference);
      },
    };
  }

  /** Tells what this process holds, and looks at what others do, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { holders, clock } = this.#options;
    while (!signal.aborted) {
      await this.#look();
      await untilBeat(clock, BEAT_MS, signal);
    }
    await holders.withdraw(this.#process).catch(() => {
      // Redis is away: the others forget this process in a while.
    });
  }

  async #look(): Promise<void> {
    const { holders, policy, log } = this.#options;
    try {
      this.#holders = await holders.publish({ process: this.#process, hash: policy.hash });
    } catch (err) {
      log.warn({ err }, 'cannot tell whether all processes hold the same policy');
      return;
    }
    const { difference } = this;
    const beats = difference === this.#seen.difference ? this.#seen.beats + 1 : 1;
    this.#seen = { difference, beats };
    if (beats >= LASTING_BEATS && difference !== this.#told) this.#tell(difference);
  }

  #tell(difference: string | undefined): void {
    const { log } = this.#options;
    this.#told = difference;
    if (difference === undefined) log.info('all processes hold the same policy again');
    else log.error({ difference }, 'processes of Swarmer hold different policies');
  }
}
