import * as z from 'zod';
import { breaking, object, text } from './fields.ts';
import { quoted } from './path.ts';
import { integer, list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { nearest } from './unknown-field.ts';

const RULE = 'a constraint such as "node.labels.zone==a" or "node.role!=manager"';
/** The grammar of swarmkit (manager/constraint): one key, one operator, one value. */
const CONSTRAINT = /^\s*([A-Za-z_][\w.-]+)\s*([!=]=)\s*([\w:\s.*()?+[\]\\^$|/-]+?)\s*$/;
const LABEL_KEY = /^(?:node|engine)\.labels\.[\w.-]{1,200}$/i;
const SPREAD_RULE = 'a label of nodes or engines such as "node.labels.zone"';
const KEYS = [
  ...['node.id', 'node.hostname', 'node.ip', 'node.role', 'node.platform.os'],
  ...['node.platform.arch', 'node.labels.', 'engine.labels.'],
];

/** @returns what is wrong with a constraint: swarm would wait for ever for one that it does not know. */
function constraintProblem(text: string): string | undefined {
  const [, key = '', , value] = CONSTRAINT.exec(text) ?? [];
  if (value === undefined || text.length > LIMITS.optionChars) return `must be ${RULE}`;
  const name = key.toLowerCase();
  if (name === 'node.role' && !/^(?:manager|worker)$/i.test(value)) {
    return 'must name the role "manager" or "worker"';
  }
  if (LABEL_KEY.test(key) || (KEYS.includes(name) && !name.endsWith('.'))) return undefined;
  const near = nearest(name, KEYS);
  const hint = near === undefined ? '' : `: did you mean "${near}"?`;
  return `unknown key ${quoted(key)}${hint || `: the keys are ${KEYS.join(', ')}`}`;
}

const constraint = z.string({ error: breaking(RULE) }).superRefine((given, context) => {
  const message = constraintProblem(given);
  if (message !== undefined) context.addIssue({ code: 'custom', message, input: given });
});

const platform = object('an object with "os" and "architecture"', {
  os: text('an operating system such as "linux"', (os) => /^[a-z0-9]{1,32}$/.test(os)).optional(),
  architecture: text('an architecture such as "amd64" or "arm64"', (it) =>
    /^[a-z0-9_]{1,32}$/.test(it),
  ).optional(),
}).refine(({ os, architecture }) => os !== undefined || architecture !== undefined, {
  error: 'must have "os" or "architecture"',
});

export const placement = object(
  'an object with "constraints", "preferences", "platforms" and "maxPerNode"',
  {
    constraints: list('constraints', constraint, LIMITS.templateEntries)
      .meta({ description: 'What must hold of a node; all of them.' })
      .optional(),
    preferences: list(
      'preferences',
      object('an object with "spread"', {
        spread: text(SPREAD_RULE, (label) => LABEL_KEY.test(label)),
      }),
      LIMITS.templateEntries,
    )
      .meta({
        description:
          'Labels that swarm spreads the tasks of one service by; each attempt is a service of its own.',
      })
      .optional(),
    platforms: list('platforms', platform, LIMITS.templateEntries)
      .meta({ description: 'Of which a node must have one.' })
      .optional(),
    maxPerNode: integer(1, LIMITS.maxCount)
      .meta({ description: 'Most attempts of the job on one node at one time.' })
      .optional(),
  },
).meta({ description: 'Where attempts may run.' });
