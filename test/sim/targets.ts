import { isRare, targetKinds } from './kinds.ts';
import { Rng } from './rng.ts';

/** A side effect around which a process is killed, and on which side of it. */
export interface Target {
  kind: string;
  side: 'before' | 'after';
}

/**
 * The crashes that a seed certainly has, if their side effects happen at all. Seeds aim at every side
 * effect in turn, before it and after it, each time in the company of another, and of a rare one.
 */
export function targetsOf(seed: number): Target[] {
  const kinds = targetKinds();
  const { round, at } = turn(seed, kinds);
  const rare = kinds.filter(isRare);
  const rareTurn = turn(seed, rare);
  const [first, second] = sides(round);
  const company = new Rng(round).shuffle(kinds);
  return [
    { kind: kinds[at] ?? '', side: first },
    { kind: company[at] ?? '', side: second },
    { kind: rare[rareTurn.at] ?? '', side: sides(rareTurn.round)[0] },
  ];
}

function turn(seed: number, kinds: readonly string[]): { round: number; at: number } {
  return { round: Math.floor((seed - 1) / kinds.length), at: (seed - 1) % kinds.length };
}

function sides(round: number): [Target['side'], Target['side']] {
  return round % 2 === 0 ? ['before', 'after'] : ['after', 'before'];
}
