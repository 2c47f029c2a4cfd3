import { describe, expect, it } from 'vitest';
import type { JobSpec, SwarmInventory } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import { below, Policy, type PolicyFile, type PolicySource } from '../policy/index.ts';
import { preflight } from './preflight.ts';
import { FakeOperator } from './testing/fake-operator.ts';

const spec: JobSpec = {
  ...{ image: 'busybox', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 },
  networks: ['back', { name: 'front' }, 'host'],
  secrets: ['token', { source: 'key', target: '/key' }],
  configs: ['app'],
};
const all = { networks: ['back', 'front'], secrets: ['token', 'key'], configs: ['app'] };
const ASKED = 100_000;
const seen = (names: SwarmInventory['names'], takenAt: number) => ({
  inventory: { names, takenAt },
  now: Math.max(ASKED, takenAt),
});

/** What comes of a submission, and how long it took in ms; `answers` are the looks, one after the other. */
async function outcome(
  answers: FakeOperator['inventories'],
  given = spec,
  policy: PolicySource = new Policy(),
) {
  const clock = new FakeClock();
  const operator = new FakeOperator();
  operator.inventories.splice(0, 1, ...answers);
  let over = false;
  const begun = clock.monotonic();
  const checked = preflight({ operator, clock, policy }, 'team', given, below('spec')).then(
    () => 'accepted',
    (error: unknown) => error,
  );
  const end = checked.finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise(setImmediate);
    if (!over) clock.advance(50);
  }
  return { what: await end, ms: clock.monotonic() - begun, asked: operator.asked };
}

describe('what the swarm has to have for a job', () => {
  it('is looked at for free by a job that refers to nothing, or to what every node has', async () => {
    const { networks: _, secrets: __, configs: ___, ...plain } = spec;
    const never = [seen({ networks: [], secrets: [], configs: [] }, ASKED)];
    expect(await outcome(never, plain)).toMatchObject({ what: 'accepted' });
    expect(await outcome(never, { ...plain, networks: ['host'] })).toMatchObject({
      what: 'accepted',
    });
  });

  it('lets a job pass whose names are all there', async () => {
    expect(await outcome([seen(all, ASKED - 1)])).toMatchObject({
      ...{ what: 'accepted', asked: 0 },
    });
  });

  it('refuses all that is missing, each with its place and what to do', async () => {
    const some = { networks: ['back'], secrets: ['token'], configs: [] };
    const { what, asked } = await outcome([seen(some, ASKED - 1), seen(some, ASKED + 1)]);
    expect(asked).toBe(1);
    expect(what).toMatchObject({
      status: 400,
      errors: [
        {
          path: 'spec.networks[1]',
          message:
            'the swarm has no network "front": create it with "docker network create -d overlay front", or correct spec.networks',
        },
        {
          path: 'spec.secrets[1]',
          message: expect.stringContaining('docker secret create key FILE'),
        },
        {
          path: 'spec.configs[0]',
          message: expect.stringContaining('the swarm has no config "app"'),
        },
      ],
    });
  });

  it('may have been made just before: only a look that began after the request refuses', async () => {
    const old = seen({ ...all, secrets: [] }, ASKED - 1);
    expect(await outcome([old, old, seen(all, ASKED + 1)])).toMatchObject({ what: 'accepted' });
  });

  it.each([
    ['there never was a look', [{ now: ASKED }]],
    ['the last look is old', [seen({ networks: [], secrets: [], configs: [] }, ASKED - 25_001)]],
    ['a kind has too many names to be kept', [seen({}, ASKED - 1), seen({}, ASKED + 1)]],
  ])('refuses nothing where %s', async (_, answers) => {
    expect(await outcome(answers)).toMatchObject({ what: 'accepted', ms: 0 });
  });

  it('refuses nothing when no further look comes: the controller may have gone', async () => {
    const { what, ms } = await outcome([seen({ ...all, secrets: [] }, ASKED - 1)]);
    expect(what).toBe('accepted');
    expect(ms).toBeGreaterThanOrEqual(6000);
  });
});

