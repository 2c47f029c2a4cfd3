import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobText, useBench } from './testing/directory.ts';

const bench = useBench();
const at = (path: string) => join(bench().directory, path);

describe('a directory that Kubernetes or an operator mounts', () => {
  /** Puts the content of a mounted config in place in one step, as a kubelet does. */
  async function mount(version: string, text: string): Promise<void> {
    await bench().write(`..${version}/job.yaml`, text);
    await symlink(`..${version}`, at('..new'));
    await rename(at('..new'), at('..data'));
  }

  it('is read through its links, each file once', async () => {
    await mount('v1', jobText('one'));
    await symlink('..data/job.yaml', at('job.yaml'));
    await bench().start();
    expect(bench().fake.made).toEqual(['one']);
    await mount('v2', jobText('one', ', parallelism: 3'));
    await bench().hint();
    await bench().lookOnce(5000);
    expect(bench().fake.job('one').spec.parallelism).toBe(3);
    expect(bench().log.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('may have links that lead back to it, and two ways to one file', async () => {
    await bench().write('a/job.yaml', jobText('one'));
    await symlink('..', at('a/loop'));
    await symlink('a/job.yaml', at('b.yaml'));
    await bench().start();
    expect(bench().fake.made).toEqual(['one']);
    expect(bench().told(/^another manifest/)).toEqual([]);
  });

  it('has its hidden entries and other files left alone', async () => {
    await bench().write('.hidden.yaml', jobText('hidden'));
    await bench().write('.git/a.yaml', jobText('hidden'));
    await bench().write('README.md', 'no manifest');
    await bench().start();
    expect(bench().fake.made).toEqual([]);
    expect(bench().log).toEqual([]);
  });
});

describe('what cannot be read', () => {
  it('keeps nothing else from being applied, and is told once', async () => {
    await symlink('nowhere', at('a.yaml'));
    await bench().write('b.yaml', jobText('one'));
    await bench().write('c.yaml', Buffer.from([0xff, 0xfe, 0xff]));
    await bench().write('d.yaml', jobText('two'));
    await bench().start();
    await bench().look();
    expect(bench().fake.made).toEqual(['one', 'two']);
    const problems = bench()
      .told('file left out')
      .map(({ problem }) => problem);
    expect(problems).toEqual([
      `${at('a.yaml')}: this link leads nowhere; it is left out`,
      `${at('c.yaml')}: is not text in UTF-8: save it as UTF-8`,
    ]);
  });

  it('is the directory itself: told once, and looked at again until it is back', async () => {
    await bench().write('a.yaml', jobText('one'));
    await bench().start();
    await rm(bench().directory, { recursive: true });
    await bench().look();
    await bench().look();
    expect(bench().told(/^the directory of manifests cannot be looked at/)).toHaveLength(1);
    await mkdir(bench().directory);
    await bench().write('a.yaml', jobText('one'));
    await bench().write('b.yaml', jobText('two'));
    await bench().look();
    expect(bench().fake.made).toEqual(['one', 'two']);
  });
});

it('is watched with all its directories, for as long as they are there', async () => {
  await bench().write('a/b/job.yaml', jobText('one'));
  await bench().start();
  expect([...bench().watched.keys()].sort()).toEqual([at('.'), at('a'), at('a/b')].map(trim));
  await rm(at('a/b'), { recursive: true });
  await bench().hint(at('a'));
  expect([...bench().watched.keys()].sort()).toEqual([at('.'), at('a')].map(trim));
  await bench().write('a/b/job.yaml', jobText('one'));
  await bench().hint(at('a'));
  expect([...bench().watched.keys()]).toContain(at('a/b'));
  await bench().stop();
  expect([...bench().watched.keys()]).toEqual([]);
});

function trim(path: string): string {
  return path.replace(/\/$/, '');
}
