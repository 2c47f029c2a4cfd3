import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvFiles, withEnvFiles } from './env-files.ts';
import { formatFault } from './fault.ts';
import { nodeFiles } from './node-files.ts';
import { readManifests } from './read.ts';

let directory: string;
beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'swarmer-env-files-')), 'manifests');
  await mkdir(join(directory, '..data'), { recursive: true });
  await writeFile(join(directory, '..', 'secret.env'), 'SECRET=1\n');
  await writeFile(join(directory, '..data', 'd.env'), 'D=1\n');
  await symlink('../secret.env', join(directory, 'out.env'));
  await symlink('..', join(directory, 'up'));
  await symlink('..data/d.env', join(directory, 'd.env'));
  await writeFile(join(directory, 'a.env'), 'A=1\nB=1\nC=1\n');
  await writeFile(join(directory, 'b.env'), 'B=2\nC=2\n');
  await writeFile(join(directory, 'bad.env'), 'X Y=1\n');
});
afterAll(() => rm(join(directory, '..'), { recursive: true }));

/** What a manifest in the directory comes to. */
async function read(text: string, confined: boolean | string = false) {
  const source = join(directory, 'job.yaml');
  const { documents } = readManifests(text, source);
  const access = nodeFiles(Readable.from([]));
  const files = await readEnvFiles(documents, { access, confined });
  const [result] = documents.map((document) => withEnvFiles(document, files));
  if (result === undefined) throw new Error('no document');
  const told = result.faults.map((fault) => formatFault(fault).replace(`${directory}/`, ''));
  return { value: result.document.value, told };
}

const job = (spec: string) => `kind: Job\nspec: {image: x, ${spec}}\n`;

describe('envFile of a manifest', () => {
  it('is replaced by its variables: later files stand above earlier ones, env above all', async () => {
    const { value, told } = await read(job('envFile: [a.env, b.env], env: {C: "3"}'));
    expect(told).toEqual([]);
    expect(value).toEqual({ kind: 'Job', spec: { image: 'x', env: { A: '1', B: '2', C: '3' } } });
  });

  it('is read of the template of a cron job', async () => {
    const text = 'kind: CronJob\nspec: {jobTemplate: {spec: {image: x, envFile: b.env}}}\n';
    expect((await read(text)).value).toEqual({
      kind: 'CronJob',
      spec: { jobTemplate: { spec: { image: 'x', env: { B: '2', C: '2' } } } },
    });
  });

  it('is told with its place when there is no such file, or it is wrong', async () => {
    expect((await read(job('envFile: [a.env, nowhere.env, bad.env]'))).told).toEqual([
      'job.yaml:2:35: spec.envFile[1]: nowhere.env: there is no such file',
      'job.yaml:2:48: spec.envFile[2]: bad.env: line 1: the name of a variable must not have spaces in it',
    ]);
  });

  it.each(['../a.env', '/etc/passwd', 'x/../../a.env', 'out.env', 'up/secret.env', '.'])(
    'does not lead out of a directory that is kept applied: %s',
    async (path) => {
      const { value, told } = await read(job(`envFile: ${path}`), true);
      expect(told).toEqual([
        `job.yaml:2:27: spec.envFile: ${path}: must be a file beside the manifest, or below`,
      ]);
      expect(value).toMatchObject({ spec: { env: {} } });
    },
  );

  it.each(['d.env', './d.env', '..data/d.env'])(
    'is read where a link stays within that directory: %s',
    async (path) => {
      const { value, told } = await read(job(`envFile: ${path}`), true);
      expect(told).toEqual([]);
      expect(value).toMatchObject({ spec: { env: { D: '1' } } });
    },
  );

  it('says what lets a file be read that is elsewhere, where something does', async () => {
    const { told } = await read(job('envFile: out.env'), 'ask for it');
    expect(told).toEqual([
      'job.yaml:2:27: spec.envFile: out.env: must be a file beside the manifest, or below; ask for it',
    ]);
    expect((await read(job('envFile: out.env'))).value).toMatchObject({
      spec: { env: { SECRET: '1' } },
    });
  });

  it('that is something else is left for the check', async () => {
    const { value } = await read(job('envFile: 7'));
    expect(value).toMatchObject({ spec: { envFile: 7 } });
  });
});
