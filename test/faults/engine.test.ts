import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../lab/lab.ts';
import { signalProcess } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

/** Faults of the engine, on a swarm of this file's own. Row numbers are those of the fault list. */
let lab: Lab;
let image: string;
let swarmer: Swarmer;

beforeAll(async () => {
  lab = await startLab({ swarm: true, images: ['busybox'] });
  image = await lab.ensureImage('busybox');
  await beatSeldom();
  swarmer = await new Swarmer(lab).start();
});

afterAll(async () => {
  await swarmer.end();
  await lab.stop();
});

/** In ns. A swarm takes a node for down after three of silence: 15 s by default, as long as a look may take. */
const HEARTBEAT = 60e9;

/** An engine that is silent while somebody looks is not taken for down, which would shut its tasks down. */
async function beatSeldom(): Promise<void> {
  const { Version, Spec } = (await lab.docker.swarmInspect()) as {
    Version: { Index: number };
    Spec: object;
  };
  await lab.docker.swarmUpdate({
    _query: { version: Version.Index },
    _body: { ...Spec, Dispatcher: { HeartbeatPeriod: HEARTBEAT } },
  });
  // A node learns of it as it comes.
  await lab.restartDockerd({ signal: 'SIGTERM' });
}

const script = (text: string) => ['sh', '-c', text];

/** A job whose processes get little time to end, unless it says more: a shell that is told to end does not. */
function job(scripts: string[], policies: object = {}) {
  const tasks = scripts.map((text, i) => ({ name: `t${i}`, args: script(text) }));
  return { image, tasks, backoffLimit: 0, terminationGracePeriodSeconds: 2, ...policies };
}

async function events(id: string) {
  const response = await swarmer.request(`/v1/jobs/${id}/events?limit=1000`);
  const { items } = (await response.json()) as {
    items: { type: string; index?: number; attempt?: number; reason?: string; message?: string }[];
  };
  return items;
}

async function sees(id: string, type: string, times = 1): Promise<void> {
  const look = async () =>
    (await events(id)).filter((event) => event.type === type).length >= times;
  await waitFor(look, { what: `${times} event(s) ${type}`, timeoutMs: 60_000 });
}

describe('row 18: the engine is restarted under running tasks', () => {
  // The first attempt runs until it is ended, in the way that its script says; the second one ends.
  const onTerm = (reaction: string) =>
    `[ $SWARMER_ATTEMPT != 1 ] && exit 0; ${reaction}; while :; do sleep 0.1; done`;
  const scripts = [
    onTerm('trap "exit 0" TERM'),
    onTerm('trap "exit 5" TERM'),
    onTerm('trap "" TERM'),
    onTerm(':'),
  ];

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s: each is lost and replaced, also one that exits with 0 on SIGTERM, and spends no retry',
    async (signal) => {
      // As by default where the engine waits for what will not end.
      const seconds = signal === 'SIGTERM' ? 10 : 2;
      const id = await swarmer.create(job(scripts, { terminationGracePeriodSeconds: seconds }));
      await sees(id, 'Running', scripts.length);
      await lab.restartDockerd({ signal });
      const { tasks, __phase } = await swarmer.finished(id, 120_000);
      expect(__phase).toBe('Complete');
      expect(tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
      ]);
      const lost = (await events(id)).filter(({ type }) => type === 'Lost');
      expect(lost).toHaveLength(scripts.length);
    },
  );
});

describe('row 16: the engine does not answer', () => {
  test('for a while: nothing is taken for lost or failed, and the job goes on after', async () => {
    const id = await swarmer.create(job(['sleep 2; echo done', 'sleep 2; exit 3']));
    await sees(id, 'Running', 2);
    // The log tells of one outage once a minute: this one may go on from another test's.
    const failedLooks = async () => {
      const page = await (await swarmer.request('/metrics')).text();
      return Number(
        /^swarmer_engine_errors_total{[^}]*call="listTasks"[^}]*} (\d+)/m.exec(page)?.[1] ?? 0,
      );
    };
    const before = await failedLooks();
    signalProcess(lab.engineProcess(), 'SIGSTOP');
    try {
      const failed = async () => (await failedLooks()) > before;
      await waitFor(failed, { what: 'a look to fail', timeoutMs: 60_000 });
    } finally {
      signalProcess(lab.engineProcess(), 'SIGCONT');
    }
    const { tasks } = await swarmer.finished(id, 60_000);
    expect(tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
      [0, 1],
      [3, 1],
    ]);
  });
});

