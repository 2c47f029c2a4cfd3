import { cronJobSchemas } from './cron-job.ts';
import { jobSchemas } from './job.ts';
import { logSchemas } from './logs.ts';
import { metadataSchemas } from './metadata.ts';
import { originalBodies } from './original.ts';
import type { ValueOf } from './schema.ts';
import { serverSchemas } from './server.ts';
import { taskSchemas } from './tasks.ts';

/** All of `components.schemas`: bodies as they are checked, answers as they are made. */
export function componentSchemas() {
  return {
    ...jobSchemas(),
    ...cronJobSchemas(),
    ...metadataSchemas,
    ...taskSchemas,
    ...logSchemas,
    ...originalBodies(),
    ...serverSchemas,
  };
}

type Components = ReturnType<typeof componentSchemas>;

/**
 * What the API answers, by the name that it has in OpenAPI: `Answer<'Task'>`. Types alone: who imports
 * nothing else from here loads no schema.
 */
export type Answer<Name extends keyof Components> = ValueOf<Components[Name]>;
