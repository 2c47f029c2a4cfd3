import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../internal/apis/index.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';

/** A stack as `docker stack deploy` makes it, with a secret that was made by hand, as stack.yml asks for. */
const STACK = 'own-stack';
const LABELS = { 'com.docker.stack.namespace': STACK };
const lab = injectLab();
const { docker } = lab;
const image = await lab.ensureImage('busybox');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const { swarmer } = await served(lab, {
  SWARMER_INSTANCE: STACK,
  SWARMER_STACK: STACK,
  SWARMER_REPORT_URL: 'http://own-report:8500',
  RUNNER_HOST_NAME: '',
});
const made: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const network = await docker.createNetwork({
    ...{ Name: 'own-control', Driver: 'overlay', Labels: LABELS },
    IPAM: { Config: [{ Subnet: '10.214.7.0/24' }] },
  });
  const labelled = await docker.createSecret({
    ...{ Name: 'own-labelled', Labels: LABELS, Data: base64('x') },
  });
  const config = await docker.createConfig({
    ...{ Name: 'own-policy', Labels: LABELS, Data: base64('x') },
  });
  const byHand = await docker.createSecret({ Name: 'own-tokens', Data: base64('the token') });
  await docker.createSecret({ Name: 'theirs', Data: base64('x') });
  const service = await docker.createService({
    ...{ Name: 'own-stack_api', Labels: LABELS, Mode: { Replicated: { Replicas: 0 } } },
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Mounts: [{ Type: 'volume', Source: 'own-redis', Target: '/data' }],
        Secrets: [
          {
            ...{ SecretID: byHand.id, SecretName: 'own-tokens' },
            File: { Name: 'tokens', UID: '0', GID: '0', Mode: 0o444 },
          },
        ],
      },
    },
  });
  made.push(
    () => docker.getService(service.id).remove(),
    () => docker.getNetwork(network.id).remove(),
    () => labelled.remove(),
    () => config.remove(),
    () => byHand.remove(),
    () => docker.getSecret('theirs').remove(),
  );
  const isKnown = async () => (await attempt({ secrets: ['own-tokens'] })).status === 403;
  await waitFor(isKnown, { what: 'the stack to be seen', timeoutMs: 30_000 });
});

afterAll(async () => {
  for (const remove of made) await remove();
});

const attempt = (spec: Partial<JobSpec>) =>
  swarmer.post('/v1/jobs', {
    ...{ apiVersion: 'swarmer/v1', kind: 'Job' },
    spec: { image, command: ['true'], ...spec },
  });
const volume = (source: string): Partial<JobSpec> => ({
  mounts: [{ type: 'volume', source, target: '/x' }],
});

describe("what belongs to Swarmer's own stack", () => {
  test.each<[string, Partial<JobSpec>]>([
    ['a network', { networks: ['own-control'] }],
    ['a network with a name on it', { networks: [{ name: 'own-control', aliases: ['x'] }] }],
    ['a secret of the stack', { secrets: ['own-labelled'] }],
    ['a secret that its services use', { secrets: [{ source: 'own-tokens', target: 'x' }] }],
    ['a config', { configs: ['own-policy'] }],
    ['a volume that its services use', volume('own-redis')],
    ['a volume that is named after it', volume('own-stack_redis-data')],
  ])('is refused at submission: %s', async (_, spec) => {
    const response = await attempt(spec);
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining("belongs to Swarmer's own stack"),
    ]);
  });

  test('leaves alone what is of others', async () => {
    const response = await attempt({ secrets: ['theirs'], ...volume('own-other') });
    const { id } = (await response.json()) as { id: string };
    const { tasks } = await swarmer.finished(id);
    expect(tasks.map(({ status }) => status)).toEqual([0]);
    const remove = () =>
      docker
        .getVolume('own-other')
        .remove()
        .then(
          () => true,
          () => false,
        );
    await waitFor(remove, { what: 'the volume to be free', timeoutMs: 30_000 });
  });
});

test.each<[string, Partial<JobSpec>]>([
  ['an alias', { networks: [{ name: 'own-any', aliases: ['OWN-Report'] }] }],
  ['a host name', { hostname: 'own-report' }],
])('a name by which tasks report is refused: %s', async (_, spec) => {
  const response = await attempt(spec);
  expect([response.status, await response.text()]).toEqual([
    403,
    expect.stringContaining('networks.aliases'),
  ]);
});
