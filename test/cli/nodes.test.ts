import { afterAll, expect, test } from 'vitest';
import { waitFor } from '../lab/wait.ts';
import { HELD, letGo, TRAPS, WAITS } from './held-task.ts';
import { jobFile } from './manifest.ts';
import { serve } from './serve.ts';
import { verb } from './verb.ts';

const { ctl, image, lab, swarmer } = await serve('ctl-nodes', { SWARMER_LEASE_SECONDS: '1' });
const node = lab.manager.hostname;

/** The other test files use the same node. */
afterAll(async () => {
  const [raw] = await lab.docker.listNodes();
  const { ID, Version, Spec } = raw as { ID: string; Version: { Index: number }; Spec: object };
  const active = { ...Spec, Availability: 'active', version: Version.Index };
  await lab.docker.getNode(ID).update(active);
});

const availability = async () => (await lab.docker.listNodes())[0]?.Spec?.Availability;

/** A job of one task that runs until it is let go. @returns its uid. */
async function start(name: string): Promise<string> {
  const args = ['sh', '-c', `${TRAPS} echo waits; ${WAITS}; echo done`];
  await ctl.read(['apply', '-f', '-'], { stdin: jobFile(name, { image, args }) });
  const text = async () => (await ctl.run(['logs', name])).stdout.includes('waits');
  await waitFor(text, { what: `the task of ${name} to wait`, timeoutMs: 30_000 });
  return ctl.read(['get', `job/${name}`, '-o', 'jsonpath={.metadata.uid}']);
}

verb('drain', () => {
  test('--wait lets what runs end, also when the server dies meanwhile, and drains then', async () => {
    await waitFor(async () => (await ctl.read(['nodes'])).includes(node), { what: 'the node' });
    const uid = await start('long');
    const draining = ctl.start(['drain', node, '--wait', '--timeout', '90s']);
    await draining.shows(`node/${node} is paused, 1 of our tasks still run on it`, 'stderr');
    expect(await availability()).toBe('pause');
    expect(await ctl.read(['nodes'])).toMatch(/^\S+ +ready +pause,draining +1$/m);
    await swarmer.end('SIGKILL');
    await swarmer.start();
    await letGo(lab, uid);
    const { code, stdout } = await draining.end();
    expect([code, stdout]).toEqual([0, `node/${node} to be drained\nnode/${node} drained\n`]);
    expect(await availability()).toBe('drain');
    expect(await ctl.read(['nodes'])).toMatch(/^\S+ +ready +drain +0$/m);
    await ctl.read(['wait', 'long', '--for', 'complete', '--timeout', '30s']);
    expect(await ctl.read(['logs', 'long'])).toBe('waits\ndone\n');
    // Again it is done at once.
    await ctl.read(['drain', node, '--wait']);
  });

  test('tells what is not there, and exits with 5', async () => {
    const { code, stdout, stderr } = await ctl.run(['drain', 'nowhere', '--wait']);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain('node/nowhere: There is no such node.');
    expect((await ctl.run(['drain', node, '--timeout', '1s'])).code).toBe(2);
  });
});

verb('undrain', () => {
  test('makes a node active again', async () => {
    expect(await ctl.read(['undrain', node])).toBe(`node/${node} to be active again\n`);
    const args = ['sh', '-c', HELD.replace(WAITS, 'true')];
    await ctl.read(['apply', '-f', '-'], { stdin: jobFile('after', { image, args }) });
    await ctl.read(['wait', 'after', '--for', 'complete', '--timeout', '30s']);
    expect(await availability()).toBe('active');
  });

  test('gives up a drain that still waits; who waits for it is told', async () => {
    const uid = await start('kept');
    const short = await ctl.run(['drain', node, '--wait', '--timeout', '2s']);
    expect([short.code, short.stderr]).toEqual([6, expect.stringContaining('the drain goes on')]);
    const draining = ctl.start(['drain', node, '--wait']);
    await draining.shows('1 of our tasks still run on it', 'stderr');
    await ctl.read(['undrain', node]);
    const { code, stderr } = await draining.end();
    expect([code, stderr]).toEqual([1, expect.stringContaining('has given its drain up')]);
    const active = async () => (await availability()) === 'active';
    await waitFor(active, { what: 'the node to be active', timeoutMs: 10_000 });
    await letGo(lab, uid);
    await ctl.read(['wait', 'kept', '--for', 'complete', '--timeout', '30s']);
  });
});
