import type { FieldTable } from './table.ts';

const PROFILE = "profiles are settings of the engine: a task has the engine's default one";
const WINDOWS = 'tasks run on Linux here: nothing to do';
const NON_ROOT = 'nothing checks the user of the image: set "runAsUser", or USER in the image';

export const SECURITY_CONTEXT: FieldTable = {
  type: 'SecurityContext',
  converted: ['runAsUser', 'runAsGroup', 'readOnlyRootFilesystem', 'capabilities'],
  dropped: {
    privileged: 'no task is privileged: add the capabilities that it needs',
    allowPrivilegeEscalation: 'swarm cannot forbid it: drop capabilities instead',
    runAsNonRoot: NON_ROOT,
    procMount: 'a task has the default /proc',
    seLinuxOptions: PROFILE,
    seccompProfile: PROFILE,
    appArmorProfile: PROFILE,
    windowsOptions: WINDOWS,
  },
  harmless: {
    privileged: [false],
    allowPrivilegeEscalation: [true],
    runAsNonRoot: [false],
    procMount: ['Default'],
  },
};

export const CAPABILITIES: FieldTable = {
  type: 'Capabilities',
  converted: ['add', 'drop'],
  dropped: {},
};

const OWNER = 'volumes keep their owners: set them where the files are made';

export const POD_SECURITY_CONTEXT: FieldTable = {
  type: 'PodSecurityContext',
  converted: ['runAsUser', 'runAsGroup', 'supplementalGroups', 'sysctls'],
  dropped: {
    fsGroup: OWNER,
    fsGroupChangePolicy: OWNER,
    runAsNonRoot: NON_ROOT,
    supplementalGroupsPolicy: 'a task has the groups that are given, and no others of its user',
    seLinuxOptions: PROFILE,
    seLinuxChangePolicy: PROFILE,
    seccompProfile: PROFILE,
    appArmorProfile: PROFILE,
    windowsOptions: WINDOWS,
  },
  harmless: { runAsNonRoot: [false], supplementalGroupsPolicy: ['Strict'] },
};

export const SYSCTL: FieldTable = { type: 'Sysctl', converted: ['name', 'value'], dropped: {} };
