import type { Clock } from '../../clock/clock.ts';
import type { StoreConnection } from '../connection.ts';
import { RedisLeaseStore } from '../lease-store.ts';
import { BackupError } from './format.ts';

/** The lease, held by somebody who is no controller. */
export interface HeldLease {
  token: number;
  /** Renews it when it is time to. @throws BackupError when it was lost. */
  check(): Promise<void>;
  /** Gives it up, if it still is held. */
  release(): Promise<void>;
}

const HOLDER = 'restore';
const LOOK_MS = 100;

/**
 * Takes the lease, so that no controller leads meanwhile.
 * @throws BackupError when one does: whose lease changes within the time that it lasts.
 */
export async function takeLease(
  connection: StoreConnection,
  clock: Clock,
  leaseMs: number,
): Promise<HeldLease> {
  const store = new RedisLeaseStore(connection);
  const seen = await store.readLease();
  const begun = clock.monotonic();
  while (seen.holder !== '' && clock.monotonic() - begun < leaseMs) {
    await clock.sleep(LOOK_MS);
    const { token, beat } = await store.readLease();
    if (token !== seen.token || beat !== seen.beat) throw led(seen.holder);
  }
  const fence = await store.acquireLease(HOLDER, seen);
  if (fence === undefined) throw led('another process');
  let renewed = clock.monotonic();
  return {
    token: fence.token,
    async check() {
      if (clock.monotonic() - renewed < leaseMs / 5) return;
      renewed = clock.monotonic();
      if (!(await store.renewLease(HOLDER, fence))) throw led('another process');
    },
    release: () => store.releaseLease(HOLDER, fence),
  };
}

function led(holder: string): BackupError {
  return new BackupError(
    `A controller leads (${holder}): stop every server of this store, then restore.`,
  );
}
