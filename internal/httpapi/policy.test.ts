import { expect, it } from 'vitest';
import { Policy } from '../policy/index.ts';
import { harness, storeJob } from './testing/harness.ts';

const policy = new Policy({
  default: { images: { allow: ['alpine'] } },
  namespaces: {
    team: {
      images: { allow: ['busybox'] },
      defaults: { timeoutSeconds: 60, completionPolicy: 'report' },
    },
  },
});
const job = (image: string) => ({
  apiVersion: 'swarmer/v1',
  kind: 'Job',
  metadata: { name: 'one' },
  spec: { image },
});
const cronJob = (image: string) => ({
  ...{ apiVersion: 'swarmer/v1', kind: 'CronJob', metadata: { name: 'one' } },
  spec: { schedule: '@daily', jobTemplate: { spec: { image } } },
});

const JOBS = '/v1/namespaces/team/jobs';
const CRON_JOBS = '/v1/namespaces/team/cronjobs';

it.each([
  ['post', '/submit', { image_name: 'busybox', callback_url: null }, 'image_name'],
  ['post', '/v1/jobs', job('busybox'), 'spec.image'],
  ['post', JOBS, job('alpine'), 'spec.image'],
  ['post', `${JOBS}?dryRun=All`, job('alpine'), 'spec.image'],
  ['put', `${JOBS}/one`, job('alpine'), 'spec.image'],
  ['post', CRON_JOBS, cronJob('alpine'), 'spec.jobTemplate.spec.image'],
  ['put', `${CRON_JOBS}/one`, cronJob('alpine'), 'spec.jobTemplate.spec.image'],
] as const)(
  '%s %s is refused with the rule and the path, and nothing is stored',
  async (...given) => {
    const [method, path, body, field] = given;
    const { api, store } = harness({ policy });
    const answer = await api[method](path).send(body);
    expect(answer.status).toBe(403);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.errors).toEqual([
      { path: field, message: expect.stringMatching(/^policy: images\.allow: the image /) },
    ]);
    expect(store.size).toBe(0);
  },
);

it('everything that breaks a rule is told at once', async () => {
  const { api } = harness({ policy });
  const body = { image_name: 'evil', callback_url: 'http://169.254.169.254/' };
  const answer = await api.post('/submit').send(body).expect(403);
  const paths = answer.body.errors.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(['image_name', 'callback_url']);
});

it('what a schema refuses is told before what the policy refuses', async () => {
  const { api } = harness({ policy });
  await api.post('/submit').send({ image_name: 'evil', callback: null }).expect(400);
});

it('tasks are added, and retried, only by the policy as it is now', async () => {
  let current = policy;
  const { api, store } = harness({ policy: { rulesOf: (name) => current.rulesOf(name) } });
  const uid = await storeJob(store, ['one']);
  const tasks = [{ task_name: 'two' }];
  await api.post(`/submit/${uid}/tasks`).send({ tasks }).expect(201);
  current = new Policy({ default: { images: { allow: ['busybox'] } } });
  await api
    .post(`/submit/${uid}/tasks`)
    .send({ tasks: [{ task_name: 'three' }] })
    .expect(403);
  expect(store.taskNames(uid)).toEqual(['one', 'two']);
  store.finish(uid);
  const refused = await api.post(`/v1/jobs/${uid}/retry`).expect(403);
  expect(refused.body.errors).toMatchObject([{ path: 'body' }]);
});

it('a job gets the defaults of its namespace', async () => {
  const { api } = harness({ policy });
  const { body } = await api.post(`${JOBS}?dryRun=All`).send(job('busybox')).expect(200);
  expect(body.spec).toMatchObject({ timeoutSeconds: 60, completionPolicy: 'report' });
});
