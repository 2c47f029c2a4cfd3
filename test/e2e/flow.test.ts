import { describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const TOKEN = 'a-token-of-a-user-0123456789';
const { swarmer, receiver } = await served(lab, {
  SWARMER_INSTANCE: 'flow',
  SWARMER_MAX_CONCURRENT_TASKS: '4',
});

const task = (task_name: string, ...task_args: string[]) => ({ task_name, task_args });

describe('the flow of the original Swarmer', () => {
  test('submit, add tasks, look, add more, be called back; then no more tasks are taken', async () => {
    const job = { image_name: image, callback_url: receiver.url('/flow') };
    const submitted = await swarmer.post('/submit', job);
    expect(submitted.status).toBe(201);
    const { id } = (await submitted.json()) as { id: string };
    expect(submitted.headers.get('location')).toBe(`/status/${id}`);

    const add = (...tasks: object[]) => swarmer.post(`/submit/${id}/tasks`, { tasks });
    expect(
      (await add(task('gate', 'sh', '-c', 'until [ -e /go ]; do sleep 0.1; done'))).status,
    ).toBe(201);
    await waitFor(async () => (await swarmer.services(id)).length === 1, { what: 'a service' });
    expect((await add(task('second', 'echo', 'two'))).status).toBe(201);
    expect((await add(task('second', 'echo', 'again'))).status).toBe(400);
    const running = await swarmer.status(id);
    expect(running).toMatchObject({
      __phase: 'Running',
      tasks: [{ name: 'gate', status: null }, {}],
    });
    expect(receiver.at('/flow')).toEqual([]);

    await openGate(id);
    const { body } = await receiver.delivery('/flow');
    expect(body.tasks.map(({ name, status }) => [name, status])).toEqual([
      ['gate', 0],
      ['second', 0],
    ]);
    expect((await add(task('late', 'true'))).status).toBe(409);
  });

  test('a repeated submission with the same key is the same job; another body is refused', async () => {
    const body = { image_name: image, callback_url: null, tasks: [task('one', 'true')] };
    const key = { 'idempotency-key': 'once' };
    const first = await swarmer.post('/submit', body, key);
    const again = await swarmer.post('/submit', body, key);
    expect(await again.json()).toEqual(await first.json());
    const other = await swarmer.post('/submit', { ...body, image_name: 'other' }, key);
    expect(other.status).toBe(409);
  });

  test('bad input is refused with every problem and its path, and nothing is stored', async () => {
    const response = await swarmer.post('/submit', {
      image: image,
      tasks: [task('a b'), { task_nam: 1 }],
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['image', 'image_name', 'callback_url', 'tasks[0].task_name']),
    );
    expect(errors.find(({ path }) => path === 'image')?.message).toContain('"image_name"');
  });

  test('a job of one task does not wait behind a job of many', async () => {
    const many = Array.from({ length: 20 }, (_, i) => task(`t${i}`, 'sleep', '0.2'));
    const large = await swarmer.submit({
      image_name: image,
      callback_url: receiver.url('/large'),
      tasks: many,
    });
    await waitFor(async () => (await swarmer.services(large)).length === 4, { what: 'full slots' });
    await swarmer.submit({
      image_name: image,
      callback_url: receiver.url('/small'),
      tasks: [task('only', 'true')],
    });
    await receiver.delivery('/small');
    expect(receiver.at('/large')).toEqual([]);
    const { body } = await receiver.delivery('/large');
    expect(body.tasks.every(({ status }) => status === 0)).toBe(true);
  });
});

describe('tokens', () => {
  test('with tokens every user endpoint asks for one, and health does not', async () => {
    const guarded = new Swarmer(lab, {
      env: { SWARMER_INSTANCE: 'guarded', SWARMER_API_TOKENS: TOKEN, SWARMER_HOST: '127.0.0.1' },
    });
    await guarded.start();
    const job = { image_name: image, callback_url: null };
    expect((await guarded.post('/submit', job)).status).toBe(401);
    expect((await guarded.post('/submit', job, { authorization: 'Bearer wrong' })).status).toBe(
      401,
    );
    const right = await guarded.post('/submit', job, { authorization: `Bearer ${TOKEN}` });
    expect(right.status).toBe(201);
    expect((await guarded.request('/healthz')).status).toBe(200);
    expect((await guarded.request('/readyz')).status).toBe(200);
    await guarded.end();
  });
});

/** Lets the task of a job's first service end: it waits for a file in its container. */
async function openGate(id: string): Promise<void> {
  const container = await waitFor(
    async () => {
      const filters = { label: [`swarmer.job=${id}`, 'swarmer.index=0'] };
      const [found] = await lab.docker.listContainers({ filters });
      return found && lab.docker.getContainer(found.Id);
    },
    { what: 'the container of the first task' },
  );
  const exec = await container.exec({ Cmd: ['touch', '/go'] });
  await exec.start({ Detach: true });
}
