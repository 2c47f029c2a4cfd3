import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOf, newToken } from '../../internal/access/index.ts';
import { worstBodies } from '../attack/worst-bodies.ts';
import type { LabNode } from '../lab/node.ts';
import { hasCode } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import { docker } from './docker-cli.ts';
import { IMAGE } from './image.ts';
import { converged, deploy, STACK, type StackLab, startStackLab } from './stack-lab.ts';

/** S2 under the memory limits of the stack: bodies from outside, reports from tasks, and ordinary work. */

const MINUTES = Number(process.env['SWARMER_ATTACK_MINUTES'] || 2);
const LIMIT_MIB = 512;
const CONNECTIONS = 20;
/** Tasks that report, each on so many connections. */
const REPORTERS = 4;
/** Between ordinary submissions, in ms; one of so many runs, the others stay suspended. */
const [PACE_MS, RUNS] = [200, 25];

const tokens = { attacker: newToken(), tenant: newToken() };
const agent = new Agent({ keepAlive: true });
let stack: StackLab;

beforeAll(async () => {
  stack = await startStackLab();
  const { dir } = stack.lab;
  const entries = Object.entries(tokens).map(
    ([name, token]) =>
      `- { name: ${name}, role: submit, namespaces: [${name}], hash: "${hashOf(token)}" }\n`,
  );
  const access = join(dir, 'access.yaml');
  writeFileSync(access, `apiVersion: swarmer/v1\nkind: Access\ntokens:\n${entries.join('')}`);
  const tenants = join(dir, 'tenants.yml');
  const api = {
    environment: { SWARMER_ACCESS_FILE: '/etc/swarmer/access.yaml' },
    configs: [{ source: 'access', target: '/etc/swarmer/access.yaml' }],
  };
  const override = { version: '3.8', services: { api }, configs: { access: { file: access } } };
  writeFileSync(tenants, JSON.stringify(override));
  await deploy(stack, tenants);
  await converged(stack.lab);
}, 300_000);

afterAll(async () => {
  agent.destroy();
  await stack?.stop();
});

interface Answer {
  /** 0 where the connection was cut. */
  status: number;
  text: string;
}

