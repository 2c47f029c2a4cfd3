import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { lifeOf, parseProcessId, processId, signalProcess } from './embedded-process.ts';

function self() {
  const id = processId(process.pid);
  if (id === undefined) throw new Error('/proc does not show this process');
  return id;
}

describe('a process', () => {
  it('is alive while exactly it runs', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const id = processId(child.pid ?? 0);
    expect(id && lifeOf(id)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(id && lifeOf(id)).toBe('dead');
  });

  it('is not another one that has its pid, and that one is never signalled', () => {
    const earlier = { ...self(), startedAt: '1' };
    expect(lifeOf(earlier)).toBe('dead');
    signalProcess(earlier, 'SIGKILL');
    expect(lifeOf(self())).toBe('alive');
  });

  it('is dead after a reboot, and unknown in another container', () => {
    expect(lifeOf({ ...self(), bootId: 'earlier' })).toBe('dead');
    expect(lifeOf({ ...self(), pidNamespace: 'pid:[1]' })).toBe('unknown');
  });

  it('is read back as it was written, and not from anything else', () => {
    expect(parseProcessId(JSON.stringify(self()))).toEqual(self());
    for (const text of ['', '{', 'null', '{}', '{"pid":1}']) {
      expect(parseProcessId(text)).toBeUndefined();
    }
  });
});
