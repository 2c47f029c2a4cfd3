import type { Logger } from 'pino';
import { digestOf } from '../apis/canonical-json.ts';
import type { Clock } from '../clock/clock.ts';
import { type Settings, SettingsError } from '../config/index.ts';
import type { OperatorFile } from '../httpapi/index.ts';
import { FileProblems, LiveFile } from '../livefile/index.ts';
import {
  isCutOff,
  Policy,
  type PolicyFile,
  type PolicySource,
  parsePolicy,
  type Rules,
} from '../policy/index.ts';
import { ownHosts } from './addresses.ts';

/** What is told of a policy file that looks as if not all of it were there. */
const CUT_OFF =
  'it has none of the rules that were in force, as if it were cut off: send SIGHUP to every process of ' +
  'Swarmer, or restart it, when that is meant';

/** The policy in force: that of the file as it was when it was last in order. */
export class PolicyKeeper implements PolicySource {
  readonly #allow: readonly string[];
  readonly #jobTtlSeconds: number | undefined;
  readonly #own: Rules['own'];
  #file: LiveFile<PolicyFile> | undefined;
  #policy: Policy;
  #hash: string;

  private constructor(settings: Settings) {
    const { callbackAllow, jobTtlSeconds } = settings;
    this.#allow = [...callbackAllow].sort();
    this.#jobTtlSeconds = jobTtlSeconds;
    this.#own = { hosts: ownHosts(settings) };
    this.#policy = new Policy({}, this.#allow);
    this.#hash = digestOf([{}, this.#allow]);
  }

  /** @throws SettingsError with every fault of the file: nothing runs under a policy that is not there. */
  static async open(
    settings: Settings,
    { clock, log }: { clock: Clock; log: Logger },
  ): Promise<PolicyKeeper> {
    const keeper = new PolicyKeeper(settings);
    const { policy: path } = settings;
    if (path === undefined || path === 'none') return keeper;
    const file = await LiveFile.open({
      ...{ path, parse: parsePolicy, clock, log },
      changed: (value) => {
        keeper.#use(value);
        log.info({ policy: path, hash: keeper.hash }, 'the policy has changed and is in force');
      },
      doubt: (next, inForce) => (isCutOff(next, inForce) ? CUT_OFF : undefined),
    }).catch(refuseSettings);
    keeper.#file = file;
    keeper.#use(file.value);
    log.info({ policy: path, hash: keeper.hash }, 'the policy is in force');
    return keeper;
  }

  /** That of the settings, if there is one. */
  get files(): OperatorFile[] {
    const file = this.#file;
    if (file === undefined) return [];
    return [{ name: 'policy', problems: () => file.problem?.problems ?? [] }];
  }

  /** Of what the file says, and of what callbacks may reach beside it: the same in processes that judge alike. */
  get hash(): string {
    return this.#hash;
  }

  rulesOf(namespace: string): Rules {
    const rules = { ...this.#policy.rulesOf(namespace), own: this.#own };
    const ttlSecondsAfterFinished = this.#jobTtlSeconds;
    if (ttlSecondsAfterFinished === undefined) return rules;
    return { ...rules, defaults: { ttlSecondsAfterFinished, ...rules.defaults } };
  }

  /** Takes over what the file says, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#file?.run(signal);
  }

  /** Takes over what the file says now: a person has said so. */
  async reload(): Promise<void> {
    await this.#file?.reload();
  }

  #use(file: PolicyFile): void {
    this.#policy = new Policy(file, this.#allow);
    this.#hash = digestOf([file, this.#allow]);
  }
}

function refuseSettings(error: unknown): never {
  if (!(error instanceof FileProblems)) throw error;
  throw new SettingsError(error.problems.map((it) => `SWARMER_POLICY: ${it}`));
}
