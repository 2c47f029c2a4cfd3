import { describe, expect, it } from 'vitest';
import type { JobSpec } from '../apis/index.ts';
import { newJob } from './apply-job.ts';
import { planApply } from './plan-apply.ts';

const spec: JobSpec = {
  ...{ image: 'busybox', backoffLimit: 3, lossLimit: 10, outputLimitBytes: 1000, completions: 1 },
  placement: { constraints: ['node.labels.zone==a'] },
  user: 'app',
};

/** What it comes to that a job gets another value for a field of its spec. */
function planned(change: Partial<JobSpec>) {
  const job = newJob({ uid: '01JGFJJZ000000000000000000', spec, tasks: [] }, 0);
  const given = { ...spec, ...change };
  return planApply({ job, tasks: [] }, { spec: given, tasks: [], given, listed: false });
}

describe('what an apply may change of the template of a running job', () => {
  it('is where its attempts may run: those that are started from then on run there', () => {
    const placement = { constraints: ['node.labels.zone==b'], maxPerNode: 1 };
    expect(planned({ placement })).toMatchObject({
      kind: 'configured',
      changes: [{ path: 'spec.placement', to: placement }],
    });
  });

  it.each<Partial<JobSpec>>([
    { user: 'root' },
    { mounts: [{ type: 'tmpfs', target: '/t' }] },
    { secrets: ['token'] },
    { networks: ['back'] },
    { logDriver: { name: 'local' } },
    { resources: { limits: { pids: 5 } } },
  ])('is not how they run: %j is refused', (change) => {
    expect(planned(change)).toMatchObject({
      kind: 'refused',
      refusals: [{ path: `spec.${Object.keys(change)[0]}` }],
    });
  });
});
