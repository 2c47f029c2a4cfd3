import { type AttemptId, attemptKey, attemptOfLabels } from '../../internal/apis/index.ts';
import { ModelError } from '../model/model-error.ts';
import type { ModelTask } from '../model/raw.ts';
import type { ModelSwarm } from '../model/swarm.ts';

/** The tasks of an attempt whose process runs; none while the swarm has no leader to ask. */
export function runningTasks(swarm: ModelSwarm, id: AttemptId): ModelTask[] {
  const key = attemptKey(id);
  return listTasks(swarm).filter(({ Spec, Status }) => {
    const owner = attemptOfLabels(Spec.ContainerSpec.Labels);
    return Status.State === 'running' && owner !== undefined && attemptKey(owner) === key;
  });
}

function listTasks(swarm: ModelSwarm): ModelTask[] {
  try {
    return swarm.listTasks();
  } catch (error) {
    if (error instanceof ModelError) return [];
    throw error;
  }
}
