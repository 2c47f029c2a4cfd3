import { describe, expect, it } from 'vitest';
import type { TaskEnd } from '../resources.ts';
import { endNotes, exitCodeOf } from './task-end.ts';

const end = (over: Partial<TaskEnd>): TaskEnd => ({
  task: 'main',
  index: 0,
  phase: 'Failed',
  exitStatus: 1,
  truncated: false,
  log: 'complete',
  ...over,
});

describe('the exit code of run', () => {
  it.each<[Partial<TaskEnd>, number]>([
    [{ phase: 'Succeeded', exitStatus: 0 }, 0],
    [{ exitStatus: 7 }, 7],
    [{ exitStatus: 255 }, 255],
    [{ exitStatus: 256 }, 3],
    [{ exitStatus: -1 }, 3],
    [{ exitStatus: 0 }, 3],
    [{ phase: 'Rejected', exitStatus: null }, 3],
    [{ phase: 'Lost', exitStatus: null }, 3],
    [{ phase: 'TimedOut', exitStatus: null }, 6],
    [{ phase: 'TimedOut', exitStatus: 143 }, 143],
    [{ phase: 'Cancelled', exitStatus: null }, 130],
    [{ phase: 'Cancelled', exitStatus: 3 }, 130],
  ])('of %j is %d', (over, code) => {
    expect(exitCodeOf(end(over))).toBe(code);
  });
});

describe('what is said at the end', () => {
  it('is nothing when the process has a status and its output was read', () => {
    expect(endNotes(end({ log: 'truncated' }))).toEqual([]);
  });

  it('is why there is no status', () => {
    const rejected = end({
      phase: 'Rejected',
      exitStatus: null,
      reason: 'Rejected',
      message: 'no image',
    });
    expect(endNotes(rejected)).toEqual(['task main is Rejected: Rejected: no image']);
  });

  it('is why it was cancelled, though an attempt before that has a status', () => {
    const message = 'not tried again: the job was cancelled';
    const cancelled = end({ phase: 'Cancelled', exitStatus: 3, reason: 'NonZeroExit', message });
    expect(endNotes(cancelled)).toEqual([
      'task main is Cancelled: NonZeroExit: not tried again: the job was cancelled',
    ]);
  });

  it('is why there is no output', () => {
    expect(endNotes(end({ log: 'unavailable', log_reason: 'node is down' }))).toEqual([
      'the output of task main is not available: node is down',
    ]);
  });

  it('is why some of it may be missing', () => {
    expect(endNotes(end({ log: 'partial', log_reason: '"max-file" is 1' }))).toEqual([
      'of the output of task main something may be missing: "max-file" is 1',
    ]);
  });
});
