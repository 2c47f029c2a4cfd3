import { describe, expect, it } from 'vitest';
import { harness } from './testing/harness.ts';

const ID = '01JGFJJZ000000000000000000';

it('shows jobs that were set aside, and takes one back', async () => {
  const { api, operator } = harness();
  operator.aside.set(ID, 'a task record cannot be read');
  const { body } = await api.get('/v1/quarantine');
  expect(body.items).toEqual([{ uid: ID, message: 'a task record cannot be read' }]);
  expect((await api.post(`/v1/jobs/${ID}/release`)).status).toBe(200);
  expect(operator.aside.size).toBe(0);
  expect((await api.post(`/v1/jobs/${ID}/release`)).status).toBe(404);
});

describe('nodes', () => {
  const nodes = [
    { id: 'n1', hostname: 'one', state: 'ready', availability: 'active', active: 2 },
    { id: 'n2', hostname: 'two', state: 'ready', availability: 'active', active: 0 },
    { id: 'n3', hostname: 'two', state: 'down', availability: 'active', active: 0 },
  ];
  const withNodes = () => {
    const made = harness();
    made.operator.report = { nodes, maxConcurrentTasks: 12, updatedAt: 1 };
    return made;
  };

  it('note what is wanted of them, and show it until it is so', async () => {
    const { api, operator, clock } = withNodes();
    const wishedAt = new Date(clock.now()).toISOString();
    const wished = { ...nodes[0], wish: 'drain', wishedAt };
    const answer = await api.post('/v1/nodes/one/drain');
    expect([answer.status, answer.body]).toEqual([202, wished]);
    expect((await api.get('/v1/nodes/n1')).body).toEqual(wished);
    expect((await api.get('/v1/cluster')).body.nodes).toEqual([wished, nodes[1], nodes[2]]);
    expect((await api.post('/v1/nodes/n1/undrain')).body).toMatchObject({ wish: 'active' });
    operator.wishes.clear();
    expect((await api.get('/v1/nodes/one')).body).toEqual(nodes[0]);
  });

  it('are found by a hostname only where one node has it', async () => {
    const { api, operator } = withNodes();
    const { status, body } = await api.post('/v1/nodes/two/drain');
    expect([status, body.detail]).toEqual([409, expect.stringContaining('n2, n3')]);
    expect((await api.post('/v1/nodes/three/drain')).status).toBe(404);
    expect((await api.post('/v1/nodes/n3/drain')).status).toBe(202);
    expect([...operator.wishes.keys()]).toEqual(['n3']);
  });

  it('are unknown before a controller has told of them', async () => {
    const { status, body } = await harness().api.post('/v1/nodes/one/drain');
    expect([status, body.detail]).toEqual([404, expect.stringContaining('No controller')]);
  });
});

it('shows other stores, and notes what is to become of their services', async () => {
  const { api, operator } = harness();
  operator.foreign.set(ID, { services: 3 });
  expect((await api.get('/v1/foreign')).body.items).toEqual([{ storeId: ID, services: 3 }]);
  expect((await api.post(`/v1/foreign/${ID}/purge`)).status).toBe(202);
  expect(operator.foreign.get(ID)).toMatchObject({ decision: 'purge' });
  expect((await api.post(`/v1/foreign/${ID.replace('1', '2')}/adopt`)).status).toBe(404);
});

it("tells an admin of faults of the operator's files, and which policy each process holds", async () => {
  const holder = { process: 'controller@m1/1', hash: 'b', at: 0 };
  const { api } = harness({
    configuration: () => ({
      files: [
        { name: 'policy', problems: () => ['policy.yaml:5:3: default.imges: unknown field'] },
        { name: 'registry-credentials', problems: async () => [] },
      ],
      ...{ policyHash: 'a', policies: () => [holder] },
    }),
  });
  const { body } = await api.get('/v1/configuration').expect(200);
  expect(body).toEqual({
    files: [
      { name: 'policy', problems: ['policy.yaml:5:3: default.imges: unknown field'] },
      { name: 'registry-credentials', problems: [] },
    ],
    policy: { hash: 'a', processes: [{ ...holder, at: '1970-01-01T00:00:00.000Z' }] },
  });
});
