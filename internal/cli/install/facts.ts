import type { Env } from '../io.ts';
import { type Docker, jsonLines, type Outcome } from './docker.ts';
import { socketGroup } from './socket-group.ts';

/** A node of the swarm, as far as the stack cares. */
export interface NodeFact {
  hostname: string;
  isManager: boolean;
  /** Takes tasks now. */
  isUsable: boolean;
  hasRedis: boolean;
}

export interface NetworkFact {
  name: string;
  subnets: string[];
}

/** What was found; `undefined` where it could not be looked up. */
export interface Facts {
  env: Env;
  /** The engine's version, or why it was not told. */
  engine: Outcome;
  /** `undefined` when the engine is no manager of a swarm. */
  nodes: NodeFact[] | undefined;
  secrets: string[] | undefined;
  networks: NetworkFact[] | undefined;
  /** Whether this node has the image. */
  hasImage: boolean;
  /** Group of the engine's socket; undefined where it is no file of this machine. */
  socketGroup: number | undefined;
}

interface RawNode {
  Description: { Hostname: string };
  Spec: { Role: string; Availability: string; Labels?: Record<string, string> | null };
  Status: { State: string };
}

interface RawNetwork {
  Name: string;
  IPAM?: { Config?: { Subnet?: string }[] | null };
}

/** Looks at the swarm that the docker command shows, and changes nothing. */
export async function gatherFacts(docker: Docker, env: Env, image: string): Promise<Facts> {
  const engine = await docker('version', '--format', '{{.Server.Version}}');
  const [nodes, networks, secrets, found, group] = await Promise.all([
    inspectAll<RawNode>(docker, 'node'),
    inspectAll<RawNetwork>(docker, 'network'),
    docker('secret', 'ls', '--format', '{{.Name}}'),
    docker('image', 'inspect', '--format', '{{.Id}}', image),
    socketGroup(env['DOCKER_HOST']),
  ]);
  return {
    ...{ env, engine, hasImage: 'text' in found, socketGroup: group },
    nodes: nodes?.map(nodeFact),
    networks: networks?.map(networkFact),
    secrets: 'text' in secrets ? secrets.text.split('\n').filter((name) => name !== '') : undefined,
  };
}

async function inspectAll<T>(docker: Docker, kind: 'node' | 'network'): Promise<T[] | undefined> {
  const ids = await docker(kind, 'ls', '-q');
  if ('error' in ids) return undefined;
  const all = ids.text.split('\n').filter((id) => id !== '');
  if (all.length === 0) return [];
  const objects = await docker(kind, 'inspect', '--format', '{{json .}}', ...all);
  // One that went away meanwhile fails the whole call.
  return 'text' in objects ? jsonLines<T>(objects) : undefined;
}

function nodeFact({ Description, Spec, Status }: RawNode): NodeFact {
  return {
    hostname: Description.Hostname,
    isManager: Spec.Role === 'manager',
    isUsable: Status.State === 'ready' && Spec.Availability === 'active',
    hasRedis: Spec.Labels?.['swarmer.redis'] === 'true',
  };
}

function networkFact({ Name, IPAM }: RawNetwork): NetworkFact {
  return { name: Name, subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []) };
}
