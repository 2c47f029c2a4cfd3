/** Name and value, name and value, … as Redis replies with hashes, entries of streams and scores. */
export function pairsOf<T>(list: readonly T[]): [T, T][] {
  const pairs: [T, T][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) pairs.push([list[i] as T, list[i + 1] as T]);
  return pairs;
}
