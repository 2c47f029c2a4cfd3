import type { Logger } from 'pino';
import type { SwarmInventory } from '../apis/index.ts';
import { msToBeat } from '../clock/beat.ts';
import type { Bell } from '../clock/bell.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import type { Term } from './elector.ts';
import type { ImageSource } from './job-images.ts';
import type { OwnParts } from './own-parts.ts';

interface InventoryOptions {
  engine: Engine;
  images: Pick<ImageSource, 'credentialNames'>;
  own: Pick<OwnParts, 'names'>;
  store: ControllerStore;
  term: Term;
  /** Rung when somebody waits for a look. */
  bell: Bell;
  clock: Clock;
  log: Logger;
}

/**
 * Between looks that nobody waits for, in ms: what was removed since the last one is missed. Three lists of the
 * engine each time are all that an idle controller asks for but some.
 */
const INTERVAL_MS = 10_000;
/** How long the first who asks for a look waits for others who do, in ms: they share it. */
const GATHER_MS = 100;

/**
 * Publishes the names of what services may refer to, for the API: it refuses by them what the engine
 * would refuse, and has no way to ask the engine.
 */
export async function publishInventory(options: InventoryOptions): Promise<void> {
  const { engine, images, own, store, term, bell, clock, log } = options;
  while (!term.signal.aborted) {
    try {
      // Read before the look begins: whatever was there before that time is in it.
      const takenAt = await store.redisTime();
      const [names, registryCredentials, parts] = await Promise.all([
        engine.listNames(),
        images.credentialNames(),
        own.names(),
      ]);
      const seen: SwarmInventory = { names, takenAt };
      if (registryCredentials !== undefined) seen.registryCredentials = registryCredentials;
      if (parts !== undefined) seen.own = parts;
      await store.publishInventory(term.fence, seen);
    } catch (err) {
      log.warn({ err }, 'cannot publish what jobs may refer to');
    }
    const asked = await bell.wait(clock, msToBeat(clock, INTERVAL_MS), term.signal);
    if (asked) await clock.sleep(GATHER_MS, term.signal);
    bell.forget();
  }
}
