import { attemptOfLabels } from '../apis/index.ts';
import type {
  EngineEvent,
  EngineInfo,
  ObservedNode,
  ObservedService,
  ObservedTask,
} from './engine.ts';
import type { LogDriver } from './log-driver.ts';
import { excludedNode } from './scheduling.ts';

interface RawVersion {
  Index?: number;
}

/** The engine's JSON, as far as it is read. Every member may be absent: another version wrote it. */
export interface RawTask {
  ID?: string;
  Version?: RawVersion;
  ServiceID?: string;
  NodeID?: string;
  NetworksAttachments?: unknown[] | null;
  CreatedAt?: string;
  DesiredState?: string;
  Spec?: {
    ContainerSpec?: { Labels?: Record<string, string> | null };
    Placement?: { Constraints?: string[] | null };
    LogDriver?: { Name?: string; Options?: Record<string, string> | null } | null;
  };
  Status?: {
    Timestamp?: string;
    State?: string;
    Message?: string;
    Err?: string;
    ContainerStatus?: { ContainerID?: string; ExitCode?: number };
  };
}

export interface RawService {
  ID?: string;
  Spec?: { Name?: string; Labels?: Record<string, string> | null };
}

export interface RawNetwork {
  Created?: string;
}

export interface RawContainer {
  State?: { OOMKilled?: boolean };
  HostConfig?: { LogConfig?: { Type?: string; Config?: Record<string, string> | null } };
}

export interface RawNode {
  ID?: string;
  Version?: RawVersion;
  UpdatedAt?: string;
  Description?: {
    Hostname?: string;
    Platform?: { OS?: string; Architecture?: string };
    Engine?: { Labels?: Record<string, string> | null };
    Resources?: {
      NanoCPUs?: number;
      MemoryBytes?: number;
      GenericResources?: RawGenericResource[] | null;
    };
  };
  Status?: { State?: string; Addr?: string };
  Spec?: { Availability?: string; Role?: string; Labels?: Record<string, string> | null };
}

interface RawGenericResource {
  DiscreteResourceSpec?: { Kind?: string; Value?: number };
  NamedResourceSpec?: { Kind?: string };
}

export interface RawInfo {
  ServerVersion?: string;
  LoggingDriver?: string;
  Swarm?: {
    NodeID?: string;
    NodeAddr?: string;
    ControlAvailable?: boolean;
    LocalNodeState?: string;
    Cluster?: { ID?: string } | null;
  };
}

export interface RawEvent {
  Action?: string;
  timeNano?: number;
  Actor?: { Attributes?: Record<string, string> };
}

export function observedTask(raw: RawTask): ObservedTask {
  const status = raw.Status ?? {};
  const container = status.ContainerStatus;
  return {
    id: raw.ID ?? '',
    serviceId: raw.ServiceID ?? '',
    labels: raw.Spec?.ContainerSpec?.Labels ?? {},
    version: raw.Version?.Index ?? 0,
    attached: (raw.NetworksAttachments ?? []).length > 0,
    state: status.State ?? 'new',
    desiredState: raw.DesiredState ?? 'running',
    createdAt: time(raw.CreatedAt),
    updatedAt: time(status.Timestamp),
    ...(raw.NodeID ? { nodeId: raw.NodeID } : {}),
    ...exclusions(raw),
    ...logDriver(raw),
    ...(status.Message ? { message: status.Message } : {}),
    ...(status.Err ? { error: status.Err } : {}),
    ...(container?.ContainerID ? { containerId: container.ContainerID } : {}),
    ...exitCode(status),
  };
}

function exclusions({ Spec }: RawTask): { excluded?: string[] } {
  const nodes = (Spec?.Placement?.Constraints ?? []).flatMap((it) => excludedNode(it) ?? []);
  return nodes.length === 0 ? {} : { excluded: nodes };
}

function logDriver({ Spec }: RawTask): Pick<ObservedTask, 'logDriver'> {
  const { Name, Options } = Spec?.LogDriver ?? {};
  return Name ? { logDriver: { name: Name, options: Options ?? {} } } : {};
}

