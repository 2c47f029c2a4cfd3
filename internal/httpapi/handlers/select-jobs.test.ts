import { describe, expect, it } from 'vitest';
import type { JobCatalog } from '../../store/ports.ts';
import { finishedJob } from '../../wire/testing/jobs.ts';
import { emptyCatalog } from '../testing/empty-catalog.ts';
import { select } from './select-jobs.ts';

const uids = Array.from({ length: 3000 }, (_, i) => `job-${String(i).padStart(5, '0')}`);

/** A catalog of those jobs that notes how many it was asked for each time. */
function catalog(): { asked: number[]; catalog: JobCatalog } {
  const asked: number[] = [];
  const listJobs: JobCatalog['listJobs'] = async ({ after, limit }) => {
    asked.push(limit);
    const page = uids.filter((uid) => uid > after).slice(0, limit);
    const jobs = page.map((uid) => finishedJob(undefined, uid));
    const last = page.at(-1);
    return page.length < limit || last === undefined ? { jobs } : { jobs, next: last };
  };
  return { asked, catalog: { ...emptyCatalog, listJobs } };
}

/** Uids of all jobs that match, page by page. */
async function all(from: JobCatalog, limit: number, matches: (uid: string) => boolean) {
  const found: string[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const selection = {
      matches: (job: { metadata: { uid: string } }) => matches(job.metadata.uid),
    };
    const page: Awaited<ReturnType<typeof select>> = await select(from, selection, {
      after,
      limit,
    });
    expect(page.jobs.length).toBeLessThanOrEqual(limit);
    found.push(...page.jobs.map((job) => job.metadata.uid));
    after = page.next;
  }
  return found;
}

describe('select', () => {
  it('reads no more jobs than it answers with, where every job matches', async () => {
    const { asked, catalog: from } = catalog();
    const page = await select(from, { matches: () => true }, { after: '', limit: 20 });
    expect(page.jobs).toHaveLength(20);
    expect(page.next).toBe(uids[19]);
    expect(asked).toEqual([20]);
  });

  it('reads more at once while few match', async () => {
    const { asked, catalog: from } = catalog();
    await select(from, { matches: () => false }, { after: '', limit: 20 });
    expect(asked.slice(0, 7)).toEqual([20, 40, 80, 160, 320, 500, 500]);
  });

  it.each([1, 7, 500, 1000])('misses none and repeats none in pages of %i', async (limit) => {
    const every = (uid: string) => Number(uid.slice(4)) % 13 === 0;
    expect(await all(catalog().catalog, limit, every)).toEqual(uids.filter(every));
    expect(await all(catalog().catalog, limit, () => true)).toEqual(uids);
  });
});
