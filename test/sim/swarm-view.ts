import { type AttemptId, attemptKey, attemptOfLabels } from '../../internal/apis/index.ts';
import type { ModelTask } from '../model/raw.ts';
import type { ModelSwarm } from '../model/swarm.ts';

/** The tasks of an attempt, as they are in the books of the swarm. */
export function tasksOf(swarm: ModelSwarm, id: AttemptId): ModelTask[] {
  const key = attemptKey(id);
  return swarm.actual.tasks.filter(({ Spec }) => {
    const owner = attemptOfLabels(Spec.ContainerSpec.Labels);
    return owner !== undefined && attemptKey(owner) === key;
  });
}

/** True while a process of the attempt lives, whatever swarm knows of it. */
export function lives(swarm: ModelSwarm, id: AttemptId): boolean {
  const key = attemptKey(id);
  return swarm.running.some(({ service }) => {
    const owner = attemptOfLabels(service.Spec.Labels);
    return owner !== undefined && attemptKey(owner) === key;
  });
}
