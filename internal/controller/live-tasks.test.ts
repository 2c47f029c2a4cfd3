import { describe, expect, it } from 'vitest';
import { workOf } from './live-tasks.ts';
import type { Tracked } from './tracker.ts';

const NOW = 1_000_000;

function entry(index: number, of: Partial<Tracked> = {}): Tracked {
  const id = { jobUid: 'j', index, attempt: 1 };
  return { id, key: `j.${index}`, visibleFrom: 0, logFailures: 0, logFailedAt: -1, ...of };
}

function work(attempts: Partial<Tracked>[], maxConcurrentTasks = 4) {
  const entries = attempts.map((of, index) => entry(index, of));
  return workOf({ attempts: entries, slots: { runnable: 3 }, maxConcurrentTasks, now: NOW });
}

describe('what is under way', () => {
  it.each<[keyof ReturnType<typeof work>['tasks'], string, Partial<Tracked>]>([
    ['starting', 'no look has looked for yet', {}],
    ['starting', 'has no task in the swarm', { kind: 'unseen' }],
    ['starting', 'pulls its image', { kind: 'waiting' }],
    ['starting', 'has got a node at last', { kind: 'waiting', unsuitedSince: 1, placed: true }],
    ['unplaced', 'no node suits', { kind: 'waiting', unsuitedSince: 1 }],
    ['running', 'runs', { kind: 'running' }],
    ['running', 'runs, though the last list did not have it', { kind: 'unseen', startedAt: 1 }],
    ['ending', 'runs, and was told to stop', { kind: 'running', removed: { from: 1, at: 1 } }],
    [
      'ending',
      'was stopped before it came to be',
      { kind: 'waiting', removed: { from: 1, at: 1 } },
    ],
    ['ending', 'has ended', { kind: 'ended', startedAt: 1 }],
    ['ending', 'the engine could not start', { kind: 'rejected' }],
  ])('counts as %s what %s', (state, _what, of) => {
    const none = { runnable: 3, unplaced: 0, starting: 0, running: 0, ending: 0 };
    expect(work([of]).tasks).toEqual({ ...none, [state]: 1 });
  });

  it('knows since when half of the slots are held by what has not started', () => {
    const since = (ago: number): Partial<Tracked> => ({ lookedForSince: NOW - ago });
    expect(work([since(500)]).slotsHeldMs).toBe(0);
    expect(work([since(500), since(300)]).slotsHeldMs).toBe(300);
    expect(work([since(100), since(500), since(300)]).slotsHeldMs).toBe(300);
    expect(work([since(500), { ...since(300), kind: 'running' }]).slotsHeldMs).toBe(0);
    expect(work([since(500)], 1).slotsHeldMs).toBe(500);
  });
});
