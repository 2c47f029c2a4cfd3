/**
 * What a swarm service can give the container of a task beside image, command and environment. Docker's
 * words, of Compose and of the Engine API. Of a job, for all its tasks; every field may be left out.
 */
export interface TaskTemplate {
  /** Absolute path within the container. */
  workingDir?: string;
  /** A name, a number, or either with a group, such as `1000:1000`. */
  user?: string;
  /** Further groups of the process, by name or number. */
  groups?: string[];
  hostname?: string;
  /** Labels of the container. */
  containerLabels?: Record<string, string>;
  /** Labels of the service. */
  serviceLabels?: Record<string, string>;
  /** An init process that reaps orphans and hands signals on. */
  init?: boolean;
  /** The container's root file system cannot be written. */
  readOnly?: boolean;
  /** What ends the process in order; the image's, or SIGTERM. */
  stopSignal?: string;
  mounts?: Mount[];
  /** By name, or with where and how it is put into the container. */
  secrets?: (string | FileReference)[];
  configs?: (string | FileReference)[];
  networks?: (string | NetworkReference)[];
  dns?: DnsConfig;
  /** Entries of /etc/hosts, each `host:ip`. */
  extraHosts?: string[];
  /** One number is both the soft and the hard limit; -1 is none. */
  ulimits?: Record<string, number | Ulimit>;
  sysctls?: Record<string, string>;
  capabilities?: Capabilities;
  logDriver?: Driver;
  placement?: Placement;
}

export const MOUNT_TYPES = ['volume', 'bind', 'tmpfs'] as const;
const SHARED = ['shared', 'rshared', 'slave', 'rslave'] as const;
export const PROPAGATIONS = ['private', 'rprivate', ...SHARED] as const;

export interface Mount {
  type: (typeof MOUNT_TYPES)[number];
  /** Name of the volume, none for one that goes with the container; path on the node of a bind. */
  source?: string | undefined;
  /** Absolute path within the container. */
  target: string;
  readOnly?: boolean | undefined;
  bind?: { propagation?: (typeof PROPAGATIONS)[number] | undefined } | undefined;
  volume?:
    | {
        /** Leaves a new volume empty, whatever the image has at the target. */
        noCopy?: boolean | undefined;
        labels?: Record<string, string> | undefined;
        driver?: Driver | undefined;
      }
    | undefined;
  /** `mode` is octal. */
  tmpfs?: { sizeBytes?: number | undefined; mode?: string | undefined } | undefined;
}

export interface Driver {
  name: string;
  options?: Record<string, string> | undefined;
}

/** A secret or a config of the swarm as a file of the container. */
export interface FileReference {
  /** Its name in the swarm. */
  source: string;
  /** A path; of a secret, one that is not absolute is below /run/secrets, of a config below /. */
  target?: string | undefined;
  /** Owner of the file; `0` by default. */
  uid?: string | undefined;
  gid?: string | undefined;
  /** Octal, such as `0440`; `0444` by default. */
  mode?: string | undefined;
}

export interface NetworkReference {
  name: string;
  /** Further names of the task on this network. */
  aliases?: string[] | undefined;
}

export interface DnsConfig {
  nameservers?: string[] | undefined;
  search?: string[] | undefined;
  options?: string[] | undefined;
}

export interface Ulimit {
  soft: number;
  hard: number;
}

/** Names with or without `CAP_`, in whatever case; `ALL` is all of them. */
export interface Capabilities {
  add?: string[] | undefined;
  drop?: string[] | undefined;
}

/** Where attempts may run. */
export interface Placement {
  /** As `docker service create --constraint`, for example `node.labels.zone==a`. */
  constraints?: string[] | undefined;
  /** Swarm spreads the tasks of one service by them; each attempt is a service of its own. */
  preferences?: { spread: string }[] | undefined;
  /** Of which the node must have one. */
  platforms?: { os?: string | undefined; architecture?: string | undefined }[] | undefined;
  /** Most attempts of the job on one node at one time. */
  maxPerNode?: number | undefined;
}

/** What a swarm counts besides processors and memory, such as GPUs. */
export interface GenericResource {
  kind: string;
  value: number;
}

/** A reference in its full form. */
export function fileReference(given: string | FileReference): FileReference {
  return typeof given === 'string' ? { source: given } : given;
}

/** A reference in its full form. */
export function networkReference(given: string | NetworkReference): NetworkReference {
  return typeof given === 'string' ? { name: given } : given;
}

/** A capability as the engine writes it: `net_admin` is `CAP_NET_ADMIN`; `ALL` stays. */
export function capabilityName(given: string): string {
  const name = given.toUpperCase();
  return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}
