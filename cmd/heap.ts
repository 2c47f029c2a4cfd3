import { setFlagsFromString } from 'node:v8';

/** How much the old part of the heap may grow after a collection until the next one, in % of what was in use. */
const GROWTH_PERCENT = 100;

/**
 * Collects garbage before the heap is twice what is in use; V8 lets it become up to four times as much. A busy
 * controller takes 183 MiB at the most instead of 260, and no measurable part of its processor time for it
 * (`make bench SCENARIO=growth`). What is in use may become as large as it needs to.
 *
 * What is young is collected by the thread that made it, a few ms every 35 ms of a busy API. V8 would share that
 * with others, which on two cores wait for one that is free: a submission took 9 % more processor time.
 */
export function boundGarbage(): void {
  // Both are read by V8 at each collection, so they may be set while the program runs.
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--no-parallel-scavenge');
}
