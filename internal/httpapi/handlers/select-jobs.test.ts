import { describe, expect, it } from 'vitest';
import type { JobCatalog } from '../../store/ports.ts';
import { finishedJob } from '../../wire/testing/jobs.ts';
import { emptyCatalog } from '../testing/empty-catalog.ts';
import { type JobSelection, select } from './select-jobs.ts';

const uids = uidsOf(3000);

function uidsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `job-${String(i).padStart(5, '0')}`);
}

/** A catalog of those jobs that notes how many it was asked for each time. */
function catalogOf(stored: string[]): { asked: number[]; catalog: JobCatalog } {
  const asked: number[] = [];
  const listJobs: JobCatalog['listJobs'] = async ({ after, limit }) => {
    asked.push(limit);
    const page = stored.filter((uid) => uid > after).slice(0, limit);
    const jobs = page.map((uid) => finishedJob(undefined, uid));
    const last = page.at(-1);
    return page.length < limit || last === undefined ? { jobs } : { jobs, next: last };
  };
  return { asked, catalog: { ...emptyCatalog, listJobs } };
}

/** Uids of all jobs that match, page by page. */
async function all(limit: number, matches: JobSelection['matches']): Promise<string[]> {
  const { catalog } = catalogOf(uids);
  const found: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { jobs, next } = await select(catalog, { matches }, { after, limit });
    expect(jobs.length).toBeLessThanOrEqual(limit);
    found.push(...jobs.map((job) => job.metadata.uid));
    after = next;
  }
  return found;
}

describe('select', () => {
  it('reads no more jobs than it answers with, where every job matches', async () => {
    const { asked, catalog } = catalogOf(uids);
    const page = await select(catalog, { matches: () => true }, { after: '', limit: 20 });
    expect(page.jobs).toHaveLength(20);
    expect(page.next).toBe(uids[19]);
    expect(asked).toEqual([20]);
  });

  it('reads more at once while few match', async () => {
    const { asked, catalog } = catalogOf(uids);
    await select(catalog, { matches: () => false }, { after: '', limit: 20 });
    expect(asked.slice(0, 7)).toEqual([20, 40, 80, 160, 320, 500, 500]);
  });

  it('stops at about 10,000 jobs that do not match, and tells where to go on', async () => {
    const many = uidsOf(12_000);
    const { asked, catalog } = catalogOf(many);
    const page = await select(catalog, { matches: () => false }, { after: '', limit: 20 });
    const read = asked.reduce((sum, count) => sum + count, 0);
    expect(read).toBeGreaterThanOrEqual(10_000);
    expect(read).toBeLessThan(10_500);
    expect(page).toEqual({ jobs: [], next: many[read - 1] });
  });

  it.each([1, 7, 500, 1000])('misses none and repeats none in pages of %i', async (limit) => {
    const every = (uid: string) => Number(uid.slice(4)) % 13 === 0;
    expect(await all(limit, ({ metadata }) => every(metadata.uid))).toEqual(uids.filter(every));
    expect(await all(limit, () => true)).toEqual(uids);
  });
});
