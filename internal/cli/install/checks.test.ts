import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkAll, type State } from './checks.ts';
import type { Facts, NodeFact } from './facts.ts';
import { stackVariables } from './stack-variables.ts';

const node = (hostname: string, more: Partial<NodeFact> = {}): NodeFact => ({
  ...{ hostname, isManager: true, isUsable: true, hasRedis: false },
  ...more,
});

const READY: Facts = {
  env: { SWARMER_DOCKER_GID: '998' },
  engine: { text: '20.10.24\n' },
  nodes: [node('a', { hasRedis: true }), node('b'), node('c')],
  secrets: [
    ...['api_tokens', 'callback_secret'],
    ...['redis_acl', 'redis_api', 'redis_controller', 'redis_operator'],
  ].map((name) => `swarmer_${name}`),
  networks: [{ name: 'ingress', subnets: ['10.0.0.0/24'] }],
  hasImage: true,
  socketGroup: 998,
};

/** What is not ok: its state, what it is, and the first line to type. */
function faults(facts: Partial<Facts>): [State, string, string | undefined][] {
  const checks = checkAll({ ...READY, ...facts }).filter(({ state }) => state !== 'ok');
  return checks.map(({ state, what, type }) => [state, what, type?.[0]]);
}

describe('checkAll', () => {
  it('finds nothing missing where all is there', () => {
    expect(faults({})).toEqual([]);
  });

  it.each<[string, Partial<Facts>, [State, string, unknown]]>([
    [
      'an engine that is too old',
      { engine: { text: '19.03.9' } },
      ['missing', 'Docker engine', expect.stringContaining('20.10')],
    ],
    [
      'a single manager',
      { nodes: [node('a', { hasRedis: true }), node('b', { isManager: false })] },
      ['advice', 'Swarm managers', expect.stringContaining('promote')],
    ],
    [
      'no label for Redis',
      { nodes: [node('down', { isUsable: false }), node('b'), node('c')] },
      [
        'missing',
        'Node label swarmer.redis=true',
        'docker node update --label-add swarmer.redis=true b',
      ],
    ],
    [
      'two labels for Redis',
      { nodes: ['a', 'b', 'c'].map((name) => node(name, { hasRedis: name !== 'c' })) },
      ['missing', 'Node label swarmer.redis=true', 'docker node update --label-rm swarmer.redis b'],
    ],
    [
      'one of the secrets that are made together',
      { secrets: (READY.secrets ?? []).filter((name) => name !== 'swarmer_redis_acl') },
      [
        'missing',
        'Secret swarmer_redis_acl, swarmer_redis_api, swarmer_redis_controller, swarmer_redis_operator',
        'docker secret rm swarmer_redis_api swarmer_redis_controller swarmer_redis_operator',
      ],
    ],
    [
      'the group of the socket',
      { env: {} },
      ['missing', 'SWARMER_DOCKER_GID', expect.stringContaining('stat -c %g')],
    ],
    [
      'another group than that of the socket',
      { socketGroup: 0 },
      ['missing', 'SWARMER_DOCKER_GID', expect.stringContaining('stat -c %g')],
    ],
    [
      'a network in the way of that of the tasks',
      { networks: [{ name: 'other', subnets: ['10.249.8.0/24'] }] },
      ['missing', 'Free subnet 10.249.0.0/20', expect.stringContaining('SWARMER_TASKS_SUBNET')],
    ],
    [
      'an image that is elsewhere',
      { hasImage: false },
      ['advice', 'Image swarmer:0.1.0', expect.stringContaining('docker push')],
    ],
  ])('tells of %s', (_what, facts, expected) => {
    expect(faults(facts)).toEqual([expected]);
  });

  it('says why the engine cannot be reached, and knows nothing more', () => {
    const facts = { nodes: undefined, secrets: undefined, networks: undefined };
    const [first, ...others] = faults({ ...facts, engine: { error: 'no docker command' } });
    expect(first).toEqual(['missing', 'Docker engine', expect.stringContaining('DOCKER_HOST')]);
    expect(others.filter(([state]) => state === 'unknown')).toHaveLength(7);
  });

  it('knows nothing where the engine is no manager, and says so', () => {
    const facts = { nodes: undefined, secrets: undefined, networks: undefined };
    const states = faults(facts).map(([state]) => state);
    expect(states).toEqual(['missing', ...Array(6).fill('unknown')]);
  });

  it('takes the network of the tasks itself for no obstacle', () => {
    const networks = [{ name: 'swarmer-tasks', subnets: ['10.249.0.0/20'] }];
    expect(faults({ networks })).toEqual([]);
  });
});

it('the variables have the defaults of manifests/stack.yml', () => {
  const file = new URL('../../../manifests/stack.yml', import.meta.url);
  const stack = readFileSync(file, 'utf8');
  const { image, tasksSubnet, tasksNetwork } = stackVariables({});
  expect(stack).toContain(`\${SWARMER_IMAGE:-${image}}`);
  expect(stack).toContain(`\${SWARMER_TASKS_SUBNET:-${tasksSubnet}}`);
  expect(stack).toContain(`\${SWARMER_TASKS_NETWORK:-${tasksNetwork}}`);
});