describe('row 20: a service is removed by hand', () => {
  test('its task is lost and replaced, and the timeline says so', async () => {
    const id = await swarmer.create(job(['[ $SWARMER_ATTEMPT != 1 ] || sleep 600']));
    await sees(id, 'Running');
    await lab.docker.getService(`swarmer-${id.toLowerCase()}-0-1`).remove();
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([{ status: 0, attempts: 2 }]);
    const lost = (await events(id)).find(({ type }) => type === 'Lost');
    expect(lost).toMatchObject({ reason: 'ServiceRemoved', attempt: 1 });
  });
});

describe('row 3: the name of an attempt is taken by somebody else', () => {
  test('the service is never touched, and that task fails with the reason', async () => {
    const id = await swarmer.create(job(['true', 'true'], { suspend: true }));
    const foreign = await lab.docker.createService(
      {},
      {
        Name: `swarmer-${id.toLowerCase()}-1-1`,
        TaskTemplate: { ContainerSpec: { Image: image, Command: ['sleep', '600'] } },
        EndpointSpec: { Mode: 'dnsrr' },
      },
    );
    await swarmer.post(`/v1/jobs/${id}/resume`, {});
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([{ status: 0 }, { status: null, reason: 'NameConflict' }]);
    const service = lab.docker.getService(foreign.id);
    expect((await service.inspect()).ID).toBe(foreign.id);
    await service.remove();
  });
});

describe('row 22: no node is suitable', () => {
  test('the task is pending with the words of swarm, and startDeadlineSeconds ends it', async () => {
    await setAvailability('drain');
    const id = await swarmer.create(job(['true'], { startDeadlineSeconds: 3 }));
    await sees(id, 'Pending');
    const pending = (await events(id)).find(({ type }) => type === 'Pending');
    expect(pending?.message).toMatch(/no suitable node/);
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([
      {
        status: null,
        reason: 'StartDeadlineExceeded',
        message: expect.stringMatching(/no suitable/),
      },
    ]);
    await setAvailability('active');
  });
});

describe('row 19: a node is drained', () => {
  test('its tasks are lost and run when there is a node again', async () => {
    const id = await swarmer.create(job(['[ $SWARMER_ATTEMPT != 1 ] || sleep 600']));
    await sees(id, 'Running');
    await setAvailability('drain');
    await sees(id, 'Lost');
    await setAvailability('active');
    const { tasks } = await swarmer.finished(id);
    expect(tasks).toMatchObject([{ status: 0, attempts: 2 }]);
  });
});

describe('row 27: very much output', () => {
  test('of 100 MB in one line the end is kept, and it is told that the beginning is gone', async () => {
    const id = await swarmer.create(job(['head -c 100000000 /dev/zero | tr "\\0" x; printf end']));
    const { tasks } = await swarmer.finished(id, 120_000);
    const { stdout, stdout_bytes, ...result } = tasks[0]?.result ?? {};
    expect(result).toMatchObject({
      ...{ truncated: true, log: 'partial' },
      log_reason: expect.stringContaining('2 files of 42m'),
    });
    // One file at least, less what json-file adds.
    expect(stdout_bytes).toBeGreaterThan(40_000_000);
    expect(stdout_bytes).toBeLessThan(100_000_003);
    expect(stdout?.endsWith('xxxend')).toBe(true);
  });
});

async function setAvailability(availability: 'active' | 'drain'): Promise<void> {
  const [node] = await lab.docker.listNodes();
  if (node === undefined) throw new Error('the swarm has no node');
  const { Version, Spec } = node as { Version: { Index: number }; Spec: object };
  await lab.docker
    .getNode(node.ID)
    .update({ version: Version.Index, ...Spec, Availability: availability });
}
