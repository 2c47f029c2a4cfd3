import { checkSpec } from './check-spec.ts';
import { swarmId } from './ids.ts';
import { ModelError } from './model-error.ts';
import type { ModelService, ModelSpec } from './raw.ts';

/** The services of the swarm, by id and name. */
export class Services {
  readonly #byId = new Map<string, ModelService>();
  /** By the name in lower case. */
  readonly #byName = new Map<string, ModelService>();

  /** @throws ModelError 409 for a name that is taken, in whatever case; 400 for a broken spec. */
  add(given: ModelSpec, { random, now }: { random: () => number; now: string }): ModelService {
    checkSpec(given);
    const spec = JSON.parse(JSON.stringify(given)) as ModelSpec;
    this.#refuseTaken(spec.Name);
    const service: ModelService = {
      ID: swarmId(random),
      Version: { Index: 1 },
      CreatedAt: now,
      UpdatedAt: now,
      Spec: spec,
    };
    this.#byId.set(service.ID, service);
    this.#byName.set(spec.Name.toLowerCase(), service);
    return service;
  }

  /** By id, then by name, then by the beginning of an id. @throws ModelError 404 */
  get(idOrName: string): ModelService {
    const named = this.#byName.get(idOrName.toLowerCase());
    const found =
      this.#byId.get(idOrName) ??
      (named?.Spec.Name === idOrName ? named : undefined) ??
      this.list().find(({ ID }) => ID.startsWith(idOrName));
    if (found === undefined) throw new ModelError(404, `service ${idOrName} not found`);
    return found;
  }

  has({ ID }: ModelService): boolean {
    return this.#byId.has(ID);
  }

  remove({ ID, Spec }: ModelService): void {
    this.#byId.delete(ID);
    this.#byName.delete(Spec.Name.toLowerCase());
  }

  list(): ModelService[] {
    return [...this.#byId.values()];
  }

  #refuseTaken(name: string): void {
    if (!this.#byName.has(name.toLowerCase())) return;
    const words = `name conflicts with an existing object: service ${name} already exists`;
    throw new ModelError(409, `rpc error: code = AlreadyExists desc = ${words}`);
  }
}
