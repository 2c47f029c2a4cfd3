import type { OwnNames } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import type { Engine } from '../swarm/index.ts';

/** How old a look may be, in ms: a stack changes when it is deployed. */
const FRESH_MS = 10_000;

interface OwnPartsOptions {
  engine: Pick<Engine, 'listOwn'>;
  /** Name of Swarmer's own stack, if it is of one. */
  stack?: string | undefined;
  /** Of the tasks: it is of the stack, and theirs all the same. */
  network?: string | undefined;
  clock: Clock;
}

/** What belongs to Swarmer's own stack, as the swarm has it. */
export class OwnParts {
  readonly #options: OwnPartsOptions;
  #look: { at: number; names: Promise<OwnNames> } | undefined;

  constructor(options: OwnPartsOptions) {
    this.#options = options;
  }

  /**
   * Looked up anew when that is some seconds ago.
   * @returns undefined when Swarmer is of no stack.
   * @throws EngineError when the engine does not tell: nothing that may be its own is to be given away then.
   */
  async names(): Promise<OwnNames | undefined> {
    const { engine, stack, network, clock } = this.#options;
    if (stack === undefined) return undefined;
    const now = clock.monotonic();
    if (this.#look === undefined || now - this.#look.at >= FRESH_MS) {
      const look = { at: now, names: engine.listOwn(stack) };
      this.#look = look;
      look.names.catch(() => {
        if (this.#look === look) this.#look = undefined;
      });
    }
    const names = await this.#look.names;
    return { ...names, networks: names.networks.filter((name) => name !== network) };
  }
}
