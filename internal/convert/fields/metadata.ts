import type { FieldTable } from './table.ts';

const CLUSTER = 'is set by a cluster for its own object: nothing to do';

const OTHERS = {
  finalizers: 'a job is removed without asking anybody: let what must happen then be done before',
  ownerReferences: 'a job has no owner but a cron job: remove it by itself',
  uid: CLUSTER,
  resourceVersion: CLUSTER,
  generation: CLUSTER,
  creationTimestamp: CLUSTER,
  deletionTimestamp: CLUSTER,
  deletionGracePeriodSeconds: CLUSTER,
  selfLink: CLUSTER,
  managedFields: CLUSTER,
};

/** Of a Job or CronJob. */
export const OBJECT_META: FieldTable = {
  type: 'ObjectMeta',
  converted: ['name', 'generateName', 'namespace', 'labels', 'annotations'],
  dropped: OTHERS,
};

const MADE = 'a job of a cron job is named after it and its time: no name can be given';

/** Of the jobs of a CronJob. */
export const JOB_TEMPLATE_META: FieldTable = {
  type: 'ObjectMeta',
  converted: ['labels', 'annotations'],
  dropped: {
    ...OTHERS,
    name: MADE,
    generateName: MADE,
    namespace: 'a job of a cron job is in its namespace: no other one can be given',
  },
};

const POD_NAME = 'a task has no name beside that of its job and its index: TASK_NAME is the index';
const TASKS = 'a task has none of its own: put them into metadata of the job';

/** Of the pods of a job. */
export const POD_TEMPLATE_META: FieldTable = {
  type: 'ObjectMeta',
  converted: [],
  dropped: {
    ...OTHERS,
    name: POD_NAME,
    generateName: POD_NAME,
    namespace: 'a task is in the namespace of its job: no other one can be given',
    labels: TASKS,
    annotations: TASKS,
  },
};

export const POD_TEMPLATE: FieldTable = {
  type: 'PodTemplateSpec',
  converted: ['metadata', 'spec'],
  dropped: {},
};

/** Labels and annotations that a cluster writes into its objects. */
export const CLUSTER_KEYS: readonly string[] = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-tracking',
  'batch.kubernetes.io/cronjob-scheduled-timestamp',
  'kubectl.kubernetes.io/last-applied-configuration',
];
