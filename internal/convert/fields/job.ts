import type { FieldTable } from './table.ts';

export const DOCUMENT: FieldTable = {
  type: 'the object',
  converted: ['apiVersion', 'kind', 'metadata', 'spec'],
  dropped: { status: 'what became of the object in its cluster stays there' },
};

export const JOB_SPEC: FieldTable = {
  type: 'JobSpec',
  converted: [
    'parallelism',
    'completions',
    'completionMode',
    'activeDeadlineSeconds',
    'podFailurePolicy',
    'successPolicy',
    'backoffLimit',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'template',
    'ttlSecondsAfterFinished',
    'suspend',
    'podReplacementPolicy',
  ],
  dropped: {
    selector: 'a job knows its tasks by itself and needs no selector: nothing to do',
    manualSelector: 'a job knows its tasks by itself and needs no selector: nothing to do',
    managedBy: 'every job is run by the controller of Swarmer: no other one can be named',
  },
  harmless: { manualSelector: [false], managedBy: ['kubernetes.io/job-controller'] },
};

export const POD_FAILURE_POLICY: FieldTable = {
  type: 'PodFailurePolicy',
  converted: ['rules'],
  dropped: {},
};

export const POD_FAILURE_RULE: FieldTable = {
  type: 'PodFailurePolicyRule',
  converted: ['action', 'onExitCodes', 'onPodConditions'],
  dropped: {},
};

export const ON_EXIT_CODES: FieldTable = {
  type: 'PodFailurePolicyOnExitCodesRequirement',
  converted: ['containerName', 'operator', 'values'],
  dropped: {},
};

export const ON_POD_CONDITION: FieldTable = {
  type: 'PodFailurePolicyOnPodConditionsPattern',
  converted: ['type', 'status'],
  dropped: {},
};

export const SUCCESS_POLICY: FieldTable = {
  type: 'SuccessPolicy',
  converted: ['rules'],
  dropped: {},
};

export const SUCCESS_RULE: FieldTable = {
  type: 'SuccessPolicyRule',
  converted: ['succeededIndexes', 'succeededCount'],
  dropped: {},
};
