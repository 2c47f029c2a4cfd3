import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../errors.ts';
import type { ClusterNode } from '../resources.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { type FakeAnswer, problem } from '../testing/http-fake.ts';
import { run } from '../testing/run.ts';

const NODE: ClusterNode = {
  ...{ id: 'n1', hostname: 'worker-1', state: 'ready', availability: 'active', active: 2 },
  wish: 'drain',
};
const DRAINED: ClusterNode = (({ wish: _, ...rest }) => ({
  ...{ ...rest, availability: 'drain', active: 0 },
}))(NODE);

let api: FakeApi;
/** What the server tells of the node, one after the other; the last for ever. */
let told: (ClusterNode | FakeAnswer)[];

beforeEach(async () => {
  api = await FakeApi.start();
  told = [NODE];
  api.route('POST', '/v1/nodes/worker-1/(drain|undrain)', () => ({ status: 202, body: NODE }));
  api.route('GET', '/v1/nodes/worker-1', () => {
    const [first = NODE] = told;
    if (told.length > 1) told.shift();
    return 'id' in first ? { body: first } : first;
  });
});

afterEach(() => api.close());

describe('drain --wait', () => {
  it('says what it waits for, once each, until the node is drained', async () => {
    const paused = { ...NODE, availability: 'pause' };
    told = [NODE, NODE, paused, paused, { ...paused, active: 0 }, DRAINED];
    expect(await run(['drain', 'worker-1', '--wait'], { api })).toEqual({
      code: EXIT.ok,
      stdout: 'node/worker-1 to be drained\nnode/worker-1 drained\n',
      stderr:
        'node/worker-1 is to be paused\n' +
        'node/worker-1 is paused, 2 of our tasks still run on it\n' +
        'node/worker-1 is paused, what its tasks have left is being collected\n',
    });
  });

  it('waits on while the server cannot reach its store', async () => {
    const away = problem(503, 'The store does not answer.');
    told = [...Array.from({ length: 8 }, () => away), DRAINED];
    const { code, stderr } = await run(['drain', 'worker-1', '--wait'], { api });
    expect([code, stderr]).toEqual([EXIT.ok, 'node/worker-1 is not told of: the server is away\n']);
  });

  it.each<[string, ClusterNode]>([
    ['wants the node to be active', { ...NODE, wish: 'active' }],
    ['has made it active', { ...DRAINED, availability: 'active' }],
  ])('ends when somebody %s', async (_what, node) => {
    told = [NODE, node];
    const { code, stderr } = await run(['drain', 'worker-1', '--wait'], { api });
    expect([code, stderr]).toEqual([
      EXIT.error,
      expect.stringContaining('somebody has given its drain up'),
    ]);
  });

  it('gives up at its timeout, and says that the drain goes on', async () => {
    const { code, stderr } = await run(['drain', 'worker-1', '--wait', '--timeout', '1ms'], {
      api,
    });
    expect([code, stderr]).toEqual([EXIT.timedOut, expect.stringContaining('the drain goes on')]);
  });
});

it.each(['drain', 'undrain'])(
  'does nothing when one of several nodes is not there: %s',
  async (verb) => {
    api.route('GET', '/v1/nodes/nowhere', () => problem(404, 'There is no such node.'));
    const outcome = await run([verb, 'worker-1', 'nowhere'], { api });
    expect(outcome).toEqual({
      code: EXIT.notFound,
      stdout: '',
      stderr: 'swarmerctl: nothing was done\n  node/nowhere: There is no such node.\n',
    });
    expect(api.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  },
);

it('drains the others when one cannot be, and exits with its code', async () => {
  api.route('GET', '/v1/nodes/worker-2', () => ({ body: NODE }));
  api.route('POST', '/v1/nodes/worker-2/drain', () => problem(503, 'The store is away.'));
  const outcome = await run(['drain', 'worker-2', 'worker-1'], { api });
  expect(outcome).toEqual({
    code: EXIT.error,
    stdout: 'node/worker-1 to be drained\n',
    stderr: 'swarmerctl: node/worker-2: The store is away.\n',
  });
});
