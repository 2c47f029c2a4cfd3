/** One variable of the environment. */
export interface Variable<T> {
  name: string;
  /** One line for `swarmer serve --help`. */
  description: string;
  /** A value that is right, for error messages. */
  example: string;
  /** Stands for the variable when it is not set. */
  fallback?: string;
  /** @throws Refused */
  parse(text: string): T;
}

/** What a variable comes to: its parsed value, or undefined when it may be absent and is. */
export type ValueOf<V> = V extends { fallback: string; parse(text: string): infer T }
  ? T
  : V extends { parse(text: string): infer T }
    ? T | undefined
    : never;
