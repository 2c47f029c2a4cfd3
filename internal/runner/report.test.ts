import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { FakeClock } from '../clock/fake-clock.ts';
import type { RunOptions } from './run.ts';
import { nodeScript, runHere } from './testing/harness.ts';
import { type Answering, Receiver } from './testing/receiver.ts';

const MIB = 1024 * 1024;
const open: Receiver[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});

async function receiving(answer: Answering | number[]): Promise<Receiver> {
  const receiver = await (typeof answer === 'function'
    ? Receiver.start(answer)
    : Receiver.withStatuses(...answer));
  open.push(receiver);
  return receiver;
}

function runFor(receiver: Receiver, argv: string[], options: Partial<RunOptions> = {}) {
  const env = { SWARMER_ADDRESS: receiver.address, TASK_NAME: 'täsk "1"', ...options.env };
  return runHere(argv, { ...options, env });
}

describe('the report', () => {
  it('is posted to the address verbatim, in the original form', async () => {
    const receiver = await receiving([204]);
    await runFor(receiver, ['sh', '-c', 'printf out; printf "e€" >&2; exit 3']);
    expect(receiver.requests).toMatchObject([
      {
        method: 'POST',
        url: '/result/01JOB?token=s3cret%2B',
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(receiver.reports).toEqual([
      {
        task_name: 'täsk "1"',
        task_status: 3,
        task_result: { stdout: 'out', stderr: 'e€', stdout_bytes: 3, stderr_bytes: 4 },
      },
    ]);
  });

  it.each([
    ['a missing command', ['no-such-command'], 127, 'command not found'],
    ['no command', [], 125, 'no command'],
  ])('tells of %s what stderr tells', async (_, argv, status, reason) => {
    const receiver = await receiving([204]);
    const ran = await runFor(receiver, argv);
    expect(ran.stderr.text).toContain(reason);
    const task_result = { stdout: '', stderr: ran.stderr.text, stdout_bytes: 0 };
    expect(receiver.reports).toMatchObject([{ task_status: status, task_result }]);
  });

  it('holds the last MiB of each stream and counts all of it', async () => {
    const receiver = await receiving([204]);
    const script = `process.stdout.write('a'.repeat(${MIB}) + 'b'.repeat(${MIB - 1}) + 'c')`;
    await runFor(receiver, nodeScript(script));
    const stdout = `${'b'.repeat(MIB - 1)}c`;
    expect(receiver.reports).toMatchObject([{ task_result: { stdout, stdout_bytes: 2 * MIB } }]);
  });

  it('keeps to SWARMER_OUTPUT_LIMIT_BYTES and cuts no character in two', async () => {
    const receiver = await receiving([204]);
    const env = { SWARMER_OUTPUT_LIMIT_BYTES: '4' };
    await runFor(receiver, ['printf', '€€'], { env });
    expect(receiver.reports).toMatchObject([{ task_result: { stdout: '€', stdout_bytes: 6 } }]);
  });

  it('replaces bytes that are not UTF-8', async () => {
    const receiver = await receiving([204]);
    await runFor(receiver, ['printf', 'a\\377\\000b']);
    expect(receiver.reports).toMatchObject([{ task_result: { stdout: 'a\ufffd\0b' } }]);
  });
});

describe('delivery', () => {
  it.each([408, 425, 429, 500, 503])(
    'is tried again after %i, with the same bytes',
    async (status) => {
      const receiver = await receiving([status, status, 204]);
      const ran = await runFor(receiver, ['sh', '-c', 'exit 3']);
      expect(ran.status).toBe(3);
      expect(ran.stderr.text).toBe('');
      expect(receiver.requests).toHaveLength(3);
      expect(new Set(receiver.requests.map(({ body }) => body.toString())).size).toBe(1);
    },
  );

  it.each([
    [400, 'did not understand'],
    [401, 'the token'],
    [409, 'replaced, or has reported already'],
    [413, 'too large'],
    [307, 'answered 307'],
  ])('ends at %i with one line and the status of the command', async (status, reason) => {
    const receiver = await receiving([status]);
    const ran = await runFor(receiver, ['sh', '-c', 'exit 3']);
    expect(ran.status).toBe(3);
    expect(receiver.requests).toHaveLength(1);
    expect(ran.stderr.text).toMatch(/^swarmer-run: http:\/\/127\.0\.0\.1:\d+ did not take .*\n$/);
    expect(ran.stderr.text).toContain(reason);
    expect(ran.stderr.text).not.toContain('s3cret');
  });

  it('is tried again while the server is not up', async () => {
    const receiver = await receiving([204]);
    const { address, port } = receiver;
    await receiver.close();
    const tryMs = 12_345;
    let tries = 0;
    const after = (ms: number, fn: () => void) => {
      if (ms === tryMs) tries += 1;
      if (ms === tryMs && tries === 3) void receiver.listen(port);
      return systemClock.after(ms, fn);
    };
    const env = { SWARMER_ADDRESS: address };
    const options = { env, clock: { ...systemClock, after }, timing: { tryMs } };
    const ran = await runHere(['true'], { ...options, env: { ...env, TASK_NAME: 't' } });
    expect(ran.stderr.text).toBe('');
    expect(receiver.reports).toHaveLength(1);
  });

  it('is tried again when the connection breaks or no answer comes', async () => {
    const clock = new FakeClock();
    const receiver = await receiving((response, count) => {
      if (count === 1) response.destroy();
      else if (count === 2) clock.advance(10_000);
      else response.writeHead(204).end();
    });
    const ran = await runFor(receiver, ['true'], { clock });
    expect(ran.stderr.text).toBe('');
    expect(receiver.requests).toHaveLength(3);
  });

  it('does not wait for the end of an answer', async () => {
    const receiver = await receiving((response) => {
      response.writeHead(200).write('endless');
    });
    expect((await runFor(receiver, ['true'], { clock: new FakeClock() })).status).toBe(0);
  });

  it('waits as long as Retry-After says, within bounds', async () => {
    const receiver = await receiving((response, count) => {
      if (count === 3) response.writeHead(204).end();
      else response.writeHead(503, { 'retry-after': count === 1 ? '7' : '86400' }).end();
    });
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    await runFor(receiver, ['true'], { clock: { ...systemClock, sleep } });
    expect(slept.filter((ms) => ms >= 1000)).toEqual([7000, 30_000]);
  });

  it('gives up when its time is over, and says what stood in the way', async () => {
    const clock = new FakeClock();
    const receiver = await receiving((response, count) => {
      response.writeHead(503).end();
      if (count === 3) clock.advance(7000);
    });
    const env = { SWARMER_REPORT_TIMEOUT_SECONDS: '7' };
    const ran = await runFor(receiver, ['sh', '-c', 'exit 3'], { env, clock });
    expect(ran.status).toBe(3);
    expect(ran.stderr.text).toContain('it answered 503');
  });
});

describe('a request to stop', () => {
  it('during the report leaves it 5 s', async () => {
    const clock = new FakeClock();
    const signals = new EventEmitter();
    const receiver = await receiving((response, count) => {
      if (count === 1) signals.emit('SIGTERM', 'SIGTERM');
      clock.advance(count === 2 ? 4999 : 0);
      clock.advance(count === 3 ? 1 : 0);
      response.writeHead(503).end();
    });
    const ran = await runFor(receiver, ['sh', '-c', 'exit 3'], { clock, signals });
    expect(ran.status).toBe(3);
    expect(receiver.requests).toHaveLength(3);
    expect(ran.stderr.text).toContain('it answered 503');
  });

  it('during the report does not keep it from being delivered', async () => {
    const signals = new EventEmitter();
    const receiver = await receiving((response, count) => {
      signals.emit('SIGHUP', 'SIGHUP');
      if (count === 1) signals.emit('SIGTERM', 'SIGTERM');
      response.writeHead(count < 3 ? 503 : 204).end();
    });
    expect((await runFor(receiver, ['true'], { signals })).stderr.text).toBe('');
  });

  it('that is repeated ends the report at once', async () => {
    const signals = new EventEmitter();
    const receiver = await receiving(() => {
      signals.emit('SIGTERM', 'SIGTERM');
      signals.emit('SIGINT', 'SIGINT');
    });
    const ran = await runFor(receiver, ['sh', '-c', 'exit 3'], { signals, clock: new FakeClock() });
    expect(ran.status).toBe(3);
    expect(ran.stderr.text).toContain('did not take the result');
  });
});
