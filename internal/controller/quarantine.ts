import type { Logger } from 'pino';
import type { ControllerStore, StoreError } from '../store/index.ts';
import type { Term } from './elector.ts';

/**
 * Makes what sets a job aside whose record cannot be read, so that the loop goes on with the others.
 * Never rejects: when it cannot be noted, the job's next turn fails again.
 */
export function quarantineIn(store: ControllerStore, term: Term, log: Logger) {
  return async (uid: string, error: StoreError): Promise<void> => {
    log.error({ err: error, job: uid }, 'a record cannot be read: the job is set aside');
    await store.quarantineJob(term.fence, uid, error.message).catch((err: unknown) => {
      log.warn({ err, job: uid }, 'the job could not be set aside');
    });
  };
}
