import { fileFields } from './template-files.ts';
import { logDriver } from './template-log.ts';
import { mounts } from './template-mounts.ts';
import { networkFields } from './template-network.ts';
import { placement } from './template-placement.ts';
import { processFields } from './template-process.ts';

/** What a job says of its tasks' containers beside image, command and environment. */
export const templateFields = {
  ...processFields,
  mounts: mounts.optional(),
  ...fileFields,
  ...networkFields,
  logDriver: logDriver.optional(),
  placement: placement.optional(),
};
