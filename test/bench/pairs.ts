/** Runs of several ways to do the same, by name. */
export type Series<K extends string> = Record<K, number[]>;

/**
 * Runs the ways in turn, round after round, the order turned about every other round: what slows the
 * machine down for a while slows all of them.
 * @param ways each gives what it measured.
 */
export async function alternate<K extends string>(
  rounds: number,
  ways: Record<K, () => Promise<number>>,
): Promise<Series<K>> {
  const names = Object.keys(ways) as K[];
  const series = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Series<K>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      series[name].push(await ways[name]());
    }
  }
  return series;
}

/** Of each round, what one took of what the other took. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}
