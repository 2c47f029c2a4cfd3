import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { injectLab } from '../lab/inject.ts';
import { served } from '../support/served.ts';

const lab = injectLab();
const busybox = await lab.ensureImage('busybox');
const { swarmer, receiver } = await served(lab, { SWARMER_INSTANCE: 'results' });

const sh = (script: string) => ['sh', '-c', script];

/** Runs a job of these tasks to its callback. */
async function run(tasks: Record<string, string[]>, image = busybox) {
  const path = `/${Math.random().toString(36).slice(2)}`;
  const id = await swarmer.submit({
    image_name: image,
    callback_url: receiver.url(path),
    tasks: Object.entries(tasks).map(([task_name, task_args]) => ({ task_name, task_args })),
  });
  const delivery = await receiver.delivery(path, 90_000);
  return { id, delivery, ...delivery };
}

describe('a plain image with no client in it', () => {
  test('its exit codes arrive as they are', async () => {
    const { body, id } = await run({
      zero: ['true'],
      three: sh('exit 3'),
      'one-two-seven': sh('exit 127'),
      'one-three-seven': sh('exit 137'),
      missing: ['/no/such/program'],
    });
    expect(body.tasks.map(({ name, status }) => [name, status])).toEqual([
      ['zero', 0],
      ['three', 3],
      ['one-two-seven', 127],
      ['one-three-seven', 137],
      ['missing', 127],
    ]);
    expect(body.tasks[4]?.message).toMatch(/no such file or directory/);
    expect(body).toMatchObject({ __image: busybox, __job_id: id, __phase: 'Failed' });
    expect(await swarmer.services(id)).toEqual([]);
  });

  test('stdout and stderr are apart and complete', async () => {
    const script = 'for i in $(seq 2000); do echo "out $i"; echo "err $i" >&2; done';
    const { body } = await run({ both: sh(script) });
    const lines = (name: string) =>
      Array.from({ length: 2000 }, (_, i) => `${name} ${i + 1}\n`).join('');
    expect(body.tasks[0]).toMatchObject({
      status: 0,
      result: { stdout: lines('out'), stderr: lines('err'), truncated: false, log: 'complete' },
    });
    expect(body.tasks[0]?.finished_at).toMatch(/^\d{4}-.*Z$/);
  });

  test('of 5 MB of output the last 1 MiB is kept, and flagged', async () => {
    const { body } = await run({ big: sh('yes 0123456789abcde | head -c 5000000; echo end') });
    const { stdout, stdout_bytes, truncated, log } = body.tasks[0]?.result ?? {};
    expect({ stdout_bytes, truncated, log }).toEqual({
      stdout_bytes: 5_000_004,
      truncated: true,
      log: 'truncated',
    });
    expect(stdout).toHaveLength(1024 * 1024);
    expect(stdout?.endsWith('0123456789abcde\nend\n')).toBe(true);
  });

  test('binary output does no harm', async () => {
    const { body } = await run({ binary: sh('head -c 300000 /dev/urandom; printf "\\000\\377z"') });
    const { stdout, stdout_bytes } = body.tasks[0]?.result ?? {};
    // The engine's own log (json-file) holds text: it replaces what is not, before anybody reads it.
    expect(stdout_bytes).toBeGreaterThanOrEqual(300_003);
    expect(stdout?.endsWith('\u0000\uFFFDz')).toBe(true);
  });

  test('an image that does not exist ends the task with the words of the engine', async () => {
    const { body } = await run({ nowhere: ['true'] }, 'example.com/none:1');
    expect(body.tasks[0]).toMatchObject({
      status: null,
      reason: 'Rejected',
      message: expect.stringContaining('No such image: example.com/none:1'),
      result: { stdout: null, log: 'unavailable' },
    });
  });

  test('arguments and templates reach the process as typed', async () => {
    const args = ['a,b', '', ' "q" \'s\' ', 'two\nlines', '{{ .Node.ID }}', '$HOME', 'ü'];
    const script = 'for a; do printf "<%s>" "$a"; done; printf "%s" "$RUN_ARGS" >&2';
    const { body } = await run({ typed: [...sh(script), 'sh', ...args] });
    expect(body.tasks[0]?.result.stdout).toBe(args.map((arg) => `<${arg}>`).join(''));
    expect(body.tasks[0]?.result.stderr).toBe([...sh(script), 'sh', ...args].join(','));
    expect(body.tasks[0]?.args).toEqual([...sh(script), 'sh', ...args]);
  });

  test('the status is the body of the callback, once the job is finished', async () => {
    const { id, text } = await run({ one: ['echo', 'hello'], two: ['false'] });
    const status = await swarmer.request(`/status/${id}`);
    expect(await status.text()).toBe(text);
  });
});

describe('an image with a client in it', () => {
  test('an image made for the original client works under swarmer-run as it is', async () => {
    const from = await lab.ensureImage('node');
    const runner = fileURLToPath(new URL('../../dist/cmd/swarmer-run.cjs', import.meta.url));
    const files = {
      '/usr/bin/swarmer-run': { mode: 0o755, data: readFileSync(runner) },
      '/app/run.sh': { mode: 0o755, data: '#!/bin/sh\necho "got $# $1"\necho oops >&2\nexit 9\n' },
    };
    await lab.buildImage('e2e/runner:1', from, files, {
      Entrypoint: ['/usr/bin/node', '/usr/bin/swarmer-run'],
      Env: { RUN_CMD: './run.sh', RUN_BASE_DIR: '/app' },
    });
    const { body } = await run({ one: ['a,b', 'c'], none: [] }, 'e2e/runner:1');
    expect(body.tasks[0]).toMatchObject({
      status: 9,
      result: { stdout: 'got 2 a,b\n', stderr: 'oops\n', log: 'complete' },
    });
    expect(body.tasks[1]).toMatchObject({ status: 9, result: { stdout: 'got 0 \n' } });
  });

  test('a report wins over the exit code of its container, and a forged one is refused', async () => {
    const from = await lab.ensureImage('node');
    const client = `
      const { SWARMER_ADDRESS, TASK_NAME, RUN_ARGS } = process.env;
      const post = async (address, status) => (await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          task_name: TASK_NAME,
          task_status: status,
          task_result: { stdout: 'reported ' + RUN_ARGS, stderr: '' },
        }),
      })).status;
      const forged = SWARMER_ADDRESS.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
      console.log('codes', await post(SWARMER_ADDRESS.split('?')[0], 1), await post(forged, 1),
        await post(SWARMER_ADDRESS, 7), await post(SWARMER_ADDRESS, 7), await post(SWARMER_ADDRESS, 8));
    `;
    const files = { '/client.mjs': client };
    await lab.buildImage('e2e/client:1', from, files, { Entrypoint: ['node', '/client.mjs'] });
    const { body } = await run({ one: ['x', 'y'] }, 'e2e/client:1');
    expect(body.tasks[0]).toMatchObject({
      status: 7,
      result: { stdout: 'reported x,y', stderr: '', log: 'complete' },
    });
  });
});
