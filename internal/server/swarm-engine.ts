import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.ts';
import type { Settings } from '../config/index.ts';
import {
  DockerEngine,
  type Engine,
  type EngineInfo,
  type EngineTarget,
  GovernedEngine,
} from '../swarm/index.ts';

/** The engine cannot run services, and will not by waiting. The message says what to type. */
class NoManagerError extends Error {
  constructor(where: string, { swarmState, nodeId }: EngineInfo) {
    const type =
      swarmState === 'inactive'
        ? 'type `docker swarm init` there'
        : `its swarm state is ${swarmState}${nodeId ? ' as a worker' : ''}: ` +
          'set DOCKER_HOST to a manager, or type `docker node promote` on one';
    super(
      `The Docker engine at ${where} is not a swarm manager: ${type}, then start swarmer again.`,
    );
    this.name = 'NoManagerError';
  }
}

/** Between tries to reach an engine that is away at the start, in ms. */
const RETRY_MS = 1000;

/**
 * The engine of the settings.
 * @param metered measures its calls: what waits for its turn is none yet.
 */
export function openEngine(
  { engine, instance }: Settings,
  clock: Clock,
  metered: (engine: Engine) => Engine,
): Engine {
  const docker = new DockerEngine({ target: withKeys(engine), instance, clock });
  return new GovernedEngine(metered(docker), clock);
}

/** @throws Error when the engine is away or is no manager. For the readiness check. */
export async function checkManager(engine: Engine, settings: Settings): Promise<EngineInfo> {
  const info = await engine.info();
  if (!info.manager) throw new NoManagerError(placeOf(settings), info);
  return info;
}

/**
 * Awaits an engine that is away: it may be starting, or restarting.
 * @returns undefined when `signal` aborted before it came.
 * @throws NoManagerError when it answers and is no manager.
 */
export async function awaitManager(
  engine: Engine,
  settings: Settings,
  { clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal },
): Promise<EngineInfo | undefined> {
  let told = false;
  while (!signal.aborted) {
    try {
      return await checkManager(engine, settings);
    } catch (err) {
      if (err instanceof NoManagerError) throw err;
      if (!told) log.error({ err }, absence(settings));
      told = true;
    }
    await clock.sleep(RETRY_MS, signal);
  }
  return undefined;
}

function absence(settings: Settings): string {
  return (
    `the Docker engine at ${placeOf(settings)} cannot be reached yet: ` +
    'start it, or set DOCKER_HOST; jobs are accepted and wait meanwhile'
  );
}

function placeOf({ engine }: Settings): string {
  return 'socketPath' in engine ? engine.socketPath : `${engine.host}:${engine.port}`;
}

function withKeys(engine: Settings['engine']): EngineTarget {
  if ('socketPath' in engine) return engine;
  const { ca, cert, key, ...target } = engine;
  return {
    ...target,
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
  };
}
