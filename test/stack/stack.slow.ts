import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../lab/wait.ts';
import { docker } from './docker-cli.ts';
import { IMAGE } from './image.ts';
import { converged, deploy, STACK, type StackLab, startStackLab } from './stack-lab.ts';

let stack: StackLab;

beforeAll(async () => {
  stack = await startStackLab();
  await deploy(stack);
  await converged(stack.lab);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

/** Looks from within a task at what it can reach; prints one line of JSON. */
const LOOK = `
const { connect } = require('node:net');
const status = (path, init) => fetch('http://swarmer-report:8500' + path, init).then((r) => r.status);
const reach = (host, port) => new Promise((done) => {
  const socket = connect({ host, port });
  socket.once('connect', () => done('connected'));
  socket.once('error', (error) => done(error.code));
  setTimeout(() => done('no answer'), 3000);
});
(async () => {
  const seen = {
    health: await status('/healthz'),
    jobs: await status('/v1/jobs'),
    submit: await status('/submit', { method: 'POST' }),
    redis: await Promise.all(['redis', process.argv[1]].map((host) => reach(host, 6379))),
  };
  console.log(JSON.stringify(seen));
  process.exit();
})();
`;

async function redisAddress(): Promise<string> {
  const { manager } = stack.lab;
  const [id = ''] = (await docker(manager, ['ps', '-q', '--filter', `name=${STACK}_redis`])).split(
    '\n',
  );
  const format = `{{(index .NetworkSettings.Networks "${STACK}_control").IPAddress}}`;
  return (await docker(manager, ['inspect', '--format', format, id])).trim();
}

test('a job that is submitted to the published API ends with its callback', async () => {
  const { client, receiver } = stack;
  const runner = ['/usr/local/bin/swarmer-run', 'sh', '-c'];
  const id = await client.submit({
    image: IMAGE,
    callback: { url: receiver.url('/first') },
    backoffLimit: 0,
    tasks: [
      { name: 'reports', command: runner, args: ['echo "reported by $TASK_NAME"; exit 5'] },
      { name: 'logs', command: ['sh', '-c'], args: ['echo logged'] },
      { name: 'looks', command: ['node', '-e', LOOK], args: [await redisAddress()] },
    ],
  });
  const { body, headers } = await receiver.delivery('/first', 90_000);
  expect(body.__job_id).toBe(id);
  const [reports, logs, looks] = body.tasks;
  expect([reports?.status, reports?.result.stdout]).toEqual([5, 'reported by reports\n']);
  expect([logs?.status, logs?.result.stdout]).toEqual([0, 'logged\n']);
  expect(headers['webhook-signature']).toMatch(/^v1,/);
  // A task reaches the report endpoint, and nothing else of the stack.
  expect(JSON.parse(looks?.result.stdout ?? '')).toEqual({
    ...{ health: 200, jobs: 404, submit: 404 },
    redis: [expect.not.stringMatching('connected'), expect.not.stringMatching('connected')],
  });
});

test.each<[string, object]>([
  ['the network of Redis', { networks: [`${STACK}_control`] }],
  ['the tokens', { secrets: ['swarmer_api_tokens'] }],
  ['the password of Redis', { secrets: [{ source: 'swarmer_redis_controller' }] }],
  ['the policy', { configs: ['swarmer-policy-1'] }],
  [
    'the data of Redis',
    { mounts: [{ type: 'volume', source: `${STACK}_redis-data`, target: '/x' }] },
  ],
  ['a volume of another namespace', { mounts: [{ type: 'volume', source: 'a_x', target: '/x' }] }],
  [
    'the name by which tasks report',
    { networks: [{ name: 'swarmer-tasks', aliases: ['swarmer-report'] }] },
  ],
  ['the name of Redis', { hostname: 'redis' }],
  ['a name of the world', { hostname: 'api.example.com' }],
  ['a place before all others', { priority: 1 }],
  ['labels that tools on its node read', { containerLabels: { 'traefik.enable': 'true' } }],
  ['raw packets', { capabilities: { drop: ['CHOWN'] } }],
  ['memory without an end', { mounts: [{ type: 'tmpfs', target: '/x' }] }],
])('as it ships it gives no job %s', async (_, spec) => {
  const submitted = stack.client.submit({ image: IMAGE, command: ['true'], ...spec });
  await expect(submitted).rejects.toThrow(/403 .*policy: /s);
});

test('all its processes hold the same policy', async () => {
  const same = async () => {
    const { policy } = await stack.client.ask<{
      policy: { processes: { process: string; hash: string }[] };
    }>('/v1/configuration');
    const roles = policy.processes.map(({ process }) => process.split('@')[0]).sort();
    const hashes = new Set(policy.processes.map(({ hash }) => hash));
    return roles.join() === 'api,api,controller,controller' && hashes.size === 1;
  };
  await waitFor(same, { what: 'four processes of one policy', timeoutMs: 60_000 });
});
