/** What the engine is asked to create: the members of its API that Swarmer uses, in its own words. */
export interface ServiceSpec {
  Name: string;
  Labels: Record<string, string>;
  TaskTemplate: {
    ContainerSpec: ContainerSpec;
    RestartPolicy: { Condition: 'none' };
    Resources?: { Limits?: EngineLimits; Reservations?: EngineReservations };
    Placement?: EnginePlacement;
    Networks?: { Target: string; Aliases?: string[] }[];
    LogDriver?: EngineDriver;
  };
  Mode: { Replicated: { Replicas: 1 } };
  EndpointSpec: { Mode: 'dnsrr' };
}

export interface ContainerSpec {
  Image: string;
  Command?: string[];
  Args?: string[];
  Env: string[];
  Labels: Record<string, string>;
  Dir?: string;
  User?: string;
  Groups?: string[];
  Hostname?: string;
  Init?: boolean;
  ReadOnly?: boolean;
  StopSignal?: string;
  /** Nanoseconds from SIGTERM to SIGKILL. */
  StopGracePeriod?: number;
  Healthcheck: { Test: ['NONE'] };
  Mounts?: EngineMount[];
  Secrets?: (EngineFile & { SecretID: string; SecretName: string })[];
  Configs?: (EngineFile & { ConfigID: string; ConfigName: string })[];
  Hosts?: string[];
  DNSConfig?: { Nameservers?: string[]; Search?: string[]; Options?: string[] };
  Sysctls?: Record<string, string>;
  Ulimits?: { Name: string; Soft: number; Hard: number }[];
  CapabilityAdd?: string[];
  CapabilityDrop?: string[];
}

export interface EngineDriver {
  Name: string;
  Options?: Record<string, string>;
}

export interface EngineMount {
  Type: string;
  /** Empty for what has none. */
  Source: string;
  Target: string;
  ReadOnly?: boolean;
  BindOptions?: { Propagation: string };
  VolumeOptions?: {
    NoCopy?: boolean;
    Labels?: Record<string, string>;
    DriverConfig?: EngineDriver;
  };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

export interface EngineFile {
  File: { Name: string; UID: string; GID: string; Mode: number };
}

export interface EnginePlacement {
  Constraints?: string[];
  Preferences?: { Spread: { SpreadDescriptor: string } }[];
  Platforms?: { OS?: string; Architecture?: string }[];
}

/** Processors in billionths, memory in bytes. */
interface EngineAmounts {
  NanoCPUs?: number;
  MemoryBytes?: number;
}

export interface EngineLimits extends EngineAmounts {
  Pids?: number;
}

export interface EngineReservations extends EngineAmounts {
  GenericResources?: { DiscreteResourceSpec: { Kind: string; Value: number } }[];
}
