import { describe, expect, it } from 'vitest';
import type { JobPhase } from '../../apis/index.ts';
import { UsageError } from '../errors.ts';
import type { Condition, Job } from '../resources.ts';
import { ago, job as fakeJob } from '../testing/objects.ts';
import { parseGoal, standingOf } from './goal.ts';

function job(phase: JobPhase, ...types: string[]): Job {
  const conditions = types.map(
    (type): Condition => ({
      // Servers of later versions may have further ones.
      type: type as Condition['type'],
      status: 'True',
      reason: 'TasksFailed',
      message: '1 of 2 tasks failed',
      lastTransitionTime: ago(1),
    }),
  );
  return fakeJob('a', { phase, status: { conditions } });
}

const suspended = fakeJob('a', { spec: { suspend: true } });
const missed = { state: 'missed', why: 'is Failed: TasksFailed: 1 of 2 tasks failed' };

describe('waiting for', () => {
  it.each([
    ['complete', job('Running'), { state: 'open' }],
    ['complete', job('Complete'), { state: 'met' }],
    ['complete', job('Failed', 'Failed'), missed],
    ['failed', job('Failed'), { state: 'met' }],
    ['failed', job('Complete'), { state: 'missed', why: 'is Complete' }],
    ['cancelled', job('Cancelled'), { state: 'met' }],
    ['finished', job('Cancelled'), { state: 'met' }],
    ['finished', job('Running'), { state: 'open' }],
    ['finished', undefined, { state: 'gone' }],
    ['delete', undefined, { state: 'met' }],
    ['delete', job('Failed'), { state: 'open' }],
    ['condition=complete', job('Failed', 'Failed'), missed],
    ['condition=Suspended', job('Running'), { state: 'open' }],
    ['condition=suspended', suspended, { state: 'met' }],
    ['condition=odd', job('Running', 'Odd'), { state: 'met' }],
    ['condition=Suspended', job('Failed', 'Failed'), missed],
  ])('%s', (text, given, standing) => {
    expect(standingOf(parseGoal(text), given)).toEqual(standing);
  });

  it.each(['', 'done', 'condition=', 'condition=a b', 'Finished '])('%j is refused', (text) => {
    expect(() => parseGoal(text)).toThrow(UsageError);
  });
});
