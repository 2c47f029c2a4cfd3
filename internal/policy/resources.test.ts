import { expect, it } from 'vitest';
import { refusals } from './testing/judged.ts';

const MAX = { resources: { max: { cpus: 2, memory: '1g' } } };

it('a task may use as much as the operator says, in whatever unit', () => {
  const resources = { limits: { cpus: '2', memory: '1024m' } };
  expect(refusals(MAX, { resources })).toEqual([]);
});

it('a task without a limit may use more, and is refused', () => {
  expect(refusals(MAX, {})).toEqual([
    expect.stringMatching(/^spec\.resources\.limits\.cpus: policy: resources\.max\.cpus: without/),
    expect.stringMatching(/^spec\.resources\.limits\.memory: policy: resources\.max\.memory: /),
  ]);
});

it('more than that is refused of the job, of each task, and of what is reserved', () => {
  const limits = { cpus: 1, memory: '1g' };
  const tasks = [
    { name: 'a', args: [] },
    { name: 'b', args: [], resources: { limits: { cpus: 2.1, memory: '1g' } } },
    { name: 'c', args: [], resources: { limits, reservations: { memory: '2g' } } },
  ];
  expect(refusals(MAX, { resources: { limits } }, tasks)).toEqual([
    expect.stringMatching(/^spec\.tasks\[1\]\.resources\.limits\.cpus: .*2\.1 is more than that/),
    expect.stringMatching(/^spec\.tasks\[2\]\.resources\.reservations\.memory: .*2g is more/),
  ]);
});

it('what the tasks do not use of the job is not looked at', () => {
  const resources = { limits: { cpus: 1, memory: '1g' } };
  expect(refusals(MAX, {}, [{ name: 'a', args: [], resources }])).toEqual([]);
});

it('limits can be asked for without a most', () => {
  const rules = { resources: { required: ['limits.memory' as const] } };
  expect(refusals(rules, { resources: { limits: { memory: '8m' } } })).toEqual([]);
  expect(refusals(rules, { resources: { limits: { cpus: 1 } } })).toEqual([
    expect.stringMatching(/^spec\.resources\.limits\.memory: policy: resources\.required: /),
  ]);
});
