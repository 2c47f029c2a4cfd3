import type { IncomingMessage } from 'node:http';
import Docker from 'dockerode';
import type { RegistryAuth } from '../apis/index.ts';
import type { Clock } from '../clock/clock.ts';
import { negotiatedVersion } from './api-version.ts';
import { EngineError, toEngineError } from './engine-error.ts';
import { EngineHttp, parsed } from './engine-http.ts';
import type { EngineTarget } from './engine-target.ts';
import { TimeLimit } from './time-limit.ts';

interface EngineCallsOptions {
  target: EngineTarget;
  clock: Clock;
  /** Limit of one call in ms, and of a silence within a stream. */
  timeoutMs: number;
}

interface DialRequest {
  path: string;
  abortSignal: AbortSignal;
  /** The body is handed on as it comes. */
  isStream?: true;
  authconfig?: RegistryAuth;
}

type FoundKind = 'tasks' | 'services' | 'networks' | 'containers';

/** The engine's own words for what is not there. */
const isNotFound = (message: string, id: string) => message.endsWith(` ${id} not found`);
const IS_NOT_FOUND: Readonly<Record<FoundKind, typeof isNotFound>> = {
  ...{ tasks: isNotFound, services: isNotFound, networks: isNotFound },
  containers: (message, id) => message.endsWith(`No such container: ${id}`),
};

/** The ways to the engine, all of which speak the version agreed upon, and none of which hangs. */
export class EngineCalls {
  readonly docker: Docker;
  /** For the calls that are made for every task. */
  readonly http: EngineHttp;
  /** Over connections of its own: a look must not wait behind the logs of tasks. */
  readonly #lists: EngineHttp;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor({ target, clock, timeoutMs }: EngineCallsOptions) {
    this.docker = new Docker(connection(target));
    this.http = new EngineHttp({ target, clock, timeoutMs });
    this.#lists = new EngineHttp({ target, clock, timeoutMs });
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** At the start, and with each connection for events: an engine may come back as another version. */
  negotiate(): Promise<void> {
    return this.within('cannot agree with the engine on a version', async (abortSignal) => {
      this.#speak(undefined);
      const answer = await this.open('/_ping', abortSignal);
      const { headers } = answer as IncomingMessage;
      answer.resume();
      this.#speak(negotiatedVersion(String(headers['api-version'] ?? '') || undefined));
    });
  }

  #speak(version: string | undefined): void {
    Object.assign(this.docker.modem, { version });
    this.http.speak(version);
    this.#lists.speak(version);
  }

  /**
   * Runs one call within its time limit.
   * @param what is tried, to begin an error's message with.
   * @param timeoutMs instead of the limit of all calls.
   * @throws EngineError
   */
  async within<T>(
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

  /**
   * @param filters as the Engine API takes them.
   * @param what is tried, to begin an error's message with.
   * @throws EngineError, also when the reply is no list: that is a failed look, never an empty one.
   */
  async list<T>(path: string, what: string, filters?: object): Promise<T[]> {
    const query =
      filters === undefined ? '' : `?filters=${encodeURIComponent(JSON.stringify(filters))}`;
    const text = await this.#lists.send({ method: 'GET', path: path + query, what });
    const reply = parsed(text);
    if (Array.isArray(reply)) return reply as T[];
    throw toEngineError(what, new Error('the engine answered with no list'));
  }

  /**
   * @returns one object of the swarm; undefined only when the engine itself says that there is none.
   * @throws EngineError, also for a 404 of something between, and a reply that is no object.
   */
  async find<T>(kind: FoundKind, id: string): Promise<T | undefined> {
    const what = `cannot look for ${kind.slice(0, -1)} ${id}`;
    const path = `/${kind}/${encodeURIComponent(id)}${kind === 'containers' ? '/json' : ''}`;
    try {
      const reply = parsed(await this.#lists.send({ method: 'GET', path, what }));
      if (typeof reply === 'object' && reply !== null && ('ID' in reply || 'Id' in reply))
        return reply as T;
      throw toEngineError(what, new Error('the engine answered with something else'));
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 404) throw error;
      if (IS_NOT_FOUND[kind](error.message, id)) return undefined;
      throw new EngineError('Unavailable', error.message, { cause: error, status: 404 });
    }
  }

  /** A time limit that the caller ends by itself. */
  limit(what: string): TimeLimit {
    return new TimeLimit(this.#clock, this.#timeoutMs, what);
  }

  /** @returns the body of an answer, as it comes. */
  open(path: string, abortSignal: AbortSignal): Promise<NodeJS.ReadableStream> {
    return this.#dial<NodeJS.ReadableStream>({ path, abortSignal, isStream: true });
  }

  /** As dockerode's own calls, but for one that it cannot abort. */
  get(path: string, abortSignal: AbortSignal, authconfig?: RegistryAuth): Promise<unknown> {
    const login = authconfig === undefined ? {} : { authconfig };
    return this.#dial<unknown>({ path, abortSignal, ...login });
  }

  #dial<T>(request: DialRequest): Promise<T> {
    const asked = { ...request, method: 'GET', statusCodes: { 200: true } };
    return new Promise((resolve, reject) => {
      this.docker.modem.dial(asked, (error: unknown, reply: unknown) => {
        if (error) reject(error);
        else resolve(reply as T);
      });
    });
  }
}

/** All members are given, so that dockerode takes none from the environment. */
function connection(target: EngineTarget): Docker.DockerOptions {
  if ('socketPath' in target) {
    return { socketPath: target.socketPath, host: undefined, protocol: 'http' };
  }
  return { ca: undefined, cert: undefined, key: undefined, ...target };
}
