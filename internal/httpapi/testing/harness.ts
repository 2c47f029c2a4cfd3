import type { Express } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { ulid } from 'ulid';
import { openAccess, TokenAccess } from '../../access/index.ts';
import { reportPath, type TaskSpec } from '../../apis/index.ts';
import { FakeClock } from '../../clock/fake-clock.ts';
import { Policy } from '../../policy/index.ts';
import type { AuditEntry } from '../access/audit.ts';
import { RateLimits } from '../access/rate-limits.ts';
import { createMetricsApi, createReportApi, createUserApi } from '../apps.ts';
import type { ApiOptions, HandledRequest } from '../options.ts';
import { emptyCatalog } from './empty-catalog.ts';
import { FakeLogs } from './fake-logs.ts';
import { FakeOperator } from './fake-operator.ts';
import { FakeStore } from './fake-store.ts';

const OUTPUT_LIMIT = 8;

export type LogLine = Record<string, unknown>;

export interface Harness {
  store: FakeStore;
  operator: FakeOperator;
  logs: FakeLogs;
  clock: FakeClock;
  /** What was handled, in order. */
  handled: HandledRequest[];
  /** What was logged, at every level. */
  lines: LogLine[];
  /** The audit log. */
  audited: AuditEntry[];
  /** What the apps were made of. */
  options: ApiOptions;
  app: Express;
  reportApp: Express;
  metricsApp: Express;
  /** A client of `app`. */
  api: ReturnType<typeof supertest>;
}

type HarnessOptions = Partial<ApiOptions> & { tokens?: readonly string[] };

/** Both apps on a store in memory. */
export function harness({ tokens = [], ...options }: HarnessOptions = {}): Harness {
  const store = new FakeStore();
  const operator = new FakeOperator();
  const logs = new FakeLogs(store);
  const clock = new FakeClock();
  const lines: LogLine[] = [];
  const audited: AuditEntry[] = [];
  const handled: HandledRequest[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line)) });
  const all: ApiOptions = {
    jobs: store,
    reports: store,
    applier: { applyJob: () => Promise.reject(new Error('there are no names here')) },
    catalog: {
      ...emptyCatalog,
      listTasks: (uid, from, limit) => store.readTasks(uid, from, limit),
    },
    crons: emptyCatalog,
    changes: emptyCatalog,
    version: '1.2.3',
    operator,
    logs,
    checks: [],
    requests: { handled: (request) => handled.push(request) },
    traces: { traceparentOfJob: () => undefined, submitted() {} },
    metricsPage: { contentType: 'text/plain; version=0.0.4', text: async () => 'a_metric 1\n' },
    access: tokens.length === 0 ? openAccess : new TokenAccess(tokens),
    limits: new RateLimits({ perCaller: 0, countLoopback: true, perIntruder: 0 }),
    audit: { write: (entry) => audited.push(entry) },
    policy: new Policy(),
    configuration: () => ({ files: [], policyHash: '', policies: () => [] }),
    clock,
    log,
    outputLimitBytes: OUTPUT_LIMIT,
    ...options,
  };
  const app = createUserApi(all);
  return {
    store,
    operator,
    logs,
    clock,
    handled,
    lines,
    audited,
    options: all,
    app,
    reportApp: createReportApi(all),
    metricsApp: createMetricsApi(all),
    api: supertest(app),
  };
}

/** Puts a job into the store, past the API, and gives its uid. */
export async function storeJob(
  store: FakeStore,
  tasks: (string | TaskSpec)[],
  outputLimitBytes = OUTPUT_LIMIT,
): Promise<string> {
  const uid = ulid();
  const spec = { image: 'alpine:3.20', backoffLimit: 0, lossLimit: 10, outputLimitBytes };
  const specs = tasks.map((task) => (typeof task === 'string' ? { name: task, args: [] } : task));
  await store.submitJob({ uid, spec, tasks: specs });
  return uid;
}

/** The path, token included, at which attempt 1 of a task reports. The attempt is made current. */
export function startTask(store: FakeStore, jobUid: string, index = 0, attempt = 1): string {
  store.start(jobUid, index, attempt);
  return reportPath(store.key, { jobUid, index, attempt });
}
