import { expect, it } from 'vitest';
import { quotaProblems } from './quota.ts';

it('each limit that would be exceeded is told with its rule', () => {
  const details = ['team', 'jobs', '2', '1', '2', 'outputBytes', '0', '4096', '1024'];
  expect(quotaProblems(details)).toEqual([
    {
      path: 'body',
      message:
        'policy: quotas.jobs: it has 2 jobs that go on, and 1 more are too many; allowed in namespace ' +
        '"team": at most 2; the server\'s operator can change that (SWARMER_POLICY)',
    },
    {
      path: 'body',
      message: expect.stringMatching(/^policy: quotas\.outputBytes: it has 0 bytes/),
    },
  ]);
});
