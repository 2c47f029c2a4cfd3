import type { FieldTable } from './table.ts';

const PROBE =
  'a running task is not probed: let the process end when it is stuck, or set "timeoutSeconds"';
const INPUT = 'a task has no standard input and no terminal: give the input in "args" or "env"';
const MESSAGE = 'the end of stdout and stderr is kept instead: write the message there';

export const CONTAINER: FieldTable = {
  type: 'Container',
  converted: [
    ...['name', 'image', 'command', 'args', 'env', 'envFrom', 'resources'],
    ...['workingDir', 'securityContext', 'volumeMounts'],
  ],
  dropped: {
    imagePullPolicy:
      'every node pulls the image, and takes the one that it has when it cannot: pull it beforehand',
    livenessProbe: PROBE,
    readinessProbe: 'nothing waits for a task to be ready: nothing to do',
    startupProbe: `${PROBE}, and "startDeadlineSeconds" for its start`,
    lifecycle:
      'nothing is run after the start or before the stop of a task: do it in the command, on SIGTERM',
    ports: 'a task publishes no ports: let it connect to others, not others to it',
    volumeDevices: 'a task has no block devices: mount what is on it, by a volume driver',
    resizePolicy: 'resources of a running task do not change: nothing to do',
    restartPolicy: 'what follows the end of a task is said by "backoffLimit" and "failurePolicy"',
    restartPolicyRules:
      'what follows the end of a task is said by "backoffLimit" and "failurePolicy"',
    stdin: INPUT,
    stdinOnce: INPUT,
    tty: INPUT,
    terminationMessagePath: MESSAGE,
    terminationMessagePolicy: MESSAGE,
  },
  harmless: {
    imagePullPolicy: ['IfNotPresent', 'Always'],
    restartPolicy: ['Never'],
    stdin: [false],
    stdinOnce: [false],
    tty: [false],
    terminationMessagePath: ['/dev/termination-log'],
    terminationMessagePolicy: ['File'],
  },
};

export const ENV_VAR: FieldTable = {
  type: 'EnvVar',
  converted: ['name', 'value', 'valueFrom'],
  dropped: {},
};

const OTHER_KEY = 'give the value in "env"';

export const ENV_VAR_SOURCE: FieldTable = {
  type: 'EnvVarSource',
  converted: ['fieldRef'],
  dropped: {
    configMapKeyRef: `a swarm has no ConfigMaps: ${OTHER_KEY}`,
    secretKeyRef: `secrets have no equivalent: ${OTHER_KEY}, where all who may read the job can read it`,
    resourceFieldRef: `a task is not told of its resources: ${OTHER_KEY}`,
    fileKeyRef: `a task has no volumes: ${OTHER_KEY}, or read the file in the command`,
  },
};

/** What a note says of a `fieldRef` whose value is not known here. */
export const FIELD_REFS: Readonly<Record<string, string>> = {
  'metadata.name': 'a task is no pod: TASK_NAME is its index, and SWARMER_JOB_ID its job',
  'metadata.uid': 'a task is no pod: SWARMER_JOB_ID, TASK_NAME and SWARMER_ATTEMPT identify it',
  'metadata.namespace': 'the namespace is not given in metadata: give it there, or the value here',
  'spec.nodeName': 'a task is not told of its node: "swarmerctl" shows it',
  'spec.serviceAccountName': 'a task has no account: give the value here',
  'status.hostIP': 'a task is not told of its node: give the address here',
  'status.hostIPs': 'a task is not told of its node: give the addresses here',
  'status.podIP': 'a task is not told of its address: ask for it in the command ("hostname -i")',
  'status.podIPs': 'a task is not told of its address: ask for it in the command ("hostname -i")',
};

export const RESOURCES: FieldTable = {
  type: 'ResourceRequirements',
  converted: ['limits', 'requests'],
  dropped: { claims: 'devices cannot be claimed: drain the nodes without them' },
};

export const FIELD_REF: FieldTable = {
  type: 'ObjectFieldSelector',
  converted: ['fieldPath'],
  dropped: { apiVersion: 'the field is that of v1' },
  harmless: { apiVersion: ['v1'] },
};
