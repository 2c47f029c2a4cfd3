import { ownName } from '../apis/index.ts';
import type { StoreConnection } from './connection.ts';
import { scanUids } from './key-scan.ts';
import type { Fence } from './ports.ts';

/** A step to the schema `to` from the one before. */
export interface Migration {
  to: number;
  /**
   * Brings every record to the new form. What is in it already stays as it is: a step that was broken
   * off is run again from its beginning.
   * @throws StoreError `Fenced` when another controller leads.
   */
  run(connection: StoreConnection, fence: Fence): Promise<void>;
}

/** In order. A step only adds: the version before still reads what it leaves. */
export const MIGRATIONS: readonly Migration[] = [{ to: 2, run: nameJobs }];

/** Jobs of the first schema have no name and are in no list. */
async function nameJobs(connection: StoreConnection, { token }: Fence): Promise<void> {
  const { keys } = connection;
  for await (const uid of scanUids(connection, keys.jobPrefix)) {
    const meta = ownName(uid);
    await connection.transition(
      'name_job',
      [
        ...[keys.lease, keys.job(uid).job, keys.allJobs, keys.jobsIn(meta.namespace)],
        ...[keys.jobNames(meta.namespace), keys.versions],
      ],
      [token, uid, JSON.stringify(meta), meta.name],
    );
  }
}
