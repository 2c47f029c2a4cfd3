import type { FailureRule, Reason } from '../apis/index.ts';
import {
  ON_EXIT_CODES,
  ON_POD_CONDITION,
  POD_FAILURE_POLICY,
  POD_FAILURE_RULE,
} from './fields/job.ts';
import type { Origins } from './origins.ts';
import type { Source } from './source.ts';

/** Actions of Kubernetes and ours. */
const ACTIONS = {
  FailJob: 'FailJob',
  FailIndex: 'FailTask',
  Ignore: 'Ignore',
  Count: 'Count',
} as const;
type Action = keyof typeof ACTIONS;
const ACTION_NAMES = Object.keys(ACTIONS) as Action[];

/** How an attempt is lost. */
const LOSSES: Reason[] = ['NodeLost', 'EngineRestarted', 'ServiceRemoved', 'TaskStopped'];

/** `podFailurePolicy`. @param containerName of the container that is the task. */
export function convertFailurePolicy(
  source: Source,
  origins: Origins,
  containerName: string | undefined,
): { failurePolicy?: FailureRule[] } {
  const policy = source.object('podFailurePolicy');
  policy?.noteOthers(POD_FAILURE_POLICY);
  const failurePolicy: FailureRule[] = [];
  for (const rule of policy?.objects('rules') ?? []) {
    const converted = convertRule(rule, containerName);
    if (converted === undefined) continue;
    origins.set([...source.path, 'failurePolicy', failurePolicy.length], rule.path);
    failurePolicy.push(converted);
  }
  if (policy !== undefined) {
    origins.set([...source.path, 'failurePolicy'], policy.at('rules'));
  }
  return failurePolicy.length === 0 ? {} : { failurePolicy };
}

/** @returns undefined when nothing is left of the rule. */
function convertRule(rule: Source, containerName: string | undefined): FailureRule | undefined {
  rule.noteOthers(POD_FAILURE_RULE);
  const action = rule.word('action', ACTION_NAMES);
  const codes = rule.object('onExitCodes');
  const conditions = rule.objects('onPodConditions');
  rule.require('action', `one of ${ACTION_NAMES.join(', ')}`);
  if (codes === undefined && conditions.length === 0) {
    rule.notes.error(rule.path, 'must have "onExitCodes" or "onPodConditions"');
  }
  if (action === undefined) return undefined;
  const onExitCodes = codes && convertExitCodes(codes, containerName);
  const isLoss = conditions.filter((condition) => convertCondition(condition, action)).length > 0;
  if (onExitCodes === undefined && !isLoss) return undefined;
  return {
    action: ACTIONS[action],
    ...(onExitCodes === undefined ? {} : { onExitCodes }),
    ...(isLoss ? { onReasons: LOSSES } : {}),
  };
}

function convertExitCodes(source: Source, containerName: string | undefined) {
  source.noteOthers(ON_EXIT_CODES);
  const named = source.text('containerName');
  const operator = source.word('operator', ['In', 'NotIn']);
  const values = source.integers('values');
  source.require('operator', 'In or NotIn');
  source.require('values', 'a list of integers');
  if (operator === undefined || values === undefined) return undefined;
  if (named !== undefined && containerName !== undefined && named !== containerName) {
    const message = `the task is the container ${containerName}: this rule is for another one, and is left out`;
    source.notes.dropped(source.at('containerName'), message);
    return undefined;
  }
  return { operator, values };
}

/** @returns true when the rule is for losses because of this condition. */
function convertCondition(condition: Source, action: Action): boolean {
  condition.noteOthers(ON_POD_CONDITION);
  const type = condition.text('type');
  const status = condition.text('status') ?? 'True';
  if (type !== 'DisruptionTarget' || status !== 'True') {
    const message =
      `no task has the condition ${type} ${status}, and the rule is not for it; ` +
      'what Swarmer knows of a failed attempt is its reason ("onReasons")';
    condition.notes.dropped(condition.path, message);
    return false;
  }
  condition.notes.changed(condition.path, DISRUPTIONS[action]);
  return action === 'FailJob' || action === 'FailIndex';
}

const LOST =
  'a disrupted pod is a lost attempt here (node down, drained or removed, engine restarted)';
const DISRUPTIONS: Record<Action, string> = {
  FailJob: `${LOST}: the rule is for the reasons of loss`,
  FailIndex: `${LOST}: the rule is for the reasons of loss`,
  Ignore: `${LOST}. It costs no backoffLimit and is replaced by itself, up to "lossLimit" times for each task: no rule is needed`,
  Count: `${LOST}. It never costs backoffLimit; limit losses by "lossLimit"`,
};
