import { parseConstraint } from './constraints.ts';
import { ModelError } from './model-error.ts';
import type { ModelSpec } from './raw.ts';

const NAME = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/;
const NAME_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const IMAGE = new RegExp(
  `^(?:[a-zA-Z0-9.-]+(?::\\d+)?/)?${NAME_PART}(?:/${NAME_PART})*` +
    '(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$',
);

/** Of swarm's log (swarmkit: MaxTransactionBytes). About: the real one is no JSON. */
const LOG_ENTRY_BYTES = 1.5 * 1024 * 1024;

/** Refuses what swarm refuses at once, in its words. @throws ModelError */
export function checkSpec(spec: ModelSpec): void {
  const { Name: name, TaskTemplate: task } = spec;
  const image = task.ContainerSpec.Image;
  if (name.length > 63) throw invalid('name must be 63 characters or fewer');
  if (!NAME.test(name)) throw invalid('name must be valid as a DNS name component');
  if (image === '') throw invalid('ContainerSpec: image reference must be provided');
  if (!IMAGE.test(image)) {
    throw invalid(`ContainerSpec: "${image}" is not a valid repository/tag`);
  }
  if (JSON.stringify(spec).length > LOG_ENTRY_BYTES) {
    const words = "raft: raft message is too large and can't be sent";
    throw new ModelError(500, `rpc error: code = Unknown desc = ${words}`);
  }
  for (const constraint of task.Placement?.Constraints ?? []) parseConstraint(constraint);
}

function invalid(words: string): ModelError {
  return new ModelError(400, `rpc error: code = InvalidArgument desc = ${words}`);
}
