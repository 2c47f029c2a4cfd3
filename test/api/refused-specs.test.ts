import { describe, expect, test } from 'vitest';
import { CRON_JOB } from '../../internal/httpapi/openapi/operations/examples.ts';
import { manifest, useApi } from './harness.ts';

const api = useApi();
const JOBS = '/v1/namespaces/default/jobs';
const CRON = '/v1/namespaces/default/cronjobs/nightly';

async function stored(): Promise<unknown> {
  const { redis } = api();
  return [(await redis.keys('*')).sort(), await redis.get('swarmer:versions')];
}

describe('what no engine would run, or can never be met', () => {
  test.each<[object, string]>([
    [{ completions: 3, successPolicy: { succeededCount: 5 } }, 'successPolicy.succeededCount'],
    [
      { resources: { limits: { cpus: 1 }, reservations: { cpus: 2 } } },
      'resources.reservations.cpus',
    ],
    [
      {
        tasks: [
          {
            name: 'a',
            resources: { limits: { memory: '8m' }, reservations: { memory: '9m' } },
          },
        ],
      },
      'tasks[0].resources.reservations.memory',
    ],
    [{ resources: { limits: { cpus: 0.001 } } }, 'resources.limits.cpus'],
    [{ networks: ['none'] }, 'networks[0]'],
    [{ networks: ['host', 'apps'] }, 'networks[0]'],
    [{ secrets: ['s', { source: 's', target: 't', mode: '0400' }] }, 'secrets[1]'],
  ])('is refused by its path wherever it is sent, and not stored: %j', async (spec, path) => {
    const before = await stored();
    const job = manifest('refused', spec);
    const template = { spec: job.spec };
    const cron = { ...CRON_JOB, spec: { schedule: '@daily', jobTemplate: template } };
    const { api: rest } = api();
    const answers = [
      [await rest.post(JOBS).send(job), `spec.${path}`],
      [await rest.post('/v1/jobs').send(job), `spec.${path}`],
      [await rest.put(`${JOBS}/refused`).send(job), `spec.${path}`],
      [await rest.post(`${JOBS}?dryRun=All`).send(job), `spec.${path}`],
      [await rest.put(CRON).send(cron), `spec.jobTemplate.spec.${path}`],
    ] as const;
    for (const [{ status, body }, at] of answers) {
      expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path: at })]]);
    }
    expect(await stored()).toEqual(before);
  });

  test('does not stand in the way of tasks that are added later', async () => {
    const tasks = [{ name: 'a' }, { name: 'b' }];
    const job = manifest('added', { tasks, successPolicy: { succeededCount: 2 } });
    const { body } = await api().api.post(JOBS).send(job).expect(201);
    await api()
      .api.post(`/submit/${body.metadata.uid}/tasks`)
      .send({ tasks: [{ task_name: 'c', task_args: [] }] })
      .expect(201);
    const more = { ...job, spec: { ...job.spec, tasks: [...tasks, { name: 'c' }, { name: 'd' }] } };
    const applied = await api().api.put(`${JOBS}/added`).send(more).expect(200);
    expect(applied.body.result).toBe('configured');
  });
});
