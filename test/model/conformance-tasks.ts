import { expect, test } from 'vitest';
import { isGivenUp, type ObservedTask } from '../../internal/swarm/index.ts';
import type { Bench } from './conformance-bench.ts';
import { MISSING_IMAGE, PROGRAMS } from './programs.ts';
import { STATES } from './raw.ts';

const ORDER: readonly string[] = STATES;
const reserving = (memory: string) => ({ template: { resources: { reservations: { memory } } } });
const place = (state: string) => ORDER.indexOf(state);

/** What becomes of the task of a service. */
export function tasksConform(bench: () => Bench): void {
  test('a task appears soon after its service, with the labels of its attempt', async () => {
    const spec = bench().spec(PROGRAMS.true);
    const serviceId = await bench().create(spec);
    const task = await bench().taskThat(serviceId, 'to appear', () => true);
    expect(task.labels).toEqual(spec.Labels);
    expect(ORDER).toContain(task.state);
  });

  test('states only move forward, and swarm wants no task that has ended', async () => {
    const serviceId = await bench().start(PROGRAMS.runsAMoment);
    const seen: string[] = [];
    const last = await bench().taskThat(serviceId, 'to end', ({ state, desiredState }) => {
      seen.push(state);
      return state === 'complete' && isGivenUp(desiredState);
    });
    expect(seen).toEqual(seen.toSorted((a, b) => place(a) - place(b)));
    expect(seen).toContain('running');
    expect(last).toMatchObject({ exitCode: 0, desiredState: 'shutdown' });
    expect(last.updatedAt).toBeGreaterThanOrEqual(last.createdAt);
  });

  test('a running task has a node and a container', async () => {
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    const task = await bench().running(serviceId);
    const nodes = await bench().subject.engine.listNodes();
    expect(nodes.map(({ id }) => id)).toContain(task.nodeId);
    expect(task).toMatchObject({ desiredState: 'running', message: 'started' });
    expect(task.containerId).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    [0, PROGRAMS.true],
    [3, PROGRAMS.exits3],
    [127, PROGRAMS.exits127],
    [137, PROGRAMS.exits137],
  ])('an exit with %i arrives as it is', async (exitStatus, program) => {
    const { evidence } = await bench().run(program);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus });
  });

  test('an exit other than 0 has the words of swarm', async () => {
    const { evidence } = await bench().run(PROGRAMS.exits3);
    expect(evidence).toMatchObject({ message: 'task: non-zero exit (3)' });
  });

  test('a process that is killed from outside has ended with 137', async () => {
    const serviceId = await bench().start(PROGRAMS.sleeps);
    await bench().subject.kill(await bench().running(serviceId));
    const evidence = await bench().outcome(serviceId);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 137 });
  });

  test('a program that is not in the image is 127, with the words of the engine', async () => {
    const { evidence } = await bench().run(PROGRAMS.isMissing);
    expect(evidence).toMatchObject({
      kind: 'ended',
      exitStatus: 127,
      message: expect.stringMatching(/^starting container failed: .*no such file/),
    });
  });

  test('an image that is nowhere is rejected, with the words of the engine', async () => {
    const { evidence } = await bench().run(PROGRAMS.true, { image: MISSING_IMAGE });
    const message = `No such image: ${MISSING_IMAGE}`;
    expect(evidence).toMatchObject({ kind: 'rejected', message });
  });

  test('a task that no node suits waits, and says why', async () => {
    const impossible = { constraints: ['node.hostname==nowhere'] };
    const serviceId = await bench().start(PROGRAMS.true, impossible);
    const task = await bench().taskThat(serviceId, 'to have a reason', ({ error }) => !!error);
    expect(task).toMatchObject({
      state: 'pending',
      desiredState: 'running',
      error: 'no suitable node (scheduling constraints not satisfied on 1 node)',
    });
    expect(task).not.toHaveProperty('nodeId');
  });

  test('a node without its bridge starts nothing, in words that name it, until it is back', async () => {
    const mend = await bench().subject.breakNode('bridge');
    try {
      const serviceId = await bench().start(PROGRAMS.true);
      const isOver = ({ desiredState }: ObservedTask) => isGivenUp(desiredState);
      const task = await bench().taskThat(serviceId, 'to fail', isOver);
      expect(task).toMatchObject({
        state: 'failed',
        message: 'starting',
        exitCode: 128,
        error: expect.stringMatching(
          /^starting container failed: .*adding interface \w+ to bridge docker0 failed: /,
        ),
      });
    } finally {
      await mend();
    }
    const { evidence } = await bench().run(PROGRAMS.true);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });

  test('a node without its runtime starts nothing, with the code of a command that is missing', async () => {
    const mend = await bench().subject.breakNode('runtime');
    try {
      const { serviceId, evidence } = await bench().run(PROGRAMS.true);
      expect(evidence).toMatchObject({
        kind: 'lost',
        reason: 'NodeFault',
        message: expect.stringMatching(/^starting container failed: .*OCI runtime create failed: /),
      });
      expect(await bench().task(serviceId)).toMatchObject({ state: 'failed', exitCode: 127 });
    } finally {
      await mend();
    }
    const { evidence } = await bench().run(PROGRAMS.true);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });

  test('a node without room rejects what it has no layer for, until there is some', async () => {
    const mend = await bench().subject.breakNode('disk');
    try {
      const { serviceId, evidence } = await bench().run(PROGRAMS.true);
      expect(evidence).toMatchObject({
        kind: 'lost',
        reason: 'NodeFault',
        message: expect.stringMatching(/^mkdir \S+: no space left on device$/),
      });
      const task = await bench().taskThat(serviceId, 'to be given up', ({ desiredState }) =>
        isGivenUp(desiredState),
      );
      expect(task).toMatchObject({ state: 'rejected', message: 'preparing' });
      expect(task.containerId ?? '').toBe('');
    } finally {
      await mend();
    }
    const { evidence } = await bench().run(PROGRAMS.true);
    expect(evidence).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });

  test('a task that asks for more than any node has waits, and says why', async () => {
    const serviceId = await bench().start(PROGRAMS.true, reserving('4096g'));
    const task = await bench().taskThat(serviceId, 'to have a reason', ({ error }) => !!error);
    expect(task).toMatchObject({
      state: 'pending',
      error: 'no suitable node (insufficient resources on 1 node)',
    });
  });

  test('a task that waits for room is placed as soon as another one leaves it', async () => {
    const memory = `${Math.floor(bench().subject.memoryBytes * 0.6)}`;
    const first = await bench().start(PROGRAMS.endsOnTerm, reserving(memory));
    await bench().running(first);
    const second = await bench().start(PROGRAMS.true, reserving(memory));
    await bench().taskThat(second, 'to wait', ({ error }) => !!error);
    await bench().subject.engine.removeService(first);
    expect(await bench().outcome(second)).toMatchObject({ kind: 'ended', exitStatus: 0 });
  });

  test('a task may be kept off a node, and be sent to one', async () => {
    const [node] = await bench().subject.engine.listNodes();
    const off = await bench().start(PROGRAMS.true, { constraints: [`node.id!=${node?.id}`] });
    const on = await bench().run(PROGRAMS.true, {
      constraints: ['node.id!=another', `node.hostname==${node?.hostname}`],
    });
    expect(on.evidence).toMatchObject({ kind: 'ended', trace: { nodeId: node?.id } });
    const waiting = await bench().taskThat(off, 'to have a reason', ({ error }) => !!error);
    expect(waiting.state).toBe('pending');
  });
}
