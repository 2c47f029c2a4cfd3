import type { Scenario } from '../scenario.ts';
import { alive } from './alive.ts';
import { bigLog } from './big-log.ts';
import { finished } from './finished.ts';
import { full } from './full.ts';
import { growth } from './growth.ts';
import { idle } from './idle.ts';
import { largeCallback } from './large-callback.ts';
import { largeJobs } from './large-jobs.ts';
import { latency } from './latency.ts';
import { lifecycles } from './lifecycles.ts';
import { page } from './page.ts';
import { realTasks } from './real-tasks.ts';
import { smallJobs } from './small-jobs.ts';
import { submit } from './submit.ts';
import { submitLarge } from './submit-large.ts';
import { watchers } from './watchers.ts';

/** All scenarios, in the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  realTasks(60),
  realTasks(240),
  latency,
  lifecycles,
  growth,
  smallJobs,
  finished,
  alive,
  idle,
  bigLog,
  submit,
  submitLarge,
  largeJobs,
  full,
  page,
  watchers,
  largeCallback,
];
