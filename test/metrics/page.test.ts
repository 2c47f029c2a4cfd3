import { beforeAll, describe, expect, test } from 'vitest';
import { type Family, parseExposition } from '../../internal/metrics/testing/exposition.ts';
import { injectLab } from '../lab/inject.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';
import { Swarmer } from '../support/swarmer.ts';
import { alertExpressions, type Expression, panelExpressions } from './manifests.ts';
import { readPromql } from './promql.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const TOKEN = 'a-token-of-a-user-0123456789';
const METRICS = { SWARMER_METRICS_PORT: '0' };
const { swarmer, receiver } = await served(lab, { ...METRICS, SWARMER_INSTANCE: 'metrics' });

/** Labels that Prometheus itself gives to what it scrapes. */
const OF_PROMETHEUS = ['instance', 'job'];
/** Series that Prometheus makes: whether a scrape was answered, and what the rules have found. */
const SERIES_OF_PROMETHEUS = new Set(['up', 'ALERTS']);
const SECRET_NAMES = ['nobody-must-see-this', 'task-of-a-user'];

async function metricsUrl(of: Swarmer): Promise<string> {
  const { port } = await of.logged('metrics are served');
  return `http://127.0.0.1:${port}`;
}

let text = '';
let page = new Map<string, Family>();

beforeAll(async () => {
  const [name = '', task = ''] = SECRET_NAMES;
  const manifest = {
    ...{ apiVersion: 'swarmer/v1', kind: 'Job', metadata: { name } },
    spec: {
      ...{ image, callback: { url: receiver.url('/done') } },
      tasks: [{ name: task, args: ['echo', 'hello'] }],
    },
  };
  const made = await swarmer.post('/v1/namespaces/default/jobs', manifest);
  expect(made.status).toBe(201);
  await receiver.delivery('/done');
  const url = `${await metricsUrl(swarmer)}/metrics`;
  const counted = /^swarmer_callback_attempts_total\{result="delivered"\} 1$/m;
  const look = async () => {
    text = await (await fetch(url)).text();
    return counted.test(text);
  };
  await waitFor(look, { what: 'the delivery to be counted' });
  page = parseExposition(text);
});

/** A metric of the page by the name of one of its series. */
function familyOf(series: string): Family | undefined {
  const family = page.get(series) ?? page.get(series.replace(/_(bucket|sum|count)$/, ''));
  return family?.samples.some(({ name }) => name === series) ? family : undefined;
}

/** What an expression names and the page does not have. */
function missing({ expr, shown }: Expression): string[] {
  const { selected: all, grouped } = readPromql(expr);
  const selected = all.filter(({ metric }) => !SERIES_OF_PROMETHEUS.has(metric));
  if (all.length === 0) return ['no metric'];
  const families = selected.map(({ metric }) => familyOf(metric));
  const known = new Set([...OF_PROMETHEUS, ...families.flatMap((it) => labelsOf(it))]);
  const gone = selected.filter((_it, i) => families[i] === undefined).map(({ metric }) => metric);
  const labels = [...grouped, ...shown].filter((label) => !known.has(label));
  const values = selected.flatMap(({ metric, labels: matched }, i) =>
    matched
      .filter(({ name, value }) => !has(families[i], name, value))
      .map(({ name, value }) => `${metric}{${name}="${value}"}`),
  );
  return [...gone, ...labels, ...values];
}

function labelsOf(family: Family | undefined): string[] {
  return (family?.samples ?? []).flatMap(({ labels }) => Object.keys(labels));
}

function has(family: Family | undefined, label: string, value: string | undefined): boolean {
  return (family?.samples ?? []).some(({ labels }) =>
    value === undefined ? label in labels : labels[label] === value,
  );
}

describe('the metrics page of a server that has run a job', () => {
  test.each(panelExpressions())('has what the dashboard shows: $where, $expr', (expression) => {
    expect(missing(expression)).toEqual([]);
  });

  test.each(alertExpressions())('has what the alert asks for: $where', (expression) => {
    expect(missing(expression)).toEqual([]);
  });

  test('tells of the job that it ran', () => {
    const value = (name: string, label: string) =>
      page.get(name)?.samples.find((it) => Object.values(it.labels).includes(label))?.value;
    expect(value('swarmer_attempts_total', 'Succeeded')).toBe(1);
    expect(value('swarmer_output_bytes_total', 'stdout')).toBe('hello\n'.length);
    expect(value('swarmer_http_requests_total', '201')).toBe(1);
    expect(page.get('swarmer_leader')?.samples).toMatchObject([{ value: 1 }]);
    expect(familyOf('swarmer_start_latency_seconds_count')).toBeDefined();
  });

  test('names no job, no task, no image and no address', () => {
    for (const word of [...SECRET_NAMES, image, receiver.url(''), lab.hostAddress]) {
      expect(text).not.toContain(word);
    }
    expect(text).not.toMatch(/[0-9A-HJKMNP-TV-Z]{26}/);
  });
});

describe('the metrics listener', () => {
  test('needs no token, while the API does', async () => {
    const api = new Swarmer(lab, {
      role: 'api',
      env: { ...METRICS, SWARMER_HOST: '127.0.0.1', SWARMER_API_TOKENS: TOKEN },
    });
    await api.start();
    expect((await api.request('/metrics')).status).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const own = await api.request('/metrics', { headers });
    expect(own.headers.get('content-type')).toContain('version=0.0.4');
    parseExposition(await own.text());
    const other = await fetch(`${await metricsUrl(api)}/metrics`);
    expect(parseExposition(await other.text()).get('swarmer_leader')?.samples).toEqual([]);
    expect(await api.end()).toBe(0);
  });

  test('is how a controller is watched, also while its engine is away', async () => {
    const env = { ...METRICS, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const controller = await new Swarmer(lab, { role: 'controller', env }).start();
    const url = await metricsUrl(controller);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const failed = /^swarmer_engine_errors_total\{call="info",code="Unavailable"\} [1-9]/m;
    const look = async () => failed.test(await (await fetch(`${url}/metrics`)).text());
    await waitFor(look, { what: 'the failure to be counted' });
    expect((await fetch(`${url}/v1/version`)).status).toBe(404);
    expect(await controller.end()).toBe(0);
  });
});
