import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AttemptRecord,
  attemptLabels,
  type JobSpec,
  type Output,
  type OwnNames,
  type Placement,
  reportSecret,
  STOPPED,
  serviceName,
  type Verdict,
} from '../apis/index.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { AttemptAction } from '../planner/index.ts';
import { Policy } from '../policy/index.ts';
import type { ControllerStore } from '../store/index.ts';
import {
  type Engine,
  EngineError,
  type ObservedNode,
  type ObservedService,
  type OnLogBytes,
  type ServiceSpec,
} from '../swarm/index.ts';
import { stepsOf } from './attempt-step.ts';
import { AttemptSteps } from './attempt-steps.ts';
import { FaultyNodes } from './faulty-nodes.ts';
import { UNTRACED } from './traces.ts';

const id = { jobUid: 'J', index: 0, attempt: 1 };
const spec: JobSpec = { image: 'a', backoffLimit: 0, lossLimit: 10, outputLimitBytes: 1000 };
const job = { spec, metadata: { uid: 'J', namespace: 'default' }, status: {} };
const created: AttemptRecord = { attempt: 1, losses: 0, failures: 0, serviceId: 's' };
const verdict: Verdict = {
  outcome: 'Succeeded',
  exitStatus: 0,
  source: 'service',
  swarmTaskId: 't',
};
const stream = { bytes: 2, truncated: false };
const output: Output = {
  summary: { stdout: stream, stderr: stream, log: { state: 'complete' } },
  stdout: Buffer.from('hi'),
  stderr: Buffer.from('oh'),
};
const judge: AttemptAction = { type: 'RecordVerdict', index: 0, record: created, verdict };
const collect: AttemptAction = {
  ...{ type: 'StoreOutput', index: 0 },
  from: { kind: 'logs', swarmTaskId: 't' },
};

let clock: FakeClock;
/** What was written, in order: a method, and what the record has come to. */
let written: string[];
let changes: Change[];
let log: Held;
let steps: AttemptSteps;
let policy: Policy;
let faultyNodes: FaultyNodes;
let ownNames: OwnNames | undefined;
/** Writes to the log that is followed. */
let follow: OnLogBytes;
let removed: string[];
/** The one service that the engine has by a name. */
let found: ObservedService | undefined;
/** The service that was created last. */
let made: ServiceSpec | undefined;

const node = { state: 'ready', availability: 'active', version: 1, updatedAt: 0 } as const;
const swarmNodes: ObservedNode[] = [
  { ...node, id: 'n1', hostname: 'n1', attributes: { 'node.labels.disk': 'ssd' } },
  { ...node, id: 'n2', hostname: 'n2', attributes: {} },
  { ...node, id: 'n3', hostname: 'n3', availability: 'pause', attributes: {} },
];

