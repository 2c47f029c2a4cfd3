import * as z from 'zod';
import { LEAST_MEMORY_BYTES, memoryBytes, nanoCpus } from '../quantity.ts';
import { breaking, object, text } from './fields.ts';
import { integer, list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { unique } from './template-shapes.ts';

const CPUS_RULE = 'processors: a number from 0.001 to 10000 such as 0.5 or "0.5"';
const MEMORY_RULE =
  'memory: bytes, or a number with the unit b, k, m, g or t such as "512m"; ' +
  `at least ${LEAST_MEMORY_BYTES} bytes`;

function amount(rule: string, read: (value: number | string) => number | undefined) {
  return z
    .union([z.number(), z.string()], { error: breaking(rule) })
    .refine((value) => read(value) !== undefined, { error: breaking(rule) })
    .meta({ description: `Must be ${rule}.` });
}

const amounts = {
  cpus: amount(CPUS_RULE, nanoCpus).optional(),
  memory: amount(MEMORY_RULE, memoryBytes).optional(),
};

const COUNT_RULE = `an integer from 1 to ${LIMITS.maxCount}: tasks ask for a number, never for certain ones`;
const genericResource = object('an object with "kind" and "value"', {
  kind: text('what the nodes call it, such as "gpu"', (kind) =>
    /^[A-Za-z0-9][\w.-]{0,62}$/.test(kind),
  ).meta({ description: 'What the nodes call it.' }),
  // The engine knows named ones of nodes only (swarmkit: genericresource.ValidateTask).
  value: z
    .number({ error: breaking(COUNT_RULE) })
    .refine((value) => Number.isInteger(value) && value >= 1 && value <= LIMITS.maxCount, {
      error: breaking(COUNT_RULE),
    })
    .meta({ type: 'integer', minimum: 1, maximum: LIMITS.maxCount, description: 'How many.' }),
});

export const limits = object('an object with "cpus", "memory" and "pids"', {
  ...amounts,
  pids: integer(1, LIMITS.maxCount)
    .meta({ description: 'Most processes and threads at one time.' })
    .optional(),
}).meta({ description: 'The most that a task may use.' });

export const resources = object('an object with "limits" and "reservations"', {
  limits: limits.optional(),
  reservations: object('an object with "cpus", "memory" and "genericResources"', {
    ...amounts,
    genericResources: list('resources', genericResource, LIMITS.templateEntries)
      .superRefine(unique((it) => it?.kind, 'kind'))
      .meta({ description: 'What else a node must have free, such as GPUs.' })
      .optional(),
  })
    .meta({ description: 'What a node must have free for a task.' })
    .optional(),
}).meta({ description: 'What each task may use, and what its node must have for it.' });
