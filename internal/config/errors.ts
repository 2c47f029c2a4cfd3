/** What a parser finds wrong with a value, one entry per thing. Never quotes a secret. */
export class Refused extends Error {
  override name = 'Refused';
  readonly problems: readonly string[];

  constructor(...problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The settings cannot be used. The message lists everything that is wrong, one line each. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Runs all parts, and tells what is wrong with each of them at once.
 * @throws SettingsError with the faults of all; another error of a part as it is.
 */
export async function allSettings<T extends readonly unknown[]>(
  ...parts: { [K in keyof T]: () => T[K] | Promise<T[K]> }
): Promise<T> {
  const settled = await Promise.allSettled(parts.map(async (part) => part()));
  const problems: string[] = [];
  const values = settled.map((it) => {
    if (it.status === 'fulfilled') return it.value;
    if (!(it.reason instanceof SettingsError)) throw it.reason;
    problems.push(...it.reason.problems);
    return undefined;
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return values as unknown as T;
}
