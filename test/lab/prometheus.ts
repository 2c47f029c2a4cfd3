import { mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { freePort } from './free-port.ts';
import { endProcess, isAlive } from './process.ts';
import { lastLines, spawnGated } from './spawn.ts';
import { forgetProcess, recordProcess } from './state.ts';
import { GiveUp, waitFor } from './wait.ts';

interface PrometheusOptions {
  /** Folder of the lab it belongs to. */
  dir: string;
  /** Of the one job, `swarmer`: host and port. */
  targets: string[];
  /** What its file of rules holds. */
  rules: unknown;
  /** Between scrapes, and between looks at the rules, in ms. */
  intervalMs: number;
}

/** A private Prometheus, in which few minutes are kept. */
export interface Prometheus {
  /** Alerts that fire now, with their summaries. */
  firing(): Promise<Record<string, string>>;
  /** The value of an expression that has at most one; undefined when it has none. */
  value(expression: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

interface Answer<T> {
  data: T;
}
interface Alert {
  state: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Starts Debian's Prometheus on a port of its own of 127.0.0.1. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const dir = mkdtempSync(join(options.dir, 'prometheus-'));
  const name = basename(dir);
  const address = `127.0.0.1:${await freePort()}`;
  const log = join(dir, 'prometheus.log');
  // JSON is YAML too.
  const config = join(dir, 'prometheus.yml');
  writeFileSync(config, JSON.stringify(configuration(options)));
  writeFileSync(join(dir, 'rules.yml'), JSON.stringify(options.rules));
  const server = await spawnGated({
    command: 'prometheus',
    args: [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(dir, 'data')}`],
      `--web.listen-address=${address}`,
    ],
    log,
    dieWithOwner: true,
    record: (ref) => recordProcess(options.dir, { ...ref, name, role: 'prometheus' }),
  });
  const ask = async (path: string) => {
    if (!isAlive(server)) throw new GiveUp(`prometheus died; ${lastLines(log)}`);
    const response = await fetch(`http://${address}${path}`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response;
  };
  const detail = () => lastLines(log);
  await waitFor(() => ask('/-/ready'), { what: 'prometheus to be ready', detail });
  return {
    async firing() {
      const { data } = (await (await ask('/api/v1/alerts')).json()) as Answer<{ alerts: Alert[] }>;
      const firing = data.alerts.filter(({ state }) => state === 'firing');
      const texts = firing.map(({ labels, annotations }) => [
        labels['alertname'],
        annotations['summary'],
      ]);
      return Object.fromEntries(texts) as Record<string, string>;
    },
    async value(expression) {
      const answer = await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      const { data } = (await answer.json()) as Answer<{ result: { value: [number, string] }[] }>;
      const [first] = data.result;
      return first === undefined ? undefined : Number(first.value[1]);
    },
    async stop() {
      await endProcess(server, name);
      forgetProcess(options.dir, name);
    },
  };
}

function configuration({ targets, intervalMs }: PrometheusOptions) {
  const every = `${intervalMs}ms`;
  return {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'swarmer', static_configs: [{ targets }] }],
  };
}
