import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { startLab } from '../lab/lab.ts';
import { cleanEnv } from '../lab/spawn.ts';
import { waitFor } from '../lab/wait.ts';
import { Swarmer } from '../support/swarmer.ts';

const lab = injectLab();
const program = fileURLToPath(new URL('../../dist/cmd/swarmer.js', import.meta.url));

/** Runs the program to its end. */
function run(args: string[], env: Record<string, string> = {}) {
  const data = { SWARMER_DATA_DIR: mkdtempSync(join(lab.dir, 'start-')), SWARMER_PORT: '0' };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...cleanEnv, ...data, ...env } };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test('serve --help lists the settings with their defaults', async () => {
  const { code, stdout } = await run(['serve', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/SWARMER_PORT .*8500/);
  expect(stdout).toMatch(/SWARMER_MAX_CONCURRENT_TASKS .*12/);
});

test('wrong settings are told all at once, and nothing starts', async () => {
  const env = { SWARMER_PORT: 'eighty', SWARMER_LOG_LEVL: 'info', SWARMER_LEASE_SECONDS: '-1' };
  const { code, stdout, stderr } = await run(['serve'], env);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/SWARMER_PORT/);
  expect(stderr).toMatch(/SWARMER_LOG_LEVEL/);
  expect(stderr).toMatch(/SWARMER_LEASE_SECONDS/);
});

test('the faults of all files that the settings name are told at once', async () => {
  const dir = mkdtempSync(join(lab.dir, 'files-'));
  const file = join(dir, 'bad.yaml');
  writeFileSync(file, 'a: [');
  const named = ['SWARMER_POLICY', 'SWARMER_ACCESS_FILE', 'SWARMER_REGISTRY_CREDENTIALS'];
  const files = Object.fromEntries(named.map((name) => [name, file]));
  const { code, stderr } = await run(['serve'], {
    ...files,
    SWARMER_APPLY_DIR: file,
    SWARMER_METRICS_PORT: '8500',
    SWARMER_PORT: '8500',
  });
  expect(code).toBe(2);
  for (const name of [...named, '--apply (SWARMER_APPLY_DIR)']) {
    expect(stderr).toContain(`${name}: `);
  }
  expect(stderr).toContain('SWARMER_METRICS_PORT: ');
});

/** Runs the program with a folder on a disk of its own with little free; the disk goes with the process. */
function runOnFullDisk(args: (dir: string) => string[], env: (dir: string) => object, freeKiB = 0) {
  const dir = mkdtempSync(join(lab.dir, 'full-'));
  const full = `mount -t tmpfs -o size=64k full ${dir} && head -c ${64 - freeKiB}k /dev/zero >${dir}/rest`;
  const words = ['-c', `${full} && exec "$@"`, 'sh', process.execPath, program, ...args(dir)];
  const options = { env: { ...cleanEnv, ...env(dir) } };
  return new Promise<{ dir: string; code: number; stderr: string }>((resolve) => {
    execFile('unshare', ['--mount', 'sh', ...words], options, (error, _, stderr) => {
      resolve({ dir, code: Number(error?.code ?? 0), stderr });
    });
  });
}

// The lock of the folder finds no room, or Redis none for its files, or not even for its log.
test.each([0, 4, 8, 12, 16])('a disk of %i KiB is told as full', async (freeKiB) => {
  const { dir, code, stderr } = await runOnFullDisk(
    () => ['serve'],
    (folder) => ({ SWARMER_DATA_DIR: folder, SWARMER_PORT: '0' }),
    freeKiB,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(`swarmer: the disk of ${dir}`);
  expect(stderr).toMatch(/ is full: make room there, then start swarmer again\n$/);
});

test('a backup that does not fit on its disk is told with its path', async () => {
  const redis = await lab.startRedis();
  const { dir, code, stderr } = await runOnFullDisk(
    (folder) => ['backup', join(folder, 'b.gz')],
    () => ({ REDIS_URL: `redis+unix://${redis.socketPath}` }),
  );
  expect(code).toBe(1);
  expect(stderr).toBe(
    `swarmer: the disk of ${dir}/b.gz is full: make room there, or name another file\n`,
  );
});

test('an engine that is no swarm manager is told in one sentence that says what to type', async () => {
  const other = await startLab({ swarm: true });
  try {
    await other.docker.swarmLeave({ force: true });
    const socket = other.dockerSocket;
    const { code, stderr } = await run(['serve'], { DOCKER_HOST: `unix://${socket}` });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `swarmer: The Docker engine at ${socket} is not a swarm manager: ` +
        'type `docker swarm init` there, then start swarmer again.\n',
    );
  } finally {
    await other.stop();
  }
});

test('while the engine is away jobs are accepted, and readiness tells what is missing', async () => {
  const env = { SWARMER_INSTANCE: 'away', DOCKER_HOST: `unix://${lab.dir}/not-there.sock` };
  const swarmer = await new Swarmer(lab, { env }).start();
  const ready = await swarmer.request('/readyz');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    ready: false,
    checks: [
      { name: 'redis', ok: true },
      { name: 'engine', ok: false },
    ],
  });
  await swarmer.submit({ image_name: 'busybox:1', callback_url: null });
  expect(await swarmer.end()).toBe(0);
});

test('a second SIGTERM ends a server at once that waits for a slow client', async () => {
  const swarmer = await new Swarmer(lab, { env: { SWARMER_INSTANCE: 'slow' } }).start();
  await swarmer.logged('leading');
  const { hostname, port } = new URL(swarmer.url);
  const client = connect(Number(port), hostname);
  client.on('error', () => client.destroy());
  const head = 'POST /submit HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  client.write(`${head}content-length: 100\r\n\r\n{`);
  await waitFor(() => client.bytesWritten > 0, { what: 'the request to be begun' });
  await swarmer.request('/healthz');
  const end = swarmer.end('SIGTERM');
  await swarmer.logged('no longer leading');
  swarmer.signal('SIGTERM');
  expect(await end).toBe(143);
  client.destroy();
});
