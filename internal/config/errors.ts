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
