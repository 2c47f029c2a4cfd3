import type { Operation } from '../types.ts';
import { cronJobOperations } from './cron-jobs.ts';
import { jobOperations } from './jobs.ts';
import { oneJobOperations } from './one-job.ts';
import { operatorOperations } from './operator.ts';
import { originalOperations } from './original.ts';
import { outputOperations } from './output.ts';
import { serverOperations } from './server.ts';

/** Every call of the API, by topic. */
export const operations: readonly Operation[] = [
  ...jobOperations,
  ...oneJobOperations,
  ...outputOperations,
  ...cronJobOperations,
  ...originalOperations,
  ...operatorOperations,
  ...serverOperations,
];
