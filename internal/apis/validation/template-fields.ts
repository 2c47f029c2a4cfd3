import { object } from './fields.ts';
import { fileFields } from './template-files.ts';
import { mounts } from './template-mounts.ts';
import { networkFields } from './template-network.ts';
import { placement } from './template-placement.ts';
import { processFields } from './template-process.ts';
import { driverName, optionProblem } from './template-shapes.ts';
import { textMap } from './text-map.ts';

/** What a job says of its tasks' containers beside image, command and environment. */
export const templateFields = {
  ...processFields,
  mounts: mounts.optional(),
  ...fileFields,
  ...networkFields,
  logDriver: object('an object with "name" and "options"', {
    name: driverName,
    options: textMap('options: a map of texts', optionProblem).optional(),
  })
    .meta({ description: "Where the engine keeps the output; the node's driver by default." })
    .optional(),
  placement: placement.optional(),
};
