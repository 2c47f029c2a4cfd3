import type { IncomingMessage } from 'node:http';
import Docker from 'dockerode';
import {
  LABELS,
  type LoginAnswer,
  type Output,
  type ReferenceKind,
  type References,
  type RegistryAnswer,
  type RegistryAuth,
  type SwarmNames,
  unavailableOutput,
} from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { adoption } from './adoption.ts';
import { negotiatedVersion } from './api-version.ts';
import { doubtOfEmptyLog } from './empty-log.ts';
import type {
  CreatedService,
  Engine,
  EngineEvent,
  EngineInfo,
  ObservedNode,
  ObservedService,
  ObservedTask,
} from './engine.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import { EngineHttp } from './engine-http.ts';
import type { ServiceSpec } from './engine-spec.ts';
import type { EngineTarget } from './engine-target.ts';
import { forEachLine } from './lines.ts';
import { followFrames, type OnLogBytes, untilAborted } from './log-follow.ts';
import { LogFrames, settledLog } from './log-frames.ts';
import type { ResolvedReferences } from './references.ts';
import { type RawDistribution, registryAnswer, registryRefusal } from './registry-answer.ts';
import { allNames, type RawNamed, resolveReferences } from './resolve.ts';
import { TimeLimit } from './time-limit.ts';
import {
  engineEvent,
  engineInfo,
  observedNode,
  observedService,
  observedTask,
  type RawEvent,
  type RawInfo,
  type RawNode,
  type RawService,
  type RawTask,
} from './translate.ts';

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

/** The Docker Engine API: through dockerode, but for the calls that are made for every task. */
export class DockerEngine implements Engine {
  readonly #docker: Docker;
  readonly #http: EngineHttp;
  readonly #filters: string;
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** The engine that the present event stream comes from, and since when (Unix ms). */
  #connection: { nodeId: string; logDriver: string; since: number } | undefined;

