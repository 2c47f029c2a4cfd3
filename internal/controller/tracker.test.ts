import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptId, ReportSummary } from '../apis/index.ts';
import { unavailableOutput } from '../apis/index.ts';
import { Tracker } from './tracker.ts';

const id: AttemptId = { jobUid: '01JGFJJZ000000000000000000', index: 0, attempt: 2 };
const report: ReportSummary = {
  attempt: 2,
  exitStatus: 0,
  output: unavailableOutput('not in this test'),
  receivedAt: 0,
  digest: 'd',
};

let tracker: Tracker;

beforeEach(() => {
  tracker = new Tracker();
});

describe('a tracker', () => {
  it('has one entry for each attempt, however often it is tracked', () => {
    const entry = tracker.track(id, 's1', 1);
    expect(tracker.track({ ...id }, 's1', 5)).toBe(entry);
    expect([...tracker.values()]).toEqual([entry]);
  });

  it('tells the attempts of a task, and the tasks of a job, apart', () => {
    tracker.track(id, 's1', 1);
    tracker.track({ ...id, attempt: 3 }, 's2', 1);
    tracker.track({ ...id, index: 1 }, 's3', 1);
    tracker.track({ ...id, jobUid: '01JGFJJZ000000000000000001' }, 's4', 1);
    expect(tracker.size).toBe(4);
  });

  it('lets only looks tell of a missing service that began after its creation was known', () => {
    tracker.track(id, undefined, 3);
    expect(tracker.track(id, 's1', 7)).toMatchObject({ serviceId: 's1', visibleFrom: 7 });
  });

  it('does not put that off when the attempt is met again', () => {
    tracker.track(id, 's1', 3);
    expect(tracker.track(id, 's1', 9).visibleFrom).toBe(3);
    expect(tracker.track(id, undefined, 9)).toMatchObject({ serviceId: 's1', visibleFrom: 3 });
  });

  it('knows nothing any more of an attempt that is settled, but which look shows what is left', () => {
    const entry = tracker.track(id, 's1', 3);
    tracker.reportAge(entry, report, 100);
    expect(tracker.settledFrom(id.jobUid)).toBe(1);
    tracker.settled(id, 9);
    expect(tracker.settledFrom(id.jobUid)).toBe(9);
    expect(tracker.size).toBe(0);
    const again = tracker.track(id, 's1', 9);
    expect(again.visibleFrom).toBe(9);
    expect(tracker.reportAge(again, report, 500)).toBe(0);
  });
});

describe('what a tracker keeps of a job', () => {
  it('is not what was settled while its job was being read', () => {
    tracker.track(id, 's1', 1);
    tracker.settled(id, 2);
    tracker.track(id, 's1', 2);
    tracker.track({ ...id, index: 1 }, 's2', 2);
    tracker.keepOnly(id.jobUid, [{ index: 1, record: { attempt: 2 } }]);
    expect([...tracker.ids()]).toEqual([{ ...id, index: 1 }]);
  });

  it('is all of it where all is current, and nothing of a job that is over', () => {
    const other = { ...id, jobUid: '01JGFJJZ000000000000000001' };
    tracker.track(id, 's1', 1);
    tracker.track(other, 's2', 1);
    tracker.keepOnly(id.jobUid, [{ index: id.index, record: { attempt: id.attempt } }]);
    expect(tracker.size).toBe(2);
    tracker.forgetJob(id.jobUid);
    expect([...tracker.ids()]).toEqual([other]);
  });
});

describe('an attempt whose creation failed', () => {
  it('may have a service until a look that began after the failure', () => {
    const entry = tracker.track(id, undefined, 1);
    expect(tracker.isUncertain(entry, 3, 4)).toBe(false);
    tracker.noteCreating(id);
    expect(tracker.isUncertain(entry, 3, 5)).toBe(true);
    expect(tracker.isUncertain(entry, 4, 6)).toBe(true);
    expect(tracker.isUncertain(entry, 5, 6)).toBe(false);
  });
});

describe('the age of a report', () => {
  it('counts from when the report was first seen', () => {
    const entry = tracker.track(id, 's1', 1);
    const ages = [100, 150, 30_100].map((now) => tracker.reportAge(entry, report, now));
    expect(ages).toEqual([0, 50, 30_000]);
  });

  it('is none without a report, and none for that of an earlier attempt', () => {
    const entry = tracker.track(id, 's1', 1);
    expect(tracker.reportAge(entry, undefined, 100)).toBeUndefined();
    expect(tracker.reportAge(entry, { ...report, attempt: 1 }, 100)).toBeUndefined();
    expect(tracker.reportAge(entry, report, 200)).toBe(0);
  });
});

describe('the failures to read a log', () => {
  it('count once between two looks that succeeded', () => {
    tracker.track(id, 's1', 1);
    const counted = [4, 4, 4, 5, 5, 9].map((look) => tracker.countLogFailure(id, look));
    expect(counted).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it('count for each attempt by itself', () => {
    const other = { ...id, index: 1 };
    tracker.track(id, 's1', 1);
    tracker.track(other, 's2', 1);
    tracker.countLogFailure(id, 4);
    expect(tracker.countLogFailure(other, 4)).toBe(1);
  });

  it('are none for an attempt that is not tracked', () => {
    expect(tracker.countLogFailure(id, 4)).toBe(0);
  });
});
