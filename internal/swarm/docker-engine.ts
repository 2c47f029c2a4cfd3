import {
  LABELS,
  type LoginAnswer,
  type Output,
  type OwnNames,
  type ReferenceKind,
  type References,
  type RegistryAnswer,
  type RegistryAuth,
  type SwarmNames,
} from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { adoption } from './adoption.ts';
import type {
  CreatedService,
  Engine,
  EngineEvent,
  EngineInfo,
  ObservedNode,
  ObservedService,
  ObservedTask,
} from './engine.ts';
import { EngineCalls } from './engine-calls.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import { EngineLogs } from './engine-logs.ts';
import type { ServiceSpec } from './engine-spec.ts';
import type { EngineTarget } from './engine-target.ts';
import { forEachLine } from './lines.ts';
import type { OnLogBytes } from './log-follow.ts';
import { NodeChanges } from './node-changes.ts';
import { OomKills } from './oom-kills.ts';
import type { ResolvedReferences } from './references.ts';
import { type RawDistribution, registryAnswer, registryRefusal } from './registry-answer.ts';
import {
  allNames,
  ownNames,
  type RawNamed,
  type RawStack,
  resolveReferences,
  STACK_LABEL,
} from './resolve.ts';
import {
  engineEvent,
  engineInfo,
  observedNode,
  observedService,
  observedTask,
  type RawContainer,
  type RawEvent,
  type RawInfo,
  type RawNetwork,
  type RawNode,
  type RawService,
  type RawTask,
} from './translate.ts';
import { type OwnEngine, Witness } from './witness.ts';

interface DockerEngineOptions {
  target: EngineTarget;
  /** Value of the label that every list is filtered by. */
  instance: string;
  clock: Clock;
  /** Limit of one call in ms, and of a silence within a log; 15,000 by default. */
  timeoutMs?: number;
}

/**
 * Longest wait for a registry, in ms: a job does not start before. The engine itself would wait for 25 s
 * and more where packets are dropped.
 */
const REGISTRY_TIMEOUT_MS = 5000;
const REGISTRY_WORDS = 'cannot ask the registry';

