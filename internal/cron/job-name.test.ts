import { expect, it } from 'vitest';
import { jobName } from './job-name.ts';

it('is that of the cron job and the minute of the tick', () => {
  expect(jobName('report', Date.UTC(2026, 0, 1))).toBe('report-29453760');
  expect(jobName('report', Date.UTC(2026, 0, 1, 0, 1))).toBe('report-29453761');
});

it('fits into the name of a job when the cron job has the longest name', () => {
  expect(jobName('a'.repeat(52), Date.UTC(2150, 0, 1)).length).toBeLessThanOrEqual(63);
});
