import type { JsonSchema } from '../../../apis/validation/index.ts';
import { cronJobSchemas } from './cron-job.ts';
import { jobSchemas } from './job.ts';
import { logSchemas } from './logs.ts';
import { metadataSchemas } from './metadata.ts';
import { originalBodies } from './original.ts';
import { serverSchemas } from './server.ts';
import { taskSchemas } from './tasks.ts';

/** All of `components.schemas`: bodies as they are checked, answers as they are made. */
export function componentSchemas(): Record<string, JsonSchema> {
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