/**
 * The engine leaves an exit code of 0 out of its JSON, or writes it for tasks that have no container:
 * it counts only where a container was.
 */
function exitCode(status: NonNullable<RawTask['Status']>): { exitCode?: number } {
  const container = status.ContainerStatus;
  return container?.ContainerID ? { exitCode: container.ExitCode ?? 0 } : {};
}

export function observedService(raw: RawService): ObservedService {
  return { id: raw.ID ?? '', name: raw.Spec?.Name ?? '', labels: raw.Spec?.Labels ?? {} };
}

export function observedNode(raw: RawNode): ObservedNode {
  const states = ['down', 'ready', 'disconnected'] as const;
  const availabilities = ['pause', 'drain'] as const;
  return {
    id: raw.ID ?? '',
    hostname: raw.Description?.Hostname ?? '',
    state: states.find((state) => state === raw.Status?.State) ?? 'unknown',
    availability: availabilities.find((it) => it === raw.Spec?.Availability) ?? 'active',
    version: raw.Version?.Index ?? 0,
    updatedAt: time(raw.UpdatedAt),
    ...offersOf(raw),
    attributes: attributesOf(raw),
  };
}

function attributesOf({ Spec = {}, Status = {}, Description }: RawNode): Record<string, string> {
  const labels = (prefix: string, given: Record<string, string> | null | undefined) =>
    Object.entries(given ?? {}).map(([key, value]) => [`${prefix}${key}`, value]);
  return Object.fromEntries([
    ['node.role', Spec.Role ?? ''],
    ['node.ip', Status.Addr ?? ''],
    ...labels('node.labels.', Spec.Labels),
    ...labels('engine.labels.', Description?.Engine?.Labels),
  ]);
}

/** What placement can ask for. A resource that is named is there once for each name. */
function offersOf({
  Description,
}: RawNode): Pick<ObservedNode, 'platform' | 'genericResources' | 'nanoCpus' | 'memoryBytes'> {
  const { OS, Architecture } = Description?.Platform ?? {};
  const resources: Record<string, number> = {};
  const { NanoCPUs, MemoryBytes, GenericResources } = Description?.Resources ?? {};
  for (const resource of GenericResources ?? []) {
    const { Kind, Value = 1 } = resource.DiscreteResourceSpec ?? {
      Kind: resource.NamedResourceSpec?.Kind,
    };
    if (Kind !== undefined) resources[Kind] = (resources[Kind] ?? 0) + Value;
  }
  return {
    ...(OS && Architecture ? { platform: `${OS}/${Architecture}` } : {}),
    ...(Object.keys(resources).length === 0 ? {} : { genericResources: resources }),
    ...(NanoCPUs ? { nanoCpus: NanoCPUs } : {}),
    ...(MemoryBytes ? { memoryBytes: MemoryBytes } : {}),
  };
}

export function engineInfo(raw: RawInfo): EngineInfo {
  const swarm = raw.Swarm ?? {};
  return {
    manager: swarm.ControlAvailable === true,
    swarmState: swarm.LocalNodeState ?? 'inactive',
    clusterId: swarm.Cluster?.ID ?? '',
    nodeId: swarm.NodeID ?? '',
    nodeAddress: swarm.NodeAddr ?? '',
    version: raw.ServerVersion ?? '',
    logDriver: raw.LoggingDriver ?? '',
  };
}

export function engineEvent(raw: RawEvent): EngineEvent {
  const attempt = attemptOfLabels(raw.Actor?.Attributes ?? {});
  const event = { action: raw.Action ?? '', at: Math.floor((raw.timeNano ?? 0) / 1e6) };
  return attempt === undefined ? event : { attempt, ...event };
}

/** How the log of a container is kept, with what its engine has added. */
export function containerLog({ HostConfig }: RawContainer): LogDriver {
  const { Type = '', Config } = HostConfig?.LogConfig ?? {};
  return { name: Type, options: Config ?? {} };
}

/** Unix time in ms of the engine's time stamps, which have nanoseconds. 0 for what is no time. */
function time(text: string | undefined): number {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}
