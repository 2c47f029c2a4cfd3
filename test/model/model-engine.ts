import type {
  LoginAnswer,
  Output,
  OwnNames,
  References,
  RegistryAnswer,
  SwarmNames,
} from '../../internal/apis/index.ts';
import { LABELS } from '../../internal/apis/index.ts';
import { untilAborted } from '../../internal/clock/until-aborted.ts';
import { adoption } from '../../internal/swarm/adoption.ts';
import { toEngineError } from '../../internal/swarm/engine-error.ts';
import {
  type CreatedService,
  type Engine,
  EngineError,
  type EngineEvent,
  type EngineInfo,
  type ObservedNode,
  type ObservedService,
  type ObservedTask,
  type ResolvedReferences,
  type ServiceSpec,
} from '../../internal/swarm/index.ts';
import { followFrames, type OnLogBytes } from '../../internal/swarm/log-follow.ts';
import { LogFrames, settledLog } from '../../internal/swarm/log-frames.ts';
import { judgedLog, type LogWitnesses } from '../../internal/swarm/log-verdict.ts';
import { NodeChanges } from '../../internal/swarm/node-changes.ts';
import {
  allNames,
  ownNames,
  resolveReferences,
  STACK_LABEL,
} from '../../internal/swarm/resolve.ts';
import { TimeLimit } from '../../internal/swarm/time-limit.ts';
import {
  containerLog,
  engineEvent,
  engineInfo,
  observedNode,
  observedService,
  observedTask,
} from '../../internal/swarm/translate.ts';
import { NoAnswer } from './model-error.ts';
import type { ModelEvent } from './raw.ts';
import type { ModelSwarm } from './swarm.ts';

export interface ModelEngineOptions {
  swarm: ModelSwarm;
  /** Value of the label that every list is filtered by. */
  instance: string;
  /** Called before every call with its name; may throw, or return a promise that delays the call. */
  before?: (call: keyof Engine) => void | Promise<void>;
  /** Called when a call was done, before its answer; one that throws loses the answer. */
  after?: (call: keyof Engine) => void | Promise<void>;
  /** Limit of one call in ms, by the swarm's clock; 15,000 by default. */
  timeoutMs?: number;
}

const nothing = () => {};

/**
 * The Engine port straight on a model swarm, in process: the answers and errors of `DockerEngine` on
 * a swarm in the same state. It takes no time but what `before` and `after` take.
 */
export class ModelEngine implements Engine {
  readonly #swarm: ModelSwarm;
  readonly #filter: string;
  readonly #before: NonNullable<ModelEngineOptions['before']>;
  readonly #after: NonNullable<ModelEngineOptions['after']>;
  readonly #timeoutMs: number;
  readonly #nodeChanges = new NodeChanges();

  constructor(options: ModelEngineOptions) {
    const { swarm, instance, before = nothing, after = nothing, timeoutMs = 15_000 } = options;
    this.#swarm = swarm;
    this.#filter = `${LABELS.instance}=${instance}`;
    this.#before = before;
    this.#after = after;
    this.#timeoutMs = timeoutMs;
  }

  info(): Promise<EngineInfo> {
    return this.#call('info', 'cannot ask the engine about itself', () =>
      engineInfo(this.#swarm.info()),
    );
  }

