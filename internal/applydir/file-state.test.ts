import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  open,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesState, openForWriting } from './file-state.ts';

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swarmer-state-'));
  await writeFile(at('a.yaml'), 'a');
});
afterEach(() => rm(directory, { recursive: true }));

describe('what a file system tells of a file', () => {
  const stamp = async () => (await filesState([at('a.yaml')])).stamp;

  it.each<[string, () => Promise<unknown>]>([
    ['written to', () => appendFile(at('a.yaml'), 'b')],
    [
      'written anew with its old time, as by cp -p',
      async () => {
        await writeFile(at('a.yaml'), 'b');
        await utimes(at('a.yaml'), 1, 1);
      },
    ],
    [
      'replaced',
      async () => {
        await writeFile(at('b.yaml'), 'a');
        await rm(at('a.yaml'));
        await link(at('b.yaml'), at('a.yaml'));
      },
    ],
  ])('differs when it was %s', async (_what, change) => {
    await utimes(at('a.yaml'), 1, 1);
    const before = await stamp();
    expect(await stamp()).toBe(before);
    await change();
    expect(await stamp()).not.toBe(before);
  });

  it('is of several files when they are taken together', async () => {
    const both = () => filesState([at('a.yaml'), at('b.env')]);
    const before = await both();
    expect(before.direct).toBe(false);
    await writeFile(at('b.env'), 'A=1');
    expect((await both()).stamp).not.toBe(before.stamp);
  });

  it('says whether there is another way to it than its directory', async () => {
    await symlink('a.yaml', at('link.yaml'));
    await mkdir(at('v1'));
    await writeFile(at('v1/b.yaml'), 'b');
    await symlink('v1', at('data'));
    const direct = async (name: string) => (await filesState([at(name)])).direct;
    expect([await direct('a.yaml'), await direct('link.yaml')]).toEqual([true, false]);
    expect([await direct('v1/b.yaml'), await direct('data/b.yaml')]).toEqual([true, false]);
    await link(at('a.yaml'), at('twin.yaml'));
    expect([await direct('a.yaml'), await direct('twin.yaml')]).toEqual([false, false]);
  });
});

describe.runIf(process.platform === 'linux')('a file that a process has open', () => {
  it.each([
    ['w', true],
    ['a', true],
    ['r+', true],
    ['r', false],
  ])('by the flags %j is open for writing: %s', async (flags, writes) => {
    await symlink('a.yaml', at('link.yaml'));
    await mkdir(at('other'));
    await writeFile(at('other/a.yaml'), 'a');
    const file = await open(at('a.yaml'), flags);
    const ways = [at('a.yaml'), at('link.yaml')];
    const asked = [...ways, at('other/a.yaml'), at('none.yaml')];
    expect([...(await openForWriting(asked))]).toEqual(writes ? ways : []);
    await file.close();
    expect(await openForWriting(asked)).toEqual(new Set());
  });
});
