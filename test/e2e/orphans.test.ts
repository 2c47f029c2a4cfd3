import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const INSTANCE = 'orphans';
const swarmer = new Swarmer(lab, { env: { SWARMER_INSTANCE: INSTANCE } });
const left: string[] = [];

beforeAll(async () => {
  await swarmer.start();
});

afterAll(async () => {
  await swarmer.end();
  for (const name of left) await lab.docker.getService(name).remove();
});

/** A service as a leader that was paused in the middle of a create would leave it. */
async function stray(name: string, labels: Record<string, string>): Promise<void> {
  const spec = {
    Name: name,
    Labels: labels,
    TaskTemplate: {
      ContainerSpec: { Image: image, Command: ['sleep', '600'], Labels: labels },
      RestartPolicy: { Condition: 'none' as const },
    },
    EndpointSpec: { Mode: 'dnsrr' as const },
  };
  await lab.docker.createService({}, spec);
}

async function names(): Promise<string[]> {
  const filters = { label: [`swarmer.instance=${INSTANCE}`] };
  const services = await lab.docker.listServices({ filters });
  return services.map((service) => service.Spec?.Name ?? '').sort();
}

/** The labels of a running attempt's service. */
async function labelsOfAttempt(): Promise<Record<string, string>> {
  const id = await swarmer.submit({
    image_name: image,
    callback_url: null,
    tasks: [{ task_name: 'long', task_args: ['sleep', '600'] }],
  });
  const [name = ''] = await waitFor(
    async () => {
      const found = await swarmer.services(id);
      return found.length > 0 && found;
    },
    { what: 'the service of the task' },
  );
  left.push(name);
  const service = await lab.docker.getService(name).inspect();
  return service.Spec.Labels;
}

test('a service whose attempt is not current is removed; current and foreign ones stay', async () => {
  const current = await labelsOfAttempt();
  await swarmer.end();
  await stray('orphan-superseded', { ...current, 'swarmer.attempt': '7' });
  await stray('orphan-unlabelled', { ...current, 'swarmer.index': 'x' });
  await stray('of-another-store', { ...current, 'swarmer.store': 'another' });
  left.push('of-another-store');

  await swarmer.start();
  await waitFor(async () => !(await names()).some((name) => name.startsWith('orphan-')), {
    what: 'the orphans to be removed',
  });
  expect(await names()).toEqual([...left].sort());
  await swarmer.logged(
    'services of another store were found and left alone: Redis was emptied or replaced',
  );
});
