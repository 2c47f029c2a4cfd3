import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseLock, takeLock } from './embedded-lock.ts';
import { type ProcessId, processId } from './embedded-process.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmer-lock-'));
  path = join(folder, 'swarmer.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

function living(pid: number): ProcessId {
  const id = processId(pid);
  if (id === undefined) throw new Error(`no process ${pid}`);
  return id;
}

const self = living(process.pid);
const other = living(process.ppid);
const dead = { ...self, startedAt: '1' };
const foreign = { ...self, pidNamespace: 'pid:[1]' };
const owner = () => JSON.parse(readFileSync(path, 'utf8'));
const write = (id: ProcessId, at = path) => writeFileSync(at, JSON.stringify(id));
const never = () => Promise.reject(new Error('nobody is to be asked'));

describe('the lock', () => {
  it('is taken when it is free, and is free again when it is released', async () => {
    expect(await takeLock(path, self, never)).toBeUndefined();
    expect(owner()).toEqual(self);
    releaseLock(path, self);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stays with a living owner, the own process too', async () => {
    write(other);
    expect(await takeLock(path, self, never)).toEqual(other);
    releaseLock(path, self);
    expect(owner()).toEqual(other);
    write(self);
    expect(await takeLock(path, self, never)).toEqual(self);
  });

  it('is taken over from a dead owner, and nothing else stays behind', async () => {
    write(dead);
    expect(await takeLock(path, self, never)).toBeUndefined();
    expect(owner()).toEqual(self);
    expect(readdirSync(folder)).toEqual(['swarmer.lock']);
  });

  it('is taken over when it cannot be read', async () => {
    writeFileSync(path, 'garbage');
    expect(await takeLock(path, self, never)).toBeUndefined();
    expect(owner()).toEqual(self);
  });

  it('is left to the one who takes it over at this moment', async () => {
    write(dead);
    write(other, `${path}.${dead.pid}-${dead.startedAt}`);
    expect(await takeLock(path, self, never)).toEqual(other);
    expect(owner()).toEqual(dead);
  });

  it('is taken over although somebody died while taking it over', async () => {
    write(dead);
    write({ ...dead, startedAt: '2' }, `${path}.${dead.pid}-${dead.startedAt}`);
    expect(await takeLock(path, self, never)).toBeUndefined();
    expect(owner()).toEqual(self);
    expect(readdirSync(folder)).toEqual(['swarmer.lock']);
  });

  it('of another container is taken over only when that is said to be gone', async () => {
    write(foreign);
    expect(await takeLock(path, self, async () => true)).toEqual(foreign);
    expect(await takeLock(path, self, async () => false)).toBeUndefined();
    expect(owner()).toEqual(self);
  });
});
