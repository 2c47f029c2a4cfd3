import { describe, expect, it } from 'vitest';
import type { AttemptRecord, Verdict } from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { ControllerState } from '../controller/index.ts';
import type { Backlog } from '../store/index.ts';
import { type Engine, EngineError } from '../swarm/index.ts';
import { ServerMetrics } from './server-metrics.ts';
import { type Family, parseExposition } from './testing/exposition.ts';

const BACKLOG: Backlog = {
  jobs: { unfinished: 2, quarantined: 1 },
  tasks: { pending: 5, active: 3, succeeded: 7, failed: 1, cancelled: 0 },
  callbacks: { outstanding: 4, oldestAgeMs: 90_000, dead: 6 },
};

function measured() {
  const clock = new FakeClock();
  const metrics = new ServerMetrics({ version: '1.2.3', role: 'serve', clock });
  const page = async () => parseExposition(await metrics.page.text());
  return { clock, metrics, page };
}

function value(page: Map<string, Family>, name: string, labels: Record<string, string> = {}) {
  const family = page.get(name) ?? page.get(name.replace(/_(count|sum|bucket)$/, ''));
  return family?.samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([k, v]) => sample.labels[k] === v),
  )?.value;
}

describe('the page', () => {
  it('tells how busy the event loop is, from its own counters', async () => {
    const { page } = measured();
    const used = async () => value(await page(), 'swarmer_event_loop_active_seconds_total') ?? 0;
    const before = await used();
    expect(value(await page(), 'swarmer_event_loop_idle_seconds_total')).toBeGreaterThanOrEqual(0);
    expect(await used()).toBeGreaterThan(before);
    // A histogram that wakes the process a hundred times a second.
    expect(value(await page(), 'nodejs_eventloop_lag_p99_seconds')).toBeUndefined();
  });

  it('is the Prometheus text format from the beginning, and is of this instance alone', async () => {
    const [one, other] = [measured(), measured()];
    one.metrics.callbacks.tried('delivered', 0.1);
    const labels = { result: 'delivered' };
    expect(value(await one.page(), 'swarmer_callback_attempts_total', labels)).toBe(1);
    expect(value(await other.page(), 'swarmer_callback_attempts_total', labels)).toBe(0);
    const build = { version: '1.2.3', role: 'serve', node: process.version };
    expect(value(await other.page(), 'swarmer_build_info', build)).toBe(1);
    expect(value(await other.page(), 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('ends the names of counters, and of nothing else, as counters end', async () => {
    const { page } = measured();
    const all = [...(await page()).values()];
    expect(all.length).toBeGreaterThan(40);
    for (const { name, type } of all) expect(name.endsWith('_total')).toBe(type === 'counter');
  });

  it('shows what the controller has, and nothing where there is none', async () => {
    const { metrics, page } = measured();
    expect(value(await page(), 'swarmer_leader')).toBeUndefined();
    const tasks = { runnable: 5, unplaced: 1, starting: 6, running: 0, ending: 2 };
    let state: ControllerState = {
      ...{ leading: true, queueDepth: 3, leaseAgeMs: 500, maxConcurrentTasks: 12 },
      work: () => ({ tasks, slotsHeldMs: 90_000 }),
    };
    metrics.control.watch(() => state);
    expect(value(await page(), 'swarmer_leader')).toBe(1);
    expect(value(await page(), 'swarmer_workqueue_depth')).toBe(3);
    expect(value(await page(), 'swarmer_lease_age_seconds')).toBe(0.5);
    expect(value(await page(), 'swarmer_slots_held_seconds')).toBe(90);
    expect(value(await page(), 'swarmer_live_tasks', { state: 'starting' })).toBe(6);
    expect(value(await page(), 'swarmer_live_tasks', { state: 'running' })).toBe(0);
    state = { ...state, leading: false, work: () => undefined };
    expect(value(await page(), 'swarmer_leader')).toBe(0);
    expect(value(await page(), 'swarmer_slots_held_seconds')).toBeUndefined();
    expect(value(await page(), 'swarmer_live_tasks', { state: 'running' })).toBeUndefined();
  });
});

describe('attempts', () => {
  const verdict: Verdict = { outcome: 'Succeeded', exitStatus: 0, source: 'service' };
  const stream = { bytes: 10, truncated: false };
  const output = {
    stdout: stream,
    stderr: { ...stream, bytes: 3 },
    log: { state: 'complete' },
  } as const;
  const record: AttemptRecord = { attempt: 1, losses: 0, failures: 0, claimedAt: 1000, output };

  it('are counted by outcome, with their start latency and output', async () => {
    const { metrics, page } = measured();
    metrics.control.attemptSettled({ ...record, verdict: { ...verdict, startedAt: 2500 } });
    metrics.control.attemptSettled({ ...record, verdict: { ...verdict, outcome: 'Lost' } });
    const now = await page();
    expect(value(now, 'swarmer_attempts_total', { outcome: 'Succeeded' })).toBe(1);
    expect(value(now, 'swarmer_attempts_total', { outcome: 'Lost' })).toBe(1);
    expect(value(now, 'swarmer_attempts_total', { outcome: 'Rejected' })).toBe(0);
    expect(value(now, 'swarmer_start_latency_seconds_count')).toBe(1);
    expect(value(now, 'swarmer_start_latency_seconds_sum')).toBe(1.5);
    expect(value(now, 'swarmer_output_bytes_total', { stream: 'stdout' })).toBe(20);
  });

  it('that started earlier than they were claimed, by another clock, started at once', async () => {
    const { metrics, page } = measured();
    metrics.control.attemptSettled({ ...record, verdict: { ...verdict, startedAt: 900 } });
    expect(value(await page(), 'swarmer_start_latency_seconds_sum')).toBe(0);
  });
});

describe('the backlog', () => {
  it('is read seldom, and only by who leads', async () => {
    const { metrics, page, clock } = measured();
    let reads = 0;
    let shown = true;
    const backlog = async () => {
      reads++;
      return BACKLOG;
    };
    metrics.backlog.watch({ reader: { backlog }, shown: () => shown });
    const now = await page();
    expect(value(now, 'swarmer_tasks', { phase: 'pending' })).toBe(5);
    expect(value(now, 'swarmer_jobs', { state: 'quarantined' })).toBe(1);
    expect(value(now, 'swarmer_callbacks_outstanding')).toBe(4);
    expect(value(now, 'swarmer_callback_oldest_age_seconds')).toBe(90);
    expect(value(now, 'swarmer_callbacks_dead')).toBe(6);
    await page();
    expect(reads).toBe(1);
    clock.advance(10_000);
    await page();
    expect(reads).toBe(2);
    shown = false;
    expect(value(await page(), 'swarmer_tasks', { phase: 'pending' })).toBeUndefined();
    expect(value(await page(), 'swarmer_callbacks_outstanding')).toBeUndefined();
  });

  it('is read the more seldom the longer that takes', async () => {
    const { metrics, page, clock } = measured();
    let reads = 0;
    const backlog = async () => {
      reads++;
      clock.advance(500);
      return BACKLOG;
    };
    metrics.backlog.watch({ reader: { backlog }, shown: () => true });
    await page();
    clock.advance(49_000);
    await page();
    expect(reads).toBe(1);
    clock.advance(1500);
    await page();
    expect(reads).toBe(2);
  });

  it('has no samples while the store is away, and is asked for again then', async () => {
    const { metrics, page } = measured();
    let away = true;
    const backlog = () => (away ? Promise.reject(new Error('away')) : Promise.resolve(BACKLOG));
    metrics.backlog.watch({ reader: { backlog }, shown: () => true });
    expect(value(await page(), 'swarmer_callbacks_outstanding')).toBeUndefined();
    away = false;
    expect(value(await page(), 'swarmer_callbacks_outstanding')).toBe(4);
  });

  it('does not hold the page up when the store hangs', async () => {
    const { metrics, page, clock } = measured();
    metrics.backlog.watch({ reader: { backlog: () => new Promise(() => {}) }, shown: () => true });
    const pending = page();
    clock.advance(1000);
    expect(value(await pending, 'swarmer_build_info')).toBe(1);
  });
});

describe('requests', () => {
  it('are none that are probes, whatever these answer', async () => {
    const { metrics, page } = measured();
    for (const route of ['/readyz', '/healthz', '/metrics']) {
      metrics.requests.handled({ method: 'GET', route, status: 503 }, 0.01);
    }
    expect((await page()).get('swarmer_http_requests_total')?.samples).toEqual([]);
    expect((await page()).get('swarmer_http_request_duration_seconds')?.samples).toEqual([]);
  });

  it('have few methods, whatever clients send', async () => {
    const { metrics, page } = measured();
    for (const method of ['GET', 'PROPFIND', 'MKCOL']) {
      metrics.requests.handled({ method, route: '/status/:id', status: 405 }, 0.01);
    }
    const name = 'swarmer_http_requests_total';
    expect(value(await page(), name, { method: 'other' })).toBe(2);
    expect(value(await page(), name, { method: 'GET', route: '/status/:id', status: '405' })).toBe(
      1,
    );
  });
});

/** An engine of few calls, as a class: its methods stand in its prototype. */
class SomeEngine {
  readonly #tasks = [{ id: 't1' }];
  async listTasks() {
    return this.#tasks;
  }
  async removeService() {
    throw new EngineError('Unavailable', 'no answer');
  }
  async info() {
    return { manager: true };
  }
  async watch() {}
}

describe('a metered engine', () => {
  it('answers as the engine does, and its calls and failures are told', async () => {
    const { metrics, page } = measured();
    const engine = metrics.metered(new SomeEngine() as unknown as Engine);
    const errors = 'swarmer_engine_errors_total';
    expect(value(await page(), errors, { call: 'removeService', code: 'Unavailable' })).toBe(0);
    expect(await engine.listTasks()).toEqual([{ id: 't1' }]);
    await expect(engine.removeService('s')).rejects.toThrow('no answer');
    await engine.watch(() => {}, new AbortController().signal);
    const now = await page();
    const calls = 'swarmer_engine_call_duration_seconds_count';
    expect(value(now, calls, { call: 'listTasks' })).toBe(1);
    expect(value(now, errors, { call: 'removeService', code: 'Unavailable' })).toBe(1);
    expect(value(now, calls, { call: 'watch' })).toBeUndefined();
  });

  it('is up while it does what it is asked for, and nothing is known of one that is not asked', async () => {
    const { metrics, page, clock } = measured();
    const engine = metrics.metered(new SomeEngine() as unknown as Engine);
    const up = async () => value(await page(), 'swarmer_engine_up');
    expect(await up()).toBeUndefined();
    await engine.info();
    expect(await up()).toBe(1);
    await expect(engine.removeService('s')).rejects.toThrow('no answer');
    expect(await up()).toBe(0);
    // As the manager of a swarm without a leader does.
    await engine.info();
    expect(await up()).toBe(0);
    await engine.listTasks();
    expect(await up()).toBe(1);
    clock.advance(60_000);
    expect(await up()).toBeUndefined();
  });
});
