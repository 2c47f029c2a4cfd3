/** A value that was read, and what it takes when every alias in it is written out. */
export interface Measured {
  value: unknown;
  /** About how many characters. */
  size: number;
  /** How many aliases. */
  aliases: number;
  /** How many mappings and lists are within one another. */
  depth: number;
}

export const NOTHING: Measured = { value: null, size: 1, aliases: 0, depth: 0 };

/** The measure of a collection of `parts`, whose keys take `size` characters. */
export function collected(value: unknown, parts: readonly Measured[], size = 0): Measured {
  const whole = { value, size: size + 1, aliases: 0, depth: 0 };
  for (const part of parts) {
    whole.size += part.size;
    whole.aliases += part.aliases;
    whole.depth = Math.max(whole.depth, part.depth);
  }
  whole.depth += 1;
  return whole;
}
