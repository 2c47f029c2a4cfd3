import { describe, expect, it } from 'vitest';
import type { TaskCounts } from '../apis/index.ts';
import type { Action } from './actions.ts';
import { plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import { aSnapshot, aView, NOW, trace } from './testing/builders.ts';

interface Case {
  name: string;
  snapshot: Snapshot;
  expected: Action[];
}

const ended = { kind: 'ended', exitStatus: 0, trace } as const;
const counts = (given: Partial<TaskCounts>) => ({
  counts: { total: 2, pending: 0, active: 0, succeeded: 0, failed: 0, cancelled: 0, ...given },
});

const start = (given: number): Action[] => [{ type: 'StartTasks', count: given }];

const starts: Case[] = [
  {
    name: 'as many as are runnable',
    snapshot: aSnapshot({ runnable: 3, slots: 9 }),
    expected: start(3),
  },
  {
    name: 'as many as there are slots',
    snapshot: aSnapshot({ runnable: 9, slots: 2 }),
    expected: start(2),
  },
  {
    name: 'as many as parallelism leaves beside what is active',
    snapshot: aSnapshot({
      spec: { parallelism: 3 },
      attempts: [aView(), aView({ index: 1 })],
      runnable: 9,
      slots: 9,
    }),
    expected: start(1),
  },
  {
    name: 'none when more are active than a parallelism allows that was lowered',
    snapshot: aSnapshot({
      spec: { parallelism: 1 },
      attempts: [aView(), aView({ index: 1 })],
      runnable: 9,
      slots: 9,
    }),
    expected: [],
  },
  {
    name: 'busy tasks take part in parallelism',
    snapshot: aSnapshot({
      spec: { parallelism: 1 },
      attempts: [aView()],
      busy: new Set([0]),
      runnable: 9,
      slots: 9,
    }),
    expected: [],
  },
  {
    name: 'none when other jobs hold more than all slots',
    snapshot: aSnapshot({ runnable: 9, slots: -1 }),
    expected: [],
  },
  { name: 'none when nothing is runnable', snapshot: aSnapshot({ slots: 9 }), expected: [] },
  {
    name: 'none while the job that had its name has not ended, and its clock stands',
    snapshot: aSnapshot({
      spec: { activeDeadlineSeconds: 5 },
      status: { predecessor: '01JGFJJZ000000000000000001' },
      runnable: 9,
      slots: 9,
    }),
    expected: [],
  },
];

const jobs: Case[] = [
  {
    name: 'has counted its last task: completes it',
    snapshot: aSnapshot({ status: counts({ succeeded: 1, failed: 1 }) }),
    expected: [{ type: 'CompleteJob' }],
  },
  {
    name: 'has an active task: does not complete it',
    snapshot: aSnapshot({ status: counts({ succeeded: 1, active: 1 }), attempts: [aView()] }),
    expected: [],
  },
  {
    name: 'has no tasks: waits for them',
    snapshot: aSnapshot({ status: counts({ total: 0 }) }),
    expected: [],
  },
  {
    name: 'is finished: nothing, whatever is there',
    snapshot: aSnapshot({
      status: { ...counts({ succeeded: 2 }), phase: 'Complete' },
      attempts: [aView({ evidence: ended })],
      runnable: 1,
      slots: 1,
      nextRetryAt: NOW + 1,
    }),
    expected: [],
  },
  {
    name: 'has a retry to come: looks again when it is due',
    snapshot: aSnapshot({ nextRetryAt: NOW + 500 }),
    expected: [{ type: 'RequeueAfter', afterMs: 500 }],
  },
  {
    name: 'has a retry that is due: needs no waking',
    snapshot: aSnapshot({ nextRetryAt: NOW, runnable: 1, slots: 1 }),
    expected: start(1),
  },
];

describe('the plan of a job', () => {
  it.each(starts)('starts tasks: $name', ({ snapshot, expected }) => {
    expect(plan(snapshot)).toEqual(expected);
  });

  it.each(jobs)('of one that $name', ({ snapshot, expected }) => {
    expect(plan(snapshot)).toEqual(expected);
  });
});
