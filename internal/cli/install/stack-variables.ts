import type { Env } from '../io.ts';

/** The variables of manifests/stack.yml, with the defaults that it has; a test compares them. */
export function stackVariables(env: Env) {
  return {
    image: env['SWARMER_IMAGE'] || 'swarmer:0.1.0',
    tasksSubnet: env['SWARMER_TASKS_SUBNET'] || '10.249.0.0/20',
    tasksNetwork: env['SWARMER_TASKS_NETWORK'] || 'swarmer-tasks',
  };
}