beforeEach(() => {
  clock = new FakeClock();
  written = [];
  changes = [];
  policy = new Policy();
  log = withResolvers();
  const write = (method: string) => async (_f: unknown, _u: string, _i: number, change: Change) => {
    changes.push(change);
    const { verdict: judged, output: collected } = change.to;
    written.push([method, judged && 'verdict', collected && 'output'].filter(Boolean).join(' '));
  };
  const store = {
    recordVerdict: write('recordVerdict'),
    storeOutput: write('storeOutput'),
    advanceAttempt: write('advanceAttempt'),
    wakeReturned: async () => void written.push('wakeReturned'),
    addEvent: async () => {},
    settleAttempt: async () => void written.push('settleAttempt'),
  };
  faultyNodes = new FaultyNodes(clock);
  made = undefined;
  removed = [];
  found = undefined;
  ownNames = undefined;
  const engine: Partial<Engine> = {
    taskLogs: () => log.promise,
    followLogs: (_task, onBytes, signal) => {
      follow = onBytes;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    removeService: async (serviceId) => void removed.push(serviceId),
    findService: async (name) => (found?.name === name ? found : undefined),
    listNodes: async () => swarmNodes,
    createService: async (service) => {
      made = service;
      return { id: 's', adopted: false };
    },
  };
  steps = new AttemptSteps({
    store: store as Partial<ControllerStore> as ControllerStore,
    engine: engine as Engine,
    images: {
      prepare: async () => ({ kind: 'ready' }),
      explain: async (_job, words) => ({ reason: 'Rejected', message: words }),
    },
    own: { names: async () => ownNames },
    policy: { rulesOf: (namespace) => policy.rulesOf(namespace) },
    settings: { owner: { instance: 'i', storeId: 's' }, reportKey: Buffer.alloc(1) },
    faultyNodes,
    traces: UNTRACED,
    listener: {
      created() {},
      removing() {},
      removed() {},
      unanswered() {},
      settled() {},
      logFailed: () => false,
    },
    term: {
      fence: { token: 1 },
      signal: new AbortController().signal,
      mayAct: () => true,
      end() {},
    },
    clock,
  });
});

interface Change {
  to: AttemptRecord;
  stdout?: Buffer;
  knowsReport?: boolean;
}

/** A log that is there when the test says so. */
interface Held {
  promise: Promise<Output>;
  resolve: (output: Output) => void;
  reject: (error: Error) => void;
}

function withResolvers(): Held {
  let resolve: Held['resolve'] = () => {};
  let reject: Held['reject'] = () => {};
  const promise = new Promise<Output>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

/** Carries out the steps; rejects as the first of them that fails. */
function carryOut(...actions: AttemptAction[]): Promise<AttemptRecord> {
  return carryOutOf(created, ...actions);
}

async function carryOutOf(
  first: AttemptRecord,
  ...actions: AttemptAction[]
): Promise<AttemptRecord> {
  let record = first;
  for (const step of stepsOf(actions)) record = await steps.run(id, job, record, step);
  return record;
}

describe('a service that is not wanted any more', () => {
  const owner = { instance: 'i', storeId: 's' };
  const remove = (record: AttemptRecord) => carryOutOf(record, { type: 'RemoveService', index: 0 });

  it('is removed by its id, or by its name where its creation had no answer', async () => {
    await remove(created);
    found = { id: 'late', name: serviceName(id), labels: attemptLabels(owner, id) };
    const { serviceId: _, ...unanswered } = created;
    await remove(unanswered);
    expect(removed).toEqual(['s', 'late']);
  });

  it("is left alone where the one of its name is somebody else's", async () => {
    found = { id: 'other', name: serviceName(id), labels: {} };
    const { serviceId: _, ...unanswered } = created;
    await remove(unanswered);
    expect(removed).toEqual([]);
  });
});

describe('a verdict and the log that follows it', () => {
  it('are written together when the log is at hand', async () => {
    log.resolve(output);
    expect(await carryOut(judge, collect)).toEqual({ ...created, verdict, output: output.summary });
    expect(written).toEqual(['storeOutput verdict output']);
  });

  it('are written one after the other when the log takes long', async () => {
    const done = carryOut(judge, collect);
    await setImmediate();
    clock.advance(250);
    await setImmediate();
    expect(written).toEqual(['recordVerdict verdict']);
    log.resolve(output);
    expect(await done).toEqual({ ...created, verdict, output: output.summary });
    expect(written).toEqual(['recordVerdict verdict', 'storeOutput verdict output']);
  });

  it('do not hang together when the log cannot be read: the verdict stands', async () => {
    log.reject(new EngineError('Unavailable', 'not now'));
    await expect(carryOut(judge, collect)).rejects.toThrow('not now');
    expect(written).toEqual(['recordVerdict verdict']);
  });
});

describe('the output of an attempt that was stopped', () => {
  const stopped: AttemptRecord = {
    ...created,
    verdict: { ...verdict, outcome: 'TimedOut', exitStatus: null, source: 'controller' },
    output: { ...output.summary, log: { state: 'partial', reason: STOPPED } },
  };
  const settle: Extract<AttemptAction, { type: 'SettleAttempt' }> = {
    ...{ type: 'SettleAttempt', index: 0, endedAt: 5 },
    disposition: { kind: 'final' },
  };

  /** What it is told as when it had written its last words, and `action` settles it. */
  const toldBy = async (action: AttemptAction) => {
    const removing = steps.run(id, job, stopped, {
      ...{ type: 'RemoveService', index: 0, lingers: true },
    });
    await follow('stdout', Buffer.from('hi'));
    await follow('stderr', Buffer.from('oh'));
    const removed = await removing;
    await follow('stdout', Buffer.from(' bye'));
    const settling = steps.run(id, job, removed, action);
    await setImmediate();
    clock.advance(300);
    await settling;
    expect(written.slice(-2)).toEqual(['storeOutput verdict output', 'settleAttempt']);
    expect(changes.at(-1)?.stdout?.toString()).toBe('hi bye');
    return changes.at(-1)?.to.output?.log;
  };

  it('is complete with what it wrote at its end', async () => {
    expect(await toldBy(settle)).toEqual({ state: 'complete' });
  });

  // Seed 1093 of the simulation: its process had written its last words and lived on.
  it.each<[string, Partial<typeof settle>]>([
    ['lives on', { stuck: 'ContainerStuck: it was not gone' }],
    ['is on a node that is away', { away: true }],
  ])('is never complete when its container %s: nobody has seen its end', async (_, more) => {
    const log = await toldBy({ ...settle, ...more });
    expect(log).toEqual({ state: 'partial', reason: STOPPED });
  });
});

// The other way about a crash between them would leave the tasks waiting for long, with nobody to wake them.
it.each([
  [{ unplacedAt: undefined }, ['wakeReturned', 'advanceAttempt']],
  [{ unplacedAt: 5 }, ['advanceAttempt']],
  [{ runningAt: 5 }, ['advanceAttempt']],
])(
  'tasks that were taken back are woken before it is noted that one got a node: %o',
  async (note, expected) => {
    await carryOut({ type: 'NoteTime', index: 0, record: created, note });
    expect(written).toEqual(expected);
  },
);

describe('the token with which an attempt reports', () => {
  const secret = reportSecret(Buffer.alloc(1), id);
  const stars = '*'.repeat(secret.length);

  it('is in no output and no message, and every byte keeps its place', async () => {
    log.resolve({ ...output, stdout: Buffer.from(`to ?token=0.1.${secret}\n`) });
    const message = `exec "${secret}": no such file`;
    const record = await carryOut({ ...judge, verdict: { ...verdict, message } }, collect);
    expect(changes[0]?.stdout?.toString()).toBe(`to ?token=0.1.${stars}\n`);
    expect(changes[0]?.to.verdict?.message).toBe(`exec "${stars}": no such file`);
    expect(record).toEqual(changes[0]?.to);
  });

  it('is in no message of a verdict that is written first', async () => {
    const record = await carryOut({ ...judge, verdict: { ...verdict, message: secret } });
    expect(record.verdict?.message).toBe(stars);
  });
});

describe('a service that cannot be created', () => {
  it.each([
    ['both', false],
    ['report', false],
    // Else an attempt that has reported, and whose service is gone, would never end.
    ['exit', true],
  ] as const)('is refused under %s whatever was reported: %s', async (completionPolicy, known) => {
    policy = new Policy({ default: { resources: { required: ['limits.memory'] } } });
    const record: AttemptRecord = { attempt: 1, losses: 0, failures: 0 };
    const task = { name: 'one', args: [] };
    const exits = { ...job, spec: { ...spec, completionPolicy } };
    await steps.run(id, exits, record, { type: 'CreateService', index: 0, record, task });
    expect(changes).toMatchObject([{ knowsReport: known }]);
  });
});

describe('a service that the policy no longer allows', () => {
  it('is not created, whatever the store has: its attempt is rejected with the rule', async () => {
    policy = new Policy({
      namespaces: { default: { resources: { required: ['limits.memory'] } } },
    });
    const claimed: AttemptRecord = { attempt: 1, losses: 0, failures: 0 };
    const task = { name: 'one', args: [] };
    const create = { type: 'CreateService', index: 0, record: claimed, task } as const;
    const record = await steps.run(id, job, claimed, create);
    expect(record.verdict).toMatchObject({
      ...{ outcome: 'Rejected', exitStatus: null, reason: 'PolicyDenied', source: 'controller' },
      message: expect.stringMatching(/^resources\.limits\.memory: policy: resources\.required: /),
    });
    expect(written).toEqual(['recordVerdict verdict']);
  });
});

describe("a service that would have what is of Swarmer's own stack", () => {
  const claimed: AttemptRecord = { attempt: 1, losses: 0, failures: 0 };
  const task = { name: 'one', args: [] };
  const create = { type: 'CreateService', index: 0, record: claimed, task } as const;
  const data = { type: 'volume', source: 'swarmer_redis-data', target: '/x' } as const;

  it.each<[string, Partial<JobSpec>]>([
    ['a secret', { secrets: ['swarmer_api_tokens'] }],
    ['a network', { networks: [{ name: 'swarmer_control' }] }],
    ['a volume', { mounts: [data] }],
  ])('is not created, whatever the store has: %s', async (_, parts) => {
    ownNames = {
      ...{ stack: 'swarmer', networks: ['swarmer_control'], volumes: [], configs: [] },
      secrets: ['swarmer_api_tokens'],
    };
    const asking = { ...job, spec: { ...spec, ...parts } };
    const record = await steps.run(id, asking, claimed, create);
    expect(record.verdict).toMatchObject({
      ...{ outcome: 'Rejected', reason: 'PolicyDenied' },
      message: expect.stringContaining("belongs to Swarmer's own stack"),
    });
    expect(made).toBeUndefined();
  });
});

describe('a service while a node fails to start tasks', () => {
  const claimed: AttemptRecord = { attempt: 1, losses: 0, failures: 0 };
  const task = { name: 'one', args: [] };
  const create = { type: 'CreateService', index: 0, record: claimed, task } as const;
  const constraints = async (placement?: Placement, record = claimed) => {
    const placed = { ...job, spec: placement === undefined ? spec : { ...spec, placement } };
    await steps.run(id, placed, record, { ...create, record });
    return made?.TaskTemplate.Placement?.Constraints;
  };

  beforeEach(() => {
    faultyNodes.observed('J/1/1', {
      ...{ kind: 'lost', reason: 'NodeFault', message: 'could not find bridge' },
      trace: { swarmTaskId: 't', nodeId: 'n1' },
    });
  });

  it('is kept from it', async () => {
    expect(await constraints()).toEqual(['node.id!=n1']);
  });

  it('is not when no other node suits its job', async () => {
    const onlyThere = { constraints: ['node.labels.disk==ssd'] };
    expect(await constraints(onlyThere)).toEqual(onlyThere.constraints);
  });

  it('goes to the other although its task came to nothing there', async () => {
    expect(await constraints(undefined, { ...claimed, trouble: { n2: 2 } })).toEqual([
      'node.id!=n1',
    ]);
  });
});

describe('steps', () => {
  it('leave a verdict alone that no log follows', () => {
    const removal: AttemptAction = { type: 'RemoveService', index: 0 };
    const none: AttemptAction = { ...collect, from: { kind: 'none', reason: 'gone' } };
    for (const actions of [[judge], [judge, none], [judge, removal], [collect, removal]]) {
      expect(stepsOf(actions)).toEqual(actions);
    }
  });

  it('keep what comes after', () => {
    const removal: AttemptAction = { type: 'RemoveService', index: 0 };
    expect(stepsOf([judge, collect, removal]).map(({ type }) => type)).toEqual([
      ...['RecordOutcome', 'RemoveService'],
    ]);
  });
});
