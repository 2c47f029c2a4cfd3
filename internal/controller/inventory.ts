import type { Logger } from 'pino';
import { untilBeat } from '../clock/beat.ts';
import type { Clock } from '../clock/clock.ts';
import type { ControllerStore } from '../store/index.ts';
import type { Engine } from '../swarm/index.ts';
import type { Term } from './elector.ts';
import type { ImageSource } from './job-images.ts';

interface InventoryOptions {
  engine: Engine;
  images: Pick<ImageSource, 'credentialNames'>;
  store: ControllerStore;
  term: Term;
  clock: Clock;
  log: Logger;
}

/**
 * A submission that is to be refused waits for the next look, at most for 6 s. Not more often: three lists of
 * the engine each time are all that an idle controller asks for but some.
 */
const INTERVAL_MS = 5000;

/**
 * Publishes the names of what services may refer to, for the API: it refuses by them what the engine
 * would refuse, and has no way to ask the engine.
 */
export async function publishInventory(options: InventoryOptions): Promise<void> {
  const { engine, images, store, term, clock, log } = options;
  while (!term.signal.aborted) {
    try {
      // Read before the look begins: whatever was there before that time is in it.
      const takenAt = await store.redisTime();
      const [names, registryCredentials] = await Promise.all([
        engine.listNames(),
        images.credentialNames(),
      ]);
      const credentials = registryCredentials === undefined ? {} : { registryCredentials };
      await store.publishInventory(term.fence, { names, ...credentials, takenAt });
    } catch (err) {
      log.warn({ err }, 'cannot publish what jobs may refer to');
    }
    await untilBeat(clock, INTERVAL_MS, term.signal);
  }
}
