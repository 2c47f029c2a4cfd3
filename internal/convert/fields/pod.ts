import type { FieldTable } from './table.ts';

const PLACEMENT =
  'tasks run on any node that suits "placement.constraints": write there what the nodes must have';
const PRIORITY = 'tasks have no priority: limit jobs that can wait by "parallelism"';
const NETWORK =
  'a task has a network of its own and those of "networks": write there which of the swarm it needs';
const ISOLATION = 'a task has the namespaces of an ordinary container';
const ACCOUNT = 'a task has no account with the API: give it what it needs in "env"';
const SCHEDULER = 'swarm places tasks, by "resources.reservations"';

export const POD_SPEC: FieldTable = {
  type: 'PodSpec',
  converted: [
    'containers',
    'restartPolicy',
    'terminationGracePeriodSeconds',
    'activeDeadlineSeconds',
    ...['volumes', 'nodeSelector', 'nodeName', 'securityContext'],
    ...['dnsConfig', 'hostAliases', 'hostname'],
  ],
  dropped: {
    initContainers:
      'a task is one container: do this work first in its command, or in a job of its own before',
    ephemeralContainers: 'a task is one container: use "docker exec" on its node to look into it',
    imagePullSecrets:
      'no registry credentials go with a task: pull the image on every node beforehand',
    affinity: PLACEMENT,
    topologySpreadConstraints: PLACEMENT,
    tolerations: `${PLACEMENT}; a toleration of an unreachable node has its like in "lostAfterSeconds", but what runs there is stopped when the node is back`,
    os: PLACEMENT,
    runtimeClassName: `${ISOLATION}, run by the default runtime of its node`,
    schedulerName: SCHEDULER,
    schedulingGates: `${SCHEDULER}; to hold a job back use "suspend"`,
    overhead: `${SCHEDULER}: add what the runtime needs to them`,
    resources: "a task is one container: write the container's resources",
    resourceClaims: 'devices cannot be claimed: drain the nodes without them',
    priority: PRIORITY,
    priorityClassName: PRIORITY,
    preemptionPolicy: PRIORITY,
    workloadRef: 'tasks are started one by one, not as a gang',
    serviceAccountName: ACCOUNT,
    serviceAccount: ACCOUNT,
    automountServiceAccountToken: ACCOUNT,
    hostNetwork: NETWORK,
    dnsPolicy: NETWORK,
    hostnameOverride: NETWORK,
    subdomain: `${NETWORK}: tasks do not find each other by name`,
    setHostnameAsFQDN: NETWORK,
    enableServiceLinks: 'a task is told of no services: give it their addresses in "env"',
    hostPID: ISOLATION,
    hostIPC: ISOLATION,
    hostUsers: `${ISOLATION}; user namespaces are a setting of the engine`,
    shareProcessNamespace: ISOLATION,
    readinessGates: 'nothing waits for a task to be ready: nothing to do',
  },
  harmless: {
    dnsPolicy: ['ClusterFirst', 'Default', 'None'],
    schedulerName: ['default-scheduler'],
    preemptionPolicy: ['PreemptLowerPriority'],
    priority: [0],
    automountServiceAccountToken: [false],
    enableServiceLinks: [false],
    setHostnameAsFQDN: [false],
    hostNetwork: [false],
    hostPID: [false],
    hostIPC: [false],
    hostUsers: [true],
    shareProcessNamespace: [false],
  },
};
