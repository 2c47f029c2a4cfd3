import type { JobSpec, MOUNT_TYPES, PROPAGATIONS, Quotas, Resources } from '../apis/index.ts';
import { LIMITS } from '../apis/validation/rules.ts';

/** What the operator lets the jobs of one namespace do, every rule with a value. README.md tells of each. */
export interface Rules {
  images: {
    /** Patterns of normalised references. */
    allow: readonly string[];
    requireDigest: boolean;
    /** Patterns of the names of registry credentials. */
    credentials: readonly string[];
  };
  callbacks: {
    /** Host names, addresses and CIDRs that a callback may be sent to; `*` is all of them. */
    hosts: readonly string[];
    /** CIDRs that the host must lead to, once it is resolved; none given: any. */
    networks?: readonly string[] | undefined;
    /** What callbacks reach although it is refused by default, as SWARMER_CALLBACK_ALLOW. */
    private: readonly string[];
    /** Addresses of the machine that delivers them, which no file gives: refused as what is private. */
    own?: readonly string[] | undefined;
  };
  resources: {
    /** The most that one task may use. A task without a limit may use more. */
    max: Limits;
    /** What every task must give, such as `limits.memory`. */
    required: readonly RequiredResource[];
    /** Patterns of the kinds of generic resources that may be reserved. */
    genericResources: readonly string[];
  };
  networks: {
    /** Patterns of names. */
    allow: readonly string[];
    /** Patterns of the names that a task may have on its networks, in lower case. */
    aliases: readonly string[];
  };
  mounts: {
    types: readonly (typeof MOUNT_TYPES)[number][];
    /** Patterns of names of volumes. */
    volumes: readonly string[];
    volumeDrivers: readonly string[];
    /** Names of options of volume drivers. */
    volumeOptions: readonly string[];
    /** File systems that those may mount; `none` is no type. */
    volumeTypes: readonly string[];
    /** Host names, addresses and CIDRs that network file systems may be of; `*` is all of them. */
    volumeServers: readonly string[];
    /** The most that a tmpfs may hold; none given: as much as its node has. */
    maxTmpfs?: string | undefined;
    /** Directories and files of nodes, each with what is below it. */
    binds: readonly string[];
    /** The same for mounts that cannot be written. */
    readOnlyBinds: readonly string[];
    propagation: readonly (typeof PROPAGATIONS)[number][];
  };
  /** Patterns of the names of secrets and configs of the swarm. */
  secrets: { allow: readonly string[] };
  configs: { allow: readonly string[] };
  capabilities: {
    /** Names, with or without `CAP_`; `ALL` is all of them. */
    add: readonly string[];
    /** Which every task must drop. */
    drop: readonly string[];
  };
  /** Patterns of names, with dots. */
  sysctls: { allow: readonly string[] };
  ulimits: {
    allow: readonly string[];
    /** Greatest hard limit by name; -1 is none. */
    max: Readonly<Record<string, number>>;
  };
  user: { allowRoot: boolean };
  placement: {
    /** Whether a job may ask for manager nodes. */
    managers: boolean;
    /** Patterns of the keys of constraints, in lower case. */
    constraints: readonly string[];
  };
  logging: {
    drivers: readonly string[];
    /** The most that an engine may hold in memory of a task's output, as `max-buffer-size` says. */
    maxBuffer: string;
    /** The most that the output of a task may take on its node: `max-size` times `max-file`, and so of a cache. */
    maxDisk: string;
    /** Whether templates in options may be more than fields such as `{{.Name}}`. */
    templates: boolean;
  };
  /** Patterns of the names of labels. */
  serviceLabels: { allow: readonly string[] };
  containerLabels: { allow: readonly string[] };
  /** The highest that a job may have. */
  priority: { max: number };
  quotas: Quotas;
  defaults: JobDefaults;
  /** What Swarmer itself is made of, which no file gives: a pattern stands for none of it. */
  own: {
    /** Host names by which its parts reach each other, and tasks them; in lower case. */
    hosts: readonly string[];
  };
}

export const REQUIRED_RESOURCES = [
  'limits.cpus',
  'limits.memory',
  'limits.pids',
  'reservations.cpus',
  'reservations.memory',
] as const;
export type RequiredResource = (typeof REQUIRED_RESOURCES)[number];

/** As `limits` of a job. */
export type Limits = NonNullable<Resources['limits']>;

/** Fields that a job gets that does not give them. */
export type JobDefaults = Partial<
  Pick<
    JobSpec,
    | 'resources'
    | 'activeDeadlineSeconds'
    | 'timeoutSeconds'
    | 'startDeadlineSeconds'
    | 'ttlSecondsAfterFinished'
    | 'networks'
    | 'logDriver'
    | 'capabilities'
    | 'completionPolicy'
  >
>;

/** Rules as a policy file gives them: a section may leave rules out, and the file sections. */
export type GivenRules = {
  [S in Exclude<keyof Rules, 'own'>]?:
    | { [R in keyof Rules[S]]?: Rules[S][R] | undefined }
    | undefined;
};

/** The safe set of Kubernetes (Pod Security Standards, baseline). */
const SAFE_SYSCTLS: readonly string[] = [
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range'],
  ...['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time'],
  ...['net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
];

/** What holds where no policy file says otherwise: nothing that reaches beyond a task's own container. */
export const SAFE_RULES: Rules = {
  images: { allow: ['**'], requireDigest: false, credentials: ['**'] },
  callbacks: { hosts: ['*'], private: [] },
  resources: { max: {}, required: [], genericResources: ['*'] },
  networks: { allow: ['**'], aliases: ['**'] },
  mounts: {
    types: ['volume', 'bind', 'tmpfs'],
    volumes: ['**'],
    volumeDrivers: ['local'],
    volumeOptions: [],
    volumeTypes: ['none', 'bind', 'tmpfs'],
    volumeServers: [],
    binds: [],
    readOnlyBinds: [],
    propagation: ['private', 'rprivate'],
  },
  secrets: { allow: ['**'] },
  configs: { allow: ['**'] },
  capabilities: { add: [], drop: [] },
  sysctls: { allow: SAFE_SYSCTLS },
  ulimits: { allow: ['**'], max: {} },
  user: { allowRoot: true },
  placement: { managers: false, constraints: ['**'] },
  // Those that keep what is written on the node: others send it to wherever their options say.
  logging: {
    drivers: ['json-file', 'local', 'journald', 'none'],
    maxBuffer: '16m',
    maxDisk: '1g',
    templates: false,
  },
  // Proxies and updaters that watch the swarm do what labels of services tell them.
  serviceLabels: { allow: [] },
  containerLabels: { allow: ['**'] },
  priority: { max: LIMITS.priority },
  quotas: {},
  defaults: {},
  own: { hosts: [] },
};

/** Each rule of the last that gives it. */
export function mergedRules(base: Rules, ...given: readonly (GivenRules | undefined)[]): Rules {
  const sections = Object.entries(base).map(([name, section]) => {
    const parts = given.map((rules) => rules?.[name as keyof GivenRules]).map(withoutUndefined);
    return [name, Object.assign({}, section, ...parts)] as const;
  });
  return Object.fromEntries(sections) as unknown as Rules;
}

function withoutUndefined(section: object = {}): object {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}
