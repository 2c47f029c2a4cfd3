import type {
  LoginAnswer,
  Output,
  OwnNames,
  References,
  RegistryAnswer,
  RegistryAuth,
  SwarmNames,
} from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { ChurnGovernor, type ChurnLimits } from './churn-governor.ts';
import type {
  CreatedService,
  Engine,
  EngineEvent,
  EngineInfo,
  ObservedNode,
  ObservedService,
  ObservedTask,
} from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { ServiceSpec } from './engine-spec.ts';
import { Gate } from './gate.ts';
import type { OnLogBytes } from './log-follow.ts';
import type { ResolvedReferences } from './references.ts';

/** Most logs that are read at one time: each holds up to its limit in memory. */
const MOST_LOGS = 16;
/** Duration of a list of tasks in ms from which the engine counts as overburdened. */
const SLOW_LIST_MS = 5000;

/**
 * An engine that is not asked for more at one time than it can do: creations and removals as the churn
 * governor says, logs so many. What waits here waits outside the time limit of its call.
 */
export class GovernedEngine implements Engine {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #governor: ChurnGovernor;
  readonly #changes: Gate;
  readonly #logs = new Gate(() => MOST_LOGS);

  constructor(engine: Engine, clock: Clock, limits: Partial<ChurnLimits> = {}) {
    this.#engine = engine;
    this.#clock = clock;
    this.#governor = new ChurnGovernor(clock, limits);
    this.#changes = new Gate(() => this.#governor.limit);
  }

  info(): Promise<EngineInfo> {
    return this.#engine.info();
  }

  async listTasks(): Promise<ObservedTask[]> {
    const begun = this.#clock.monotonic();
    const tasks = await this.#engine.listTasks();
    if (this.#clock.monotonic() - begun > SLOW_LIST_MS) this.#governor.failed();
    return tasks;
  }

  listServices(): Promise<ObservedService[]> {
    return this.#engine.listServices();
  }

  findTask(swarmTaskId: string): Promise<ObservedTask | undefined> {
    return this.#engine.findTask(swarmTaskId);
  }

  findService(idOrName: string): Promise<ObservedService | undefined> {
    return this.#engine.findService(idOrName);
  }

  listNodes(): Promise<ObservedNode[]> {
    return this.#engine.listNodes();
  }

  setAvailability(node: ObservedNode, availability: ObservedNode['availability']): Promise<void> {
    return this.#engine.setAvailability(node, availability);
  }

  resolve(references: References): Promise<ResolvedReferences> {
    return this.#engine.resolve(references);
  }

  listNames(): Promise<SwarmNames> {
    return this.#engine.listNames();
  }

  listOwn(stack: string): Promise<OwnNames> {
    return this.#engine.listOwn(stack);
  }

  createService(spec: ServiceSpec, auth?: RegistryAuth): Promise<CreatedService> {
    return this.#change(() => this.#engine.createService(spec, auth));
  }

  askRegistry(image: string, auth?: RegistryAuth): Promise<RegistryAnswer> {
    return this.#engine.askRegistry(image, auth);
  }

  tryLogin(auth: RegistryAuth): Promise<LoginAnswer> {
    return this.#engine.tryLogin(auth);
  }

  removeService(idOrName: string): Promise<void> {
    return this.#change(() => this.#engine.removeService(idOrName));
  }

  taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output> {
    return this.#logs.run(() => this.#engine.taskLogs(swarmTaskId, limitBytes));
  }

  followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    return this.#engine.followLogs(swarmTaskId, onBytes, signal);
  }

  watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    return this.#engine.watch(onEvent, signal);
  }

  #change<T>(call: () => Promise<T>): Promise<T> {
    return this.#changes.run(async () => {
      const begun = this.#clock.monotonic();
      try {
        const result = await call();
        this.#governor.answered(this.#clock.monotonic() - begun);
        return result;
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === 'Unavailable')
          this.#governor.failed();
        throw error;
      }
    });
  }
}
