import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import { type FileAccess, nodeFiles } from '../manifest/index.ts';
import { Policy, type PolicySource, type Rules } from '../policy/index.ts';
import { readPolicy } from './policy-file.ts';

interface KeeperOptions {
  clock: Clock;
  log: Logger;
  files?: FileAccess;
}

/** Between looks at the file, in ms. It is read, not watched: links and mounts change unnoticed. */
const LOOK_MS = 2000;
/** Between words about a file that cannot be used, in ms. */
const REMIND_MS = 60_000;
const KEPT = 'the policy file cannot be used: the policy before stays in force until it is mended';

/** The policy in force: that of the file as it was when it was last in order. */
export class PolicyKeeper implements PolicySource {
  readonly #path: string | undefined;
  readonly #allow: readonly string[];
  readonly #jobTtlSeconds: number | undefined;
  readonly #options: KeeperOptions;
  readonly #files: FileAccess;
  #policy: Policy;
  #text = '';
  /** What is wrong with the file, and when that was last told (ms of the monotonic clock). */
  #fault: { told: string; at: number } | undefined;

  private constructor(settings: Settings, options: KeeperOptions) {
    const { policy, callbackAllow, jobTtlSeconds } = settings;
    this.#path = policy;
    this.#allow = callbackAllow;
    this.#jobTtlSeconds = jobTtlSeconds;
    this.#options = options;
    this.#files = options.files ?? nodeFiles(Readable.from([]));
    this.#policy = new Policy({}, callbackAllow);
  }

  /** @throws SettingsError with every fault of the file: nothing runs under a policy that is not there. */
  static async open(settings: Settings, options: KeeperOptions): Promise<PolicyKeeper> {
    const keeper = new PolicyKeeper(settings, options);
    if (keeper.#path === undefined) return keeper;
    const read = await readPolicy(keeper.#path, keeper.#allow, keeper.#files);
    if (!read.ok) throw new SettingsError(read.faults.map((fault) => `SWARMER_POLICY: ${fault}`));
    keeper.#policy = read.policy;
    keeper.#text = read.text;
    options.log.info({ policy: keeper.#path }, 'the policy is in force');
    return keeper;
  }

  rulesOf(namespace: string): Rules {
    const rules = this.#policy.rulesOf(namespace);
    const ttlSecondsAfterFinished = this.#jobTtlSeconds;
    if (ttlSecondsAfterFinished === undefined) return rules;
    return { ...rules, defaults: { ttlSecondsAfterFinished, ...rules.defaults } };
  }

  /** Takes over what the file says, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#path === undefined) return;
    while (!signal.aborted) {
      await untilBeat(this.#options.clock, LOOK_MS, signal);
      if (!signal.aborted) await this.#look(this.#path);
    }
  }

  async #look(path: string): Promise<void> {
    const { log } = this.#options;
    const read = await readPolicy(path, this.#allow, this.#files);
    if (!read.ok) {
      this.#tell(path, read.faults);
      return;
    }
    if (read.text === this.#text && this.#fault === undefined) return;
    this.#policy = read.policy;
    this.#text = read.text;
    this.#fault = undefined;
    log.info({ policy: path }, 'the policy has changed and is in force');
  }

  #tell(path: string, faults: readonly string[]): void {
    const { clock, log } = this.#options;
    const told = faults.join('\n');
    const now = clock.monotonic();
    if (this.#fault?.told === told && now - this.#fault.at < REMIND_MS) return;
    this.#fault = { told, at: now };
    log.error({ policy: path, faults }, KEPT);
  }
}
