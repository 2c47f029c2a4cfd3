import {
  LABELS,
  missingReference,
  NODE_NETWORKS,
  type OwnNames,
  REFERENCE_KINDS,
  type ReferenceKind,
  type References,
  type SwarmNames,
} from '../apis/index.ts';
import { EngineError } from './engine-error.ts';
import type { ContainerSpec } from './engine-spec.ts';
import type { ResolvedReferences } from './references.ts';

/** A network, a secret or a config in the engine's JSON, as far as it is read. */
export interface RawNamed {
  ID?: string;
  /** Networks have an id and a name of this spelling. */
  Id?: string;
  Name?: string;
  Spec?: { Name?: string };
}

/** What there is of a kind; with names, of these at least: filters of the engine match parts of them. */
type List = (kind: ReferenceKind, names?: readonly string[]) => Promise<RawNamed[]>;

/** Names kept of one kind. */
const MOST_NAMES = 2000;

/**
 * Looks names up, one list per kind that is wanted.
 * @throws EngineError `Invalid` when something is not there; what `list` throws.
 */
export async function resolveReferences(
  wanted: References,
  list: List,
): Promise<ResolvedReferences> {
  const look = async (kind: ReferenceKind) => {
    const names = wanted[kind].filter((name) => kind !== 'networks' || !NODE_NETWORKS.has(name));
    return idsByName(names.length === 0 ? [] : await list(kind, [...new Set(names)]));
  };
  const [networks, secrets, configs] = await Promise.all([
    look('networks'),
    look('secrets'),
    look('configs'),
  ]);
  for (const name of NODE_NETWORKS) networks.set(name, name);
  const found = { networks, secrets, configs };
  const missing = REFERENCE_KINDS.flatMap((kind) =>
    wanted[kind].flatMap((name) => (found[kind].has(name) ? [] : missingReference(kind, name))),
  );
  if (missing.length > 0) throw new EngineError('Invalid', missing.join('; '));
  return found;
}

/** The names of all that services may refer to, unless there are too many. */
export async function allNames(list: List): Promise<SwarmNames> {
  const entries = await Promise.all(
    REFERENCE_KINDS.map(async (kind) => [kind, (await list(kind)).map(nameOf)] as const),
  );
  return Object.fromEntries(entries.filter(([, names]) => names.length <= MOST_NAMES));
}

/** Label of whatever `docker stack deploy` makes. */
export const STACK_LABEL = 'com.docker.stack.namespace';

/** What an engine lists with the label of one stack. */
export interface RawStack extends Record<ReferenceKind, RawNamed[]> {
  services: {
    Spec?: {
      Labels?: Record<string, string>;
      TaskTemplate?: { ContainerSpec?: Pick<ContainerSpec, 'Mounts' | 'Secrets' | 'Configs'> };
    };
  }[];
}

/**
 * What a stack is made of: what has its label, and what its services use. Of secrets and configs that were made by
 * hand, and of volumes, only that tells.
 */
export function ownNames(stack: string, raw: RawStack): OwnNames {
  // A task that was given the label of the stack must not make its own what others use.
  const services = raw.services.filter(({ Spec }) => Spec?.Labels?.[LABELS.instance] === undefined);
  const specs = services.map(({ Spec }) => Spec?.TaskTemplate?.ContainerSpec ?? {});
  const used = {
    networks: [],
    secrets: specs.flatMap(({ Secrets = [] }) => Secrets.map(({ SecretName }) => SecretName)),
    configs: specs.flatMap(({ Configs = [] }) => Configs.map(({ ConfigName }) => ConfigName)),
  };
  const names = (kind: ReferenceKind) => [...new Set([...raw[kind].map(nameOf), ...used[kind]])];
  const volumes = specs.flatMap(({ Mounts = [] }) =>
    Mounts.flatMap(({ Type, Source }) => (Type === 'volume' && Source ? [Source] : [])),
  );
  return {
    ...{ stack, volumes: [...new Set(volumes)] },
    ...{ networks: names('networks'), secrets: names('secrets'), configs: names('configs') },
  };
}

function idsByName(list: readonly RawNamed[]): Map<string, string> {
  return new Map(list.map((it) => [nameOf(it), it.ID ?? it.Id ?? '']));
}

function nameOf({ Spec, Name }: RawNamed): string {
  return Spec?.Name ?? Name ?? '';
}