describe("what belongs to Swarmer's own stack", () => {
  const plain: JobSpec = { image: 'busybox', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 };
  const own = {
    ...{ stack: 'swarmer', networks: ['swarmer_control'], volumes: ['redis'] },
    ...{ secrets: ['swarmer_api_tokens'], configs: ['swarmer-policy'] },
  };
  const mount = (source: string): JobSpec => ({
    ...plain,
    mounts: [{ type: 'volume', source, target: '/x' }],
  });
  const names = { networks: own.networks, secrets: own.secrets, configs: own.configs };
  const looks = [{ inventory: { names, own, takenAt: ASKED - 60_000 }, now: ASKED }];
  const cases: [string, JobSpec, string, PolicyFile['default']][] = [
    [
      'a network',
      { ...plain, networks: [{ name: 'swarmer_control', aliases: ['x'] }] },
      'spec.networks[0]',
      { networks: { allow: ['swarmer_control'] } },
    ],
    [
      'a secret',
      { ...plain, secrets: [{ source: 'swarmer_api_tokens' }] },
      'spec.secrets[0]',
      { secrets: { allow: ['swarmer_api_tokens'] } },
    ],
    [
      'a config',
      { ...plain, configs: ['swarmer-policy'] },
      'spec.configs[0]',
      { configs: { allow: ['swarmer-policy'] } },
    ],
    ['a volume', mount('redis'), 'spec.mounts[0].source', { mounts: { volumes: ['redis'] } }],
    [
      'a volume by the name of the stack',
      mount('swarmer_redis-data'),
      'spec.mounts[0].source',
      { mounts: { volumes: ['swarmer_redis-data'] } },
    ],
  ];

  it.each(cases)("is no job's, by an old look too: %s", async (_, given, path) => {
    const everything = { networks: { allow: ['**'] }, mounts: { volumes: ['**', 'swarmer_*'] } };
    const { what } = await outcome(looks, given, new Policy({ default: everything }));
    const message = expect.stringContaining("belongs to Swarmer's own stack");
    expect(what).toMatchObject({ status: 403, errors: [{ path, message }] });
  });

  it.each(cases)('is where the policy has its whole name: %s', async (_, given, __, rules) => {
    const policy = new Policy({ default: rules });
    expect(await outcome(looks, given, policy)).toMatchObject({ what: 'accepted' });
  });

  it('is nothing that only looks like it', async () => {
    expect(await outcome(looks, mount('swarmers'))).toMatchObject({ what: 'accepted' });
  });
});

describe('the registry credential of a job', () => {
  const credentials = [{ name: 'open' }, { name: 'theirs', namespaces: ['other'] }];
  const wishing = (registryCredential: string): JobSpec => ({
    ...{ image: 'busybox', backoffLimit: 0, lossLimit: 0, outputLimitBytes: 0 },
    registryCredential,
  });
  const published = (registryCredentials: typeof credentials | undefined, takenAt: number) => ({
    inventory: {
      ...{ names: {}, takenAt },
      ...(registryCredentials === undefined ? {} : { registryCredentials }),
    },
    now: Math.max(ASKED, takenAt),
  });
  const looks = [published(credentials, ASKED - 1), published(credentials, ASKED + 1)];

  it('is taken where its namespace has it', async () => {
    expect(await outcome(looks, wishing('open'))).toMatchObject({ what: 'accepted', ms: 0 });
  });

  it.each(['nobody', 'theirs'])(
    'that is not there (%s) is refused in the same words',
    async (name) => {
      const { what } = await outcome(looks, wishing(name));
      const message = `there is no registry credential "${name}" for this namespace: ask the operator`;
      const errors = [{ path: 'spec.registryCredential', message }];
      expect(what).toMatchObject({ status: 400, errors });
    },
  );

  it('is taken while the file of the operator cannot be read: the controller knows', async () => {
    const unknown = [published(undefined, ASKED - 1), published(undefined, ASKED + 1)];
    expect(await outcome(unknown, wishing('nobody'))).toMatchObject({ what: 'accepted' });
  });
});
