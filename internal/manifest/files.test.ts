import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectFiles, type ManifestFile } from './files.ts';
import { MANIFEST_LIMITS } from './limits.ts';
import { nodeFiles } from './node-files.ts';
import { readManifests } from './read.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'swarmer-manifests-'));
});

afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: string | Uint8Array = 'a: 1\n'): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), content);
}

async function* stdin(...chunks: (Uint8Array | string)[]): AsyncGenerator<Uint8Array | string> {
  yield* chunks;
}

function collect(paths: string[], recursive = false, input = stdin()): Promise<ManifestFile[]> {
  return collectFiles(paths, { recursive }, nodeFiles(input));
}

/** Names below the directory of the test. */
async function namesOf(paths: string[], recursive = false): Promise<string[]> {
  const files = await collect(
    paths.map((path) => join(root, path)),
    recursive,
  );
  return files.map(({ source }) => source.slice(root.length + 1));
}

describe('collectFiles', () => {
  it('takes files by themselves, whatever they are called, in the order they are given', async () => {
    await write('b.yaml');
    await write('a.txt');
    expect(await namesOf(['b.yaml', 'a.txt'])).toEqual(['b.yaml', 'a.txt']);
  });

  it('takes the manifests directly within a directory, sorted', async () => {
    for (const name of ['b.yml', 'a.yaml', 'c.JSON', 'd.txt', '.e.yaml', 'f/g.yaml']) {
      await write(name);
    }
    expect(await namesOf(['.'])).toEqual(['a.yaml', 'b.yml', 'c.JSON']);
  });

  it('takes those in all directories below when asked to', async () => {
    for (const name of ['b/z.yaml', 'a.yaml', 'b/c/d.json', '.git/x.yaml']) await write(name);
    expect(await namesOf(['.'], true)).toEqual(['a.yaml', 'b/c/d.json', 'b/z.yaml']);
  });

  it('takes a file once where links go round in circles', async () => {
    await write('a/job.yaml');
    await symlink(root, join(root, 'a/up'));
    await symlink('job.yaml', join(root, 'a/twin.yaml'));
    await symlink('self', join(root, 'self'));
    expect(await namesOf(['.'], true)).toEqual(['a/job.yaml']);
  });

  it('takes the files of a mounted ConfigMap, which are links, once', async () => {
    await write('..2024/job.yaml');
    await symlink('..2024', join(root, '..data'));
    await symlink('..data/job.yaml', join(root, 'job.yaml'));
    expect(await namesOf(['.'], true)).toEqual(['job.yaml']);
  });

  it('reads standard input, once', async () => {
    const [file] = await collect(['-'], false, stdin('a: ', Buffer.from('1')));
    expect([file?.source, await file?.read()]).toEqual(['<stdin>', 'a: 1']);
    await expect(collect(['-', '-'])).rejects.toThrow('"-" is given twice');
  });

  it('says which path does not exist', async () => {
    await expect(namesOf(['a.yaml'])).rejects.toThrow(
      `${root}/a.yaml: no such file or directory: check the path`,
    );
  });

  it('says which link leads nowhere', async () => {
    await write('a.yaml');
    await symlink('gone', join(root, 'b.yaml'));
    await expect(namesOf(['.'])).rejects.toThrow('b.yaml: this link leads nowhere');
  });

  it('says of every path what is wrong with it, where somebody listens, and takes the others', async () => {
    await write('a/job.yaml');
    await symlink('gone', join(root, 'a/b.yaml'));
    await write('c/d.txt');
    await write('e/f.txt');
    await symlink('gone', join(root, 'e/g.yaml'));
    const told: string[] = [];
    const unreadable = ({ message }: Error) => told.push(message.replaceAll(`${root}/`, ''));
    const paths = ['x.yaml', '-', 'a', '-', 'c', 'y.yaml', 'e'].map((path) =>
      path === '-' ? path : join(root, path),
    );
    const files = await collectFiles(paths, { recursive: true, unreadable }, nodeFiles(stdin()));
    expect(files.map(({ source }) => source)).toEqual(['<stdin>', join(root, 'a/job.yaml')]);
    expect(told.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'x.yaml: no such file or directory',
      'a/b.yaml: this link leads nowhere',
      '"-" is given twice: standard input can be read once',
      'c: no manifests in this directory',
      'y.yaml: no such file or directory',
      'e/g.yaml: this link leads nowhere',
    ]);
  });

  it('says that a directory has no manifests, and how to look below it', async () => {
    await write('a/b.yaml');
    await write('c.txt');
    await expect(namesOf([''])).rejects.toThrow(/no manifests in this directory.*--recursive/);
    await rm(join(root, 'a'), { recursive: true });
    await expect(namesOf([''], true)).rejects.toThrow(/no manifests in this directory[^-]*$/);
  });

  it('passes on, with the path, why a directory cannot be read', async () => {
    const access = {
      ...nodeFiles(stdin()),
      list: () => Promise.reject(new Error('EACCES: permission denied')),
    };
    await expect(collectFiles([root], { recursive: false }, access)).rejects.toThrow(
      `${root}: cannot be read: EACCES: permission denied`,
    );
  });
});

describe('the text of a file', () => {
  async function textOf(content: string | Uint8Array): Promise<string | undefined> {
    await write('a.yaml', content);
    const [file] = await collect([join(root, 'a.yaml')]);
    return file?.read();
  }

  it('is what is in it, without a byte order mark', async () => {
    expect(await textOf('\uFEFFa: é')).toBe('a: é');
    expect(await textOf('')).toBe('');
  });

  it('must be UTF-8', async () => {
    await expect(textOf(Buffer.from('a: 1', 'utf16le').fill(0xff, 0, 1))).rejects.toThrow(
      'a.yaml: is not text in UTF-8: save it as UTF-8',
    );
  });

  it('is read only as far as shows that it is too large', async () => {
    const text = await textOf('é'.repeat(MANIFEST_LIMITS.bytes));
    expect(text?.length).toBeLessThan(MANIFEST_LIMITS.bytes);
    expect(readManifests(text ?? '', 'a.yaml').faults).toMatchObject([
      { message: expect.stringContaining('too large') },
    ]);
  });

  it('ends at the limit where a stream does not', async () => {
    const [file] = await collect(['-'], false, endless());
    expect(readManifests((await file?.read()) ?? '', '<stdin>').faults).toHaveLength(1);
  });

  it('that cannot be read says why', async () => {
    await write('a.yaml');
    const [file] = await collect([join(root, 'a.yaml')]);
    await rm(join(root, 'a.yaml'));
    await expect(file?.read()).rejects.toThrow(/a\.yaml: cannot be read: ENOENT/);
  });
});

async function* endless(): AsyncGenerator<string> {
  for (;;) yield 'a'.repeat(65_536);
}