  listTasks(): Promise<ObservedTask[]> {
    return this.#call('listTasks', 'cannot list the tasks', () =>
      this.#swarm.listTasks([this.#filter]).map(observedTask),
    );
  }

  listServices(): Promise<ObservedService[]> {
    return this.#call('listServices', 'cannot list the services', () =>
      this.#swarm.listServices([this.#filter]).map(observedService),
    );
  }

  findTask(swarmTaskId: string): Promise<ObservedTask | undefined> {
    return this.#unless404('findTask', `cannot look for task ${swarmTaskId}`, () =>
      observedTask(this.#swarm.inspectTask(swarmTaskId)),
    );
  }

  findService(idOrName: string): Promise<ObservedService | undefined> {
    return this.#unless404('findService', `cannot look for service ${idOrName}`, () =>
      observedService(this.#swarm.inspectService(idOrName)),
    );
  }

  listNodes(): Promise<ObservedNode[]> {
    return this.#call('listNodes', 'cannot list the nodes', () =>
      this.#nodeChanges.ofNodes(this.#swarm.listNodes().map(observedNode)),
    );
  }

  resolve(references: References): Promise<ResolvedReferences> {
    return resolveReferences(references, (kind, names) =>
      this.#call('resolve', `cannot list the ${kind}`, () => this.#swarm.listNamed(kind, names)),
    );
  }

  listNames(): Promise<SwarmNames> {
    return allNames((kind) =>
      this.#call('listNames', `cannot list the ${kind}`, () => this.#swarm.listNamed(kind)),
    );
  }

  /** Only services have labels here. */
  listOwn(stack: string): Promise<OwnNames> {
    return this.#call('listOwn', 'cannot list the services of a stack', () => {
      const services = this.#swarm.listServices([`${STACK_LABEL}=${stack}`]);
      return ownNames(stack, { networks: [], secrets: [], configs: [], services });
    });
  }

  setAvailability(
    { id, hostname, version }: ObservedNode,
    availability: ObservedNode['availability'],
  ): Promise<void> {
    const what = `cannot set node ${hostname} to ${availability}`;
    return this.#call('setAvailability', what, () => {
      const { Spec } = this.#swarm.inspectNode(id);
      this.#swarm.updateNode(id, version, { ...Spec, Availability: availability });
    });
  }

  async createService(spec: ServiceSpec): Promise<CreatedService> {
    const what = `cannot create service ${spec.Name}`;
    try {
      return await this.#call('createService', what, () => {
        return { id: this.#swarm.createService(spec).ID, adopted: false };
      });
    } catch (error) {
      if (error instanceof EngineError && error.status === 409) return this.#adopt(spec, error);
      throw error;
    }
  }

  /** Only what is called `registry.test/…` is in a registry. */
  async askRegistry(image: string): Promise<RegistryAnswer> {
    const what = 'cannot ask the registry';
    try {
      return await this.#call('askRegistry', what, () =>
        image.startsWith('registry.test/')
          ? { kind: 'found', digest: `sha256:${'0'.repeat(64)}` }
          : { kind: 'silent', message: `${what}: the model has no network` },
      );
    } catch (error) {
      return { kind: 'silent', message: toEngineError(what, error).message };
    }
  }

  async tryLogin(): Promise<LoginAnswer> {
    return { kind: 'silent', message: 'the model has no network' };
  }

  async removeService(idOrName: string): Promise<void> {
    await this.#unless404('removeService', `cannot remove service ${idOrName}`, () =>
      this.#swarm.removeService(idOrName),
    );
  }

  async #unless404<T>(name: keyof Engine, what: string, act: () => T): Promise<T | undefined> {
    try {
      return await this.#call(name, what, act);
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    }
  }

  async taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output> {
    const what = `cannot read the log of task ${swarmTaskId}`;
    const frames = new LogFrames(limitBytes);
    const read = await this.#call('taskLogs', what, () => {
      frames.push(this.#swarm.taskLogs(swarmTaskId));
      return settledLog(frames.output());
    });
    try {
      return await judgedLog(read, frames.encoded, this.#witnesses(swarmTaskId));
    } catch (error) {
      throw toEngineError(what, error);
    }
  }

  #witnesses(swarmTaskId: string): LogWitnesses {
    const swarm = this.#swarm;
    return {
      task: async () => {
        try {
          return observedTask(swarm.inspectTask(swarmTaskId));
        } catch (error) {
          throw toEngineError('cannot look at the task', error);
        }
      },
      container: async ({ nodeId, containerId }) => {
        if (containerId === undefined || nodeId !== swarm.info().Swarm.NodeID) return undefined;
        const found = swarm.findContainer(containerId);
        return found === undefined ? 'gone' : containerLog(found);
      },
      nodes: async () => swarm.listNodes().map(observedNode),
      wasThere: () => false,
      now: () => swarm.clock.now(),
      defaultDriver: async () => swarm.info().LoggingDriver,
    };
  }

  async followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    const what = `cannot follow the log of task ${swarmTaskId}`;
    const frames = new Incoming();
    const log = await this.#call('followLogs', what, () =>
      this.#swarm.followLog(swarmTaskId, (more) => frames.push(more)),
    );
    frames.push(log.soFar);
    try {
      await untilAborted(followFrames(frames, onBytes), signal);
    } catch (error) {
      if (!signal.aborted) throw toEngineError(what, error);
    } finally {
      log.end();
    }
  }

  async watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.#before('watch');
      await this.#follow(onEvent, signal);
    } catch (error) {
      if (!signal.aborted) throw toEngineError('the event stream broke', error);
    }
  }

  /** Until `signal` aborts or the daemon ends. */
  #follow(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = this.#swarm.subscribe((event) => {
        if (this.#concerns(event)) onEvent(engineEvent(event));
      }, resolve);
      const stop = () => {
        end();
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  #concerns({ Type, Actor }: ModelEvent): boolean {
    const instance = `${LABELS.instance}=${Actor.Attributes[LABELS.instance]}`;
    return Type === 'container' && instance === this.#filter;
  }

  async #adopt(spec: ServiceSpec, conflict: EngineError): Promise<CreatedService> {
    const services = await this.#call('createService', `cannot look for ${spec.Name}`, () =>
      this.#swarm.listServices([]).map(observedService),
    );
    return adoption(spec, services, conflict);
  }

  /** Runs one call within its time limit. @throws EngineError */
  async #call<T>(name: keyof Engine, what: string, act: () => T): Promise<T> {
    const limit = new TimeLimit(this.#swarm.clock, this.#timeoutMs, what);
    try {
      return await limit.race(this.#answer(name, act));
    } catch (error) {
      throw toEngineError(what, limit.reason ?? error);
    } finally {
      limit.end();
    }
  }

  async #answer<T>(name: keyof Engine, act: () => T): Promise<T> {
    await this.#before(name);
    try {
      const answer = act();
      await this.#after(name);
      return answer;
    } catch (error) {
      if (error instanceof NoAnswer) return new Promise<never>(nothing);
      throw error;
    }
  }
}

/** A log that is not ended: there may be more. */
class Incoming {
  #waiting: Buffer[] = [];
  #wake = nothing;

  push(frames: Buffer): void {
    this.#waiting.push(frames);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const frames = this.#waiting;
      this.#waiting = [];
      yield* frames;
      if (this.#waiting.length > 0) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
