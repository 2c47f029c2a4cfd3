import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const folder = new URL('../../manifests/submit/', import.meta.url);
const swarmer = new Swarmer(lab, { env: { SWARMER_INSTANCE: 'manifests' } });

beforeAll(async () => {
  // No registry is reached here: the engine falls back to the image that it has under this name.
  await lab.docker.getImage(await lab.ensureImage('busybox')).tag({ repo: 'busybox', tag: '1' });
  await swarmer.start();
});

afterAll(async () => {
  await swarmer.end();
});

/** The statuses that the tasks of a manifest come to. */
const STATUSES: Record<string, number[]> = {
  'hello.json': [0],
  'three-tasks.json': [0, 3, 0],
};

test('every manifest is in this test', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(STATUSES).sort());
});

test.each(Object.entries(STATUSES))('%s runs as it stands', async (name, statuses) => {
  const id = await swarmer.submit(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  const body = await swarmer.finished(id);
  expect(body.tasks.map((task) => task.status)).toEqual(statuses);
});
