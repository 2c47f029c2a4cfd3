import type { Aim, Figure } from './scenario.ts';

/** Wall time of some work in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The value that a share of the values is not above; between two of them, in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Summary {
  median: number;
  min: number;
  max: number;
  p99: number;
  count: number;
}

export function summarise(values: readonly number[]): Summary {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    p99: quantile(values, 0.99),
    count: values.length,
  };
}

/** Whether a figure comes to its aim; undefined without one. */
export function holds({ values, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  const { [aim.of]: value } = summarise(values);
  return value <= (aim.atMost ?? value) && value >= (aim.atLeast ?? value);
}

export function aimText({ of, atMost, atLeast }: Aim): string {
  return atMost === undefined ? `${of} ≥ ${atLeast}` : `${of} ≤ ${atMost}`;
}

/** With as many digits as say something. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return String(Number(value.toFixed(digits)));
}
