import { describe, expect, it } from 'vitest';
import { type Candidate, planPrune } from './prune-plan.ts';

const object = (name: string, over: Partial<Candidate> = {}): Candidate => ({
  kind: 'Job',
  namespace: 'default',
  name,
  ...over,
});

describe('pruning', () => {
  it('deletes what no file has', () => {
    const found = [object('a'), object('b'), object('c')];
    expect(planPrune(found, [object('b')])).toEqual([object('a'), object('c')]);
  });

  it('tells kinds and namespaces apart', () => {
    const found = [
      object('a', { kind: 'CronJob' }),
      object('a', { namespace: 'other' }),
      object('a'),
    ];
    expect(planPrune(found, [object('a')])).toEqual(found.slice(0, 2));
  });

  it('leaves the jobs of a cron job to the cron job', () => {
    expect(planPrune([object('nightly-1', { owner: 'nightly' })], [])).toEqual([]);
  });
});
