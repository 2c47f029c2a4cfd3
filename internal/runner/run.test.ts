import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { nodeScript, PATH, runHere } from './testing/harness.ts';
import { Receiver } from './testing/receiver.ts';

const PRINT_ARGS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';

let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'swarmer-run-')));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('the status', () => {
  it.each([
    ['0 of a success', ['true'], 0],
    ['of a failure', ['sh', '-c', 'exit 3'], 3],
    ['of a kill', ['sh', '-c', 'kill -KILL $$'], 137],
    ['of a termination', ['sh', '-c', 'kill -TERM $$'], 143],
  ])('is that %s', async (_, argv, status) => {
    expect((await runHere(argv)).status).toBe(status);
  });

  it.each([
    ['127 for a command not in PATH', ['no-such-command'], 127, 'not in PATH'],
    ['127 for a path that is not there', ['/no/such'], 127, 'no such file'],
    ['127 for an empty name', [''], 127, 'command not found'],
    ['126 for a directory', ['/tmp'], 126, 'not executable'],
    ['126 for a NUL byte', ['a\0b'], 126, 'cannot start "a\\u0000b"'],
    ['126 for arguments beyond the limit', ['echo', 'x'.repeat(3e6)], 126, 'too long'],
    ['125 for no command', [], 125, 'no command'],
  ])('is %s, with the reason on stderr', async (_, argv, status, reason) => {
    const ran = await runHere(argv);
    expect(ran.status).toBe(status);
    expect(ran.stderr.text).toMatch(/^swarmer-run: .*\n$/);
    expect(ran.stderr.text).toContain(reason);
  });

  it('is 126 for a file that is not executable', async () => {
    const file = join(dir, 'plain');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    expect((await runHere([file])).status).toBe(126);
  });

  it('is 127 for a script whose interpreter is missing', async () => {
    const file = join(dir, 'script');
    writeFileSync(file, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect((await runHere([file])).status).toBe(127);
  });

  it('is 126 for a RUN_BASE_DIR that is not there, which is not "command not found"', async () => {
    const ran = await runHere([], { env: { RUN_CMD: 'true', RUN_BASE_DIR: '/no/such' } });
    expect(ran.status).toBe(126);
    expect(ran.stderr.text).toContain('RUN_BASE_DIR "/no/such"');
  });
});

describe('the command', () => {
  const awkward = [
    'a,b',
    '"q"',
    "it's",
    'two\nlines',
    '',
    '$HOME',
    '*',
    '-x',
    '{{ .Node.ID }}',
    'ü',
  ];

  it('gets arguments of argv as typed', async () => {
    const ran = await runHere([...nodeScript(PRINT_ARGS), '--', ...awkward]);
    expect(JSON.parse(ran.stdout.text)).toEqual(awkward);
  });

  it('gets the task args as typed behind RUN_CMD, and runs in RUN_BASE_DIR', async () => {
    const script = `process.stdout.write(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))`;
    const env = {
      RUN_CMD: `${process.execPath} -e '${script}' --`,
      RUN_BASE_DIR: dir,
      RUN_ARGS: awkward.join(','),
      SWARMER_TASK_ARGS: JSON.stringify(awkward),
    };
    expect(JSON.parse((await runHere([], { env })).stdout.text)).toEqual([dir, ...awkward]);
  });

  it('gets the environment of the runner', async () => {
    const ran = await runHere(['env'], { env: { TASK_NAME: 'a', X: 'two\nlines' } });
    expect(ran.stdout.text).toBe(`PATH=${PATH}\nTASK_NAME=a\nX=two\nlines\n`);
  });
});

describe('the output', () => {
  it('comes through byte for byte, each stream by itself', async () => {
    const file = join(dir, 'random');
    const bytes = randomBytes(3_000_000);
    writeFileSync(file, bytes);
    const ran = await runHere(['sh', '-c', 'cat "$1"; cat "$1" "$1" >&2', 'sh', file]);
    const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    expect(digest(ran.stdout.bytes)).toBe(digest(bytes));
    expect(digest(ran.stderr.bytes)).toBe(digest(Buffer.concat([bytes, bytes])));
  });

  it('waits for a slow reader instead of piling up', async () => {
    let most = 0;
    let total = 0;
    const slow = new Writable({
      write(chunk: Buffer, _, done) {
        total += chunk.length;
        most = Math.max(most, slow.writableLength);
        setImmediate(done);
      },
    });
    await runHere(['head', '-c', '20000000', '/dev/zero'], { stdout: slow });
    expect(total).toBe(20_000_000);
    expect(most).toBeLessThan(1_000_000);
  });

  it('is still reported when the reader of stdout went away', async () => {
    const receiver = await Receiver.withStatuses(204);
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 't' };
    const argv = ['sh', '-c', 'head -c 300000 /dev/zero; exit 4'];
    expect((await runHere(argv, { env, stdout: broken })).status).toBe(4);
    expect(receiver.reports).toMatchObject([{ task_result: { stdout_bytes: 300_000 } }]);
    await receiver.close();
  });

  it('is read to its end after the exit, however long the reader takes', async () => {
    let release = () => {};
    let pauses = 0;
    const sleep = async () => {
      pauses += 1;
      if (pauses === 100) release();
      await new Promise(setImmediate);
    };
    let total = 0;
    const stalled = new Writable({
      write(chunk: Buffer, _, done) {
        total += chunk.length;
        if (pauses < 100) release = done;
        else done();
      },
    });
    const options = {
      stdout: stalled,
      clock: { ...systemClock, sleep },
      timing: { lingerMs: 500 },
    };
    await runHere(['head', '-c', '150000', '/dev/zero'], options);
    expect(total).toBe(150_000);
  });

  it('of a process left behind is not awaited for ever', async () => {
    const script = 'sleep 1000 & echo $!; exit 5';
    const ran = await runHere(['sh', '-c', script], { timing: { lingerMs: 100 } });
    expect(ran.status).toBe(5);
    const sleeper = Number(ran.stdout.text);
    expect(process.kill(sleeper, 'SIGKILL')).toBe(true);
  });
});

describe('the runner', () => {
  it('leaves no signal listeners behind', async () => {
    const signals = new EventEmitter();
    await runHere(['true'], { signals });
    expect(signals.eventNames()).toEqual([]);
  });

  it('shows its usage to people, and takes --help in a task for a command', async () => {
    expect((await runHere(['--help'])).stdout.text).toMatch(/^usage: swarmer-run/);
    expect((await runHere(['--help'], { env: { TASK_NAME: 't' } })).status).toBe(127);
  });

  it('says nothing when it has nobody to report to', async () => {
    const ran = await runHere(['true']);
    expect(ran.stdout.text + ran.stderr.text).toBe('');
  });
});
