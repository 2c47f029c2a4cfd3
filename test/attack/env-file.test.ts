import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../cli/swarmerctl.ts';
import { injectLab } from '../lab/inject.ts';

/** S11: manifests of a stranger, which a pipeline applies beside its own files. */

const dir = mkdtempSync(join(injectLab().dir, 'pipeline-'));
const repository = join(dir, 'repository');
mkdirSync(join(repository, 'jobs'), { recursive: true });
writeFileSync(join(dir, 'deploy.env'), 'KEY=of-the-pipeline\n');
writeFileSync(join(repository, 'jobs', 'own.env'), 'KEY=own\n');
symlinkSync('../../deploy.env', join(repository, 'jobs', 'link.env'));
symlinkSync('../..', join(repository, 'jobs', 'up'));

const manifest = (file: string) =>
  `apiVersion: swarmer/v1\nkind: Job\nmetadata: {name: a}\nspec: {image: x, envFile: ${JSON.stringify(file)}}\n`;

/** What a job comes to that names a file, without a server. */
async function create(args: readonly string[], { cwd = repository, stdin = '' } = {}) {
  const options = ['create', '--dry-run', 'client', '-o', 'json', ...args];
  const running = promisify(execFile)(process.execPath, [PROGRAM, ...options], { cwd });
  running.child.stdin?.end(stdin);
  return running.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

const OUTSIDE = ['../../deploy.env', join(dir, 'deploy.env'), 'link.env', 'up/deploy.env'];

describe('envFile', () => {
  test.each(OUTSIDE)('leads to no file outside of the folder of its manifest: %s', async (file) => {
    const path = join(repository, 'jobs', 'a.yaml');
    writeFileSync(path, manifest(file));
    const { code, stdout, stderr } = await create(['-f', path]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('must be a file beside the manifest, or below');
    expect(stderr).toContain('--env-file-anywhere');
    const told = await create(['-f', path, '--env-file-anywhere']);
    expect(told.stdout).toContain('of-the-pipeline');
  });

  test('of what comes by a pipe leads to no file outside of where that is read', async () => {
    const cwd = join(repository, 'jobs');
    const stdin = manifest('../../deploy.env');
    expect((await create(['-f', '-'], { cwd, stdin })).stderr).toContain('--env-file-anywhere');
    const own = await create(['-f', '-'], { cwd, stdin: manifest('own.env') });
    expect(own.stdout).toContain('"KEY": "own"');
  });
});
