import { expect, test } from 'vitest';
import type { Bench } from './conformance-bench.ts';
import { PROGRAMS } from './programs.ts';

/** Names, and what becomes of a service that is removed. */
export function servicesConform(bench: () => Bench): void {
  test('a service that was created is listed, with its name and labels', async () => {
    const spec = bench().spec(PROGRAMS.true);
    const id = await bench().create(spec);
    const services = await bench().subject.engine.listServices();
    expect(services).toContainEqual({ id, name: spec.Name, labels: spec.Labels });
  });

  test('creating the same attempt again adopts its service', async () => {
    const spec = bench().spec(PROGRAMS.true);
    const id = await bench().create(spec);
    expect(await bench().subject.engine.createService(spec)).toEqual({ id, adopted: true });
  });

  test('a name that a service of somebody else has is a conflict', async () => {
    const spec = bench().spec(PROGRAMS.true);
    await bench().create({ ...spec, Labels: {} });
    const again = bench().subject.engine.createService(spec);
    await expect(again).rejects.toMatchObject({
      code: 'NameConflict',
      status: 409,
      message: expect.stringContaining(`service ${spec.Name} already exists`),
    });
  });

  test('a name in other case is the same name: the attempt by its labels is adopted', async () => {
    const spec = bench().spec(PROGRAMS.true);
    await bench().create({ ...spec, Name: spec.Name.toUpperCase() });
    const again = await bench().subject.engine.createService(spec);
    expect(again).toMatchObject({ adopted: true });
  });

  test('a name is free as soon as its service is removed', async () => {
    const { engine } = bench().subject;
    const spec = bench().spec(PROGRAMS.endsOnTerm);
    const first = await bench().create(spec);
    await bench().running(first);
    await engine.removeService(first);
    const second = await engine.createService(spec);
    expect(second).toMatchObject({ adopted: false });
    await engine.removeService(second.id);
  });

  test.each([
    ['image reference', { image: 'UPPER CASE' }, /not a valid repository\/tag/],
    ['empty image reference', { image: '' }, /image reference must be provided/],
  ])('a broken %s is refused at once', async (_, options, words) => {
    const refused = bench().subject.engine.createService(bench().spec(PROGRAMS.true, options));
    await expect(refused).rejects.toMatchObject({
      code: 'Invalid',
      status: 400,
      message: expect.stringMatching(words),
    });
  });

  test.each([
    ['with a space', 'a b', /DNS name component/],
    ['of 64 characters', 'a'.repeat(64), /63 characters or fewer/],
  ])('a name %s is refused at once', async (_, Name, words) => {
    const spec = { ...bench().spec(PROGRAMS.true), Name };
    await expect(bench().subject.engine.createService(spec)).rejects.toMatchObject({
      code: 'Invalid',
      status: 400,
      message: expect.stringMatching(words),
    });
  });

  test('a service can be removed by id and by name', async () => {
    const { engine } = bench().subject;
    const spec = bench().spec(PROGRAMS.true);
    const byName = await bench().create(spec);
    const byId = await bench().start(PROGRAMS.true);
    await engine.removeService(spec.Name);
    await engine.removeService(byId);
    const left = (await engine.listServices()).map(({ id }) => id);
    expect(left).not.toContain(byName);
    expect(left).not.toContain(byId);
  });

  test('removing a service that is not there is success', async () => {
    await expect(bench().subject.engine.removeService('nosuchservice')).resolves.toBeUndefined();
  });

  test('removing a service takes its running task away', async () => {
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    await bench().running(serviceId);
    await bench().subject.engine.removeService(serviceId);
    await bench().taskGone(serviceId);
    expect(await bench().task(serviceId)).toBeUndefined();
  });

  test('a removed task is listed as it was, to be removed, until its grace is over and its container gone', async () => {
    const { engine } = bench().subject;
    const grace = { template: { terminationGracePeriodSeconds: 2 } };
    const serviceId = await bench().start(PROGRAMS.sleeps, grace);
    const { id } = await bench().running(serviceId);
    const begun = Date.now();
    await engine.removeService(serviceId);
    expect(await engine.findService(serviceId)).toBeUndefined();
    const asked = { state: 'running', desiredState: 'remove' };
    expect(await bench().task(serviceId)).toMatchObject(asked);
    await bench().eventually('the stop to begin', async () => {
      const task = await engine.findTask(id);
      if (Date.now() - begun < 1500) expect(task).toMatchObject(asked);
      return task?.exitCode === -1;
    });
    const gone = () => engine.findTask(id).then((task) => task === undefined);
    await bench().eventually('the task to be gone', gone);
    expect(Date.now() - begun).toBeGreaterThan(2000);
    expect(await bench().task(serviceId)).toBeUndefined();
  });

  test('a removed task whose container no signal ends stays listed beyond its grace, until it does', async () => {
    const { engine } = bench().subject;
    const grace = { template: { terminationGracePeriodSeconds: 1 } };
    const serviceId = await bench().start(PROGRAMS.sleeps, grace);
    const task = await bench().running(serviceId);
    const letGo = await bench().subject.holdContainer(task);
    try {
      await engine.removeService(serviceId);
      const begun = Date.now();
      await bench().eventually('three times its grace to be over', async () => {
        const asked = { state: 'running', desiredState: 'remove' };
        expect(await engine.findTask(task.id)).toMatchObject(asked);
        expect(await bench().task(serviceId)).toMatchObject(asked);
        return Date.now() - begun > 3000;
      });
      expect(await engine.findService(serviceId)).toBeUndefined();
    } finally {
      await letGo();
    }
    await bench().taskGone(serviceId);
    expect(await engine.findTask(task.id)).toBeUndefined();
  });

  test('removing a service takes a task away that no node suits', async () => {
    const impossible = { constraints: ['node.hostname==nowhere'] };
    const serviceId = await bench().start(PROGRAMS.true, impossible);
    await bench().taskThat(serviceId, 'to wait', ({ state }) => state === 'pending');
    await bench().subject.engine.removeService(serviceId);
    await bench().taskGone(serviceId);
    expect(await bench().task(serviceId)).toBeUndefined();
  });

  test('a service and its task are found by name and id, and told to be absent when they are', async () => {
    const { engine } = bench().subject;
    const spec = bench().spec(PROGRAMS.endsOnTerm);
    const serviceId = await bench().create(spec);
    const { id } = await bench().running(serviceId);
    const found = { id: serviceId, name: spec.Name, labels: spec.Labels };
    expect(await engine.findService(serviceId)).toEqual(found);
    expect(await engine.findService(spec.Name)).toEqual(found);
    expect(await engine.findTask(id)).toEqual(await bench().task(serviceId));
    await engine.removeService(serviceId);
    expect(await engine.findService(serviceId)).toBeUndefined();
    expect(await engine.findService(spec.Name)).toBeUndefined();
    await bench().taskGone(serviceId);
    expect(await engine.findTask(id)).toBeUndefined();
  });

  test('a service that somebody else removed is in no list, nor is its task', async () => {
    const { engine, stranger } = bench().subject;
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    await bench().running(serviceId);
    await stranger.removeService(serviceId);
    await bench().taskGone(serviceId);
    expect((await engine.listServices()).map(({ id }) => id)).not.toContain(serviceId);
  });

  test('what another installation has is not seen', async () => {
    const { stranger } = bench().subject;
    const serviceId = await bench().start(PROGRAMS.endsOnTerm);
    await bench().running(serviceId);
    expect(await stranger.listServices()).toEqual([]);
    expect(await stranger.listTasks()).toEqual([]);
  });
}
