import * as z from 'zod';
import { REASONS } from '../conditions.ts';
import { COMPLETION_POLICIES } from '../policy.ts';
import { breaking, flag, object } from './fields.ts';
import { LIMITS } from './rules.ts';

/** An integer within limits, which its message states. */
export function integer(least: number, most: number) {
  const rule = `an integer from ${least} to ${most}`;
  const error = ({ input }: { input?: unknown }) => breaking(rule)({ input }) + numberHint(input);
  return z
    .number({ error })
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, {
      error: breaking(rule),
    })
    .meta({ type: 'integer', minimum: least, maximum: most });
}

/** What to say of a number that is a text: it was put in quotes, or written as YAML 1.1 has it. */
function numberHint(input: unknown): string {
  if (typeof input !== 'string' || !/^[-+]?\d[\d_]*$/.test(input)) return '';
  return input.includes('_') ? `; write ${input.replaceAll('_', '')}` : ', without quotes';
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, { error: breaking(`one of ${values.join(', ')}`) });
}

const count = () => integer(0, LIMITS.maxCount);
const seconds = () => integer(1, LIMITS.maxSeconds);
const secondsOrNone = () => integer(0, LIMITS.maxSeconds);

export function list<T extends z.ZodType>(rule: string, item: T, most: number) {
  const words = breaking(`${rule}: a list of 1 to ${most}`);
  return z.array(item, { error: words }).min(1, { error: words }).max(most, { error: words });
}

const exitCodes = object('an object with "operator" and "values"', {
  operator: oneOf(['In', 'NotIn']).meta({
    description: 'Whether it must be one of them, or none.',
  }),
  values: list('exit statuses', integer(LIMITS.minStatus, LIMITS.maxStatus), LIMITS.exitCodes),
});

const failureRule = object('an object with "action" and "onExitCodes" or "onReasons"', {
  action: oneOf(['FailJob', 'FailTask', 'Ignore', 'Count']).meta({
    description:
      'FailJob: the job fails at once. FailTask: the task fails, whatever is left of backoffLimit. ' +
      'Ignore: tried again at no cost. Count: tried again while backoffLimit lasts.',
  }),
  onExitCodes: exitCodes.meta({ description: 'Exit statuses that the rule is for.' }).optional(),
  onReasons: list('reasons', oneOf(REASONS), REASONS.length)
    .meta({ description: 'Reasons that the rule is for.' })
    .optional(),
}).refine(({ onExitCodes, onReasons }) => onExitCodes !== undefined || onReasons !== undefined, {
  error: 'must have "onExitCodes" or "onReasons": without either it matches nothing',
});

export const completionPolicy = oneOf(COMPLETION_POLICIES);

const retryBackoff = object('an object with "baseMs" and "maxMs"', {
  baseMs: count().meta({ description: 'Mean wait after the first failure, in ms.' }),
  maxMs: count().meta({ description: 'Longest mean wait, in ms; not below baseMs.' }),
}).refine(({ baseMs, maxMs }) => baseMs <= maxMs, {
  path: ['maxMs'],
  error: 'must not be below baseMs',
});

/** Seconds that the process of one attempt may run; of a job, and of a task instead. */
export const timeoutSeconds = seconds().meta({
  description: 'Seconds that the process of one attempt may run; then it is TimedOut.',
});

/** The policies of a job's spec; all may be left out. */
export const policyFields = {
  parallelism: integer(1, LIMITS.maxCount)
    .meta({ description: 'Most tasks of the job that run at one time; no limit by itself.' })
    .optional(),
  priority: integer(-LIMITS.priority, LIMITS.priority)
    .meta({
      description:
        'Tasks of jobs of a higher priority are started first; nothing that runs is stopped for them.',
      default: 0,
    })
    .optional(),
  backoffLimit: count()
    .meta({
      description:
        'Retries of each task after failures; loss costs none. Of the first and the last three attempts ' +
        'that did not succeed the last 64 KiB of each stream stay readable (logs --attempt).',
      default: 3,
    })
    .optional(),
  lossLimit: count()
    .meta({
      description:
        'Replacements of each task after losses. What a node cannot start costs none: it has ten tries of its own.',
      default: 10,
    })
    .optional(),
  retryBackoff: retryBackoff
    .meta({
      description: 'The mean wait before a retry doubles from baseMs to maxMs.',
      default: { baseMs: 10_000, maxMs: 360_000 },
    })
    .optional(),
  outputLimitBytes: integer(0, 64 * 1024 * 1024)
    .meta({
      description: "Kept of each stream of each task, from its end; the server's by default.",
    })
    .optional(),
  activeDeadlineSeconds: seconds()
    .meta({
      description:
        'Seconds from the start of the job after which it fails; none pass while it is suspended.',
    })
    .optional(),
  timeoutSeconds: timeoutSeconds.optional(),
  startDeadlineSeconds: seconds()
    .meta({ description: 'Seconds that an attempt may wait for the start of its process.' })
    .optional(),
  failurePolicy: list('rules', failureRule, LIMITS.failureRules)
    .meta({ description: 'What failures lead to. The first rule that matches counts.' })
    .optional(),
  maxFailedTasks: count()
    .meta({ description: 'The job fails once more tasks than this have failed.' })
    .optional(),
  successPolicy: object('an object with "succeededCount"', {
    succeededCount: integer(1, LIMITS.maxCount).meta({
      description:
        'The job is complete once so many tasks have succeeded; at most as many as it has.',
    }),
  })
    .meta({ description: 'When the job is complete before all its tasks are.' })
    .optional(),
  onNodeLost: oneOf(['replace', 'wait', 'fail'])
    .meta({
      description:
        'What becomes of an attempt whose node is down: it is replaced, replaced once the node is back or was ' +
        'removed, or the task fails. None of them keeps its process: the engine stops it when its node is back.',
      default: 'replace',
    })
    .optional(),
  lostAfterSeconds: secondsOrNone()
    .meta({
      description:
        'Seconds that a node must have been down before that. It keeps no process: swarm wants what was on a ' +
        'node stopped that it has not heard of for about 15 seconds, and the engine stops it when it is back, ' +
        'however short that was; the attempt is lost all the same. What it saves is an attempt whose process ' +
        'ends while its node is cut off, and it keeps a second process from running beside the first.',
      default: 0,
    })
    .optional(),
  completionPolicy: completionPolicy
    .meta({
      description:
        'What decides what an attempt came to. exit: the exit of its process. report: the report that it ' +
        'POSTs; an exit with 0 without one is tried again a few times, then it has failed (NoReport). ' +
        'both: the report where there is one, else the exit.',
      default: 'both',
    })
    .optional(),
  terminationGracePeriodSeconds: integer(0, 3600)
    .meta({ description: "Seconds from SIGTERM to SIGKILL; the engine's 10 by default." })
    .optional(),
  ttlSecondsAfterFinished: secondsOrNone()
    .meta({
      description: 'Seconds from the end of the job to its removal; kept for ever by default.',
    })
    .optional(),
  suspend: flag()
    .meta({
      description:
        'While true no task is started, and the clock of activeDeadlineSeconds stands. Tasks that run ' +
        'go on, under their own limits.',
      default: false,
    })
    .optional(),
};
