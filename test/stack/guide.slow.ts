import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, startLab } from '../lab/lab.ts';
import { REGISTRY_USER } from '../lab/registry.ts';
import { stopOnSignals } from '../lab/signals.ts';
import { Receiver } from '../support/receiver.ts';
import { Client } from './client.ts';
import { REPOSITORY, shellOf } from './docker-cli.ts';
import { Load } from './load.ts';
import { Reader } from './reader.ts';

/** The operator's guide, word by word, as somebody types it at one of three nodes. */
const GUIDE = join(REPOSITORY, 'docs/operate/README.md');

let lab: Lab;
let receiver: Receiver;
let client: Client;
let reader: Reader;
let mine: string;
let image: string;

beforeAll(async () => {
  lab = await startLab({ swarm: { managers: 3 } });
  const forgetSignals = stopOnSignals(() => lab.stop());
  endings.push(() => lab.stop(), forgetSignals);
  receiver = await Receiver.start(lab.hostAddress);
  endings.push(() => receiver.stop());
  const registry = await lab.startRegistry();
  image = `${registry.host}/swarmer:0.1.0`;
  mine = join(lab.dir, 'mine');
  mkdirSync(mine);
  const password = join(lab.dir, 'registry-password.txt');
  writeFileSync(password, `${REGISTRY_USER.password}\n`);
  const certificate = certificateFor(lab.manager.address);
  const token = () => readFileSync(join(mine, 'token.txt'), 'utf8').trim();
  client = new Client(lab, token);
  reader = new Reader(readFileSync(GUIDE, 'utf8'), {
    cwd: REPOSITORY,
    env: shellOf(lab.manager, {
      MINE: mine,
      REGISTRY: registry.host,
      REGISTRY_USER: REGISTRY_USER.username,
      REGISTRY_PASSWORD_FILE: password,
      HTTPS: `https://${lab.manager.address}`,
      ...{ CURL_CA_BUNDLE: certificate, NODE_EXTRA_CA_CERTS: certificate },
      BASE: await lab.ensureImage('node'),
      SWARMER_REDIS_IMAGE: await lab.ensureImage('redis'),
      SWARMER_PROXY_IMAGE: await lab.ensureImage('haproxy'),
      SWARMER_PROMETHEUS_IMAGE: await lab.ensureImage('prometheus'),
      SWARMER_CALLBACK_ALLOW: lab.hostAddress,
      // The socket of the lab is not where that of a machine is.
      SWARMER_DOCKER_GID: String(statSync(lab.dockerSocket).gid),
    }),
  });
  endings.push(() => reader.stop());
}, 300_000);

const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

/** A certificate that signs itself, with its key as the guide asks for it. @returns the file to trust. */
function certificateFor(address: string): string {
  const [key, certificate] = [join(lab.dir, 'key.pem'), join(lab.dir, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=swarmer'],
      ...['-addext', `subjectAltName=IP:${address}`, '-keyout', key, '-out', certificate],
    ],
    { stdio: 'pipe' },
  );
  const pem = join(mine, 'tls.pem');
  writeFileSync(pem, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  chmodSync(pem, 0o600);
  return certificate;
}

test('the guide, from its first line to its last, with jobs under way from the first to the restore', async () => {
  expect(await reader.section('Operating Swarmer')).toBe('');
  expect(await reader.section('Deploy')).toContain('it works');
  expect(await reader.section('Tenants')).toMatch(/team-a/);
  await tenantsAreApart();

  const load = new Load({ client, receiver, image });
  expect(await reader.section('Monitoring')).toMatch(/(.*instance=.*\n){4}$/);
  for (const heading of ['Back up', 'Update', 'Roll back', 'Rotate secrets']) {
    const before = load.accepted.size;
    await reader.section(heading);
    process.stdout.write(`${heading}: ${load.accepted.size - before} jobs accepted meanwhile\n`);
  }
  await load.stop();
  expect(load.accepted.size).toBeGreaterThan(50);
  for (const [path, id] of load.accepted) {
    const { body } = await receiver.delivery(path, 120_000);
    expect(body).toMatchObject(load.result(id));
    // Sent again at most as it was.
    expect(new Set(receiver.at(path).map(({ text }) => text)).size).toBe(1);
  }

  expect(await reader.section('Restore')).toMatch(/first .*Complete/);
  for (const id of load.accepted.values()) {
    const { status } = await client.ask<{ status: { phase: string } }>(`/v1/jobs/${id}`);
    expect(status.phase).toBe('Complete');
  }
  expect(reader.rest()).toEqual([]);
  process.stdout.write(`${reader.times()}\n`);
}, 1_500_000);

/** Two teams with what the guide has given them. */
async function tenantsAreApart(): Promise<void> {
  const as = (team: string) =>
    new Client(lab, () => readFileSync(join(mine, `${team}.txt`), 'utf8').trim());
  const submit = (team: string, spec: object, namespace = team) =>
    as(team).submit({ image, command: ['true'], ...spec }, namespace);
  for (const team of ['team-a', 'team-b']) {
    const path = `/${team}`;
    await submit(team, { callback: { url: receiver.url(path) } });
    expect((await receiver.delivery(path)).body.__phase).toBe('Complete');
  }
  const refused = [
    () => submit('team-a', {}, 'team-b'),
    () => submit('team-a', {}, 'default'),
    () => as('team-a').ask('/v1/namespaces/team-b/jobs'),
    () => as('team-a').ask('/v1/quarantine'),
    ...[
      { networks: ['swarmer_control'] },
      { networks: ['team-b_net'] },
      { networks: [{ name: 'swarmer-tasks', aliases: ['swarmer-report'] }] },
      { hostname: 'redis' },
      { secrets: ['swarmer_redis_operator'] },
      { secrets: ['swarmer_api_tokens'] },
      { secrets: ['swarmer_pull'] },
      { secrets: ['swarmer_tls'] },
      { configs: ['swarmer-access-1'] },
      { configs: ['swarmer-prometheus-1'] },
      { mounts: [{ type: 'volume', source: 'swarmer_redis-data', target: '/x' }] },
      { mounts: [{ type: 'volume', source: 'swarmer_prometheus-data', target: '/x' }] },
      { mounts: [{ type: 'bind', source: '/var/run/docker.sock', target: '/x' }] },
      { priority: 1 },
    ].map((spec) => () => submit('team-a', spec)),
  ];
  for (const attempt of refused) {
    await expect(attempt(), attempt.toString()).rejects.toThrow(/40[34] /);
  }
}
