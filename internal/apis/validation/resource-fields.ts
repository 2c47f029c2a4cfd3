import * as z from 'zod';
import { LEAST, memoryBytes, nanoCpus } from '../quantity.ts';
import { breaking, object, text } from './fields.ts';
import { integer, list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { unique } from './template-shapes.ts';

type Read = (value: number | string) => number | undefined;

function amount(rule: string, read: Read, least: number) {
  return z
    .union([z.number(), z.string()], { error: breaking(rule) })
    .refine((value) => (read(value) ?? 0) >= least, { error: breaking(rule) })
    .meta({ description: `Must be ${rule}.` });
}

function amounts(kind: keyof typeof LEAST) {
  const { nanoCpus: leastCpus, memoryBytes: leastMemory } = LEAST[kind];
  const cpus = `processors: a number from ${leastCpus / 1e9} to 10000 such as 0.5 or "0.5"`;
  const memory =
    'memory: bytes, or a number with the unit b, k, m, g or t such as "512m"; ' +
    `at least ${leastMemory} bytes`;
  return {
    cpus: amount(cpus, nanoCpus, leastCpus).optional(),
    memory: amount(memory, memoryBytes, leastMemory).optional(),
  };
}

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
  ...amounts('limits'),
  pids: integer(1, LIMITS.pids)
    .meta({ description: 'Most processes and threads at one time.' })
    .optional(),
}).meta({ description: 'The most that a task may use.' });

export const resources = object('an object with "limits" and "reservations"', {
  limits: limits.optional(),
  reservations: object('an object with "cpus", "memory" and "genericResources"', {
    ...amounts('reservations'),
    genericResources: list('resources', genericResource, LIMITS.templateEntries)
      .superRefine(unique((it) => it?.kind, 'kind'))
      .meta({ description: 'What else a node must have free, such as GPUs.' })
      .optional(),
  })
    .meta({ description: 'What a node must have free for a task; not above its limits.' })
    .optional(),
})
  .superRefine(({ limits: most, reservations }, context) => {
    const readers = { cpus: nanoCpus, memory: memoryBytes };
    for (const name of ['cpus', 'memory'] as const) {
      const [limit, reserved] = [most?.[name], reservations?.[name]];
      if (limit === undefined || reserved === undefined) continue;
      if ((readers[name](reserved) ?? 0) <= (readers[name](limit) ?? 0)) continue;
      const message = `must not be above limits.${name}, which is ${limit}: no task could use it`;
      const path = ['reservations', name];
      context.addIssue({ code: 'custom', message, path, input: reserved });
    }
  })
  .meta({ description: 'What each task may use, and what its node must have for it.' });
