import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

interface Counts {
  completions?: number;
  parallelism?: number;
  /** Only of a job of no parallelism. */
  suspend?: true;
  /** How many tasks there are. */
  total: number;
  /** True when every pod is told of its index. */
  indexed: boolean;
}

/** `completions`, `parallelism` and `completionMode`. */
export function convertCounts(source: Source, origins: Origins): Counts {
  const mode = source.word('completionMode', ['NonIndexed', 'Indexed']);
  const completions = source.integer('completions');
  const parallelism = source.integer('parallelism');
  const workers = completions === undefined ? (parallelism ?? 1) : 1;
  if (workers > 1) {
    noteWorkers(source, workers);
    origins.set(source.at('completions'), source.at('parallelism'));
  }
  const total = workers > 1 ? workers : (completions ?? 1);
  return {
    ...(completions === undefined && total === 1 ? {} : { completions: total }),
    ...convertParallelism(source, parallelism, total),
    total,
    indexed: mode === 'Indexed',
  };
}

function convertParallelism(source: Source, parallelism: number | undefined, total: number) {
  if (parallelism === 0) {
    const message =
      'becomes suspend: true, since a parallelism of 0 pauses a job; resume it by ' +
      '"swarmerctl resume", and give the parallelism that it is to have then';
    source.notes.changed(source.at('parallelism'), message);
    return { parallelism: 1, suspend: true as const };
  }
  // The default of Kubernetes is 1, ours no limit.
  const given = parallelism ?? (total > 1 ? 1 : undefined);
  return given === undefined ? {} : { parallelism: given };
}

/** Without completions a job is complete once one of its pods has succeeded and all have ended. */
function noteWorkers(source: Source, workers: number): void {
  const message =
    `without "completions" these are ${workers} workers, and completions: ${workers} is written. ` +
    'Kubernetes starts no pod again once one of them has succeeded, and asks for no other success; ' +
    'here each of them must succeed';
  source.notes.changed(source.at('parallelism'), message);
}