/** Not by `fetch`, which would copy each body. */
async function post(
  host: string,
  who: keyof typeof tokens,
  body: Buffer | string,
): Promise<Answer> {
  const sending = request({
    ...{ host, port: 8500, method: 'POST', path: `/v1/namespaces/${who}/jobs`, agent },
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  // Once an answer has come the connection may still be cut: it is the answer that counts.
  sending.on('error', () => {});
  sending.end(body);
  try {
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    const parts = await answer.toArray();
    return { status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() };
  } catch (error) {
    if (hasCode(error, 'ECONNRESET') || hasCode(error, 'EPIPE')) return { status: 0, text: '' };
    throw error;
  }
}

/** Reports for itself what takes most memory and is refused, again and again, until it is killed: what is taken ends it. */
const REPORT = `
const { request, Agent } = require('node:http');
const url = new URL(process.env.SWARMER_ADDRESS), agent = new Agent({ keepAlive: true });
const report = (stdout, rest = '') => JSON.stringify({ task_name: process.env.TASK_NAME, task_status: [],
  task_result: { stdout, stderr: stdout } }).slice(0, -1) + rest + '}';
const bodies = [
  report('x'.repeat(14e6)), report('\\\\u00e9'.repeat(2e6)), report('é'.repeat(7e6)),
  report('', ',"more":[' + Array(7e6).fill('[1]').join() + ']'),
  report('', ',"more":[' + Array(5e6).fill('{}').join() + ']'),
];
const send = (n) => {
  const body = bodies[n % bodies.length];
  const again = () => setTimeout(send, 5, n + 1);
  const sending = request(url, { method: 'POST', agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } });
  sending.on('response', (answer) => answer.resume().on('end', again).on('error', again)).on('error', again);
  sending.end(body);
};
for (let i = 0; i < 5; i++) send(i);
`;

interface Container {
  node: LabNode;
  id: string;
  name: string;
}

/** The containers of APIs and controllers. */
async function processes(): Promise<Container[]> {
  const found: Container[] = [];
  for (const node of stack.lab.nodes) {
    const filters = ['api', 'controller'].flatMap((it) => ['--filter', `name=${STACK}_${it}`]);
    const text = await docker(node, ['ps', '--format', '{{.ID}} {{.Names}}', ...filters]);
    for (const line of text.split('\n').filter((it) => it !== '')) {
      const [id = '', name = ''] = line.split(' ');
      found.push({ node, id, name });
    }
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** The most memory that the process of a container has taken so far, in MiB. */
async function peakMib({ node, id }: Container): Promise<number> {
  const status = await docker(node, ['exec', id, 'cat', '/proc/1/status']);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

test(
  `${MINUTES} minutes of the worst bodies and reports end no process, and lose no job`,
  async () => {
    const hosts = await addresses();
    const before = await processes();
    expect(before).toHaveLength(4);
    const reporter = {
      ...{ image: IMAGE, backoffLimit: 100, command: ['node', '-e', REPORT] },
      tasks: Array.from({ length: REPORTERS }, (_, i) => ({ name: `r${i}` })),
      resources: { limits: { cpus: 1, memory: '1g', pids: 100 } },
    };
    const reporting = await post(hosts[0] ?? '', 'attacker', job(reporter));
    expect(reporting.text).toContain('"uid"');

    const until = Date.now() + MINUTES * 60_000;
    const statuses = new Map<number, number>();
    const bodies = worstBodies();
    const attacking = Array.from({ length: CONNECTIONS }, async (_, i) => {
      for (let n = i; Date.now() < until; n++) {
        const { status } = await post(
          hosts[n % 2] ?? '',
          'attacker',
          bodies[n % bodies.length] ?? '',
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const submitted: Promise<string | undefined>[] = [];
    while (Date.now() < until) {
      submitted.push(submitTwice(hosts, submitted.length % RUNS !== 0));
      await delay(PACE_MS);
    }
    const accepted = (await Promise.all(submitted)).filter((id) => id !== undefined);
    await Promise.all(attacking);
    const { uid } = (JSON.parse(reporting.text) as { metadata: { uid: string } }).metadata;
    await stack.client.ask(`/v1/jobs/${uid}/cancel`, { method: 'POST' });
    const after = await processes();
    const peaks = await Promise.all(after.map(peakMib));
    process.stdout.write(
      `answers ${JSON.stringify([...statuses])}; ordinary: ${accepted.length} of ${submitted.length}; ` +
        `peaks in MiB: ${after.map(({ name }, i) => `${name.split('.')[0]} ${peaks[i]?.toFixed(0)}`).join(', ')}\n`,
    );

    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(Math.max(...peaks)).toBeLessThan(LIMIT_MIB);
    expect([...statuses.keys()].filter((it) => ![0, 400, 429, 503].includes(it))).toEqual([]);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(bodies.length);
    expect(accepted.length / submitted.length).toBeGreaterThanOrEqual(0.95);
    const phases = new Map<string, number>();
    for (const id of accepted) {
      const phase = await waitFor(() => settled(id), {
        what: `job ${id} to end`,
        detail: () => last,
        timeoutMs: 300_000,
      });
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    expect([...phases.keys()].sort()).toEqual(['Complete', 'Suspended']);
  },
  MINUTES * 60_000 + 900_000,
);

/** Of the nodes on which an API is. */
async function addresses(): Promise<string[]> {
  const found = await processes();
  return found.filter(({ name }) => name.includes('_api')).map(({ node }) => node.address);
}

function job(spec: object): string {
  const metadata = { generateName: 'job-' };
  return JSON.stringify({ apiVersion: 'swarmer/v1', kind: 'Job', metadata, spec });
}

/** An ordinary submission, sent to the other API when the first has no room. @returns its id. */
async function submitTwice(hosts: string[], suspend: boolean): Promise<string | undefined> {
  const body = job({ image: IMAGE, command: ['true'], suspend });
  for (const host of hosts) {
    const { status, text } = await post(host, 'tenant', body);
    if (status === 201) return (JSON.parse(text) as { metadata: { uid: string } }).metadata.uid;
  }
  return undefined;
}

/** How the job that is waited for stood at the last look. */
let last = '';

async function settled(id: string): Promise<string | undefined> {
  const { status } = await stack.client.ask<{ status: { phase: string } }>(`/v1/jobs/${id}`);
  last = JSON.stringify(status);
  return ['Complete', 'Suspended', 'Failed'].includes(status.phase) ? status.phase : undefined;
}
