import { type ChildProcess, fork } from 'node:child_process';
import type { SeedResult } from './run-seed.ts';

interface PoolOptions {
  /** Socket of a Redis that is only the simulation's. */
  socketPath: string;
  workers?: number;
  seeds: readonly number[];
  /** Called with each result. Return false to start no further seed. */
  onResult: (result: SeedResult) => boolean;
}

const WORKER = new URL('./worker.ts', import.meta.url);

/**
 * Runs seeds in processes of their own, one after the other in each.
 * @throws Error when a worker ends by itself: with the seed that it was at.
 */
export async function runSeeds(options: PoolOptions): Promise<void> {
  const seeds = [...options.seeds];
  const count = Math.min(options.workers ?? 2, seeds.length);
  const next = () => seeds.shift();
  const stop = () => {
    seeds.length = 0;
  };
  const onResult = (result: SeedResult) => {
    if (!options.onResult(result)) stop();
  };
  const workers = Array.from({ length: count }, (_, db) =>
    runWorker(options.socketPath, db, next, onResult).finally(stop),
  );
  await Promise.all(workers);
}

function runWorker(
  socketPath: string,
  db: number,
  next: () => number | undefined,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const child = fork(WORKER, [socketPath, String(db)], { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    let seed: number | undefined;
    child.on('error', reject);
    child.on('exit', (code) => {
      if (seed === undefined) resolve();
      else reject(new Error(`the worker of seed ${seed} ended with ${code}`));
    });
    const hand = () => {
      seed = next();
      if (seed === undefined) end(child);
      else child.send(seed);
    };
    child.on('message', (result) => {
      onResult(result as SeedResult);
      hand();
    });
    hand();
  });
}

function end(child: ChildProcess): void {
  child.disconnect();
}
