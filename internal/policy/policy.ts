import { parseAllowList } from './addresses/allow-list.ts';
import { type GivenRules, mergedRules, type Rules, SAFE_RULES } from './rules.ts';

/** The rules that hold now: they may be others at the next call. */
export interface PolicySource {
  rulesOf(namespace: string): Rules;
}

/** A policy file as it was read. */
export interface PolicyFile {
  default?: GivenRules | undefined;
  namespaces?: Record<string, GivenRules> | undefined;
}

/** What an operator allows: {@link SAFE_RULES}, then what `default` says, then what the namespace says. */
export class Policy implements PolicySource {
  readonly #base: Rules;
  readonly #namespaces = new Map<string, Rules>();

  /**
   * @param callbackAllow entries of SWARMER_CALLBACK_ALLOW: they hold beside the file's.
   * @throws Error that names the setting when one cannot be read.
   */
  constructor(file: PolicyFile = {}, callbackAllow: readonly string[] = []) {
    parseAllowList(callbackAllow);
    const opened = (rules: Rules): Rules => ({
      ...rules,
      callbacks: { ...rules.callbacks, private: [...callbackAllow, ...rules.callbacks.private] },
    });
    this.#base = opened(mergedRules(SAFE_RULES, file.default));
    for (const [name, given] of Object.entries(file.namespaces ?? {})) {
      this.#namespaces.set(name, opened(mergedRules(SAFE_RULES, file.default, given)));
    }
  }

  rulesOf(namespace: string): Rules {
    return this.#namespaces.get(namespace) ?? this.#base;
  }
}
