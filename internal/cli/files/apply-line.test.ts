import { describe, expect, it } from 'vitest';
import { job } from '../testing/objects.ts';
import { appliedLine } from './apply-line.ts';

describe('the line of an applied object', () => {
  const object = job('report');

  it('says what has changed', () => {
    const changes = [
      { path: 'spec.parallelism', from: 2, to: 4 },
      { path: 'spec.suspend', to: true },
      { path: 'metadata.labels.app', from: 'x' },
    ];
    expect(appliedLine({ result: 'configured', changes, object })).toBe(
      'job/report configured (spec.parallelism: 2 → 4, spec.suspend: set to true, ' +
        'metadata.labels.app: x removed)',
    );
  });

  it('stays short', () => {
    const changes = Array.from({ length: 9 }, (_, at) => ({
      path: `spec.f${at}`,
      to: 'x'.repeat(200),
    }));
    const line = appliedLine({ result: 'configured', changes, object });
    expect(line).toContain(`spec.f3: set to ${'x'.repeat(60)}…, and 5 more)`);
    expect(line).not.toContain('f4');
  });

  it('is safe for a terminal', () => {
    const changes = [{ path: 'metadata.annotations.a', to: '\u001b[2J' }];
    expect(appliedLine({ result: 'unchanged', changes, object }, ' (server dry run)')).toBe(
      'job/report unchanged (metadata.annotations.a: set to \\x1b[2J) (server dry run)',
    );
  });
});