/** The Docker Engine API: through dockerode, but for the calls that are made for every task or look. */
export class DockerEngine implements Engine {
  readonly #calls: EngineCalls;
  readonly #logs: EngineLogs;
  readonly #ours: object;
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #witness = new Witness();
  readonly #nodeChanges = new NodeChanges();
  readonly #oomKills = new OomKills({
    ownNode: async () => (this.#witness.engine ?? (await this.#info())).nodeId,
    isOomKilled: async (containerId) => {
      const container = await this.#calls.find<RawContainer>('containers', containerId);
      return container?.State?.OOMKilled === true;
    },
  });

  constructor({ target, instance, clock, timeoutMs = 15_000 }: DockerEngineOptions) {
    this.#calls = new EngineCalls({ target, clock, timeoutMs });
    this.#logs = new EngineLogs(this.#calls, {
      witness: this.#witness,
      clock,
      listNodes: () => this.listNodes(),
      engine: async () => this.#witness.engine ?? (await this.#info()),
    });
    this.#instance = instance;
    this.#ours = { label: [`${LABELS.instance}=${instance}`] };
    this.#clock = clock;
  }

  async info(): Promise<EngineInfo> {
    await this.#calls.negotiate();
    return this.#info();
  }

  #info(): Promise<EngineInfo> {
    return this.#calls.within('cannot ask the engine about itself', async () =>
      engineInfo((await this.#calls.docker.info()) as RawInfo),
    );
  }

  async listTasks(): Promise<ObservedTask[]> {
    const tasks = await this.#calls.list<RawTask>('/tasks', 'cannot list the tasks', this.#ours);
    return this.#witness.ofTasks(await this.#oomKills.mark(tasks.map(observedTask)));
  }

  async listServices(): Promise<ObservedService[]> {
    const what = 'cannot list the services';
    return (await this.#calls.list<RawService>('/services', what, this.#ours)).map(observedService);
  }

  async findTask(swarmTaskId: string): Promise<ObservedTask | undefined> {
    const raw = await this.#calls.find<RawTask>('tasks', swarmTaskId);
    return raw === undefined ? undefined : this.#witness.ofTask(observedTask(raw));
  }

  async findService(idOrName: string): Promise<ObservedService | undefined> {
    const raw = await this.#calls.find<RawService>('services', idOrName);
    return raw === undefined ? undefined : observedService(raw);
  }

  async listNodes(): Promise<ObservedNode[]> {
    const nodes = await this.#calls.list<RawNode>('/nodes', 'cannot list the nodes');
    const engine = this.#witness.engine ?? (await this.#ownEngine());
    return this.#witness.ofNodes(this.#nodeChanges.ofNodes(nodes.map(observedNode)), engine);
  }

  /**
   * Also while there is no stream of events, as right after the start: an end that was told before is then no
   * sign of a restart. An engine makes its default bridge anew each time that it starts (moby:
   * daemon/daemon_unix.go initBridgeDriver; seen with 20.10, 26.1, 28.5); one without it does not tell.
   */
  async #ownEngine(): Promise<OwnEngine> {
    const now = this.#clock.now();
    const [{ nodeId, logDriver }, bridge] = await Promise.all([
      this.#info(),
      this.#calls.find<RawNetwork>('networks', 'bridge').catch(unlessRefused),
    ]);
    const startedAt = Date.parse(bridge?.Created ?? '');
    const own = { nodeId, logDriver };
    return Number.isNaN(startedAt)
      ? { ...own, since: now }
      : { ...own, since: startedAt, startedAt };
  }

  async setAvailability(
    { id, hostname, version }: ObservedNode,
    availability: ObservedNode['availability'],
  ): Promise<void> {
    const what = `cannot set node ${hostname} to ${availability}`;
    await this.#calls.within(what, async (abortSignal) => {
      const node = this.#calls.docker.getNode(id);
      // An update takes the whole spec: labels and role stay as they are.
      const { Spec, Version } = (await node.inspect({ abortSignal })) as RawNode;
      if (Version?.Index !== version) throw new Error('it has changed since it was looked at');
      await node.update({ ...Spec, Availability: availability, version, abortSignal });
    });
  }

  resolve(references: References): Promise<ResolvedReferences> {
    return resolveReferences(references, (kind, names) => this.#listNamed(kind, names));
  }

  listNames(): Promise<SwarmNames> {
    return allNames((kind) => this.#listNamed(kind));
  }

  async listOwn(stack: string): Promise<OwnNames> {
    const list = <T>(kind: string) => {
      const filters = { label: [`${STACK_LABEL}=${stack}`] };
      return this.#calls.list<T>(`/${kind}`, `cannot list the ${kind} of a stack`, filters);
    };
    const [networks, secrets, configs, services] = await Promise.all([
      ...([
        list<RawNamed>('networks'),
        list<RawNamed>('secrets'),
        list<RawNamed>('configs'),
      ] as const),
      list<RawStack['services'][number]>('services'),
    ]);
    return ownNames(stack, { networks, secrets, configs, services });
  }

  /** @param names what there must be in the list, if it is there; all without them. */
  #listNamed(kind: ReferenceKind, names?: readonly string[]): Promise<RawNamed[]> {
    const scope = kind === 'networks' ? { scope: ['swarm'] } : {};
    const name = names === undefined ? {} : { name: [...names] };
    return this.#calls.list(`/${kind}`, `cannot list the ${kind}`, { ...name, ...scope });
  }

  async createService(spec: ServiceSpec, auth?: RegistryAuth): Promise<CreatedService> {
    const what = `cannot create service ${spec.Name}`;
    const login =
      auth === undefined ? {} : { headers: { 'X-Registry-Auth': registryHeader(auth) } };
    const body = JSON.stringify(spec);
    try {
      const call = { method: 'POST', path: '/services/create', what, body, ...login } as const;
      const { ID: id } = JSON.parse(await this.#calls.http.send(call)) as { ID: string };
      return { id, adopted: false };
    } catch (error) {
      if (!(error instanceof EngineError)) throw toEngineError(what, error);
      if (error.status === 409) return this.#adopt(spec, error);
      throw error;
    }
  }

  async askRegistry(image: string, auth?: RegistryAuth): Promise<RegistryAnswer> {
    const ask = async (abortSignal: AbortSignal) => {
      const path = `/distribution/${image}/json`;
      return (await this.#calls.get(path, abortSignal, auth)) as RawDistribution;
    };
    try {
      return registryAnswer(await this.#calls.within(REGISTRY_WORDS, ask, REGISTRY_TIMEOUT_MS));
    } catch (error) {
      return registryRefusal(toEngineError(REGISTRY_WORDS, error));
    }
  }

  async tryLogin(auth: RegistryAuth): Promise<LoginAnswer> {
    try {
      await this.#calls.within(
        REGISTRY_WORDS,
        () => this.#calls.docker.checkAuth(auth),
        REGISTRY_TIMEOUT_MS,
      );
      return { kind: 'taken' };
    } catch (error) {
      return registryRefusal(toEngineError(REGISTRY_WORDS, error));
    }
  }

  async #adopt(spec: ServiceSpec, conflict: EngineError): Promise<CreatedService> {
    const what = `cannot look for service ${spec.Name}`;
    const services = (await this.#calls.list<RawService>('/services', what)).map(observedService);
    return adoption(spec, services, conflict);
  }

  async removeService(idOrName: string): Promise<void> {
    const what = `cannot remove service ${idOrName}`;
    const path = `/services/${encodeURIComponent(idOrName)}`;
    try {
      await this.#calls.http.send({ method: 'DELETE', path, what });
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 404) throw error;
    }
  }

  taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output> {
    return this.#logs.taskLogs(swarmTaskId, limitBytes);
  }

  followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    return this.#logs.followLogs(swarmTaskId, onBytes, signal);
  }

  async watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const over = new AbortController();
    try {
      await this.#calls.negotiate();
      const stream = await this.#calls.docker.getEvents({
        filters: {
          type: ['container'],
          event: ['start', 'die'],
          label: [`${LABELS.instance}=${this.#instance}`],
        },
        abortSignal: AbortSignal.any([signal, over.signal]),
      });
      const reading = forEachLine(stream, (line) =>
        onEvent(engineEvent(JSON.parse(line) as RawEvent)),
      ).finally(() => over.abort());
      await Promise.all([reading, this.#meet(over.signal)]);
    } catch (error) {
      if (!signal.aborted) throw toEngineError('the event stream broke', error);
    } finally {
      over.abort();
      this.#witness.disconnected();
    }
  }

  /** Asks for the start of the engine while its stream is read: what breaks that is noticed. */
  async #meet(over: AbortSignal): Promise<void> {
    const engine = await this.#ownEngine();
    if (!over.aborted) this.#witness.connected(engine);
  }
}

/** A filter before the engine may not let the question pass: then the engine does not tell. */
function unlessRefused(error: unknown): undefined {
  const isRefusal =
    error instanceof EngineError && (error.code === 'Invalid' || error.status === 404);
  if (!isRefusal) throw error;
}

/** As the engine reads it: base64url with its padding. */
function registryHeader(auth: RegistryAuth): string {
  const base64 = Buffer.from(JSON.stringify(auth)).toString('base64');
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
