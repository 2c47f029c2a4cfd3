import * as z from 'zod';
import { breaking, flag, object, text } from './fields.ts';
import { CAPABILITIES, isOwnSysctl, isSignal, ULIMITS } from './linux-names.ts';
import { quoted } from './path.ts';
import { list } from './policy-fields.ts';
import { LIMITS } from './rules.ts';
import { containerLabels, isAbsolutePath, isHost, optionProblem } from './template-shapes.ts';
import { textMap, valueMap } from './text-map.ts';
import { nearest } from './unknown-field.ts';

const USER = /^[^\s:\p{Cc}]{1,128}(?::[^\s:\p{Cc}]{1,128})?$/u;
const GROUP = /^[^\s:\p{Cc}]{1,128}$/u;
/** The engine looks for no name that is a number, and takes none beyond these. */
const hasIds = (text: string) =>
  text
    .split(':')
    .every((it) => !/^[-+]?\d+$/.test(it) || (Number(it) >= 0 && Number(it) <= LIMITS.maxCount));
const SYSCTL_RULE =
  'a setting that a container has of its own: kernel.msg*, kernel.sem, kernel.shm*, fs.mqueue.*, net.*';

function sysctlProblem(name: string, value: string): string | undefined {
  return isOwnSysctl(name) ? optionProblem(name, value) : `must be ${SYSCTL_RULE}`;
}

/** Linux lets no process have any number of files open, not even root. */
function openFilesProblem(hard: number): string | undefined {
  if (hard >= 0 && hard <= LIMITS.openFiles) return undefined;
  return `must be at most ${LIMITS.openFiles}, and not without a limit: the kernel refuses it`;
}

const isLimit = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= -1;

function ulimitProblem(name: string, value: unknown): string | undefined {
  if (!ULIMITS.includes(name)) return unknownName(name, ULIMITS, 'ulimit');
  if (isLimit(value)) return name === 'nofile' ? openFilesProblem(value) : undefined;
  const { soft, hard, ...others } = Object(value);
  if (Object.keys(others).length > 0 || !isLimit(soft) || !isLimit(hard)) {
    return 'must be an integer from -1 (no limit), or an object with two such, "soft" and "hard"';
  }
  const exceeds = hard !== -1 && (soft === -1 || soft > hard);
  if (exceeds) return 'must have a soft limit that is not above the hard one';
  return name === 'nofile' ? openFilesProblem(hard) : undefined;
}

function unknownName(name: string, known: readonly string[], what: string): string {
  const near = nearest(name, known);
  const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
  return `unknown ${what} ${quoted(name)}: ${hint}`;
}

const capability = z
  .string({ error: breaking('the name of a capability such as "NET_ADMIN"') })
  .superRefine((given, context) => {
    const name = given.toUpperCase().replace(/^CAP_/, '');
    if (given.toUpperCase() === 'ALL' || CAPABILITIES.includes(name)) return;
    const message = unknownName(name, CAPABILITIES, 'capability');
    context.addIssue({ code: 'custom', message, input: given });
  });
const capabilities = () => list('capabilities', capability, LIMITS.templateEntries);

/** What the process of a task is, and what it may do. */
export const processFields = {
  workingDir: text(`an absolute path of at most ${LIMITS.pathChars} characters`, isAbsolutePath)
    .meta({ description: "Directory that the process starts in; the image's by default." })
    .optional(),
  user: text(
    'a user such as "app", "1000" or "1000:1000", numbers up to 2147483647',
    (user) => USER.test(user) && hasIds(user),
  )
    .meta({ description: "Who the process runs as, with or without a group; the image's user." })
    .optional(),
  groups: list(
    'groups by name or number',
    text(
      'a group such as "audio" or "29", a number up to 2147483647',
      (group) => GROUP.test(group) && hasIds(group),
    ),
    LIMITS.templateEntries,
  )
    .meta({ description: 'Further groups of the process.' })
    .optional(),
  hostname: text(`a host name of at most ${LIMITS.hostChars} characters, without templates`, isHost)
    .meta({ description: 'What the container takes itself to be called; its id by default.' })
    .optional(),
  containerLabels: containerLabels.meta({ description: 'Labels of the containers.' }).optional(),
  serviceLabels: containerLabels.meta({ description: 'Labels of the swarm services.' }).optional(),
  init: flag()
    .meta({ description: 'An init process that reaps orphans and hands signals on.' })
    .optional(),
  readOnly: flag()
    .meta({ description: 'The root file system cannot be written.', default: false })
    .optional(),
  stopSignal: text('a signal such as "SIGINT" or "SIGRTMIN+3"', isSignal)
    .meta({ description: "What ends the process in order; the image's, or SIGTERM." })
    .optional(),
  ulimits: valueMap<number | { soft: number; hard: number }>(
    'a map such as {nofile: 1024}',
    ulimitProblem,
  )
    .meta({
      type: 'object',
      description: 'Limits of the process by name; one number is both the soft and the hard limit.',
      additionalProperties: {
        anyOf: [
          { type: 'integer', minimum: -1 },
          {
            type: 'object',
            properties: { soft: { type: 'integer' }, hard: { type: 'integer' } },
            required: ['soft', 'hard'],
            additionalProperties: false,
          },
        ],
      },
    })
    .optional(),
  sysctls: textMap('a map such as {"net.core.somaxconn": "1024"}', sysctlProblem)
    .meta({ description: "Kernel settings of the container's own namespaces." })
    .optional(),
  capabilities: object('an object with "add" and "drop"', {
    add: capabilities().meta({ description: 'Capabilities that it gets.' }).optional(),
    drop: capabilities().meta({ description: 'Capabilities that it loses.' }).optional(),
  })
    .meta({ description: "Changes to the engine's default capabilities; ALL is all." })
    .optional(),
};