  constructor({ target, instance, clock, timeoutMs = 15_000 }: DockerEngineOptions) {
    this.#docker = new Docker(connection(target));
    this.#http = new EngineHttp({ target, clock, timeoutMs });
    this.#instance = instance;
    this.#filters = JSON.stringify({ label: [`${LABELS.instance}=${instance}`] });
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async info(): Promise<EngineInfo> {
    await this.#negotiate();
    return this.#info();
  }

  /** At the start, and with each connection for events: an engine may come back as another version. */
  #negotiate(): Promise<void> {
    return this.#call('cannot agree with the engine on a version', async (abortSignal) => {
      this.#speak(undefined);
      const answer = await this.#stream('/_ping', abortSignal);
      const { headers } = answer as IncomingMessage;
      answer.resume();
      this.#speak(negotiatedVersion(String(headers['api-version'] ?? '') || undefined));
    });
  }

  #speak(version: string | undefined): void {
    Object.assign(this.#docker.modem, { version });
    this.#http.speak(version);
  }

  #info(): Promise<EngineInfo> {
    return this.#call('cannot ask the engine about itself', async () =>
      engineInfo((await this.#docker.info()) as RawInfo),
    );
  }

  listTasks(): Promise<ObservedTask[]> {
    return this.#call('cannot list the tasks', async (abortSignal) => {
      const tasks = await this.#docker.listTasks({ filters: this.#filters, abortSignal });
      return complete<RawTask>(tasks).map(observedTask);
    });
  }

  listServices(): Promise<ObservedService[]> {
    return this.#call('cannot list the services', async (abortSignal) => {
      const services = await this.#docker.listServices({ filters: this.#filters, abortSignal });
      return complete<RawService>(services).map(observedService);
    });
  }

  listNodes(): Promise<ObservedNode[]> {
    return this.#call('cannot list the nodes', async (abortSignal) => {
      const nodes = complete<RawNode>(await this.#docker.listNodes({ abortSignal }));
      return nodes.map(observedNode).map((node) => this.#withConnection(node));
    });
  }

  async setAvailability(
    { id, hostname, version }: ObservedNode,
    availability: ObservedNode['availability'],
  ): Promise<void> {
    const what = `cannot set node ${hostname} to ${availability}`;
    await this.#call(what, async (abortSignal) => {
      const node = this.#docker.getNode(id);
      // An update takes the whole spec: labels and role stay as they are.
      const { Spec, Version } = (await node.inspect({ abortSignal })) as RawNode;
      if (Version?.Index !== version) throw new Error('it has changed since it was looked at');
      await node.update({ ...Spec, Availability: availability, version, abortSignal });
    });
  }

  #withConnection(node: ObservedNode): ObservedNode {
    const { nodeId, since } = this.#connection ?? {};
    return since !== undefined && node.id === nodeId ? { ...node, connectedSince: since } : node;
  }

  resolve(references: References): Promise<ResolvedReferences> {
    return resolveReferences(references, (kind, names) => this.#listNamed(kind, names));
  }

  listNames(): Promise<SwarmNames> {
    return allNames((kind) => this.#listNamed(kind));
  }

  /** @param names what there must be in the list, if it is there; all without them. */
  #listNamed(kind: ReferenceKind, names?: readonly string[]): Promise<RawNamed[]> {
    const name = names === undefined ? {} : { name: [...names] };
    return this.#call(`cannot list the ${kind}`, async (abortSignal) => {
      const docker = this.#docker;
      switch (kind) {
        case 'networks': {
          const filters = { ...name, scope: ['swarm'] };
          return complete<RawNamed>(await docker.listNetworks({ filters, abortSignal }));
        }
        case 'secrets':
          return complete<RawNamed>(await docker.listSecrets({ filters: name, abortSignal }));
        case 'configs':
          return complete<RawNamed>(await docker.listConfigs({ filters: name, abortSignal }));
      }
    });
  }

  async createService(spec: ServiceSpec, auth?: RegistryAuth): Promise<CreatedService> {
    const what = `cannot create service ${spec.Name}`;
    const login =
      auth === undefined ? {} : { headers: { 'X-Registry-Auth': registryHeader(auth) } };
    const body = JSON.stringify(spec);
    try {
      const call = { method: 'POST', path: '/services/create', what, body, ...login } as const;
      const { ID: id } = JSON.parse(await this.#http.send(call)) as { ID: string };
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
      return (await this.#get(path, abortSignal, auth)) as RawDistribution;
    };
    try {
      return registryAnswer(await this.#call(REGISTRY_WORDS, ask, REGISTRY_TIMEOUT_MS));
    } catch (error) {
      return registryRefusal(toEngineError(REGISTRY_WORDS, error));
    }
  }

  async tryLogin(auth: RegistryAuth): Promise<LoginAnswer> {
    try {
      await this.#call(REGISTRY_WORDS, () => this.#docker.checkAuth(auth), REGISTRY_TIMEOUT_MS);
      return { kind: 'taken' };
    } catch (error) {
      return registryRefusal(toEngineError(REGISTRY_WORDS, error));
    }
  }

  async #adopt(spec: ServiceSpec, conflict: EngineError): Promise<CreatedService> {
    const services = await this.#call(`cannot look for service ${spec.Name}`, async (abortSignal) =>
      complete<RawService>(await this.#docker.listServices({ abortSignal })).map(observedService),
    );
    return adoption(spec, services, conflict);
  }

  async removeService(idOrName: string): Promise<void> {
    const what = `cannot remove service ${idOrName}`;
    const path = `/services/${encodeURIComponent(idOrName)}`;
    try {
      await this.#http.send({ method: 'DELETE', path, what });
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 404) throw error;
    }
  }

  async taskLogs(swarmTaskId: string, limitBytes: number): Promise<Output> {
    const what = `cannot read the log of task ${swarmTaskId}`;
    const frames = new LogFrames(limitBytes);
    const call = { method: 'GET', path: logPath(swarmTaskId), what } as const;
    await this.#http.stream(call, (chunk) => frames.push(chunk));
    try {
      return await this.#unlessLost(swarmTaskId, settledLog(frames.output()));
    } catch (error) {
      throw toEngineError(what, error);
    }
  }

  async followLogs(swarmTaskId: string, onBytes: OnLogBytes, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const what = `cannot follow the log of task ${swarmTaskId}`;
    // Only the answer's beginning is limited: a task may write nothing for as long as it likes.
    const limit = this.#limit(what);
    const closed = AbortSignal.any([signal, limit.signal]);
    const follow = async () => {
      // dockerode cuts off the last character of a query that it does not make itself.
      const path = `${logPath(swarmTaskId)}&follow=1&`;
      const stream = await limit.race(this.#stream(path, closed));
      limit.end();
      await followFrames(stream, onBytes);
    };
    try {
      await untilAborted(signal, follow());
    } catch (error) {
      if (!signal.aborted) throw toEngineError(what, limit.reason ?? error);
    } finally {
      limit.end();
    }
  }

  /** @returns the output; one that is flagged where its emptiness is none of the task's. */
  async #unlessLost(swarmTaskId: string, output: Output): Promise<Output> {
    const { stdout, stderr, log } = output.summary;
    if (stdout.bytes + stderr.bytes > 0 || log.state !== 'complete') return output;
    const [task, nodes, logDriver] = await Promise.all([
      this.#task(swarmTaskId),
      this.listNodes(),
      this.#connection?.logDriver ?? this.#info().then((info) => info.logDriver),
    ]);
    const reason = doubtOfEmptyLog({ task, nodes, logDriver });
    return reason === undefined ? output : { ...output, summary: unavailableOutput(reason) };
  }

  #task(id: string): Promise<ObservedTask> {
    return this.#call(`cannot look at task ${id}`, async (abortSignal) =>
      observedTask((await this.#docker.getTask(id).inspect({ abortSignal })) as RawTask),
    );
  }

  async watch(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const { nodeId, logDriver } = await this.info();
      const stream = await this.#docker.getEvents({
        filters: {
          type: ['container'],
          event: ['start', 'die'],
          label: [`${LABELS.instance}=${this.#instance}`],
        },
        abortSignal: signal,
      });
      this.#connection = { nodeId, logDriver, since: this.#clock.now() };
      await forEachLine(stream, (line) => onEvent(engineEvent(JSON.parse(line) as RawEvent)));
    } catch (error) {
      if (!signal.aborted) throw toEngineError('the event stream broke', error);
    } finally {
      this.#connection = undefined;
    }
  }

  #stream(path: string, abortSignal: AbortSignal): Promise<NodeJS.ReadableStream> {
    return new Promise((resolve, reject) => {
      const request = {
        path,
        method: 'GET',
        abortSignal,
        isStream: true,
        statusCodes: { 200: true },
      };
      this.#docker.modem.dial(request, (error: unknown, stream: unknown) => {
        if (error) reject(error);
        else resolve(stream as NodeJS.ReadableStream);
      });
    });
  }

  /** As dockerode's own calls, but for one that it cannot abort. */
  #get(path: string, abortSignal: AbortSignal, authconfig?: RegistryAuth): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const login = authconfig === undefined ? {} : { authconfig };
      const request = { path, method: 'GET', abortSignal, statusCodes: { 200: true }, ...login };
      this.#docker.modem.dial(request, (error: unknown, reply: unknown) => {
        if (error) reject(error);
        else resolve(reply);
      });
    });
  }

  /** Runs one call within its time limit. @throws EngineError */
  async #call<T>(
    what: string,
    call: (abortSignal: AbortSignal) => Promise<T>,
    timeoutMs = this.#timeoutMs,
  ): Promise<T> {
    const limit = new TimeLimit(this.#clock, timeoutMs, what);
    try {
      return await limit.race(call(limit.signal));
    } catch (error) {
      throw toEngineError(what, limit.reason ?? error);
    } finally {
      limit.end();
    }
  }

  #limit(what: string): TimeLimit {
    return new TimeLimit(this.#clock, this.#timeoutMs, what);
  }
}

function logPath(swarmTaskId: string): string {
  return `/tasks/${encodeURIComponent(swarmTaskId)}/logs?stdout=1&stderr=1`;
}

/** As the engine reads it: base64url with its padding. */
function registryHeader(auth: RegistryAuth): string {
  const base64 = Buffer.from(JSON.stringify(auth)).toString('base64');
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/** All members are given, so that dockerode takes none from the environment. */
function connection(target: EngineTarget): Docker.DockerOptions {
  if ('socketPath' in target) {
    return { socketPath: target.socketPath, host: undefined, protocol: 'http' };
  }
  return { ca: undefined, cert: undefined, key: undefined, ...target };
}

/** A reply that is no list is a failed look, never an empty one. */
function complete<T>(reply: unknown): T[] {
  if (!Array.isArray(reply)) throw new Error('the engine answered with no list');
  return reply as T[];
}
