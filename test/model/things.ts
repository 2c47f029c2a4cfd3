import type { ReferenceKind } from '../../internal/apis/index.ts';
import type { RawNamed } from '../../internal/swarm/resolve.ts';
import { swarmId } from './ids.ts';
import { ModelError } from './model-error.ts';
import type { ModelSpec } from './raw.ts';

/** What services refer to: networks, secrets and configs of the swarm. */
export class Things {
  readonly #random: () => number;
  readonly #all: Record<ReferenceKind, Map<string, string>> = {
    networks: new Map(),
    secrets: new Map(),
    configs: new Map(),
  };

  constructor(random: () => number) {
    this.#random = random;
  }

  add(kind: ReferenceKind, name: string): string {
    const id = swarmId(this.#random);
    this.#all[kind].set(name, id);
    return id;
  }

  /** Filters of the engine match the beginning of a name; of networks any part. */
  list(kind: ReferenceKind, names: readonly string[]): RawNamed[] {
    const found = [...this.#all[kind]].filter(
      ([name]) => names.length === 0 || names.some((part) => name.includes(part)),
    );
    return found.map(([name, id]) =>
      kind === 'networks' ? { Id: id, Name: name } : { ID: id, Spec: { Name: name } },
    );
  }

  /** @throws ModelError for what a spec refers to and there is not. */
  check({ TaskTemplate: { ContainerSpec, Networks = [] } }: ModelSpec): void {
    for (const { Target } of Networks) {
      if (!this.#has('networks', Target)) throw new ModelError(404, `network ${Target} not found`);
    }
    for (const { SecretID, SecretName } of ContainerSpec.Secrets ?? []) {
      if (!this.#has('secrets', SecretID)) throw notFound('secret', SecretName);
    }
    for (const { ConfigID, ConfigName } of ContainerSpec.Configs ?? []) {
      if (!this.#has('configs', ConfigID)) throw notFound('config', ConfigName);
    }
  }

  #has(kind: ReferenceKind, idOrName: string): boolean {
    const all = this.#all[kind];
    return all.has(idOrName) || [...all.values()].includes(idOrName);
  }
}

function notFound(kind: string, name: string): ModelError {
  const words = `rpc error: code = InvalidArgument desc = ${kind} not found: ${name}`;
  return new ModelError(400, words);
}
