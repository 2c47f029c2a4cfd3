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

/** In an entry of a list: the namespace that the rule is asked for. */
const NAMESPACE = '{namespace}';
/** Namespaces whose rules are kept. */
const MOST_FILLED = 1000;

function inNamespace(rules: Rules, namespace: string): Rules {
  const filled = (rule: unknown) =>
    Array.isArray(rule)
      ? rule.map((it) => (typeof it === 'string' ? it.replaceAll(NAMESPACE, namespace) : it))
      : rule;
  const sections = Object.entries(rules).map(([name, section]) => {
    const entries = Object.entries(section).map(([rule, value]) => [rule, filled(value)]);
    return [name, Object.fromEntries(entries)];
  });
  return Object.fromEntries(sections) as Rules;
}

/**
 * True when a file has no rule where there were some: by `default`, or by namespaces. It may be a file of which the
 * end is not written yet.
 */
export function isCutOff(next: PolicyFile, inForce: PolicyFile): boolean {
  const counts = ({ default: base, namespaces = {} }: PolicyFile) =>
    [base === undefined ? [] : [base], Object.values(namespaces)].map(
      (all) => all.flatMap(Object.values).flatMap((section) => Object.keys(section ?? {})).length,
    );
  const left = counts(next);
  return counts(inForce).some((count, part) => count > 0 && left[part] === 0);
}

/** What an operator allows: {@link SAFE_RULES}, then what `default` says, then what the namespace says. */
export class Policy implements PolicySource {
  readonly #base: Rules;
  readonly #perNamespace: boolean;
  readonly #filled = new Map<string, Rules>();
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
    this.#perNamespace = JSON.stringify(file).includes(NAMESPACE);
    for (const [name, given] of Object.entries(file.namespaces ?? {})) {
      this.#namespaces.set(name, opened(mergedRules(SAFE_RULES, file.default, given)));
    }
  }

  rulesOf(namespace: string): Rules {
    const rules = this.#namespaces.get(namespace) ?? this.#base;
    if (!this.#perNamespace) return rules;
    const known = this.#filled.get(namespace);
    if (known !== undefined) return known;
    // Anybody may ask for any namespace.
    if (this.#filled.size >= MOST_FILLED) this.#filled.clear();
    const filled = inNamespace(rules, namespace);
    this.#filled.set(namespace, filled);
    return filled;
  }
}
