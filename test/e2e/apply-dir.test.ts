import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { cleanEnv } from '../lab/spawn.ts';
import { waitFor } from '../lab/wait.ts';
import { served } from '../support/served.ts';

const lab = injectLab();
const image = await lab.ensureImage('busybox');
const directory = mkdtempSync(join(lab.dir, 'manifests-'));
const { swarmer } = await served(lab, { SWARMER_INSTANCE: 'apply-dir' }, ['--apply', directory]);

interface JobAnswer {
  metadata: { uid: string };
  spec: { args: string[] };
  status: { phase: string };
}

function manifest(name: string, word: string): string {
  return `apiVersion: swarmer/v1
kind: Job
metadata: {name: ${name}}
spec:
  image: ${image}
  args: [echo, ${word}]
`;
}

/** Puts a file in place in one step, as tools that deploy do. */
function put(path: string, text: string): void {
  writeFileSync(join(directory, '.new'), text);
  renameSync(join(directory, '.new'), join(directory, path));
}

async function job(name: string): Promise<JobAnswer | undefined> {
  const response = await swarmer.request(`/v1/namespaces/default/jobs/${name}`);
  if (response.status === 404) return undefined;
  expect(response.status).toBe(200);
  return (await response.json()) as JobAnswer;
}

/** Awaits the end of the job of a name. */
function ended(name: string): Promise<JobAnswer> {
  const look = async () => {
    const found = await job(name);
    return found !== undefined && found.status.phase !== 'Running' ? found : undefined;
  };
  return waitFor(look, { what: `${name} to end`, timeoutMs: 60_000 });
}

function gone(name: string): Promise<boolean> {
  const look = async () => (await job(name)) === undefined;
  return waitFor(look, { what: `${name} to be removed`, timeoutMs: 30_000 });
}

/** Lines of the log that tell of an object with this message. */
function told(message: string, object: string) {
  return swarmer.logLines().filter((line) => line['msg'] === message && line['object'] === object);
}

test('a new file is applied, a faulty one beside it is told with its place', async () => {
  put('bad.yaml', manifest('bad', 'x').replace('image:', 'imag:'));
  put('hello.yaml', manifest('hello', 'one'));
  expect((await ended('hello')).status.phase).toBe('Complete');
  const line = await swarmer.logged(
    'file has faults: nothing of it is applied until they are mended',
  );
  expect(line).toMatchObject({
    manifest: join(directory, 'bad.yaml'),
    faults: expect.arrayContaining([
      expect.stringMatching(/bad\.yaml:5:3: spec\.imag: unknown field "imag"/),
    ]),
  });
  expect(await job('bad')).toBeUndefined();
});

test('a job that was removed does not run again at a restart, and does when its file changes', async () => {
  const { metadata } = await ended('hello');
  await swarmer.request('/v1/namespaces/default/jobs/hello', { method: 'DELETE' });
  await gone('hello');
  await swarmer.end();
  put('other.yaml', manifest('other', 'x'));
  await swarmer.start();
  // Files are applied in the order of their names: "other" comes after "hello".
  expect((await ended('other')).status.phase).toBe('Complete');
  expect(await job('hello')).toBeUndefined();
  put('hello.yaml', manifest('hello', 'two'));
  const again = await ended('hello');
  expect(again.spec.args).toEqual(['echo', 'two']);
  expect(again.metadata.uid).not.toBe(metadata.uid);
  expect(told('manifest applied', 'Job/default/hello')).toHaveLength(2);
});

test('a mounted config directory is read through its links', async () => {
  mkdirSync(join(directory, '..v1'));
  writeFileSync(join(directory, '..v1', 'linked.yaml'), manifest('linked', 'x'));
  symlinkSync('..v1', join(directory, '..data'));
  symlinkSync('..data/linked.yaml', join(directory, 'linked.yaml'));
  expect((await ended('linked')).status.phase).toBe('Complete');
});

test('cron jobs are applied too', async () => {
  const text = manifest('unused', 'x').replace(/^[\s\S]*spec:\n/, '');
  const template = text.replace(/^ {2}/gm, '      ');
  put(
    'nightly.yaml',
    `apiVersion: swarmer/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
${template}`,
  );
  const line = () => told('manifest applied', 'CronJob/default/nightly')[0];
  expect(await waitFor(line, { what: 'the cron job', timeoutMs: 30_000 })).toMatchObject({
    result: 'created',
  });
});

test('a directory that does not exist is told in a sentence, and nothing starts', async () => {
  const program = fileURLToPath(new URL('../../dist/cmd/swarmer.js', import.meta.url));
  const missing = join(directory, 'missing');
  const env = { ...cleanEnv, SWARMER_DATA_DIR: join(lab.dir, 'never'), SWARMER_PORT: '0' };
  const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
    const args = [program, 'serve', '--apply', missing];
    execFile(process.execPath, args, { env }, (error, _stdout, text) => {
      resolve({ code: Number(error?.code ?? 0), stderr: text });
    });
  });
  expect(stderr).toBe(
    `swarmer: --apply (SWARMER_APPLY_DIR): ${missing} does not exist: ` +
      'make it, or name a directory of manifests\n',
  );
  expect(code).toBe(2);
});
